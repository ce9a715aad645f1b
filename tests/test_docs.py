"""The pages are true: their commands run, their links lead somewhere, and so do those of the site."""

import gzip
import io
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from diagnose.authoring.cause_pages import INDEX, cause_pages, write_pages
from diagnose.authoring.site import on_site, site_pages
from diagnose.causes.rule_file import load_examples
from diagnose.causes.rule_folders import rule_folders
from diagnose.loading import load_rules
from diagnose.matrix.parquet import write_parquet_rows
from diagnose.matrix.rows import MatrixRow
from diagnose.model.diagnosis import Verdict
from diagnose.report import Lines
from diagnose.report.rows import encode_rows
from tests.cases import DEMOS
from tests.cli.test_readme import commands, flags_of
from tests.matrix.dumps import OURS, THEIRS, role, statement, trusting, user, write_dump, write_tree

ROOT = Path(__file__).parent.parent
PAGES = [
    *(ROOT / name for name in ("README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md", "rules/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
GUIDES = ("agents.md", "errors.md", "organization.md", "platform.md", "support.md")
LIVE = re.compile(
    r"--(?:source-|dest-|org-)?profile\b|^xdiag (?:collect|doctor)\b|^(?:docker|pip3|aws|terraform|git|make) "
)
"""What a command has that reads AWS, or that is another program's: of such, only the flags are looked at."""
NOTES = re.compile(r"^xdiag: (?:wrote|[\d,]+ pairs: |[\d,]+ users and roles, |[\d,]+ x ).*", re.MULTILINE)
"""What a command says on standard error where all is well."""
PLACEHOLDER = re.compile(r"\b(?:SOURCE_ARN|ROLE_ARN|DIR|FILE)\b")


def console(page: Path) -> list[str]:
    """Give the commands of a page's blocks of a console; a line that ends in a backslash goes on."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```console\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    joined = [re.sub(r"\s*\\\n\s*", " ", block) for block in blocks]
    return [line.removeprefix("$ ") for block in joined for line in block.splitlines() if line.startswith("$ ")]


COMMANDS = sorted({command for page in PAGES for command in console(page)})
OFFLINE = [command for command in COMMANDS if not LIVE.search(command) and not PLACEHOLDER.search(command)]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with the files that the pages speak of, and nobody's AWS configuration."""
    case = (DEMOS / "wrong-principal.json").read_text()
    trust = json.loads(case)["snapshot"]["destination"]["trust_policy"]["value"]["document"]
    caller, role = "arn:aws:iam::111111111111:user/builder", "arn:aws:iam::222222222222:role/Deploy"
    allowed = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role}
    said = f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role}"
    record = {
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole",
        "eventTime": "2026-11-20T10:00:00Z",
        "awsRegion": "eu-west-1",
        "userIdentity": {"type": "IAMUser", "arn": caller, "accountId": "111111111111", "userName": "builder"},
        "requestParameters": None,
        "errorCode": "AccessDenied",
        "errorMessage": said,
    }
    files = {
        "ticket.json": json.loads(case),
        "role.json": {"Role": {"Arn": role, "AssumeRolePolicyDocument": trust}},
        "proposed.json": json.loads(json.dumps(trust).replace("111111111112", "111111111111")),
        "ours.json": {"Version": "2012-10-17", "Statement": [allowed]},
        "record.json": record,
    }
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content))
    (tmp_path / "cases.jsonl").write_text(json.dumps(files["ticket.json"]) + "\n")
    (tmp_path / "error.txt").write_text(said)
    (tmp_path / "log.json.gz").write_bytes(gzip.compress(json.dumps({"Records": [record]}).encode()))
    _organization(tmp_path)
    return tmp_path


def _organization(folder: Path) -> None:
    """Write dumps of two accounts, and the matrices of two days."""
    ci, deploy = f"arn:aws:iam::{OURS}:user/ci", f"arn:aws:iam::{THEIRS}:role/Deploy"
    for name in ("dumps", "dumps-main", "dumps-branch"):
        write_dump(folder / name / "ours.json", users=[user(OURS, "ci", statement(Resource=deploy))])
        write_dump(folder / name / "theirs.json", roles=[role(THEIRS, "Deploy", trusting(ci))])
        write_tree(folder / name, [OURS, THEIRS])
    for day, verdict in (("monday", Verdict.DENIED), ("tuesday", Verdict.ALLOWED)):
        row = MatrixRow(source_arn=ci, dest_role_arn=deploy, verdict=verdict)
        with open(folder / f"{day}.parquet", "wb") as file:
            write_parquet_rows(io.BytesIO(encode_rows([row], Lines.JSONL)), file, MatrixRow)


