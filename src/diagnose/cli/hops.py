"""The case of an AWS profile: of all calls that it makes, the first that fails."""

import os
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from diagnose.aws.configuration import read_configuration
from diagnose.cli.asked import AskedFlags, other_forms
from diagnose.cli.case_flags import CaseFlags, EvidenceFlags
from diagnose.cli.configured import configured
from diagnose.cli.evidence import case_from_flags, refuse_contradictions
from diagnose.collect.request.profile import Chain, Hop, chain_of, described
from diagnose.errors import NothingReadError, XdiagError
from diagnose.model.arn import split_arn
from diagnose.model.case import Case, ProbeOutcome, ProbeResult


def case_of_profile(flags: CaseFlags, name: str, said: str) -> Case:
    """Read the case of the profile's call which fails. `said` is a sentence about what else would be taken for it.

    Raises XdiagError for a profile that cannot work, and as `case_from_flags` does.
    """
    flags = replace(flags, forms=replace(flags.forms, profile=name))
    refuse_contradictions(flags)
    chain = chain_of(read_configuration(os.environ), name, os.environ)
    if flags.evidence.source_profile is None:
        flags = replace(flags, own_keys=chain.own_keys)
    if not chain.hops:
        if flags.role_arn is None and flags.source_arn is None and flags.forms == AskedFlags(profile=name):
            raise XdiagError(
                f"profile `{name}` asks for no role: its own credentials sign"
                f" ({chain.signed_by})" + (f". {said}" if said else ""),
                hint=f"{chain.idle}name the role that is to be assumed with it: "
                f"`xdiag check DEST_ROLE_ARN --profile {name}`",
            )
        role = _account(flags.role_arn or flags.source_arn)
        return case_from_flags(replace(flags, evidence=_signed_by(flags.evidence, chain, "", role)))
    return _of_chain(flags, chain, said)


def _signed_by(evidence: EvidenceFlags, chain: Chain, source: str, role: str) -> EvidenceFlags:
    """Read both sides with the credentials that sign the first call, unless files or other profiles are named.

    Those that are set for an account count for it. `source` is the account of a session that signs, "" of the first
    call: there the signer itself is the source, whom another profile would not be.
    """
    if evidence.details:
        return evidence
    where = configured(evidence, source, role)
    signer = where.source_profile or chain.signer
    return replace(evidence, source_profile=signer, dest_profile=where.dest_profile or signer)


def _account(arn: str | None) -> str:
    """Give the account of an ARN; "" of anything else, which is told later."""
    parts = split_arn(arn or "")
    return "" if parts is None else parts.account


def _of_chain(flags: CaseFlags, chain: Chain, said: str) -> Case:
    from diagnose.chain import weakest_call

    if flags.role_arn is None and flags.source_arn in [hop.role for hop in chain.hops]:
        flags = replace(flags, source_arn=None, role_arn=flags.source_arn)
    others = other_forms(flags.forms)
    role = flags.role_arn or others.role
    fitting = [hop for hop in chain.hops if hop.role == role]
    # Whatever speaks of one call, an error or a role, is laid upon no other.
    hops = fitting or (chain.hops[-1:] if role else chain.hops)
    weakest = weakest_call(_cases(flags, hops, chain))
    told = [case for case in (said,) if case]
    if len(hops) > 1:
        verdicts = ", ".join(
            f"{place + 1} for {hop.role}: {verdict.value}"
            for place, (hop, verdict) in enumerate(zip(hops, weakest.verdicts, strict=False))
        )
        unmade = len(hops) - len(weakest.verdicts)
        told.append(f"All calls: {verdicts}{f'; {unmade} not reached' if unmade else ''}.")
    return replace(weakest.case, note=" ".join((weakest.case.note, *told)).strip())


def _cases(flags: CaseFlags, hops: Sequence[Hop], chain: Chain) -> Iterator[Case]:
    for hop in hops:
        first = not hop.source
        evidence = _signed_by(flags.evidence, chain, _account(hop.source), _account(flags.role_arn or hop.role))
        asks = replace(
            flags,
            source_arn=(flags.source_arn or chain.source or None) if first else hop.source,
            role_arn=flags.role_arn or hop.role,
            hop=hop.asked,
            presented=flags.presented if first else None,
            evidence=evidence,
            own_keys=flags.own_keys and evidence.source_profile == chain.signer,
        )
        try:
            case = case_from_flags(asks)
        except NothingReadError as error:
            hint = " ".join((f"{described(hop)}; {error.hint}.", *hop.asked.told[1:]))
            raise NothingReadError(error.message, hint=hint) from None
        if flags.attempt and not first:
            case = replace(case, probe=case.probe or _BY_THE_CALL_BEFORE)
        yield case


_BY_THE_CALL_BEFORE = ProbeResult(
    ProbeOutcome.NOT_MADE, why="the session that signs it is given by the call before, and is not kept"
)
