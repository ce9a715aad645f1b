"""A pod and its cluster, read from the emulator's EKS: whose pods get which role.

The emulator's clusters issue tokens under `http://localhost`, as no cluster of AWS does, so that nothing is asked here
of issuers.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from tests.cli.program import ALLOWED, DENIED, UNDETERMINED, Program, Run
from tests.e2e.accounts import Account, Keys, allow, trust, write_profiles

READ_EKS = allow(action=["eks:Describe*", "eks:List*"])
PODS = {**trust({"Service": "pods.eks.amazonaws.com"}), "Action": ["sts:AssumeRole", "sts:TagSession"]}
SUBNETS = {"subnetIds": ["subnet-0a1b2c3d", "subnet-1a2b3c4d"]}


class Eks(Struct):
    """An account with two clusters and a role of which one service account has an association."""

    account: Account
    client: Any
    role: str
    files: dict[str, str]

    def check(self, xdiag: Program, source: str, *flags: str | Path, role: str = "") -> Run:
        where = ("--dest-profile", "b", "--source-profile", "b", "--endpoint-url", self.account.url)
        rest = (
            "--without",
            "rcp",
            "--without",
            "endpoint",
            "--session-name",
            "xdiag",
            "--no-probe",
            "--output",
            "json",
        )
        ends = (source, role or self.role) if source else (role or self.role,)
        return xdiag("check", *ends, *where, *rest, *flags, env=self.files)


@pytest.fixture(scope="module")
def eks(there: Account, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Eks]:
    client = there.client("eks", Keys("", there.number, "unused"))
    role, other = there.role("Cart", [PODS]), there.role("Checkout", [PODS])
    for name in ("main", "staging"):
        client.create_cluster(name=name, roleArn=role, resourcesVpcConfig=SUBNETS)
    for namespace, account, associated in (("shop", "cart", role), ("shop", "web", other)):
        client.create_pod_identity_association(
            clusterName="main", namespace=namespace, serviceAccount=account, roleArn=associated
        )
    files = write_profiles(tmp_path_factory.mktemp("eks"), b=there.user("eks-reader", [READ_EKS]))
    yield Eks(there, client, role, files)
    for name in ("main", "staging"):
        client.delete_cluster(name=name)


@pytest.mark.parametrize(
    ("account", "code", "causes"),
    [
        pytest.param("shop/cart", ALLOWED, [], id="it has the role"),
        pytest.param("shop/web", DENIED, ["pod-associated-with-other-role"], id="it has another role"),
        pytest.param("shop/db", DENIED, ["pod-associated-with-other-account"], id="another one has the role"),
        pytest.param("prod/cart", DENIED, ["pod-associated-in-other-namespace"], id="one of another namespace has it"),
        pytest.param("prod/db", DENIED, ["pod-not-associated"], id="it has none"),
    ],
)
def test_a_pod_gets_the_role_that_its_service_account_is_associated_with(
    account: str, code: int, causes: list[str], eks: Eks, xdiag: Program
) -> None:
    run = eks.check(xdiag, "pods.eks.amazonaws.com", "--service-account", account, "--cluster", "main")
    assert run.code == code, run.out + run.err
    assert [cause["rule"] for cause in run.report["causes"]] == causes


def test_a_cluster_that_is_not_there_is_told(eks: Eks, xdiag: Program) -> None:
    run = eks.check(xdiag, "pods.eks.amazonaws.com", "--service-account", "shop/cart", "--cluster", "mian")
    assert (run.code, run.report["causes"][0]["rule"]) == (DENIED, "pod-cluster-missing")


def test_what_may_not_be_read_leaves_it_open_and_names_the_permission(eks: Eks, xdiag: Program, auditor: Keys) -> None:
    sections = Path(eks.files["AWS_SHARED_CREDENTIALS_FILE"])
    before = sections.read_text()
    sections.write_text(auditor.section("b"))
    try:
        run = eks.check(xdiag, "pods.eks.amazonaws.com", "--service-account", "shop/web", "--cluster", "main")
    finally:
        sections.write_text(before)
    assert run.code == UNDETERMINED, run.out + run.err
    assert "eks:DescribeCluster" in run.out
