"""What is unknown and what it would change, and the uncertain readings of AWS's pages that a decision rests on."""

from collections.abc import Iterator

from diagnose.evaluate.authorization import Authorization
from diagnose.evaluate.caller import Caller
from diagnose.evaluate.document import compile_document
from diagnose.evaluate.explore import Exploration
from diagnose.evaluate.keys.table import key_name
from diagnose.evaluate.possible_values import PossibleValue
from diagnose.model.evidence import Known
from diagnose.model.key_state import Alternative, ConditionKey, KeyState, tag_state
from diagnose.model.trace import (
    LIKELIEST_LAYERS,
    ActionDecision,
    BrokenStatement,
    Comparison,
    Doubt,
    Effect,
    Element,
    ElementTrace,
    GateTrace,
    Layer,
    Match,
    Note,
    Reason,
    StatementTrace,
)
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, tri


def doubts(
    verdict: Tri,
    gates: tuple[GateTrace, ...],
    actions: tuple[ActionDecision, ...],
    exploration: Exploration,
    *,
    star_unsure: bool,
    perhaps: tuple[Layer, ...],
) -> tuple[Doubt, ...]:
    """Name every unknown that the decision met, with what depends on it.

    `star_unsure`: whether `*` names the caller is not documented. `perhaps`: layers of which it is not known whether
    they count.
    """
    distinct: dict[object, Doubt] = {}
    for doubt in (
        *_of_keys(verdict, exploration),
        *_of_layers(verdict, actions, perhaps),
        *_of_comparisons(verdict, actions, {*exploration.tried, *exploration.untried}),
        *_of_gates(verdict, gates, actions, star_unsure=star_unsure),
    ):
        distinct.setdefault(doubt.about, doubt)
    return tuple(distinct.values())


def notes(authorization: Authorization, actions: tuple[ActionDecision, ...]) -> Iterator[Note]:
    """Name the readings that these decisions rest on."""
    yield from dict.fromkeys(_perhaps_counting(authorization, actions))
    if authorization.same_account and authorization.operation.asks_role:
        yield from _overridden_limits(authorization.call.caller, actions)
    if (
        authorization.operation.asks_role
        and authorization.call.caller.principal_arn == authorization.call.role.arn
        and any(decided.verdict is NO for decided in actions)
    ):
        yield Note(
            Layer.TRUST,
            "a few roles that assumed themselves before 2022-06-30 may still do so without being trusted",
            "https://aws.amazon.com/blogs/security/announcing-an-update-to-iam-role-trust-policy-behavior/",
        )
    readings = (
        note
        for decided in actions
        for statement in _statements(decided)
        if statement.elements
        for note in _readings(statement, authorization, settled=decided.verdict is not UNKNOWN)
    )
    yield from dict.fromkeys(readings)


def _of_keys(verdict: Tri, exploration: Exploration) -> Iterator[Doubt]:
    for key, tried in exploration.tried.items():
        matters, possible = exploration.of_key(key)
        allows: tuple[Alternative, ...] = ()
        denies: tuple[Alternative, ...] = ()
        if possible is not None:
            allows = _alternatives([value for value, may in zip(tried, possible, strict=True) if may])
            denies = _alternatives([value for value, may in zip(tried, possible, strict=True) if not may])
        yield Doubt(ConditionKey(key_name(key)), min(matters, tri(verdict is UNKNOWN)), allows, denies)
    for key in exploration.untried:
        yield Doubt(ConditionKey(key_name(key)), UNKNOWN if verdict is UNKNOWN else NO)


def _alternatives(tried: list[PossibleValue]) -> tuple[Alternative, ...]:
    """Give what is particular about the values; about sets of several only where there is no value by itself."""
    single = [value.alternative for value in tried if len(value.values) <= 1]
    return tuple(dict.fromkeys(single or [value.alternative for value in tried]))


def _of_layers(verdict: Tri, actions: tuple[ActionDecision, ...], perhaps: tuple[Layer, ...]) -> Iterator[Doubt]:
    """A part that was not read may hold a Deny, so it matters as long as nothing else has settled the answer.

    Of the layers in `perhaps`, it is not known whether they count at all.
    """
    for decided in actions:
        for trace in sorted(decided.layers, key=lambda trace: LIKELIEST_LAYERS.index(trace.layer)):
            if gaps := tuple(gap for level in trace.levels for gap in level.unread):
                yield Doubt(trace.layer, tri(verdict is UNKNOWN), gaps=gaps)
            elif trace.layer in perhaps and trace.verdict is UNKNOWN:
                yield Doubt(trace.layer, tri(verdict is UNKNOWN))


