"""What AWS commands print, and the policies that it holds or names."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from diagnose.collect.json_errors import not_json, quotable
from diagnose.errors import XdiagError
from diagnose.model.arn import split_arn, split_path
from diagnose.model.case import Endpoint
from diagnose.model.evidence import Evidence, Known, Unread
from diagnose.model.policy import Attachment, AttachmentKind, Policy, PolicyKind, document_text


class Described(Struct, frozen=True):
    """A user or a role as IAM describes it. `boundary` is the ARN of its permissions boundary."""

    arn: str
    unique_id: str = ""
    tags: Evidence[Mapping[str, str]] = Unread()
    boundary: Evidence[str | None] = Unread()
    max_session_seconds: Evidence[int] = Unread()
    created_at: str = ""


class PolicyFile(Struct, frozen=True):
    """What one file holds: policies, policies that it only names, and what it describes besides.

    Each of the `named` says which command prints its document.
    """

    place: str
    policies: tuple[Policy, ...] = ()
    named: tuple[Unread, ...] = ()
    described: tuple[Described, ...] = ()
    endpoint: Endpoint | None = None
    lists: bool = False
    """Whether it is a list, which may be empty."""


Members: TypeAlias = Mapping[str, Raw]


class Reading(Struct, frozen=True):
    """How one file is read: for policies of which kind, and of whom."""

    kind: PolicyKind
    place: str
    about: str

    def read(self, value: Raw) -> PolicyFile:
        """Read one value of the file: a document, or what an AWS command has printed."""
        if bytes(value).startswith(b'"'):
            return self.document(value, "")
        members = _members(bytes(value), self.place)
        if "Statement" in members:
            return self.document(value, "")
        for key, read in _ENVELOPES:
            if key in members:
                return read(self, members)
        return PolicyFile(self.place)

    def document(
        self, document: Raw, name: str, *, attached_to: str = "", arn: str = "", version: str = ""
    ) -> "PolicyFile":
        """Take a document, which must be a policy's."""
        if "Statement" not in _members(document_text(document).encode(), self.place):
            raise XdiagError(f"`{quotable(self.place)}` is not a policy: it has no `Statement`", hint=EXPECTED)
        policy = Policy(name or Path(self.place).name, document, self.kind, arn, attached_to, version)
        return PolicyFile(self.place, (policy,))


def _role(reading: Reading, members: Members) -> PolicyFile:
    """`get-role`, `create-role`."""
    return _of_role(reading, _members(bytes(members["Role"]), reading.place), described_whole=True)


def _roles(reading: Reading, members: Members) -> PolicyFile:
    """`list-roles`, which leaves out tags and boundaries."""
    roles = [_members(bytes(role), reading.place) for role in values_in(members["Roles"])]
    arns = [_text(role.get("Arn")) for role in roles]
    for role, arn in zip(roles, arns, strict=True):
        if arn == reading.about or len(roles) == 1:
            return _of_role(reading, role, described_whole=False)
    raise XdiagError(
        f"`{quotable(reading.place)}` lists {len(roles)} roles, but not `{quotable(reading.about)}`"
        if reading.about
        else f"`{quotable(reading.place)}` lists {len(roles)} roles",
        hint="expected the ARN of one of them; `aws iam get-role` prints one role",
    )


def _of_role(reading: Reading, role: Members, *, described_whole: bool) -> PolicyFile:
    described = (_described(role, "RoleId", whole=described_whole),) if "Arn" in role else ()
    if reading.kind is PolicyKind.TRUST and "AssumeRolePolicyDocument" in role:
        return replace(
            reading.document(role["AssumeRolePolicyDocument"], _text(role.get("RoleName"))), described=described
        )
    if "AssumeRolePolicyDocument" not in role or (reading.kind is PolicyKind.INLINE and described):
        return PolicyFile(reading.place, described=described)
    raise XdiagError(
        f"`{quotable(reading.place)}` is a role and holds a trust policy",
        hint=f"expected a policy of the kind `{reading.kind}`",
    )


def _bare_role(reading: Reading, members: Members) -> PolicyFile:
    """What `--query Role` leaves of `get-role`."""
    return _of_role(reading, members, described_whole=True)


def _user(reading: Reading, members: Members) -> PolicyFile:
    """`get-user`, which holds no policy."""
    user = _members(bytes(members["User"]), reading.place)
    if reading.kind is not PolicyKind.INLINE or "Arn" not in user:
        raise XdiagError(f"`{quotable(reading.place)}` describes a user and holds no policy", hint=EXPECTED)
    return PolicyFile(reading.place, described=(_described(user, "UserId", whole=True),))


