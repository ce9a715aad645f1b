"""The condition keys of iam:PassRole: what is passed to which service, and nothing that a call of STS carries.

Sources:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
"""

from diagnose.evaluate.call import Call
from diagnose.evaluate.keys.table import Key, KeyFamily, KeyTraits
from diagnose.model.condition_keys import FilledBy, KeyGroup, Presence
from diagnose.model.key_state import ABSENT, PRESENT, UNKNOWN_STATE, State, UnknownState

PASSED_TO_SERVICE = "iam:PassedToService"
ASSOCIATED_RESOURCE = "iam:AssociatedResourceArn"


def passed_state(traits: Key | KeyFamily | None, key: str, call: Call) -> State:
    """Give the state of a key, in lower case, while IAM checks whether a role may be passed."""
    if traits is None:
        return ABSENT
    sent = call.case.request.parameters
    if traits.name == PASSED_TO_SERVICE:
        return PRESENT if sent.passed_to is None else (sent.passed_to,)
    if traits.name == ASSOCIATED_RESOURCE:
        # Few services tell it, and of most AWS does not say whether they do.
        return UNKNOWN_STATE if sent.associated_resource is None else (sent.associated_resource,)
    if traits.filled_by in _OF_STS:
        return ABSENT
    state = traits.derive(call) if isinstance(traits, Key) else traits.derive(call, key[len(traits.name) :])
    if traits.group is KeyGroup.RESOURCE_TAGS:
        return _unreliable(state)
    return state


def sent_with_pass_role(key: KeyTraits) -> Presence:
    """Say how often the check of iam:PassRole sees a key."""
    if key.name == PASSED_TO_SERVICE:
        return Presence.ALWAYS
    if key.name == ASSOCIATED_RESOURCE:
        return Presence.SOMETIMES
    return Presence.NEVER if key.filled_by in _OF_STS else key.sent


_OF_STS = (FilledBy.PARAMETER, FilledBy.OTHER_OPERATION)


def _unreliable(state: State) -> State:
    """AWS warns that conditions on the tags of the role do not have reliable results for iam:PassRole.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_iam-tags.html
    """
    return UnknownState((state, ABSENT)) if isinstance(state, tuple) and state else state
