"""The arguments of the tools: a row for each flag of the command line that is not offered as it is, and their reading.

An argument is called as the flag is, with underscores: `--source-profile` is `source_profile`.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import fields

from diagnose.cli.asked import AskedFlags
from diagnose.cli.case_flags import EvidenceFlags
from diagnose.cli.files import InfrastructureFlags, PolicyFlags
from diagnose.cli.presented import PresentedFlags
from diagnose.cli.request import RequestFlags
from diagnose.cli.what_if import WhatIfFlags
from diagnose.collect.evidence.case_errors import reworded
from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError
from diagnose.serve.documents import DocumentOrFile, ReadableFolders

WITHHELD: Mapping[str, str] = {
    "endpoint_url": "signed calls go nowhere but to AWS",
    "expect": "an agent compares the verdict itself",
    "mfa_code": "a code is a credential: `mfa_code_sent` says that one was sent",
    "no_probe": "nothing is tried unless `attempt` asks for it",
    "token": "a token is a credential: `claims` holds what it says, `token_file` names it",
}
"""Flags that are no arguments, and why."""

FILES_ONLY = frozenset({"assertion", "token_file"})
"""Arguments that are never given by value: what they name is a credential."""

ARGUMENT_WORDS: Mapping[str, str] = {
    "assertion": "File with a SAML response or assertion that the server may read. Never kept.",
    "boundary": "The source's permissions boundary as it is: a document.",
    "case": "All evidence as an `xdiag.case/1` document, instead of reading it.",
    "claims": "All claims of a token: a document. Never the token itself.",
    "details": "Documents that 'aws iam get-account-authorization-details' printed.",
    "endpoint_policy": "The policy of the VPC endpoint that the request goes through: a document.",
    "event": "CloudTrail's record of the call: a document in any container (a record, a log file, lookup-events).",
    "identity_policy": "The source's identity-based policies as they are, or what AWS commands print of them: "
    "documents, taken for all there are.",
    "infrastructure": "What 'terraform show -json' prints, or templates of CloudFormation, SAM or the CDK: documents.",
    "message": "The error that AWS or a tool printed. Source and role are taken from it where they are not given.",
    "rcp": "RCPs that apply to the role's account, taken not to be its organization's management account: documents. "
    "Others may apply too, unless `without` says `rcp`.",
    "scp": "SCPs that apply to the source's account, taken not to be its organization's management account: documents. "
    "Others may apply too, unless `without` says `scp`.",
    "session_policy": "Session policies of the source's session: documents.",
    "token_file": "File with a token that the server may read. It is read for its claims, and never kept.",
    "trust_policy": "The role's trust policy as it is, or the output of 'aws iam get-role': a document.",
    "with_boundary": "Decide with this permissions boundary instead: a document.",
    "with_identity_policy": "Identity-based policies to add: documents.",
    "with_scp": "SCPs to add to the account: documents.",
    "with_trust_policy": "Decide with this trust policy instead: a document.",
}
"""What arguments are for, where the flag's own help speaks of files and of standard input."""

Flags = type[Struct]
EVIDENCE_GROUPS: tuple[Flags, ...] = (
    AskedFlags,
    EvidenceFlags,
    PolicyFlags,
    InfrastructureFlags,
    RequestFlags,
    PresentedFlags,
)
PROPOSAL_GROUPS: tuple[Flags, ...] = (WhatIfFlags,)


class Offered(Struct, frozen=True):
    """A flag as an argument: its name, the field that it is, its type, and what it is for."""

    name: str
    field: str
    kind: Any
    words: str
    least: float | None = None

    @property
    def takes_files(self) -> bool:
        """Whether the flag takes files."""
        return Path in _parts(self.kind)

    @property
    def takes_many(self) -> bool:
        """Whether it may be repeated."""
        return any(get_origin(part) is list for part in _parts(self.kind))


def offered(groups: Sequence[Flags]) -> tuple[Offered, ...]:
    """List the arguments that flags make."""
    return tuple(each for group in groups for each in _of_group(group))


def arguments_type(name: str, groups: Sequence[Flags], besides: Sequence[tuple[str, Any, Any]] = ()) -> Flags:
    """Make the type of a tool's arguments. `besides` are its own: name, type and default."""
    own = [(argument, kind, default) for argument, kind, default in besides if default is not msgspec.NODEFAULT]
    required = [(argument, kind) for argument, kind, default in besides if default is msgspec.NODEFAULT]
    of_flags = [(each.name, _kind(each), UNSET) for each in offered(groups)]
    return msgspec.defstruct(name, [*required, *own, *of_flags], kw_only=True, frozen=True, forbid_unknown_fields=True)


def schema_of(kind: type) -> dict[str, Any]:
    """Give a JSON Schema. An argument that may be left out says nothing of what then counts."""
    (reference,), components = msgspec.json.schema_components((kind,), ref_template="#/$defs/{name}")
    name = str(reference["$ref"]).rpartition("/")[2]
    rest = {other: schema for other, schema in components.items() if other != name}
    return {**components[name], **({"$defs": rest} if rest else {})}


