"""The way a request is made: which other role, Region, endpoint, address or caller is proposed, and which is not."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.remedy.broken import APP, BUILDER, DEPLOY, about, allow, broken, identity, on, trust
from tests.remedy.example import with_condition

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case, DestinationSide, Via
from diagnose.model.evidence import Known
from diagnose.model.trace import Element, Gate, GateTrace, Layer, Reason, Subject
from diagnose.model.tri import NO
from diagnose.remedy.change import Draft
from diagnose.remedy.fixes.route import (
    correct_role_arn,
    drop_hop,
    use_api,
    use_endpoint,
    use_identity,
    use_network,
    use_other_role,
    use_region,
)

UNREAD: Any = {"evidence": "unread", "gap": "not_supplied"}
MISSING = Subject(gate=GateTrace(Gate.ROLE, NO, Reason.NO_SUCH_ROLE))
ACCOUNT = "arn:aws:iam::222222222222"
CHECK = "Check the account, the path and the name in `{}`; names are case-sensitive"
TOLD_ONLY = Subject()


def drafts(author: Any, case: Case, subject: Subject = TOLD_ONLY) -> list[Draft]:
    return list(author(subject, case, decide(case)))


def texts(author: Any, case: Case, subject: Subject = TOLD_ONLY) -> list[str]:
    return [one.text for one in drafts(author, case, subject)]


def after(draft: Draft) -> Case:
    assert draft.case is not None
    return draft.case


def asking(name: str, *others: str, **parts: Any) -> Case:
    """Ask for a role that there is not, in an account with these other roles."""
    given = {"role": {"value": None}, "other_roles": {"value": [f"{ACCOUNT}:{each}" for each in others]}}
    return broken("cross-account", request={"role_arn": f"{ACCOUNT}:role/{name}"}, **(given | parts))


@pytest.mark.parametrize(
    ("name", "others", "offered"),
    [
        pytest.param("Deploy", ["role/x/Deploy"], [("x/Deploy", True)], id="of the same name"),
        pytest.param("deploy", ["role/Deploy", "role/Deployer"], [("Deploy", True)], id="but for its capitals"),
        pytest.param("Deploy", ["role/Deploy", "user/Deploy"], [], id="neither itself nor a user"),
        pytest.param("Depl", ["role/a-Depl-b"], [("a-Depl-b", False)], id="with more at both ends"),
        pytest.param("Dep", ["role/a-long-name-of-Dep"], [], id="but not of three letters"),
        pytest.param(
            "Deploy",
            ["role/Deploy-1234", "role/Deploy-1", "role/Deploy-123", "role/Deploy-12"],
            [("Deploy-1", False), ("Deploy-12", False), ("Deploy-123", False)],
            id="the three shortest of these",
        ),
    ],
)
def test_roles_of_the_account_are_offered_that_may_be_meant(
    name: str, others: list[str], offered: list[tuple[str, bool]]
) -> None:
    endings = [f"{role}`{'' if sure else ', if that is the role you mean'}" for role, sure in offered]
    found = texts(correct_role_arn, asking(name, *others), MISSING)
    assert found[:-1] == [f"Request the role `{ACCOUNT}:role/{ending}" for ending in endings]
    assert found[-1] == CHECK.format(f"{ACCOUNT}:role/{name}")


def test_of_names_that_are_only_like_it_one_is_offered() -> None:
    offered, _ = texts(correct_role_arn, asking("Deployer-1", "role/Deplyer-1", "role/Audit"), MISSING)
    assert offered == f"Request the role `{ACCOUNT}:role/Deplyer-1`, if that is the role you mean"


def test_of_another_role_only_what_holds_for_its_account_is_known() -> None:
    case = asking(
        "Deploy",
        "role/x/Deploy",
        organization={"value": {"id": "o-a1b2c3d4e5", "management_account": "999999999999"}},
    )
    first, *_ = drafts(correct_role_arn, case, MISSING)
    before, other = case.snapshot.destination, after(first).snapshot.destination
    assert other == replace(
        DestinationSide(), rcps=before.rcps, organization=before.organization, other_roles=before.other_roles
    )


@pytest.mark.parametrize(
    "role", [pytest.param({"value": None}, id="there is no such role"), pytest.param(UNREAD, id="nobody looked")]
)
def test_the_arn_is_to_be_checked_where_there_is_no_such_role(role: Any) -> None:
    case = asking("Deploy", role=role)
    assert texts(correct_role_arn, case, MISSING) == ([CHECK.format(DEPLOY)] if "value" in role else [])


def test_a_foreign_account_is_spoken_of_only_where_no_gate_speaks() -> None:
    arn = "arn:aws:iam::123456789012:role/Deploy"
    case = broken("cross-account", request={"role_arn": arn}, role={"value": None}, trust_policy=UNREAD)
    assert texts(correct_role_arn, case, MISSING) == [CHECK.format(arn)]


@pytest.mark.parametrize(
    ("named", "told"),
    [
        pytest.param([DEPLOY], f"; the caller's own policies name `{DEPLOY}`", id="one"),
        pytest.param([f"{ACCOUNT}:role/*"], "", id="a pattern names none"),
        pytest.param(
            [f"{ACCOUNT}:role/{letter}" for letter in "ABCD"],
            "; the caller's own policies name " + ", ".join(f"`{ACCOUNT}:role/{letter}`" for letter in "ABC"),
            id="three of four",
        ),
    ],
)
def test_the_roles_that_the_callers_policies_name_are_told(named: list[str], told: str) -> None:
    arn = "arn:aws:iam::123456789012:role/Deploy"
    case = broken(
        "cross-account",
        request={"role_arn": arn},
        role=UNREAD,
        trust_policy=UNREAD,
        identity_policies=identity(on(named)),
    )
    assert texts(correct_role_arn, case) == [
        f"Put the account that the role is in into `{arn}`, in the place of `123456789012`{told}"
    ]


def test_a_typo_is_answered_by_the_right_account_alone() -> None:
    arn = "arn:aws:iam::222222222223:role/Deploy"
    case = broken("cross-account", request={"role_arn": arn}, role=UNREAD, trust_policy=UNREAD)
    assert texts(correct_role_arn, case) == [f"Ask for `{DEPLOY}`, if account `222222222222` is the one that you mean"]


def wanting(key: str, *values: str, operator: str = "StringEquals", **parts: Any) -> tuple[Case, Subject]:
    case = with_condition({operator: {key: list(values)}}, request={"unknown": [key]}, **parts)
    return case, about(case, Layer.TRUST, Element.CONDITION)


def test_each_other_region_that_is_wanted_is_proposed() -> None:
    case, subject = wanting("aws:RequestedRegion", "eu-west-1", "us-east-1", "eu-north-1")
    assert case.request.region == "eu-west-1"
    found = drafts(use_region, case, subject)
    assert [after(one).request.region for one in found] == ["us-east-1", "eu-north-1"]
    assert [after(one).request.unknown for one in found] == [(), ()]


ENDPOINT: Any = {"value": {"id": "vpce-1", "vpc": "vpc-1", "owner": "111111111111"}}


@pytest.mark.parametrize(
    ("key", "values", "routed"),
    [
        pytest.param("aws:SourceVpce", ["vpce-2", "vpce-1"], [("vpce-2", ""), ("vpce-1", "vpc-1")], id="endpoints"),
        pytest.param("aws:SourceVpce", ["vpce-?", "vpce-2"], [("vpce-2", "")], id="none that a pattern means"),
        pytest.param("aws:SourceVpc", ["vpc-1", "vpc-2"], [("", "vpc-1"), ("", "vpc-2")], id="networks"),
        pytest.param("aws:SourceArn", ["vpc-1"], [], id="nothing of a network"),
    ],
)
def test_the_call_goes_through_each_endpoint_that_is_wanted(
    key: str, values: list[str], routed: list[tuple[str, str]]
) -> None:
    case, subject = wanting(key, *values, operator="StringLike", endpoint=ENDPOINT)
    found = [after(one) for one in drafts(use_endpoint, case, subject)]
    through = [one.snapshot.endpoint.value for one in found if isinstance(one.snapshot.endpoint, Known)]
    assert [(one.id, one.vpc) for one in through if one is not None] == routed
    assert [one.request.unknown for one in found] == [()] * len(routed)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        pytest.param("198.51.100.7/32", "198.51.100.7", id="one address"),
        pytest.param("198.51.100.7", "198.51.100.7", id="without its length"),
        pytest.param("198.51.100.0/24", "198.51.100.1", id="a range begins with no host"),
        pytest.param("2001:db8::/64", "2001:db8::1", id="of version 6"),
        pytest.param("10.0.0.0/8", None, id="a private one, which AWS never sees"),
        pytest.param("100.64.0.0/16", None, id="one of a provider's own network"),
        pytest.param("fc00::/8", None, id="a private one of version 6"),
        pytest.param("nowhere", None, id="nothing that is an address"),
    ],
)
def test_the_call_is_made_from_a_public_address_past_any_endpoint(written: str, address: str | None) -> None:
    case = with_condition(
        {"IpAddress": {"aws:SourceIp": written}},
        endpoint=ENDPOINT,
        request={"context": {"aws:SourceVpce": ["vpce-1"], "aws:SourceIp": None}},
    )
    found = [after(one) for one in drafts(use_network, case, about(case, Layer.TRUST, Element.CONDITION))]
    assert [one.request.context["aws:SourceIp"] for one in found] == ([(address,)] if address else [])
    assert [one.snapshot.endpoint for one in found] == [Known(None)] * len(found)
    assert not any("aws:SourceVpce" in one.request.context for one in found)


@pytest.mark.parametrize(
    ("condition", "passed"),
    [
        pytest.param({"sts:ExternalId": "acme-42"}, [". Pass the external ID `acme-42`", ""], id="an external ID"),
        pytest.param({"sts:SourceIdentity": "mara"}, [". Pass the source identity `mara`", ""], id="a source identity"),
        pytest.param(
            {"aws:RequestTag/team": "red"}, [". Pass the session tag `team` with the value `red`", ""], id="a tag"
        ),
        pytest.param({"sts:RoleSessionName": "mara"}, [""], id="nothing that the console lacks"),
    ],
)
def test_instead_of_the_console_what_the_condition_wants_is_sent(condition: Any, passed: list[str]) -> None:
    case = with_condition({"StringEquals": condition}, "console")
    subject = about(case, Layer.TRUST, Element.CONDITION)
    text = "Assume the role with the AWS CLI or an SDK: the console sends no external ID, source identity or tags"
    assert texts(use_api, case, subject) == [text + each for each in passed]
    assert texts(use_api, replace(case, request=replace(case.request, via=Via.CLI)), subject) == []


SESSION = "arn:aws:sts::111111111111:assumed-role/Other/x"
SOMEBODY = f"Make the request as a user or a role that is allowed to assume `{DEPLOY}`"


@pytest.mark.parametrize(
    ("principal", "text"),
    [
        pytest.param(APP, f"Make the request as `{APP}` instead of `{BUILDER}`", id="a role"),
        pytest.param(SESSION, f"Make the request as `{SESSION}` instead of `{BUILDER}`", id="a session"),
        pytest.param(f"{APP[:-3]}*", SOMEBODY, id="a pattern"),
        pytest.param("arn:aws:iam::333333333333:root", SOMEBODY, id="an account"),
    ],
)
def test_whoever_is_trusted_instead_is_named(principal: str, text: str) -> None:
    case = broken("cross-account", trust_policy=trust(allow({"AWS": principal})))
    assert texts(use_identity, case, about(case, Layer.TRUST, Element.PRINCIPAL)) == [text]


def test_nobody_is_told_to_call_as_who_they_are() -> None:
    case = broken("cross-account", request={"signed_in_as": BUILDER})
    assert texts(use_identity, case) == [SOMEBODY]


def test_a_service_that_nobody_named_is_called_the_service() -> None:
    case = broken("passing", request={"parameters": {"passed_to": None}})
    (text,) = texts(use_other_role, case)
    assert text.endswith("create one there that the service may assume")


@pytest.mark.parametrize(
    ("others", "told"),
    [
        pytest.param(["Deploy"], "", id="none but itself"),
        pytest.param(
            ["A", "Deploy", "B", "C", "D"],
            "; the account also has " + ", ".join(f"`{ACCOUNT}:role/{letter}`" for letter in "ABC"),
            id="three of four others",
        ),
    ],
)
def test_other_roles_of_the_account_are_told(others: list[str], told: str) -> None:
    case = broken("cross-account", other_roles={"value": [f"{ACCOUNT}:role/{each}" for each in others]})
    assert texts(use_other_role, case) == [
        f"Assume a different role, if `{DEPLOY}` is not meant for callers of this kind{told}"
    ]


@pytest.mark.parametrize(
    ("world", "role", "begins"),
    [
        pytest.param("cross-account-role", APP, "Skip this call: the credentials are already those of", id="itself"),
        pytest.param(
            "cross-account-role", f"{ACCOUNT}:role/App", "Assume `", id="a role of that name in another account"
        ),
        pytest.param(
            "cross-account", "arn:aws:iam::111111111111:role/builder", "Call with the access key of", id="a user's name"
        ),
    ],
)
def test_a_call_is_needless_only_for_the_role_that_the_caller_has(world: str, role: str, begins: str) -> None:
    (text,) = texts(drop_hop, broken(world, request={"role_arn": role}))
    assert text.startswith(begins)
