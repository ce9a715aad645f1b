"""What one authorised action asks of every layer."""

from diagnose.evaluate.caller import Asker
from diagnose.evaluate.context import Context
from diagnose.evaluate.scene import Scene
from diagnose.model.arn import RoleName
from diagnose.model.case import Case
from diagnose.model.trace import Action


class Call:
    """One AssumeRole call: its scene, and its context, made when the first condition asks for it."""

    __slots__ = ("_context", "scene")

    def __init__(self, case: Case, asker: Asker, role: RoleName) -> None:
        """All actions of the call share what is known of it."""
        self.scene = Scene(case, asker, role)
        self._context: Context | None = None

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
        self.asker, self.resource = call.scene.asker, call.scene.role.arn

    @property
    def context(self) -> Context:
        """The condition keys of the call."""
        return self.call.context
