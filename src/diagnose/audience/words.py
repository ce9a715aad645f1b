"""What a trust policy admits, in words: a paragraph for each statement, and the world at the end."""

from collections.abc import Iterator
from typing import assert_never

from diagnose.audience.admission import CANONICAL, FEDERATED, NOT_KNOWN, Admission, Audience
from diagnose.model.trace import Effect
from diagnose.model.tri import Tri
from diagnose.report.plain import visible

_VERBS = {Effect.ALLOW: "allows", Effect.DENY: "denies", None: "has no effect that can be told, and names"}
_REMARKS = {
    CANONICAL: " (who cannot assume roles)",
    FEDERATED: " (who they are is for the provider to say)",
    NOT_KNOWN: " (no principal that AWS knows)",
}


def words(audience: Audience) -> str:
    """Write all that is known of the audience, a line for each thing."""
    lines = [line for one in audience.statements for line in _statement(one)]
    lines += [_row("not accepted", f"{message}, at {pointer or '/'}") for pointer, message in audience.flaws]
    lines.append(_row("open to the world", _world(audience)))
    return "\n".join(visible(line) for line in lines)


def _statement(one: Admission) -> Iterator[str]:
    name = f"{one.place} ({one.sid})" if one.sid else one.place
    yield f"{name} {_VERBS[one.effect]}{' all but' if one.negated else ''}"
    for kind, texts in one.named:
        yield _row(f"  {kind}", ", ".join(texts) + _REMARKS.get(kind, ""))
    if not one.named:
        yield _row("  nobody", "it names no principal")
    actions = "cannot be told" if one.actions is None else ", ".join(one.actions) or "none that is about assuming roles"
    yield _row("  for actions", actions)
    for condition in one.conditions:
        yield _row("  only if", condition)


def _world(audience: Audience) -> str:
    match audience.open_to_world:
        case Tri.YES:
            return f"YES: {_everybody(audience)} is let in"
        case Tri.UNKNOWN:
            return "cannot be told from these statements"
        case Tri.NO:
            return "no: of AWS principals, only those above can be let in"
        case _:
            assert_never(audience.open_to_world)


def _everybody(audience: Audience) -> str:
    widest = [one for one in audience.statements if one.open_to_world is Tri.YES]
    who = "anybody with an AWS account"
    if all(one.negated for one in widest):
        who += " but those left out"
    if all(one.conditions for one in widest):
        who += " who meets the conditions"
    return f"{who}, unless denied," if any(one.effect is Effect.DENY for one in audience.statements) else who


def _row(name: str, value: str) -> str:
    return f"{name:<18} {value}"
