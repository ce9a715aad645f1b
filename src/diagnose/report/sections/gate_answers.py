"""What a requirement that is not, or may not be, met says in a checklist: a row for each reason."""

from collections.abc import Mapping

from diagnose.model.trace import GateTrace, Reason
from diagnose.model.trace_words import asked_words, offered_words
from diagnose.model.tri import Tri
from diagnose.model.words import GATE_WORDS


def gate_answer(gate: GateTrace) -> str:
    """Say in a few words what was wrong, or not known; only the reason where a side of the comparison is missing."""
    asked, offered = asked_words(gate), offered_words(gate)
    answer = (_IN_DOUBT if gate.verdict is Tri.UNKNOWN else _ANSWERS).get(gate.reason, "")
    if not answer or ("{wanted}" in answer and not asked) or ("{got}" in answer and not offered):
        return _in_general(gate)
    return answer.format(wanted=asked, got=offered)


def _in_general(gate: GateTrace) -> str:
    if gate.verdict is Tri.UNKNOWN:
        return f"{GATE_WORDS[gate.gate].question} is not known"
    return gate.reason.replace("_", " ")


_ANSWERS: Mapping[Reason, str] = {
    Reason.ALGORITHM_REFUSED: "signed with {got}, which STS does not accept",
    Reason.AUDIENCE_NOT_OF_AWS: "the audience is {got}, not {wanted}",
    Reason.AUDIENCE_NOT_REGISTERED: "the token is for {got}; the provider accepts {wanted}",
    Reason.BAD_SYNTAX: "{wanted}; the request has {got}",
    Reason.NOT_A_PARAMETER: "{got} is no parameter of this call",
    Reason.CLAIM_MISSING: "{wanted} is missing",
    Reason.DUPLICATE_TAG: "several tags have the key {got}, or differ from it only in case",
    Reason.FEDERATED_CALLER: "a federated user cannot call AssumeRole: {got}",
    Reason.ISSUER_WITHOUT_SCHEME: "the issuer is {got}, not {wanted}",
    Reason.MFA_INCOMPLETE: "the request has {got}; AWS takes {wanted}",
    Reason.MFA_NOT_A_USER: "{got} is the device of a user, and the caller is none",
    Reason.MFA_OTHER_USER: "{got} is not {wanted}",
    Reason.NO_SUCH_CALLER: "{got} does not exist",
    Reason.NOT_ASSOCIATED: "there is no association for {wanted}",
    Reason.NO_SUCH_CLUSTER: "there is no cluster {wanted}",
    Reason.NO_SUCH_PROVIDER: "there is no {wanted}",
    Reason.NO_SUCH_ROLE: "there is no {wanted}",
    Reason.OTHER_ACCOUNT: "the role is of account {wanted}, whoever passes it of {got}",
    Reason.OTHER_ISSUER: "the issuer is {got}; the provider is for {wanted}",
    Reason.OTHER_NAMESPACE: "the role is associated with {got}, not with {wanted}",
    Reason.OTHER_ROLE_ASSOCIATED: "the service account is associated with {got}",
    Reason.OTHER_SERVICE_ACCOUNT: "the role is associated with {got}, not with {wanted}",
    Reason.TARGET_OF_ASSOCIATION: "EKS assumes {got}, which then assumes the role",
    Reason.OTHER_PARTITION: "the caller is in {got}, the role in {wanted}",
    Reason.OVER_CHAINING_LIMIT: "{got} seconds, where these credentials allow {wanted} at most",
    Reason.OVER_ROLE_MAXIMUM: "{got} seconds, where the role allows {wanted} at most",
    Reason.PROVIDER_ELSEWHERE: "{got} is not of the role's account, {wanted}",
    Reason.RESERVED_ROLE: "{got} is a role that only AWS assumes",
    Reason.ROLE_NOT_CLAIMED: "it is for {got}, not for {wanted}",
    Reason.ROOT_CALLER: "a root user cannot call AssumeRole: {got}",
    Reason.SECOND_SWITCH: "the console asks as {got}, not as {wanted}",
    Reason.SERVICE_LINKED_ROLE: "{got} is a role that only an AWS service assumes",
    Reason.SOURCE_IDENTITY_FIXED: "the request has {got}; the session already has {wanted}",
    Reason.TAG_INHERITED: "{got} is a transitive tag of the session, which a request cannot change",
    Reason.TOKEN_EXPIRED: "expired at {got}, before the call at {wanted}",
    Reason.TOKEN_NOT_YET_VALID: "valid from {got}, after the call at {wanted}",
    Reason.TOKEN_OLD: "issued at {got}, long before the call at {wanted}",
}

"""`{wanted}` is what AWS asks for, `{got}` what there is."""

_IN_DOUBT: Mapping[Reason, str] = {
    Reason.OVER_CHAINING_LIMIT: "{got} seconds; whether these credentials allow so much is not known",
    Reason.OVER_ROLE_MAXIMUM: "{got} seconds; the role's maximum is not known",
    Reason.SOURCE_IDENTITY_FIXED: "the request has {got}; whether the session has another one is not known",
    Reason.TAG_INHERITED: "{got} may be a transitive tag of the session, which a request cannot change",
    Reason.TOKEN_NOT_YET_VALID: "valid from {got}, after the call at {wanted}",
    Reason.TOKEN_OLD: "issued at {got}, long before the call at {wanted}",
}
"""The same where it is not known whether the requirement is met."""
