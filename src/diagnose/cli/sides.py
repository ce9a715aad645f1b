"""The sides of a request that files hold, by the flags that name the files."""

from collections.abc import Sequence
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from diagnose.cli.files import InfrastructureFlags, PolicyFlags
from diagnose.collect.evidence.declared_limit import DeclaredLimits
from diagnose.collect.evidence.handed_over import PastedPolicies
from diagnose.errors import XdiagError
from diagnose.model.case import DestinationSide, Snapshot, SourceSide
from diagnose.model.evidence import Evidence, Known

_Value = TypeVar("_Value")


class Given(Struct, frozen=True):
    """The sides of a request that files hold; None for a side that they are not about."""

    source: SourceSide | None = None
    destination: DestinationSide | None = None
    limits: tuple[DeclaredLimits, ...] = ()
    """Policies of organizations and VPC endpoints, which are of no side alone."""
    provider: DestinationSide | None = None
    """The identity provider alone, where nothing declares the role: often it is made in another place."""
    notes: tuple[str, ...] = ()
    """What people should know of how they were read."""


def sides_in_infrastructure(how: InfrastructureFlags, source_arn: str, role_arn: str, *, complete: bool) -> Given:
    """Read the sides that files of infrastructure as code declare. `complete`: they hold all policies.

    Raises XdiagError for files about neither.
    """
    from diagnose.collect.evidence.declared import (
        declared_destination,
        declared_provider,
        declared_source,
        not_declared,
    )
    from diagnose.collect.evidence.infrastructure import read_infrastructure
    from diagnose.collect.evidence.policy_file import read_input

    files = [
        read_infrastructure(
            read_input(path),
            planned=how.planned,
            arns=(source_arn, role_arn),
            parameters=_parameters(how.parameter or ()),
        )
        for path in how.infrastructure or ()
    ]
    nothing = DestinationSide()
    provider = declared_provider(files, nothing, role_arn, source_arn)
    destination = declared_destination(files, role_arn, source_arn)
    given = Given(
        declared_source(files, source_arn, complete=complete),
        destination,
        tuple(file.limits for file in files if file.limits.policies or file.limits.endpoints),
        provider if destination is None and provider != nothing else None,
    )
    if given == Given():
        raise not_declared(files, source_arn, role_arn)
    return replace(given, notes=tuple(note for file in files for note in file.notes))


def with_sides(snapshot: Snapshot, given: Given) -> Snapshot:
    """Put sides that files hold into a snapshot. Files of accounts know nothing of organizations."""
    source, destination = snapshot.source, snapshot.destination
    if given.source is not None:
        source = replace(given.source, scps=source.scps, organization=source.organization)
    known = given.destination or given.provider
    if known is not None:
        destination = replace(
            destination if given.destination is None else given.destination,
            rcps=destination.rcps,
            organization=destination.organization,
            oidc_providers=_read(known.oidc_providers, destination.oidc_providers),
            saml_providers=_read(known.saml_providers, destination.saml_providers),
        )
    return replace(snapshot, source=source, destination=destination)


def _read(given: Evidence[_Value], live: Evidence[_Value]) -> Evidence[_Value]:
    return given if isinstance(given, Known) else live


def pasted_policies(flags: PolicyFlags) -> PastedPolicies:
    """Read the files with policies. Raises XdiagError for one that cannot be read."""
    if flags == PolicyFlags():
        return PastedPolicies()
    from diagnose.collect.evidence.policy_file import read_input

    return PastedPolicies(
        trust=None if flags.trust_policy is None else read_input(flags.trust_policy),
        identity=tuple(map(read_input, flags.identity_policy or ())),
        boundary=None if flags.boundary is None else read_input(flags.boundary),
        scps=tuple(map(read_input, flags.scp or ())),
        rcps=tuple(map(read_input, flags.rcp or ())),
        session=tuple(map(read_input, flags.session_policy or ())),
        endpoint=None if flags.endpoint_policy is None else read_input(flags.endpoint_policy),
    )


def _parameters(given: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    for text, (name, equals, _) in zip(given, pairs, strict=True):
        if not equals or not name:
            raise XdiagError(f"`--parameter {text}` is not NAME=VALUE", hint="expected `--parameter NAME=VALUE`")
    return {name: value for name, _, value in pairs}