def _of_comparisons(verdict: Tri, actions: tuple[ActionDecision, ...], unknown_keys: set[str]) -> Iterator[Doubt]:
    """Name what else of a statement is not certain, where the statement may apply."""
    broken: dict[str, dict[int, None]] = {}
    known_in_part = _KnownInPart()
    for decided in actions:
        for statement in _statements(decided):
            if statement.verdict is not UNKNOWN:
                continue
            unknown = [element for element in statement.elements if element.verdict is UNKNOWN]
            for element in unknown:
                if not _mentions(element, unknown_keys):
                    yield Doubt(_comparison(element), tri(verdict is UNKNOWN))
            if not unknown and not known_in_part.has(statement):
                broken.setdefault(statement.policy.name, {})[statement.index] = None
    for policy, (first, *others) in broken.items():
        yield Doubt(BrokenStatement(policy, first, len(others)), tri(verdict is UNKNOWN))


class _KnownInPart:
    """The statements of which a part is not known, which is a doubt about their layer: by policy."""

    __slots__ = ("_of_policy",)

    def __init__(self) -> None:
        self._of_policy: dict[int, frozenset[int]] = {}

    def has(self, statement: StatementTrace) -> bool:
        """Say whether a statement is one of them."""
        policy = statement.policy
        indices = self._of_policy.get(id(policy))
        if indices is None:
            document = compile_document(policy.document)
            known = (text.index for text in document.statements if document.knows_in_part(text))
            indices = self._of_policy[id(policy)] = frozenset(known if document.unknown else ())
        return statement.index in indices


def _mentions(comparison: ElementTrace, unknown_keys: set[str]) -> bool:
    """Say whether a comparison depends on a key that is unknown, which is a doubt of its own."""
    if comparison.key.lower() in unknown_keys:
        return True
    with_variables = [operand.lower() for operand in comparison.wanted if "${" in operand]
    return any(f"${{{key}" in operand for operand in with_variables for key in unknown_keys)


def _comparison(trace: ElementTrace) -> Comparison:
    """Take the comparison apart from its place. All of it is known; AWS does not document the outcome."""
    if trace.element is Element.CONDITION:
        return Comparison(trace.element, trace.wanted, trace.got, trace.key, trace.operator, trace.negated)
    return Comparison(trace.element, trace.wanted, negated=trace.negated)


def _of_gates(
    verdict: Tri, gates: tuple[GateTrace, ...], actions: tuple[ActionDecision, ...], *, star_unsure: bool
) -> Iterator[Doubt]:
    for gate in gates:
        if gate.verdict is UNKNOWN:
            yield Doubt(gate.gate, tri(verdict is UNKNOWN), gaps=gate.gaps)
    for decided in actions:
        if star_unsure and decided.match is Match.ANY and decided.verdict is UNKNOWN:
            yield Doubt(Comparison(Element.PRINCIPAL, ("*",)), tri(verdict is UNKNOWN))
        if decided.needed is UNKNOWN and decided.verdict is not YES:
            yield Doubt(decided.action, tri(verdict is UNKNOWN))


_LIMITS = (Layer.BOUNDARY, Layer.SESSION)
_ORGANIZATIONS = {
    Layer.SCP: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html",
    Layer.RCP: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html",
}
_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies"


def _perhaps_counting(authorization: Authorization, actions: tuple[ActionDecision, ...]) -> Iterator[Note]:
    """Name the policies of an organization that were read and do not count for its management account."""
    for trace in (trace for decided in actions for trace in decided.layers):
        if trace.verdict is UNKNOWN and authorization.layers[trace.layer].perhaps:
            yield Note(
                trace.layer,
                "they do not count if the account is its organization's management account, which was not read",
                _ORGANIZATIONS[trace.layer],
            )


def _overridden_limits(caller: Caller, actions: tuple[ActionDecision, ...]) -> Iterator[Note]:
    """Name the matches of the trust policy, within one account, that are taken to override the caller's limits."""
    limited = {
        decided.match
        for decided in actions
        if any(
            trace.layer in _LIMITS and trace.applies and trace.verdict is not YES and trace.explicit is not YES
            for trace in decided.layers
        )
    }
    if Match.ANY in limited and caller.has_role:
        yield Note(
            Layer.TRUST,
            "a trust policy that allows `*` in the same account is taken to override the caller's permissions "
            "boundary and session policy; AWS says so of `*` with a condition on `aws:PrincipalArn`",
            f"{_GUIDE}_elements_principal.html",
        )
    if not caller.has_role and limited & {Match.USER, Match.ANY}:
        yield Note(
            Layer.BOUNDARY,
            "a trust policy that names an IAM user of its own account, or `*`, is taken to override a permissions "
            "boundary that does not allow the action; AWS says so of resource-based policies, and not of trust "
            "policies in particular",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
        )


def _statements(decided: ActionDecision) -> Iterator[StatementTrace]:
    for layer in decided.layers:
        for level in layer.levels:
            yield from level.statements