def _described(entity: Members, id_key: str, *, whole: bool) -> Described:
    """Take a user or role. Where AWS describes it `whole`, tags and a boundary that it leaves out do not exist.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
    """
    tags: Evidence[Mapping[str, str]] = Known({}) if whole else Unread(permission="iam:ListRoleTags")
    if "Tags" in entity:
        listed = [_members(bytes(tag), "") for tag in values_in(entity["Tags"])]
        tags = Known({_text(tag.get("Key")): _text(tag.get("Value")) for tag in listed})
    boundary: Evidence[str | None] = Known(None) if whole else Unread(permission="iam:GetRole")
    if "PermissionsBoundary" in entity:
        boundary = Known(_text(_members(bytes(entity["PermissionsBoundary"]), "").get("PermissionsBoundaryArn")))
    longest = _number(entity.get("MaxSessionDuration"))
    return Described(
        _text(entity.get("Arn")),
        _text(entity.get(id_key)),
        tags,
        boundary,
        Known(longest) if longest else Unread(permission="iam:GetRole"),
    )


def _inline(reading: Reading, members: Members) -> PolicyFile:
    """`get-role-policy`, `get-user-policy`, `get-group-policy`."""
    group = _text(members.get("GroupName"))
    return reading.document(
        members["PolicyDocument"],
        _text(members.get("PolicyName")),
        attached_to=str(Attachment(AttachmentKind.GROUP, group)) if group else "",
    )


def _version(reading: Reading, members: Members) -> PolicyFile:
    """`get-policy-version`, which does not say of which policy."""
    version = _members(bytes(members["PolicyVersion"]), reading.place)
    if "Document" not in version:
        return _only_named(
            reading, "a version of a policy", "aws iam get-policy-version --policy-arn ARN --version-id ID"
        )
    return reading.document(version["Document"], "", version=_text(version.get("VersionId")))


def _bare_version(reading: Reading, members: Members) -> PolicyFile:
    """What `--query PolicyVersion` leaves of it."""
    return reading.document(members["Document"], "", version=_text(members.get("VersionId")))


def _policy(reading: Reading, members: Members) -> PolicyFile:
    """`iam get-policy`, which holds no document, and `organizations describe-policy`, which does."""
    policy = _members(bytes(members["Policy"]), reading.place)
    if "Content" in policy:
        summary = _members(bytes(policy.get("PolicySummary", Raw(b"{}"))), reading.place)
        return reading.document(policy["Content"], _text(summary.get("Name")), arn=_text(summary.get("Arn")))
    if "Statement" in policy:
        return reading.document(members["Policy"], "")
    arn, version = _text(policy.get("Arn")), _text(policy.get("DefaultVersionId")) or "ID"
    return _only_named(reading, arn, f"aws iam get-policy-version --policy-arn {arn or 'ARN'} --version-id {version}")


def _attached(reading: Reading, members: Members) -> PolicyFile:
    """`list-attached-role-policies` and its sisters."""
    policies = [_members(bytes(policy), reading.place) for policy in values_in(members["AttachedPolicies"])]
    arns = [_text(policy.get("PolicyArn")) for policy in policies]
    named = [
        _only_named(reading, arn, f"aws iam get-policy-version --policy-arn {arn} --version-id ID").named
        for arn in arns
    ]
    more = _only_named(reading, "further attached policies", "the same command without `--max-items`").named
    return PolicyFile(
        reading.place, named=(*(gap for one in named for gap in one), *(more if _cut(members) else ())), lists=True
    )


def _names(reading: Reading, members: Members) -> PolicyFile:
    """`list-role-policies`, `list-user-policies`, `list-group-policies`: the names of inline policies."""
    names = [_text(name) for name in values_in(members["PolicyNames"])]
    role = split_path(arn.resource)[2] if (arn := split_arn(reading.about)) else "NAME"
    kind = "user" if ":user/" in reading.about else "role"
    command = f"aws iam get-{kind}-policy --{kind}-name {role} --policy-name"
    named = [_only_named(reading, f"inline policy {name}", f"{command} {name}").named for name in names]
    more = _only_named(reading, "further inline policies", "the same command without `--max-items`").named
    return PolicyFile(
        reading.place, named=(*(gap for one in named for gap in one), *(more if _cut(members) else ())), lists=True
    )


def _groups(reading: Reading, members: Members) -> PolicyFile:
    """`list-groups-for-user`."""
    groups = [_text(_members(bytes(group), reading.place).get("GroupName")) for group in values_in(members["Groups"])]
    named = [
        _only_named(reading, f"policies of group {name}", f"aws iam list-attached-group-policies --group-name {name}")
        for name in groups
    ]
    return PolicyFile(reading.place, named=tuple(gap for one in named for gap in one.named), lists=True)


