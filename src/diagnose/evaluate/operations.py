"""The operations of STS that give out credentials of a role: a row each.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
"""

from collections.abc import Callable, Mapping

from msgspec import Struct

from diagnose.evaluate.keys.table import KeyTraits
from diagnose.evaluate.layers import LAYERS, LayerTraits
from diagnose.model.arn import CallerKind
from diagnose.model.condition_keys import Presence
from diagnose.model.operation import Operation
from diagnose.model.trace import Action, Gate, Reason


class OperationTraits(Struct, frozen=True):
    """What is particular about an operation.

    `action` is always authorised, and each of `companions` where the call passes what it is for, or inherits it.
    `refused` are the callers who cannot make the call whatever any policy says. `layers` are in the order in which AWS
    publishes their enforcement. The `gates` count as well; the console's second switch is another request, and not one
    of them. `sent` says how often its calls carry a key.
    """

    action: Action
    companions: tuple[Action, ...]
    refused: Mapping[CallerKind, Reason]
    layers: tuple[LayerTraits, ...]
    gates: tuple[Gate, ...]
    sent: Callable[[KeyTraits], Presence]

    @property
    def actions(self) -> tuple[Action, ...]:
        """All that a call can be authorised for."""
        return (self.action, *self.companions)


OPERATIONS: Mapping[Operation, OperationTraits] = {
    Operation.ASSUME_ROLE: OperationTraits(
        action=Action.ASSUME_ROLE,
        companions=(Action.TAG_SESSION, Action.SET_SOURCE_IDENTITY, Action.SET_CONTEXT),
        refused={CallerKind.ROOT: Reason.ROOT_CALLER, CallerKind.FEDERATED_USER: Reason.FEDERATED_CALLER},
        layers=LAYERS,
        gates=(Gate.PARAMETERS, Gate.CALLER, Gate.PARTITION, Gate.ROLE, Gate.DURATION),
        sent=lambda key: key.sent,
    ),
}

ASSUME_ROLE = OPERATIONS[Operation.ASSUME_ROLE]
