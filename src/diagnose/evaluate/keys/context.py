"""The request context: every condition key, KNOWN, ABSENT or UNKNOWN, derived when it is first asked for."""

from diagnose.evaluate.keys.table import Key, KeyFamily, traits_of
from diagnose.evaluate.scene import Scene
from diagnose.evaluate.state import ABSENT, ANYTHING, SOME_VALUE, State
from diagnose.model.condition_keys import Presence


class Context(dict[str, State]):
    """Condition keys, in lower case, to their states."""

    def __init__(self, scene: Scene) -> None:
        """Take over what the case states; all else is derived when it is first asked for."""
        super().__init__()
        self.scene = scene
        for key, values in scene.case.request.context.items():
            self[key.lower()] = tuple(values)
        for key in scene.case.request.unknown:
            traits = traits_of(key.lower())
            always = traits is not None and traits.sent is Presence.ALWAYS
            self[key.lower()] = SOME_VALUE if always else ANYTHING

    def __missing__(self, key: str) -> State:
        """Derive a key. What AWS has no key for is never in the context."""
        state = self[key] = self._derived(key)
        return state

    def _derived(self, key: str) -> State:
        match traits_of(key):
            case Key() as one:
                return one.derive(self.scene)
            case KeyFamily() as family:
                return family.derive(self.scene, key[len(family.name) :])
            case None:
                return ABSENT
