import contextlib
import io
import json
import os
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw
from msgspec.structs import replace
from tests.collect.cases import cases, json_values

from diagnose.collect.evidence.case_file import case_from_json, checked, read_case, save_case
from diagnose.errors import XdiagError
from diagnose.model.case import Case, Request, Snapshot, SourceSide
from diagnose.model.evidence import Known
from diagnose.model.operation import Operation
from diagnose.model.policy import Policy, document_text, raw_document

CASE = Case(
    Request("arn:aws:iam::222222222222:role/App"),
    Snapshot(
        SourceSide(
            "arn:aws:iam::111111111111:user/dev", boundary=Known(Policy("limits", raw_document({"Statement": []})))
        )
    ),
)
USER = "arn:aws:iam::111111111111:user/dev"
ISSUER = "https://token.actions.githubusercontent.com"
SAML = "arn:aws:iam::222222222222:saml-provider/IdP"
POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Effect": "Deny"}}'


def compact(case: Case) -> bytes:
    """A case as JSON without white space, which saving puts into documents."""
    return msgspec.json.format(msgspec.json.encode(case), indent=-1)


def wrapped(*keys: str) -> str:
    """The policy as the value of the last key, in objects under the keys before it."""
    return "".join(f'{{"Arn": "x", "{key}": ' for key in keys) + POLICY + "}" * len(keys)


def failing_to_read(path: Path) -> tuple[str, str]:
    with pytest.raises(XdiagError) as found:
        read_case(path)
    return found.value.message, found.value.hint


def test_a_saved_case_is_read_as_it_was(tmp_path: Path) -> None:
    save_case(CASE, tmp_path / "case.json")
    assert compact(read_case(tmp_path / "case.json")) == compact(CASE)


@settings(deadline=None)
@given(cases)
def test_saving_and_reading_changes_nothing(tmp_path_factory: pytest.TempPathFactory, case: Case) -> None:
    path = tmp_path_factory.getbasetemp() / "round-trip.json"
    save_case(case, path)
    first = path.read_bytes()
    again = read_case(path)
    assert compact(again) == compact(case)
    save_case(again, path)
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("arn", "operation", "identity", "said"),
    [
        pytest.param(ISSUER, "AssumeRole", None, "request.operation", id="who presents a token does not sign"),
        pytest.param(ISSUER, "AssumeRoleWithSAML", None, "request.operation", id="an issuer has no assertions"),
        pytest.param(ISSUER, "AssumeRoleWithWebIdentity", None, "", id="the token is not known"),
        pytest.param(ISSUER, "AssumeRoleWithWebIdentity", {"type": "web_identity", "claims": {}}, "", id="a token"),
        pytest.param(
            ISSUER,
            "AssumeRoleWithWebIdentity",
            {"type": "saml"},
            "snapshot.source.identity",
            id="not a token",
        ),
        pytest.param(SAML, "AssumeRoleWithSAML", {"type": "saml"}, "", id="an assertion"),
        pytest.param(
            SAML,
            "AssumeRoleWithSAML",
            {"type": "web_identity"},
            "snapshot.source.identity",
            id="not an assertion",
        ),
        pytest.param(USER, "AssumeRole", {"type": "web_identity"}, "snapshot.source.identity", id="a user's token"),
        pytest.param(USER, "AssumeRoleWithWebIdentity", None, "request.operation", id="a user presents nothing"),
    ],
)
def test_a_source_calls_its_own_operation_and_presents_what_goes_with_it(
    arn: str, operation: str, identity: dict[str, Any] | None, said: str
) -> None:
    written = {
        "request": {"role_arn": "arn:aws:iam::222222222222:role/App", "operation": operation},
        "snapshot": {"source": {"arn": arn, "identity": identity}},
    }
    data = json.dumps(written).encode()
    if not said:
        assert case_from_json(data, place="x.json").request.operation == operation
        return
    with pytest.raises(XdiagError) as refused:
        case_from_json(data, place="x.json")
    assert f"`{said}`" in refused.value.message


