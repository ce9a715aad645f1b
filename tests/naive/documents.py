"""Policy documents for a draft: such as let the request through, with noise, and such as chance makes."""

import json
from random import Random
from typing import Any
from urllib.parse import quote

from msgspec import Raw
from tests.naive.conditions import a_test
from tests.naive.draft import Document, Draft
from tests.naive.elements import a_principal, a_resource, an_action

from diagnose.model.policy import raw_document

Statement = dict[str, Any]
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
WITH_PRINCIPAL = ("trust", "rcp", "endpoint")


def favourable(draft: Draft) -> None:
    """Write policies that let the request through, as far as chance conditions do."""
    rng, parts = draft.rng, draft.parts
    cross_account = draft.account != draft.caller.account
    parts["trust"] = [[_document(rng, _grants(draft, "trust") + _noise(draft, "trust"))]]
    if not draft.is_service:
        silent = not cross_account and rng.random() < 0.3
        parts["identity"] = [_spread(rng, ([] if silent else _grants(draft, "identity")) + _noise(draft, "identity"))]
        if rng.random() < 0.25:
            parts["boundary"] = [[_document(rng, _grants(draft, "boundary") + _noise(draft, "boundary"))]]
        if not draft.is_user and rng.random() < 0.25:
            parts["session"] = [_spread(rng, _grants(draft, "session") + _noise(draft, "session"))]
    if draft.home:
        parts["scp"] = [_level(draft, "scp") for _ in range(rng.choice((2, 3)))]
    if draft.far:
        parts["rcp"] = [_level(draft, "rcp") for _ in range(rng.choice((2, 3)))]
    through = [_document(rng, _grants(draft, "endpoint") + _noise(draft, "endpoint"))] if draft.endpoint else []
    parts["endpoint"] = [through] if through else []


def focused(draft: Draft) -> None:
    """Write policies that let the request through, but for one test, in an Allow or in a Deny of one action."""
    favourable(draft)
    rng, action = draft.rng, draft.rng.choice(draft.actions())
    layer = rng.choice([name for name, levels in draft.parts.items() if levels and name != "boundary"])
    level = rng.choice(draft.parts[layer])
    if layer == "rcp" or rng.random() < 0.4:
        only = a_statement(draft, layer, "Deny")
        held = []
    else:
        only = a_statement(draft, layer, "Allow")
        held = [a_statement(draft, layer, "Allow") | {"Action": other} for other in draft.actions() if other != action]
    for statement in held:
        statement.pop("NotAction", None)
    only.pop("NotAction", None)
    if layer == "endpoint" and rng.random() < 0.4:
        only.pop("Principal", only.pop("NotPrincipal", None))
        element, only_value = a_principal(draft, layer, only["Effect"], fits=rng.random() < 0.6)
        only[element] = only_value
    else:
        only["Condition"] = a_condition(draft, holds=rng.random() < 0.7, action=action, count=1)
    only["Action"] = action
    if only["Effect"] == "Allow":
        level[:] = [_document(rng, [only, *held])]
    elif layer in ("trust", "endpoint"):
        kept = level[0]["Statement"]
        level[0]["Statement"] = [*(kept if isinstance(kept, list) else [kept]), only]
    else:
        level.append(_document(rng, [only]))


def haphazard(draft: Draft) -> None:
    """Write policies whose every element fits or does not as chance has it."""
    favourable(draft)
    for layer, levels in draft.parts.items():
        for level in levels:
            for document in level:
                if layer != "rcp" and document["Statement"]:
                    document["Statement"] = [
                        a_statement(draft, layer, draft.rng.choices(("Allow", "Deny"), (5, 1))[0], fit=0.85)
                        for _ in range(draft.rng.choice((1, 2, 3)))
                    ]