@pytest.mark.parametrize("command", OFFLINE)
def test_a_command_of_a_page_runs(command: str, desk: Path) -> None:
    shell = shutil.which("bash") or "sh"
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
        "HOME": str(desk),
        "AWS_EC2_METADATA_DISABLED": "true",
        # Whatever asks the network in spite of this gets no answer.
        "HTTPS_PROXY": "http://127.0.0.1:9",
    }
    done = subprocess.run(
        [shell, "-c", command], cwd=desk, env=environment, capture_output=True, check=False, timeout=60, text=True
    )
    assert done.returncode in (0, 1, 3), done.stderr
    assert "xdiag: " not in NOTES.sub("", done.stderr)
    written = [desk / name for name in re.findall(r"(?:>>?|--to|--sides|--write-fix|--save-case) (\S+)", command)]
    assert done.stdout if not written else all(path.exists() for path in written)


def test_a_command_that_promises_a_verdict_keeps_it(desk: Path) -> None:
    promising = [command for command in OFFLINE if "--expect allowed" in command]
    assert len(promising) >= 2
    for command in promising:
        words = [str(Path(sys.executable).parent / "xdiag"), *command.split()[1:]]
        done = subprocess.run(words, cwd=desk, capture_output=True, check=False, timeout=60)
        assert done.returncode == ("proposed.json" not in command)


def test_the_guides_have_many_commands_that_run() -> None:
    assert all(console(ROOT / "docs" / name) for name in GUIDES)
    assert len(OFFLINE) > 25


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in OFFLINE])
def test_a_command_that_reads_aws_has_the_flags_of_the_program(command: str) -> None:
    for call in re.findall(r"(?:^|[|&] ?|xdiag )xdiag ([^|>]*)", command):
        words = call.split()
        known = commands()
        name = " ".join(words[:2]) if " ".join(words[:2]) in known else words[0]
        assert name in known
        assert set(re.findall(r"(?<!\S)--[a-z-]+", call)) - flags_of(known[name]) == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_link_leads_to_a_file_of_the_repository_and_to_a_heading_of_it(page: Path) -> None:
    for target in _links(page.read_text(encoding="utf-8")):
        file, _, part = target.partition("#")
        leads_to = (page.parent / file).resolve() if file else page
        assert leads_to.exists(), target
        assert "docs/causes" not in leads_to.as_posix(), f"{target}: not in the repository"
        assert not part or part in _anchors(leads_to.read_text(encoding="utf-8")), target


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The pages of the site, from a copy of the repository's."""
    root = tmp_path_factory.mktemp("repository")
    for page in PAGES:
        (root / page.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(page, root / page.relative_to(ROOT))
    write_pages(root / "docs" / "causes", cause_pages(load_rules(), load_examples(rule_folders())))
    return dict(site_pages(root))


def test_every_link_of_the_site_leads_to_a_page_and_a_heading_of_it(site: dict[str, str]) -> None:
    broken = []
    for place, text in site.items():
        for target in _links(text):
            file, _, part = target.partition("#")
            leads_to = posixpath.normpath(posixpath.join(posixpath.dirname(place), file)) if file else place
            if leads_to not in site or (part and part not in _anchors(site[leads_to])):
                broken.append((place, target))
    assert broken == []
    assert len(site) > 400


def test_the_site_has_the_pages_that_its_menu_names(site: dict[str, str]) -> None:
    named = set(re.findall(r'"(\S+\.md)"', (ROOT / "zensical.toml").read_text(encoding="utf-8")))
    assert len(named) >= 10
    assert named <= set(site)


def test_the_site_links_the_id_of_a_rule_wherever_it_is_named(site: dict[str, str]) -> None:
    assert "[`credentials-not-found`](causes/credentials-not-found.md)" in site["errors.md"]
    assert "[`external-id-missing`](external-id-missing.md)" in site["causes/external-id-differs.md"]
    assert f"causes/{INDEX}.md#in-the-trust-policy-alone" in site["errors.md"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("[it](../rules/README.md)", "[it](rules.md)", id="a page that has another name there"),
        pytest.param("[it](../README.md#as-a-library)", "[it](index.md#as-a-library)", id="with a heading"),
        pytest.param("[it](../fixtures/worlds)", "it", id="what the site does not have"),
        pytest.param("[it](https://example.com/a)", "[it](https://example.com/a)", id="an address"),
        pytest.param("see `a-rule`.", "see [`a-rule`](causes/a-rule.md).", id="a rule"),
        pytest.param("see `no-rule`.", "see `no-rule`.", id="a word that is no rule"),
        pytest.param("[`a-rule`](x.md)", "[`a-rule`](x.md)", id="a rule that is a link already"),
        pytest.param("```\n`a-rule`\n```", "```\n`a-rule`\n```", id="code"),
    ],
)
def test_a_page_is_rewritten_for_the_site(text: str, expected: str) -> None:
    places = {
        "docs/page.md": "page.md",
        "docs/x.md": "x.md",
        "README.md": "index.md",
        "rules/README.md": "rules.md",
        "docs/causes/a-rule.md": "causes/a-rule.md",
    }
    assert on_site(text, "docs/page.md", places) == expected


def _links(text: str) -> list[str]:
    """Give the targets of a page's links within the project, code left out."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"(?<!\[)`[^`\n]+`(?!\])", "", prose))
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower()) for heading in headings}
