"""Whom a trust policy admits: nothing that it names is left out, and nothing is said that is not so."""

import gc
import json
import time
from typing import Any

import pytest
from policyuniverse.statement import Statement as Universe

from diagnose.audience import Admission, Audience, audience, words
from diagnose.errors import XdiagError
from diagnose.model.policy import Policy, PolicyKind, raw_document
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}


def _policy(*statements: Any) -> Policy:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return Policy("Deploy", raw_document(document), PolicyKind.TRUST)


def _one(**statement: Any) -> Admission:
    return audience(_policy({**ALLOW, **statement})).statements[0]


@pytest.mark.parametrize(
    ("principal", "kind", "text"),
    [
        pytest.param("*", "everyone", "*", id="a star"),
        pytest.param({"AWS": "*"}, "everyone", "*", id="every AWS principal"),
        pytest.param({"AWS": "222222222222"}, "accounts", "222222222222", id="an account's number"),
        pytest.param(
            {"AWS": "arn:aws:iam::222222222222:root"}, "accounts", "arn:aws:iam::222222222222:root", id="an account"
        ),
        pytest.param(
            {"AWS": ["arn:aws:iam::333333333333:role/App"]},
            "principals",
            "arn:aws:iam::333333333333:role/App",
            id="a role",
        ),
        pytest.param({"AWS": "AROAEXAMPLE"}, "principals", "AROAEXAMPLE", id="the id of a role"),
        pytest.param({"AWS": "AIDAEXAMPLE"}, "principals", "AIDAEXAMPLE", id="the id of a user"),
        pytest.param({"AWS": "aidaexample"}, "not known", "AWS aidaexample", id="an id in small letters"),
        pytest.param({"AWS": "22222222222"}, "not known", "AWS 22222222222", id="a number of 11 digits"),
        pytest.param({"AWS": "2222222222 2"}, "not known", "AWS 2222222222 2", id="12 characters that are no number"),
        pytest.param({"AWS": "AGPAEXAMPLE"}, "not known", "AWS AGPAEXAMPLE", id="the id of a group"),
        pytest.param({"AWS": "2222222222222"}, "not known", "AWS 2222222222222", id="a number of 13 digits"),
        pytest.param({"AWS": "AROA*"}, "not known", "AWS AROA*", id="a wildcard behind the start of an id"),
        pytest.param({"Service": "ec2.amazonaws.com"}, "services", "ec2.amazonaws.com", id="a service"),
        pytest.param({"Service": "ec2"}, "services", "ec2", id="a service of an odd name"),
        pytest.param({"Federated": "idp.example"}, "federated", "idp.example", id="a provider that is no ARN"),
        pytest.param({"CanonicalUser": "79a59d"}, "canonical users", "79a59d", id="a canonical user"),
        pytest.param({"Robot": "R2"}, "not known", "Robot R2", id="a kind that AWS does not know"),
        pytest.param({"AWS": "nobody"}, "not known", "AWS nobody", id="a bare name"),
        pytest.param(
            {"AWS": "arn:aws:iam::222222222222:role/*"},
            "not known",
            "AWS arn:aws:iam::222222222222:role/*",
            id="a wildcard",
        ),
        pytest.param({"AWS": 222222222222}, "not known", "AWS 222222222222", id="an account that is no text"),
        pytest.param({"AWS": [{"a": None}]}, "not known", 'AWS {"a": null}', id="an object"),
        pytest.param({"AWS": [[[[[[[[]]]]]]]]}, "not known", "AWS [[[[[...]]]]]", id="a list of lists"),
        pytest.param(
            {"AWS": [{"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}]},
            "not known",
            'AWS {"a": {"a": {"a": {"a": {"a": ...}}}}}',
            id="objects in one another",
        ),
        pytest.param(
            {"AWS": [[1, "a", {"b": 2, "c": None}]]}, "not known", 'AWS [1, a, {"b": 2, "c": null}]', id="JSON"
        ),
        pytest.param(5, "not known", "5", id="a number"),
    ],
)
def test_every_principal_is_told_by_its_kind(principal: Any, kind: str, text: str) -> None:
    told = _one(Principal=principal)
    assert told.principals == ((kind, (text,)),)
    assert text in words(audience(_policy({**ALLOW, "Principal": principal})))


def test_a_principal_of_a_broken_statement_is_told_beside_what_is_broken() -> None:
    told = audience(_policy({**ALLOW, "Principal": {"AWS": "222222222222", "Robot": "R2"}, "Action": 3}))
    assert told.statements[0].principals == (("accounts", ("222222222222",)), ("not known", ("Robot R2",)))
    assert told.statements[0].actions is None
    assert [place for place, _ in told.flaws] == ["/Statement/0/Action", "/Statement/0/Principal/Robot"]
    assert "AWS has no kind of principal `Robot`, at /Statement/0/Principal/Robot" in words(told)


def test_a_principal_is_not_lost_where_its_key_comes_twice() -> None:
    statement = json.dumps(ALLOW).replace('"*"', '{"AWS": "222222222222", "AWS": "333333333333"}')
    text = f'{{"Version": "2012-10-17", "Statement": {statement}}}'
    told = audience(Policy("Deploy", raw_document(text), PolicyKind.TRUST))
    assert told.statements[0].principals == (("accounts", ("222222222222", "333333333333")),)


def test_a_negated_element_names_those_whom_it_does_not_reach() -> None:
    statement = {"Effect": "Allow", "NotPrincipal": {"AWS": "222222222222"}, "Action": "sts:AssumeRole"}
    told = audience(_policy(statement))
    assert told.statements[0].negated
    assert told.statements[0].principals == (("accounts", ("222222222222",)),)
    assert "statement 1 allows all but\n  accounts         222222222222\n" in words(told)
    assert "YES: anybody with an AWS account but those left out is let in" in words(told)


def test_a_denial_is_told_as_one() -> None:
    said = words(audience(_policy(ALLOW, {**ALLOW, "Effect": "Deny", "Sid": "Not\u202eUs"})))
    assert "statement 1 allows\n" in said
    assert "statement 2 (Not\\u202eUs) denies\n" in said
    assert "YES: anybody with an AWS account, unless denied, is let in" in said


@pytest.mark.parametrize("statement", [7, {"Principal": "*"}, {**ALLOW, "Effect": "allow"}])
def test_what_cannot_be_told_is_said(statement: Any) -> None:
    told = audience(_policy(statement))
    assert "statement 1 has no valid effect" in words(told)
    assert "AWS rejects" in words(told)
    assert told.open_to_world is UNKNOWN


@pytest.mark.parametrize(
    ("element", "actions"),
    [
        pytest.param(
            {"Action": ["sts:assume*", "sts:TagSession"]},
            ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:TagSession"),
            id="a pattern",
        ),
        pytest.param({"Action": "s3:*"}, (), id="another service"),
        pytest.param(
            {"Action": "STS:*"},
            (
                "sts:AssumeRole",
                "sts:AssumeRoleWithSAML",
                "sts:AssumeRoleWithWebIdentity",
                "sts:SetContext",
                "sts:SetSourceIdentity",
                "sts:TagSession",
            ),
            id="all of them, in capitals",
        ),
        pytest.param(
            {"NotAction": "sts:*Assume*"}, ("sts:SetContext", "sts:SetSourceIdentity", "sts:TagSession"), id="all but"
        ),
    ],
)
def test_a_pattern_is_told_by_the_actions_that_it_covers(element: Any, actions: tuple[str, ...]) -> None:
    told = audience(_policy({"Effect": "Allow", "Principal": "*", **element}))
    assert told.statements[0].actions == actions


@pytest.mark.parametrize(
    ("condition", "open_to_world"),
    [
        pytest.param({}, YES, id="no condition at all"),
        pytest.param({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, NO, id="one organization"),
        pytest.param({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, YES, id="mfa keeps no stranger out"),
        pytest.param({"StringEquals": {"aws:SourceAccount": 111111111111}}, NO, id="a number without quotes"),
        pytest.param(
            {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, UNKNOWN, id="one organization, or none"
        ),
        pytest.param(
            {
                "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
                "StringEqualsIfExists": {"aws:SourceVpc": "vpc-0a1b2c3d"},
            },
            UNKNOWN,
            id="one organization, and one network or none",
        ),
        pytest.param({"StringEquals": 3}, UNKNOWN, id="a condition that is none"),
        pytest.param(
            {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, UNKNOWN, id="all values, or none"
        ),
        pytest.param(
            {"ForAnyValue:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
            NO,
            id="some value of one organization",
        ),
    ],
)
def test_everyone_is_the_world_unless_a_condition_narrows_it(condition: Any, open_to_world: Tri) -> None:
    assert _one(Condition=condition).open_to_world is open_to_world


def test_a_condition_is_told_in_the_words_of_the_policy() -> None:
    condition = {"StringEquals": {"sts:ExternalId": ["a", "b"]}, "Bool": {"aws:MultiFactorAuthPresent": True}}
    assert _one(Condition=condition).conditions == (
        "StringEquals sts:ExternalId a, b",
        "Bool aws:MultiFactorAuthPresent true",
    )
    assert "who meets the conditions is let in" in words(audience(_policy({**ALLOW, "Condition": condition})))


@pytest.mark.parametrize("document", [[], {}, 3])
def test_what_is_no_policy_is_named_and_not_summed_up(document: Any) -> None:
    with pytest.raises(XdiagError, match="the trust policy `Deploy` cannot be summarized: ") as mistake:
        audience(Policy("Deploy", raw_document(document), PolicyKind.TRUST))
    assert mistake.value.hint == "expected a policy"


def test_a_statement_is_told_whole() -> None:
    policy = _policy(
        {
            **ALLOW,
            "Sid": "Partner",
            "Principal": {"AWS": ["222222222222", "arn:aws:iam::333333333333:role/App"]},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {"StringEquals": {"sts:ExternalId": "acme-42"}},
        },
        {**ALLOW, "Effect": "Deny", "Principal": "*", "Action": "s3:*"},
        {**ALLOW, "Action": 5},
    )
    told = [" ".join(line.split()) for line in words(audience(policy)).splitlines()]
    assert "accounts 222222222222" in told
    assert "principals arn:aws:iam::333333333333:role/App" in told
    actions = [line for line in told if line.startswith("for actions")]
    assert actions[0] == "for actions sts:AssumeRole, sts:TagSession"
    assert actions[1:] == ["for actions none that assumes a role", "for actions not valid"]
    [condition] = [line for line in told if line.startswith("only if")]
    assert "sts:ExternalId" in condition
    assert "acme-42" in condition
    [partner, *_] = [line for line in told if " allows" in line or " denies" in line]
    assert partner.endswith("(Partner) allows")


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        pytest.param([{}], "YES: anybody with an AWS account is let in", id="anybody"),
        pytest.param(
            [{"Condition": {"StringEquals": {"sts:ExternalId": "x"}}}, {}],
            "YES: anybody with an AWS account is let in",
            id="anybody, by the second statement",
        ),
        pytest.param(
            [{"Principal": None, "NotPrincipal": {"AWS": "222222222222"}}, {}],
            "YES: anybody with an AWS account is let in",
            id="those whom one statement leaves out, by the other",
        ),
        pytest.param(
            [{}, {"Effect": "Deny", "Principal": {"AWS": "222222222222"}}],
            "YES: anybody with an AWS account, unless denied, is let in",
            id="anybody but who is denied",
        ),
        pytest.param(
            [{"Principal": {"AWS": "222222222222"}}],
            "no: only the AWS principals above can be let in",
            id="those that are named",
        ),
    ],
)
def test_whether_everybody_is_let_in_is_said(statements: list[Any], said: str) -> None:
    whole = ({key: value for key, value in {**ALLOW, **one}.items() if value is not None} for one in statements)
    assert said in words(audience(_policy(*whole)))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        pytest.param({"Principal": {"AWS": []}}, "nobody it names no principal", id="nobody"),
        pytest.param({"Effect": "Deny"}, "statement 1 denies", id="a denial"),
        pytest.param({"Effect": "Perhaps"}, "statement 1 has no valid effect, and names", id="no effect"),
        pytest.param(
            {"Principal": {"CanonicalUser": "79a59d"}},
            "canonical users 79a59d (who cannot assume roles)",
            id="a canonical user",
        ),
        pytest.param(
            {"Principal": {"Federated": "accounts.google.com"}},
            "federated accounts.google.com (the provider decides who they are)",
            id="a provider",
        ),
        pytest.param(
            {"Principal": {"AWS": "nobody"}}, "not known AWS nobody (not a principal that AWS knows)", id="not known"
        ),
    ],
)
def test_each_line_of_a_statement_is_told(statement: Any, said: str) -> None:
    told = words(audience(_policy({**ALLOW, **statement})))
    assert said in [" ".join(line.split()) for line in told.splitlines()]


def test_a_negated_statement_is_told_as_one() -> None:
    statement = {key: value for key, value in ALLOW.items() if key != "Principal"}
    told = words(audience(_policy({**statement, "NotPrincipal": {"AWS": "222222222222"}})))
    assert "allows all but" in told
    assert "YES: anybody with an AWS account but those left out is let in" in told


def test_a_condition_that_everybody_may_meet_is_told() -> None:
    told = words(audience(_policy({**ALLOW, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}})))
    assert "YES: anybody with an AWS account who meets the conditions is let in" in told


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param({"Principal": {"AWS": [f"a{n}" for n in range(8000)]}}, id="names that are none"),
        pytest.param({"Principal": {"AWS": ["*"] * 20_000}}, id="everybody, many times"),
        pytest.param({"Principal": {"AWS": [1] * 30_000}}, id="numbers"),
        pytest.param({"Condition": {"ArnLike": {"aws:PrincipalArn": "*a" * 40_000}}}, id="a long pattern"),
        pytest.param({"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::" * 8000}}}, id="a long ARN"),
        pytest.param({"Condition": {"ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::" * 40] * 200}}}, id="long ARNs"),
    ],
)
def test_a_large_policy_is_summarized_as_fast_as_it_is_read(statement: dict[str, Any]) -> None:
    policy = _policy({**ALLOW, **statement})
    _one()  # imports what it takes
    # Python's search for cycles goes through what all tests of the run have left, for a second or more.
    gc.disable()
    try:
        start = time.process_time()
        words(audience(policy))
        took = time.process_time() - start
    finally:
        gc.enable()
    # A quarter of it suffices; by the square of its size each took ten times as long.
    assert took < 1


