"""Principal and NotPrincipal: every form, what it reaches, and how it misses."""

from typing import Any

import pytest
from tests.evaluate.cases import (
    FEDERATED,
    GAP,
    HOME,
    LOCAL,
    NOTHING,
    ROLE,
    ROLE_ID,
    ROOT,
    SERVICE,
    SESSION,
    SSO_ROLE,
    SSO_SESSION,
    USER,
    USER_ID,
    answered,
    case,
    element,
    layer,
    outcome,
    statement,
    trusts,
)

from diagnose.model.case import Principal
from diagnose.model.evidence import Known
from diagnose.model.trace import Element, ElementTrace, Layer, Match, Reason
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

IAM, STS = f"arn:aws:iam::{HOME}", f"arn:aws:sts::{HOME}"


def told(source: str, named: object, **more: Any) -> ElementTrace:
    return element(case(source, trust=[trusts(named)], **more), Layer.TRUST, Element.PRINCIPAL)


@pytest.mark.parametrize(
    ("source", "principal", "match"),
    [
        pytest.param(USER, "*", Match.ANY, id="everyone"),
        pytest.param(USER, {"AWS": "*"}, Match.ANY, id="everyone, under AWS"),
        pytest.param(SESSION, "*", Match.ANY, id="everyone takes in a session"),
        pytest.param(USER, {"AWS": HOME}, Match.ACCOUNT, id="an account id reaches its users"),
        pytest.param(SESSION, {"AWS": HOME}, Match.ACCOUNT, id="an account id reaches its sessions"),
        pytest.param(USER, {"AWS": f"{IAM}:root"}, Match.ACCOUNT, id="an account's ARN is not its root user alone"),
        pytest.param(USER, {"AWS": USER}, Match.USER, id="a user's ARN"),
        pytest.param(USER, {"AWS": USER_ID}, Match.USER, id="a user's unique id"),
        pytest.param(SESSION, {"AWS": ROLE}, Match.ROLE, id="a role's ARN reaches its sessions"),
        pytest.param(ROLE, {"AWS": ROLE}, Match.ROLE, id="a role's ARN reaches a session of unknown name"),
        pytest.param(SESSION, {"AWS": ROLE_ID}, Match.ROLE, id="a role's unique id"),
        pytest.param(SESSION, {"AWS": SESSION}, Match.SESSION, id="a session's ARN"),
        pytest.param(SSO_SESSION, {"AWS": SSO_ROLE}, Match.ROLE, id="a reserved role with its path"),
        pytest.param(SERVICE, {"Service": SERVICE}, Match.SERVICE, id="a service"),
        pytest.param(
            USER, {"Service": SERVICE, "AWS": [ROLE, HOME]}, Match.ACCOUNT, id="kinds and values are alternatives"
        ),
    ],
)
def test_a_principal_reaches_whom_it_names(source: str, principal: object, match: Match) -> None:
    one = case(source, trust=[trusts(principal)])
    assert element(one, Layer.TRUST, Element.PRINCIPAL).verdict is YES
    assert element(one, Layer.TRUST, Element.PRINCIPAL).reason is Reason.MATCHES
    assert (statement(one, Layer.TRUST).match, answered(one).match) == (match, match)


