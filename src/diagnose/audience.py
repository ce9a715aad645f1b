"""Whom a trust policy admits besides the source, and for which actions. The only module that imports policyuniverse."""

from msgspec import Struct

from diagnose.errors import XdiagError
from diagnose.evaluate.document import compile_document
from diagnose.model.arn import split_arn
from diagnose.model.policy import Policy, document_text


class Audience(Struct, frozen=True):
    """Everybody whom the Allow statements of a policy name, each list in order.

    `conditions` are the values that conditions narrow the callers to, such as organizations and source addresses.
    `open_to_world` says that anybody is let in and no such condition narrows it.
    """

    everyone: bool
    accounts: tuple[str, ...]
    principals: tuple[str, ...]
    services: tuple[str, ...]
    federated: tuple[str, ...]
    actions: tuple[str, ...]
    conditions: tuple[str, ...]
    open_to_world: bool


def audience(policy: Policy) -> Audience:
    """Sum up a trust policy. Denies and conditions that policyuniverse does not know are not considered.

    Raises XdiagError where the document is no policy that AWS would accept.
    """
    from policyuniverse.policy import Policy as Universe

    document = compile_document(policy.document)
    if document.flaws:
        flaw = document.flaws[0]
        raise XdiagError(
            f"the trust policy `{policy.name}` cannot be summed up: {flaw.message}",
            hint=f"mend it at `{flaw.pointer or '/'}`",
        )
    # Its own reader is laxer than ours, which has just read the same text.
    from json import loads

    universe = Universe(loads(document_text(policy.document)))
    named = sorted(
        {str(one) for statement in universe.statements if statement.effect == "Allow" for one in statement.principals}
    )
    return Audience(
        everyone="*" in named,
        accounts=tuple(one for one in named if _is_account(one)),
        principals=tuple(
            one
            for one in named
            if one.startswith(("arn:", "AIDA", "AROA")) and not _is_account(one) and "-provider/" not in one
        ),
        services=tuple(one for one in named if one.endswith((".amazonaws.com", ".amazonaws.com.cn"))),
        federated=tuple(one for one in named if "-provider/" in one or one in _PROVIDERS),
        actions=tuple(
            sorted(
                {
                    _WRITTEN[action]
                    for statement in universe.statements
                    if statement.effect == "Allow"
                    for action in statement.actions_expanded
                    if action in _WRITTEN
                }
            )
        ),
        conditions=tuple(sorted(f"{one.category} {one.value}" for one in universe.condition_entries)),
        open_to_world=bool(universe.is_internet_accessible()),
    )


_STS = (
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetContext",
    "sts:SetSourceIdentity",
    "sts:TagSession",
)
_WRITTEN = {action.lower(): action for action in _STS}
_PROVIDERS = ("accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com")


def _is_account(text: str) -> bool:
    arn = split_arn(text)
    return (arn is not None and arn.resource == "root") or (text.isdigit() and len(text) == 12)
