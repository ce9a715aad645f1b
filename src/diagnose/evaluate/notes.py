"""Readings of AWS's documentation that are likely, not certain, where a decision rests on one."""

from collections.abc import Iterator

from diagnose.evaluate.asked import Asked
from diagnose.evaluate.caller import Asker
from diagnose.model.key_state import KeyState
from diagnose.model.trace import (
    ActionDecision,
    Effect,
    Element,
    ElementTrace,
    Layer,
    Match,
    Note,
    Reason,
    StatementTrace,
)
from diagnose.model.tri import NO, YES

_LIMITS = (Layer.BOUNDARY, Layer.SESSION)
_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies"


def notes(asked: Asked, actions: tuple[ActionDecision, ...]) -> Iterator[Note]:
    """Name the readings that these decisions rest on."""
    limited = any(
        decided.match is Match.ANY
        and any(trace.layer in _LIMITS and trace.verdict is not YES for trace in decided.layers)
        for decided in actions
    )
    if asked.same_account and asked.scene.asker.has_role and limited:
        yield Note(
            Layer.TRUST,
            "a trust policy that allows `*` in the same account is taken to stand above the caller's permissions "
            "boundary and session policy; AWS says so of `*` with a condition on `aws:PrincipalArn`",
            f"{_GUIDE}_elements_principal.html",
        )
    if asked.scene.asker.principal_arn == asked.scene.role.arn and any(decided.verdict is NO for decided in actions):
        yield Note(
            Layer.TRUST,
            "a few roles that assumed themselves before 2022-06-30 may still do so without being trusted",
            "https://aws.amazon.com/blogs/security/announcing-an-update-to-iam-role-trust-policy-behavior/",
        )
    read = (_reading(statement, asked.scene.asker) for decided in actions for statement in _statements(decided))
    yield from dict.fromkeys(note for note in read if note is not None)


def _statements(decided: ActionDecision) -> Iterator[StatementTrace]:
    for layer in decided.layers:
        for level in layer.levels:
            yield from level.statements


def _reading(statement: StatementTrace, asker: Asker) -> Note | None:
    """Name the reading that alone decides whether a statement applies, if one does."""
    failing = [element for element in statement.elements if element.verdict is NO]
    for element in failing if len(failing) == 1 else statement.elements if not failing else ():
        if told := _of_element(element, statement.effect, asker):
            return Note(statement.layer, *told)
    return None


def _of_element(element: ElementTrace, effect: Effect, asker: Asker) -> tuple[str, str] | None:
    """Give the reading that a comparison rests on, with AWS's page on it."""
    operator = element.operator.lower()
    if element.verdict is NO and element.reason is Reason.SET_OPERATOR_NEEDED:
        return (
            f"`{element.operator}` is taken never to be true of `{element.key}`, which may have several values; AWS "
            "says only that a set operator is required for it",
            f"{_GUIDE}_condition-single-vs-multi-valued-context-keys.html",
        )
    if element.verdict is NO and element.reason is Reason.OPERATOR_UNKNOWN and effect is Effect.DENY:
        return (
            f"a Deny under `{element.operator}` is taken never to apply, for AWS has no such operator; IAM refuses to "
            "save such a policy",
            f"{_GUIDE}_elements_condition_operators.html",
        )
    absent = isinstance(element.got, KeyState) and element.got.absent is YES
    if element.verdict is YES and absent and operator.startswith("foranyvalue:") and operator.endswith("ifexists"):
        return (
            f"`{element.operator}` is taken to be true where `{element.key}` is absent, as AWS says of IfExists; of "
            "ForAnyValue it says that it is then false",
            f"{_GUIDE}_condition-single-vs-multi-valued-context-keys.html",
        )
    spares_not = element.element is Element.PRINCIPAL and element.negated and element.reason is Reason.MATCHES
    if spares_not and effect is Effect.DENY and {asker.principal_arn, asker.session_arn} & set(element.wanted):
        return (
            "a Deny with NotPrincipal is taken to spare a caller only if the session, the role or user, and the "
            "account are all listed; AWS says that it might deny the others",
            f"{_GUIDE}_elements_notprincipal.html",
        )
    return None
