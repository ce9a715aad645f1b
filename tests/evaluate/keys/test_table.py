"""The table of condition keys: a row a key here, from AWS's documentation, beside the row a key there.

`sent`, `many` and `value` are what the pages say under availability, value type and data type, for a call of
AssumeRole, and `seen_by` is what their tables say of its actions. "Always" is what the calls of AWS services carry as
well as those that somebody signs.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
"""

from enum import Enum
from itertools import product
from typing import Any, NamedTuple

import pytest
from msgspec import structs
from tests.evaluate.cases import SERVICE, SESSION, USER, case

from diagnose.evaluate.authorization import Authorization
from diagnose.evaluate.keys.context import state_of
from diagnose.evaluate.keys.table import (
    ATTRIBUTES,
    CLAIMS,
    FAMILIES,
    KEYS,
    MULTIVALUED,
    TABLE,
    WHO_CALLS,
    Key,
    KeyFamily,
    group_of,
    hidden_from,
    is_of_role,
    key_name,
    traits_of,
    value_kind,
)
from diagnose.model.case import Case, Endpoint, Organization, Origin, Parameters, ProvidedContext, Via
from diagnose.model.condition_keys import FilledBy, KeyGroup, Presence, ValueKind
from diagnose.model.evidence import Known
from diagnose.model.key_state import ABSENT, State, UnknownState
from diagnose.model.trace import Action

