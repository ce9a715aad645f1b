"""Cases in files: how they are read, checked and saved."""

import contextlib
import os
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.structs import replace

from diagnose.aws.secrets import redacted
from diagnose.collect.input import input_name, read_bytes, unusable
from diagnose.collect.json_errors import not_json, quotable
from diagnose.errors import XdiagError
from diagnose.model.arn import CallerKind, names_service, parse_caller, parse_role
from diagnose.model.case import CASE_SCHEMA, Case
from diagnose.model.federation import SamlAssertion, WebIdentity
from diagnose.model.json_text import UNSURE, read_at_once
from diagnose.model.operation import Operation, can_call, operation_of


def read_case(path: Path | Literal["-"]) -> Case:
    """Read one case from a file, or from standard input for "-".

    Raises XdiagError, with the file's name and what to do, for anything that is not a case.
    """
    return case_from_json(read_bytes(path), place=input_name(path))


def case_from_json(data: bytes, *, place: str) -> Case:
    """Read one case. `place` names the file, or the line of it, in the message of an error.

    Raises XdiagError for anything that is not a case.
    """
    data = data.removeprefix(_BOM)
    try:
        text = data.decode()
        case = _CASE.decode(data)
        repeated = _repeated_key(text, place) if read_at_once(data) is UNSURE else None
    except msgspec.ValidationError as error:
        from diagnose.collect.evidence.case_errors import not_a_case
        from diagnose.collect.evidence.file_kind import other_kind

        kind = other_kind(data)
        if kind is not None and kind.declares:
            raise XdiagError(f"`{quotable(place)}` {kind.what}", hint=kind.instead) from None
        raise not_a_case(data, error, place) from None
    except (ValueError, RecursionError) as error:
        raise not_json(data, error, place) from None
    if repeated is not None:
        raise repeated
    return completed(case, data, place)


def completed(case: Case, data: bytes, place: str) -> Case:
    """Give the case that was read from `data` if it can be decided, as `checked` does.

    Where it does not name its operation, that is the one of the error that came with it.
    """
    if case.message and _ASKING.decode(data).request.operation is UNSET:
        from diagnose.collect.federation.answered import as_answered

        case = as_answered(case)
    return checked(case, place)


def checked(case: Case, place: str) -> Case:
    """Give the case if its schema is ours, both its ARNs can be read, and the source calls the operation it asks for.

    Raises XdiagError if not.

    Messages are AWS's, pasted by somebody: credentials in them are taken out.
    """
    if case.schema != CASE_SCHEMA:
        from diagnose.collect.evidence.case_errors import wrong_version

        raise wrong_version(case.schema, place)
    kind = _kind_of_caller(case, place)
    operation = case.request.operation
    if not can_call(kind, operation):
        raise XdiagError(
            f"`{quotable(place)}`, `request.operation`: `{case.snapshot.source.arn}` does not call "
            f"`{case.request.operation}`",
            hint=f"expected `{operation_of(kind)}`: a token comes from its issuer's URL, an assertion from the ARN "
            "of a SAML provider, whoever signs requests calls `AssumeRole`, and users, roles and root users also "
            "`PassRole`",
        )
    passed_to = case.request.parameters.passed_to
    if passed_to is not None and not names_service(passed_to):
        raise XdiagError(
            f"`{quotable(place)}`, `request.parameters.passed_to`: `{quotable(passed_to)}` is not an AWS service",
            hint="expected a service principal such as `lambda.amazonaws.com`",
        )
    identity = case.snapshot.source.identity
    if identity is not None and not _presents(identity, operation):
        raise XdiagError(
            f"`{quotable(place)}`, `snapshot.source.identity`: `{operation}` does not present this",
            hint='expected a token (`"type": "web_identity"`) of an issuer\'s URL, an assertion (`"type": "saml"`) for '
            "the ARN of a SAML provider, and neither of whoever signs requests",
        )
    if case.message:
        case = replace(case, message=redacted(case.message))
    if case.probe and case.probe.message:
        case = replace(case, probe=replace(case.probe, message=redacted(case.probe.message)))
    return case


