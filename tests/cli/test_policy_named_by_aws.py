"""What AWS's error leads to is asked for, through the installed program: a policy by its ARN, a record by its ID."""

import json
from pathlib import Path

from tests.cli.program import Program
from tests.cli.server import Sts, served

USER, ROLE = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"
POLICY, KEY = "arn:aws:iam::111111111111:policy/Fence", "AKIAEXAMPLE000000001"
ERROR = (
    f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {ROLE} "
    f"with an explicit deny in an identity-based policy: {POLICY}"
)


def test_the_policy_is_asked_for_where_it_could_not_be_listed(xdiag: Program, tmp_path: Path) -> None:
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI", "AWS_REGION": "eu-west-1"}
    none = {"AWS_CONFIG_FILE": str(tmp_path / "none"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}
    with served(Sts({KEY: USER})) as sts:
        environment = {**keys, **none, "AWS_ENDPOINT_URL": sts.url}
        xdiag("check", USER, ROLE, "--no-probe", env=environment)
        assert not sts.sent("GetPolicy")
        xdiag("check", USER, ROLE, "--no-probe", "--message", ERROR, env=environment)
        assert {sent["PolicyArn"] for sent in sts.sent("GetPolicy")} == {POLICY}


def test_the_record_of_the_denial_is_followed_up_and_its_policy_too(xdiag: Program, tmp_path: Path) -> None:
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI", "AWS_REGION": "eu-west-1"}
    none = {"AWS_CONFIG_FILE": str(tmp_path / "none"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}
    denied = (
        f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {ROLE}. authorization id: EXAMPLE1"
    )
    matched = [{"uri": POLICY, "matchedStatements": [{"sid": "Fence", "evaluatedEffect": "DENY"}]}]
    check = {"checkType": "PRINCIPAL", "evaluatedEffect": "EXPLICIT_DENY", "matchedPolicies": matched}
    told = {"action": "sts:AssumeRole", "resource": ROLE, "evaluatedEffect": "EXPLICIT_DENY", "checks": [check]}
    with served(Sts({KEY: USER})) as sts:
        environment = {**keys, **none, "AWS_ENDPOINT_URL": sts.url}
        asked = ("check", USER, ROLE, "--no-probe", "--message", denied, "--output", "json")
        [gone] = xdiag(*asked, env=environment).report["authorizations"]
        assert (gone["read"], gone["detail"]) == (False, "ResourceNotFoundException: no")
        assert not sts.sent("GetPolicy")
        sts.record = json.dumps({"requestContext": {}, "evaluations": [told], "policies": []})
        report = xdiag(*asked, env=environment).report
        details = "/authorization-details/EXAMPLE1"
        assert [path.partition("?")[0] for path in sts.fetched] == [details, details, f"{details}/policy"]
        assert report["authorizations"][0]["evaluations"][0]["checks"][0]["layer"] == "identity"
        assert report["layer"] == "identity"
        assert {sent["PolicyArn"] for sent in sts.sent("GetPolicy")} == {POLICY}


SCP = "arn:aws:organizations::999999999999:policy/o-a1b2c3d4e5/service_control_policy/p-a1b2c3d4"
TARGET = "arn:aws:organizations::999999999999:ou/o-a1b2c3d4e5/ou-ab12-c3d4e5f6"
DENIED = f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {ROLE}. authorization id: EXAMPLE1"


def recorded(sts: Sts) -> None:
    """Have a record of a denial by a service control policy, and the policy."""
    matched = [{"uri": SCP, "matchedStatements": [{"sid": "NoRoles", "evaluatedEffect": "DENY"}]}]
    check = {
        "checkType": "SERVICE_CONTROL_POLICY",
        "evaluatedEffect": "EXPLICIT_DENY",
        "targetArn": TARGET,
        "matchedPolicies": matched,
    }
    told = {"action": "sts:AssumeRole", "resource": ROLE, "evaluatedEffect": "EXPLICIT_DENY", "checks": [check]}
    sts.record = json.dumps({"requestContext": {}, "evaluations": [told], "policies": []})
    deny = {"Sid": "NoRoles", "Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"}
    sts.recorded_policy = json.dumps({"policyDocument": {"Version": "2012-10-17", "Statement": [deny]}})


def test_a_service_control_policy_that_the_caller_may_not_read_is_shown_as_aws_recorded_it(
    xdiag: Program, tmp_path: Path
) -> None:
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI", "AWS_REGION": "eu-west-1"}
    none = {"AWS_CONFIG_FILE": str(tmp_path / "none"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}
    with served(Sts({KEY: USER})) as sts:
        recorded(sts)
        environment = {**keys, **none, "AWS_ENDPOINT_URL": sts.url}
        asked = ("check", USER, ROLE, "--no-probe", "--message", DENIED, "--output", "json")
        first = xdiag(*asked, env=environment).report["causes"][0]
    assert (first["layer"], first["certainty"]) == ("scp", "certain")
    assert [(each["policy_arn"], each["pointer"]) for each in first["places"]] == [(SCP, "/Statement/0")]


def test_files_that_hold_both_sides_open_no_connection_unless_a_profile_is_named(
    xdiag: Program, tmp_path: Path
) -> None:
    config, trust, ours = tmp_path / "config", tmp_path / "trust.json", tmp_path / "ours.json"
    config.write_text(
        f"[profile here]\naws_access_key_id = {KEY}\naws_secret_access_key = wJalrXUtnFEMI\nregion = eu-west-1\n"
    )
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    trust.write_text(json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Principal": {"AWS": USER}}]}))
    ours.write_text(json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Resource": ROLE}]}))
    with served(Sts({KEY: USER})) as sts:
        recorded(sts)
        environment = {"AWS_CONFIG_FILE": str(config), "AWS_ENDPOINT_URL": sts.url, "AWS_PROFILE": "here"}
        files = ("--trust-policy", str(trust), "--identity-policy", str(ours))
        asked = ("check", USER, ROLE, *files, "--no-probe", "--message", DENIED, "--output", "json")
        [unread] = xdiag(*asked, env=environment).report["authorizations"]
        assert (unread["read"], sts.asked, sts.fetched) == (False, [], [])
        report = xdiag(*asked, "--source-profile", "here", env=environment).report
        assert report["authorizations"][0]["read"]
        assert report["causes"][0]["layer"] == "scp"
