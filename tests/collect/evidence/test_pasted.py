"""Policies in files as evidence: each fills its layer, and nothing that no file holds is taken for absent."""

import json
from typing import Any

import pytest

from diagnose.collect.evidence.handed_over import InputFile, PastedPolicies
from diagnose.collect.evidence.pasted import role_in, with_pasted
from diagnose.errors import XdiagError
from diagnose.model.case import DestinationSide, Snapshot, SourceSide
from diagnose.model.evidence import NOT_SUPPLIED, Known, Unread
from diagnose.model.policy import NO_POLICIES_SUPPLIED

USER = "arn:aws:iam::111111111111:user/ci"
ROLE = "arn:aws:iam::222222222222:role/p/Deploy"
DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
MANAGED = "arn:aws:iam::111111111111:policy/team/AssumeDeploy"


def file(value: Any, place: str = "f.json") -> InputFile:
    return InputFile(place, json.dumps(value).encode())


def snapshot(source: str = USER, **pasted: Any) -> Snapshot:
    return with_pasted(Snapshot(SourceSide(source)), ROLE, PastedPolicies(**pasted))


def test_a_layer_without_a_file_stays_unread() -> None:
    assert snapshot() == Snapshot(SourceSide(USER))
    put = snapshot(trust=file(DOCUMENT))
    assert put.source == SourceSide(USER)
    assert put.destination.rcps == DestinationSide().rcps == NOT_SUPPLIED
    assert put.endpoint == NOT_SUPPLIED


def test_a_trust_policy_is_the_roles_and_bears_its_name() -> None:
    destination = snapshot(trust=file(DOCUMENT)).destination
    assert isinstance(destination.role, Known)
    assert isinstance(destination.trust_policy, Known)
    assert destination.role.value is not None
    assert (destination.role.value.arn, destination.trust_policy.value.name) == (ROLE, "Deploy")
    assert isinstance(destination.role.value.max_session_seconds, Unread)
    assert isinstance(destination.role.value.tags, Unread)


def described(arn: str, **more: Any) -> InputFile:
    role = {"RoleName": "x", "RoleId": "AROAX", "Arn": arn, "AssumeRolePolicyDocument": DOCUMENT, **more}
    return file({"Role": role})


def test_what_get_role_prints_tells_all_of_the_role() -> None:
    put = snapshot(trust=described(ROLE, MaxSessionDuration=7200, Tags=[{"Key": "team", "Value": "a"}]))
    assert isinstance(put.destination.role, Known)
    role = put.destination.role.value
    assert role is not None
    assert (role.unique_id, role.tags, role.max_session_seconds) == ("AROAX", Known({"team": "a"}), Known(7200))
    assert role_in(described(ROLE)) == ROLE


def test_a_role_under_another_path_is_not_the_one_that_was_asked_for() -> None:
    put = snapshot(trust=described("arn:aws:iam::222222222222:role/Deploy"))
    assert put.destination.role == Known(None, "f.json")
    assert put.destination.other_roles == Known(("arn:aws:iam::222222222222:role/Deploy",), "f.json")


def test_the_trust_policy_of_another_role_is_refused() -> None:
    with pytest.raises(XdiagError, match="is about `arn:aws:iam::222222222222:role/Other`"):
        snapshot(trust=described("arn:aws:iam::222222222222:role/Other"))


def test_identity_policies_that_are_only_named_stay_unread() -> None:
    names = file({"AttachedPolicies": [{"PolicyName": "AssumeDeploy", "PolicyArn": MANAGED}]})
    policies = snapshot(identity=[names]).source.identity_policies
    assert [gap.subject for gap in policies.unread] == [MANAGED]
    version = file({"PolicyVersion": {"Document": DOCUMENT, "VersionId": "v1"}}, "AssumeDeploy.json")
    both = snapshot(identity=[names, version]).source.identity_policies
    assert (len(both.policies), both.unread) == (1, ())
    unrelated = snapshot(identity=[names, file(DOCUMENT, "other.json")]).source.identity_policies
    assert [gap.subject for gap in unrelated.unread] == [MANAGED]


@pytest.mark.parametrize(
    ("boundary", "known"),
    [
        pytest.param({}, True, id="get-user shows none, so there is none"),
        pytest.param({"PermissionsBoundary": {"PermissionsBoundaryArn": MANAGED}}, False, id="one by its ARN alone"),
    ],
)
def test_get_user_tells_whether_there_is_a_boundary(boundary: dict[str, Any], known: bool) -> None:
    user = {"UserName": "ci", "UserId": "AIDAX", "Arn": USER, **boundary}
    source = snapshot(identity=[file({"User": user}), file(DOCUMENT)]).source
    assert isinstance(source.boundary, Known) is known
    assert isinstance(source.principal, Known)
    given = snapshot(identity=[file({"User": user})], boundary=file(DOCUMENT)).source
    assert isinstance(given.boundary, Known)
    assert given.boundary.value is not None


def test_a_user_that_is_described_must_be_the_source() -> None:
    with pytest.raises(XdiagError, match="is about"):
        snapshot(identity=[file({"User": {"UserId": "AIDAX", "Arn": "arn:aws:iam::111111111111:user/other"}})])


def test_an_scp_does_not_stand_for_all_of_them() -> None:
    put = snapshot(scps=[file(DOCUMENT)])
    assert isinstance(put.source.scps, Known)
    (level,) = put.source.scps.value
    assert (len(level.policies.policies), level.policies.unread) == (1, (NOT_SUPPLIED,))
    assert put.destination.rcps == NOT_SUPPLIED


def test_an_scp_beside_none_other_comes_after_awss_own() -> None:
    none = Snapshot(SourceSide(USER, scps=Known(())), DestinationSide(rcps=Known(())))
    put = with_pasted(none, ROLE, PastedPolicies(scps=[file(DOCUMENT)], rcps=[file(DOCUMENT)]))
    assert isinstance(put.source.scps, Known)
    assert isinstance(put.destination.rcps, Known)
    assert [policy.name for policy in put.source.scps.value[0].policies.policies] == ["FullAWSAccess", "f.json"]
    assert [policy.name for policy in put.destination.rcps.value[0].policies.policies] == ["RCPFullAWSAccess", "f.json"]


def test_session_and_endpoint_policies_fill_their_layers() -> None:
    session = "arn:aws:sts::111111111111:assumed-role/ci/x"
    put = snapshot(session, session=[file(DOCUMENT)], endpoint=file(DOCUMENT))
    assert (len(put.source.session.policies.policies), put.source.session.policies.unread) == (1, ())
    assert put.source.identity_policies == NO_POLICIES_SUPPLIED
    assert isinstance(put.endpoint, Known)
    assert put.endpoint.value is not None
    assert isinstance(put.endpoint.value.policy, Known)
