"""Of a key that is not known it is asked what somebody can look up, with the command that prints it."""

from typing import Any

import pytest
from tests.cases import case

from diagnose.loading import load_rules
from diagnose.model.diagnosis import Diagnosis
from diagnose.pipeline import diagnose
from diagnose.report import Format, render
from diagnose.report.sections.key_questions import question_of
from diagnose.report.sections.needed import Need, needs

UNREAD = {"evidence": "unread", "gap": "access_denied", "permission": "iam:GetRole"}
NO_PROFILE = {"evidence": "unread", "gap": "no_credentials"}


@pytest.mark.parametrize(
    ("key", "asked", "how"),
    [
        pytest.param(
            "aws:ResourceTag/stage", "role have that tag", "list-role-tags --role-name Deploy", id="role's tag"
        ),
        pytest.param("aws:PrincipalTag/team", "caller have that tag", "list-user-tags --user-name builder", id="tag"),
        pytest.param("aws:ResourceOrgID", "role's account", "account 222222222222", id="the role's organization"),
        pytest.param("aws:PrincipalOrgID", "caller's account", "account 111111111111", id="the caller's organization"),
        pytest.param("aws:SourceIp", "address", "checkip.amazonaws.com", id="the address"),
        pytest.param("login.example.com/:sub", "token say", "`--token-file FILE` reads it", id="a claim"),
        pytest.param("saml:aud", "assertion say", "`--assertion FILE` reads it", id="an attribute"),
        pytest.param("sts:ExternalId", "request carry", "`--external-id VALUE`", id="what only the call knows"),
        pytest.param("aws:MultiFactorAuthPresent", "MFA", "`--context aws:MultiFactorAuthPresent=true`", id="MFA"),
        pytest.param("iam:ResourceTag/stage", "role have that tag", "list-role-tags", id="role's tag, as IAM has it"),
        pytest.param(
            "aws:ResourceOrgPaths", "Where in its organization", "aws:ResourceOrgPaths=VALUE", id="the role's unit"
        ),
        pytest.param(
            "aws:PrincipalOrgPaths", "Where in its organization", "aws:PrincipalOrgPaths=VALUE", id="the caller's unit"
        ),
        *[
            pytest.param(
                key, "VPC endpoint for STS", f"`--context {key}=VALUE`; where there is none: `--context {key}=`", id=key
            )
            for key in ("aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp")
        ],
        pytest.param("aws:MultiFactorAuthAge", "How many seconds ago", "aws:MultiFactorAuthAge=VALUE", id="age"),
        pytest.param("sts:RoleSessionName", "session name does the call pass", "`--session-name VALUE`", id="name"),
        pytest.param("aws:RequestedRegion", "Region's STS endpoint", "`--region VALUE`", id="the Region"),
    ],
)
def test_a_key_is_asked_for_by_what_it_is(key: str, asked: str, how: str) -> None:
    question = question_of(key, case("cross-account"))
    assert asked in question.asked
    assert how in question.how


@pytest.mark.parametrize("key", ["sts:RoleSessionName", "aws:RequestedRegion"])
def test_what_every_call_has_cannot_be_stated_as_none(key: str) -> None:
    assert "none" not in question_of(key, case("cross-account")).how
    assert "none" in question_of("sts:ExternalId", case("cross-account")).how


def test_a_session_has_tags_that_nobody_can_list() -> None:
    how = question_of("aws:PrincipalTag/team", case("cross-account-role")).how
    assert how.startswith("Only whoever started the session knows")


def test_the_permission_that_was_missing_is_named_and_the_command_reads_it_again() -> None:
    need = _need(destination={"role": {"value": {"tags": UNREAD}}}, condition={"aws:ResourceTag/stage": "test"})
    assert "lacks `iam:GetRole`: grant it, then run again." in need.how
    assert need.flags == ("--dest-profile DEST",)


def test_a_side_without_credentials_is_read_with_a_profile() -> None:
    need = _need(destination={"organization": NO_PROFILE}, condition={"aws:ResourceOrgID": "o-a1b2c3d4e5"})
    assert "`--dest-profile DEST` reads it." in need.how
    assert need.flags == ("--dest-profile DEST",)


def test_an_organization_that_is_known_is_not_asked_whether_it_exists() -> None:
    organization = {"id": "o-a1b2c3d4e5", "management_account": "999999999999"}
    unread = {"evidence": "unread", "gap": "access_denied", "permission": "organizations:ListPoliciesForTarget"}
    known = {"snapshot": {"source": {"organization": {"value": organization}, "scps": unread}}}
    (need,) = needs(_diagnosed(known))
    assert "management account 999999999999 or a delegated administrator" in need.how
    assert "--without" not in need.how
    (need,) = needs(_diagnosed({"snapshot": {"source": {"organization": UNREAD, "scps": unread}}}))
    assert "`--without scp`" in need.how


def test_where_only_a_new_call_tells_nothing_is_asked_for_the_command() -> None:
    token = {"iat": "1772000000", "nbf": "1772000000", "exp": "1775000000"}
    written = render(
        diagnose(case("github", {"snapshot": {"source": {"identity": {"claims": token}}}}), load_rules()), Format.TEXT
    )
    assert "Only a new call tells" in " ".join(written.split())
    assert "Add to your command" not in written
    assert "\n  Possible  The token was issued long ago" in written


def _need(destination: Any, condition: Any) -> Need:
    policy = {"policies": {"0": {"document": {"Statement": {"0": {"Condition": {"StringEquals": condition}}}}}}}
    change = {"snapshot": {"source": {"identity_policies": policy}, "destination": destination}}
    (need,) = needs(_diagnosed(change))
    return need


def _diagnosed(change: Any) -> Diagnosis:
    return diagnose(case("cross-account", change), load_rules())
