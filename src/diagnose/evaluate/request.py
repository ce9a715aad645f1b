"""What one authorised action asks of every layer."""

from diagnose.evaluate.call import Call
from diagnose.evaluate.keys.context import Context
from diagnose.model.trace import Action


class ActionRequest:
    """May the caller perform `action` on the role `resource`, in this context?

    All the actions of a call share its context; a test knows which of the keys its action sees.
    """

    __slots__ = ("action", "call", "caller", "context", "resource")

    def __init__(self, action: Action, call: Call, context: Context) -> None:
        """Ask about one action of a call."""
        self.action, self.call, self.context = action, call, context
        self.caller, self.resource = call.caller, call.role.arn
