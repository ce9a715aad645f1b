"""What keeps a case from being decided or saved, word for word, and where a case may be written."""

import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Raw
from msgspec.structs import replace
from tests.collect.evidence.test_case_file import CASE, ISSUER, SAML, USER

from diagnose.collect.evidence.case_file import case_as_json, case_from_json, checked, part_as_json, save_case
from diagnose.errors import XdiagError
from diagnose.model.case import Case, Parameters, ProbeOutcome, ProbeResult
from diagnose.model.federation import SamlAssertion, WebIdentity
from diagnose.model.operation import Operation
from diagnose.model.policy import Policy, raw_document

SECRET = '"SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" AccessDenied'
OPERATION = (
    "expected `{}`: a token comes from its issuer's URL, an assertion from the ARN of a SAML provider, whoever signs "
    "requests calls `AssumeRole`, and users, roles and root users also `PassRole`"
)
PRESENTED = (
    'expected a token (`"type": "web_identity"`) of an issuer\'s URL, an assertion (`"type": "saml"`) for the ARN of a '
    "SAML provider, and neither of whoever signs requests"
)


def asking(source: str, operation: Operation, identity: WebIdentity | SamlAssertion | None = None) -> Case:
    return replace(
        CASE,
        request=replace(CASE.request, operation=operation),
        snapshot=replace(CASE.snapshot, source=replace(CASE.snapshot.source, arn=source, identity=identity)),
    )


def passing(service: str) -> Case:
    case = asking(USER, Operation.PASS_ROLE)
    return replace(case, request=replace(case.request, parameters=Parameters(passed_to=service)))


@pytest.mark.parametrize(
    ("case", "message", "hint"),
    [
        *(
            pytest.param(
                asking(source, operation),
                f"`c.json`, `request.operation`: `{source}` does not call `{operation}`",
                OPERATION.format(expected),
                id=f"{operation} of {source}",
            )
            for source, operation, expected in (
                (ISSUER, Operation.ASSUME_ROLE, "AssumeRoleWithWebIdentity"),
                (SAML, Operation.ASSUME_ROLE, "AssumeRoleWithSAML"),
                (USER, Operation.WITH_SAML, "AssumeRole"),
            )
        ),
        *(
            pytest.param(
                asking(source, operation, identity),
                f"`c.json`, `snapshot.source.identity`: `{operation}` does not present this",
                PRESENTED,
                id=f"{operation} with {type(identity).__name__}",
            )
            for source, operation, identity in (
                (ISSUER, Operation.WITH_WEB_IDENTITY, SamlAssertion()),
                (SAML, Operation.WITH_SAML, WebIdentity()),
                (USER, Operation.ASSUME_ROLE, WebIdentity()),
                (USER, Operation.ASSUME_ROLE, SamlAssertion()),
                (USER, Operation.PASS_ROLE, WebIdentity()),
            )
        ),
        pytest.param(
            passing("a service"),
            "`c.json`, `request.parameters.passed_to`: `a service` is not an AWS service",
            "expected a service principal such as `lambda.amazonaws.com`",
            id="a role passed to what is no service",
        ),
    ],
)
def test_what_cannot_be_decided_is_said_in_full(case: Case, message: str, hint: str) -> None:
    with pytest.raises(XdiagError) as refused:
        checked(case, "c.json")
    assert (refused.value.message, refused.value.hint) == (message, hint)


def test_a_role_may_be_passed_to_a_service() -> None:
    assert checked(passing("lambda.amazonaws.com"), "c.json") == passing("lambda.amazonaws.com")


def test_credentials_in_what_an_attempt_was_told_are_taken_out() -> None:
    probe = ProbeResult(ProbeOutcome.ACCESS_DENIED, code="AccessDenied", message=SECRET)
    case = checked(replace(CASE, probe=probe), "c.json")
    assert case.probe == replace(probe, message='"SecretAccessKey": "..." AccessDenied')


def test_a_file_of_another_kind_is_named_as_that() -> None:
    state = {"version": 4, "terraform_version": "1.9.5", "serial": 1, "lineage": "x", "resources": []}
    with pytest.raises(XdiagError) as refused:
        case_from_json(json.dumps(state).encode(), place="c.json")
    assert "Terraform" in refused.value.message
    assert "--infrastructure" in refused.value.hint


