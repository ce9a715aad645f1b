"""Requests that more than one thing denies."""

from msgspec.structs import replace
from tests.report.denials import wrong_principal
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
    Via,
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
    RemainingBlocker,
    Remedy,
    StatementPlace,
    Verdict,
)
from diagnose.model.evidence import Gap, Known, Unread
from diagnose.model.policy import Level, PolicyKind, PolicySet
from diagnose.model.trace import (
    Action,
    Blocker,
    Decision,
    Effect,
    Element,
    Gate,
    GateTrace,
    Layer,
    LayerTrace,
    LevelTrace,
    Match,
    Note,
    Reason,
)
from diagnose.model.tri import NO, UNKNOWN, YES


def denied_by_scp(names: Names = NAMES) -> Diagnosis:
    """A service control policy denies; the session policy hides, and the session is too long. AWS agrees."""
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}
    deny = {"Sid": "NoSts", "Effect": "Deny", "Action": "sts:*", "Resource": "*", "Condition": elsewhere}
    scp = policy_of(names.scp, PolicyKind.SCP, {"Version": "2012-10-17", "Statement": deny})
    trust = policy_of(names.role, PolicyKind.TRUST, trusting(names.caller_arn))
    identity = identity_of(names)
    key = "/Statement/0/Condition/StringNotEquals/aws:RequestedRegion"
    region = comparison(Element.CONDITION, YES, Reason.VALUE_DIFFERS, key, wanted="eu-west-1", got="us-east-1")
    denied = Blocker(Action.ASSUME_ROLE, Layer.SCP, explicit=True)
    too_long = GateTrace(Gate.DURATION, NO, Reason.OVER_CHAINING_LIMIT, limit=3600, got=("7200",))
    finding = Finding(
        rule="scp-region",
        certainty=Certainty.CERTAIN,
        owner=Owner.CALLER,
        title="A service control policy denies the Region of the STS endpoint",
        explanation=(
            f"`{names.scp}`, attached to `{names.unit}`, denies every STS call outside of `eu-west-1`. "
            "The call went to `sts.amazonaws.com`, which counts as `us-east-1`."
        ),
        layer=Layer.SCP,
        excerpts=(Excerpt(Layer.SCP, scp, key, "the request is made in us-east-1", names.unit),),
        remedies=(
            Remedy(
                kind="use-regional-endpoint",
                owner=Owner.CALLER,
                text="Call the STS endpoint of `eu-west-1`.",
                proof=Proof.CLEARS,
                flags=("--region", "eu-west-1"),
                commands=(("aws-cli", "export AWS_STS_REGIONAL_ENDPOINTS=regional AWS_REGION=eu-west-1"),),
                remaining=(RemainingBlocker(Blocker(gate=Gate.DURATION), too_long),),
            ),
        ),
        sources=("https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html",),
    )
    duration = Finding(
        rule="request-duration-chaining",
        certainty=Certainty.CERTAIN,
        owner=Owner.CALLER,
        title="The duration is over the limit for role chaining",
        explanation="A session of a role asks for 7200 seconds. Role chaining allows 3600 at most.",
        remedies=(
            Remedy(
                kind="lower-duration",
                owner=Owner.CALLER,
                text="Ask for 3600 seconds or less.",
                proof=Proof.CLEARS,
                flags=("--duration", "3600"),
                remaining=(RemainingBlocker(denied, statements=(StatementPlace(names.scp, 0, "NoSts"),)),),
            ),
        ),
    )
    decided = decided_with(
        NO,
        scp=LayerTrace(
            Layer.SCP,
            NO,
            YES,
            (
                LevelTrace("Root", YES, NO),
                LevelTrace(names.unit, YES, YES, (statement_of(Layer.SCP, scp, YES, "NoSts", region, Effect.DENY),)),
            ),
        ),
        trust=layer_of(Layer.TRUST, YES, [statement_of(Layer.TRUST, trust, YES, "", principal_fits(names.caller_arn))]),
        identity=layer_of(Layer.IDENTITY, YES, [statement_of(Layer.IDENTITY, identity, YES, "", resource_fits(names))]),
        session=layer_of(
            Layer.SESSION,
            UNKNOWN,
            [],
            unread=[Unread(Gap.NO_API, f"session policy of {names.session_arn}")],
        ),
        match=Match.ROLE,
    )
    gates = (
        GateTrace(Gate.ROLE, YES, Reason.MATCHES),
        too_long,
    )
    blockers = (denied, Blocker(gate=Gate.DURATION))
    case = case_of(names, names.session_arn, trust, [identity])
    levels = (
        Level("r-ab12", "Root", PolicySet()),
        Level("ou-ab12-cdefgh34", names.unit, PolicySet((scp,))),
        Level(names.source_account, "", PolicySet()),
    )
    case = replace(
        case,
        request=replace(
            case.request,
            via=Via.CLI,
            region="aws-global",
            parameters=Parameters(session_name="release", duration_seconds=7200),
        ),
        snapshot=replace(case.snapshot, source=replace(case.snapshot.source, scps=Known(levels))),
        probe=ProbeResult(
            ProbeOutcome.ACCESS_DENIED,
            names.session_arn,
            "AccessDenied",
            REFUSED.format(
                caller=names.session_arn,
                role=names.role_arn,
                why=" with an explicit deny in a service control policy: "
                "arn:aws:organizations::333333333333:policy/o-a1b2c3d4e5/service_control_policy/p-12ab34cd",
            ),
        ),
    )
    return Diagnosis(
        case, Decision(NO, False, (decided,), gates, blockers), Verdict.DENIED, Agreement.AGREES, (finding, duration)
    )


