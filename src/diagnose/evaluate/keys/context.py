"""The request context: every condition key, KNOWN, ABSENT or UNKNOWN, derived when it is first looked up."""

from diagnose.evaluate.call import Call
from diagnose.evaluate.keys.table import Key, KeyFamily, traits_of
from diagnose.evaluate.operations import ASSUME_ROLE
from diagnose.model.case import Request
from diagnose.model.condition_keys import Presence
from diagnose.model.key_state import ABSENT, PRESENT, UNKNOWN_STATE, State


def state_of(key: str, call: Call) -> State:
    """Look a key up, in lower case: what the case states of it or of its whole family, or else what is derived."""
    states = call.states
    state = states.get(key)
    if state is None:
        if not states:
            states.update(_stated(call.case.request))
        if key not in states:
            prefix, slash, _ = key.partition("/")
            states[key] = states.get(prefix + slash) or _derived(key, call)
        state = states[key]
    return state


def _derived(key: str, call: Call) -> State:
    """Derive a key. What AWS has no key for is never in the context."""
    match traits_of(key):
        case Key() as one:
            return one.derive(call)
        case KeyFamily() as family:
            return family.derive(call, key[len(family.name) :])
        case None:
            return ABSENT


def _stated(request: Request) -> dict[str, State]:
    """Give the keys that the case states itself, as known or as unknown."""
    stated: dict[str, State] = {}
    for key, values in request.context.items():
        stated[key.lower()] = tuple(values)
    for key in request.unknown:
        stated[key.lower()] = PRESENT if _always_sent(key.lower()) else UNKNOWN_STATE
    return stated


def _always_sent(key: str) -> bool:
    traits = traits_of(key)
    return traits is not None and ASSUME_ROLE.sent(traits) is Presence.ALWAYS
