"""More cases of any size: organizations, requests, messages, federation, and mistakes without end.

As in `large_cases`, each shape makes one of so many levels, tags, values, statements or letters.
"""

import random

from diagnose.model.case import Case
from tests.cases import allow, case, deny, document, on, trust
from tests.fuzz.large_cases import Json, Shape, conditions_on, deny_all, policies_of, tags_named, with_unknown

ANYONE = {"Principal": "*"}
_TO_A_TRUST_POLICY = 450
_LONGEST = 50_000


def levels_that_allow_nothing(_choose: random.Random, size: int) -> Case:
    """Levels of an organization, none of which allows anything here."""
    levels = [
        {"target": f"ou-ab12-{place}", "name": f"ou{place}", "policies": policies_of([on("*", action="s3:*")])}
        for place in range(size)
    ]
    return case("organization", scps={"value": levels}, rcps={"value": levels})


def levels_unread(_choose: random.Random, size: int) -> Case:
    """Levels of an organization, of each of which a policy could not be read."""
    levels = [
        {
            "target": f"ou-ab12-{place}",
            "name": f"ou{place}",
            "policies": {"policies": [], "unread": [{"gap": "access_denied", "subject": f"policy p{place}"}]},
        }
        for place in range(size)
    ]
    return case("organization", scps={"value": levels}, rcps={"value": levels})


def misspelt_keys(choose: random.Random, size: int) -> Case:
    """Conditions on keys that AWS does not have, each nearly one that it has."""
    near = (
        "aws:PrincipalOrgIDs",
        "aws:SourceIpp",
        "aws:MultiFactorAuthPresents",
        "sts:RoleSesionName",
        "aws:PrincipelArn",
    )
    statements = [on("*", Condition={"StringEquals": {f"{choose.choice(near)}{n}": "x"}}) for n in range(size)]
    return with_unknown([], identity_policies=policies_of(statements))


