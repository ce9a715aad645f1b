"""The lines of the files that policies were given in: those that the user has to look for."""

import json
import os
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from tests.cases import DEMOS
from tests.cli.program import DENIED, Program

USER, ROLE = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"
TYPO = "arn:aws:iam::111111111112:user/ci"
STATEMENT = {"Effect": "Allow", "Principal": {"AWS": TYPO}, "Action": "sts:AssumeRole"}
TRUST = {"Version": "2012-10-17", "Statement": [STATEMENT]}
ON_ONE_LINE = json.dumps(TRUST)
WHERE = "trust policy of Deploy, statement 1"
FORMATS = ["text", "markdown", "jira", "adf", "slack", "servicenow", "html"]
IN_A_TEMPLATE = f"""Resources:
  Deploy:
    Type: AWS::IAM::Role
    Properties:
      RoleName: Deploy
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal:
              AWS: {TYPO}
            Action: sts:AssumeRole
"""


def told(xdiag: Program, folder: Path, flag: str, name: str, *more: str) -> str:
    run = xdiag("check", USER, ROLE, flag, name, "--no-probe", *more, cwd=folder)
    assert run.code == DENIED
    return run.out


@pytest.mark.parametrize(
    ("flag", "text", "line"),
    [
        pytest.param(
            "--trust-policy",
            ON_ONE_LINE,
            f"line 1, column {ON_ONE_LINE.index(TYPO)} (line 7 below)",
            id="all on one line",
        ),
        pytest.param("--trust-policy", json.dumps(TRUST, indent=2), "line 7", id="laid out as it is here"),
        pytest.param(
            "--trust-policy",
            "\n\n" + json.dumps(TRUST, indent=4),
            "line 9, column 24 (line 7 below)",
            id="with lines above it",
        ),
        pytest.param(
            "--trust-policy",
            "\ufeff\n\n" + json.dumps(TRUST, indent=4),
            "line 9, column 24 (line 7 below)",
            id="with a byte order mark",
        ),
        pytest.param(
            "--trust-policy",
            json.dumps({"Role": {"RoleName": "Deploy", "Arn": ROLE, "AssumeRolePolicyDocument": TRUST}}, indent=2),
            "line 11, column 20 (line 7 below)",
            id="what `aws iam get-role` prints",
        ),
        pytest.param("--infrastructure", IN_A_TEMPLATE, "line 11, column 20 (line 7 below)", id="a template"),
    ],
)
def test_the_line_is_that_of_the_file(xdiag: Program, tmp_path: Path, flag: str, text: str, line: str) -> None:
    (tmp_path / "given.txt").write_text(text)
    out = " ".join(told(xdiag, tmp_path, flag, "given.txt").split())
    assert f"Where {WHERE}, `given.txt` {line}:" in out


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_for_people_names_it(xdiag: Program, tmp_path: Path, form: str) -> None:
    (tmp_path / "given.json").write_text(ON_ONE_LINE)
    out = told(xdiag, tmp_path, "--trust-policy", "given.json", "--output", form)
    assert "given.json" in out
    assert f"line 1, column {ON_ONE_LINE.index(TYPO)}" in " ".join(out.split())


def test_programs_get_file_line_and_column(xdiag: Program, tmp_path: Path) -> None:
    (tmp_path / "given.json").write_text(ON_ONE_LINE)
    expected = ("given.json", 1, ON_ONE_LINE.index(TYPO), 7)
    place = json.loads(told(xdiag, tmp_path, "--trust-policy", "given.json", "--output", "json"))["causes"][0]["places"]
    assert (place[0]["file"], place[0]["file_line"], place[0]["file_column"], place[0]["line"]) == expected
    row = json.loads(told(xdiag, tmp_path, "--trust-policy", "given.json", "--output", "findings").splitlines()[0])
    assert (row["file"], row["file_line"], row["file_column"], row["policy_line"]) == expected


@pytest.mark.parametrize(("without", "given"), [(["--redact"], False), ([], True)], ids=["a pipe", "redacted"][::-1])
def test_without_a_file_the_line_is_that_of_what_is_drawn(
    xdiag: Program, tmp_path: Path, without: list[str], given: bool
) -> None:
    (tmp_path / "secret-name.json").write_text(ON_ONE_LINE)
    name, text = ("-", ON_ONE_LINE.encode()) if given else ("secret-name.json", None)
    run = xdiag("check", USER, ROLE, "--trust-policy", name, "--no-probe", *without, cwd=tmp_path, stdin=text or b"")
    assert "line 7 below:" in " ".join(run.out.split())
    assert "secret-name" not in run.out


def test_a_place_that_only_helps_and_one_that_aws_rejects_are_in_the_file_too(xdiag: Program, tmp_path: Path) -> None:
    wrong = {**TRUST, "Statement": [STATEMENT, {**STATEMENT, "Effect": "Permit"}]}
    (tmp_path / "given.json").write_text(json.dumps(wrong))
    out = " ".join(told(xdiag, tmp_path, "--trust-policy", "given.json").split())
    _, _, rejected = out.partition("Policies that AWS rejects")
    assert f"`given.json` line 1, column {json.dumps(wrong).index('Permit')} (line" in rejected


def test_a_case_file_has_lines(xdiag: Program) -> None:
    case = DEMOS / "wrong-principal.json"
    run = xdiag("check", "--case", case.name, "--query", "causes[0].places[0].[file, file_line]", cwd=DEMOS)
    file, line = json.loads(run.out)
    assert file == case.name
    assert "111111111112:user/builder" in case.read_text().split("\n")[line - 1]


@pytest.mark.parametrize("form", FORMATS)
def test_the_name_of_a_file_does_nothing(xdiag: Program, tmp_path: Path, form: str) -> None:
    name = "a\x1b[31m<img src=x>`@here`.json"
    (tmp_path / name).write_text(ON_ONE_LINE)
    out = told(xdiag, tmp_path, "--trust-policy", name, "--output", form)
    assert "\x1b" not in out
    if form in ("html", "slack"):
        assert "<img" not in out
    if form == "markdown":
        tokens = MarkdownIt("commonmark").parse(out)
        every = [one for token in tokens for one in (token, *(token.children or []))]
        assert not [one for one in every if one.type.startswith("html") and "img" in one.content]


@pytest.mark.parametrize("form", [*FORMATS, "json", "sarif", "findings"])
def test_a_file_whose_name_is_not_text_is_told_about_all_the_same(xdiag: Program, tmp_path: Path, form: str) -> None:
    name = os.fsdecode(b"bad\xff.json")
    (tmp_path / name).write_text(ON_ONE_LINE)
    run = xdiag("check", USER, ROLE, "--trust-policy", name, "--no-probe", "--output", form, cwd=tmp_path)
    assert (run.code, run.err) == (DENIED, "")
    assert "\udcff" not in run.out
