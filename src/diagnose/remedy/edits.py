"""The edits: who drafts which kind of remedy, a function each."""

from collections.abc import Callable, Iterator

from diagnose.model.case import Case
from diagnose.model.trace import Decision, Subject
from diagnose.remedy import (
    advice,
    companions,
    conditions,
    denials,
    identity,
    limits,
    parameters,
    route,
    settings,
    trust,
    wording,
)
from diagnose.remedy.draft import Draft
from diagnose.remedy.kinds import Kind

Author = Callable[[Subject, Case, Decision], Iterator[Draft]]
"""Gives drafts in order of preference: the first one whose proof holds is shown."""

EDITS: dict[Kind, Author] = {
    Kind.ALLOW_ROLE_IN_IDENTITY: identity.allow_role,
    Kind.CORRECT_RESOURCE: wording.correct_resource,
    Kind.CORRECT_ACTION: wording.correct_action,
    Kind.SET_DEFAULT_VERSION: identity.set_default_version,
    Kind.ATTACH_IDLE_POLICY: identity.attach_idle_policy,
    Kind.NAME_PRINCIPAL_IN_TRUST: trust.name_principal,
    Kind.REPLACE_STALE_ID: trust.replace_stale_id,
    Kind.ADD_COMPANION_TO_TRUST: companions.add_companion_to_trust,
    Kind.ADD_COMPANION_TO_IDENTITY: companions.add_companion_to_identity,
    Kind.ADD_COMPANION_TO_BOUNDARY: limits.add_companion_to_boundary,
    Kind.SPLIT_COMPANION: companions.split_companion,
    Kind.CORRECT_CONDITION_VALUE: wording.correct_condition_value,
    Kind.CORRECT_CONDITION_OPERATOR: conditions.correct_condition_operator,
    Kind.CORRECT_CONDITION_KEY: conditions.correct_condition_key,
    Kind.SET_POLICY_VERSION_LANGUAGE: wording.set_policy_version_language,
    Kind.EXEMPT_FROM_DENY: denials.exempt,
    Kind.ALLOW_IN_BOUNDARY: limits.allow_in_boundary,
    Kind.ALLOW_IN_SCP: limits.allow_in_scp,
    Kind.ALLOW_IN_ENDPOINT: limits.allow_in_endpoint,
    Kind.ALLOW_IN_SESSION: limits.allow_in_session,
    Kind.PASS_EXTERNAL_ID: parameters.pass_external_id,
    Kind.PASS_MFA: parameters.pass_mfa,
    Kind.PASS_TAGS: parameters.pass_tags,
    Kind.PASS_SESSION_NAME: parameters.pass_session_name,
    Kind.PASS_SOURCE_IDENTITY: parameters.pass_source_identity,
    Kind.DROP_TAGS: parameters.drop_tags,
    Kind.DROP_SOURCE_IDENTITY: parameters.drop_source_identity,
    Kind.SHORTEN_DURATION: parameters.shorten_duration,
    Kind.CORRECT_PARAMETER: parameters.correct_parameter,
    Kind.CORRECT_ROLE_ARN: route.correct_role_arn,
    Kind.CORRECT_SOURCE_ARN: route.correct_source_arn,
    Kind.USE_REGION: route.use_region,
    Kind.USE_ENDPOINT: route.use_endpoint,
    Kind.USE_API_INSTEAD_OF_CONSOLE: route.use_api,
    Kind.USE_IDENTITY: route.use_identity,
    Kind.USE_OTHER_ROLE: route.use_other_role,
    Kind.DROP_HOP: route.drop_hop,
    Kind.RAISE_ROLE_MAXIMUM: settings.raise_role_maximum,
    Kind.TAG_PRINCIPAL: settings.tag_principal,
    Kind.TAG_ROLE: settings.tag_role,
    Kind.CREATE_ROLE: settings.create_role,
    Kind.WAIT_FOR_PROPAGATION: advice.wait_for_propagation,
    Kind.ASK_OWNER: advice.ask_owner,
    Kind.GRANT_READER_PERMISSION: advice.grant_reader_permission,
    Kind.GIVE_EVIDENCE: advice.give_evidence,
    Kind.CORRECT_DOCUMENT: advice.correct_document,
}
