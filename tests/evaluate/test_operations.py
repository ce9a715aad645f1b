"""The table of operations.

Sources:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

import pytest
from msgspec import structs
from tests.evaluate.cases import FEDERATED, ROLE, ROOT, SERVICE, SESSION, USER, case

from diagnose.evaluate.decision import decide
from diagnose.evaluate.keys.table import TABLE, traits_of
from diagnose.evaluate.operations import ASSUME_ROLE, OPERATIONS, OperationTraits
from diagnose.model.arn import CallerKind, parse_caller
from diagnose.model.case import Parameters, ProvidedContext
from diagnose.model.condition_keys import Presence
from diagnose.model.operation import Operation
from diagnose.model.trace import Action, Gate, Layer

SENDING_ALL = Parameters(
    session_name="nightly",
    source_identity="bob",
    tags={"team": "red"},
    provided_contexts=(ProvidedContext("arn:aws:iam::aws:contextProvider/IdentityCenter"),),
)
CALLERS = {parse_caller(arn).kind: arn for arn in (USER, ROLE, SESSION, ROOT, FEDERATED, SERVICE)}


def test_every_operation_has_a_row() -> None:
    assert set(OPERATIONS) == set(Operation)


@pytest.mark.parametrize("column", OperationTraits.__struct_fields__)
def test_a_row_without_a_column_is_not_a_row(column: str) -> None:
    columns = {name: value for name, value in structs.asdict(ASSUME_ROLE).items() if name != column}
    with pytest.raises(TypeError, match=column):
        OperationTraits(**columns)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_role_is_asked_where_its_trust_policy_is_a_layer(operation: Operation) -> None:
    traits = OPERATIONS[operation]
    assert traits.asks_role == (Layer.TRUST in [row.layer for row in traits.layers])


def test_a_call_that_passes_everything_is_authorised_for_every_action_of_the_row() -> None:
    assert ASSUME_ROLE.actions == tuple(Action)[:4]
    decided = decide(case(parameters=SENDING_ALL))
    assert tuple(one.action for one in decided.actions) == ASSUME_ROLE.actions


def test_a_call_that_passes_nothing_is_authorised_for_the_action_alone() -> None:
    assert [one.action for one in decide(case()).actions] == [ASSUME_ROLE.action]


def test_every_layer_of_the_row_is_asked_in_its_order() -> None:
    (decided,) = decide(case()).actions
    assert [trace.layer for trace in decided.layers] == [row.layer for row in ASSUME_ROLE.layers] == list(Layer)


def test_every_gate_but_the_console_s_second_switch_is_the_operation_s() -> None:
    asked = {gate for traits in OPERATIONS.values() for gate in traits.gates}
    assert sorted(asked) == sorted(set(Gate) - {Gate.CONSOLE})


@pytest.mark.parametrize("kind", CALLERS)
def test_the_callers_of_the_row_are_refused_whatever_the_policies_say(kind: CallerKind) -> None:
    """Roles may not be assumed by root accounts, nor with the credentials of GetFederationToken."""
    closed = {trace.reason for trace in decide(case(CALLERS[kind])).gates if trace.gate is Gate.CALLER}
    expected = ASSUME_ROLE.refused.get(kind)
    assert closed == ({expected} if expected else set())
    assert (expected is not None) == (kind in (CallerKind.ROOT, CallerKind.FEDERATED_USER))


def test_the_keys_of_a_row_are_a_column_of_their_table() -> None:
    assert {ASSUME_ROLE.sent(key) for key in TABLE} == set(Presence)
    name, duration = traits_of("sts:rolesessionname"), traits_of("sts:durationseconds")
    assert name is not None
    assert duration is not None
    assert (ASSUME_ROLE.sent(name), ASSUME_ROLE.sent(duration)) == (Presence.ALWAYS, Presence.NEVER)
