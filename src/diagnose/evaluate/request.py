"""What one authorised action asks of every layer."""

from diagnose.evaluate.call import Call
from diagnose.model.trace import Action


class ActionRequest:
    """May the caller perform `action` on the role `resource`, in the context of the call?

    All the actions of a call share its context; a test knows which of the keys its action sees.
    """

    __slots__ = ("action", "call", "caller", "resource")

    def __init__(self, action: Action, call: Call) -> None:
        """Ask about one action of a call."""
        self.action, self.call, self.caller, self.resource = action, call, call.caller, call.role.arn