ROWS = """
key                              group            filled_by        seen_by          sent       many  value
aws:PrincipalArn                 principal        caller           each             sometimes  one   arn
aws:PrincipalAccount             principal        caller           each             sometimes  one   text
aws:PrincipalType                principal        caller           each             sometimes  one   word
aws:userid                       principal        caller           each             sometimes  one   ids
aws:username                     principal        user             each             sometimes  one   user_name
aws:PrincipalTag/                principal_tags   caller           each             sometimes  one   tag_value
aws:PrincipalOrgID               organization     caller           each             sometimes  one   text
aws:PrincipalOrgPaths            organization     caller           each             sometimes  many  ids
aws:PrincipalIsAWSService        service          caller           each             sometimes  one   truth
aws:PrincipalServiceName         service          service          each             sometimes  one   text
aws:PrincipalServiceNamesList    service          service          each             sometimes  many  text
aws:SourceArn                    source_account   service          each             sometimes  one   arn
aws:SourceAccount                source_account   service          each             sometimes  one   text
aws:SourceOrgID                  source_account   service          each             sometimes  one   text
aws:SourceOrgPaths               source_account   service          each             sometimes  many  ids
aws:TokenIssueTime               credentials      caller           each             sometimes  one   time
aws:AssumedRoot                  credentials      caller           each             sometimes  one   truth
aws:FederatedProvider            credentials      sign_in          each             sometimes  one   text
aws:SignInSessionArn             credentials      sign_in          each             sometimes  one   arn
aws:ChatbotSourceArn             credentials      sign_in          each             sometimes  one   arn
identitystore:UserId             credentials      sign_in          each             sometimes  one   text
aws:MultiFactorAuthPresent       mfa              caller           each             sometimes  one   truth
aws:MultiFactorAuthAge           mfa              caller           each             sometimes  one   number
aws:Ec2InstanceSourceVpc         instance         instance         each             sometimes  one   text
aws:Ec2InstanceSourcePrivateIPv4 instance         instance         each             sometimes  one   text
ec2:SourceInstanceArn            instance         instance         each             sometimes  one   arn
ec2:RoleDelivery                 instance         instance         each             sometimes  one   number
saml:aud                         token            sign_in          saml,tag         sometimes  one   text
saml:namequalifier               token            sign_in          every            sometimes  one   text
saml:sub                         token            sign_in          every            sometimes  one   text
saml:sub_type                    token            sign_in          every            sometimes  one   text
saml:<attribute>                 token            sign_in          every            never      one   text
<provider>:<claim>               token            sign_in          every            sometimes  one   text
sts:ExternalId                   external_id      parameter        assume           sometimes  one   external_id
sts:RoleSessionName              session_name     parameter        every            always     one   session_name
sts:SourceIdentity               source_identity  parameter        every,identity   sometimes  one   source_identity
aws:SourceIdentity               source_identity  caller           each             sometimes  one   source_identity
aws:RequestTag/                  session_tags     parameter        every,tag        sometimes  one   tag_value
aws:TagKeys                      session_tags     parameter        every,tag        sometimes  many  tag_key
sts:TransitiveTagKeys            session_tags     parameter        every,tag        sometimes  many  tag_key
sts:RequestContext/              request_context  parameter        context          sometimes  one   text
sts:RequestContextProviders      request_context  parameter        context          sometimes  many  arn
aws:SourceIp                     network          call             each             sometimes  one   text
aws:VpcSourceIp                  network          call             each             sometimes  one   text
aws:SourceVpc                    network          call             each             sometimes  one   text
aws:SourceVpce                   network          call             each             sometimes  one   text
aws:SourceVpcArn                 network          other_operation  each             never      one   arn
aws:VpceAccount                  network          other_operation  each             never      one   text
aws:VpceOrgID                    network          other_operation  each             never      one   text
aws:VpceOrgPaths                 network          other_operation  each             never      many  ids
aws:RequestedRegion              region           call             each             always     one   word
aws:CurrentTime                  time             call             each             always     one   time
aws:EpochTime                    time             call             each             always     one   time
aws:SecureTransport              client           call             each             always     one   truth
aws:UserAgent                    client           call             each             always     one   text
aws:referer                      client           call             each             sometimes  one   text
aws:ViaAWSService                via_service      call             each             sometimes  one   truth
aws:CalledVia                    via_service      call             each             sometimes  many  text
aws:CalledViaFirst               via_service      call             each             sometimes  one   text
aws:CalledViaLast                via_service      call             each             sometimes  one   text
aws:ResourceAccount              resource         role             each             always     one   text
aws:ResourceOrgID                resource         role             each             sometimes  one   text
aws:ResourceOrgPaths             resource         role             each             sometimes  many  ids
aws:ResourceTag/                 resource_tags    role             each             sometimes  one   tag_value
iam:ResourceTag/                 resource_tags    role             each             sometimes  one   tag_value
iam:PassedToService              other_operation  other_operation  each             never      one   text
iam:AssociatedResourceArn        other_operation  other_operation  each             never      one   arn
sts:AWSServiceName               other_operation  other_operation  each             never      one   text
sts:DurationSeconds              other_operation  other_operation  each             never      one   number
sts:RoleAuthorizedByIdp          other_operation  other_operation  each             never      one   truth
sts:TaskPolicyArn                other_operation  other_operation  each             never      one   arn
"""
OPERATIONS = (Action.ASSUME_ROLE, Action.WITH_WEB_IDENTITY, Action.WITH_SAML)
ACTIONS = {
    "every": OPERATIONS,
    "assume": (Action.ASSUME_ROLE,),
    "saml": (Action.WITH_SAML,),
    "tag": (Action.TAG_SESSION,),
    "identity": (Action.SET_SOURCE_IDENTITY,),
    "context": (Action.SET_CONTEXT,),
}
EACH = frozenset(Action)


class LayerTraits(NamedTuple):
    """What AWS's pages say of one key."""

    name: str
    group: KeyGroup
    filled_by: FilledBy
    seen_by: frozenset[Action]
    sent: Presence
    many: bool
    value: ValueKind


def _row(line: str) -> LayerTraits:
    name, group, filled_by, seen_by, sent, many, value = line.split()
    return LayerTraits(
        name,
        KeyGroup(group),
        FilledBy(filled_by),
        EACH if seen_by == "each" else frozenset(one for action in seen_by.split(",") for one in ACTIONS[action]),
        Presence(sent),
        {"one": False, "many": True}[many],
        ValueKind(value),
    )


EXPECTED = [_row(line) for line in ROWS.strip().splitlines()[1:]]
every_row = pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row.name)


def having(*words: Enum) -> pytest.MarkDecorator:
    """Take the rows that have one of these words in a column."""
    rows = [row for row in EXPECTED if {row.filled_by, row.sent} & {*words}]
    return pytest.mark.parametrize("row", rows, ids=lambda row: row.name)