MISSES = [
    pytest.param(USER, {"AWS": "333333333333"}, Reason.OTHER_ACCOUNT, "/AWS", id="another account"),
    pytest.param(USER, {"AWS": "arn:aws:iam::333333333333:root"}, Reason.OTHER_ACCOUNT, "/AWS", id="its ARN, too"),
    pytest.param(USER, {"AWS": "111111111112"}, Reason.ACCOUNT_TYPO, "/AWS", id="a mistyped account id"),
    pytest.param(
        USER, {"AWS": USER.replace(HOME, "111111111121")}, Reason.ACCOUNT_TYPO, "/AWS", id="mistyped in a user"
    ),
    pytest.param(
        USER, {"AWS": USER.replace("aws", "aws-cn", 1)}, Reason.OTHER_PARTITION, "/AWS", id="another partition"
    ),
    pytest.param(USER, {"AWS": f"{IAM}:user/alice"}, Reason.PATH_MISSING, "/AWS", id="a user without its path"),
    pytest.param(USER, {"AWS": f"{IAM}:user/ops/alice"}, Reason.PATH_DIFFERS, "/AWS", id="a user in another path"),
    pytest.param(USER, {"AWS": f"{IAM}:user/team/Alice"}, Reason.CASE_DIFFERS, "/AWS", id="a user in upper case"),
    pytest.param(USER, {"AWS": f"{IAM}:user/team/bob"}, Reason.OTHER_NAME, "/AWS", id="another user"),
    pytest.param(USER, {"AWS": f"{IAM}:role/team/alice"}, Reason.OTHER_TYPE, "/AWS", id="a role of the user's name"),
    pytest.param(USER, {"AWS": f"{USER} "}, Reason.SPACE_DIFFERS, "/AWS", id="a space behind"),
    pytest.param(USER, {"AWS": USER.replace("iam::", "iam:us-east-1:")}, Reason.REGION_GIVEN, "/AWS", id="a Region"),
    pytest.param(USER, {"AWS": "alice"}, Reason.NOT_AN_ARN, "/AWS", id="a bare name"),
    pytest.param(USER, {"AWS": "AIDAOLDEXAMPLE00000001"}, Reason.STALE_ID, "/AWS", id="the id of a deleted user"),
    pytest.param(SESSION, {"AWS": "AROAOLDEXAMPLE00000001"}, Reason.STALE_ID, "/AWS", id="the id of a deleted role"),
    pytest.param(USER, {"AWS": "AROAOLDEXAMPLE00000001"}, Reason.OTHER_ID, "/AWS", id="a role's id for a user"),
    pytest.param(SESSION, {"AWS": USER_ID}, Reason.OTHER_ID, "/AWS", id="a user's id for a session"),
    pytest.param(USER, {"AWS": f"{IAM}:user/*"}, Reason.WILDCARD_IN_PRINCIPAL, "/AWS", id="a partial wildcard"),
    pytest.param(USER, {"AWS": "1111*"}, Reason.WILDCARD_IN_PRINCIPAL, "/AWS", id="part of an account"),
    pytest.param(
        SESSION, {"AWS": f"{STS}:assumed-role/App/*"}, Reason.WILDCARD_IN_PRINCIPAL, "/AWS", id="any session's name"
    ),
    pytest.param(USER, {"AWS": f"{IAM}:group/devs"}, Reason.NEVER_A_PRINCIPAL, "/AWS", id="a group"),
    pytest.param(
        USER, {"AWS": f"{IAM}:instance-profile/x"}, Reason.NEVER_A_PRINCIPAL, "/AWS", id="an instance profile"
    ),
    pytest.param(USER, {"AWS": f"{IAM}:mfa/alice"}, Reason.NEVER_A_PRINCIPAL, "/AWS", id="an MFA device"),
    pytest.param(USER, {"CanonicalUser": "79a5"}, Reason.NEVER_A_PRINCIPAL, "/CanonicalUser", id="a canonical user"),
    pytest.param(SESSION, {"AWS": f"{IAM}:role/App"}, Reason.PATH_MISSING, "/AWS", id="a role without its path"),
    pytest.param(SESSION, {"AWS": f"{STS}:assumed-role/App/other"}, Reason.OTHER_SESSION, "/AWS", id="another session"),
    pytest.param(SESSION, {"AWS": f"{STS}:assumed-role/Web/nightly"}, Reason.OTHER_NAME, "/AWS", id="another role's"),
    pytest.param(
        SSO_SESSION,
        {"AWS": f"{IAM}:role/AWSReservedSSO_Dev_0123456789abcdef"},
        None,
        "/AWS",
        id="a reserved role without its path",
    ),
    pytest.param(USER, {"Service": SERVICE}, Reason.SERVICES_ONLY, "/Service", id="a service only"),
    pytest.param(USER, {"Service": "*"}, Reason.SERVICES_ONLY, "/Service", id="every service, which is not a form"),
    pytest.param(
        USER, {"Federated": f"{IAM}:saml-provider/x"}, Reason.FEDERATED_ONLY, "/Federated", id="a SAML provider only"
    ),
    pytest.param(
        USER, {"Federated": "accounts.google.com"}, Reason.FEDERATED_ONLY, "/Federated", id="an OIDC provider only"
    ),
    pytest.param(
        SERVICE, {"Service": "lambda.amazonaws.com"}, Reason.OTHER_SERVICE_PRINCIPAL, "/Service", id="a service"
    ),
    pytest.param(
        SERVICE,
        {"Service": "ec2.us-west-2.amazonaws.com"},
        Reason.REGIONAL_SERVICE_PRINCIPAL,
        "/Service",
        id="a Region in the service's name",
    ),
    pytest.param(SERVICE, {"AWS": HOME}, Reason.OTHER_TYPE, "/AWS", id="an account for a service"),
    pytest.param(
        USER,
        {"AWS": [f"{IAM}:user/team/bob", f"{IAM}:user/alice"], "Service": SERVICE},
        Reason.PATH_MISSING,
        "/AWS/1",
        id="the nearest of several",
    ),
]


