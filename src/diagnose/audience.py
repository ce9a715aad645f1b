"""Whom a trust policy admits, statement by statement, in the words of the policy.

Decisions come from the compiled statements; principals from the text itself, so that none is left out: neither one that
AWS would reject nor one under a key that is repeated.
"""

import json
from collections.abc import Iterator, Sequence
from enum import StrEnum
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
from diagnose.strangers import Strangers, strangers


class PrincipalKind(StrEnum):
    """What a principal that a statement names is."""

    EVERYONE = "everyone"
    ACCOUNT = "accounts"
    PRINCIPAL = "principals"
    SERVICE = "services"
    FEDERATED = "federated"
    CANONICAL_USER = "canonical users"
    NOT_KNOWN = "not known"
    """AWS would not know it."""


class Admission(Struct, frozen=True):
    """One statement, of whatever effect. `effect` and `actions` are None where the policy's are not valid.

    `principals` are all that it names, by kind, in the order of the policy; where it is `negated`, those whom it does
    not reach.
    `open_to_world` says whether any AWS principal at all is let in, as far as this statement goes; `strangers` are who
    else gets in by a token.
    """

    place: str
    sid: str
    effect: Effect | None
    negated: bool
    principals: tuple[tuple[PrincipalKind, tuple[str, ...]], ...]
    actions: tuple[str, ...] | None
    conditions: tuple[str, ...]
    open_to_world: Tri
    strangers: tuple[Strangers, ...] = ()


class Audience(Struct, frozen=True):
    """All statements of a policy. `flaws` are what AWS rejects in it: pairs of a JSON pointer and a message."""

    statements: tuple[Admission, ...]
    flaws: tuple[tuple[str, str], ...]

    @property
    def open_to_world(self) -> Tri:
        """Say whether any AWS principal at all is let in. What a Deny takes back is not considered."""
        return any_of(statement.open_to_world for statement in self.statements)


def audience(policy: Policy) -> Audience:
    """Sum up a trust policy. Nothing that it names is left out, even where AWS would reject it.

    Raises XdiagError where the document is not a policy.
    """
    document = compile_document(policy.document)
    if not document.usable:
        why = document.flaws[0].message
        raise XdiagError(f"the trust policy `{policy.name}` cannot be summarized: {why}", hint="expected a policy")
    texts = _members(parse(document_text(policy.document)), "Statement")[-1]
    return Audience(
        tuple(
            _admission(statement, text)
            for statement, text in zip(document.statements, texts if isinstance(texts, list) else [texts], strict=True)
        ),
        tuple((flaw.pointer, flaw.message) for flaw in document.flaws),
    )


def words(audience: Audience) -> str:
    """Write all that is known of the audience, a line for each thing."""
    lines = [line for admission in audience.statements for line in _statement_lines(admission)]
    lines += [
        _row("AWS rejects", f"{message}, at {pointer or '/'}") for pointer, message in audience.flaws[:_MOST_FLAWS]
    ]
    if len(audience.flaws) > _MOST_FLAWS:
        lines.append(_row("AWS rejects", f"{len(audience.flaws) - _MOST_FLAWS:,} more places"))
    lines.append(_row("open to the world", _world(audience)))
    return "\n".join(visible(line) for line in lines)


_MOST_FLAWS = 60


def _admission(text: StatementText, node: Node) -> Admission:
    statement = text.compiled
    elements = _members(node, "Principal")
    excluded = [] if elements else _members(node, "NotPrincipal")
    principals: dict[PrincipalKind, list[str]] = {}
    for element in elements or excluded:
        for kind, name in _principals(element):
            principals.setdefault(kind, []).append(name)
    everyone = bool(excluded) or PrincipalKind.EVERYONE in principals
    return Admission(
        place=f"statement {text.index + 1}",
        sid=text.sid,
        effect=text.effect,
        negated=bool(excluded),
        principals=tuple((kind, tuple(names)) for kind, names in principals.items()),
        actions=_actions(statement),
        conditions=tuple(_condition(test) for test in statement.tests),
        open_to_world=_open_to_world(statement, text.effect, everyone=everyone),
        strangers=_strangers(statement, text.effect, principals.get(PrincipalKind.FEDERATED, [])),
    )


def _strangers(statement: Statement, effect: Effect | None, providers: Sequence[str]) -> tuple[Strangers, ...]:
    """Say whom else an Allow for tokens lets in; of what AWS rejects nothing is said."""
    allows = effect is Effect.ALLOW and not statement.broken
    by_token = "sts:AssumeRoleWithWebIdentity" in (_actions(statement) or ())
    return strangers(providers, statement.tests) if allows and by_token else ()


def _members(node: Node, key: str) -> list[Node]:
    """Give what stands under a key: AWS takes one only, but two are not to be overlooked."""
    return [value for name, value in node.members if name == key] if isinstance(node, Object) else []


def _principals(element: Node) -> Iterator[tuple[PrincipalKind, str]]:
    """Give kind and text of each principal in a Principal or NotPrincipal element."""
    if element == "*" and not isinstance(element, Number):
        yield PrincipalKind.EVERYONE, "*"
    elif isinstance(element, Object):
        for key, names in element.members:
            for name in names if isinstance(names, list) else [names]:
                yield _principal(key, name)
    else:
        yield PrincipalKind.NOT_KNOWN, _text(element)


def _principal(key: str, name: Node) -> tuple[PrincipalKind, str]:
    text = _text(name)
    kind = PrincipalKind.NOT_KNOWN
    if isinstance(name, str) and not isinstance(name, Number):
        kind = _aws_kind(text) if key == "AWS" else _KINDS.get(key, kind)
    return kind, f"{key} {text}" if kind is PrincipalKind.NOT_KNOWN else text


