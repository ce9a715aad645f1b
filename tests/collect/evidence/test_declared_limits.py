"""SCPs, RCPs and policies of VPC endpoints that infrastructure files declare, and whom they reach."""

import json
from typing import Any

import pytest

from diagnose.collect.evidence.declared_limit import DeclaredLimits
from diagnose.collect.evidence.declared_limits import LIMIT_KINDS, with_limits
from diagnose.collect.evidence.handed_over import InputFile
from diagnose.collect.evidence.infrastructure import read_infrastructure
from diagnose.evaluate.decision import decide
from diagnose.model.case import Case, DestinationSide, Endpoint, Organization, Request, Snapshot, SourceSide
from diagnose.model.evidence import NOT_SUPPLIED, Evidence, Gap, Known, Unread
from diagnose.model.policy import Level, Policy, PolicyKind, PolicySet, document_text, raw_document
from diagnose.model.trace import Layer
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

SOURCE, ROLE = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"
DENY = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"},
}
ALLOW = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
STATED: Evidence[tuple[Level, ...]] = Known((), "stated")


def scp(document: Any = DENY, **values: Any) -> tuple[str, dict[str, Any]]:
    statement = {key: value for key, value in document["Statement"].items() if key != "Principal"}
    content = {**document, "Statement": statement}
    return "aws_organizations_policy", {"id": "p-1", "name": "NoRoles", "content": json.dumps(content), **values}


def attached(target: str, policy: str = "p-1") -> tuple[str, dict[str, Any]]:
    return "aws_organizations_policy_attachment", {"policy_id": policy, "target_id": target}


def inside(own: str, parent: str) -> tuple[str, dict[str, Any]]:
    kind = "account" if own.isdigit() else "organizational_unit"
    return f"aws_organizations_{kind}", {"id": own, "parent_id": parent}


def state(*resources: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    listed = [
        {"address": f"{kind}.x{number}", "mode": "managed", "type": kind, "name": f"x{number}", "values": values}
        for number, (kind, values) in enumerate(resources)
    ]
    return {"format_version": "1.0", "values": {"root_module": {"resources": listed}}}


def template(kind: str, **properties: Any) -> dict[str, Any]:
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"P": {"Type": kind, "Properties": properties}}}


def limits(file: dict[str, Any], *, planned: bool = False) -> DeclaredLimits:
    text = InputFile("org.json", json.dumps(file).encode())
    return read_infrastructure(text, planned=planned, arns=(SOURCE, ROLE), parameters={}).limits


def snapshot(
    file: dict[str, Any], scps: Evidence[tuple[Level, ...]] = NOT_SUPPLIED, *, through: str = "", planned: bool = False
) -> Snapshot:
    source = SourceSide(SOURCE, scps=scps, organization=Known(Organization("o-1", management_account="999999999999")))
    return with_limits(Snapshot(source), ROLE, limits(file, planned=planned), through)


def verdict(file: dict[str, Any], scps: Evidence[tuple[Level, ...]] = NOT_SUPPLIED, *, planned: bool = False) -> Tri:
    """What the SCPs of the source say of the request."""
    case = Case(Request(ROLE), snapshot(file, scps, planned=planned))
    return next(trace.verdict for trace in decide(case).actions[0].layers if trace.layer is Layer.SCP)


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(state(scp(), attached("111111111111")), id="attached to the account"),
        pytest.param(
            state(scp(), attached("ou-ab12-1"), inside("111111111111", "ou-ab12-1")), id="attached to the account's OU"
        ),
        pytest.param(
            state(scp(), attached("r-ab12"), inside("111111111111", "ou-ab12-1"), inside("ou-ab12-1", "r-ab12")),
            id="attached to the root above it",
        ),
        pytest.param(
            template(
                "AWS::Organizations::Policy",
                Name="NoRoles",
                Type="SERVICE_CONTROL_POLICY",
                Content={"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}},
                TargetIds=["111111111111"],
            ),
            id="CloudFormation's template",
        ),
    ],
)
def test_a_policy_that_reaches_the_account_denies_whatever_there_is_besides(file: dict[str, Any]) -> None:
    assert verdict(file) is NO
    assert verdict(file, STATED) is NO


@pytest.mark.parametrize(
    ("file", "said"),
    [
        pytest.param(
            state(scp(), attached("ou-ab12-1")), "attached to `ou-ab12-1`", id="an OU of which nothing is known"
        ),
        pytest.param(
            state(scp(), attached("r-ab12"), inside("111111111111", "ou-ab12-1")),
            "whether account 111111111111 is below is not in org.json",
            id="a root above an OU of which nothing is known",
        ),
        pytest.param(state(scp(), attached("222222222222", "")), "is not known in org.json", id="an unnamed policy"),
        pytest.param(
            template(
                "AWS::Organizations::Policy",
                Name="NoRoles",
                Type="SERVICE_CONTROL_POLICY",
                Content=DENY,
                TargetIds=[{"Fn::ImportValue": "account"}],
            ),
            "is not known in org.json",
            id="a target that CloudFormation imports",
        ),
    ],
)
def test_one_that_may_reach_it_leaves_a_gap(file: dict[str, Any], said: str) -> None:
    assert verdict(file) is UNKNOWN
    assert verdict(file, STATED) is UNKNOWN
    scps = snapshot(file).source.scps
    assert isinstance(scps, Known)
    assert said in " ".join(gap.detail for level in scps.value for gap in level.policies.unread)


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(state(scp(), attached("333333333333")), id="another account's"),
        pytest.param(state(scp()), id="attached to nothing"),
        pytest.param(
            state(scp(), attached("ou-ab12-2"), inside("111111111111", "r-ab12")), id="an OU that the account is not in"
        ),
        pytest.param(state(scp(type="TAG_POLICY"), attached("111111111111")), id="a policy of another type"),
    ],
)
def test_one_that_reaches_others_is_no_evidence(file: dict[str, Any]) -> None:
    assert snapshot(file).source.scps == NOT_SUPPLIED
    assert verdict(file, STATED) is YES


