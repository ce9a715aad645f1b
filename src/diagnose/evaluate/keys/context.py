"""The request context: every condition key, KNOWN, ABSENT or UNKNOWN, derived when it is first asked for."""

from diagnose.evaluate.call import Call
from diagnose.evaluate.keys.table import Key, KeyFamily, traits_of
from diagnose.evaluate.operations import ASSUME_ROLE
from diagnose.model.case import Request
from diagnose.model.condition_keys import Presence
from diagnose.model.key_state import ABSENT, PRESENT, UNKNOWN_STATE, State


class Context(dict[str, State]):
    """Condition keys, in lower case, to their states."""

    __slots__ = ("_stated", "call")

    def __init__(self, call: Call) -> None:
        """Most calls are decided without a condition, and so nothing is looked at before a key is asked for."""
        self.call = call
        self._stated: dict[str, State] | None = None

    def __missing__(self, key: str) -> State:
        """Take what the case states of a key, or else derive it. What AWS has no key for is never in the context."""
        if self._stated is None:
            self._stated = _stated(self.call.case.request)
        state = self[key] = self._stated[key] if key in self._stated else self._derived(key)
        return state

    def _derived(self, key: str) -> State:
        match traits_of(key):
            case Key() as one:
                return one.derive(self.call)
            case KeyFamily() as family:
                return family.derive(self.call, key[len(family.name) :])
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