def test_a_case_without_an_operation_asks_for_assume_role() -> None:
    data = b'{"request": {"role_arn": "arn:aws:iam::222222222222:role/App"}, "snapshot": {"source": {"arn": "%s"}}}'
    assert case_from_json(data % USER.encode(), place="x.json").request.operation is Operation.ASSUME_ROLE


def test_a_case_that_is_cut_off_anywhere_is_a_mistake_and_not_a_crash(tmp_path: Path) -> None:
    save_case(CASE, tmp_path / "case.json")
    whole = (tmp_path / "case.json").read_bytes().rstrip()
    for end in range(len(whole)):
        with pytest.raises(XdiagError):
            case_from_json(whole[:end], place="x.json")


@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_anything_is_a_case_or_a_mistake(data: bytes) -> None:
    with contextlib.suppress(XdiagError):
        assert isinstance(case_from_json(data, place="x.json"), Case)


@settings(deadline=None)
@given(cases, json_values, st.randoms(use_true_random=False))
def test_a_case_with_anything_in_the_place_of_a_value_is_a_case_or_a_mistake(
    case: Case, value: Any, random: Any
) -> None:
    parsed = json.loads(msgspec.json.encode(case))
    holder, key = random.choice(list(places(parsed)))
    holder[key] = value
    with contextlib.suppress(XdiagError):
        assert isinstance(case_from_json(json.dumps(parsed).encode(), place="x.json"), Case)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in parsed JSON: what holds it, and its key or index there."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from places(value[key])


@pytest.mark.parametrize("unit", [b"a", b"[", b'{"a":', b'{"request":', b"\n", b"\0", b'"', b"\xff", b"tru"])
def test_ten_megabytes_of_nonsense_are_answered_at_once(unit: bytes) -> None:
    started = time.process_time()
    with pytest.raises(XdiagError):
        case_from_json(unit * (10 * 2**20 // len(unit)), place="x.json")
    assert time.process_time() - started < 1


def test_a_byte_order_mark_is_tolerated() -> None:
    assert case_from_json(b"\xef\xbb\xbf" + msgspec.json.encode(CASE), place="x.json") == CASE


def test_a_case_is_read_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(msgspec.json.encode(CASE))))
    assert read_case("-") == CASE
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(XdiagError, match="`standard input` is empty"):
        read_case("-")


def test_a_policy_document_keeps_its_text() -> None:
    document = b'{"Statement": [], "Statement": {"Sid": "\\u0041"}}'
    case = case_from_json(compact(CASE).replace(b'{"Statement":[]}', document), place="x.json")
    assert isinstance(case.snapshot.source.boundary, Known)
    assert case.snapshot.source.boundary.value is not None
    assert bytes(case.snapshot.source.boundary.value.document) == document


@pytest.mark.parametrize(
    ("case", "message"),
    [
        pytest.param(
            replace(CASE, request=Request("App")),
            "`x.json:3`, `request.role_arn`: the destination `App` is a bare name, not an ARN",
            id="a role's bare name",
        ),
        pytest.param(
            replace(CASE, snapshot=Snapshot(SourceSide("arn:aws:iam::111111111111:group/devs"))),
            "`x.json:3`, `snapshot.source.arn`: the source `arn:aws:iam::111111111111:group/devs`"
            " is not a principal that can sign requests",
            id="a group as the source",
        ),
        pytest.param(
            replace(CASE, schema="xdiag.case/0"),
            "`x.json:3` has the schema `xdiag.case/0`, which this version of xdiag cannot read",
            id="another schema",
        ),
    ],
)
def test_a_case_that_cannot_be_decided_is_named_with_its_place(case: Case, message: str) -> None:
    with pytest.raises(XdiagError) as found:
        checked(case, "x.json:3")
    assert found.value.message == message
    assert found.value.hint


def test_a_key_that_stands_twice_in_a_case_is_a_mistake() -> None:
    data = msgspec.json.encode(CASE).replace(b'"via":"api"', b'"via":"api","via":"cli"')
    with pytest.raises(XdiagError, match=r"`x\.json` is not a case: `request\.via` appears twice"):
        case_from_json(data, place="x.json")


