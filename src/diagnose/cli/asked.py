"""Which request is asked about: a row for each form in which it is given, and flags over all of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct
from msgspec.structs import replace

from diagnose.cli.completion import profiles
from diagnose.cli.options import ASKED
from diagnose.collect.request.asked import Asked, over
from diagnose.collect.request.names import MYSELF, caller_arn_of, role_arn_of
from diagnose.errors import XdiagError
from diagnose.model.arn import is_role_arn
from diagnose.model.operation import Operation


class AskedFlags(Struct, frozen=True):
    """Flags that give the request in the form that is at hand; None gives nothing."""

    message: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help="The error that AWS or a tool printed ('-': standard input, '@FILE': a file). Source and role are "
            "taken from it where they are not given.",
            rich_help_panel=ASKED,
        ),
    ] = None
    event: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="CloudTrail's record of the call ('-': standard input): a record, a log file, the output of "
            "lookup-events or of Athena, an EventBridge event.",
            rich_help_panel=ASKED,
        ),
    ] = None
    event_id: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Which record of --event, by its eventID.", rich_help_panel=ASKED),
    ] = None
    profile: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The AWS profile that fails: its role, its parameters and who signs come from the configuration.",
            autocompletion=profiles,
            rich_help_panel=ASKED,
        ),
    ] = None


class Ends(Struct, frozen=True):
    """Source and role as they are asked about, and all that the forms say. A source of None is whoever we are."""

    source: str | None
    role: str | None
    asked: Asked
    complete: bool
    """Whether what the forms do not say was not sent: so it is where a person describes the request by flags alone."""


class CallHint(Struct, frozen=True):
    """What tells which of several calls is meant: source and role of the command line, and the call of a profile."""

    source: str | None = None
    role: str | None = None
    hop: Asked = Asked()


class QuestionForm(Struct, frozen=True):
    """A form in which somebody holds a request, the field of `AskedFlags` that gives it, and its reader."""

    name: str
    flag: str
    read: Callable[[AskedFlags, CallHint], Asked]


def ends_from_flags(source: str | None, role: str | None, flags: AskedFlags, hop: Asked) -> Ends:
    """Put together what is given: the ARNs on the command line before the forms, and these in the order of `FORMS`.

    Raises XdiagError for a form that cannot be read, and for what cannot be told from all of them, by its name.
    """
    if flags.event_id is not None and flags.event is None:
        raise XdiagError("`--event-id` picks a record of a file", hint="expected the file in `--event`")
    asked = Asked()
    given = [form for form in FORMS if getattr(flags, form.flag) is not None]
    for form in given:
        asked = over(asked, form.read(flags, CallHint(source, role, hop)))
    named = source is not None and role is not None
    source, role = _one_argument(source, role, asked)
    told: list[str] = []
    if role is not None:
        role, said = role_arn_of(role)
        told.append(said)
    if source is not None and source != MYSELF:
        source, said = caller_arn_of(source)
        told.append(said)
    if flags.message is not None and flags.event is None:
        told.append(_taken(("source", source, asked.source), ("role", role, asked.role)))
    asked = replace(asked, told=(*filter(None, told), *asked.told))
    described = named and all(form.flag == "message" for form in given)
    return Ends(source, asked.role or None if role is None else role, asked, complete=not given or described)


def other_forms(flags: AskedFlags) -> Asked:
    """Read the forms beside a profile, to tell which of its calls they are about."""
    asked = Asked()
    for form in FORMS:
        if form.flag != "profile" and getattr(flags, form.flag) is not None:
            asked = over(asked, form.read(flags, CallHint()))
    return asked


def missing(asked: Asked, end: str, source: str) -> XdiagError:
    """Say that an end is not known, what the forms have instead, and how to name it; what is certain comes first."""
    from diagnose.collect.request.message import certain_of

    about = asked.about_source if end == "source" else asked.about_role
    if end == "role" and not source:
        ends = (("source", asked.about_source), ("role", asked.about_role))
        about = "; ".join(f"of the {which}, {said}" for which, said in ends if said)
    certain = certain_of(asked.message)
    what = "the ARN of the destination role is missing" if end == "role" else "the source is missing"
    if end == "role" and not source:
        what = "both ARNs are missing"
    if asked.operation in _PRESENTED:
        hint = (
            f"the call is {asked.operation}, which no identity of AWS signs: expected what was presented "
            f"({_PRESENTED[asked.operation]}), or with `--trust-policy FILE` the trust policy that names its provider"
        )
        said = f"{what}: {about or 'the error does not hold it'}"
        return XdiagError(f"{certain}; {said}" if certain else said, hint=hint)
    said = f"{what}: {about}" if about else what
    if asked.told:
        hint = " ".join((f"name it: expected `SOURCE_ARN {asked.role or 'DEST_ROLE_ARN'}` beside it.", *asked.told))
    elif asked.message:
        hint = "expected `SOURCE_ARN DEST_ROLE_ARN` beside it"
        if not about:
            lacks = "holds neither of them" if end == "role" and not source else f"does not hold the {end}"
            hint = f"the text {lacks}: {hint}"
    else:
        hint = "expected `SOURCE_ARN DEST_ROLE_ARN`, or `--case FILE`, or one of --message, --event and --profile"
    return XdiagError(f"{certain}; {said}" if certain else said, hint=hint)


_PRESENTED = {
    Operation.WITH_WEB_IDENTITY: "`--token-file FILE`, `--claims FILE`, `--github OWNER/REPOSITORY`, `--claim iss=URL`",
    Operation.WITH_SAML: "`--assertion FILE`, `--saml-provider ARN`",
}


def _taken(*ends: tuple[str, str | None, str]) -> str:
    """Say what comes out of the error: what is in it and was not given."""
    names = [f"the {name}" for name, given, in_error in ends if given is None and in_error]
    what = " and ".join(names)
    return f"{what[:1].upper()}{what[1:]} {'are' if len(names) > 1 else 'is'} taken from the error." if names else ""


def _one_argument(source: str | None, role: str | None, asked: Asked) -> tuple[str | None, str | None]:
    """Say what a lone argument is: the role, but the source where a form has the role and this is not one.

    Where an error names a role, and not who called, another role that is named beside it is who called.
    """
    if source is None or role is not None or source == MYSELF:
        return source, role
    text = role_arn_of(source)[0]
    signed = asked.message and asked.operation not in _PRESENTED
    is_caller = text == asked.source or (signed and not asked.source and asked.role not in ("", text))
    return (source, None) if is_caller or not is_role_arn(text) else (None, source)


def _from_message(flags: AskedFlags, _given: CallHint) -> Asked:
    from diagnose.collect.request.message import asked_by_message

    assert flags.message is not None
    return asked_by_message(text_of(flags.message))


def _from_event(flags: AskedFlags, given: CallHint) -> Asked:
    from diagnose.collect.input import input_name, read_bytes
    from diagnose.collect.request.containers import records_in
    from diagnose.collect.request.event import chosen_call, recorded_calls

    assert flags.event is not None
    calls = recorded_calls(records_in(read_bytes(flags.event), input_name(flags.event)))
    return chosen_call(calls, flags.event_id, given.source, given.role).asked


FORMS = (
    QuestionForm("a CloudTrail event", "event", _from_event),
    QuestionForm("an AWS profile", "profile", lambda _, given: given.hop),
    QuestionForm("an error text", "message", _from_message),
)
"""Every form; where two say something of the call, the first counts."""


def text_of(given: str) -> str:
    """Give the text of a flag: itself, or what stands on standard input for `-`, or in a file for `@FILE`.

    Raises XdiagError for a file that cannot be read.
    """
    if given != "-" and not (given.startswith("@") and len(given) > 1 and "\n" not in given):
        return given
    from diagnose.collect.input import read_bytes

    return read_bytes(Path(given.removeprefix("@"))).decode("utf-8", "replace")
