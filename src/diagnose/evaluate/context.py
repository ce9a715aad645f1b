"""The request context: every condition key, KNOWN, ABSENT or UNKNOWN, derived when it is first asked for."""

from diagnose.evaluate import keys
from diagnose.evaluate.principal_keys import PRINCIPAL_KEYS, PRINCIPAL_TAGS
from diagnose.evaluate.request_keys import REQUEST_KEYS, REQUEST_TAGS
from diagnose.evaluate.scene import Scene
from diagnose.evaluate.session_keys import SESSION_KEYS, federation
from diagnose.evaluate.state import ABSENT, ANYTHING, SOME_VALUE, State
from diagnose.model.case import Request

_KEYS = {**PRINCIPAL_KEYS, **SESSION_KEYS, **REQUEST_KEYS}
_TAGS = {**PRINCIPAL_TAGS, **REQUEST_TAGS}


class Context(dict[str, State]):
    """Condition keys, in lower case, to their states."""

    __slots__ = ("_stated", "scene")

    def __init__(self, scene: Scene) -> None:
        """Most calls are decided without a condition, and so nothing is looked at before a key is asked for."""
        self.scene = scene
        self._stated: dict[str, State] | None = None

    def __missing__(self, key: str) -> State:
        """Take what the case states of a key, or else derive it. What AWS has no key for is never in the context."""
        if self._stated is None:
            self._stated = _stated(self.scene.case.request)
        state = self[key] = self._stated[key] if key in self._stated else self._derived(key)
        return state

    def _derived(self, key: str) -> State:
        derive = _KEYS.get(key)
        if derive is not None:
            return derive(self.scene)
        prefix, slash, tag = key.partition("/")
        if slash and (derive_tag := _TAGS.get(prefix)) is not None:
            return derive_tag(self.scene, tag)
        claimed = keys.is_federation_key(key) and not keys.is_unsent_claim(key)
        return federation(self.scene) if claimed else ABSENT


def _stated(request: Request) -> dict[str, State]:
    """Give the keys that the case states itself, as known or as unknown."""
    stated: dict[str, State] = {key.lower(): tuple(values) for key, values in request.context.items()}
    for key in request.unknown:
        stated[key.lower()] = SOME_VALUE if key.lower() in keys.ALWAYS_SENT else ANYTHING
    return stated