def read_arguments(given: Mapping[str, Any], kind: Flags) -> Struct:
    """Read a tool's arguments. Raises XdiagError, with the name, for one that there is not or that is wrong."""
    # What is null was left out; some agents name every argument that there is.
    present = {name: value for name, value in given.items() if value is not None}
    known = [field.name for field in fields(kind)]
    for name in present:
        if name not in known:
            raise _no_argument(name, known)
    try:
        return msgspec.convert(present, kind)
    except msgspec.ValidationError as error:
        message, hint = reworded(error, json.dumps(present).encode(), kind)
        raise XdiagError(message, hint=hint or "expected what the tool's input schema says") from None


def flags_from(arguments: Struct, group: Flags, readable: ReadableFolders) -> Any:
    """Give the flags of a group that the arguments set. Raises XdiagError for a file that cannot be read."""
    return group(**dict(_values(arguments, group, readable)))


def as_arguments(flags: Sequence[str]) -> dict[str, Any]:
    """Give flags of a request, each followed by its value, as the arguments that say the same."""
    by_name = {each.name: each for each in offered((RequestFlags,))}
    arguments: dict[str, Any] = {}
    for flag, value in zip(flags[::2], flags[1::2], strict=True):
        name = flag.removeprefix("--").replace("-", "_")
        if name == "mfa_code":
            arguments["mfa_code_sent"] = True
        elif by_name[name].takes_many:
            arguments[name] = [*arguments.get(name, ()), value]
        else:
            arguments[name] = int(value) if int in _parts(by_name[name].kind) else value
    return arguments


def _of_group(group: Flags) -> Iterator[Offered]:
    hints = get_type_hints(group, include_extras=True)
    for field in fields(group):
        if field.name in WITHHELD:
            continue
        kind, option = get_args(hints[field.name])[:2]
        # Within `Annotated`, Typer keeps the first name of an option as its default, until it reads the command.
        names = (option.default, *(option.param_decls or ()))
        named = next((name for name in names if isinstance(name, str) and name.startswith("--")), field.name)
        name = named.partition("/")[0].removeprefix("--").replace("-", "_")
        yield Offered(name, field.name, kind, ARGUMENT_WORDS.get(name) or _words(option), option.min)


def _words(option: Any) -> str:
    """Give the help of an option as that of an argument: with its form, and other options by their argument's names."""
    words = _OPTION.sub(lambda match: f"`{match[1].replace('-', '_')}`", option.help.replace(" May be repeated.", ""))
    form = option.metavar or ""
    return f"{words} Form: {form}." if any(sign in form for sign in "=/|") else words


_OPTION = re.compile(r"--([a-z][a-z-]+)")


def _kind(argument: Offered) -> Any:
    """Give the type of an argument: that of the flag, where a file is a document or the name of a file."""
    about = Meta(description=argument.words, ge=argument.least) if argument.least else Meta(description=argument.words)
    kind = argument.kind
    if argument.takes_files:
        one: Any = str if argument.name in FILES_ONLY else DocumentOrFile
        kind = list[one] if argument.takes_many else one
    elif type(None) in get_args(kind):
        kind = next(part for part in get_args(kind) if part is not type(None))
    return Annotated[kind, about] | UnsetType


def _parts(kind: Any) -> Iterator[Any]:
    """Give a type and those that it is made of."""
    yield kind
    for part in get_args(kind):
        yield from _parts(part)


def _values(arguments: Struct, group: Flags, readable: ReadableFolders) -> Iterator[tuple[str, Any]]:
    for each in offered((group,)):
        value = getattr(arguments, each.name, UNSET)
        if value is UNSET:
            continue
        if each.name == "message":
            # A text that a line ends is never the name of a file, and never standard input.
            yield each.field, f"{value}\n"
        elif not each.takes_files:
            yield each.field, value
        else:
            read = readable.file if each.name in FILES_ONLY else readable.document
            if each.takes_many:
                yield each.field, [read(one, f"{each.name}[{place}]") for place, one in enumerate(value)]
            else:
                yield each.field, read(value, each.name)


def _no_argument(name: str, known: Sequence[str]) -> XdiagError:
    plain = name.lower().replace("_", "").replace("-", "")
    if name in WITHHELD:
        return XdiagError(f"`{name}` is not an argument of this server", hint=WITHHELD[name])
    if any(part in plain for part in _OF_CREDENTIALS):
        return XdiagError(
            f"`{quotable(name)}` is a credential, which no argument takes",
            hint="the server signs with its own AWS profiles: name one in `source_profile` or `dest_profile`",
        )
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean `{near[0]}`" if near else "expected arguments that the tool's input schema lists"
    return XdiagError(f"there is no argument `{quotable(name)}`", hint=hint)


_OF_CREDENTIALS = ("secret", "accesskey", "sessiontoken", "password", "credential")
