"""What one authorised action asks of every layer."""

from diagnose.evaluate.call import Scene
from diagnose.evaluate.keys.context import Context
from diagnose.model.trace import Action


class Question:
    """May the caller perform `action` on the role `resource`, in this context?

    All the actions of a call share its context; a test knows which of the keys its action sees.
    """

    __slots__ = ("action", "asker", "context", "resource", "scene")

    def __init__(self, action: Action, scene: Scene, context: Context) -> None:
        """Ask about one action of a call."""
        self.action, self.scene, self.context = action, scene, context
        self.asker, self.resource = scene.asker, scene.role.arn