def _listed(reading: Reading, members: Members) -> PolicyFile:
    """`iam list-policies` and `organizations list-policies-for-target`, without documents."""
    policies = [_members(bytes(policy), reading.place) for policy in values_in(members["Policies"])]
    of_organizations = any(":organizations:" in _text(policy.get("Arn")) for policy in policies)
    command = (
        "aws organizations describe-policy --policy-id ID"
        if of_organizations
        else "aws iam get-policy-version --policy-arn ARN --version-id ID"
    )
    return _only_named(reading, "the policies that it lists", command)


def _versions(reading: Reading, _: Members) -> PolicyFile:
    """`list-policy-versions`, without documents."""
    return _only_named(
        reading, "the versions that it lists", "aws iam get-policy-version --policy-arn ARN --version-id ID"
    )


def _endpoints(reading: Reading, members: Members) -> PolicyFile:
    """`ec2 describe-vpc-endpoints`: the one endpoint for STS."""
    endpoints = [_members(bytes(endpoint), reading.place) for endpoint in values_in(members["VpcEndpoints"])]
    of_sts = [one for one in endpoints if _text(one.get("ServiceName")).endswith(".sts")] or endpoints
    if len(of_sts) != 1 or "PolicyDocument" not in of_sts[0]:
        raise XdiagError(
            f"`{quotable(reading.place)}` lists {len(of_sts)} VPC endpoints",
            hint="expected one: `aws ec2 describe-vpc-endpoints --vpc-endpoint-ids ID`",
        )
    found = of_sts[0]
    endpoint = Endpoint(_text(found.get("VpcEndpointId")), _text(found.get("VpcId")), _text(found.get("OwnerId")))
    return replace(reading.document(found["PolicyDocument"], endpoint.id), endpoint=endpoint)


def _details(reading: Reading, _: Members) -> PolicyFile:
    """`get-account-authorization-details`, which holds whole accounts."""
    raise XdiagError(
        f"`{quotable(reading.place)}` holds account authorization details", hint="give it with `--details`"
    )


_Read: TypeAlias = Callable[[Reading, Members], PolicyFile]

_ENVELOPES: tuple[tuple[str, _Read], ...] = (
    ("Role", _role),
    ("Roles", _roles),
    ("AssumeRolePolicyDocument", _bare_role),
    ("User", _user),
    ("PolicyDocument", _inline),
    ("PolicyVersion", _version),
    ("Document", _bare_version),
    ("Policy", _policy),
    ("AttachedPolicies", _attached),
    ("PolicyNames", _names),
    ("Groups", _groups),
    ("Versions", _versions),
    ("VpcEndpoints", _endpoints),
    ("RoleDetailList", _details),
    ("Policies", _listed),
)
"""What AWS commands print, by the member that tells it; the first that is there."""

EXPECTED = "expected a policy document, or the output of an AWS command that reads one policy"


def _only_named(reading: Reading, subject: str, command: str) -> PolicyFile:
    gap = Unread(subject=subject, detail=f"`{command}` prints its document" if command.startswith("aws") else command)
    return PolicyFile(reading.place, named=(gap,))


def _cut(members: Members) -> bool:
    """Say whether a list goes on elsewhere."""
    return "NextToken" in members or bytes(members.get("IsTruncated", Raw(b"false"))) == b"true"


def _members(text: bytes, place: str) -> dict[str, Raw]:
    """Give the members of a JSON object, unread."""
    try:
        text.decode()
        return _MEMBERS.decode(text)
    except msgspec.ValidationError:
        raise not_an_object(place) from None
    except (ValueError, RecursionError) as error:
        raise not_json(text, error, place) from None


def not_an_object(place: str) -> XdiagError:
    """Say that a file holds something else than an object."""
    return XdiagError(
        f"`{quotable(place)}` is not a policy: it is not a JSON object",
        hint='expected `{"Version": ..., "Statement": ...}`',
    )


def values_in(value: Raw) -> list[Raw]:
    """Give the values of a JSON list, unread; none of anything else."""
    try:
        return _LIST.decode(value)
    except (ValueError, RecursionError):
        return []


def _text(value: Raw | None) -> str:
    """Give the text that a JSON string holds; "" for anything else."""
    try:
        return msgspec.json.decode(value or b'""', type=str)
    except ValueError:
        return ""


def _number(value: Raw | None) -> int:
    """Give a JSON number; 0 for anything else."""
    try:
        return msgspec.json.decode(value or b"0", type=int)
    except ValueError:
        return 0


_MEMBERS = msgspec.json.Decoder(dict[str, Raw])
_LIST = msgspec.json.Decoder(list[Raw])
