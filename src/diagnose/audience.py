"""Whom a trust policy admits."""

import json
from collections.abc import Iterator
from typing import assert_never

from msgspec import Struct

from diagnose.errors import XdiagError
from diagnose.evaluate.condition import SetOperator, Test
from diagnose.evaluate.document import Statement, StatementText, compile_document
from diagnose.evaluate.pattern import glob
from diagnose.model.arn import split_arn
from diagnose.model.json_text import Node, Number, Object, parse
from diagnose.model.policy import Policy, document_text
from diagnose.model.trace import Effect
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, any_of
from diagnose.report.safe_text import visible

EVERYONE, ACCOUNTS, PRINCIPALS, SERVICES = "everyone", "accounts", "principals", "services"


FEDERATED, CANONICAL, NOT_KNOWN = "federated", "canonical users", "not known"
"""The kinds of principals; `NOT_KNOWN` is for what AWS would not know."""


class Admission(Struct, frozen=True):
    """One statement, of whatever effect; None for an effect that cannot be told, and so for actions.

    `named` are all its principals by kind, in the order of the policy, and with `negated` those whom it does not reach.
    `open_to_world` says whether any AWS principal at all is let in, as far as this statement goes.
    """

    place: str
    sid: str
    effect: Effect | None
    negated: bool
    named: tuple[tuple[str, tuple[str, ...]], ...]
    actions: tuple[str, ...] | None
    conditions: tuple[str, ...]
    open_to_world: Tri


class Audience(Struct, frozen=True):
    """All statements of a policy. `flaws` are what AWS would not accept in it: pairs of a place and a message."""

    statements: tuple[Admission, ...]
    flaws: tuple[tuple[str, str], ...]

    @property
    def open_to_world(self) -> Tri:
        """Say whether any AWS principal at all is let in. What a Deny takes back is not considered."""
        return any_of(one.open_to_world for one in self.statements)


def audience(policy: Policy) -> Audience:
    """Sum up a trust policy. Nothing that it names is left out, whether AWS would accept it or not.

    Raises XdiagError where the document is no policy at all.
    """
    document = compile_document(policy.document)
    if not document.usable:
        why = document.flaws[0].message
        raise XdiagError(f"the trust policy `{policy.name}` cannot be summed up: {why}", hint="expected a policy")
    written = _members(parse(document_text(policy.document)), "Statement")[-1]
    listed = written if isinstance(written, list) else [written]
    return Audience(
        tuple(_admission(text, node) for text, node in zip(document.statements, listed, strict=True)),
        tuple((flaw.pointer, flaw.message) for flaw in document.flaws),
    )


def words(audience: Audience) -> str:
    """Write all that is known of the audience, a line for each thing."""
    lines = [line for one in audience.statements for line in _statement(one)]
    lines += [_row("not accepted", f"{message}, at {pointer or '/'}") for pointer, message in audience.flaws]
    lines.append(_row("open to the world", _world(audience)))
    return "\n".join(visible(line) for line in lines)


_DEEPEST = 5
"""Levels of what should be a text that are written out."""


def _admission(written: StatementText, node: Node) -> Admission:
    statement = written.compiled
    plain, negated = _members(node, "Principal"), _members(node, "NotPrincipal")
    by_kind: dict[str, tuple[str, ...]] = {}
    for kind, text in (named for value in (plain or negated) for named in _named(value)):
        by_kind[kind] = (*by_kind.get(kind, ()), text)
    return Admission(
        place=f"statement {written.index + 1}",
        sid=written.sid,
        effect=written.effect,
        negated=bool(negated) and not plain,
        named=tuple(by_kind.items()),
        actions=_actions(statement),
        conditions=tuple(_condition(test) for test in statement.tests),
        open_to_world=_open_to_world(
            statement, written.effect, everyone=EVERYONE in by_kind or (bool(negated) and not plain)
        ),
    )


def _members(node: Node, key: str) -> list[Node]:
    """Give what stands under a key: AWS takes one only, but two are not to be overlooked."""
    return [value for name, value in node.members if name == key] if isinstance(node, Object) else []


def _named(value: Node) -> Iterator[tuple[str, str]]:
    """Walk a Principal element: kind and text of each."""
    if value == "*" and not isinstance(value, Number):
        yield EVERYONE, "*"
    elif isinstance(value, Object):
        for key, given in value.members:
            for one in given if isinstance(given, list) else [given]:
                yield _kind(key, one)
    else:
        yield NOT_KNOWN, _text(value)


def _kind(key: str, value: Node) -> tuple[str, str]:
    text = _text(value)
    if isinstance(value, str) and not isinstance(value, Number):
        if key == "AWS":
            kind = _aws_kind(text)
            return kind, text if kind is not NOT_KNOWN else f"AWS {text}"
        if key in _KINDS:
            return _KINDS[key], text
    return NOT_KNOWN, f"{key} {text}"


def _aws_kind(text: str) -> str:
    arn = split_arn(text)
    if text == "*":
        return EVERYONE
    if (arn is not None and arn.resource == "root") or (text.isdecimal() and len(text) == 12):
        return ACCOUNTS
    if "*" not in text and (arn is not None or text.startswith(("AIDA", "AROA"))):
        return PRINCIPALS
    return NOT_KNOWN


def _text(value: Node, depth: int = 0) -> str:
    """Give a text, or what stands in its place as JSON."""
    match value:
        case str():
            return str(value)
        case Object() | list() if depth == _DEEPEST:
            return "..."
        case Object(members=members):
            return "{" + ", ".join(f"{json.dumps(key)}: {_text(one, depth + 1)}" for key, one in members) + "}"
        case list():
            return "[" + ", ".join(_text(one, depth + 1) for one in value) + "]"
    return json.dumps(value)


def _actions(statement: Statement) -> tuple[str, ...] | None:
    """Name the actions by which a role is assumed that a statement is about."""
    if statement.actions is None:
        return None
    patterns = [glob(text.lower()) for text, _ in statement.actions.listed]
    negated = statement.actions.negated
    return tuple(each for each in _STS if any(matches(each.lower()) for matches in patterns) is not negated)


def _condition(test: Test) -> str:
    values = ", ".join(operand.text.written for operand in test.operands) or "(values that cannot be told)"
    return f"{test.written} {test.key} {values}"


def _open_to_world(statement: Statement, effect: Effect | None, *, everyone: bool) -> Tri:
    """Say whether strangers are let in, leaving aside conditions that name neither account nor address."""
    if effect is Effect.DENY:
        return NO
    if statement.broken or not everyone:
        return UNKNOWN if statement.broken else NO
    from policyuniverse.statement import Statement as Universe

    conditions: dict[str, dict[str, list[str]]] = {}
    for test in statement.tests:
        conditions.setdefault(test.written, {})[test.key] = [operand.text.written for operand in test.operands]
    if Universe({"Effect": "Allow", "Principal": "*", "Condition": conditions}).is_internet_accessible():
        return YES
    # These let in whoever has no such key.
    lax = any(test.if_exists or test.sets is SetOperator.ALL for test in statement.tests)
    return UNKNOWN if lax else NO


_KINDS = {"Service": SERVICES, "Federated": FEDERATED, "CanonicalUser": CANONICAL}


_STS = (
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetContext",
    "sts:SetSourceIdentity",
    "sts:TagSession",
)


_VERBS = {Effect.ALLOW: "allows", Effect.DENY: "denies", None: "has no effect that can be told, and names"}


_REMARKS = {
    CANONICAL: " (who cannot assume roles)",
    FEDERATED: " (who they are is for the provider to say)",
    NOT_KNOWN: " (no principal that AWS knows)",
}


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
