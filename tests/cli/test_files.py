"""`xdiag check` with evidence in files and no credentials: the exit code is the verdict's."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cases import written
from tests.cli.cases import write
from tests.cli.federated import ISSUER, OLD_SUBJECT, trust
from tests.cli.program import ALLOWED, BAD_INPUT, DENIED, NOTHING_GATHERED, UNDETERMINED, Program

USER = "arn:aws:iam::111111111111:user/ci"
ROLE = "arn:aws:iam::222222222222:role/Deploy"
NO_OTHERS = [word for layer in ("scp", "rcp", "boundary", "endpoint") for word in ("--without", layer)]


def document(**elements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", **elements}]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, value in (
        ("trust.json", document(Principal={"AWS": USER})),
        ("others.json", document(Principal={"AWS": "arn:aws:iam::111111111111:user/other"})),
        ("may.json", document(Resource=ROLE)),
        ("may-not.json", document(Effect="Deny", Action="*", Resource="*")),
        ("nobody.json", document(Effect="Deny", Principal="*", Action="*", Resource="*")),
    ):
        (tmp_path / name).write_text(json.dumps(value))
    return tmp_path


@pytest.mark.parametrize(
    ("options", "code", "layer"),
    [
        pytest.param(["--trust-policy", "others.json"], DENIED, "trust", id="a trust policy of others is final"),
        pytest.param(["--trust-policy", "trust.json"], UNDETERMINED, None, id="a trust policy alone lets nobody in"),
        pytest.param(["--identity-policy", "may-not.json"], DENIED, "identity", id="a deny of one's own is final"),
        pytest.param(
            ["--trust-policy", "trust.json", "--identity-policy", "may.json"],
            UNDETERMINED,
            None,
            id="guardrails were not supplied",
        ),
        pytest.param(
            ["--trust-policy", "trust.json", "--identity-policy", "may.json", *NO_OTHERS],
            ALLOWED,
            "",
            id="guardrails are said not to be",
        ),
        pytest.param(
            ["--trust-policy", "trust.json", "--identity-policy", "may.json", "--scp", "may-not.json"],
            DENIED,
            "scp",
            id="an SCP that denies",
        ),
        pytest.param(
            ["--trust-policy", "trust.json", "--identity-policy", "may.json", "--rcp", "nobody.json"],
            DENIED,
            "rcp",
            id="an RCP that denies",
        ),
        pytest.param(
            ["--trust-policy", "trust.json", "--identity-policy", "may.json", "--scp", "may.json"],
            UNDETERMINED,
            None,
            id="an SCP that allows, and others that nobody knows",
        ),
        pytest.param(
            ["--trust-policy", "trust.json", "--identity-policy", "may.json", *NO_OTHERS, "--boundary", "may-not.json"],
            DENIED,
            "boundary",
            id="a boundary that denies",
        ),
        pytest.param(
            [
                "--trust-policy",
                "trust.json",
                "--identity-policy",
                "may.json",
                *NO_OTHERS,
                "--endpoint-policy",
                "may-not.json",
            ],
            DENIED,
            "endpoint",
            id="an endpoint policy that denies",
        ),
    ],
)
def test_pasted_policies_decide_without_credentials(
    xdiag: Program, folder: Path, options: list[str], code: int, layer: str | None
) -> None:
    run = xdiag("check", USER, ROLE, *options, "--output", "json", cwd=folder)
    assert run.code == code, run.err
    assert layer in (None, run.report["layer"])


@pytest.mark.parametrize(("flag", "file"), [("--scp", "may-not.json"), ("--rcp", "nobody.json")])
def test_a_saved_case_holds_that_a_policy_is_said_to_apply(xdiag: Program, folder: Path, flag: str, file: str) -> None:
    given = ("--trust-policy", "trust.json", "--identity-policy", "may.json", flag, file)
    assert xdiag("check", USER, ROLE, *given, "--save-case", "case.json", cwd=folder).code == DENIED
    assert xdiag("check", "--case", "case.json", cwd=folder).code == DENIED
    case = json.loads((folder / "case.json").read_text())
    side, layer = ("source", "scps") if flag == "--scp" else ("destination", "rcps")
    del case["snapshot"][side][layer]["value"][0]["stated"]
    (folder / "case.json").write_text(json.dumps(case))
    assert xdiag("check", "--case", "case.json", cwd=folder).code == UNDETERMINED
    assert xdiag("check", "--case", "case.json", flag, file, cwd=folder).code == DENIED


def test_nothing_that_was_asked_for_could_be_read(xdiag: Program) -> None:
    assert xdiag("check", USER, ROLE).code == NOTHING_GATHERED


def test_the_role_comes_out_of_what_get_role_prints(xdiag: Program, folder: Path) -> None:
    role = {"Role": {"RoleName": "Deploy", "RoleId": "AROAX", "Arn": ROLE}}
    role["Role"]["AssumeRolePolicyDocument"] = document(Principal={"AWS": "222222222222"})  # type: ignore[assignment]
    run = xdiag("check", USER, "--trust-policy", "-", "--output", "json", stdin=json.dumps(role).encode(), cwd=folder)
    assert (run.code, run.report["layer"]) == (DENIED, "trust"), run.err


def test_a_pasted_policy_fills_a_gap_of_a_case(xdiag: Program, folder: Path) -> None:
    case = write(folder, written("one-side-unread"))
    before = xdiag("check", "--case", case, "--output", "json")
    after = xdiag("check", "--case", case, "--trust-policy", "others.json", "--output", "json", cwd=folder)
    assert (before.code, after.code) == (UNDETERMINED, DENIED)


def test_terraform_source_is_answered_with_the_command_that_gives_more(xdiag: Program, folder: Path) -> None:
    (folder / "main.tf").write_text('resource "aws_iam_role" "r" {\n  name = "r"\n}\n')
    run = xdiag("check", USER, ROLE, "--trust-policy", "main.tf", cwd=folder)
    assert run.code == BAD_INPUT
    assert "is Terraform source" in run.err
    assert "terraform show -json" in run.err


@pytest.mark.parametrize(
    ("options", "code", "trust"),
    [
        pytest.param([], UNDETERMINED, "allowed", id="before apply"),
        pytest.param(["--planned"], UNDETERMINED, "undetermined", id="after apply, where it is not known yet"),
        pytest.param(["--trust-policy", "others.json"], DENIED, "denied", id="a policy that is given outranks it"),
    ],
)
def test_a_plan_holds_what_is_and_what_will_be(
    xdiag: Program, folder: Path, options: list[str], code: int, trust: str
) -> None:
    known = {"name": "Deploy", "path": "/", "tags": None}
    before = {**known, "arn": ROLE, "assume_role_policy": json.dumps(document(Principal={"AWS": USER}))}
    change = {
        "actions": ["delete", "create"],
        "before": before,
        "after": known,
        "after_unknown": {"arn": True, "assume_role_policy": True},
    }
    one = {"address": "aws_iam_role.d", "mode": "managed", "type": "aws_iam_role", "name": "d", "change": change}
    plan = {"format_version": "1.2", "planned_values": {}, "resource_changes": [one]}
    (folder / "plan.json").write_text(json.dumps(plan))
    run = xdiag("check", USER, ROLE, "--infrastructure", "plan.json", *options, "--output", "json", cwd=folder)
    assert run.code == code, run.err
    layers = {layer["layer"]: layer for layer in run.report["layers"] if layer["action"] == "sts:AssumeRole"}
    assert layers["trust"]["verdict"] == trust


@pytest.mark.parametrize(
    ("options", "cause", "gap"),
    [
        pytest.param([], "", "identity-policies-not-supplied", id="the caller's own policies may be missing"),
        pytest.param(["--tag", "team=a"], "tag-session-missing", "", id="tags were sent"),
    ],
)
def test_an_action_that_the_call_may_not_need_is_no_lead_while_a_side_is_unread(
    xdiag: Program, folder: Path, options: list[str], cause: str, gap: str
) -> None:
    source = ROLE.replace("Deploy", "ci").replace("222222222222", "111111111111")
    (folder / "deploy.json").write_text(json.dumps(document(Principal={"AWS": source})))
    run = xdiag("check", source, ROLE, "--trust-policy", "deploy.json", *options, "--output", "json", cwd=folder)
    assert run.report["primary_cause"] == cause
    assert not gap or run.report["primary_gap"] == gap
    text = xdiag("check", source, ROLE, "--trust-policy", "deploy.json", *options, cwd=folder).out
    assert ("Not in what was read" in text) is (not cause)


def test_a_file_with_the_provider_alone_goes_with_a_trust_policy(xdiag: Program, folder: Path) -> None:
    values = {"url": "https://token.actions.githubusercontent.com", "client_id_list": ["sts.example.com"]}
    kind = "aws_iam_openid_connect_provider"
    one = {"address": f"{kind}.g", "mode": "managed", "type": kind, "name": "g", "values": values}
    state = {"format_version": "1.0", "values": {"root_module": {"resources": [one]}}}
    (folder / "state.json").write_text(json.dumps(state))
    (folder / "trust.json").write_text(json.dumps(trust()))
    token = ("--claim", f"iss={ISSUER}", "--claim", "aud=sts.amazonaws.com", "--claim", f"sub={OLD_SUBJECT}")
    files = ("--trust-policy", "trust.json", "--infrastructure", "state.json")
    run = xdiag("check", ROLE, *token, *files, "--output", "json", cwd=folder)
    assert (run.code, run.report["primary_cause"]) == (DENIED, "audience-not-registered"), run.err
    [pasted] = [layer for layer in run.report["layers"] if layer["layer"] == "trust"]
    assert pasted["verdict"] == "allowed"
    other = xdiag("check", USER, ROLE, "--infrastructure", "state.json", cwd=folder)
    assert (other.code, "declares neither" in other.err) == (BAD_INPUT, True)


@pytest.mark.parametrize("flag", ["--case", "--details", "--trust-policy"])
def test_a_state_that_is_given_in_another_way_is_told_where_it_belongs(xdiag: Program, folder: Path, flag: str) -> None:
    (folder / "state.json").write_text('{"format_version": "1.0", "values": {"root_module": {}}}')
    arns = [] if flag == "--case" else [USER, ROLE]
    run = xdiag("check", *arns, flag, "state.json", cwd=folder)
    assert run.code == BAD_INPUT
    assert "is a plan or state of Terraform" in run.err
    assert "--infrastructure" in run.err
