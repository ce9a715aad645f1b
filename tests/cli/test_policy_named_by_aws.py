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
        assert sts.fetched == ["/authorization-details/EXAMPLE1"] * 2
        assert report["authorizations"][0]["evaluations"][0]["checks"][0]["layer"] == "identity"
        assert report["layer"] == "identity"
        assert {sent["PolicyArn"] for sent in sts.sent("GetPolicy")} == {POLICY}
