"""Action and NotAction: what a statement covers of the actions, and how it misses."""

import pytest
from tests import cases
from tests.evaluate.cases import case, element, outcome, trusts

from diagnose.model.case import Case, Parameters, ProvidedContext
from diagnose.model.trace import Action, Element, ElementTrace, Layer, Reason
from diagnose.model.tri import NO, YES, Tri

EVERYTHING = Parameters(
    session_name="nightly",
    source_identity="alice",
    tags={"team": "red"},
    provided_contexts=(ProvidedContext("arn:aws:iam::aws:contextProvider/IdentityCenter"),),
)
ASSUME, TAG, IDENTITY, CONTEXT, WEB, SAML, PASS = Action


FEDERATED = {WEB: "github", SAML: "saml"}


LAYERS = {PASS: Layer.IDENTITY}


def asking(given: object, key: str = "Action", action: Action = ASSUME) -> Case:
    if action is PASS:
        statement = {"Effect": "Allow", "Resource": "*", key: given}
        return cases.case("passing", identity_policies=cases.identity(statement))
    if world := FEDERATED.get(action):
        statement = {"Effect": "Allow", "Principal": {"Federated": "any"}, key: given}
        return cases.case(world, trust_policy=cases.trust(statement))
    return case(
        trust=[{"Effect": "Allow", "Principal": {"AWS": "111111111111"}, key: given}, trusts("*")],
        parameters=EVERYTHING,
    )


def told(given: object, action: Action = ASSUME, key: str = "Action") -> ElementTrace:
    return element(asking(given, key, action), LAYERS.get(action, Layer.TRUST), Element.ACTION, action=action)


@pytest.mark.parametrize(
    ("given", "covered"),
    [
        pytest.param("sts:AssumeRole", {ASSUME}, id="the action alone covers no companion"),
        pytest.param("STS:assumerole", {ASSUME}, id="case does not matter in the prefix nor in the name"),
        pytest.param("sts:TagSession", {TAG}, id="a companion covers only itself"),
        pytest.param("sts:SetSourceIdentity", {IDENTITY}, id="the source identity covers only itself"),
        pytest.param("sts:SetContext", {CONTEXT}, id="the context covers only itself"),
        pytest.param("sts:AssumeRole*", {ASSUME, WEB, SAML}, id="a wildcard behind AssumeRole covers no companion"),
        pytest.param("sts:Assume*", {ASSUME, WEB, SAML}, id="Assume* covers no companion"),
        pytest.param("sts:Set*", {IDENTITY, CONTEXT}, id="Set* covers two companions"),
        pytest.param("sts:?ssumeRole", {ASSUME}, id="a question mark stands for one letter"),
        pytest.param("sts:AssumeRole?", set(), id="a question mark does not stand for none"),
        pytest.param("sts:*", set(Action) - {PASS}, id="everything of STS"),
        pytest.param("*", set(Action), id="everything"),
        pytest.param("*:*", set(Action), id="everything of every service"),
        pytest.param("s*:AssumeRole", {ASSUME}, id="a wildcard in the prefix"),
        pytest.param("sts:AssumeRoleWithSAML", {SAML}, id="federation by SAML covers itself alone"),
        pytest.param("sts:AssumeRoleWithWebIdentity", {WEB}, id="federation by OIDC covers itself alone"),
        pytest.param("sts:AssumeRoot", set(), id="AssumeRoot is another operation"),
        pytest.param("iam:PassRole", {PASS}, id="PassRole covers nothing of STS"),
        pytest.param("AssumeRole", set(), id="without its prefix an action is no action"),
        pytest.param("sts:AssumeRole ", set(), id="a space behind it is part of it"),
        pytest.param([], set(), id="an empty list covers nothing"),
        pytest.param(["s3:*", "sts:TagSession", "sts:AssumeRole"], {ASSUME, TAG}, id="a list covers what each covers"),
    ],
)
def test_an_action_covers_what_it_names(given: object, covered: set[Action]) -> None:
    for action in Action:
        one, negated = asking(given, action=action), asking(given, "NotAction", action)
        expected, layer = YES if action in covered else NO, LAYERS.get(action, Layer.TRUST)
        assert element(one, layer, Element.ACTION, action=action).verdict is expected
        assert element(negated, layer, Element.ACTION, action=action).verdict is ~expected