def test_of_many_mistakes_the_first_are_listed_and_the_others_counted() -> None:
    lines = words(audience(_policy({**ALLOW, "Principal": {"AWS": [1] * 75}}))).splitlines()
    rejected = [line for line in lines if line.startswith("AWS rejects")]
    assert len(rejected) == 61
    assert rejected[-1].endswith("15 more places")


@pytest.mark.parametrize(
    "flaws", [pytest.param(60, id="as many as are listed"), pytest.param(1, id="one"), pytest.param(61, id="one more")]
)
def test_mistakes_that_are_all_listed_are_not_counted(flaws: int) -> None:
    lines = words(Audience((), (("", "the policy has no version"),) * flaws)).splitlines()
    assert lines[:-1] == [
        *["AWS rejects        the policy has no version, at /"] * min(flaws, 60),
        *["AWS rejects        1 more places"] * (flaws > 60),
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(f"arn:aws:iam::111111111111:role/{'a/' * 200}*", NO, id="of one account"),
        pytest.param(f"arn:aws:iam::*:role/{'a/' * 200}x", YES, id="of any account"),
        pytest.param(f"{'a' * 400}*", YES, id="not an ARN, with a wildcard far behind"),
        pytest.param("a" * 400, NO, id="not an ARN, without a wildcard"),
    ],
)
def test_a_long_value_of_a_condition_counts_as_a_short_one(value: str, expected: Tri) -> None:
    assert _one(Condition={"StringLike": {"aws:PrincipalArn": value}}).open_to_world is expected