def test_records_are_not_taken_for_what_declares_policies() -> None:
    with pytest.raises(XdiagError) as refused:
        case_from_json(b'{"Records": [{"eventName": "AssumeRole"}]}', place="c.json")
    assert refused.value.message == "`c.json` is not a case: it looks like a CloudTrail log file"
    assert refused.value.hint == "pass it as `--event FILE`"


@pytest.mark.parametrize(
    ("write", "what"),
    [
        (lambda: case_as_json(replace(CASE, note="\udcff")), "the case"),
        (lambda: part_as_json(Policy("\udcff", raw_document({"Statement": []}))), "a part of a case"),
    ],
)
def test_text_that_is_not_unicode_is_not_saved(write: Any, what: str) -> None:
    with pytest.raises(XdiagError) as refused:
        write()
    assert refused.value.message == f"{what} cannot be saved"
    assert refused.value.hint == "some text in it is not Unicode"


@pytest.mark.parametrize(
    ("document", "text"),
    [(b"{x\xff", "{x�"), (b'{"a": [1]}', None)],
    ids=["what is not JSON becomes a text", "what is JSON stays as it is"],
)
def test_a_part_is_json_on_one_line(document: bytes, text: str | None) -> None:
    written = part_as_json(Policy("limits", Raw(document)))
    assert b"\n" not in written
    assert msgspec.json.decode(written)["document"] == (text or {"a": [1]})


class TestPlaces:
    """A link is followed to an ordinary file, and to nothing else."""

    NO_FILE = "is not a file that can hold a case"

    @pytest.fixture
    def target(self, tmp_path: Path) -> Path:
        (tmp_path / "below").mkdir()
        (tmp_path / "below" / "case.json").write_text("before")
        return tmp_path / "below" / "case.json"

    def refused(self, path: Path) -> tuple[str, str]:
        with pytest.raises(XdiagError) as refused:
            save_case(CASE, path)
        return refused.value.message, refused.value.hint

    def test_a_link_to_a_file_stays_one(self, tmp_path: Path, target: Path) -> None:
        (tmp_path / "below" / "link").symlink_to("case.json")
        (tmp_path / "chain").symlink_to(Path("below") / "link")
        save_case(CASE, tmp_path / "chain")
        assert case_from_json(target.read_bytes(), place="c.json").request == CASE.request
        assert (tmp_path / "chain").is_symlink()
        assert (tmp_path / "below" / "link").is_symlink()

    @pytest.mark.parametrize(
        "leads_to",
        [
            pytest.param("nowhere", id="nothing"),
            pytest.param("/dev/null", id="a device"),
            pytest.param("/proc/self/comm", id="a file of the machine"),
            pytest.param("/dev/shm/xdiag-case-that-is-not-there", id="what would be a device's"),
            pytest.param("link", id="itself"),
            pytest.param("pipe", id="a pipe"),
        ],
    )
    def test_a_link_to_something_else_is_not_written(self, tmp_path: Path, leads_to: str) -> None:
        os.mkfifo(tmp_path / "pipe")
        link = tmp_path / "link"
        link.symlink_to(leads_to)
        assert self.refused(link) == (f"`{link}` {self.NO_FILE}", "expected a file's name")
        assert os.readlink(link) == leads_to

    def test_what_is_the_machines_is_not_written(self) -> None:
        name = Path(f"/dev/shm/xdiag-{os.urandom(8).hex()}.json")
        assert self.refused(name)[0] == f"`{name}` {self.NO_FILE}"
        assert not name.exists()

    def test_a_folder_is_named_as_one_also_behind_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(tmp_path)
        hint = "expected the name of a file to write"
        assert self.refused(tmp_path / "link") == (f"`{tmp_path / 'link'}` is a folder", hint)

    def test_where_no_file_can_be_made_it_is_said_what_is_expected(self, tmp_path: Path) -> None:
        path = tmp_path / "no" / "case.json"
        hint = "expected a file in a folder that you may write to"
        assert self.refused(path) == (f"there is no folder for `{path}`", hint)
