"""What a checklist says of a requirement that is not, or may not be, met: a row for each reason, word for word."""

import pytest

from diagnose.model.parameter import Parameter
from diagnose.model.trace import Gate, GateTrace, Reason
from diagnose.model.tri import NO, UNKNOWN, Tri
from diagnose.report.sections.gate_answers import gate_answer


def told(gate: Gate, verdict: Tri, reason: Reason, wanted: str = "W", got: tuple[str, ...] = ("G",)) -> str:
    return gate_answer(GateTrace(gate, verdict, reason, wanted=wanted, got=got))


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason.ALGORITHM_REFUSED, "signed with G, which STS does not accept"),
        (Reason.AUDIENCE_NOT_OF_AWS, "the audience is G, not W"),
        (Reason.AUDIENCE_NOT_REGISTERED, "the token is for G; the provider accepts W"),
        (Reason.BAD_SYNTAX, "W; the request has G"),
        (Reason.NOT_A_PARAMETER, "G is no parameter of this call"),
        (Reason.CLAIM_MISSING, "W is missing"),
        (Reason.DUPLICATE_TAG, "several tags have the key G, or differ from it only in case"),
        (Reason.FEDERATED_CALLER, "a federated user cannot call AssumeRole: G"),
        (Reason.ISSUER_WITHOUT_SCHEME, "the issuer is G, not W"),
        (Reason.MFA_INCOMPLETE, "the request has only G; AWS takes W"),
        (Reason.MFA_NOT_A_USER, "G is the device of a user, and the caller is none"),
        (Reason.MFA_OTHER_USER, "G is not a device of account W"),
        (Reason.NO_SUCH_CALLER, "G does not exist"),
        (Reason.NOT_ASSOCIATED, "there is no association for W"),
        (Reason.NO_SUCH_CLUSTER, "there is no cluster W"),
        (Reason.NO_SUCH_PROVIDER, "there is no W"),
        (Reason.NO_SUCH_ROLE, "there is no W"),
        (Reason.OTHER_ACCOUNT, "the role is of account W, whoever passes it of G"),
        (Reason.OTHER_ISSUER, "the issuer is G; the provider is for W"),
        (Reason.OTHER_NAMESPACE, "the role is associated with G, not with W"),
        (Reason.OTHER_ROLE_ASSOCIATED, "the service account is associated with G"),
        (Reason.OTHER_SERVICE_ACCOUNT, "the role is associated with G, not with W"),
        (Reason.TARGET_OF_ASSOCIATION, "EKS assumes G, which then assumes the role"),
        (Reason.OTHER_PARTITION, "the caller is in G, the role in W"),
        (Reason.OVER_CHAINING_LIMIT, "G seconds, where these credentials allow W at most"),
        (Reason.OVER_ROLE_MAXIMUM, "G seconds, where the role allows W at most"),
        (Reason.PROVIDER_ELSEWHERE, "G is not of the role's account, W"),
        (Reason.RESERVED_ROLE, "G is a role that only AWS assumes"),
        (Reason.ROLE_NOT_CLAIMED, "it is for G, not for W"),
        (Reason.ROOT_CALLER, "a root user cannot call AssumeRole: G"),
        (Reason.SECOND_SWITCH, "the console asks as G, not as W"),
        (Reason.SERVICE_LINKED_ROLE, "G is a role that only an AWS service assumes"),
        (Reason.SOURCE_IDENTITY_FIXED, "the request has G; the session already has W"),
        (Reason.TAG_INHERITED, "G is a transitive tag of the session, which a request cannot change"),
        (Reason.TOKEN_EXPIRED, "expired at G, before the call at W"),
        (Reason.TOKEN_NOT_YET_VALID, "valid from G, after the call at W"),
        (Reason.TOKEN_OLD, "issued at G, long before the call at W"),
    ],
)
def test_each_reason_says_what_there_is_and_what_is_asked_for(reason: Reason, words: str) -> None:
    assert told(Gate.ROLE, NO, reason) == words


@pytest.mark.parametrize(
    ("gate", "reason", "words"),
    [
        (Gate.DURATION, Reason.OVER_CHAINING_LIMIT, "G seconds; whether these credentials allow so much is not known"),
        (Gate.DURATION, Reason.OVER_ROLE_MAXIMUM, "G seconds; the role's maximum is not known"),
        (
            Gate.PARAMETERS,
            Reason.SOURCE_IDENTITY_FIXED,
            "the request has G; whether the session has another one is not known",
        ),
        (
            Gate.PARAMETERS,
            Reason.TAG_INHERITED,
            "G may be a transitive tag of the session, which a request cannot change",
        ),
        (Gate.TOKEN, Reason.TOKEN_NOT_YET_VALID, "valid from G, after the call at W"),
        (Gate.TOKEN, Reason.TOKEN_OLD, "issued at G, long before the call at W"),
        (Gate.ROLE, Reason.NO_SUCH_ROLE, "whether the role exists is not known"),
        (Gate.PROVIDER, Reason.NO_SUCH_PROVIDER, "whether the role's account has the identity provider is not known"),
        (Gate.CONSOLE, Reason.SECOND_SWITCH, "what the console sends is not known"),
    ],
)
def test_what_may_not_be_met_is_told_with_what_is_not_known(gate: Gate, reason: Reason, words: str) -> None:
    assert told(gate, UNKNOWN, reason) == words


def test_a_parameter_is_told_with_what_it_may_be() -> None:
    gate = GateTrace(
        Gate.PARAMETERS,
        NO,
        Reason.BAD_SYNTAX,
        parameter=Parameter.DURATION_SECONDS,
        least=900,
        limit=43200,
        got=("60",),
    )
    assert gate_answer(gate) == "DurationSeconds: between 900 and 43200; the request has 60"


@pytest.mark.parametrize(
    ("reason", "wanted", "got", "words"),
    [
        pytest.param(Reason.OTHER_ISSUER, "", ("G",), "other issuer", id="what is asked for"),
        pytest.param(Reason.OTHER_ISSUER, "W", (), "other issuer", id="what there is"),
        pytest.param(Reason.NO_SUCH_ROLE, "W", (), "there is no W", id="what is not told"),
        pytest.param(Reason.NO_SUCH_CALLER, "", ("G", "H"), "G, H does not exist", id="one that is not, of several"),
    ],
)
def test_where_a_side_is_not_known_nothing_is_compared_with_it(
    reason: Reason, wanted: str, got: tuple[str, ...], words: str
) -> None:
    assert told(Gate.PROVIDER, NO, reason, wanted, got) == words