def test_every_key_has_one_row_and_is_expected_here() -> None:
    names = [key.name for key in TABLE]
    assert sorted(names) == sorted(row.name for row in EXPECTED)
    assert len({name.lower() for name in names}) == len(names)


def key_of(row: LayerTraits) -> str:
    """Give a key of a row, as a policy would write it."""
    samples = {CLAIMS.name: "accounts.google.com:aud", ATTRIBUTES.name: "saml:iss"}
    return samples.get(row.name, f"{row.name}Team" if row.name.endswith("/") else row.name)


@every_row
def test_a_row_says_of_its_key_what_aws_documents(row: LayerTraits) -> None:
    traits = traits_of(key_of(row).lower())
    assert traits is not None
    assert traits.name == row.name
    assert (traits.group, traits.filled_by, traits.sent) == (row.group, row.filled_by, row.sent)
    assert (traits.seen_by, traits.multivalued, traits.value) == (row.seen_by, row.many, row.value)


@every_row
def test_everything_that_is_asked_of_a_key_comes_from_its_row(row: LayerTraits) -> None:
    key = key_of(row)
    assert (group_of(key), group_of(key.upper())) == (row.group, row.group)
    assert (value_kind(key), value_kind(key.upper())) == (row.value, row.value)
    assert hidden_from(key.lower()) == EACH - row.seen_by
    assert (key.lower() in MULTIVALUED) == row.many


@every_row
def test_a_key_is_written_as_aws_writes_it(row: LayerTraits) -> None:
    key = key_of(row)
    assert key_name(key) == key
    if "<" not in row.name:
        assert key_name(key.lower()).startswith(row.name)


@pytest.mark.parametrize("key", ["aws:SourceIpp", "acme:Nothing", "aws:PrincipalTag", "sts:ExternalId/x", "x:", ""])
def test_what_is_no_key_of_aws_has_no_row(key: str) -> None:
    assert traits_of(key.lower()) is None
    assert (group_of(key), value_kind(key), key_name(key)) == (KeyGroup.OTHER, ValueKind.TEXT, key)
    assert hidden_from(key.lower()) == set()


def test_a_tag_whose_key_looks_like_a_claim_is_a_tag() -> None:
    assert group_of("aws:PrincipalTag/example.com:role") is KeyGroup.PRINCIPAL_TAGS
    assert group_of("aws:RequestTag/saml:aud") is KeyGroup.SESSION_TAGS


@pytest.mark.parametrize("traits", [KEYS[0], FAMILIES[0]], ids=["a key", "a family"])
@pytest.mark.parametrize("column", Key.__struct_fields__)
def test_a_row_without_a_column_is_not_a_row(traits: Key | KeyFamily, column: str) -> None:
    columns = {name: value for name, value in structs.asdict(traits).items() if name != column}
    with pytest.raises(TypeError, match=column):
        type(traits)(**columns)


def test_the_keys_that_say_who_calls() -> None:
    """They are those of the principal: a statement that names the caller needs none of them."""
    named = {key.name for key in TABLE if key.group in WHO_CALLS}
    principal = {key.name for key in TABLE if key.name.startswith("aws:Principal")}
    assert named == {*principal, "aws:userid", "aws:username"}


def test_the_keys_whose_values_are_the_role_s() -> None:
    of_role = {key.name for key in TABLE if is_of_role(f"{key.name}Team" if key.name.endswith("/") else key.name)}
    assert of_role == {key.name for key in TABLE if ":Resource" in key.name}


def test_every_word_for_keys_is_used() -> None:
    assert {key.group for key in TABLE} == set(KeyGroup) - {KeyGroup.OTHER}
    assert {key.filled_by for key in TABLE} == set(FilledBy)
    assert {key.sent for key in TABLE} == set(Presence)
    assert {key.value for key in TABLE} == set(ValueKind)


