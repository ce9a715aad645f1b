"""What if: decide with proposed policies, instead of the real ones or in addition to them."""

from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct
from msgspec.structs import replace

from diagnose.cli.options import WHAT_IF
from diagnose.errors import XdiagError
from diagnose.model.arn import parse_role
from diagnose.model.case import Case
from diagnose.model.diagnosis import Verdict
from diagnose.model.evidence import Known
from diagnose.model.policy import Policy, PolicyKind, PolicySet


class WhatIfFlags(Struct, frozen=True):
    """Policy files to try before they are put into effect, and the verdict that is expected.

    A trust policy and a boundary replace the real ones; the others are added.
    """

    with_trust_policy: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Decide with this trust policy instead.", rich_help_panel=WHAT_IF),
    ] = None
    with_identity_policy: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Add this identity-based policy. May be repeated.",
            rich_help_panel=WHAT_IF,
        ),
    ] = None
    with_boundary: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Decide with this permissions boundary instead.", rich_help_panel=WHAT_IF),
    ] = None
    with_scp: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Add this SCP to the account. May be repeated.",
            rich_help_panel=WHAT_IF,
        ),
    ] = None
    expect: Annotated[
        str | None,
        typer.Option(
            metavar="allowed|denied", help="For CI: exit with 0 if this is the verdict.", rich_help_panel=WHAT_IF
        ),
    ] = None

    @property
    def proposes(self) -> bool:
        """Whether any policy is proposed."""
        return any((self.with_trust_policy, self.with_identity_policy, self.with_boundary, self.with_scp))


def expected_verdict(flags: WhatIfFlags) -> Verdict | None:
    """Read `--expect`. Raises XdiagError for anything but allowed and denied."""
    if flags.expect is None:
        return None
    if flags.expect not in (Verdict.ALLOWED, Verdict.DENIED):
        raise XdiagError(f"`--expect {flags.expect}` is not a verdict", hint="expected allowed or denied")
    return Verdict(flags.expect)


def with_proposals(case: Case, flags: WhatIfFlags) -> Case:
    """Put the proposed policies into a case, without what AWS answered before.

    Raises XdiagError for an unreadable file.
    """
    if not flags.proposes:
        return case
    source, destination = case.snapshot.source, case.snapshot.destination
    if flags.with_trust_policy:
        about = case.destination_arn
        proposed = replace(_read(flags.with_trust_policy, PolicyKind.TRUST, about), name=parse_role(about).name)
        destination = replace(destination, trust_policy=Known(proposed, f"proposed in {flags.with_trust_policy}"))
    if flags.with_boundary:
        proposed = _read(flags.with_boundary, PolicyKind.MANAGED)
        source = replace(source, boundary=Known(proposed, f"proposed in {flags.with_boundary}"))
    added = tuple(_read(path, PolicyKind.INLINE) for path in flags.with_identity_policy or ())
    policies = source.identity_policies
    source = replace(source, identity_policies=replace(policies, policies=policies.policies + added))
    if flags.with_scp:
        from diagnose.collect.evidence.pasted import attached_to_account

        scps = tuple(_read(path, PolicyKind.SCP) for path in flags.with_scp)
        source = replace(source, scps=Known(attached_to_account(PolicySet(scps), source.scps), "proposed"))
    snapshot = replace(case.snapshot, source=source, destination=destination)
    return replace(case, snapshot=snapshot, probe=None, message="", authorizations=())


def _read(path: Path, kind: PolicyKind, about: str = "") -> Policy:
    from diagnose.collect.evidence.policy_file import read_policy_file

    return read_policy_file(path, kind, about=about)
