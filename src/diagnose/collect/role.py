"""The destination's side in IAM: the role and its trust policy, or the roles it may have been mistaken for."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from diagnose.aws.calls import Answer, call_or_absent, list_all
from diagnose.collect.iam import Reader, created_at, gap_about, tags_of
from diagnose.model.arn import RoleArn
from diagnose.model.case import DestinationSide, Role
from diagnose.model.evidence import NOT_SUPPLIED, Evidence, Gap, Known, Unread
from diagnose.model.policy import Policy, PolicyKind, raw_document


def read_destination(role: RoleArn, reader: Reader | Unread, progress: Callable[[str], None]) -> DestinationSide:
    """Read the role under the very ARN that was asked for.

    `iam:GetRole` takes the name alone, so the role it returns may have another path. That is another ARN, and under the
    one that was asked for there is no role. Where the role may not be read, `iam:ListRoles` shows nearly as much.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
    """
    if isinstance(reader, Unread):
        gap = gap_about(reader, role.arn, "iam:GetRole")
        return DestinationSide(
            role=gap,
            trust_policy=gap,
            other_roles=gap_about(reader, f"roles of account {role.account}", "iam:ListRoles"),
        )
    progress(f"reading role {role.name}")
    answer = call_or_absent(reader.credentials, "iam:GetRole", role.arn, RoleName=role.name)
    if isinstance(answer, Known) and answer.value is not None:
        described = answer.value["Role"]
        if described["Arn"] == role.arn:
            return _read(described, answer.source, Known(tags_of(described)), NOT_SUPPLIED)
        return _missing(role, answer.source, Known((described["Arn"],), answer.source))
    if isinstance(answer, Unread) and answer.gap is not Gap.ACCESS_DENIED:
        return DestinationSide(role=answer, trust_policy=answer, other_roles=answer)
    progress(f"listing the roles of account {role.account}")
    subject = f"roles of account {role.account}"
    roles = list_all(reader.credentials, "iam:ListRoles", subject, "Roles", MaxItems=1000)
    if isinstance(answer, Unread):
        return _read_from_listing(role, answer, roles)
    near = roles if isinstance(roles, Unread) else Known(_near(role, roles.value), roles.source)
    return _missing(role, answer.source, near)


def _read_from_listing(role: RoleArn, denied: Unread, roles: Evidence[tuple[Answer, ...]]) -> DestinationSide:
    """Take the role from a listing, which leaves out its tags.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
    """
    if isinstance(roles, Unread):
        return DestinationSide(role=denied, trust_policy=denied, other_roles=roles)
    near = Known(_near(role, roles.value), roles.source)
    for described in roles.value:
        if described["Arn"] == role.arn:
            return _read(described, roles.source, denied, near)
    return _missing(role, roles.source, near)


def _read(
    described: Answer, source: str, tags: Evidence[dict[str, str]], other_roles: Evidence[tuple[str, ...]]
) -> DestinationSide:
    longest = described.get("MaxSessionDuration")
    return DestinationSide(
        role=Known(
            Role(
                described["Arn"],
                described["RoleId"],
                tags,
                NOT_SUPPLIED if longest is None else Known(longest),
                created_at(described),
            ),
            source,
        ),
        trust_policy=Known(
            Policy(described["RoleName"], raw_document(described["AssumeRolePolicyDocument"]), PolicyKind.TRUST),
            source,
        ),
        other_roles=other_roles,
    )


def _missing(role: RoleArn, source: str, other_roles: Evidence[tuple[str, ...]]) -> DestinationSide:
    gap = Unread(Gap.NOT_SUPPLIED, role.arn, detail=f"account {role.account} has no role with this ARN")
    return DestinationSide(role=Known(None, source), trust_policy=gap, other_roles=other_roles)


# An account may have thousands of roles.
_NEAR_MISSES = 20
_LIKENESS = 0.6


def _near(role: RoleArn, roles: Sequence[Answer]) -> tuple[str, ...]:
    """Choose the roles whose names are like the one asked for, most alike first."""
    arns: dict[str, list[str]] = {}
    for described in roles:
        if described["Arn"] != role.arn:
            arns.setdefault(described["RoleName"].lower(), []).append(described["Arn"])
    near = get_close_matches(role.name.lower(), arns, n=_NEAR_MISSES, cutoff=_LIKENESS)
    return tuple(arn for name in near for arn in arns[name])