def networks_in_each(choose: random.Random, size: int) -> Case:
    """Deny statements, each with networks of its own, on an unknown address."""
    lists = [
        [f"{choose.randrange(224)}.{choose.randrange(256)}.0.0/{choose.randint(8, 32)}" for _ in range(10)]
        for _ in range(max(1, size // 10))
    ]
    denies = [deny_all("*", Condition={"NotIpAddress": {"aws:SourceIp": each}}) for each in lists]
    return with_unknown(["aws:SourceIp"], identity_policies=policies_of([on("*"), *denies]))


def moments_in_each(choose: random.Random, size: int) -> Case:
    """Deny statements, each from another moment on."""
    keys = ["aws:CurrentTime", "aws:TokenIssueTime"]
    moments = [f"20{10 + n % 80}-0{1 + n % 9}-01T00:00:{n % 60:02}Z" for n in range(size)]
    denies = [deny_all("*", Condition={"DateGreaterThan": {choose.choice(keys): each}}) for each in moments]
    return with_unknown(keys, identity_policies=policies_of([on("*"), *denies]))


def present_or_not(choose: random.Random, size: int) -> Case:
    """Deny statements on whether keys are there, and whether they are true."""
    keys = tags_named(max(2, size // 3))
    denies = [
        deny_all("*", Condition={"Null": {choose.choice(keys): "true"}, "Bool": {choose.choice(keys): "true"}})
        for _ in range(size)
    ]
    return with_unknown(keys, identity_policies=policies_of([on("*"), *denies]))


def arns_in_each(choose: random.Random, size: int) -> Case:
    """Deny statements on ARNs, some of them with wildcards for accounts."""
    operators = ("ArnLike", "ArnNotLike", "ArnEquals", "StringLike")
    denies = [
        deny_all(
            "*",
            Condition={
                choose.choice(operators): {
                    "aws:PrincipalArn": [f"arn:aws:iam::*:role/x{n}*", "arn:aws:iam::1?1*:user/*"]
                }
            },
        )
        for n in range(size)
    ]
    return with_unknown(["aws:PrincipalArn"], identity_policies=policies_of([on("*"), *denies]))


def values_against_patterns(_choose: random.Random, size: int) -> Case:
    """A key with many values, compared with as many patterns."""
    condition = {"ForAllValues:StringLike": {"mine:k": [f"w{n}*" for n in range(size)]}}
    request = {"context": {"mine:k": [f"v{n}" for n in range(size)]}}
    return case("cross-account", request=request, identity_policies=policies_of([on("*", Condition=condition)]))


def values_against_statements(_choose: random.Random, size: int) -> Case:
    """A key with many values, which many statements compare with patterns of their own."""
    conditions = [{"ForAnyValue:StringLike": {"mine:k": [f"w{n}*x", "y?"]}} for n in range(size)]
    request = {"context": {"mine:k": [f"v{n}" for n in range(size)]}}
    statements = [on("*", Condition=each) for each in conditions]
    return case("cross-account", request=request, identity_policies=policies_of(statements))


def one_long_value(_choose: random.Random, size: int) -> Case:
    """A value as long as may be, and patterns that nearly fit it."""
    patterns = ["*a" * 100 + f"b{n}" for n in range(max(1, size // 400))]
    statements = [on("*", Condition={"StringLike": {"mine:k": each}}) for each in patterns]
    request = {"context": {"mine:k": ["a" * size]}}
    return case("cross-account", request=request, identity_policies=policies_of(statements, 10))


def letters_of_other_languages(_choose: random.Random, size: int) -> Case:
    """Values whose letters have several forms, compared without regard to case."""
    key = "aws:PrincipalTag/é"
    values = [["ß" * 50 + str(n), "İ" * 20] for n in range(size)]
    denies = [deny_all("*", Condition={"StringEqualsIgnoreCase": {key: each}}) for each in values]
    return with_unknown([key], identity_policies=policies_of([on("*"), *denies]))


def empty_statements(choose: random.Random, size: int) -> Case:
    """Statements of nothing at all: all in one policy, or some in each."""
    return with_unknown([], identity_policies=policies_of([{}] * size, choose.choice((40, 1000, _LONGEST))))


def no_documents(choose: random.Random, size: int) -> Case:
    """Policies whose documents are not policies."""
    wrong: tuple[Json, ...] = (7, [], {}, {"Statement": []}, {"Statement": "x"}, {"Version": "x", "Statement": [{}]})
    policies = [{"name": f"p{n}", "document": choose.choice(wrong)} for n in range(size)]
    return with_unknown([], identity_policies={"policies": policies})


def broken_conditions(choose: random.Random, size: int) -> Case:
    """Conditions that are not conditions."""
    wrong: tuple[Json, ...] = (
        7,
        [],
        {"StringEquals": 7},
        {"StringEquals": {"aws:x": {"a": 1}}},
        {"": {"": ""}},
        {"stringequals": {"a": None}},
    )
    statements = [on("*", Condition=choose.choice(wrong)) for _ in range(size)]
    return with_unknown([], identity_policies=policies_of(statements))


def tags_of_wrong_signs(_choose: random.Random, size: int) -> Case:
    """Session tags that are too many, come twice and have signs that AWS does not take."""
    sent = {f"{'Kk'[n % 2]}{n // 2}": "é\u0007" for n in range(size)}
    missing = [f"nosuch{n}" for n in range(size)]
    return case("cross-account", request={"parameters": {"tags": sent, "transitive_tag_keys": missing}})


def tags_inherited(_choose: random.Random, size: int) -> Case:
    """Session tags that the session before has already, all of them transitive."""
    has = {f"k{n}": "v" for n in range(size)}
    session = {
        "tags": {"evidence": "known", "value": has},
        "transitive_tag_keys": {"evidence": "known", "value": list(has)},
    }
    return case("chained", session=session, request={"parameters": {"tags": dict.fromkeys(has, "w")}})


def messages(choose: random.Random, size: int) -> Case:
    """A message that says the same without end."""
    part = choose.choice(
        (
            "arn:aws:iam::111111111111:user/x ",
            "is not authorized to perform: sts:AssumeRole on resource: ",
            "User: a is not authorized to perform: b on resource: c because no\n",
            "with an explicit deny in a ",
            "An error occurred (AccessDenied) when calling the AssumeRole operation: no\n",
            "((((",
            '{"a":',
            "'\"`",
            "<Code>AccessDenied</Code>",
            "\\n\\t",
            "\x1b[31m",
            "; ",
            f"{'A' * 76}\n",
            "\n at ",
        )
    )
    policies = policies_of([deny(Resource="*")])
    return case("cross-account", identity_policies=policies, message=part * (size // len(part) + 1))


def session_policies(choose: random.Random, size: int) -> Case:
    """Session policies with many Deny statements on keys that are unknown."""
    keys = tags_named(max(2, size // 4))
    denies = [deny_all("*", Condition=conditions_on(choose, keys, 2)) for _ in range(size)]
    return case("cross-account-role", request={"unknown": keys}, session={"policies": policies_of([on("*"), *denies])})


def endpoint(choose: random.Random, size: int) -> Case:
    """A VPC endpoint policy with many Deny statements."""
    keys = tags_named(max(2, size // 4))
    denies = [
        deny(**ANYONE, Resource="*", Condition=conditions_on(choose, keys, 2))
        for _ in range(min(size, _TO_A_TRUST_POLICY))
    ]
    allowing = {"Effect": "Allow", **ANYONE, "Action": "*", "Resource": "*"}
    policy = {"value": {"name": "e", "document": document(allowing, *denies)}}
    return case("endpoint", request={"unknown": keys}, endpoint={"value": {"policy": policy}})


def passing(choose: random.Random, size: int) -> Case:
    """A role that is passed, by somebody with many Deny statements, to a service with as many."""
    keys = tags_named(max(2, size // 4))
    own = [deny("iam:PassRole", Resource="*", Condition=conditions_on(choose, keys, 2)) for _ in range(size // 2)]
    of_service = [
        deny(**ANYONE, Condition=conditions_on(choose, keys, 2)) for _ in range(min(size // 2, _TO_A_TRUST_POLICY))
    ]
    return case(
        "passing",
        request={"unknown": keys},
        identity_policies=policies_of([on("*", action="*"), *own]),
        trust_policy=trust(allow({"Service": "ec2.amazonaws.com"}), *of_service),
    )


def companions(choose: random.Random, size: int) -> Case:
    """A request with tags and a source identity, each of which many statements deny."""
    keys = tags_named(max(2, size // 4))
    actions = ("sts:TagSession", "sts:AssumeRole", "sts:SetSourceIdentity")
    denies = [deny(choose.choice(actions), Resource="*", Condition=conditions_on(choose, keys, 2)) for _ in range(size)]
    return case("tagged", request={"unknown": keys}, identity_policies=policies_of([on("*", action="sts:*"), *denies]))


def repositories(choose: random.Random, size: int) -> Case:
    """A trust policy with a statement for each of many repositories, for a token that is known or not."""
    prefix = "token.actions.githubusercontent.com"
    provider = {"Federated": f"arn:aws:iam::222222222222:oidc-provider/{prefix}"}
    statements = [
        allow(
            provider,
            "sts:AssumeRoleWithWebIdentity",
            Condition={
                "StringLike": {f"{prefix}:sub": f"repo:o/r{n}:*"},
                "StringEquals": {f"{prefix}:aud": "sts.amazonaws.com"},
            },
        )
        for n in range(min(size, 2 * _TO_A_TRUST_POLICY))
    ]
    unknown = choose.choice(([], [f"{prefix}:sub", f"{prefix}:aud"]))
    return case("github", request={"unknown": unknown}, trust_policy=trust(*statements))


def versions(_choose: random.Random, size: int) -> Case:
    """A policy with many versions that are not the default one, each with many statements."""
    documents = [
        document(*(on(f"arn:aws:iam::333333333333:role/{n}") for n in range(min(size, 800))))
        for _ in range(1 + max(1, size // 800))
    ]
    others = [{"version": f"v{number + 3}", "document": each} for number, each in enumerate(documents[1:])]
    arn = "arn:aws:iam::111111111111:policy/p"
    policy = {
        "name": "p",
        "kind": "managed",
        "arn": arn,
        "version": "v2",
        "document": documents[0],
        "other_versions": others,
    }
    return with_unknown([], identity_policies={"policies": [policy]})


SHAPES: tuple[Shape, ...] = (
    levels_that_allow_nothing,
    levels_unread,
    misspelt_keys,
    networks_in_each,
    moments_in_each,
    present_or_not,
    arns_in_each,
    values_against_patterns,
    values_against_statements,
    one_long_value,
    letters_of_other_languages,
    empty_statements,
    no_documents,
    broken_conditions,
    tags_of_wrong_signs,
    tags_inherited,
    messages,
    session_policies,
    endpoint,
    passing,
    companions,
    repositories,
    versions,
)
