"""The request context: every condition key, KNOWN, ABSENT or UNKNOWN, derived when it is first looked up."""

from typing import assert_never

from diagnose.evaluate.call import Call
from diagnose.evaluate.keys.federation import federated_state
from diagnose.evaluate.keys.passing import passed_state
from diagnose.evaluate.keys.table import Key, KeyFamily, group_of, traits_of
from diagnose.evaluate.operations import OPERATIONS, OperationTraits
from diagnose.model.case import Request
from diagnose.model.condition_keys import KeyGroup, Presence
from diagnose.model.key_state import ABSENT, PRESENT, UNKNOWN_STATE, State, UnknownState
from diagnose.model.operation import FEDERATED, Operation


def state_of(key: str, call: Call) -> State:
    """Look a key up, in lower case: what the case states of it or of its whole family, or else what is derived."""
    states = call.states
    state = states.get(key)
    if state is None:
        if not states:
            states.update(_stated(call.case.request, OPERATIONS[call.operation]))
        if key not in states:
            prefix, slash, _ = key.partition("/")
            states[key] = states.get(prefix + slash) or _few_enough(_derived(key, call))
        state = states[key]
    return state


_MOST_VALUES = 100
"""Values of one key. A session has at most 50 tags, so that `aws:TagKeys` has no more, and no other key of AWS has."""


def _few_enough(state: State) -> State:
    """Give a state as it is, or only that there is one, where comparing each value with each operand would not end."""
    return PRESENT if isinstance(state, tuple) and len(state) > _MOST_VALUES else state


def hidden_state(key: str, call: Call) -> State:
    """Give a key, in lower case, as an action meets it whose context AWS does not list it in: it is absent.

    Of what the call itself presents, the claims of a token or what an assertion says, nobody says whether
    `sts:TagSession` and `sts:SetSourceIdentity` see it; roles with one statement for all three and `saml:aud` are in
    use.
    """
    if call.operation in FEDERATED and group_of(key) is KeyGroup.TOKEN:
        state = state_of(key, call)
        return UnknownState((state, ABSENT)) if isinstance(state, tuple) and state else state
    return ABSENT


def _derived(key: str, call: Call) -> State:
    """Derive a key. What AWS has no key for is never in the context."""
    match call.operation:
        case Operation.ASSUME_ROLE:
            pass
        case Operation.WITH_WEB_IDENTITY | Operation.WITH_SAML:
            return federated_state(traits_of(key), key, call)
        case Operation.PASS_ROLE:
            return passed_state(traits_of(key), key, call)
        case _:
            assert_never(call.operation)
    match traits_of(key):
        case Key() as one:
            return one.derive(call)
        case KeyFamily() as family:
            return family.derive(call, key[len(family.name) :])
        case None:
            return ABSENT


def _stated(request: Request, operation: OperationTraits) -> dict[str, State]:
    """Give the keys that the case states itself, as known or as unknown."""
    stated: dict[str, State] = {}
    for key, values in request.context.items():
        stated[key.lower()] = _few_enough(tuple(values))
    for key in request.unknown:
        stated[key.lower()] = PRESENT if _always_sent(key.lower(), operation) else UNKNOWN_STATE
    return stated


def _always_sent(key: str, operation: OperationTraits) -> bool:
    traits = traits_of(key)
    return traits is not None and operation.sent(traits) is Presence.ALWAYS