@pytest.mark.parametrize("key", ["aws:PrincipalArn", "aws:PrincipalOrgID", "aws:userid", "aws:SourceAccount"])
@pytest.mark.parametrize(
    "end", ["", "*", "**", "*x", "x*x", "o-*", "o-*x", "o-*/r-*", ":*", "/*/*"], ids=lambda end: end or "nothing"
)
def test_a_value_that_is_cut_counts_as_the_whole(key: str, end: str) -> None:
    value = f"AROA{'A' * 400}{end}"
    whole = Universe({"Effect": "Allow", "Principal": "*", "Condition": {"StringLike": {key: [value]}}})
    expected = YES if whole.is_internet_accessible() else NO
    assert _one(Condition={"StringLike": {key: value}}).open_to_world is expected


def test_a_denial_lets_nobody_in() -> None:
    assert _one(Effect="Deny").open_to_world is NO


def test_where_both_elements_stand_the_principal_counts() -> None:
    told = _one(NotPrincipal={"AWS": "222222222222"})
    assert (told.principals, told.negated) == ((("everyone", ("*",)),), False)


def test_everything_is_written_out() -> None:
    partner = {"AWS": ["222222222222", "333333333333"], "Service": "ec2.amazonaws.com", "CanonicalUser": "79a59d"}
    policy = _policy(
        {
            **ALLOW,
            "Sid": "Partner",
            "Principal": partner,
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {"StringEquals": {"sts:ExternalId": ["a", "b"]}, "Bool": {"aws:SecureTransport": []}},
        },
        {**ALLOW, "Effect": "Deny", "Principal": {"Robot": "R2"}, "Action": "s3:*"},
    )
    assert words(audience(policy)).splitlines() == [
        "statement 1 (Partner) allows",
        "  accounts         222222222222, 333333333333",
        "  services         ec2.amazonaws.com",
        "  canonical users  79a59d (who cannot assume roles)",
        "  for actions      sts:AssumeRole, sts:TagSession",
        "  only if          StringEquals sts:ExternalId a, b",
        "  only if          Bool aws:SecureTransport (values that are not valid)",
        "statement 2 denies",
        "  not known        Robot R2 (not a principal that AWS knows)",
        "  for actions      none that assumes a role",
        "AWS rejects        AWS has no kind of principal `Robot`, at /Statement/1/Principal/Robot",
        "open to the world  no: only the AWS principals above can be let in",
    ]


def test_what_nobody_can_tell_is_written_so() -> None:
    assert words(audience(_policy(7))).splitlines()[-1] == "open to the world  not known from these statements"
