"""Requests that are allowed, undetermined, or answered otherwise than computed."""

from msgspec.structs import replace
from tests.report.parts import (
    GUIDE,
    NAMES,
    REFUSED,
    Names,
    case_of,
    comparison,
    decided_with,
    identity_of,
    layer_of,
    policy_of,
    principal_fits,
    resource_fits,
    statement_of,
    trusting,
)

from diagnose.model.aws_error import ErrorKind
from diagnose.model.case import (
    Parameters,
    ProbeOutcome,
    ProbeResult,
)
from diagnose.model.diagnosis import (
    Agreement,
    AwsAnswer,
    Certainty,
    Diagnosis,
    Excerpt,
    Finding,
    Owner,
    Proof,
    Remedy,
    Verdict,
)
from diagnose.model.evidence import Gap, Unread
from diagnose.model.key_state import Alternative, ConditionKey
from diagnose.model.policy import PolicyKind
from diagnose.model.trace import (
    Decision,
    Doubt,
    Element,
    Layer,
    Match,
    Reason,
)
from diagnose.model.tri import UNKNOWN, YES


def mfa_doubt(names: Names = NAMES) -> Diagnosis:
    """Nobody knows whether the user signed in with MFA, which the trust policy asks for."""
    trust_document = trusting(names.user_arn)
    trust_document["Statement"][0]["Condition"] = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    trust = policy_of(names.role, PolicyKind.TRUST, trust_document)
    identity = identity_of(names)
    key = "/Statement/0/Condition/Bool/aws:MultiFactorAuthPresent"
    unknown = comparison(Element.CONDITION, UNKNOWN, Reason.NOT_TOLD, key, wanted="true")
    finding = Finding(
        rule="trust-mfa",
        certainty=Certainty.POSSIBLE,
        owner=Owner.CALLER,
        title="The trust policy asks for multi-factor authentication",
        explanation="The trust policy lets the user in only with `aws:MultiFactorAuthPresent` true.",
        layer=Layer.TRUST,
        excerpts=(Excerpt(Layer.TRUST, trust, key, "not known of this request"),),
        remedies=(
            Remedy(
                kind="send-mfa",
                owner=Owner.CALLER,
                text="Send the serial number and a code of the user's own MFA device with the call.",
                proof=Proof.ALLOWED,
                flags=("--mfa-serial", f"arn:aws:iam::{names.source_account}:mfa/{names.user}"),
            ),
        ),
        sources=(f"{GUIDE}id_credentials_mfa_configure-api-require.html",),
        unknown=("whether the caller's credentials come from a sign-in with MFA",),
    )
    decided = decided_with(
        UNKNOWN,
        trust=layer_of(Layer.TRUST, UNKNOWN, [statement_of(Layer.TRUST, trust, UNKNOWN, "", unknown)]),
        identity=layer_of(Layer.IDENTITY, YES, [statement_of(Layer.IDENTITY, identity, YES, "", resource_fits(names))]),
    )
    doubt = Doubt(
        ConditionKey("aws:MultiFactorAuthPresent"),
        YES,
        (Alternative(("true",)),),
        (Alternative(("false",)), Alternative(())),
        (Unread(Gap.NO_API, "whether the caller's credentials come from a sign-in with MFA"),),
    )
    return Diagnosis(
        case_of(names, names.user_arn, trust, [identity]),
        Decision(UNKNOWN, False, (decided,), doubts=(doubt,)),
        Verdict.UNDETERMINED,
        findings=(finding,),
    )


def allowed(names: Names = NAMES) -> Diagnosis:
    """Both sides allow, the external ID fits, and AWS says the same."""
    trust_document = trusting(names.caller_arn, sid=names.sid)
    trust_document["Statement"][0]["Condition"] = {"StringEquals": {"sts:ExternalId": names.external_id}}
    trust = policy_of(names.role, PolicyKind.TRUST, trust_document)
    identity = identity_of(names)
    decided = decided_with(
        YES,
        trust=layer_of(
            Layer.TRUST, YES, [statement_of(Layer.TRUST, trust, YES, names.sid, principal_fits(names.caller_arn))]
        ),
        identity=layer_of(Layer.IDENTITY, YES, [statement_of(Layer.IDENTITY, identity, YES, "", resource_fits(names))]),
        match=Match.ROLE,
    )
    case = case_of(names, names.session_arn, trust, [identity])
    case = replace(
        case,
        request=replace(case.request, parameters=Parameters(session_name="release", external_id=names.external_id)),
        probe=ProbeResult(ProbeOutcome.ASSUMED, names.session_arn),
    )
    return Diagnosis(case, Decision(YES, False, (decided,)), Verdict.ALLOWED, Agreement.AGREES)


def contradicted(names: Names = NAMES) -> Diagnosis:
    """The policies say yes; AWS says no."""
    computed = allowed(names)
    message = REFUSED.format(caller=names.session_arn, role=names.role_arn, why="")
    probe = ProbeResult(ProbeOutcome.ACCESS_DENIED, names.session_arn, "AccessDenied", message)
    return replace(
        computed,
        case=replace(computed.case, probe=probe),
        verdict=Verdict.DENIED,
        agreement=Agreement.CONTRADICTS,
        answer=AwsAnswer(ErrorKind.NOT_AUTHORIZED, "AccessDenied", refuses=True, by_policy=YES),
    )
