"""Whose token or assertion AWS refused, where neither flags nor forms say it: only the trust policy can tell.

It stands apart from the sources of evidence, for the policy must be seen before there is a case to read.
"""

from collections.abc import Callable, Sequence

from diagnose.cli.case_flags import LiveFlags
from diagnose.cli.sides import Given
from diagnose.collect.evidence.handed_over import PastedPolicies
from diagnose.collect.request.asked import Asked
from diagnose.collect.request.names import MYSELF
from diagnose.errors import XdiagError
from diagnose.model.arn import parse_caller, parse_role
from diagnose.model.case import Snapshot, SourceSide
from diagnose.model.evidence import Evidence, Known
from diagnose.model.operation import FEDERATED, operation_of
from diagnose.model.policy import Policy
from diagnose.model.words import printable


def bearer_asked_about(
    asked: Asked,
    role: str,
    pasted: PastedPolicies,
    in_files: Callable[[str], Sequence[Given]],
    where: LiveFlags,
) -> str:
    """Give the issuer or the provider that the error names, or else the only one that the trust policy lets in.

    `in_files` gives what files hold of a source and the role. It is empty where the call was a signed one, and where
    the trust policy cannot be seen. Raises XdiagError, with their names, where the policy lets in several.
    """
    if asked.operation not in FEDERATED:
        return ""
    from diagnose.collect.federation.answered import source_answered, sources_trusted

    if source := source_answered(asked.message, None):
        return source
    trust = _trust(role, pasted, in_files, where)
    policy = trust.value if isinstance(trust, Known) else None
    sources = sources_trusted(policy, asked.operation)
    if len(sources) > 1:
        listed = ", ".join(f"`{printable(source)}`" for source in sources)
        raise XdiagError(
            f"the call is {asked.operation}, and the role's trust policy names {len(sources)} who may make it",
            hint=f"name whose was presented: expected one of {listed} before the role",
        )
    return next(iter(sources), "")


def signs_nothing(source: str | None, asked: Asked) -> str:
    """Say that the named source did not make the call, where a form shows what was presented; else "".

    People name the identity that they see, such as the role of the pod's node.
    """
    if asked.identity is None or not asked.source or source in (None, "", asked.source):
        return ""
    if source != MYSELF and operation_of(parse_caller(str(source)).kind) is asked.operation:
        return ""
    who = "the credentials at hand" if source == MYSELF else printable(str(source))
    return f"The call was {asked.operation}, which {who} did not sign: decided for {printable(asked.source)}."


def _trust(
    role: str, pasted: PastedPolicies, in_files: Callable[[str], Sequence[Given]], where: LiveFlags
) -> Evidence[Policy]:
    from diagnose.collect.evidence.pasted import with_pasted

    if pasted.trust is not None:
        return with_pasted(_NOBODY, role, PastedPolicies(trust=pasted.trust)).destination.trust_policy
    arn = parse_role(role)
    for given in in_files(f"arn:{arn.partition}:iam::{arn.account}:root"):
        if given.destination is not None:
            return given.destination.trust_policy
    return _read_live(role, where)


_NOBODY = Snapshot(SourceSide(""))


def _read_live(role: str, where: LiveFlags) -> Evidence[Policy]:
    from diagnose.aws.identity import identify
    from diagnose.cli.configured import configured
    from diagnose.cli.opened import opened_profiles
    from diagnose.cli.output import progress
    from diagnose.collect.iam import IdentifiedCredentials, reader_of
    from diagnose.collect.role import read_destination

    arn = parse_role(role)
    where = configured(where, arn.account, arn.account)
    credentials = opened_profiles().profile(where.dest_profile, where)
    with progress() as step:
        own = IdentifiedCredentials(credentials, identify(credentials))
        return read_destination(arn, reader_of(arn.account, own, own), step).trust_policy