def _aws_kind(text: str) -> PrincipalKind:
    arn = split_arn(text)
    if text == "*":
        return PrincipalKind.EVERYONE
    if (arn is not None and arn.resource == "root") or (text.isdecimal() and len(text) == 12):
        return PrincipalKind.ACCOUNT
    if "*" not in text and (arn is not None or text.startswith(("AIDA", "AROA"))):
        return PrincipalKind.PRINCIPAL
    return PrincipalKind.NOT_KNOWN


_KINDS = {
    "Service": PrincipalKind.SERVICE,
    "Federated": PrincipalKind.FEDERATED,
    "CanonicalUser": PrincipalKind.CANONICAL_USER,
}
_DEEPEST = 5
"""The levels of JSON that are written out where a text should stand."""


def _text(value: Node, depth: int = 0) -> str:
    """Give a text, or the JSON that stands in its place."""
    match value:
        case str():
            return str(value)
        case Object() | list() if depth == _DEEPEST:
            return "..."
        case Object(members=members):
            return "{" + ", ".join(f"{json.dumps(key)}: {_text(inner, depth + 1)}" for key, inner in members) + "}"
        case list():
            return "[" + ", ".join(_text(inner, depth + 1) for inner in value) + "]"
    return json.dumps(value)


_STS = (
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetContext",
    "sts:SetSourceIdentity",
    "sts:TagSession",
)


def _actions(statement: Statement) -> tuple[str, ...] | None:
    """Name the actions by which a role is assumed that a statement is about."""
    if statement.actions is None:
        return None
    patterns = [glob(text.lower()) for text, _ in statement.actions.values]
    negated = statement.actions.negated
    return tuple(action for action in _STS if any(matches(action.lower()) for matches in patterns) is not negated)


def _condition(test: Test) -> str:
    values = ", ".join(operand.text.raw for operand in test.operands) or "(values that are not valid)"
    return f"{test.operator_name} {test.key} {values}"


def _open_to_world(statement: Statement, effect: Effect | None, *, everyone: bool) -> Tri:
    """Say whether strangers are let in, leaving aside conditions that name neither account nor address."""
    if effect is Effect.DENY:
        return NO
    if statement.broken or not everyone:
        return UNKNOWN if statement.broken else NO
    from policyuniverse.statement import Statement as Universe

    conditions: dict[str, dict[str, list[str]]] = {}
    for test in statement.tests:
        conditions.setdefault(test.operator_name, {})[test.key] = [
            _shortened(operand.text.raw) for operand in test.operands
        ]
    if Universe({"Effect": "Allow", "Principal": "*", "Condition": conditions}).is_internet_accessible():
        return YES
    # These let in whoever has no such key.
    lax = any(test.if_exists or test.sets is SetOperator.ALL for test in statement.tests)
    return UNKNOWN if lax else NO


_LONGEST = 300


def _shortened(value: str) -> str:
    """Cut a value to what is looked at in it: the account of an ARN, and where its wildcards are.

    policyuniverse takes time by the square of a value's length, or by its cube.
    """
    if len(value) <= _LONGEST:
        return value
    kept, cut = value[:_LONGEST], value[_LONGEST:]
    wildcard = "o-*" if "o-*" in cut else "*" if "*" in cut else ""
    return f"{kept}{wildcard}{'' if cut.find('*') == len(cut) - 1 else '-'}"


_VERBS = {Effect.ALLOW: "allows", Effect.DENY: "denies", None: "has no valid effect, and names"}
_REMARKS = {
    PrincipalKind.CANONICAL_USER: " (who cannot assume roles)",
    PrincipalKind.FEDERATED: " (the provider decides who they are)",
    PrincipalKind.NOT_KNOWN: " (not a principal that AWS knows)",
}


def _statement_lines(admission: Admission) -> Iterator[str]:
    name = f"{admission.place} ({admission.sid})" if admission.sid else admission.place
    yield f"{name} {_VERBS[admission.effect]}{' all but' if admission.negated else ''}"
    for kind, names in admission.principals:
        yield _row(f"  {kind}", ", ".join(names) + _REMARKS.get(kind, ""))
    if not admission.principals:
        yield _row("  nobody", "it names no principal")
    yield _row("  for actions", _action_words(admission.actions))
    for condition in admission.conditions:
        yield _row("  only if", condition)
    for others in admission.strangers:
        yield _row("  WARNING", f"this lets in {others.value}")


def _action_words(actions: tuple[str, ...] | None) -> str:
    if actions is None:
        return "not valid"
    return ", ".join(actions) or "none that assumes a role"


def _world(audience: Audience) -> str:
    match audience.open_to_world:
        case Tri.YES:
            return f"YES: {_everybody(audience)} is let in"
        case Tri.UNKNOWN:
            return "not known from these statements"
        case Tri.NO:
            return "no: only the AWS principals above can be let in"
        case _:
            assert_never(audience.open_to_world)


def _everybody(audience: Audience) -> str:
    widest = [admission for admission in audience.statements if admission.open_to_world is Tri.YES]
    who = "anybody with an AWS account"
    if all(admission.negated for admission in widest):
        who += " but those left out"
    if all(admission.conditions for admission in widest):
        who += " who meets the conditions"
    denied = any(admission.effect is Effect.DENY for admission in audience.statements)
    return f"{who}, unless denied," if denied else who


def _row(name: str, value: str) -> str:
    return f"{name:<18} {value}"
