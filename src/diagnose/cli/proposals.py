"""What-if: policies that are proposed, put in the place of the live ones, or beside them."""

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from diagnose.errors import XdiagError
from diagnose.model.case import Case
from diagnose.model.diagnosis import Verdict
from diagnose.model.evidence import Evidence, Known, Unread
from diagnose.model.policy import Level, Policy, PolicyKind, PolicySet, raw_document

_FULL_ACCESS = Policy(
    "FullAWSAccess",
    raw_document({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}),
    PolicyKind.SCP,
    arn="arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
)


class Proposals:
    """Policy files that are to be tried before they are put into effect."""

    def __init__(
        self, trust: Path | None, identity: Sequence[Path], boundary: Path | None, scps: Sequence[Path]
    ) -> None:
        """A trust policy and a boundary take the place of the live ones; the others are added."""
        self.trust, self.identity, self.boundary, self.scps = trust, identity, boundary, scps

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.trust or self.identity or self.boundary or self.scps)

    def expected(self, text: str | None) -> Verdict | None:
        """Read `--expect`. Raises XdiagError for anything but a verdict that can be wished for."""
        if text is None:
            return None
        if text not in (Verdict.ALLOWED, Verdict.DENIED):
            raise XdiagError(f"`--expect {text}` is no verdict", hint="expected allowed or denied")
        return Verdict(text)

    def applied(self, case: Case, message: str | None) -> Case:
        """Put the proposed policies into a case, whose live attempt then tells nothing. Raises XdiagError."""
        if message is not None:
            from diagnose.collect.message import pasted_error

            case = replace(case, message=pasted_error(message))
        if not self:
            return case
        source, destination = case.snapshot.source, case.snapshot.destination
        if self.trust:
            proposed = _read(self.trust, PolicyKind.TRUST)
            destination = replace(destination, trust_policy=Known(proposed, f"proposed in {self.trust}"))
        if self.boundary:
            proposed = _read(self.boundary, PolicyKind.MANAGED)
            source = replace(source, boundary=Known(proposed, f"proposed in {self.boundary}"))
        added = tuple(_read(path, PolicyKind.INLINE) for path in self.identity)
        policies = source.identity_policies
        source = replace(source, identity_policies=replace(policies, policies=policies.policies + added))
        if self.scps:
            scps = tuple(_read(path, PolicyKind.SCP) for path in self.scps)
            source = replace(source, scps=Known(_attached(scps, source.scps), "proposed"))
        snapshot = replace(case.snapshot, source=source, destination=destination)
        return replace(case, snapshot=snapshot, probe=None)


def _attached(scps: tuple[Policy, ...], levels: Evidence[tuple[Level, ...]]) -> tuple[Level, ...]:
    """Attach SCPs to the account, the last level, beside what is there, whether that was read or not.

    Where there are none yet, AWS attaches `FullAWSAccess` first.

    Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    """
    if isinstance(levels, Unread):
        return (Level("account", "the account", PolicySet(scps, unread=(levels,))),)
    if not levels.value:
        return (Level("account", "the account", PolicySet((_FULL_ACCESS, *scps))),)
    *above, account = levels.value
    policies = replace(account.policies, policies=account.policies.policies + scps)
    return (*above, replace(account, policies=policies))


def _read(path: Path, kind: PolicyKind) -> Policy:
    from diagnose.collect.file import read_policy_file

    return read_policy_file(path, kind)