READABLE = "expected a file that you may read, or `-` for standard input"


def test_what_is_not_a_readable_file_is_said(tmp_path: Path) -> None:
    assert failing_to_read(tmp_path / "no.json") == (f"there is no file `{tmp_path}/no.json`", READABLE)
    assert failing_to_read(tmp_path) == (f"`{tmp_path}` is a folder, not a file", READABLE)
    assert failing_to_read(Path("a\0b")) == ("`a\\x00b` cannot be read: it is not a file name", READABLE)
    assert failing_to_read(Path("x" * 300))[0].endswith("cannot be read: file name too long")


def test_a_file_that_may_not_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.open", refuse)
    assert failing_to_read(Path("secret.json")) == ("`secret.json` cannot be read: permission denied", READABLE)


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "huge.json").open("wb") as file:
        file.truncate(64 * 2**20 + 1)
    assert failing_to_read(tmp_path / "huge.json") == (
        f"`{tmp_path}/huge.json` is larger than 64 MB",
        "no evidence is this large; is it the right file?",
    )


def test_a_saved_case_is_indented_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_text("before")
    path.chmod(0o644)
    save_case(CASE, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().startswith('{\n  "request": {\n    "role_arn": "arn:aws:iam::222222222222:role/App",\n')
    assert path.read_text().endswith("\n}\n")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("stage", ["fsync", "replace"])
def test_stopping_while_a_case_is_saved_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "case.json"
    path.write_text("before")
    monkeypatch.setattr(os, stage, interrupt)
    with pytest.raises(KeyboardInterrupt):
        save_case(CASE, path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_where_nothing_can_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing_to_write(path: Path) -> str:
        with pytest.raises(XdiagError) as found:
            save_case(CASE, path)
        return found.value.message

    (tmp_path / "file").write_text("")
    assert failing_to_write(tmp_path) == f"`{tmp_path}` is a folder"
    assert failing_to_write(tmp_path / "no" / "x.json") == f"there is no folder for `{tmp_path}/no/x.json`"
    assert failing_to_write(tmp_path / "file" / "x.json").endswith("cannot be written: not a directory")
    assert failing_to_write(tmp_path / "a\0b").endswith("cannot be written: it is not a file name")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert failing_to_write(tmp_path / "x.json") == f"`{tmp_path}/x.json` cannot be written: permission denied"


def test_a_document_that_is_not_json_is_saved_as_the_text_that_it_is(tmp_path: Path) -> None:
    text = '{"Statement": [}], "note": "x'
    source = SourceSide(CASE.snapshot.source.arn, boundary=Known(Policy("broken", Raw(text.encode()))))
    save_case(replace(CASE, snapshot=Snapshot(source)), tmp_path / "case.json")
    boundary = read_case(tmp_path / "case.json").snapshot.source.boundary
    assert isinstance(boundary, Known)
    assert boundary.value is not None
    assert document_text(boundary.value.document) == text


def test_text_that_no_file_can_hold_is_said(tmp_path: Path) -> None:
    with pytest.raises(XdiagError, match="the case cannot be saved"):
        save_case(replace(CASE, note="\udcff"), tmp_path / "case.json")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_file_is_not_written_over(tmp_path: Path) -> None:
    arns = ("arn:aws:iam::111111111111:role/Deploy", "arn:aws:iam::111111111111:user/ci")
    case = Case(Request(arns[0]), Snapshot(SourceSide(arns[1])))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("-")):
        with pytest.raises(XdiagError, match="is not a file that can hold a case"):
            save_case(case, path)
    assert pipe.is_fifo()


def test_credentials_in_a_message_are_taken_out() -> None:
    arns = ("arn:aws:iam::111111111111:role/Deploy", "arn:aws:iam::111111111111:user/ci")
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    told = f'"SecretAccessKey": "{secret}" AccessDenied'
    case = checked(Case(Request(arns[0]), Snapshot(SourceSide(arns[1])), message=told), "case.json")
    assert secret not in case.message
    assert "AccessDenied" in case.message
