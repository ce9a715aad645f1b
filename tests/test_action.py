"""The action for GitHub: what it asks, what it writes, and that no text of a stranger becomes a command."""

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
ACTION = ROOT / ".github" / "action"
CALLER, ROLE = "arn:aws:iam::111111111111:user/builder", "arn:aws:iam::222222222222:role/Deploy"
ERROR = f"User: {CALLER} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
ISSUER = "token.actions.githubusercontent.com"

pytestmark = [
    pytest.mark.skipif(not ACTION.exists(), reason="needs a whole repository"),
    pytest.mark.skipif(not (shutil.which("jq") and shutil.which("bash")), reason="needs bash and jq"),
]


class Job:
    """A job in a folder of its own: what it is given, and what the action leaves."""

    def __init__(self, folder: Path) -> None:
        """Put down a trust policy, and the AWS configuration of nobody."""
        self.folder = folder
        self.trust({f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": "repo:octo/app:ref:refs/heads/master"})

    def trust(self, condition: dict[str, str]) -> None:
        """Write the trust policy of the role for jobs of GitHub."""
        statement = {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::222222222222:oidc-provider/{ISSUER}"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": condition},
        }
        document = {"Version": "2012-10-17", "Statement": [statement]}
        (self.folder / "trust.json").write_text(json.dumps(document, indent=2))

    def run(self, **given: str) -> subprocess.CompletedProcess[str]:
        """Run the action's script as a step of the job does."""
        environment = {
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder),
            "RUNNER_TEMP": str(self.folder),
            "XDIAG": str(ACTION / "xdiag"),
            "GITHUB_REPOSITORY": "octo/app",
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "AWS_EC2_METADATA_DISABLED": "true",
            **given,
        }
        script = [str(ACTION / "diagnose.sh")]
        return subprocess.run(
            script, cwd=self.folder, env=environment, capture_output=True, check=False, timeout=120, text=True
        )

    @property
    def summary(self) -> str:
        """What the job's page shows."""
        return (self.folder / "summary.md").read_text()

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs of the step."""
        lines = (self.folder / "output").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def test_an_error_is_explained_in_the_summary_and_the_files_are_named(job: Job) -> None:
    done = job.run(INPUT_ERROR=ERROR, INPUT_REDACT="false")
    assert (done.returncode, done.stderr) == (0, "")
    assert "builder (111111111111) cannot assume role Deploy (222222222222)" in job.summary
    outputs = job.outputs
    assert outputs["verdict"] == "denied"
    assert json.loads(Path(outputs["report"]).read_text())["schema"] == "xdiag.diagnosis/1"
    assert json.loads(Path(outputs["sarif"]).read_text())["version"] == "2.1.0"
    assert Path(outputs["case"]).exists()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param({}, False, id="not known whether private"),
        pytest.param({"REPOSITORY_IS_PRIVATE": "false"}, False, id="public"),
        pytest.param({"REPOSITORY_IS_PRIVATE": "true"}, True, id="private"),
        pytest.param({"REPOSITORY_IS_PRIVATE": "true", "INPUT_REDACT": "true"}, False, id="private, asked for"),
    ],
)
def test_names_are_told_in_private_repositories_only(job: Job, given: dict[str, str], told: bool) -> None:
    done = job.run(INPUT_ERROR=ERROR.replace("user/builder", "user/payroll"), **given)
    assert done.returncode == 0
    files = [Path(job.outputs[name]).read_text() for name in ("report", "case")]
    assert ["payroll" in shown for shown in (done.stdout, job.summary, *files)] == [told] * 4
    assert done.stderr == ""
    assert "title=xdiag%3A refused-though-allowed::AWS denied it, and nothing that was read denies it" in done.stdout


def test_the_jobs_own_token_is_asked_with_and_goes_nowhere(job: Job) -> None:
    (job.folder / "bin").mkdir()
    curl = job.folder / "bin" / "curl"
    curl.write_text(f'#!/bin/sh\necho "$@" > {job.folder}/called; cat > {job.folder}/header; cat {job.folder}/answer\n')
    curl.chmod(curl.stat().st_mode | stat.S_IXUSR)
    claims = {"iss": f"https://{ISSUER}", "sub": "repo:octo/app:ref:refs/heads/main", "aud": "sts.amazonaws.com"}
    token = ".".join(_base64({"alg": "RS256"} if part else claims) for part in (1, 0)) + ".c2lnbmF0dXJl"
    (job.folder / "answer").write_text(json.dumps({"value": token}))
    done = job.run(
        INPUT_ROLE=ROLE,
        INPUT_REDACT="false",
        INPUT_FAIL="true",
        INPUT_ARGUMENTS="--trust-policy\ntrust.json\n--without\nscp\n--without\nrcp",
        ACTIONS_ID_TOKEN_REQUEST_URL="https://example.invalid/token?a=b",
        ACTIONS_ID_TOKEN_REQUEST_TOKEN="secret-of-the-job",
    )
    assert (job.folder / "header").read_text() == "Authorization: bearer secret-of-the-job"
    called = (job.folder / "called").read_text()
    assert "https://example.invalid/token?a=b&audience=sts.amazonaws.com" in called
    assert "secret-of-the-job" not in called
    assert done.returncode in (1, 3)
    assert "refs/heads/master" in job.summary
    [line] = [line for line in done.stdout.splitlines() if "refs/heads/master" in line and "file=trust.json" in line]
    assert line.startswith("::")
    left = [path for path in job.folder.rglob("*") if path.is_file() and path.name != "answer"]
    assert [path for path in left if token in path.read_text() or "secret-of" in path.read_text()] == [
        job.folder / "header"
    ]


def test_a_job_that_can_get_no_token_is_told_so(job: Job) -> None:
    done = job.run(INPUT_ROLE=ROLE, INPUT_ARGUMENTS="--trust-policy\ntrust.json")
    assert "::warning::This job can get no token: its permissions lack id-token: write." in done.stdout
    # Whatever the token would hold besides, it is of another branch than the one that is trusted.
    assert job.outputs["verdict"] == "denied"


def test_a_wrong_argument_ends_the_step(job: Job) -> None:
    done = job.run(INPUT_ERROR=ERROR, INPUT_ARGUMENTS="--nothing")
    assert done.returncode == 2
    assert "--nothing" in done.stderr


def test_an_input_is_never_part_of_a_command(job: Job) -> None:
    hostile = '"; touch ran; $(touch ran) `touch ran`'
    job.run(INPUT_ERROR=hostile, INPUT_ROLE=hostile, INPUT_SOURCE=hostile, INPUT_ARGUMENTS=hostile)
    assert not (job.folder / "ran").exists()
    whole: Any = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert [step["run"] for step in whole["runs"]["steps"] if "${{" in step["run"]] == []


@pytest.mark.parametrize("workflow", sorted((ROOT / ".github" / "workflows").glob("*.yml")), ids=lambda path: path.stem)
def test_a_workflow_has_few_rights_and_puts_no_expression_into_a_command(workflow: Path) -> None:
    whole: Any = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    assert whole["permissions"] == {"contents": "read"}
    for job in whole["jobs"].values():
        assert job["timeout-minutes"] <= 60
        assert [step["run"] for step in job["steps"] if "${{" in step.get("run", "")] == []
        checkouts = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
        assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_a_module_in_the_jobs_folder_is_not_imported(job: Job) -> None:
    (job.folder / "json.py").write_text("raise SystemExit('imported')")
    (job.folder / "diagnose").mkdir()
    (job.folder / "diagnose" / "__init__.py").write_text("raise SystemExit('imported')")
    assert job.run(INPUT_ERROR=ERROR).returncode == 0
    assert job.outputs["verdict"] == "denied"


def test_a_program_that_does_not_start_gives_no_verdict(job: Job) -> None:
    (job.folder / "broken").write_text("#!/bin/sh\nexit 1\n")
    (job.folder / "broken").chmod(0o755)
    assert job.run(INPUT_ERROR=ERROR, XDIAG=str(job.folder / "broken")).returncode == 70
    assert not (job.folder / "output").exists()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("one\n::error::two", "::error title=xdiag%3A rule::one%0A::error::two", id="a line"),
        pytest.param("50%\r", "::error title=xdiag%3A rule::50%25%0D", id="a sign that stands for others"),
    ],
)
def test_a_strangers_text_cannot_end_an_annotation(text: str, line: str) -> None:
    result = {"ruleId": "rule", "level": "error", "message": {"text": text}}
    assert _annotated(result) == line + "\n"


def test_a_strangers_file_cannot_add_to_an_annotation() -> None:
    place = {"artifactLocation": {"uri": "a,line=1::b"}, "region": {"startLine": 7}}
    result = {
        "ruleId": "rule",
        "level": "warning",
        "message": {"text": "words"},
        "locations": [{"physicalLocation": place}],
    }
    expected = "::warning file=a%2Cline=1%3A%3Ab,line=7,title=xdiag%3A rule::words\n"
    assert _annotated(result) == expected


def _annotated(result: dict[str, Any]) -> str:
    report = json.dumps({"runs": [{"tool": {"driver": {"rules": []}}, "results": [result]}]})
    command = ["jq", "--raw-output", "--arg", "redacted", "", "--from-file", str(ACTION / "annotations.jq")]
    return subprocess.run(command, input=report, capture_output=True, check=True, text=True).stdout


def _base64(value: dict[str, str]) -> str:
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
