"""A token is read for its claims and forgotten: no output, file or crash holds it, nor what proves it."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.federated import ROLE, SAML_PROVIDER, case_of, holding
from tests.cli.program import BAD_INPUT, Program, Run
from tests.cli.test_presented import OF_SAML
from tests.collect.federation.tokens import GITHUB, SIGNATURE, response, token

from diagnose.report import Format

TOKEN = token({**GITHUB, "jti": "0123456789"})
ASSERTION = base64.b64encode(response()).decode()
SECRETS = (*TOKEN.split("."), SIGNATURE, ASSERTION[:60], ASSERTION[-60:], ASSERTION[600:660])
LOGGING = "import logging\nlogging.basicConfig(level=logging.DEBUG, force=True)\n"
CRASHES = """
import diagnose.model.json_text, diagnose.evaluate.decision as decision
def verdict(case):
    raise RuntimeError(f"a bug: {case!r}")
decision.decide = decision.verdict = verdict
"""
CRASHES_WHILE_READING = """
import msgspec.json
def decode(data, **_):
    raise RuntimeError("a bug")
msgspec.json.decode = decode
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program with a home of its own, so that everything that it leaves behind is there."""
    home = tmp_path_factory.mktemp("home")
    with Program(home, {"TMPDIR": str(home), "XDG_CACHE_HOME": str(home / "cache")}) as one:
        yield one


def assert_secret(run: Run, program: Program, folder: Path, given: Path) -> None:
    said = {"standard output": run.out, "standard error": run.err}
    places = (folder, program.home)
    files = [path for place in places for path in place.rglob("*") if path.is_file() and path != given]
    said |= {str(path): path.read_bytes().decode("utf-8", "replace") for path in files}
    assert [(name, secret) for name, text in said.items() for secret in SECRETS if secret in text] == []


FORMS = [
    pytest.param(("--token-file", "FILE"), TOKEN, id="a token in a file"),
    pytest.param(("--token", "@FILE"), TOKEN, id="a token in a file, the other way"),
    pytest.param(("--token", "-"), TOKEN, id="a token on standard input"),
    pytest.param(("--token", TOKEN), "", id="a token on the command line"),
    pytest.param(("--claims", "FILE"), json.dumps({**GITHUB, "raw": TOKEN}), id="a token among the claims"),
    pytest.param(("--assertion", "FILE"), ASSERTION, id="an assertion"),
]


@pytest.mark.parametrize(("form", "content"), FORMS)
def test_no_format_and_no_saved_case_holds_it(
    form: tuple[str, str], content: str, tmp_path: Path, program: Program
) -> None:
    file = holding(tmp_path, content)
    given = [word.replace("FILE", str(file)) for word in form]
    case = case_of(tmp_path, *((SAML_PROVIDER, OF_SAML) if "--assertion" in form else ()))
    for output in Format:
        for more in ([], ["--redact"]):
            save = ("--save-case", tmp_path / "saved.json")
            run = program("check", "--case", case, *given, "--output", output, *save, *more, stdin=content.encode())
            of_files = output is Format.SARIF and bool(more)  # What points at lines of files is not redacted.
            assert run.code == (BAD_INPUT if of_files else 0), run.err
            assert_secret(run, program, tmp_path, file)


@pytest.mark.parametrize(("form", "content"), FORMS)
@pytest.mark.parametrize(
    "bug",
    [
        pytest.param(LOGGING, id="with debug logging"),
        pytest.param(CRASHES, id="where deciding crashes"),
        pytest.param(CRASHES_WHILE_READING, id="where reading crashes"),
    ],
)
def test_no_log_and_no_crash_holds_it(
    form: tuple[str, str], content: str, bug: str, tmp_path: Path, program: Program
) -> None:
    file = holding(tmp_path, content)
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(bug)
    given = [word.replace("FILE", str(file)) for word in form]
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_DEFAULT_REGION": "eu-west-1"}
    where: list[str | Path] = ["--endpoint-url", "http://127.0.0.1:9"]
    if bug is not LOGGING:
        where = ["--case", case_of(tmp_path, *((SAML_PROVIDER, OF_SAML) if "--assertion" in form else ()))]
    env = {**keys, "PYTHONPATH": str(site)}
    run = program.process("check", ROLE, *given, *where, stdin=content.encode(), env=env)
    assert_secret(run, program, tmp_path, file)
    if bug is LOGGING:
        assert "DEBUG:" in run.err
    elif bug is CRASHES:
        assert (run.code, "a bug: Case(" in run.err) == (70, True)


@pytest.mark.parametrize(
    "damaged",
    [
        pytest.param(TOKEN[:-1] + "!" + TOKEN[-1], id="a strange character"),
        pytest.param(TOKEN.replace(".", " ", 1), id="a space for a dot"),
        pytest.param(TOKEN[5:], id="its beginning cut off"),
        pytest.param(TOKEN.rpartition(".")[0], id="its signature cut off"),
        pytest.param(f"{TOKEN}.{TOKEN}", id="twice"),
        pytest.param(f'{{"value": {TOKEN}}}', id="in broken JSON"),
        pytest.param(f"export TOKEN={TOKEN}", id="in a script"),
        pytest.param(ASSERTION[:-9] + "!", id="an assertion with a strange character"),
        pytest.param(ASSERTION[9:], id="an assertion whose beginning is cut off"),
        pytest.param(f"<a>{ASSERTION}", id="an assertion in broken XML"),
    ],
)
@pytest.mark.parametrize(
    "form",
    [
        ("--token-file", "FILE"),
        ("--token", "@FILE"),
        ("--token", "-"),
        ("--token", "TEXT"),
        ("--claims", "FILE"),
        ("--claim", "TEXT"),
        ("--claim", "raw=TEXT"),
        ("--assertion", "FILE"),
        ("--saml-attribute", "TEXT"),
        ("--case", "FILE"),
        ("--details", "FILE"),
    ],
    ids=" ".join,
)
def test_no_error_quotes_it(form: tuple[str, str], damaged: str, tmp_path: Path, program: Program) -> None:
    file = holding(tmp_path, damaged)
    given = [word.replace("FILE", str(file)).replace("TEXT", damaged) for word in form]
    run = program("check", *([] if "--case" in form else [ROLE]), *given, stdin=damaged.encode())
    assert run.code in (2, 4), run.out + run.err
    assert_secret(run, program, tmp_path, file)
