"""AWS as a case has it: raw bodies, as the services write them, that go through the parsers of botocore."""

import json
import time
from collections.abc import Callable, Collection, Mapping
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.model import ListShape, Shape, StructureShape
from tests.aws.answers import Body

from diagnose.aws.session import Credentials
from diagnose.model.case import Case
from diagnose.model.evidence import Known
from diagnose.model.federation import OidcProvider, SamlProvider
from diagnose.model.pod import Association, Cluster
from diagnose.model.policy import Level, Policy, PolicyKind, document_text

MANAGEMENT = "999999999999"
SERVICES = ("iam", "sts", "organizations", "ec2", "iam-toolbox", "eks")
DETAILS = "iam:GetRequestAuthorizationDetails"
RECORDED = (DETAILS, "iam:GetRequestAuthorizationPolicy")
_TYPES = {"SERVICE_CONTROL_POLICY": "scps", "RESOURCE_CONTROL_POLICY": "rcps"}
_CREATED = "2024-05-06T08:00:00Z"

Answer = dict[str, Any]
Fault = Callable[[Any, "Exchange"], "bytes | tuple[int, bytes] | None"]


class Exchange:
    """One call: its action, what was sent, the answer and the shape of it. A fault changes the answer, or the body."""

    def __init__(self, action: str, sent: Mapping[str, Any], answer: Answer, shape: StructureShape) -> None:
        self.action, self.sent, self.answer, self.shape = action, sent, answer, shape
        self.json = _in_json(action)

    def body(self) -> bytes:
        """The answer in the form of its protocol."""
        if self.json:
            return json.dumps(self.answer).encode("utf-8")
        wrapper = self.shape.serialization.get("resultWrapper")
        inner = _xml(self.shape, self.answer, wrapper or "Response")
        return (f"<Response>{inner}</Response>" if wrapper else inner).encode("utf-8", "surrogatepass")


def serve(side: Credentials, by: Callable[[], tuple["Imitation", str]]) -> None:
    """Answer all calls of a side by the imitation of the moment, to whom the credentials belong at the moment."""

    def responder(client: Any, service: str) -> Callable[..., AWSResponse]:
        def respond(request: Any, event_name: str, **_: object) -> AWSResponse:
            aws, arn = by()
            operation = event_name.rpartition(".")[2]
            body = request.body if isinstance(request.body, str) else (request.body or b"").decode()
            if service == "iam-toolbox":
                body = urlsplit(request.url).query
            if service == "eks":
                sent = _in_path(request.url)
            else:
                sent = json.loads(body) if service == "organizations" else dict(parse_qsl(body))
            prefix = client.meta.service_model.signing_name
            status, answered = aws.respond(client, f"{prefix}:{operation}", sent, arn)
            return AWSResponse(request.url, status, HTTPHeaders(), Body(answered))

        return respond

    for service in SERVICES:
        client = side.client(service)
        client.meta.events.register_first("before-send", responder(client, service))


class RefusedError(Exception):
    """An error code of AWS."""


