"""Every kind of remedy: a row each. What a rule may name is `kinds`, which knows nothing of how it is done."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import cache
from importlib import import_module

from msgspec import Struct

from diagnose.model.case import Case
from diagnose.model.diagnosis import Letter, Owner
from diagnose.model.trace import Decision, Element, ElementTrace, Subject
from diagnose.remedy.change import Attempt
from diagnose.remedy.error_advice import Advice, packed_too_large, role_sets_the_limit, tags_are_too_large
from diagnose.remedy.kinds import RemedyKind

Author = Callable[[Subject, Case, Decision], Iterator[Attempt]]
"""Gives drafts in order of preference: the first one whose proof holds is shown; and why there is none, if it knows."""


class Edited(StrEnum):
    """What a kind of remedy changes in a case."""

    SOURCE = "source"
    """Which policies the source has, and what they allow."""
    TRUST = "trust"
    """Whom the trust policy allows."""
    POLICY = "policy"
    """A statement of any policy, corrected or narrowed."""
    LIMIT = "limit"
    """What a policy that only limits allows."""
    REQUEST = "request"
    """How the call is made."""
    PRESENTED = "presented"
    """The token or the assertion that is presented."""
    SETTING = "setting"
    """What is set in IAM besides policies."""
    NOTHING = "nothing"
    """Nothing that can be decided again: the kind only says what to do."""


class Repeats(Struct, frozen=True):
    """A smaller edit with the same effect, by another kind, of a fault in this element (of this key)."""

    kind: RemedyKind
    element: Element
    key: str = ""

    def fits(self, faulty: ElementTrace) -> bool:
        """Say whether this element is at fault, in a way that the smaller edit corrects."""
        same_key = self.key in ("", faulty.key.lower())
        return faulty.element is self.element and same_key and not faulty.negated


class KindTraits(Struct, frozen=True):
    """One kind of remedy.

    `author` names the module of `fixes` and the `Author` in it. `letter` is what the owner is asked for where a draft
    says nothing else. `advice` is what to say of an error of AWS that nothing in the case explains; the first one that
    fits is given.
    INVARIANT: a rule that names a kind for a fault that it `repeats` names the other kind before it.
    """

    author: str
    edits: Edited
    letter: Letter
    advice: tuple[Advice, ...]
    repeats: tuple[Repeats, ...]


@cache
def author_of(kind: RemedyKind) -> Author:
    """Import the module that drafts a kind: a case needs few of them, and all together cost more than deciding it."""
    module, name = KINDS[kind].author.split(".")
    author: Author = getattr(import_module(f"diagnose.remedy.fixes.{module}"), name)
    return author


_RIGHT_ACTION = Repeats(RemedyKind.CORRECT_ACTION, Element.ACTION)
_RIGHT_RESOURCE = Repeats(RemedyKind.CORRECT_RESOURCE, Element.RESOURCE)
_RIGHT_CALLER = Repeats(RemedyKind.CORRECT_CONDITION_VALUE, Element.CONDITION, "aws:principalarn")
_SPLIT = Repeats(RemedyKind.SPLIT_COMPANION, Element.CONDITION)

_CONDITION_OF_ERROR = Advice(Owner.DESTINATION, "Correct the condition that the request in the error must meet")
_OWN_DEVICE = Advice(
    Owner.CALLER, "Pass the serial number of the user's own MFA device, and a code from it that was not used before"
)
_FEWER_TAGS = Advice(
    Owner.CALLER, "Pass fewer or shorter session tags, or a smaller session policy", tags_are_too_large
)
_SMALLER_POLICY = Advice(Owner.CALLER, "Pass a smaller session policy", packed_too_large)
_SHORTER = Advice(
    Owner.CALLER,
    "Request a shorter session: at most the role's maximum, and at most one hour with role chaining",
)
_PARAMETER_OF_ERROR = Advice(Owner.CALLER, "Correct the parameter that the error names")
_CHECK_ROLE = Advice(Owner.CALLER, "Check the account, the path and the name of the role; names are case-sensitive")
_ACTIVE_REGION = Advice(Owner.CALLER, "Call the STS endpoint of a Region in which STS is active for the account")
_HIGHER_MAXIMUM = Advice(
    Owner.DESTINATION, "Raise the role's maximum session duration to the requested duration", role_sets_the_limit
)

KINDS: dict[RemedyKind, KindTraits] = {
    RemedyKind.ALLOW_ROLE_IN_IDENTITY: KindTraits(
        "identity.allow_role", Edited.SOURCE, Letter.CHANGE, (), (_RIGHT_ACTION,)
    ),
    RemedyKind.CORRECT_RESOURCE: KindTraits("correct.correct_resource", Edited.POLICY, Letter.CHANGE, (), ()),
    RemedyKind.CORRECT_ACTION: KindTraits("correct.correct_action", Edited.POLICY, Letter.CHANGE, (), ()),
    RemedyKind.SET_DEFAULT_VERSION: KindTraits("identity.set_default_version", Edited.SOURCE, Letter.CHANGE, (), ()),
    RemedyKind.ATTACH_IDLE_POLICY: KindTraits("identity.attach_idle_policy", Edited.SOURCE, Letter.CHANGE, (), ()),
    RemedyKind.NAME_PRINCIPAL_IN_TRUST: KindTraits(
        "trust.name_principal", Edited.TRUST, Letter.CHANGE, (), (_RIGHT_ACTION, _RIGHT_CALLER)
    ),
    RemedyKind.NAME_PROVIDER_IN_TRUST: KindTraits("federation.name_provider", Edited.TRUST, Letter.CHANGE, (), ()),
    RemedyKind.CORRECT_CLAIM_KEY: KindTraits("federation.correct_claim_key", Edited.POLICY, Letter.CHANGE, (), ()),
    RemedyKind.CREATE_PROVIDER: KindTraits("provider.create_provider", Edited.SETTING, Letter.CHANGE, (), ()),
    RemedyKind.ASSOCIATE_ROLE: KindTraits("pod.associate_role", Edited.SETTING, Letter.CHANGE, (), ()),
    RemedyKind.REGISTER_AUDIENCE: KindTraits("provider.register_audience", Edited.SETTING, Letter.CHANGE, (), ()),
    RemedyKind.REQUEST_AUDIENCE: KindTraits("provider.request_audience", Edited.PRESENTED, Letter.CHANGE, (), ()),
    RemedyKind.REQUEST_TOKEN: KindTraits("provider.request_token", Edited.NOTHING, Letter.CHANGE, (), ()),
    RemedyKind.RENEW_TOKEN: KindTraits("provider.renew_token", Edited.PRESENTED, Letter.CHANGE, (), ()),
    RemedyKind.CORRECT_ASSERTION: KindTraits("provider.correct_assertion", Edited.PRESENTED, Letter.CHANGE, (), ()),
    RemedyKind.REPLACE_STALE_ID: KindTraits("trust.replace_stale_id", Edited.TRUST, Letter.CHANGE, (), ()),
    RemedyKind.ADD_COMPANION_TO_TRUST: KindTraits("trust.add_companion_to_trust", Edited.TRUST, Letter.CHANGE, (), ()),
    RemedyKind.ADD_COMPANION_TO_IDENTITY: KindTraits(
        "trust.add_companion_to_identity", Edited.SOURCE, Letter.CHANGE, (), (_SPLIT,)
    ),
    RemedyKind.ADD_COMPANION_TO_BOUNDARY: KindTraits(
        "limits.add_companion_to_boundary", Edited.LIMIT, Letter.CHANGE, (), ()
    ),
    RemedyKind.SPLIT_COMPANION: KindTraits("trust.split_companion", Edited.POLICY, Letter.CHANGE, (), ()),
    RemedyKind.CORRECT_CONDITION_VALUE: KindTraits(
        "correct.correct_condition_value", Edited.POLICY, Letter.CHANGE, (_CONDITION_OF_ERROR,), ()
    ),
    RemedyKind.CORRECT_CONDITION_OPERATOR: KindTraits(
        "condition.correct_condition_operator", Edited.POLICY, Letter.CHANGE, (), ()
    ),
    RemedyKind.CORRECT_CONDITION_KEY: KindTraits(
        "condition.correct_condition_key", Edited.POLICY, Letter.CHANGE, (), ()
    ),
    RemedyKind.SET_POLICY_VERSION_LANGUAGE: KindTraits(
        "correct.set_policy_version_language", Edited.POLICY, Letter.CHANGE, (), ()
    ),
    RemedyKind.CORRECT_VARIABLE: KindTraits("variable.correct_variable", Edited.POLICY, Letter.CHANGE, (), ()),
    RemedyKind.DROP_CONDITION: KindTraits("variable.drop_condition", Edited.TRUST, Letter.CHANGE, (), ()),
    RemedyKind.EXEMPT_FROM_DENY: KindTraits("deny.narrow_deny", Edited.POLICY, Letter.CHANGE, (), ()),
    RemedyKind.LIFT_DENY: KindTraits("deny.lift_deny", Edited.POLICY, Letter.CHANGE, (), ()),
    RemedyKind.ALLOW_IN_BOUNDARY: KindTraits(
        "limits.allow_in_boundary", Edited.LIMIT, Letter.CHANGE, (), (_RIGHT_RESOURCE,)
    ),
    RemedyKind.ALLOW_IN_SCP: KindTraits("limits.allow_in_scp", Edited.LIMIT, Letter.CHANGE, (), (_RIGHT_RESOURCE,)),
    RemedyKind.ALLOW_IN_ENDPOINT: KindTraits(
        "limits.allow_in_endpoint", Edited.LIMIT, Letter.CHANGE, (), (_RIGHT_RESOURCE,)
    ),
    RemedyKind.ALLOW_IN_SESSION: KindTraits("limits.allow_in_session", Edited.LIMIT, Letter.CHANGE, (), ()),
    RemedyKind.PASS_EXTERNAL_ID: KindTraits("parameters.pass_external_id", Edited.REQUEST, Letter.CHANGE, (), ()),
    RemedyKind.PASS_MFA: KindTraits("parameters.pass_mfa", Edited.REQUEST, Letter.CHANGE, (_OWN_DEVICE,), ()),
    RemedyKind.PASS_TAGS: KindTraits("parameters.pass_tags", Edited.REQUEST, Letter.CHANGE, (), ()),
    RemedyKind.PASS_TRANSITIVE_TAGS: KindTraits(
        "parameters.pass_transitive_tags", Edited.REQUEST, Letter.CHANGE, (), ()
    ),
    RemedyKind.PASS_SESSION_NAME: KindTraits("parameters.pass_session_name", Edited.REQUEST, Letter.CHANGE, (), ()),
    RemedyKind.PASS_SOURCE_IDENTITY: KindTraits(
        "parameters.pass_source_identity", Edited.REQUEST, Letter.CHANGE, (), ()
    ),
    RemedyKind.DROP_TAGS: KindTraits(
        "parameters.drop_tags", Edited.REQUEST, Letter.CHANGE, (_FEWER_TAGS, _SMALLER_POLICY), ()
    ),
    RemedyKind.DROP_SOURCE_IDENTITY: KindTraits(
        "parameters.drop_source_identity", Edited.REQUEST, Letter.CHANGE, (), ()
    ),
    RemedyKind.SHORTEN_DURATION: KindTraits(
        "parameters.shorten_duration", Edited.REQUEST, Letter.CHANGE, (_SHORTER,), ()
    ),
    RemedyKind.CORRECT_PARAMETER: KindTraits(
        "parameters.correct_parameter", Edited.REQUEST, Letter.CHANGE, (_PARAMETER_OF_ERROR,), ()
    ),
    RemedyKind.CORRECT_ROLE_ARN: KindTraits(
        "route.correct_role_arn", Edited.REQUEST, Letter.CHANGE, (_CHECK_ROLE,), ()
    ),
    RemedyKind.CORRECT_SOURCE_ARN: KindTraits("route.correct_source_arn", Edited.NOTHING, Letter.CHANGE, (), ()),
    RemedyKind.USE_REGION: KindTraits("route.use_region", Edited.REQUEST, Letter.CHANGE, (_ACTIVE_REGION,), ()),
    RemedyKind.USE_ENDPOINT: KindTraits("route.use_endpoint", Edited.REQUEST, Letter.CHANGE, (), ()),
    RemedyKind.USE_NETWORK: KindTraits("route.use_network", Edited.REQUEST, Letter.CHANGE, (), ()),
    RemedyKind.USE_API_INSTEAD_OF_CONSOLE: KindTraits("route.use_api", Edited.REQUEST, Letter.CHANGE, (), ()),
    RemedyKind.RENEW_SESSION: KindTraits("credentials.renew_session", Edited.REQUEST, Letter.CHANGE, (), ()),
    RemedyKind.RENEW_CREDENTIALS: KindTraits("credentials.renew_credentials", Edited.NOTHING, Letter.CHANGE, (), ()),
    RemedyKind.USE_OWN_CREDENTIALS: KindTraits(
        "credentials.use_own_credentials", Edited.NOTHING, Letter.CHANGE, (), ()
    ),
    RemedyKind.USE_IDENTITY: KindTraits("route.use_identity", Edited.NOTHING, Letter.CHANGE, (), ()),
    RemedyKind.USE_OTHER_ROLE: KindTraits("route.use_other_role", Edited.NOTHING, Letter.CHANGE, (), ()),
    RemedyKind.DROP_HOP: KindTraits("route.drop_hop", Edited.NOTHING, Letter.CHANGE, (), ()),
    RemedyKind.RAISE_ROLE_MAXIMUM: KindTraits(
        "role.raise_role_maximum", Edited.SETTING, Letter.CHANGE, (_HIGHER_MAXIMUM,), ()
    ),
    RemedyKind.TAG_PRINCIPAL: KindTraits("role.tag_principal", Edited.SETTING, Letter.CHANGE, (), ()),
    RemedyKind.TAG_ROLE: KindTraits("role.tag_role", Edited.SETTING, Letter.CHANGE, (), ()),
    RemedyKind.CREATE_ROLE: KindTraits("role.create_role", Edited.SETTING, Letter.CHANGE, (), ()),
    RemedyKind.WAIT_FOR_PROPAGATION: KindTraits("advice.wait_for_propagation", Edited.NOTHING, Letter.CHANGE, (), ()),
    RemedyKind.ASK_OWNER: KindTraits("advice.ask_owner", Edited.NOTHING, Letter.MEANT, (), ()),
    RemedyKind.GRANT_READER_PERMISSION: KindTraits(
        "advice.grant_reader_permission", Edited.NOTHING, Letter.CHANGE, (), ()
    ),
    RemedyKind.GIVE_EVIDENCE: KindTraits("advice.give_evidence", Edited.NOTHING, Letter.CHANGE, (), ()),
    RemedyKind.FOLLOW_ERROR: KindTraits("error.follow_error", Edited.NOTHING, Letter.CHANGE, (), ()),
    RemedyKind.CORRECT_DOCUMENT: KindTraits("advice.correct_document", Edited.NOTHING, Letter.CHANGE, (), ()),
}
