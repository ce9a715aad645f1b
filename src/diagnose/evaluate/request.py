"""What one authorised action asks of every layer."""

from msgspec import Struct

from diagnose.evaluate.call import Call
from diagnose.evaluate.caller import Caller
from diagnose.model.trace import Action


class ActionRequest(Struct, eq=False):
    """May the caller perform `action` on the role `resource`, in the context of the call?

    All the actions of a call share its context; a test knows which of the keys its action sees.
    """

    action: Action
    call: Call
    caller: Caller
    resource: str


def asked_of(action: Action, call: Call) -> ActionRequest:
    """Ask about one action of a call."""
    return ActionRequest(action, call, call.caller, call.role.arn)
