"""Where the emulator answers otherwise than AWS documents, and xdiag must say so before all else.

Besides, it has no SCPs, RCPs, session policies and policies of VPC endpoints for STS, so that the pairs state that
there are none; and it blames the identity-based policies where AWS names the permissions boundary: the pairs call
these `misnamed`.
"""

from pathlib import Path

from tests.cli.program import DENIED, Program
from tests.e2e.accounts import Account, Keys, allow, trust, write_profiles


def test_a_named_user_of_the_same_account_needs_no_policy_but_the_emulator_asks_for_one(
    here: Account, xdiag: Program, tmp_path: Path
) -> None:
    """The emulator refuses a user who is named by a role of the same account and has no Allow of its own.

    AWS lets it in: naming the user in the trust policy is enough within one account. So this test holds xdiag to the
    documentation, and uses the emulator's miss to see what happens when AWS itself contradicts the computed answer.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    user = here.user("home-direct")
    role = here.role("home-direct-role", [trust(user.arn)])
    files = write_profiles(tmp_path, a=user, b=here.user("home-direct-auditor"))
    profiles = ("--source-profile", "a", "--dest-profile", "b", "--endpoint-url", here.url)
    none = ("--without", "scp", "--without", "rcp", "--without", "endpoint")
    command = ("check", user.arn, role, *profiles, *none)

    by_documentation = xdiag(*command, "--no-probe", "--output", "json", env=files).report
    assert by_documentation["verdict"] == "allowed"

    asked = xdiag(*command, "--output", "json", env=files)
    assert asked.report["computed"] == "allowed"
    assert asked.report["agreement"] == "contradicts"
    assert asked.report["verdict"] == "denied"
    assert asked.code == DENIED

    assert asked.report["primary_cause"] == "aws-answered-otherwise"
    told = " ".join(xdiag(*command, env=files).out.split())
    assert told.index("AWS's answer differs from xdiag's") < told.index("What was checked for sts:AssumeRole")


def test_a_variable_in_a_resource_is_filled_but_the_emulator_compares_it_as_it_stands(
    here: Account, there: Account, auditor: Keys, xdiag: Program, tmp_path: Path
) -> None:
    """The emulator does not fill `${aws:username}` in a resource.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    user = here.user("home-variable", [allow(f"arn:aws:iam::{there.number}:role/${{aws:username}}-role")])
    role = there.role("home-variable-role", [trust(user.arn)])
    files = write_profiles(tmp_path, a=user, b=auditor)
    profiles = ("--source-profile", "a", "--dest-profile", "b", "--endpoint-url", here.url)
    none = ("--without", "scp", "--without", "rcp", "--without", "endpoint")
    asked = xdiag("check", user.arn, role, *profiles, *none, "--output", "json", env=files).report
    assert (asked["computed"], asked["verdict"]) == ("allowed", "denied")
    assert asked["agreement"] == "contradicts"
