"""A pod on the command line: by its service account, its cluster, or the token that it presents."""

import json
from pathlib import Path

import pytest
from tests.cases import WORLDS
from tests.cli.program import ALLOWED, BAD_INPUT, DENIED, UNDETERMINED, Program
from tests.collect.federation.tokens import token

ROLE = "arn:aws:iam::222222222222:role/Cart"
IRSA = "arn:aws:iam::222222222222:role/CartIrsa"
ISSUER = "https://oidc.eks.eu-west-1.amazonaws.com/id/1122334455667788990011223344AABB"
PODS = "pods.eks.amazonaws.com"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": PODS}, "Action": ["sts:AssumeRole", "sts:TagSession"]},
}
ANNOTATION = "kubectl get serviceaccount cart --namespace shop"


def test_without_its_associations_it_is_not_known_whether_a_pod_gets_the_role(tmp_path: Path, xdiag: Program) -> None:
    policy = tmp_path / "trust.json"
    policy.write_text(json.dumps(TRUST))
    without = ("--without", "rcp", "--without", "endpoint", "--session-name", "pod")
    asked = ("check", PODS, ROLE, "--trust-policy", policy, *without)
    assert xdiag(*asked).code == ALLOWED
    run = xdiag(*asked, "--service-account", "shop/cart")
    assert run.code == UNDETERMINED, run.out + run.err
    assert "--cluster NAME" in " ".join(run.out.split())


@pytest.mark.parametrize(
    ("given", "named"),
    [
        pytest.param((PODS, ROLE, "--service-account", "cart"), "NAMESPACE/NAME", id="no namespace"),
        pytest.param(
            (PODS, ROLE, "--service-account", "shop/cart", "--cluster-issuer", ISSUER), "--cluster NAME", id="an issuer"
        ),
        pytest.param((PODS, ROLE, "--cluster", "main"), "--github", id="no service account"),
        pytest.param((ROLE, "--service-account", "shop/cart"), "--cluster NAME", id="neither cluster nor issuer"),
    ],
)
def test_what_is_missing_is_named(given: tuple[str, ...], named: str, xdiag: Program) -> None:
    run = xdiag("check", *given)
    assert (run.code, run.out) == (BAD_INPUT, "")
    assert named in run.err


def test_a_saved_case_keeps_the_pod(tmp_path: Path, xdiag: Program) -> None:
    saved = tmp_path / "saved.json"
    run = xdiag("check", "--case", WORLDS / "pod.json", "--save-case", saved)
    assert run.code == ALLOWED
    pod = json.loads(saved.read_text())["snapshot"]["source"]["pod"]
    assert (pod["namespace"], pod["service_account"]) == ("shop", "cart")
    assert xdiag("check", "--case", saved).code == ALLOWED


def test_a_redacted_case_names_neither_cluster_nor_service_account(tmp_path: Path, xdiag: Program) -> None:
    world = json.loads((WORLDS / "pod.json").read_text())
    clusters = world["snapshot"]["source"]["pod"]["clusters"]["value"]
    clusters[0]["associations"]["value"][0]["role_arn"]["value"] = "arn:aws:iam::222222222222:role/Other"
    text = json.dumps(world).replace("shop", "zebra-shop").replace("cart", "giraffe-cart").replace("main", "lion")
    case = tmp_path / "case.json"
    case.write_text(text)
    saved = tmp_path / "saved.json"
    run = xdiag("check", "--case", case, "--redact", "--save-case", saved)
    assert run.code == DENIED
    for secret in ("zebra", "giraffe", "lion", "1122334455667788", "a-0123456789abcdef0"):
        assert secret not in run.out + run.err + saved.read_text(), secret


def test_what_only_kubernetes_knows_is_told_with_its_command(tmp_path: Path, xdiag: Program) -> None:
    gap = {"evidence": "unread", "gap": "no_api", "subject": "annotation of the service account"}
    world = json.loads((WORLDS / "eks.json").read_text())
    world["snapshot"]["source"]["pod"] = {"namespace": "shop", "service_account": "cart", "annotation": gap}
    case = tmp_path / "case.json"
    case.write_text(json.dumps(world))
    run = xdiag("check", "--case", case)
    assert run.code == ALLOWED
    assert ANNOTATION in " ".join(run.out.split())
    assert ANNOTATION not in " ".join(xdiag("check", "--case", WORLDS / "eks.json").out.split())


def test_the_token_of_a_pod_tells_its_service_account(tmp_path: Path, xdiag: Program) -> None:
    claims = {"iss": ISSUER, "aud": ["sts.amazonaws.com"], "sub": "system:serviceaccount:shop:cart"}
    file, saved = tmp_path / "token", tmp_path / "saved.json"
    file.write_text(token(claims))
    trust = tmp_path / "trust.json"
    trust.write_text(json.dumps(TRUST))
    xdiag("check", IRSA, "--token-file", file, "--trust-policy", trust, "--save-case", saved)
    pod = json.loads(saved.read_text())["snapshot"]["source"]["pod"]
    assert (pod["namespace"], pod["service_account"]) == ("shop", "cart")