SENDING = Parameters(
    session_name="release",
    external_id="acme-42",
    source_identity="bob",
    tags={"Team": "blue"},
    transitive_tag_keys=("Team",),
    provided_contexts=(ProvidedContext("arn:aws:iam::aws:contextProvider/IdentityCenter"),),
)
CALLERS: tuple[dict[str, Any], ...] = (
    {"source": USER, "origin": Origin.LONG_TERM},
    {"source": USER, "origin": Origin.GET_SESSION_TOKEN, "mfa": Known(True)},
    {"source": USER, "via": Via.CONSOLE, "origin": Origin.CONSOLE},
    *({"source": SESSION, "origin": origin} for origin in (Origin.ASSUME_ROLE, Origin.SAML, Origin.WEB_IDENTITY)),
    {"source": SESSION, "origin": Origin.EC2, "source_identity": Known("alice")},
    {"source": SESSION, "origin": Origin.ASSUME_ROOT},
    {"source": SERVICE},
)
CALLS: tuple[dict[str, Any], ...] = (
    {"parameters": SENDING, "endpoint": Known(None), "region": None, "taken_at": ""},
    {"parameters": Parameters(), "endpoint": Known(Endpoint("vpce-1", "vpc-1"))},
)
IN_ORGANIZATIONS: dict[str, Any] = {
    "organization": Known(Organization("o-1", "o-1/r-1/")),
    "far_organization": Known(Organization("o-2", "o-2/r-2/")),
    "tags": {"Team": "red"},
    "role_tags": Known({"Team": "far"}),
}
EVERY_CALL = [case(**caller, **call, **IN_ORGANIZATIONS) for caller, call in product(CALLERS, CALLS)]


def state_in(row: LayerTraits, one: Case) -> State:
    return state_of(key_of(row).lower(), Authorization(one).call)


def is_there(state: State) -> bool:
    """Say whether the key is certainly there, with whatever value."""
    if not isinstance(state, UnknownState):
        return state != ABSENT
    return state.present or (state.options is not None and ABSENT not in state.options)


@having(Presence.ALWAYS)
def test_a_key_that_is_always_sent_is_always_derived(row: LayerTraits) -> None:
    assert all(is_there(state_in(row, one)) for one in EVERY_CALL)
    assert is_there(state_in(row, case(unknown=(key_of(row),))))


@having(Presence.NEVER)
def test_a_key_that_is_never_sent_is_never_derived(row: LayerTraits) -> None:
    assert {state_in(row, one) for one in EVERY_CALL} == {ABSENT}


@having(Presence.SOMETIMES, Presence.NEVER)
def test_any_other_key_may_be_absent_where_the_case_does_not_know_it(row: LayerTraits) -> None:
    state = state_in(row, case(unknown=(key_of(row),)))
    assert isinstance(state, UnknownState)
    assert not is_there(state)


@having(Presence.SOMETIMES)
def test_a_key_that_is_sometimes_sent_is_sometimes_derived(row: LayerTraits) -> None:
    """`aws:CalledVia` comes with `aws:ViaAWSService: true` alone: a service repeats a request of its caller's."""
    states = {state_in(row, one) for one in EVERY_CALL}
    if row.name.startswith("aws:CalledVia"):
        assert states == {ABSENT}
        assert {state_of("aws:viaawsservice", Authorization(one).call) for one in EVERY_CALL} == {("false",)}
    else:
        assert states != {ABSENT}


@having(FilledBy.USER, FilledBy.SERVICE, FilledBy.INSTANCE)
def test_a_key_that_some_callers_fill_is_absent_for_all_others(row: LayerTraits) -> None:
    for caller, call in product(CALLERS, CALLS):
        state = state_in(row, case(**caller, **call, **IN_ORGANIZATIONS))
        assert (state != ABSENT) == fills(caller, row.filled_by), caller


def fills(caller: dict[str, Any], filled_by: FilledBy) -> bool:
    """Say whether a caller of the list above has the keys that these fill."""
    match filled_by:
        case FilledBy.USER:
            return bool(caller["source"] == USER)
        case FilledBy.SERVICE:
            return bool(caller["source"] == SERVICE)
        case _:
            return caller.get("origin") is Origin.EC2
