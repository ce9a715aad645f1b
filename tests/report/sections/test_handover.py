import json
from pathlib import Path

import pytest
from tests.remedy.broken import APP, BUILDER, DEPLOY, about, allow, broken, deny, document, gate, the_remedy, trust

from diagnose.loading import load_case, load_rules
from diagnose.model.diagnosis import Owner
from diagnose.model.trace import Effect, Element, Gate, Layer, Subject
from diagnose.pipeline import diagnose
from diagnose.report.sections.handover import handover

DEMOS = Path(__file__).parents[3] / "fixtures" / "demo"


def test_the_owner_of_the_role_gets_all_that_is_needed_to_act() -> None:
    case = broken("cross-account", trust_policy=trust(allow({"AWS": APP})))
    remedy = the_remedy("name-principal-in-trust", about(case, Layer.TRUST), case)
    text = handover(remedy, case)
    assert text.startswith(f"To the owner of account 222222222222: `{BUILDER}` needs to assume `{DEPLOY}`")
    assert remedy.text in text
    assert remedy.document in text
    assert remedy.patch in text
    assert "it is then allowed" in text
    assert "the answer does not change" in text
    paragraphs = text.split("\n\n")
    assert paragraphs[2:4] == [f"The change to `{remedy.policy_name}`, as a JSON patch (RFC 6902):", remedy.patch]
    assert paragraphs[4:] == ["The whole document after it:", remedy.document]


def test_beside_the_edited_policy_the_message_encloses_nothing_of_it() -> None:
    case = broken("cross-account", trust_policy=trust(allow({"AWS": APP})))
    remedy = the_remedy("name-principal-in-trust", about(case, Layer.TRUST), case)
    text = handover(remedy, case, beside=True)
    assert remedy.text in text
    assert "it is then allowed. Only this user gains access." in text
    assert text.endswith("The edited policy stands above.")
    assert "{" not in text


def test_a_policy_that_is_new_stands_in_the_message_once() -> None:
    case = broken("cross-account", identity_policies={"policies": []})
    remedy = the_remedy("allow-role-in-identity", about(case, Layer.IDENTITY), case)
    text = handover(remedy, case)
    assert remedy.patch
    assert "".join(text.split()).count("".join(remedy.document.split())) == 1
    assert "JSON patch" not in text


def test_what_remains_is_not_kept_from_the_owner() -> None:
    case = broken("cross-account", trust_policy=trust(allow({"AWS": APP})), identity_policies={"policies": []})
    text = handover(the_remedy("name-principal-in-trust", about(case, Layer.TRUST), case), case)
    assert "What remains: no identity policy allows `sts:AssumeRole`." in text


def test_the_organization_and_the_network_have_owners_too() -> None:
    guard = {
        "name": "Guard",
        "kind": "scp",
        "arn": "arn:aws:organizations::999999999999:policy/o-a1b2c3d4e5/service_control_policy/p-guard123",
        "document": document(deny(Resource="*")),
    }
    case = broken("organization", scps={"value": {"0": {"policies": {"policies": {"1": guard}}}}})
    remedy = the_remedy("exempt-from-deny", about(case, Layer.SCP, effect=Effect.DENY), case)
    assert remedy.owner is Owner.ORGANIZATION
    assert handover(remedy, case).startswith("To the administrators of the organization: ")


def test_the_owner_of_the_endpoint_and_of_the_source_are_others_too() -> None:
    own = {"value": {"policy": {"value": {"document": document(allow("*", Resource=f"{DEPLOY}2"))}}}}
    case = broken("endpoint", endpoint=own)
    remedy = the_remedy("allow-in-endpoint", about(case, Layer.ENDPOINT), case)
    assert handover(remedy, case).startswith("To the owner of the VPC endpoint: ")
    case = broken("cross-account", identity_policies={"policies": []})
    remedy = the_remedy("allow-role-in-identity", about(case, Layer.IDENTITY), case)
    assert handover(remedy, case).startswith("To the owner of account 111111111111: ")