class Imitation:
    """Answers all calls; `fault`, if there is one, has its way with `action`. Lists come `size` items a page."""

    def __init__(self, case: Case, *, delay: float = 0, throttled: bool = False, size: int = 1) -> None:
        self._delay, self._throttled, self._size = delay, throttled, size
        self.called: list[str] = []
        self._numbers = count(1)
        self.action = ""
        self.fault: Fault | None = None
        self.refused: Collection[str] = ()
        """The actions that the reader may not call."""
        self._case = case
        self._policies: dict[str, Policy] = {}
        source = case.snapshot.source
        held = [*source.identity_policies.policies]
        if isinstance(source.boundary, Known) and source.boundary.value is not None:
            held.append(source.boundary.value)
        held += [policy for levels in self._chains() for level in levels for policy in level.policies.policies]
        self._policies = {policy.arn: policy for policy in held if policy.arn}

    def serve(self, side: Credentials, arn: str) -> None:
        """Answer all calls of a side, whose credentials belong to `arn`."""
        serve(side, lambda: (self, arn))

    def respond(self, client: Any, action: str, sent: dict[str, Any], arn: str) -> tuple[int, bytes]:
        self.called.append(action)
        number = next(self._numbers)  # of this call, whatever comes in while it waits
        time.sleep(self._delay)
        if self._throttled and number % 3 == 0:
            return 400, b'{"__type": "ThrottlingException"}' if _in_json(action) else _THROTTLED
        if action in self.refused:
            if _in_json(action):
                return 400, b'{"__type": "AccessDeniedException", "message": "no"}'
            code = "UnauthorizedOperation" if action.startswith("ec2:") else "AccessDenied"
            return 403, f"<R><Error><Code>{code}</Code><Message>no</Message></Error></R>".encode()
        operation = action.partition(":")[2]
        try:
            answer = getattr(self, f"_{xform_name(operation)}")({**sent, "arn": arn, "size": self._size})
        except RefusedError as error:
            code = str(error)
            if _in_json(action):
                return 400, json.dumps({"__type": code, "Message": "no"}).encode()
            return 404, f"<R><Error><Code>{code}</Code><Message>no</Message></Error></R>".encode()
        shape = client.meta.service_model.operation_model(operation).output_shape
        exchange = Exchange(action, sent, answer, shape)
        if self.fault is not None and action == self.action:
            changed = self.fault(None, exchange)
            if isinstance(changed, tuple):
                return changed
            if changed is not None:
                return 200, changed
        return 200, exchange.body()

    # One method an operation, by its name.

    def _get_caller_identity(self, sent: Answer) -> Answer:
        return {"UserId": "AIDAEXAMPLE", "Account": sent["arn"].split(":")[4], "Arn": sent["arn"]}

    def _assume_role(self, _: Answer) -> Answer:
        key = {"AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "x", "SessionToken": "y"}
        return {
            "Credentials": {**key, "Expiration": _CREATED},
            "AssumedRoleUser": {"AssumedRoleId": "AROA:x", "Arn": "arn:aws:sts::222222222222:assumed-role/Deploy/x"},
        }

    def _get_user(self, _: Answer) -> Answer:
        return {"User": self._principal("User")}

    def _get_role(self, sent: Answer) -> Answer:
        role = self._case.snapshot.destination.role
        assert isinstance(role, Known)
        if role.value is not None and role.value.arn.endswith(f"/{sent['RoleName']}"):
            return {"Role": self._role()}
        principal = self._case.snapshot.source.principal
        assert isinstance(principal, Known)
        if principal.value is None or not principal.value.arn.endswith(f"/{sent['RoleName']}"):
            raise RefusedError("NoSuchEntity")
        return {"Role": self._principal("Role") | {"AssumeRolePolicyDocument": _quoted(_OTHER)}}

    def _list_roles(self, sent: Answer) -> Answer:
        others = self._case.snapshot.destination.other_roles
        role = self._case.snapshot.destination.role
        assert isinstance(others, Known)
        assert isinstance(role, Known)
        roles = [
            {**_entity("Role", other, "AROAEXAMPLEEXAMPLE01"), "AssumeRolePolicyDocument": _quoted(_OTHER)}
            for other in others.value
        ]
        return _page("Roles", [*roles, *([self._role()] if role.value is not None else [])], sent)

    def _list_open_id_connect_providers(self, _: Answer) -> Answer:
        return {"OpenIDConnectProviderList": [{"Arn": provider.arn} for provider in self._oidc_providers()]}

    def _get_open_id_connect_provider(self, sent: Answer) -> Answer:
        for provider in self._oidc_providers():
            if provider.arn == sent["OpenIDConnectProviderArn"]:
                assert isinstance(provider.client_ids, Known)
                assert isinstance(provider.thumbprints, Known)
                return {
                    "Url": provider.name,
                    "ClientIDList": list(provider.client_ids.value),
                    "ThumbprintList": list(provider.thumbprints.value),
                    "CreateDate": provider.created_at,
                }
        raise RefusedError("NoSuchEntity")

    def _list_saml_providers(self, _: Answer) -> Answer:
        listed = [{"Arn": each.arn, "CreateDate": each.created_at} for each in self._saml_providers()]
        return {"SAMLProviderList": listed}

    def _get_saml_provider(self, sent: Answer) -> Answer:
        for provider in self._saml_providers():
            if provider.arn == sent["SAMLProviderArn"]:
                assert isinstance(provider.entity_id, Known)
                metadata = f'<md:EntityDescriptor xmlns:md="{_METADATA}" entityID="{provider.entity_id.value}"/>'
                return {
                    "SAMLMetadataDocument": metadata,
                    "CreateDate": provider.created_at,
                    "ValidUntil": provider.valid_until,
                }
        raise RefusedError("NoSuchEntity")

    def _list_user_policies(self, sent: Answer) -> Answer:
        return _page("PolicyNames", [policy.name for policy in self._held(PolicyKind.INLINE, "")], sent)

    _list_role_policies = _list_user_policies

    def _list_group_policies(self, sent: Answer) -> Answer:
        held = self._held(PolicyKind.INLINE, f"group {sent['GroupName']}")
        return _page("PolicyNames", [policy.name for policy in held], sent)

    def _get_user_policy(self, sent: Answer) -> Answer:
        holder = next(name for name in ("UserName", "RoleName", "GroupName") if name in sent)
        group = f"group {sent['GroupName']}" if holder == "GroupName" else ""
        [policy] = [policy for policy in self._held(PolicyKind.INLINE, group) if policy.name == sent["PolicyName"]]
        return {
            holder: sent[holder],
            "PolicyName": policy.name,
            "PolicyDocument": quote(document_text(policy.document)),
        }

    _get_role_policy = _get_group_policy = _get_user_policy

    def _list_attached_user_policies(self, sent: Answer) -> Answer:
        if self._case.snapshot.source.identity_policies.unread:
            raise RefusedError("AccessDenied")
        group = f"group {sent['GroupName']}" if "GroupName" in sent else ""
        held = [
            {"PolicyName": policy.name, "PolicyArn": policy.arn} for policy in self._held(PolicyKind.MANAGED, group)
        ]
        return _page("AttachedPolicies", held, sent)

    _list_attached_role_policies = _list_attached_group_policies = _list_attached_user_policies

    def _list_groups_for_user(self, sent: Answer) -> Answer:
        groups = dict.fromkeys(policy.group for policy in self._identity_policies() if policy.group)
        account = self._case.snapshot.source.arn.split(":")[4]
        return _page(
            "Groups",
            [_entity("Group", f"arn:aws:iam::{account}:group/{name}", "AGPAEXAMPLEEXAMPLE01") for name in groups],
            sent,
        )

    def _get_policy(self, sent: Answer) -> Answer:
        policy = self._policies[sent["PolicyArn"]]
        return {
            "Policy": {"PolicyName": policy.name, "Arn": policy.arn, "DefaultVersionId": "v2", "IsAttachable": True}
        }

    def _get_policy_version(self, sent: Answer) -> Answer:
        text = document_text(self._policies[sent["PolicyArn"]].document) if sent["VersionId"] == "v2" else _OTHER
        return {
            "PolicyVersion": {
                "Document": quote(text),
                "VersionId": sent["VersionId"],
                "IsDefaultVersion": sent["VersionId"] == "v2",
                "CreateDate": _CREATED,
            }
        }

    def _list_policy_versions(self, sent: Answer) -> Answer:
        versions = [{"VersionId": name, "IsDefaultVersion": name == "v2"} for name in ("v2", "v1")]
        return _page("Versions", versions, sent)

    def _describe_organization(self, _: Answer) -> Answer:
        for side in (self._case.snapshot.source, self._case.snapshot.destination):
            if isinstance(side.organization, Known) and side.organization.value is not None:
                organization = side.organization.value
                return {"Organization": {"Id": organization.id, "MasterAccountId": organization.management_account}}
        raise RefusedError("AWSOrganizationsNotInUseException")

    def _list_parents(self, sent: Answer) -> Answer:
        for levels in self._chains():
            targets = [level.target for level in levels]
            if sent["ChildId"] in targets[1:]:
                parent = targets[targets.index(sent["ChildId"]) - 1]
                kind = "ROOT" if parent.startswith("r-") else "ORGANIZATIONAL_UNIT"
                return {"Parents": [{"Id": parent, "Type": kind}]}
        raise RefusedError("ChildNotFoundException")

    def _list_roots(self, _: Answer) -> Answer:
        root = next(levels[0].target for levels in self._chains() if levels)
        kinds = [{"Type": kind, "Status": "ENABLED"} for kind in _TYPES]
        return {"Roots": [{"Id": root, "Name": "Root", "PolicyTypes": kinds}]}

    def _describe_organizational_unit(self, sent: Answer) -> Answer:
        return {"OrganizationalUnit": {"Id": sent["OrganizationalUnitId"], "Name": "unit"}}

    def _list_policies_for_target(self, sent: Answer) -> Answer:
        source, destination = self._chains()
        levels = source if sent["Filter"] == "SERVICE_CONTROL_POLICY" else destination
        held = [policy for level in levels if level.target == sent["TargetId"] for policy in level.policies.policies]
        return _page("Policies", [_summary(policy) for policy in held], sent, "NextToken")

    def _describe_policy(self, sent: Answer) -> Answer:
        policy = next(each for each in self._policies.values() if each.arn.endswith(f"/{sent['PolicyId']}"))
        return {"Policy": {"PolicySummary": _summary(policy), "Content": document_text(policy.document)}}

    def _describe_vpc_endpoints(self, _: Answer) -> Answer:
        endpoint = self._case.snapshot.endpoint
        assert isinstance(endpoint, Known)
        if endpoint.value is None or not isinstance(endpoint.value.policy, Known) or not endpoint.value.policy.value:
            raise RefusedError("InvalidVpcEndpointId.NotFound")
        described = {
            "VpcEndpointId": endpoint.value.id,
            "VpcEndpointType": "Interface",
            "VpcId": endpoint.value.vpc,
            "ServiceName": "com.amazonaws.eu-west-1.sts",
            "PolicyDocument": document_text(endpoint.value.policy.value.document),
            "OwnerId": endpoint.value.owner,
        }
        return {"VpcEndpoints": [described]}

    def _get_request_authorization_details(self, sent: Answer) -> Answer:
        """A denial of two actions, of which one is told with its checks, as all are since November 2026."""
        policy = "arn:aws:iam::111111111111:policy/Fence"
        matched = [{"uri": policy, "matchedStatements": [{"sid": "Fence", "evaluatedEffect": "DENY"}]}]
        check = {"checkType": "PRINCIPAL", "evaluatedEffect": "EXPLICIT_DENY", "matchedPolicies": matched}
        denied = {"resource": self._case.request.role_arn, "evaluatedEffect": "EXPLICIT_DENY"}
        evaluations = [
            {**denied, "action": "sts:AssumeRole", "checks": [check]},
            {**denied, "action": "sts:TagSession", "matchedPolicies": matched},
        ]
        kind = {"type": "IDENTITY_BASED_POLICY", "inline": False, "uri": policy}
        return {
            **_page("evaluations", evaluations, sent, "nextToken"),
            "requestContext": {"aws:UserAgent": "xdiag"},
            "policies": [{**kind, "attachedTo": [{"arn": sent["arn"]}]}],
        }

    def _get_request_authorization_policy(self, _: Answer) -> Answer:
        """The policy of that denial: it is in force where the source's policies may not be listed."""
        unread = self._case.snapshot.source.identity_policies.unread
        role = self._case.request.role_arn if unread else "arn:aws:iam::999999999999:role/Nobody"
        statement = {"Sid": "Fence", "Effect": "Deny", "Action": "sts:AssumeRole", "Resource": role}
        return {"policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}

    def _list_clusters(self, sent: Answer) -> Answer:
        return _page("clusters", [each.name for each in self._clusters()], sent, "nextToken")

    def _describe_cluster(self, sent: Answer) -> Answer:
        cluster = self._cluster(sent["name"])
        assert isinstance(cluster.issuer, Known)
        identity = {"oidc": {"issuer": cluster.issuer.value}}
        return {"cluster": {"name": cluster.name, "arn": cluster.arn, "identity": identity, "tags": {"team": "x"}}}

    def _list_pod_identity_associations(self, sent: Answer) -> Answer:
        listed = [
            {
                "clusterName": sent["name"],
                "namespace": each.namespace,
                "serviceAccount": each.service_account,
                "associationId": each.id,
            }
            for each in self._associations(sent["name"])
        ]
        return _page("associations", listed, sent, "nextToken")

    def _describe_pod_identity_association(self, sent: Answer) -> Answer:
        for each in self._associations(sent["name"]):
            if each.id == sent["id"]:
                assert isinstance(each.role_arn, Known)
                assert isinstance(each.target_role_arn, Known)
                target = each.target_role_arn.value
                named = {"clusterName": sent["name"], "associationId": each.id, "roleArn": each.role_arn.value}
                return {"association": {**named, **({"targetRoleArn": target} if target else {})}}
        raise RefusedError("ResourceNotFoundException")

    def _clusters(self) -> tuple[Cluster, ...]:
        pod = self._case.snapshot.source.pod
        return pod.clusters.value if pod is not None and isinstance(pod.clusters, Known) else ()

    def _cluster(self, name: str) -> Cluster:
        for each in self._clusters():
            if each.name == name:
                return each
        raise RefusedError("ResourceNotFoundException")

    def _associations(self, name: str) -> tuple[Association, ...]:
        associations = self._cluster(name).associations
        return associations.value if isinstance(associations, Known) else ()

    def _oidc_providers(self) -> tuple[OidcProvider, ...]:
        providers = self._case.snapshot.destination.oidc_providers
        assert isinstance(providers, Known)
        return providers.value

    def _saml_providers(self) -> tuple[SamlProvider, ...]:
        providers = self._case.snapshot.destination.saml_providers
        assert isinstance(providers, Known)
        return providers.value

    def _identity_policies(self) -> tuple[Policy, ...]:
        return self._case.snapshot.source.identity_policies.policies

    def _held(self, kind: PolicyKind, attached_to: str) -> list[Policy]:
        return [each for each in self._identity_policies() if each.kind is kind and each.attached_to == attached_to]

    def _chains(self) -> tuple[tuple[Level, ...], tuple[Level, ...]]:
        """The levels above the source, none of which are above who does not sign, and those above the destination."""
        scps, rcps = self._case.snapshot.source.scps, self._case.snapshot.destination.rcps
        assert isinstance(rcps, Known)
        return scps.value if isinstance(scps, Known) else (), rcps.value

    def _principal(self, kind: str) -> Answer:
        source = self._case.snapshot.source
        assert isinstance(source.principal, Known)
        if source.principal.value is None:
            raise RefusedError("NoSuchEntity")
        principal = source.principal.value
        described = _entity(kind, principal.arn, principal.unique_id, principal.created_at)
        if isinstance(principal.tags, Known) and principal.tags.value:
            described["Tags"] = [{"Key": key, "Value": value} for key, value in principal.tags.value.items()]
        if isinstance(source.boundary, Known) and source.boundary.value is not None:
            described["PermissionsBoundary"] = {
                "PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": source.boundary.value.arn,
            }
        return described

    def _role(self) -> Answer:
        destination = self._case.snapshot.destination
        assert isinstance(destination.role, Known)
        assert destination.role.value is not None
        assert isinstance(destination.trust_policy, Known)
        assert destination.trust_policy.value is not None
        role = destination.role.value
        described = _entity("Role", role.arn, role.unique_id, role.created_at)
        described["AssumeRolePolicyDocument"] = quote(document_text(destination.trust_policy.value.document))
        if isinstance(role.max_session_seconds, Known):
            described["MaxSessionDuration"] = role.max_session_seconds.value
        if isinstance(role.tags, Known) and role.tags.value:
            described["Tags"] = [{"Key": key, "Value": value} for key, value in role.tags.value.items()]
        return described


_METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
_THROTTLED = b"<R><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></R>"
_OTHER = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:GetCallerIdentity"}]}'


def _in_path(url: str) -> dict[str, Any]:
    """Take what EKS is asked from the path: `/clusters/NAME/pod-identity-associations/ID`."""
    parts = urlsplit(url)
    words = [unquote(word) for word in parts.path.split("/")[2:]]
    names = dict(zip(("name", "kind", "id"), words, strict=False))
    return {**names, **dict(parse_qsl(parts.query))}


def _quoted(document: str) -> str:
    return quote(document)


def _entity(kind: str, arn: str, unique_id: str, created: str = _CREATED) -> Answer:
    name = arn.rpartition("/")[2]
    return {"Path": "/", f"{kind}Name": name, f"{kind}Id": unique_id, "Arn": arn, "CreateDate": created or _CREATED}


def _summary(policy: Policy) -> Answer:
    return {"Id": policy.arn.rpartition("/")[2], "Arn": policy.arn, "Name": policy.name, "AwsManaged": False}


def _page(key: str, items: list[Any], sent: Answer, marker: str = "Marker") -> Answer:
    """Give the items that the marker points at, and the next marker."""
    at = int(sent.get(marker, 0))
    more = at + sent["size"] < len(items)
    page: Answer = {key: items[at : at + sent["size"]]}
    if marker == "Marker":
        page["IsTruncated"] = more
    return page | ({marker: str(at + sent["size"])} if more else {})


def _xml(shape: Shape, value: Any, tag: str) -> str:
    """Write a value by its shape; one that has another form is written as text."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        inner = "".join(
            _xml(member, value[name], member.serialization.get("name", name))
            for name, member in shape.members.items()
            if name in value
        )
    elif isinstance(shape, ListShape) and isinstance(value, list):
        item = shape.member.serialization.get("name", "member")
        inner = "".join(_xml(shape.member, each, item) for each in value)
    elif isinstance(value, dict | list):
        inner = "".join(f"<odd>{escape(str(each))}</odd>" for each in value) or "<odd/>"
    else:
        inner = "" if value is None else escape(str(value).lower() if isinstance(value, bool) else str(value))
    return f"<{tag}>{inner}</{tag}>"


def _in_json(action: str) -> bool:
    return action.startswith(("organizations:", "eks:")) or action in RECORDED