def case_as_json(case: Case) -> bytes:
    """Write a case as indented JSON. Raises XdiagError for text that is not Unicode, which no file can hold."""
    try:
        return msgspec.json.format(msgspec.json.encode(_storable(case)), indent=2)
    except UnicodeEncodeError:
        raise XdiagError("the case cannot be saved", hint="some text in it is not Unicode") from None


def part_as_json(part: Struct) -> bytes:
    """Write a part of a case, such as a side, on one line. Raises XdiagError for text that is not Unicode."""
    try:
        return msgspec.json.encode(_storable(part))
    except UnicodeEncodeError:
        raise XdiagError("a part of a case cannot be saved", hint="some text in it is not Unicode") from None


def save_case(case: Case, path: Path) -> None:
    """Write a case as indented JSON that only its owner may read; the file is whole or as it was before.

    A link at `path` is followed if it leads to an ordinary file. Raises XdiagError if the folder or the case does not
    permit it, and for what is not a file, such as a device.
    """
    data = case_as_json(case) + b"\n"
    if _is_folder(path):
        raise XdiagError(f"`{quotable(str(path))}` is a folder", hint="expected the name of a file to write")
    target = _target(path)
    if str(path) == "-" or target is None:
        raise XdiagError(f"`{quotable(str(path))}` is not a file that can hold a case", hint="expected a file's name")
    part = target.parent / f".xdiag-{os.urandom(8).hex()}.part"
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, target)
    except (OSError, ValueError) as error:
        raise unusable(error, str(path), "written", "expected a file in a folder that you may write to") from None
    finally:
        with contextlib.suppress(OSError, ValueError):
            part.unlink()


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _target(path: Path) -> Path | None:
    """Give the file to write for a path, behind any links; None where that is, or can only be, something else.

    What stands under `/dev` and `/proc` belongs to the machine, also where it leads to an ordinary file.
    """
    try:
        for _ in range(_MOST_LINKS):
            if os.path.abspath(path).startswith(("/dev/", "/proc/")):
                return None
            if not path.is_symlink():
                return path if path.is_file() or not os.path.lexists(path) else None
            path = path.parent / os.readlink(path)
            if not os.path.lexists(path):
                return None
    except (OSError, ValueError):
        return path  # Writing says what is wrong.
    return None


_MOST_LINKS = 40
_BOM = b"\xef\xbb\xbf"
_CASE = msgspec.json.Decoder(Case)


class _Asked(Struct):
    operation: str | UnsetType = UNSET


class _Asking(Struct):
    """What tells whether a case names its operation; where it does not, it is that of the error that came with it."""

    request: _Asked


_ASKING = msgspec.json.Decoder(_Asking)


def _repeated_key(text: str, place: str) -> XdiagError | None:
    from diagnose.collect.evidence.case_errors import repeated_key

    return repeated_key(text, place)


def _kind_of_caller(case: Case, place: str) -> CallerKind:
    """Read both ARNs."""
    field = "request.role_arn"
    try:
        parse_role(case.request.role_arn)
        field = "snapshot.source.arn"
        return parse_caller(case.snapshot.source.arn).kind
    except XdiagError as error:
        raise XdiagError(f"`{quotable(place)}`, `{field}`: {error.message}", hint=error.hint) from None


def _presents(identity: WebIdentity | SamlAssertion, operation: Operation) -> bool:
    """Say whether callers of an operation can present this."""
    match operation:
        case Operation.WITH_WEB_IDENTITY:
            return isinstance(identity, WebIdentity)
        case Operation.WITH_SAML:
            return isinstance(identity, SamlAssertion)
        case Operation.ASSUME_ROLE | Operation.PASS_ROLE:
            return False


def _storable(value: object) -> object:
    """Give a value whose policy documents are all JSON: one that is not becomes a string, where it does no harm."""
    if isinstance(value, Raw):
        try:
            msgspec.json.decode(value)
        except (ValueError, RecursionError):
            return Raw(msgspec.json.encode(bytes(value).decode("utf-8", "replace")))
        return value
    if isinstance(value, Struct):
        return type(value)(**{name: _storable(getattr(value, name)) for name in value.__struct_fields__})
    return tuple(map(_storable, value)) if isinstance(value, tuple) else value
