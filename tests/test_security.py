"""What the README promises under Security: each sentence is held by tests that are named here."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from diagnose.aws.calls import ask
from diagnose.aws.patience import Patience
from diagnose.aws.promises import PROMISES
from tests.cases import DEMOS

ROOT = Path(__file__).parent.parent

HELD_BY: dict[str, tuple[str, ...]] = {
    "It changes nothing: each call to AWS gets, lists or describes something, except for `sts:AssumeRole`.": (
        "tests/test_security.py::test_no_api_that_is_called_changes_anything",
        "tests/test_security.py::test_nothing_else_can_be_called",
        "tests/aws/test_strange_answers.py::test_the_worlds_are_read_whole_and_call_every_api",
    ),
    "The attempt carries a session policy that denies everything, and its credentials are dropped at once.": (
        "tests/aws/test_assume.py::test_a_bare_request_is_sent_with_the_least_that_aws_asks_for",
        "tests/test_probe.py::test_no_credential_survives_in_the_result_or_in_a_log",
    ),
    "`xdiag collect --org` assumes a role in each account with a session policy that allows reading only, and keeps "
    "its credentials in memory.": (
        "tests/cli/test_collect_org.py::test_a_role_that_is_assumed_may_do_no_more_than_is_done",
        "tests/cli/test_collect_org.py::test_no_credential_is_written",
    ),
    "It sends nothing to anyone but AWS, or the endpoint that you name.": (
        "tests/test_security.py::test_live_commands_ask_for_hosts_of_aws_only",
        "tests/aws/test_session.py::test_the_flag_is_used_for_every_service",
    ),
    "What is answered from files alone opens no connection.": (
        "tests/test_security.py::test_what_is_answered_from_files_opens_no_connection",
    ),
    "It starts no program but the `credential_process` of your own profiles.": (
        "tests/test_security.py::test_live_commands_ask_for_hosts_of_aws_only",
        "tests/test_security.py::test_what_is_answered_from_files_opens_no_connection",
        "tests/aws/test_session.py::test_a_credential_process_is_run",
    ),
    "No credential, MFA code, token or assertion is printed, logged or stored.": (
        "tests/test_probe.py::test_no_credential_survives_in_the_result_or_in_a_log",
        "tests/aws/test_assume.py::test_neither_the_credentials_nor_the_mfa_code_reach_a_log",
        "tests/aws/test_session.py::test_nothing_that_a_failing_credential_process_writes_is_shown",
        "tests/aws/test_providers.py::test_a_session_of_this_check_is_kept_in_memory_only",
        "tests/cli/test_request_flags.py::test_a_flag_reaches_its_place_in_the_case_and_no_other",
        "tests/cli/test_token_is_secret.py::test_no_format_and_no_saved_case_holds_it",
        "tests/cli/test_token_is_secret.py::test_no_log_and_no_crash_holds_it",
        "tests/collect/evidence/test_case_file.py::test_credentials_in_a_message_are_taken_out",
    ),
    "A case file that it saves can be read by its owner only.": (
        "tests/collect/evidence/test_case_file.py::test_a_saved_case_is_indented_and_only_its_owner_may_read_it",
    ),
    "`--redact` leaves no name and no account, and a redacted case has the same answer.": (
        "tests/report/redact/test_redact.py::test_no_name_and_no_account_is_left_in_any_format",
        "tests/report/redact/test_redact.py::test_a_redacted_case_is_decided_as_the_one_it_was",
        "tests/report/redact/test_laws.py::test_a_redacted_example_has_the_same_causes",
        "tests/cli/test_redact.py::test_a_case_that_is_saved_beside_a_redacted_report_is_redacted",
    ),
    "Names, tags and messages of strangers are shown and do nothing, in a terminal or in a ticket.": (
        "tests/report/test_hostile.py::test_plain_text_shows_it_and_does_nothing",
        "tests/report/test_hostile.py::test_coloured_text_holds_no_escape_but_of_colour",
        "tests/report/test_hostile.py::test_markdown_shows_it_as_words_and_code",
        "tests/report/test_hostile.py::test_slack_shows_it_as_words_and_code",
        "tests/report/test_hostile.py::test_jira_shows_it_and_does_nothing",
        "tests/report/test_hostile.py::test_servicenow_shows_it_and_does_nothing",
        "tests/report/test_template.py::test_no_name_hides_or_moves_anything",
    ),
    "An answer that AWS does not give, from a proxy for example, is a gap, never taken for the absence of a policy.": (
        "tests/aws/test_strange_answers.py::test_no_answer_ends_the_check_or_makes_it_say_what_is_not_so",
        "tests/aws/test_promises.py::test_an_answer_is_held_against_what_the_api_promises",
    ),
    "A rule or a template of somebody else's cannot run code.": (
        "tests/test_security.py::test_a_rule_that_asks_for_an_object_of_python_is_refused",
        "tests/report/test_template.py::test_a_wrong_template_is_one_sentence_with_its_line",
    ),
    "What it depends on is pinned by version and hash.": (
        "tests/test_security.py::test_everything_that_is_installed_is_pinned_by_version_and_hash",
    ),
}

_WATCH = """
import sys, json
events = []
_NETWORK = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}
_PROGRAMS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty"}
def watch(event, arguments):
    if event in _NETWORK:
        events.append([event, str(arguments[0] if event == "socket.getaddrinfo" else arguments[-1])])
        raise ConnectionRefusedError("not in this test")
    if event in _PROGRAMS:
        events.append([event, str(arguments[0])])