@pytest.mark.parametrize(
    ("given", "action", "verdict", "reason", "pointer"),
    [
        pytest.param("sts:AssumeRole", ASSUME, YES, Reason.MATCHES, "", id="a match points at itself"),
        pytest.param(["s3:*", "sts:*"], ASSUME, YES, Reason.MATCHES, "/1", id="a match points at the one that covers"),
        pytest.param("sts:AssumeRoleWithSAML", ASSUME, NO, Reason.FEDERATION_ONLY, "", id="SAML only"),
        pytest.param("sts:AssumeRole", WEB, NO, Reason.ASSUME_ROLE_ONLY, "", id="a token, and AssumeRole only"),
        pytest.param("sts:AssumeRole", SAML, NO, Reason.ASSUME_ROLE_ONLY, "", id="an assertion, and AssumeRole only"),
        pytest.param("sts:AssumeRoleWithSAML", WEB, NO, Reason.OTHER_FEDERATION, "", id="a token, and SAML only"),
        pytest.param("sts:AssumeRoleWithWebIdentity", SAML, NO, Reason.OTHER_FEDERATION, "", id="OIDC only"),
        pytest.param("sts:TagSession", WEB, NO, Reason.COMPANION_ONLY, "", id="a token, and its tags only"),
        pytest.param("sts:AssumeRoleWithWebIdentiy", WEB, NO, Reason.MISSPELT, "", id="a letter is missing"),
        pytest.param("sts:AssumeRole*", WEB, YES, Reason.MATCHES, "", id="a star takes the federated ones in"),
        pytest.param(
            ["s3:*", "sts:AssumeRoleWithWebIdentity"],
            ASSUME,
            NO,
            Reason.FEDERATION_ONLY,
            "/1",
            id="OIDC only, and which value it is",
        ),
        pytest.param("sts:TagSession", ASSUME, NO, Reason.COMPANION_ONLY, "", id="a companion only"),
        pytest.param("sts:AssumeRole", TAG, NO, Reason.COMPANION_ONLY, "", id="the action without this companion"),
        pytest.param("sts:Assume*", IDENTITY, NO, Reason.COMPANION_ONLY, "", id="Assume* without this companion"),
        pytest.param(["s3:Get*", "iam:PassRole"], ASSUME, NO, Reason.OTHER_SERVICE, "", id="other services"),
        pytest.param(["sts:*", "lambda:*"], PASS, NO, Reason.OTHER_SERVICE, "", id="to pass, and nothing of IAM"),
        pytest.param("iam:GetRole", PASS, NO, Reason.NOT_LISTED, "", id="to pass, and another action of IAM"),
        pytest.param("iam:PasRole", PASS, NO, Reason.MISSPELT, "", id="to pass, and a letter is missing"),
        pytest.param("sts:GetCallerIdentity", ASSUME, NO, Reason.NOT_LISTED, "", id="another action of STS"),
        pytest.param("sts:AssumeRoot", ASSUME, NO, Reason.NOT_LISTED, "", id="AssumeRoot is no misspelling"),
        pytest.param([], ASSUME, NO, Reason.NOT_LISTED, "", id="nothing listed"),
        pytest.param("sts:AssumRole", ASSUME, NO, Reason.MISSPELT, "", id="a letter dropped"),
        pytest.param("sts:AssumeRoles", ASSUME, NO, Reason.MISSPELT, "", id="a letter too many"),
        pytest.param("sts:AsumeRoel", ASSUME, NO, Reason.NOT_LISTED, "", id="three edits are too far"),
        pytest.param("xsts:AssumeRol", ASSUME, NO, Reason.MISSPELT, "", id="two edits, one of them in front"),
        pytest.param("xysts:AssumeRol", ASSUME, NO, Reason.OTHER_SERVICE, "", id="three edits, two of them in front"),
        pytest.param("ts:AssumeRol", ASSUME, NO, Reason.MISSPELT, "", id="the first and the last letter dropped"),
        pytest.param("s:AssumeRol", ASSUME, NO, Reason.OTHER_SERVICE, "", id="one more dropped in front"),
        pytest.param("sts:AssumeRole*x", ASSUME, NO, Reason.NOT_LISTED, "", id="a pattern is no misspelling"),
        pytest.param("AssumeRole", ASSUME, NO, Reason.MISSPELT, "", id="the prefix forgotten"),
        pytest.param("iam:AssumeRole", ASSUME, NO, Reason.MISSPELT, "", id="the wrong prefix"),
        pytest.param(["s3:*", "sts:TagSesion"], TAG, NO, Reason.MISSPELT, "/1", id="a misspelt companion"),
        pytest.param("sts:AssumeRole ", ASSUME, NO, Reason.MISSPELT, "", id="a space behind it"),
    ],
)
def test_an_action_says_how_it_hits_or_misses(
    given: object, action: Action, verdict: Tri, reason: Reason, pointer: str
) -> None:
    assert outcome(told(given, action)) == (verdict, reason, "/Statement/0/Action" + pointer)


@pytest.mark.parametrize(
    ("given", "verdict", "reason", "pointer"),
    [
        pytest.param(["iam:*", "sts:assume*"], NO, Reason.EXCLUDED, "/1", id="listed under NotAction"),
        pytest.param(["iam:*", "organizations:*"], YES, Reason.MATCHES, "", id="not listed under NotAction"),
    ],
)
def test_a_not_action_covers_all_but_what_it_names(given: object, verdict: Tri, reason: Reason, pointer: str) -> None:
    trace = told(given, key="NotAction")
    assert outcome(trace) == (verdict, reason, "/Statement/0/NotAction" + pointer)
    assert trace.negated


def test_an_action_shows_both_sides() -> None:
    trace = told(["s3:*", "sts:TagSession"])
    assert (trace.wanted, trace.got, trace.negated) == (("s3:*", "sts:TagSession"), "sts:AssumeRole", False)


def test_a_pattern_that_covers_federation_alone_is_told_as_such() -> None:
    assert told("sts:AssumeRoleWith*").reason is Reason.FEDERATION_ONLY