@pytest.mark.parametrize(("source", "principal", "reason", "pointer"), MISSES)
def test_a_principal_that_misses_says_how(source: str, principal: object, reason: Reason | None, pointer: str) -> None:
    trace = told(source, principal)
    assert (trace.verdict, trace.pointer) == (NO, f"/Statement/0/Principal{pointer}")
    assert reason is None or trace.reason is reason


def test_a_principal_shows_the_session_where_its_name_is_compared() -> None:
    trace = told(SESSION, {"AWS": f"{STS}:assumed-role/App/other"})
    assert (trace.wanted, trace.got) == ((f"{STS}:assumed-role/App/other",), SESSION)
    assert told(SESSION, {"AWS": f"{IAM}:role/App"}).got == ROLE


@pytest.mark.parametrize(
    ("source", "named", "principal"),
    [
        pytest.param(ROLE, {"AWS": SESSION}, None, id="a session's ARN, while the session's name is not known"),
        pytest.param(SESSION, {"AWS": ROLE_ID}, GAP, id="a role's id, while the caller's is not known"),
        pytest.param(USER, {"AWS": USER_ID}, GAP, id="a user's id, while the caller's is not known"),
        pytest.param(USER, {"AWS": USER_ID}, Known(Principal(USER)), id="a user's id, where none was read"),
    ],
)
def test_what_is_not_known_of_the_caller_is_not_told(source: str, named: object, principal: Any) -> None:
    trace = told(source, named, principal=principal)
    assert outcome(trace) == (UNKNOWN, Reason.NOT_TOLD, "/Statement/0/Principal/AWS")


def test_a_session_of_another_role_is_certain_though_the_name_is_not_known() -> None:
    assert told(ROLE, {"AWS": f"{STS}:assumed-role/Web/nightly"}).verdict is NO


def test_a_role_is_known_by_its_name_while_its_path_was_not_read() -> None:
    assert told(SESSION, {"AWS": ROLE}, principal=GAP).verdict is YES
    assert told(SESSION, {"AWS": f"{IAM}:role/team/Web"}, principal=GAP).verdict is NO


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}])
def test_whether_everyone_takes_in_a_service_is_not_certain(principal: object) -> None:
    assert answered(case(SERVICE, trust=[trusts(principal)])).verdict is UNKNOWN


