"""The request context: every condition key, KNOWN, ABSENT or UNKNOWN, derived when it is first asked for."""

from diagnose.evaluate import keys
from diagnose.evaluate.principal_keys import PRINCIPAL_KEYS, PRINCIPAL_TAGS
from diagnose.evaluate.request_keys import REQUEST_KEYS, REQUEST_TAGS
from diagnose.evaluate.scene import Scene
from diagnose.evaluate.session_keys import SESSION_KEYS, federation
from diagnose.evaluate.state import ABSENT, ANYTHING, SOME_VALUE, State

_KEYS = {**PRINCIPAL_KEYS, **SESSION_KEYS, **REQUEST_KEYS}
_TAGS = {**PRINCIPAL_TAGS, **REQUEST_TAGS}


class Context(dict[str, State]):
    """Condition keys, in lower case, to their states."""

    def __init__(self, scene: Scene) -> None:
        """Take over what the case states; all else is derived when it is first asked for."""
        super().__init__()
        self.scene = scene
        for key, values in scene.case.request.context.items():
            self[key.lower()] = tuple(values)
        for key in scene.case.request.unknown:
            self[key.lower()] = SOME_VALUE if key.lower() in keys.ALWAYS_SENT else ANYTHING

    def __missing__(self, key: str) -> State:
        """Derive a key. What AWS has no key for is never in the context."""
        state = self[key] = self._derived(key)
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
