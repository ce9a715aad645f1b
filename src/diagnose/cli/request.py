"""Flags to the request that they describe."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from diagnose.errors import XdiagError
from diagnose.model.arn import parse_caller
from diagnose.model.case import Case, Parameters, Request, Session, Via
from diagnose.model.evidence import Known
from diagnose.model.policy import PolicySet


class Flags(Struct, frozen=True):
    """What the command line says of the request; None and () say nothing."""

    external_id: str | None = None
    session_name: str | None = None
    duration_seconds: int | None = None
    mfa_serial: str | None = None
    mfa_code: str | None = None
    tags: Sequence[str] | None = None
    transitive_tag_keys: Sequence[str] | None = None
    source_identity: str | None = None
    context: Sequence[str] | None = None
    unknown: Sequence[str] | None = None
    via: Via | None = None
    signed_in_as: str | None = None
    region: str | None = None


def requested(base: Request, flags: Flags) -> Request:
    """Let the flags speak over a request. Raises XdiagError for a pair that is none."""
    sent = base.parameters
    parameters = Parameters(
        session_name=_over(flags.session_name, sent.session_name),
        external_id=_over(flags.external_id, sent.external_id),
        duration_seconds=flags.duration_seconds if flags.duration_seconds is not None else sent.duration_seconds,
        mfa_serial=_over(flags.mfa_serial, sent.mfa_serial),
        mfa_code_sent=flags.mfa_code is not None or sent.mfa_code_sent,
        source_identity=_over(flags.source_identity, sent.source_identity),
        tags=_tags(flags.tags) if flags.tags else sent.tags,
        transitive_tag_keys=_keys(flags.transitive_tag_keys, "--transitive-tag-key") or sent.transitive_tag_keys,
        provided_contexts=sent.provided_contexts,
    )
    return replace(
        base,
        via=flags.via or base.via,
        parameters=parameters,
        region=flags.region or base.region,
        signed_in_as=base.signed_in_as if flags.signed_in_as is None else _caller(flags.signed_in_as),
        context={**base.context, **_contexts(flags.context or ())},
        unknown=(*base.unknown, *_keys(flags.unknown, "--unknown")),
    )


def without(case: Case, layers: Sequence[str]) -> Case:
    """Take the user's word that there are no policies of some layers. Raises XdiagError for an unknown layer."""
    source, destination, endpoint = case.snapshot.source, case.snapshot.destination, case.snapshot.endpoint
    stated = "stated on the command line"
    for layer in layers:
        match layer:
            case "scp":
                source = replace(source, scps=Known((), stated))
            case "rcp":
                destination = replace(destination, rcps=Known((), stated))
            case "endpoint":
                endpoint = Known(None, stated)
            case "session":
                source = replace(source, session=_plain(source.session, stated))
            case _:
                raise XdiagError(
                    f"`--without {layer}`: there is no such layer to leave out",
                    hint="expected scp, rcp, endpoint or session",
                )
    return replace(case, snapshot=replace(case.snapshot, source=source, destination=destination, endpoint=endpoint))


def _plain(session: Session, stated: str) -> Session:
    """Give a session without a session policy, and without tags and a source identity unless they are known."""
    none: Known[tuple[str, ...]] = Known((), stated)
    return replace(
        session,
        policies=PolicySet(),
        tags=session.tags if isinstance(session.tags, Known) else Known({}, stated),
        transitive_tag_keys=session.transitive_tag_keys if isinstance(session.transitive_tag_keys, Known) else none,
        source_identity=session.source_identity if isinstance(session.source_identity, Known) else Known(None, stated),
    )


def _over(flag: str | None, base: str | None) -> str | None:
    return base if flag is None else flag


def _tags(given: Sequence[str]) -> dict[str, str]:
    """Read `KEY=VALUE`. A request has one value for a tag, so a key may not come again."""
    found: dict[str, str] = {}
    for text in given:
        key, value = _pair(text, "--tag")
        if key in found:
            raise XdiagError(f"`--tag {text}` comes after another value of `{key}`", hint="expected one for each key")
        found[key] = value
    return found


def _keys(given: Sequence[str] | None, flag: str) -> tuple[str, ...]:
    if given and not all(key.strip() for key in given):
        raise XdiagError(f"`{flag}` names no key", hint=f"expected `{flag} KEY`")
    return tuple(given or ())


def _caller(arn: str) -> str:
    try:
        return parse_caller(arn).arn
    except XdiagError as error:
        raise XdiagError(f"`--signed-in-as`: {error.message}", hint=error.hint) from None


def _contexts(given: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Read `KEY=VALUE`, where a key may come again for another value; `KEY=` says that the key is absent."""
    found: dict[str, tuple[str, ...]] = {}
    for text in given:
        key, value = _pair(text, "--context")
        found[key] = (*found.get(key, ()), *([value] if value else []))
    return found


def _pair(text: str, flag: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise XdiagError(f"`{flag} {text}` is no pair", hint=f"expected `{flag} KEY=VALUE`")
    return key.strip(), value