sys.addaudithook(watch)
from diagnose.cli import main
answers = []
for arguments in json.loads(sys.stdin.read()):
    sys.argv = ["xdiag", *arguments]
    before = len(events)
    try:
        main()
    except SystemExit as leaving:
        answers.append([leaving.code or 0, events[before:]])
print("\\n" + json.dumps(answers))
"""


def watched(home: Path, *commands: tuple[str, ...], **environment: str) -> list[tuple[int, list[tuple[str, str]]]]:
    """Run commands in one process: of each the exit code, and what it asked the network or the system to start."""
    done = subprocess.run(
        [sys.executable, "-c", _WATCH],
        input=json.dumps(commands).encode(),
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8", "AWS_MAX_ATTEMPTS": "1", **environment},
        cwd=home,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
    answers = json.loads(done.stdout.splitlines()[-1])
    assert len(answers) == len(commands)
    return [(code, [(event, of) for event, of in events]) for code, events in answers]


SOURCE, ROLE = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "example", "AWS_REGION": "eu-west-3"}


def test_what_is_answered_from_files_opens_no_connection(tmp_path: Path) -> None:
    """Not even with credentials at hand."""
    case = str(DEMOS / "external-id.json")
    for name in ("trust.json", "ours.json"):
        (tmp_path / name).write_text('{"Version": "2012-10-17", "Statement": []}')
    (tmp_path / "cases.jsonl").write_text(json.dumps(json.loads(Path(case).read_text())) + "\n")
    commands = {
        ("check", "--case", case, "--write-fix", "fix"): 1,
        ("check", "--case", case, "--save-case", "saved.json", "--redact"): 1,
        ("check", SOURCE, ROLE, "--trust-policy", "trust.json", "--identity-policy", "ours.json"): 1,
        ("batch", "cases.jsonl", "--to", "rows.jsonl"): 0,
        ("audience", "trust.json"): 0,
        ("explain", "external-id-differs"): 0,
        ("rules", "list"): 0,
        ("permissions", "--for", "source"): 0,
        ("demo",): 0,
        ("facts", case): 0,
    }
    answers = watched(tmp_path, *commands, **KEYS)
    assert dict(zip(commands, answers, strict=True)) == {command: (code, []) for command, code in commands.items()}


def test_live_commands_ask_for_hosts_of_aws_only(tmp_path: Path) -> None:
    commands = [
        ("check", SOURCE, ROLE, "--vpc-endpoint", "vpce-0a1b2c3d4e5f60718", "--timeout", "20"),
        ("collect", SOURCE, ROLE, "--save-case", "case.json"),
        ("doctor", "--timeout", "20"),
    ]
    for _, events in watched(tmp_path, *commands, **KEYS):
        assert {event for event, _ in events} == {"socket.getaddrinfo"}
        hosts = {host for _, host in events}
        assert "sts.eu-west-3.amazonaws.com" in hosts
        assert [host for host in hosts if not re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com", host)] == []


def test_no_api_that_is_called_changes_anything() -> None:
    operations = {action.partition(":")[2] for action in PROMISES}
    reading = re.compile(r"(Get|List|Describe)[A-Z]\w+")
    assert {name for name in operations if not reading.fullmatch(name)} == {"AssumeRole"}
    # What gets something and makes it at the same time.
    assert not operations & {"GetSessionToken", "GetFederationToken", "GetWebIdentityToken"}


def test_nothing_else_can_be_called() -> None:
    class Clients:
        attempts = 1
        patience = Patience(1)

        def client(self, service: str) -> Any:
            raise NotImplementedError(f"a client of {service} was asked for")

    with pytest.raises(AssertionError, match="iam:DeleteRole"):
        ask(Clients(), "iam:DeleteRole", RoleName="Deploy")
    callers = [path for path in (ROOT / "src").rglob("*.py") if "getattr(client" in path.read_text(encoding="utf-8")]
    assert [path.name for path in callers] == ["calls.py"]


def test_a_rule_that_asks_for_an_object_of_python_is_refused(tmp_path: Path) -> None:
    from diagnose.errors import XdiagError
    from diagnose.loading import load_rules

    made = tmp_path / "made"
    (tmp_path / "our-own.yaml").write_text(f'title: !!python/object/apply:os.mkdir ["{made}"]\n')
    with pytest.raises(XdiagError, match=r"our-own\.yaml"):
        load_rules([tmp_path])
    assert not made.exists()


@pytest.mark.parametrize(
    "lock", sorted([*ROOT.glob("*.lock"), *(ROOT / "tests").glob("*.lock")]), ids=lambda path: path.name
)
def test_everything_that_is_installed_is_pinned_by_version_and_hash(lock: Path) -> None:
    text = re.sub(r"\\\n", " ", lock.read_text(encoding="utf-8"))
    pinned = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert pinned
    assert [
        line[:60] for line in pinned if not re.match(r"[^ ;=]+(\[.*\])?==\S+ .*--hash=sha256:[0-9a-f]{64}", line)
    ] == []


def test_each_sentence_under_security_is_held_by_tests() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.partition("\n## Security\n")[2].partition("\n## ")[0]
    promised = [" ".join(item.split()) for item in re.split(r"^- ", section, flags=re.MULTILINE)[1:]]
    promised[-1] = promised[-1].partition(" [SECURITY.md]")[0]
    assert promised == list(HELD_BY)


@pytest.mark.parametrize("test", sorted({test for tests in HELD_BY.values() for test in tests}))
def test_a_test_that_holds_a_sentence_is_there(test: str) -> None:
    path, _, name = test.partition("::")
    assert re.search(rf"^ *def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
