"""What a policy is attached to: a value in the model, a text in a case file."""

import pytest

from diagnose.model.policy import Attachment, AttachmentKind, Policy, raw_document

NOTHING = raw_document({})


@pytest.mark.parametrize(
    ("text", "kind", "name", "group"),
    [
        pytest.param("group devs", AttachmentKind.GROUP, "devs", "devs", id="a group"),
        pytest.param("role App", AttachmentKind.ROLE, "App", "", id="a role"),
        pytest.param("user alice", AttachmentKind.USER, "alice", "", id="a user"),
        pytest.param("group group devs", AttachmentKind.GROUP, "group devs", "group devs", id="only the first word"),
        pytest.param("the team's group devs", AttachmentKind.OTHER, "the team's group devs", "", id="anything else"),
        pytest.param("group", AttachmentKind.OTHER, "group", "", id="a kind without a name"),
        pytest.param("other devs", AttachmentKind.OTHER, "other devs", "", id="the kind that is none"),
    ],
)
def test_an_attachment_is_read_from_its_text_and_written_as_it_was(
    text: str, kind: AttachmentKind, name: str, group: str
) -> None:
    policy = Policy("p", NOTHING, attached_to=text)
    assert policy.attachment == Attachment(kind, name)
    assert policy.group == group
    assert str(policy.attachment) == text


def test_a_policy_of_the_principal_itself_has_no_attachment() -> None:
    policy = Policy("p", NOTHING)
    assert (policy.attachment, policy.group) == (None, "")
