"""How the layers come together: what the strongest match of the trust policy leaves for the others to grant.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from diagnose.evaluate.caller import Asker
from diagnose.evaluate.weigh import Reach, passes
from diagnose.model.arn import CallerKind
from diagnose.model.trace import Layer, Match
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

Grants: TypeAlias = Mapping[Layer, Tri]
"""Whether the layers on the caller's side grant the request; one that does not apply grants it."""

LayerAnswers: TypeAlias = Iterable[tuple[Layer, Tri, Tri]]
"""Layers, each with whether it grants the request and whether it denies it."""


def allowed(asker: Asker, reach: Reach, answers: LayerAnswers, *, same_account: bool) -> Tri:
    """Put the layers together for one action. A layer that is not among the answers lets it pass.

    `reach` is the trust policy's. No more answers are asked for than it takes to be certain.
    """
    if not reach:
        return NO
    grants, denied = dict(_ALL_GRANT), NO
    for layer, grants_it, denies_it in answers:
        if denies_it is YES:
            return NO
        grants[layer], denied = grants_it, max(denied, denies_it)
    limits = min(grants[Layer.RCP], grants[Layer.SCP], grants[Layer.ENDPOINT])
    return passes(min(granted(asker, reach, grants, same_account=same_account), limits), denied)


def granted(asker: Asker, reach: Reach, grants: Grants, *, same_account: bool) -> Tri:
    """Say whether the trust policy, and what else its match calls for, allow the request. Denies count elsewhere.

    `reach` is the trust policy's.
    """
    if not reach:
        return NO
    identity, boundary, session = grants[Layer.IDENTITY], grants[Layer.BOUNDARY], grants[Layer.SESSION]
    if asker.kind is CallerKind.SERVICE:
        # Whether `*` takes in AWS services is not documented.
        return max(reach.get(Match.SERVICE, NO), min(UNKNOWN, reach.get(Match.ANY, NO)))
    if not same_account:
        return min(_reached(reach), identity, boundary, session)
    by_account = min(reach.get(Match.ACCOUNT, NO), identity, boundary, session)
    by_role = min(reach.get(Match.ROLE, NO), boundary, session) if asker.has_role else NO
    return max(_direct(asker, reach), by_role, by_account)


def needed(asker: Asker, reach: Reach, layer: Layer, *, same_account: bool) -> Tri:
    """Say whether a layer's Allow is needed, or made superfluous by how the trust policy names the caller.

    UNKNOWN also where nothing in the trust policy reaches the caller: it depends on how that is mended.
    """
    if layer not in (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION):
        return YES
    if asker.kind is CallerKind.SERVICE:
        return NO
    if not same_account:
        return YES
    by_role = reach.get(Match.ROLE, NO) if asker.has_role else NO
    waived = max(_direct(asker, reach), by_role if layer is Layer.IDENTITY else NO)
    if waived is not NO:
        return ~waived
    return YES if _reached(reach) is not NO else UNKNOWN


_ALL_GRANT: dict[Layer, Tri] = dict.fromkeys(Layer, YES)


def _direct(asker: Asker, reach: Reach) -> Tri:
    """Say whether the trust policy names the caller so that, within the account, nothing else is needed.

    For a role's session and `*` the guide says that no boundary and no session policy limits it, by way of
    the condition on `aws:PrincipalArn`; that this holds for a bare `*` is inferred.
    """
    named = Match.SESSION if asker.has_role else Match.USER
    return max(reach.get(named, NO), reach.get(Match.ANY, NO))


def _reached(reach: Reach) -> Tri:
    """Say whether the trust policy reaches the caller in any way."""
    return max([NO, *(answer for match, answer in reach.items() if match is not Match.SERVICE)])