@pytest.mark.parametrize(
    ("source", "principal"),
    [
        pytest.param(SESSION, {"AWS": HOME}, id="an account denies its sessions"),
        pytest.param(USER, {"AWS": ROOT}, id="an account's ARN denies its users"),
        pytest.param(SESSION, {"AWS": ROLE}, id="a role denies its sessions"),
        pytest.param(SESSION, {"AWS": SESSION}, id="a session is denied"),
        pytest.param(USER, "*", id="everyone is denied"),
    ],
)
def test_a_denied_principal_is_denied_though_another_statement_names_it(source: str, principal: object) -> None:
    one = case(source, trust=[trusts("*"), trusts(principal, effect="Deny")])
    assert layer(one, Layer.TRUST).explicit is YES
    assert answered(one).verdict is NO


ALL_OF_SESSION = {"AWS": [SESSION, ROLE, ROOT]}


@pytest.mark.parametrize(
    ("source", "effect", "principal", "bounded", "verdict", "reason"),
    [
        pytest.param(USER, "Deny", {"AWS": [USER, ROOT]}, False, NO, Reason.EXCLUDED, id="user and account listed"),
        pytest.param(USER, "Deny", {"AWS": [USER, HOME]}, False, NO, Reason.EXCLUDED, id="the account by its id"),
        pytest.param(USER, "Deny", {"AWS": USER}, False, YES, Reason.MATCHES, id="the user without its account"),
        pytest.param(SESSION, "Deny", ALL_OF_SESSION, False, NO, Reason.EXCLUDED, id="session, role and account"),
        pytest.param(SESSION, "Deny", {"AWS": [ROLE, ROOT]}, False, YES, Reason.MATCHES, id="the session forgotten"),
        pytest.param(SESSION, "Deny", {"AWS": [SESSION, ROOT]}, False, YES, Reason.MATCHES, id="the role forgotten"),
        pytest.param(SESSION, "Deny", {"AWS": [SESSION, ROLE]}, False, YES, Reason.MATCHES, id="the account forgotten"),
        pytest.param(ROLE, "Deny", ALL_OF_SESSION, False, UNKNOWN, Reason.NOT_TOLD, id="a session of unknown name"),
        pytest.param(
            USER,
            "Deny",
            {"AWS": [USER, ROOT]},
            True,
            YES,
            Reason.NOT_PRINCIPAL_BOUNDARY,
            id="whoever has a boundary is denied, listed or not",
        ),
        pytest.param(USER, "Deny", {"AWS": [USER, ROOT]}, None, UNKNOWN, Reason.NOT_TOLD, id="a boundary not read"),
        pytest.param(SERVICE, "Deny", {"Service": SERVICE}, False, NO, Reason.EXCLUDED, id="a service listed"),
        pytest.param(SERVICE, "Deny", {"AWS": ROOT}, False, YES, Reason.MATCHES, id="a service not listed"),
        pytest.param(USER, "Allow", {"AWS": f"{IAM}:user/bob"}, False, YES, Reason.MATCHES, id="an Allow for others"),
        pytest.param(USER, "Allow", {"AWS": USER}, False, NO, Reason.EXCLUDED, id="an Allow for all but the user"),
        pytest.param(SESSION, "Allow", {"AWS": ROLE}, False, NO, Reason.EXCLUDED, id="an Allow for all but the role"),
        pytest.param(USER, "Allow", {"AWS": USER}, True, NO, Reason.EXCLUDED, id="a boundary changes no Allow"),
    ],
)
def test_a_not_principal_spares_only_whom_it_lists_in_full(
    source: str, effect: str, principal: object, bounded: bool | None, verdict: Tri, reason: Reason
) -> None:
    boundary: Any = {None: GAP, False: None, True: [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}[bounded]
    trust = [{"Effect": effect, "NotPrincipal": principal, "Action": "sts:AssumeRole"}]
    trace = element(case(source, trust=trust, boundary=boundary), Layer.TRUST, Element.PRINCIPAL)
    assert outcome(trace) == (verdict, reason, "/Statement/0/NotPrincipal")
    assert trace.negated


def test_a_federated_user_is_reached_by_its_own_arn_and_refused_all_the_same() -> None:
    one = case(FEDERATED, trust=[trusts({"AWS": FEDERATED})])
    assert element(one, Layer.TRUST, Element.PRINCIPAL).verdict is YES
    assert told(FEDERATED, {"AWS": USER}).verdict is NO


def test_a_role_named_where_a_federated_user_calls_is_a_role_for_a_session() -> None:
    assert told(FEDERATED, {"AWS": ROLE}).reason is Reason.ROLE_FOR_SESSION


def test_an_allow_for_all_but_some_names_the_others_as_everyone() -> None:
    trust = [{"Effect": "Allow", "NotPrincipal": {"AWS": f"{IAM}:user/bob"}, "Action": "sts:AssumeRole"}]
    one = answered(case(USER, LOCAL, trust=trust, identity=[NOTHING]))
    assert (one.verdict, one.match) == (YES, Match.ANY)


@pytest.mark.parametrize("source", [USER, SESSION])
def test_a_question_mark_is_no_wildcard_either(source: str) -> None:
    assert told(source, {"AWS": f"{IAM}:role/team/Ap?"}).reason is Reason.WILDCARD_IN_PRINCIPAL


REDSHIFT, GLUE = "redshift.amazonaws.com", "glue.amazonaws.com"


@pytest.mark.parametrize(
    ("source", "named", "region", "answer"),
    [
        pytest.param(REDSHIFT, "redshift.eu-west-1.amazonaws.com", "eu-west-1", YES, id="AWS says so, in its Region"),
        pytest.param(REDSHIFT, "redshift.us-east-1.amazonaws.com", "eu-west-1", NO, id="AWS says so, in another one"),
        pytest.param(REDSHIFT, "redshift.eu-west-1.amazonaws.com", None, UNKNOWN, id="AWS says so, Region unknown"),
        pytest.param(REDSHIFT, "redshift.eu-west-1.amazonaws.com", "aws-global", UNKNOWN, id="from a global endpoint"),
        pytest.param(GLUE, "glue.eu-west-1.amazonaws.com", "eu-west-1", UNKNOWN, id="AWS does not say, in its Region"),
        pytest.param(GLUE, "glue.us-east-1.amazonaws.com", "eu-west-1", NO, id="AWS does not say, in another one"),
        pytest.param(GLUE, "glue.ap-east-1.amazonaws.com", "eu-west-1", UNKNOWN, id="of a Region that is enabled"),
        pytest.param("glue.ap-east-1.amazonaws.com", GLUE, "eu-west-1", UNKNOWN, id="it calls by its Regional name"),
        pytest.param("glue.ap-east-1.amazonaws.com", "glue.eu-west-1.amazonaws.com", "eu-west-1", NO, id="by another"),
        pytest.param("ec2.amazonaws.com.cn", "ec2.amazonaws.com", "cn-north-1", UNKNOWN, id="the name for China"),
        pytest.param("pods.eks.amazonaws.com", "eks.eu-west-1.amazonaws.com", "eu-west-1", NO, id="another service"),
    ],
)
def test_a_regional_name_may_let_in_the_service_of_its_region(
    source: str, named: str, region: str | None, answer: Tri
) -> None:
    def outcome_of(*statements: Any) -> Tri:
        return layer(case(source, trust=[*statements], region=region), Layer.TRUST).verdict

    allowed = trusts({"Service": source})
    assert outcome_of(trusts({"Service": named})) is answer
    assert outcome_of(allowed, {**trusts({"Service": named}), "Effect": "Deny"}) is ~answer
    spared = {"Effect": "Deny", "NotPrincipal": {"Service": named}, "Action": "sts:AssumeRole"}
    assert outcome_of(allowed, spared) is answer


def test_an_element_that_names_nobody_is_malformed() -> None:
    trace = told(USER, {"AWS": []})
    assert outcome(trace) == (NO, Reason.MALFORMED, "/Statement/0/Principal")
    assert (trace.wanted, trace.got) == ((), USER)
