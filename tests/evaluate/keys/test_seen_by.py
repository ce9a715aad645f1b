"""Which action sees which key, and which keys no AssumeRole ever carries."""

import pytest
from tests.evaluate.cases import (
    SERVICE,
    SESSION,
    on_key,
)

from diagnose.evaluate.operations import ASSUME_ROLE
from diagnose.model.case import (
    Origin,
    Parameters,
    ProvidedContext,
)
from diagnose.model.trace import Action, Reason
from diagnose.model.tri import NO, YES

SENDING = Parameters(
    session_name="release",
    external_id="acme-42",
    source_identity="bob",
    tags={"Team": "blue", "cost": "1"},
    transitive_tag_keys=("Team",),
    provided_contexts=(ProvidedContext("arn:aws:iam::aws:contextProvider/IdentityCenter"),),
)

ASSUME, TAG, IDENTITY, CONTEXT = SIGNED = ASSUME_ROLE.actions
VISIBLE: dict[str, set[Action]] = {
    "sts:ExternalId": {ASSUME},
    "sts:RoleSessionName": {ASSUME},
    "sts:SourceIdentity": {ASSUME, IDENTITY},
    "sts:TransitiveTagKeys": {ASSUME, TAG},
    "aws:RequestTag/Team": {ASSUME, TAG},
    "aws:TagKeys": {ASSUME, TAG},
    "aws:ResourceTag/x": set(SIGNED),
    "iam:ResourceTag/x": set(SIGNED),
    "sts:RequestContext/x": {CONTEXT},
    "sts:RequestContextProviders": {CONTEXT},
    "saml:sub": {ASSUME},
    "saml:sub_type": {ASSUME},
    "saml:namequalifier": {ASSUME},
    "accounts.google.com:sub": {ASSUME},
    "graph.facebook.com:id": {ASSUME},
    "www.amazon.com:user_id": {ASSUME},
    "cognito-identity.amazonaws.com:amr": {ASSUME},
    "saml:aud": {TAG},
    "aws:PrincipalArn": set(SIGNED),
    "aws:PrincipalTag/x": set(SIGNED),
    "aws:SourceIp": set(SIGNED),
    "aws:CurrentTime": set(SIGNED),
    "aws:MultiFactorAuthPresent": set(SIGNED),
    "aws:SourceIdentity": set(SIGNED),
}


@pytest.mark.parametrize("key", VISIBLE)
def test_a_key_is_seen_by_the_actions_that_the_reference_lists_for_it(key: str) -> None:
    for action in SIGNED:
        trace = on_key("Null", key, "false", context={key: ("x",)}, parameters=SENDING, action=action)
        assert trace.verdict is (YES if action in VISIBLE[key] else NO), action


def test_the_list_of_a_services_names_holds_more_than_its_name() -> None:
    trace = on_key("ForAllValues:StringEquals", "aws:PrincipalServiceNamesList", SERVICE, source=SERVICE)
    assert trace.verdict is not YES


@pytest.mark.parametrize("key", ["saml:iss", "saml:doc", "saml:edupersonorgdn"])
def test_other_attributes_of_a_saml_assertion_are_never_sent(key: str) -> None:
    trace = on_key("StringEquals", key, "x", source=SESSION, origin=Origin.SAML)
    assert (trace.verdict, trace.reason) == (NO, Reason.KEY_NEVER_SENT)
