"""What one authorised action asks of every layer."""

from diagnose.evaluate.caller import Asker
from diagnose.evaluate.context import Context
from diagnose.model.trace import Action


class Question:
    """May `asker` perform `action` on the role `resource` in this `context`?"""

    __slots__ = ("action", "asker", "context", "resource")

    def __init__(self, action: Action, asker: Asker, resource: str, context: Context) -> None:
        """All actions of one call share the caller and the context; a test knows which keys its action sees."""
        self.action, self.asker, self.resource, self.context = action, asker, resource, context
