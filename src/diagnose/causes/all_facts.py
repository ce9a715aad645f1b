"""Every kind of fact, by the name that it has in `when`; apart from `facts`, which says what each holds."""

from collections.abc import Mapping
from typing import Any

from diagnose.causes.facts import (
    HIDDEN,
    AccountFact,
    ActionFact,
    AnswerFact,
    AsideFact,
    AttemptFact,
    CallerFact,
    ConditionFact,
    Fact,
    GapFact,
    GateFact,
    IdleFact,
    LayerFact,
    MatchFact,
    PlaceholderFact,
    PrincipalFact,
    ProblemFact,
    RequestFact,
    ResourceFact,
    RoleFact,
    StatementFact,
    SuspectFact,
)

FACTS: Mapping[str, type[Fact]] = {
    str(fact.__struct_config__.tag): fact
    for fact in (
        LayerFact,
        StatementFact,
        ActionFact,
        PrincipalFact,
        ResourceFact,
        ConditionFact,
        PlaceholderFact,
        MatchFact,
        GateFact,
        CallerFact,
        RoleFact,
        AccountFact,
        RequestFact,
        ProblemFact,
        IdleFact,
        GapFact,
        AnswerFact,
        AsideFact,
        AttemptFact,
        SuspectFact,
    )
}


def seen(fact: Fact) -> dict[str, Any]:
    """List what rules may see of a fact, in the order of its fields."""
    return {name: getattr(fact, name) for name in fact.__struct_fields__ if name not in HIDDEN}