def test_what_allows_is_enough_only_where_nothing_else_is_attached() -> None:
    file = state(scp(ALLOW), attached("111111111111"))
    assert verdict(file) is UNKNOWN
    assert verdict(file, STATED) is YES


def test_one_that_reaches_the_account_anyway_may_reach_others_as_well() -> None:
    assert verdict(state(scp(ALLOW), attached("111111111111"), attached("ou-ab12-1")), STATED) is YES


def test_where_nothing_surely_reaches_the_account_no_policy_of_aws_is_made_up() -> None:
    file = limits(state(scp(type="RESOURCE_CONTROL_POLICY"), attached("ou-ab12-1")))
    stated = Snapshot(SourceSide(SOURCE), DestinationSide(rcps=STATED))
    rcps = with_limits(stated, ROLE, file, "").destination.rcps
    assert isinstance(rcps, Known)
    assert [level.policies.policies for level in rcps.value] == [()]


def test_what_was_read_from_aws_counts_before_a_file() -> None:
    everything = Policy("FullAWSAccess", raw_document(ALLOW), PolicyKind.SCP)
    read = Known((Level("account", "the account", PolicySet((everything,))),), "organizations:DescribePolicy")
    assert verdict(state(scp(), attached("111111111111")), read) is YES


def test_a_plan_says_what_is_and_what_will_be() -> None:
    def change(kind: str, after: dict[str, Any], **unknown: bool) -> dict[str, Any]:
        known = {key: value for key, value in after.items() if key not in unknown}
        changed = {"actions": ["create"], "before": None, "after": known, "after_unknown": unknown}
        return {"address": f"{kind}.x", "mode": "managed", "type": kind, "name": "x", "change": changed}

    plan = {
        "format_version": "1.2",
        "planned_values": {},
        "resource_changes": [
            change(*scp(), id=True),
            change(*attached("111111111111"), policy_id=True),
        ],
    }
    assert snapshot(plan).source.scps == NOT_SUPPLIED
    assert verdict(plan, planned=True) is UNKNOWN, "whether it is this policy that is attached, a plan does not say"


def test_an_rcp_reaches_the_role_s_account() -> None:
    file = state(scp(type="RESOURCE_CONTROL_POLICY", content=json.dumps(DENY)), attached("222222222222"))
    side = snapshot(file).destination
    assert isinstance(side.rcps, Known)
    [level] = side.rcps.value
    assert [policy.name for policy in level.policies.policies] == ["NoRoles"]
    assert json.loads(document_text(level.policies.policies[0].document)) == DENY
    assert snapshot(file).source.scps == NOT_SUPPLIED


OF_STS = {"id": "vpce-1", "service_name": "com.amazonaws.eu-west-1.sts", "policy": json.dumps(DENY)}


def test_the_policy_of_the_endpoint_that_the_request_goes_through_is_known() -> None:
    endpoint = snapshot(state(("aws_vpc_endpoint", OF_STS)), through="vpce-1").endpoint
    assert isinstance(endpoint, Known)
    assert endpoint.value is not None
    assert endpoint.value.id == "vpce-1"
    assert isinstance(endpoint.value.policy, Known)


@pytest.mark.parametrize(
    ("file", "through"),
    [
        pytest.param(state(("aws_vpc_endpoint", OF_STS)), "", id="nobody says that one is used"),
        pytest.param(state(("aws_vpc_endpoint", OF_STS)), "vpce-2", id="another is used"),
        pytest.param(
            state(("aws_vpc_endpoint", {**OF_STS, "service_name": "com.amazonaws.eu-west-1.s3"})), "vpce-1", id="of S3"
        ),
    ],
)
def test_an_endpoint_that_is_not_surely_the_one_is_no_evidence(file: dict[str, Any], through: str) -> None:
    assert snapshot(file, through=through).endpoint == NOT_SUPPLIED


@pytest.mark.parametrize("service", ["com.amazonaws.eu-west-1.sts", {"Fn::Sub": "com.amazonaws.${AWS::Region}.sts"}])
def test_an_endpoint_whose_id_is_not_known_may_be_the_one(service: Any) -> None:
    file = template("AWS::EC2::VPCEndpoint", ServiceName=service, PolicyDocument=ALLOW, VpcId="vpc-1")
    endpoint = snapshot(file, through="vpce-1").endpoint
    assert isinstance(endpoint, Known)
    assert isinstance(endpoint.value, Endpoint)
    assert isinstance(endpoint.value.policy, Unread)
    assert endpoint.value.policy.gap is Gap.NOT_SUPPLIED
    assert "--endpoint-policy" in endpoint.value.policy.detail


@pytest.mark.parametrize("kind", LIMIT_KINDS)
@pytest.mark.parametrize("broken", [None, 7, [], [7], {"a": 1}, "x"])
def test_arguments_of_any_shape_are_read(kind: str, broken: object) -> None:
    names = ("id", "name", "type", "content", "policy_id", "target_id", "parent_id", "service_name", "policy")
    of_template = ("Name", "Type", "Content", "TargetIds", "ServiceName")
    limits(
        template(kind, **dict.fromkeys(of_template, broken))
        if "::" in kind
        else state((kind, dict.fromkeys(names, broken)))
    )
