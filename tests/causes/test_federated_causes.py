"""What is known to go wrong with federation and with services: each cause leads to a rule, or to why there is none."""

import re

import pytest
from tests.cases import FIXTURES

from diagnose.loading import load_rules

PAGE = (FIXTURES.parent / "rules" / "federation" / "README.md").read_text(encoding="utf-8")
CAUSES = """
irsa-node-role-fallback pod-identity-chain-tags pod-identity-request-tag pod-identity-source-arn
pod-identity-tagsession pod-identity-trust-irsa rolesanywhere-actions rolesanywhere-condition saml-aud-condition
saml-duration saml-expired saml-issuer saml-nameid saml-provider-name saml-rcp saml-reserved-role
saml-role-attribute saml-session-name saml-signature saml-source-identity saml-tags saml-trust-missing-provider
svc-federated-needed svc-passed-to-service svc-passrole svc-passrole-disguised svc-propagation
svc-rcp-no-exemption svc-regional-principal svc-role-arn svc-roles-flipped svc-second-principal svc-source-arn
svc-stackset-exec svc-wrong-principal wi-action wi-aud-claim-missing wi-aud-condition wi-audience-azp
wi-audience-default-of-issuer wi-audience-not-registered wi-claim-not-mapped wi-cognito-action-or-amr
wi-control-missing wi-duration wi-endpoint-policy wi-explicit-deny-trust wi-external-id wi-federated-typo
wi-fork-or-dependabot wi-google-azp wi-idp-rejected wi-issuer-moved wi-issuer-slash-or-path wi-jwks-transient
wi-jwks-unreachable wi-key-aud-for-sub wi-key-is-arn wi-key-other-provider wi-key-without-claim
wi-no-id-token-permission wi-not-a-jwt wi-open-door wi-other-credentials-used wi-principal-keys
wi-principal-type wi-provider-missing wi-provider-other-account wi-provider-other-cluster wi-rcp-principal-org
wi-rcp-tenant wi-request-tag-condition wi-role-arn-malformed wi-role-arn-of-something-else wi-role-missing
wi-role-name-githubactions wi-role-session-name wi-roles-claim wi-sa-name-or-namespace
wi-source-identity-missing wi-source-ip wi-sub-bare-repo wi-sub-branch-or-tag wi-sub-case wi-sub-customised
wi-sub-environment wi-sub-immutable wi-sub-other-repo wi-sub-pull-request wi-sub-two-contexts
wi-sub-wildcard-in-stringequals wi-tag-session-missing wi-thumbprint wi-token-expired wi-token-too-old
wi-two-issuers-anded wi-wrong-partition-endpoint
""".split()  # noqa: SIM905  # a line for each would be two pages
RULES = load_rules()


def rows() -> list[tuple[list[str], str]]:
    """Give the rows of the page: causes, and what stands beside them."""
    cells = [line.strip("|").split(" | ", 1) for line in PAGE.splitlines() if re.match(r"\| [a-z]+-", line)]
    return [([cause.strip() for cause in causes.split(",")], told.strip()) for causes, told in cells]


@pytest.mark.parametrize("cause", CAUSES)
def test_a_cause_stands_once_on_the_page(cause: str) -> None:
    assert sum(cause in causes for causes, _ in rows()) == 1


def test_the_page_has_no_other_causes() -> None:
    assert sorted(cause for causes, _ in rows() for cause in causes) == sorted(CAUSES)
    assert len(CAUSES) > 90


@pytest.mark.parametrize(("causes", "told"), rows(), ids=[causes[0] for causes, _ in rows()])
def test_a_row_names_rules_that_there_are_or_says_why_there_is_none(causes: list[str], told: str) -> None:
    named = re.findall(r"`([a-z][a-z-]+)`", told)
    ids = {rule.id for rule in RULES}
    assert set(named) <= ids | {"azp"}, named
    assert (set(named) & ids) or told.startswith("none")


def test_each_rule_of_federation_stands_on_the_page() -> None:
    folder = FIXTURES.parent / "rules" / "federation"
    named = set(re.findall(r"`([a-z][a-z-]+)`", PAGE))
    assert sorted({path.stem for path in folder.glob("*.yaml")} - named) == []