def a_statement(draft: Draft, layer: str, effect: str, *, fit: float = 1.0, condition: bool | None = None) -> Statement:
    """Write a statement each element of which fits the request with a probability.

    `condition` says whether its condition is to hold; None leaves it to chance whether there is one.
    """
    rng = draft.rng
    statement: Statement = {"Sid": f"S{rng.randrange(100)}", "Effect": effect}
    if layer in WITH_PRINCIPAL:
        element, value = a_principal(draft, layer, effect, fits=rng.random() < fit)
        statement[element] = value
    element, value = an_action(draft, fits=rng.random() < fit, trust=layer == "trust")
    statement[element] = value
    if layer != "trust":
        element, value = a_resource(draft, fits=rng.random() < fit)
        statement[element] = value
    if condition is not None or rng.random() < (0 if draft.quiet else 0.2):
        statement["Condition"] = a_condition(draft, holds=rng.random() < fit if condition is None else condition)
    return statement


def a_condition(draft: Draft, *, holds: bool, action: str = "", count: int = 0) -> dict[str, dict[str, Any]]:
    """Write one to three tests; where the condition is not to hold, one of them fails."""
    condition: dict[str, dict[str, Any]] = {}
    for index in range(count or draft.rng.choice((1, 1, 1, 2, 3))):
        operator, key, wanted = a_test(draft, holds=holds or index > 0, action=action)
        condition.setdefault(operator, {})[key] = wanted
    return condition


def wrapped(document: Document, variant: int) -> Raw:
    """Wrap a document in one of the forms in which it is met: as it is, as a string, percent-encoded."""
    text = json.dumps(document)
    return raw_document((document, document, text, quote(text))[variant % 4])


def _grants(draft: Draft, layer: str) -> list[Statement]:
    """Write Allow statements for all actions: one for all of them, or one for each."""
    rng, actions = draft.rng, draft.actions()
    if rng.random() < 0.5:
        return [a_statement(draft, layer, "Allow")]
    grants = []
    for action in actions:
        grants.append(a_statement(draft, layer, "Allow"))
        if grants[-1].get("Action"):
            grants[-1]["Action"] = rng.choice((action, action.lower(), [action]))
    return grants


def _noise(draft: Draft, layer: str) -> list[Statement]:
    """Write statements that should change nothing: some element of each does not fit."""
    rng, noise = draft.rng, []
    while not draft.quiet and rng.random() < 0.35:
        effect = rng.choices(("Allow", "Deny"), (1, 2))[0]
        statement = a_statement(draft, layer, effect, condition=False if rng.random() < 0.6 else None)
        if statement.get("Condition") is None or rng.random() < 0.3:
            element, value = an_action(draft, fits=False, trust=layer == "trust")
            statement.pop("Action", statement.pop("NotAction", None))
            statement[element] = value
        noise.append(statement)
    return noise


def _level(draft: Draft, layer: str) -> list[Document]:
    everything = {**EVERYTHING, "Principal": "*"} if layer == "rcp" else {**EVERYTHING}
    full = [] if layer == "scp" and draft.rng.random() < 0.2 else [{"Version": "2012-10-17", "Statement": [everything]}]
    own = _noise(draft, layer) + ([] if full else _grants(draft, layer))
    return full + (_spread(draft.rng, own) if own else [])


def _spread(rng: Random, statements: list[Statement]) -> list[Document]:
    """Spread statements over one or two documents, in any order."""
    rng.shuffle(statements)
    cut = rng.randrange(len(statements) + 1) if rng.random() < 0.4 else 0
    return [_document(rng, part) for part in (statements[:cut], statements[cut:]) if part]


def _document(rng: Random, statements: list[Statement]) -> Document:
    rng.shuffle(statements)
    document: Document = {"Version": rng.choices(("2012-10-17", "2008-10-17"), (15, 1))[0]}
    if rng.random() < 0.04:
        del document["Version"]
    single = len(statements) == 1 and rng.random() < 0.3
    return {**document, "Statement": statements[0] if single else statements}
