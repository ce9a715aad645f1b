"""Policies that the user holds in files, as evidence of what is in force: no credentials are needed for it."""

from collections.abc import Sequence

from msgspec.structs import replace

from diagnose.collect.evidence.handed_over import InputFile, PastedPolicies
from diagnose.collect.evidence.policy_file import policies_from
from diagnose.collect.evidence.printed import Described, PolicyFile
from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError
from diagnose.model.arn import CallerKind, is_role_arn, parse_caller, parse_role, same_entity, split_arn, split_path
from diagnose.model.case import DestinationSide, Endpoint, Principal, Role, Session, Snapshot, SourceSide
from diagnose.model.evidence import Evidence, Known, Unread
from diagnose.model.policy import LANGUAGE_WITH_VARIABLES, Level, Policy, PolicyKind, PolicySet, raw_document


def role_in(file: InputFile) -> str:
    """Give the ARN of the role that a file describes; "" where it holds a document alone, or a list.

    Raises XdiagError for a file without a trust policy.
    """
    described = _read(file, PolicyKind.TRUST).described
    return described[0].arn if len(described) == 1 and is_role_arn(described[0].arn) else ""


def with_pasted(snapshot: Snapshot, role_arn: str, pasted: PastedPolicies) -> Snapshot:
    """Put pasted policies into a snapshot, in place of what it holds of their layers; of guardrails, in addition.

    Of the identity-based policies all are expected: whoever may not read them cannot know of one more. What the files
    only name, and every layer without a file, stays unread.

    Raises XdiagError for a file without such a policy, and for one that is about another user or role.
    """
    source, destination, endpoint = snapshot.source, snapshot.destination, snapshot.endpoint
    if pasted.trust:
        destination = _trusted(destination, role_arn, _read(pasted.trust, PolicyKind.TRUST, role_arn))
    if pasted.identity:
        source = _permitted(source, [_read(file, PolicyKind.INLINE, source.arn) for file in pasted.identity])
    if pasted.boundary:
        source = replace(source, boundary=_one(_read(pasted.boundary, PolicyKind.MANAGED)))
    if pasted.session:
        files = [_read(file, PolicyKind.SESSION) for file in pasted.session]
        source = replace(source, session=replace(source.session, policies=_together(files)))
    if pasted.scps:
        files = [_read(file, PolicyKind.SCP) for file in pasted.scps]
        source = replace(source, scps=Known(_stated(files, source.scps), files[0].place))
    if pasted.rcps:
        files = [_read(file, PolicyKind.RCP) for file in pasted.rcps]
        destination = replace(destination, rcps=Known(_stated(files, destination.rcps), files[0].place))
    if pasted.endpoint:
        endpoint = _endpoint(endpoint, _read(pasted.endpoint, PolicyKind.ENDPOINT))
    return replace(snapshot, source=source, destination=destination, endpoint=endpoint)


def attached_to_account(policies: PolicySet, levels: Evidence[tuple[Level, ...]]) -> tuple[Level, ...]:
    """Attach SCPs or RCPs to the account, the last level, in addition to those that are there, read or unread.

    Where there are none, AWS attaches its own policy that allows everything first.

    Sources:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
    """
    if isinstance(levels, Unread):
        unread = replace(policies, unread=(*policies.unread, levels))
        return (Level("account", "the account", unread),)
    if not levels.value:
        with_everything = replace(policies, policies=(_full_access(policies), *policies.policies))
        return (Level("account", "the account", with_everything),)
    *above, account = levels.value
    both = PolicySet(
        account.policies.policies + policies.policies,
        account.policies.unread + policies.unread,
    )
    return (*above, replace(account, policies=both))


def _stated(files: Sequence[PolicyFile], levels: Evidence[tuple[Level, ...]]) -> tuple[Level, ...]:
    """Attach SCPs or RCPs to the account, of which whoever gives them says that they apply to it."""
    *above, account = attached_to_account(_together(files), levels)
    return (*above, replace(account, stated=True))


def _read(file: InputFile, kind: PolicyKind, about: str = "") -> PolicyFile:
    return policies_from(file.data, kind, place=file.place, about=about)


def _trusted(destination: DestinationSide, role_arn: str, file: PolicyFile) -> DestinationSide:
    """Take the role and its trust policy. A file with a document alone is taken for that of the role asked about."""
    described = file.described[0] if file.described else Described(role_arn)
    if described.arn != role_arn:
        if not same_entity(described.arn, role_arn):
            raise _about_another(file, described.arn, role_arn)
        gap = Unread(subject=role_arn, detail=f"{quotable(file.place)} has the role under another path")
        return DestinationSide(Known(None, file.place), gap, other_roles=Known((described.arn,), file.place))
    policy = replace(_only(file), name=parse_role(role_arn).name)
    role = Role(described.arn, described.unique_id, described.tags, described.max_session_seconds, described.created_at)
    return replace(destination, role=Known(role, file.place), trust_policy=Known(policy, file.place))