@pytest.mark.parametrize(
    ("layer", "owner", "whom"),
    [
        (Layer.IDENTITY, Owner.SOURCE, "the owner of account `111111111111`, who owns the identity policy, whether"),
        (Layer.TRUST, Owner.DESTINATION, "the owner of account `222222222222`, who owns the trust policy of the role"),
        (Layer.SCP, Owner.ORGANIZATION, "the administrators of the organization, who own the service control policy"),
        (Layer.ENDPOINT, Owner.NETWORK, "the owner of the VPC endpoint whether"),
        (Layer.SESSION, Owner.CALLER, "whoever started the caller's session, who passed the session policy"),
        (None, Owner.DESTINATION, "the owner of account `222222222222`, who owns the role"),
    ],
)
def test_the_one_who_owns_a_layer_is_asked(layer: Layer | None, owner: Owner, whom: str) -> None:
    case = broken("cross-account", identity_policies={"policies": []})
    remedy = the_remedy("ask-owner", Subject(layer=layer), case)
    assert remedy.owner is owner
    assert remedy.text.startswith(f"Ask {whom}")
    assert "is meant to assume" in remedy.text


def test_a_question_is_handed_over_as_a_question() -> None:
    case = broken("cross-account", identity_policies={"policies": []})
    remedy = the_remedy("ask-owner", Subject(layer=Layer.IDENTITY), case)
    assert handover(remedy, case).endswith("That is denied, or may be. Is this intended?")


def test_a_letter_about_a_deny_names_its_policy_its_sid_and_its_condition() -> None:
    spares = {"StringNotEquals": {"aws:PrincipalTag/team": "platform"}}
    case = broken(
        "cross-account",
        trust_policy=trust(allow({"AWS": BUILDER}), deny(Principal="*", Sid="PlatformOnly", Condition=spares)),
    )
    text = handover(the_remedy("ask-owner", about(case, Layer.TRUST, effect=Effect.DENY), case), case)
    assert text.endswith(
        f"That is denied: please decide whether `{BUILDER}` is meant to be denied by the Deny `PlatformOnly` (where "
        "`StringNotEquals` `aws:PrincipalTag/team` `platform`) in the trust policy of the role `Deploy`; "
        "if not, exempt it."
    )


def test_who_owns_what_was_not_read_is_asked_to_send_it() -> None:
    unread = {"policies": [], "unread": [{"evidence": "unread"}]}
    case = broken("cross-account", identity_policies=unread)
    text = handover(the_remedy("ask-owner", Subject(layer=Layer.IDENTITY), case), case)
    assert text.startswith("To the owner of account 111111111111: ")
    assert text.endswith("Please send your policies: they are needed to find out why.")


def test_what_an_unread_policy_must_hold_is_handed_over_as_a_question() -> None:
    case = load_case(DEMOS / "one-side-unread.json")
    (text,) = (
        handover(one, case) for found in diagnose(case, load_rules()).findings for one in found.remedies if one.letter
    )
    question, _, statement = text.partition("\n\n")
    assert question == (
        f"To the owner of account 222222222222: `{BUILDER}` needs to assume `{DEPLOY}`. "
        "Your policies could not be read: do they contain a statement like this one, and no Deny that applies?"
    )
    assert json.loads(statement)["Statement"][0]["Principal"] == {"AWS": BUILDER}


def test_a_change_that_could_not_be_tried_is_handed_over_as_a_change() -> None:
    case = broken("cross-account", trust_policy=trust(allow({"AWS": BUILDER}) | {"Effect": "alow"}))
    remedy = the_remedy("correct-document", Subject(layer=Layer.TRUST), case)
    assert f"Please change this: {remedy.text}." in handover(remedy, case)


def test_a_setting_is_handed_over_as_a_command() -> None:
    case = broken("cross-account", request={"parameters": {"duration_seconds": 7200}})
    text = handover(the_remedy("raise-role-maximum", gate(case, Gate.DURATION), case), case)
    assert "aws iam update-role" in text


def test_what_the_caller_can_do_is_not_handed_over() -> None:
    case = broken("cross-account", request={"parameters": {"external_id": "acme-41"}})
    remedy = the_remedy("pass-external-id", about(case, Layer.TRUST, Element.CONDITION), case)
    assert handover(remedy, case) == ""