def unexplained(names: Names = NAMES) -> Diagnosis:
    """The external ID differs in case and no rule says so; the companion action is denied, too."""
    known = wrong_principal(names)
    asked = trusting(names.caller_arn, sid=names.sid)
    asked["Statement"][0]["Condition"] = {"StringEquals": {"sts:ExternalId": names.other_external_id}}
    trust = policy_of(names.role, PolicyKind.TRUST, asked)
    differs = comparison(
        Element.CONDITION,
        NO,
        Reason.CASE_DIFFERS,
        "/Statement/0/Condition/StringEquals/sts:ExternalId",
        wanted=names.other_external_id,
        got=names.external_id,
    )
    trace = layer_of(Layer.TRUST, NO, [statement_of(Layer.TRUST, trust, NO, names.sid, differs)])
    boundary = layer_of(Layer.BOUNDARY, NO, [], why="its one statement allows sts:AssumeRole only")
    identity = known.decision.actions[0].layers[4]
    tagging = replace(decided_with(NO, trust=trace, identity=identity, boundary=boundary), action=Action.TAG_SESSION)
    decision = Decision(
        NO,
        False,
        (decided_with(NO, trust=trace, identity=identity), tagging),
        blockers=(Blocker(Action.ASSUME_ROLE, Layer.TRUST), Blocker(Action.TAG_SESSION, Layer.BOUNDARY)),
        notes=(Note(Layer.TRUST, "values are compared with their case", f"{GUIDE}reference_policies.html"),),
    )
    parameters = Parameters(session_name=names.session, external_id=names.external_id, tags={"team": "payments"})
    case = replace(
        known.case,
        request=replace(known.case.request, parameters=parameters),
        snapshot=replace(
            known.case.snapshot,
            destination=replace(known.case.snapshot.destination, trust_policy=Known(trust)),
        ),
        message=REFUSED.format(caller=names.caller_arn, role=names.role_arn, why=""),
    )
    answer = AwsAnswer(ErrorKind.NOT_AUTHORIZED, "AccessDenied", refuses=True, by_policy=YES)
    return Diagnosis(case, decision, Verdict.DENIED, answer=answer)