def _permitted(source: SourceSide, files: Sequence[PolicyFile]) -> SourceSide:
    """Take the caller's policies. What one file names and another holds is held."""
    caller = parse_caller(source.arn)
    together = _together(files)
    known = {_stem(policy.name) for policy in together.policies}
    missing = tuple(gap for gap in together.unread if _stem(_name_in(gap.subject)) not in known)
    source = replace(source, identity_policies=replace(together, unread=missing))
    if caller.kind is CallerKind.USER and isinstance(source.session.tags, Unread):
        # A user has no session policy, session tags or source identity: `sts:GetSessionToken` takes none of them.
        session = Session(source.session.origin, PolicySet(), Known({}), Known(()), Known(None), source.session.mfa)
        source = replace(source, session=session)
    for file in files:
        for one in file.described:
            source = _described(source, one, file)
    return source


def _described(source: SourceSide, one: Described, file: PolicyFile) -> SourceSide:
    caller = parse_caller(source.arn)
    arn = split_arn(one.arn)
    same = arn is not None and (arn.account, split_path(arn.resource)[2]) == (caller.account, caller.name)
    if not same:
        raise _about_another(file, one.arn, source.arn)
    boundary: Evidence[Policy | None] = source.boundary
    if isinstance(one.boundary, Known) and isinstance(boundary, Unread):
        arn_of_boundary = one.boundary.value
        boundary = (
            Known(None, file.place)
            if arn_of_boundary is None
            else Unread(subject=arn_of_boundary, permission="iam:GetPolicyVersion", detail="give it with `--boundary`")
        )
    principal = Principal(one.arn, one.unique_id, one.tags, one.created_at)
    return replace(source, principal=Known(principal, file.place), boundary=boundary)


def _endpoint(endpoint: Evidence[Endpoint | None], file: PolicyFile) -> Known[Endpoint | None]:
    known = endpoint.value if isinstance(endpoint, Known) and endpoint.value else Endpoint("")
    return Known(replace(file.endpoint or known, policy=Known(_only(file), file.place)), file.place)


def _only(file: PolicyFile) -> Policy:
    """Give the one policy of a file. Raises XdiagError where it holds another number of them."""
    if len(file.policies) == 1:
        return file.policies[0]
    what = f"holds {len(file.policies)} policies" if file.policies else "holds no policy"
    hint = next((gap.detail for gap in file.named), "expected one policy")
    raise XdiagError(f"`{quotable(file.place)}` {what}", hint=hint)


def _one(file: PolicyFile) -> Evidence[Policy | None]:
    return Known(_only(file), file.place)


def _together(files: Sequence[PolicyFile]) -> PolicySet:
    return PolicySet(
        tuple(policy for file in files for policy in file.policies), tuple(gap for file in files for gap in file.named)
    )


def _about_another(file: PolicyFile, arn: str, asked: str) -> XdiagError:
    return XdiagError(f"`{quotable(file.place)}` is about `{quotable(arn)}`", hint=f"expected `{quotable(asked)}`")


def _stem(name: str) -> str:
    return name.removesuffix(".json").removesuffix(".yaml").removesuffix(".yml")


def _name_in(subject: str) -> str:
    """Give the name of the policy that a gap is about: the end of its ARN, or of `inline policy NAME`."""
    return subject.rpartition("/")[2] if subject.startswith("arn:") else subject.removeprefix("inline policy ")


def _full_access(policies: PolicySet) -> Policy:
    kind = policies.policies[0].kind if policies.policies else PolicyKind.SCP
    return _FULL_ACCESS_RCP if kind is PolicyKind.RCP else _FULL_ACCESS_SCP


def _allowing_everything(name: str, kind: PolicyKind, arn: str, **principal: str) -> Policy:
    statement = {"Effect": "Allow", **principal, "Action": "*", "Resource": "*"}
    return Policy(name, raw_document({"Version": LANGUAGE_WITH_VARIABLES, "Statement": [statement]}), kind, arn=arn)


_FULL_ACCESS_SCP = _allowing_everything(
    "FullAWSAccess",
    PolicyKind.SCP,
    "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
)
_FULL_ACCESS_RCP = _allowing_everything(
    "RCPFullAWSAccess",
    PolicyKind.RCP,
    "arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess",
    Principal="*",
)
