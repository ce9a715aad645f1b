"""An error about a token: whose it was, the role's trust policy tells, which is read live."""

from pathlib import Path

from tests.cli.program import BAD_INPUT, DENIED, Program
from tests.e2e.accounts import Account, Keys, trust, write_profiles

ERROR = (
    "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform "
    "sts:AssumeRoleWithWebIdentity"
)


def test_the_only_provider_that_the_trust_policy_names_is_the_source(
    there: Account, auditor: Keys, xdiag: Program, tmp_path: Path
) -> None:
    one, two = (f"arn:aws:iam::{there.number}:oidc-provider/{host}" for host in ("token.example.com", "id.example.com"))
    for_tokens = {"Action": "sts:AssumeRoleWithWebIdentity"}
    single = there.role("bearer-one", [{**trust({"Federated": one}), **for_tokens}])
    several = there.role("bearer-two", [{**trust({"Federated": [one, two]}), **for_tokens}])
    files = write_profiles(tmp_path, b=auditor)
    read = ("--message", ERROR, "--dest-profile", "b", "--endpoint-url", there.url)

    run = xdiag("check", single, *read, "--output", "json", env=files)
    assert run.code == DENIED
    assert (run.report["source_arn"], run.report["operation"]) == (
        "https://token.example.com",
        "AssumeRoleWithWebIdentity",
    )
    asked = xdiag("check", several, *read, env=files)
    assert asked.code == BAD_INPUT
    assert "expected one of `https://token.example.com`, `https://id.example.com`" in asked.err
