"""The operations under diagnosis: a row each.

Sources:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from collections.abc import Callable, Mapping

from msgspec import Struct

from diagnose.evaluate.keys.federation import sent_with_saml, sent_with_web_identity
from diagnose.evaluate.keys.passing import sent_with_pass_role
from diagnose.evaluate.keys.table import KeyTraits
from diagnose.evaluate.layers import (
    BOUNDARY,
    ENDPOINT,
    IDENTITY,
    LAYERS,
    RCP,
    SCP,
    SESSION,
    TRUST,
    LayerTraits,
)
from diagnose.model.arn import CallerKind
from diagnose.model.condition_keys import Presence
from diagnose.model.operation import Operation
from diagnose.model.trace import Action, Gate, Reason


class OperationTraits(Struct, frozen=True):
    """What is particular about an operation.

    `action` is always authorised, and each of `companions` where the call passes what it is for, or inherits it.
    `refused` are the callers who cannot make the call whatever any policy says. `layers` are in the order in which AWS
    publishes their enforcement; `asks_role` says that the trust policy is among them, so that the role has a say. The
    `gates` count as well; the console's second switch is another request, and not one of them. `sent` says how often
    its calls carry a key.
    """

    action: Action
    companions: tuple[Action, ...]
    refused: Mapping[CallerKind, Reason]
    layers: tuple[LayerTraits, ...]
    gates: tuple[Gate, ...]
    sent: Callable[[KeyTraits], Presence]
    asks_role: bool

    @property
    def actions(self) -> tuple[Action, ...]:
        """All that a call can be authorised for."""
        return (self.action, *self.companions)


# Nobody signs a federated call: there is no identity with policies and a boundary, and no account with SCPs.
_OF_FEDERATED = (RCP, ENDPOINT, TRUST)
_GATES_OF_FEDERATED = (
    Gate.PARAMETERS,
    Gate.TOKEN,
    Gate.PROVIDER,
    Gate.AUDIENCE,
    Gate.ROLE_CLAIM,
    Gate.ROLE,
    Gate.DURATION,
)

OPERATIONS: Mapping[Operation, OperationTraits] = {
    Operation.ASSUME_ROLE: OperationTraits(
        action=Action.ASSUME_ROLE,
        companions=(Action.TAG_SESSION, Action.SET_SOURCE_IDENTITY, Action.SET_CONTEXT),
        refused={CallerKind.ROOT: Reason.ROOT_CALLER, CallerKind.FEDERATED_USER: Reason.FEDERATED_CALLER},
        layers=LAYERS,
        gates=(Gate.PARAMETERS, Gate.CALLER, Gate.PARTITION, Gate.ASSOCIATION, Gate.ROLE, Gate.DURATION),
        sent=lambda key: key.sent,
        asks_role=True,
    ),
    Operation.WITH_WEB_IDENTITY: OperationTraits(
        action=Action.WITH_WEB_IDENTITY,
        companions=(Action.TAG_SESSION, Action.SET_SOURCE_IDENTITY),
        refused={},
        layers=_OF_FEDERATED,
        gates=_GATES_OF_FEDERATED,
        sent=sent_with_web_identity,
        asks_role=True,
    ),
    Operation.WITH_SAML: OperationTraits(
        action=Action.WITH_SAML,
        companions=(Action.TAG_SESSION, Action.SET_SOURCE_IDENTITY),
        refused={},
        layers=_OF_FEDERATED,
        gates=_GATES_OF_FEDERATED,
        sent=sent_with_saml,
        asks_role=True,
    ),
    # The role is only what is passed: neither its trust policy is asked nor its RCPs, which do not reach IAM.
    Operation.PASS_ROLE: OperationTraits(
        action=Action.PASS_ROLE,
        companions=(),
        refused={},
        layers=(SCP, IDENTITY, BOUNDARY, SESSION),
        gates=(Gate.CALLER, Gate.PARTITION, Gate.PASSING),
        sent=sent_with_pass_role,
        asks_role=False,
    ),
}

ASSUME_ROLE = OPERATIONS[Operation.ASSUME_ROLE]
