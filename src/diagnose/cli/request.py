"""The request that the flags describe."""

from collections.abc import Sequence
from typing import Annotated

import typer
from msgspec import Struct
from msgspec.structs import replace

from diagnose.cli.options import REQUEST
from diagnose.collect.request.asked import KEYS_OF_PARAMETERS
from diagnose.errors import XdiagError
from diagnose.model.arn import names_service, parse_caller
from diagnose.model.case import Parameters, Request, Via
from diagnose.model.operation import Operation


class RequestFlags(Struct, frozen=True):
    """Flags that say what was requested; None says nothing."""

    external_id: Annotated[
        str | None, typer.Option(metavar="ID", help="ExternalId of the request.", rich_help_panel=REQUEST)
    ] = None
    session_name: Annotated[
        str | None, typer.Option(metavar="NAME", help="RoleSessionName of the request.", rich_help_panel=REQUEST)
    ] = None
    duration_seconds: Annotated[
        int | None, typer.Option(metavar="SECONDS", help="DurationSeconds of the request.", rich_help_panel=REQUEST)
    ] = None
    mfa_serial: Annotated[
        str | None,
        typer.Option(metavar="SERIAL", help="SerialNumber of the request: the MFA device.", rich_help_panel=REQUEST),
    ] = None
    mfa_code: Annotated[
        str | None,
        typer.Option(
            metavar="CODE", help="TokenCode of the request; used for the attempt, never saved.", rich_help_panel=REQUEST
        ),
    ] = None
    tags: Annotated[
        list[str] | None,
        typer.Option(
            "--tag", metavar="KEY=VALUE", help="Session tag of the request. May be repeated.", rich_help_panel=REQUEST
        ),
    ] = None
    transitive_tag_keys: Annotated[
        list[str] | None,
        typer.Option(
            "--transitive-tag-key",
            metavar="KEY",
            help="Session tag that is transitive. May be repeated.",
            rich_help_panel=REQUEST,
        ),
    ] = None
    source_identity: Annotated[
        str | None, typer.Option(metavar="NAME", help="SourceIdentity of the request.", rich_help_panel=REQUEST)
    ] = None
    context: Annotated[
        list[str] | None,
        typer.Option(
            "--context",
            metavar="KEY=VALUE",
            help="Value of a condition key; 'KEY=' states that it is absent. May be repeated.",
            rich_help_panel=REQUEST,
        ),
    ] = None
    unknown: Annotated[
        list[str] | None,
        typer.Option(
            "--unknown",
            metavar="KEY",
            help="Condition key whose value is not known. May be repeated.",
            rich_help_panel=REQUEST,
        ),
    ] = None
    via: Annotated[
        Via | None, typer.Option("--via", help="How the request is made.", show_default=False, rich_help_panel=REQUEST)
    ] = None
    signed_in_as: Annotated[
        str | None,
        typer.Option(
            metavar="ARN",
            help="Console only: the signed-in identity, if the source is a role that it switched to.",
            rich_help_panel=REQUEST,
        ),
    ] = None
    region: Annotated[
        str | None,
        typer.Option(
            metavar="REGION",
            help="Region of the STS endpoint; aws-global for sts.amazonaws.com.",
            rich_help_panel=REQUEST,
        ),
    ] = None
    passed_by: Annotated[
        str | None,
        typer.Option(
            metavar="ARN",
            help="Who hands the role to the source, which is an AWS service: also asks whether they may, by "
            "iam:PassRole.",
            rich_help_panel=REQUEST,
        ),
    ] = None
    passed_to: Annotated[
        str | None,
        typer.Option(
            metavar="SERVICE",
            help="The AWS service that the source hands the role to: the same question as --passed-by, from the other "
            "end.",
            rich_help_panel=REQUEST,
        ),
    ] = None
    associated_resource: Annotated[
        str | None,
        typer.Option(
            metavar="ARN",
            help="What the role is passed for: iam:AssociatedResourceArn of iam:PassRole.",
            rich_help_panel=REQUEST,
        ),
    ] = None


def request_from_flags(base: Request, flags: RequestFlags) -> Request:
    """Return the request with the flags applied. Raises XdiagError for a malformed flag."""
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
        provider_id=sent.provider_id,
        passed_to=_over(_service(flags.passed_to), sent.passed_to),
        associated_resource=_over(flags.associated_resource, sent.associated_resource),
    )
    passes = parameters.passed_to is not None or parameters.associated_resource is not None
    settled = {key.lower() for key in _settled_by(flags)}
    return replace(
        base,
        operation=Operation.PASS_ROLE if passes else base.operation,
        via=flags.via or base.via,
        parameters=parameters,
        region=flags.region or base.region,
        signed_in_as=base.signed_in_as if flags.signed_in_as is None else _caller(flags.signed_in_as),
        context={**base.context, **_contexts(flags.context or ())},
        unknown=(
            *(key for key in base.unknown if key.lower() not in settled),
            *_keys(flags.unknown, "--unknown"),
        ),
    )


def _settled_by(flags: RequestFlags) -> list[str]:
    """Name the condition keys that flags give a state, so that they are unknown no longer."""
    named = [name for name in KEYS_OF_PARAMETERS if getattr(flags, name, None)]
    return [
        *(key for name in named for key in KEYS_OF_PARAMETERS[name]),
        *(text.partition("=")[0] for text in flags.context or ()),
    ]


def _over(flag: str | None, base: str | None) -> str | None:
    return base if flag is None else flag


def _service(given: str | None) -> str | None:
    if given is not None and not names_service(given):
        raise XdiagError(
            f"`--passed-to {given}` is not an AWS service",
            hint="expected a service principal such as `lambda.amazonaws.com`",
        )
    return given


def _tags(given: Sequence[str]) -> dict[str, str]:
    """Read `KEY=VALUE` pairs. A tag has one value, so a key cannot be repeated."""
    values: dict[str, str] = {}
    for text in given:
        key, value = _pair(text, "--tag")
        if key in values:
            raise XdiagError(f"`--tag {text}` gives `{key}` a second value", hint="expected one value for each key")
        values[key] = value
    return values


def _keys(given: Sequence[str] | None, flag: str) -> tuple[str, ...]:
    if given and not all(key.strip() for key in given):
        raise XdiagError(f"`{flag}` has an empty key", hint=f"expected `{flag} KEY`")
    return tuple(given or ())


def _caller(arn: str) -> str:
    try:
        return parse_caller(arn).arn
    except XdiagError as error:
        raise XdiagError(f"`--signed-in-as`: {error.message}", hint=error.hint) from None


def _contexts(given: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Read `KEY=VALUE` pairs. A repeated key has several values; `KEY=` says that the key is absent."""
    values: dict[str, tuple[str, ...]] = {}
    for text in given:
        key, value = _pair(text, "--context")
        values[key] = (*values.get(key, ()), *([value] if value else []))
    return values


def _pair(text: str, flag: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise XdiagError(f"`{flag} {text}` is not KEY=VALUE", hint=f"expected `{flag} KEY=VALUE`")
    return key.strip(), value
