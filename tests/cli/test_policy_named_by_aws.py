"""A policy that AWS's error names is asked for by its ARN, through the installed program."""

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
