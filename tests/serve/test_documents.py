"""Files that agents name: only where whoever runs the server lets them, and never quoted where not."""

import json
import os
from pathlib import Path

import pytest
from tests.cli.federated import ISSUER, case_of
from tests.collect.federation.tokens import GITHUB, token
from tests.serve.session import Session, connected, demo

from diagnose.collect.evidence.case_file import read_case
from diagnose.collect.evidence.handed_over import Document
from diagnose.collect.input import read_bytes
from diagnose.errors import XdiagError
from diagnose.serve.documents import ReadableFolders, readable

TOKEN = token(GITHUB)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "case.json").write_text(json.dumps(demo("external-id")))
    (tmp_path / "outside.json").write_text(json.dumps(demo("external-id")))
    return inside


def test_a_document_is_read_by_its_path_and_named_by_its_argument() -> None:
    document = Document.of(b'{"a": 1}', "trust_policy")
    assert read_bytes(document) == b'{"a": 1}'
    assert str(document) == "trust_policy"
    with pytest.raises(XdiagError, match="is larger than"):
        read_bytes(Document.of(b"x" * (2**20 + 1), "case"), 2**20)


def test_a_file_of_a_folder_is_read(folder: Path) -> None:
    document = readable([folder]).document(str(folder / "case.json"), "case")
    assert read_case(document).request.role_arn == "arn:aws:iam::222222222222:role/Deploy"


@pytest.mark.parametrize("name", ["../outside.json", "link.json", "sub/../../outside.json", "/etc/hostname", "-", "~"])
def test_a_file_elsewhere_is_not_read(name: str, folder: Path) -> None:
    (folder / "link.json").symlink_to(folder.parent / "outside.json")
    with pytest.raises(XdiagError, match="may not read"):
        readable([folder]).document(str(folder / name), "case") if name[0] not in "/-~" else readable(
            [folder]
        ).document(name, "case")


def test_a_server_without_folders_reads_none_and_does_not_tell_which_there_are(folder: Path) -> None:
    words = set()
    for path in (folder / "case.json", folder / "none.json"):
        with pytest.raises(XdiagError) as refused:
            ReadableFolders().document(str(path), "case")
        words.add(refused.value.message)
    assert words == {"`case` names a file that this server may not read"}


def test_what_is_not_a_file_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with pytest.raises(XdiagError, match="names what is not a file"):
        readable([folder]).document(str(folder / "pipe"), "case")
    with pytest.raises(XdiagError, match="names what is not a file"):
        readable([folder]).document(str(folder), "case")
    with pytest.raises(XdiagError, match="there is no such file"):
        readable([folder]).document(str(folder / "none.json"), "case")
    with pytest.raises(XdiagError, match="is not the name of a file"):
        readable([folder]).document("a\0b", "case")


def test_a_folder_that_is_not_there_is_a_mistake_at_the_start(folder: Path) -> None:
    with pytest.raises(XdiagError, match="is not a folder"):
        readable([folder / "none"])


def test_the_server_reads_files_of_the_folders_that_it_was_started_with(folder: Path, tmp_path: Path) -> None:
    (folder / "token").write_text(TOKEN)
    with connected(tmp_path, "--files", str(folder)) as session:
        assert session.call("check", case=str(folder / "case.json"))["verdict"] == "denied"
        assert "may not read" in session.refusal("check", case=str(tmp_path / "outside.json"))
        case = json.loads(case_of(tmp_path).read_text())
        assert case["snapshot"]["source"]["arn"] == ISSUER
        by_file = session.call("check", case=case, token_file=str(folder / "token"), detail="full")
        by_claims = session.call("check", case=case, claims=GITHUB, detail="full")
        assert by_file["verdict"] == by_claims["verdict"]
        assert not any(part in json.dumps(by_file) + session.log for part in TOKEN.split("."))


@pytest.mark.parametrize("argument", ["claims", "token_file", "assertion", "case", "trust_policy", "event"])
def test_a_token_that_is_put_where_a_file_is_named_is_never_repeated(argument: str, session: Session) -> None:
    words = session.refusal("check", **{argument: TOKEN}, dest_role_arn="arn:aws:iam::222222222222:role/Deploy")
    assert argument in words
    assert not any(part in words + session.log for part in TOKEN.split("."))


@pytest.mark.parametrize("argument", ["token_file", "assertion"])
def test_what_is_a_credential_is_not_read_by_value(argument: str, session: Session) -> None:
    role = "arn:aws:iam::222222222222:role/Deploy"
    assert "may not read" in session.refusal("check", dest_role_arn=role, **{argument: json.dumps(GITHUB)})


@pytest.mark.parametrize("argument", ["source_arn", "source_profile", "rule"])
def test_a_key_that_is_put_where_a_name_belongs_is_not_repeated(argument: str, session: Session) -> None:
    key = "AKIAIOSFODNN7EXAMPLE"
    if argument == "rule":
        words = session.refusal("explain_rule", rule=key)
    else:
        user, role = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"
        words = session.refusal("check", **{"source_arn": user, "dest_role_arn": role, argument: key})
    assert key not in words + session.log
    assert "AKIA..." in words
