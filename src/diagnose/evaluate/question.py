"""What one authorised action asks of every layer."""

from diagnose.evaluate.caller import Asker
from diagnose.evaluate.keys.context import Context
from diagnose.evaluate.scene import Scene
from diagnose.model.arn import RoleName
from diagnose.model.case import Case
from diagnose.model.trace import Action


class Call:
    """One AssumeRole call. All its actions share what is known of it, which is worked out when it is asked for."""

    __slots__ = ("_context", "_scene", "asker", "case", "role")

    def __init__(self, case: Case, asker: Asker, role: RoleName) -> None:
        """Most calls are decided without a condition, and need neither scene nor context."""
        self.case, self.asker, self.role = case, asker, role
        self._scene: Scene | None = None
        self._context: Context | None = None

    @property
    def scene(self) -> Scene:
        """The case, with its caller and its role."""
        if self._scene is None:
            self._scene = Scene(self.case, self.asker, self.role)
        return self._scene

    @property
    def context(self) -> Context:
        """The condition keys; a test knows which of them its action sees."""
        if self._context is None:
            self._context = Context(self.scene)
        return self._context


class Question:
    """May `asker` perform `action` on the role `resource`, in the context of `call`?"""

    __slots__ = ("action", "asker", "call", "resource")

    def __init__(self, action: Action, call: Call) -> None:
        """Ask about one action of a call."""
        self.action, self.call = action, call
        self.asker, self.resource = call.asker, call.role.arn

    @property
    def context(self) -> Context:
        """The condition keys of the call."""
        return self.call.context