def _readings(statement: StatementTrace, authorization: Authorization, *, settled: bool) -> Iterator[Note]:
    """Name the readings that alone decide whether a statement applies. `settled`: the answer is certain anyway."""
    failing = [element for element in statement.elements if element.verdict is NO]
    if statement.verdict is UNKNOWN and not settled:
        open_points = [_open_point(element) for element in statement.elements if element.verdict is UNKNOWN]
        yield from (Note(statement.layer, *reading) for reading in open_points if reading is not None)
    elif failing or statement.verdict is YES:
        decisive = failing or statement.elements
        readings = [_of_element(element, statement, authorization) for element in decisive]
        if not (failing and None in readings):
            yield from (Note(statement.layer, *reading) for reading in readings if reading is not None)


def _open_point(element: ElementTrace) -> tuple[str, str] | None:
    """Say what AWS leaves open about a comparison whose sides are all known, with its page on it."""
    operator = element.operator.lower()
    if element.element is Element.RESOURCE and element.reason is Reason.WILDCARD_MISPLACED:
        return (
            f"{_values(element.wanted)} has a wildcard for the service or in the type of the resource; AWS says that "
            "none can be there, and not what one there matches",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
        )
    if element.element is not Element.CONDITION or not isinstance(element.got, KeyState) or element.got.known is None:
        return None
    if operator.startswith("for") and operator.endswith(":null"):
        return (
            f"AWS does not say what `{element.operator}` means: `Null` asks whether a key is there, and a set operator "
            "about its values",
            f"{_GUIDE}_elements_condition_operators.html",
        )
    if element.got.absent is YES and operator.startswith("foranyvalue:") and operator.endswith("ifexists"):
        return (
            f"`{element.key}` is absent, and AWS says of `{element.operator}` both that it is then true, by IfExists, "
            "and that it is then false, by ForAnyValue",
            f"{_GUIDE}_condition-single-vs-multi-valued-context-keys.html",
        )
    if element.reason is Reason.SET_OPERATOR_NEEDED:
        return (
            f"`{element.operator}` compares `{element.key}`, which may have several values; AWS says only that this "
            "requires a set operator",
            f"{_GUIDE}_condition-single-vs-multi-valued-context-keys.html",
        )
    if operator.removesuffix("ifexists").rpartition(":")[2].startswith("arn") and "*" in element.wanted:
        return (
            f"`{element.operator}` compares ARNs part by part; AWS does not say what it makes of a lone `*`",
            f"{_GUIDE}_elements_condition_operators.html",
        )
    return None


def _of_element(
    element: ElementTrace, statement: StatementTrace, authorization: Authorization
) -> tuple[str, str] | None:
    """Give the reading that a comparison rests on, with AWS's page on it."""
    caller, effect = authorization.call.caller, statement.effect
    if element.verdict is NO and element.reason is Reason.SET_OPERATOR_NEEDED:
        return (
            f"`{element.operator}` is taken never to be true of `{element.key}`, which may have several values; AWS "
            "says only that it requires a set operator",
            f"{_GUIDE}_condition-single-vs-multi-valued-context-keys.html",
        )
    if element.verdict is NO and element.reason is Reason.OPERATOR_UNKNOWN and effect is Effect.DENY:
        return (
            f"a Deny with `{element.operator}` is taken never to apply, because AWS has no such operator; IAM does not "
            "accept such a policy",
            f"{_GUIDE}_elements_condition_operators.html",
        )
    if _replaced(element, authorization) and statement.layer is not Layer.TRUST:
        return (
            f"`{element.key}` is taken to be the tag that the caller's session hands on, and not the role's own; AWS "
            "says so of the trust policy, and nothing of other policies",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html",
        )
    not_excepted = element.negated and element.element is Element.PRINCIPAL and element.reason is Reason.MATCHES
    if not_excepted and effect is Effect.DENY and {caller.principal_arn, caller.session_arn} & set(element.wanted):
        return (
            "a Deny with NotPrincipal is taken to exempt a caller only if the session, the role or user, and the "
            "account are all listed; AWS says that it might deny the others",
            f"{_GUIDE}_elements_notprincipal.html",
        )
    return None


def _replaced(element: ElementTrace, authorization: Authorization) -> bool:
    """Say whether a tag of the role that is compared is one that an inherited session tag replaces by another."""
    name, _, tag = element.key.partition("/")
    if name.lower() not in ("aws:resourcetag", "iam:resourcetag") or element.element is not Element.CONDITION:
        return False
    if tag.lower() not in (authorization.call.inherited_tag_keys or ()):
        return False
    role = authorization.call.case.snapshot.destination.role
    tags = role.value.tags if isinstance(role, Known) and role.value else None
    own = tag_state(tags.value, tag.lower()) if isinstance(tags, Known) else None
    return not isinstance(element.got, KeyState) or element.got.known != own


def _values(wanted: tuple[str, ...]) -> str:
    return ", ".join(f"`{each}`" for each in wanted)
