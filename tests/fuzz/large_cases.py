"""Cases of any size: each shape makes one of so many statements, values, keys, policies or names.

A document holds at most what IAM would take; what is larger is spread over many policies.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from diagnose.model.case import Case
from tests.cases import allow, case, deny, document, on, trust

Json: TypeAlias = Any
Shape: TypeAlias = Callable[[random.Random, int], Case]

ACCOUNT = {"AWS": "arn:aws:iam::111111111111:root"}
_OPERATORS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLikeIfExists", "StringEqualsIgnoreCase")
_TO_A_POLICY = 40
_TO_A_DOCUMENT = 450
"""Statements, so that the documents of most shapes stay below 131,072 bytes."""


def letters(one: Case) -> int:
    """Say how large a case is: the bytes of its file, without white space."""
    return len(msgspec.json.encode(one))


def of_letters(shape: Shape, most: int, seed: int) -> Case:
    """Make the largest case of a shape, or nearly, that has no more than so many letters."""
    size, made = 8, shape(random.Random(seed), 8)  # no secret is made
    while (has := letters(made)) < 0.8 * most:
        larger = max(size + 1, int(size * min(8.0, 0.95 * most / has)))
        bigger = shape(random.Random(seed), larger)
        if letters(bigger) > most or larger > most:
            break
        # What comes in steps, such as a text that is repeated whole, may not have grown yet.
        size, made = larger, bigger if letters(bigger) > has else made
    return made


def denies_on_keys(choose: random.Random, size: int) -> Case:
    """Many Deny statements of the trust policy, each on some keys that are unknown."""
    size = min(size, _TO_A_DOCUMENT)
    keys = tags_named(size)
    denies = [deny(Principal="*", Condition=conditions_on(choose, keys, 3)) for _ in range(size)]
    return with_unknown(keys, trust_policy=trust(allow(ACCOUNT), *denies))


def one_long_condition(choose: random.Random, size: int) -> Case:
    """One statement with many conditions."""
    keys = tags_named(min(size, 1500))
    return with_unknown(keys, trust_policy=trust(allow(ACCOUNT, Condition=conditions_on(choose, keys, len(keys)))))


def long_conditions(choose: random.Random, size: int) -> Case:
    """Several statements with many conditions each."""
    keys = tags_named(min(size, 1000))
    conditions = [conditions_on(choose, keys, 100) for _ in range(max(1, size // 50))]
    statements = [(on if choose.random() < 0.5 else deny_all)("*", Condition=each) for each in conditions]
    return with_unknown(keys, identity_policies=policies_of(statements, 3))


def one_key_in_all(choose: random.Random, size: int) -> Case:
    """Many statements that compare one unknown key with patterns of their own."""
    key = "aws:PrincipalTag/team"
    size = min(size, 800)
    some = [deny(Principal="*", Condition=conditions_on(choose, [key], 1)) for _ in range(size)]
    return with_unknown([key], trust_policy=trust(allow(ACCOUNT), *some))


def patterns_of_one_key(choose: random.Random, size: int) -> Case:
    """One list of patterns that an unknown tag is compared with."""
    key = "aws:PrincipalTag/team"
    patterns = [_value(choose, 10**6) + choose.choice(("", "*", "*x?")) for _ in range(min(size, 8000))]
    operator = choose.choice(("StringLike", "StringNotLike", "ForAnyValue:StringLike"))
    return with_unknown(
        [key], trust_policy=trust(allow(ACCOUNT), deny(Principal="*", Condition={operator: {key: patterns}}))
    )


def networks(choose: random.Random, size: int) -> Case:
    """Address ranges in one statement or in many."""
    size = min(size, 6000)
    ranges = [f"{choose.randrange(224)}.{choose.randrange(256)}.0.0/{choose.randint(8, 32)}" for _ in range(size)]
    key, lists = "aws:VpcSourceIp", [[each] for each in ranges[:800]] if choose.random() < 0.5 else [ranges]
    denies = [deny(Principal="*", Condition={"NotIpAddress": {key: each}}) for each in lists]
    return with_unknown([key], trust_policy=trust(allow(ACCOUNT), *denies))


def identity_denies(choose: random.Random, size: int) -> Case:
    """Many Deny statements of the source's own policies."""
    keys = tags_named(size)
    denies = [deny_all("*", Condition=conditions_on(choose, keys, 2)) for _ in range(size)]
    return with_unknown(keys, identity_policies=policies_of([on("*"), *denies]))


def a_tag_in_each(choose: random.Random, size: int) -> Case:
    """Many statements that allow, each only with a tag of its own, which the source lacks or nobody knows."""
    keys = tags_named(size)
    allows = [on("*", Condition={choose.choice(_OPERATORS): {key: [f"a{key}*", "*b"]}}) for key in keys]
    return with_unknown(choose.choice((keys, [])), identity_policies=policies_of(allows))


def one_to_allow_and_many_to_deny(choose: random.Random, size: int) -> Case:
    """Many Deny statements without a condition, in one policy each or in some."""
    denies = [deny(Resource="*", Sid=f"No{n}") for n in range(size)]
    return with_unknown([], identity_policies=policies_of([on("*"), *denies], choose.choice((1, 10, _TO_A_DOCUMENT))))


def other_services(choose: random.Random, size: int) -> Case:
    """Many policies of other services and roles, none of which allows the role."""
    statements = [
        on(f"arn:aws:iam::{choose.randrange(10**11, 10**12)}:role/team{n % 90}/Deploy{choose.choice('*?x')}")
        if choose.random() < 0.5
        else on(f"arn:aws:s3:::bucket{n}/*", action=[f"s3:Get{n}*", "s3:PutObject", "ec2:Describe*"])
        for n in range(size)
    ]
    return with_unknown([], identity_policies=policies_of(statements, choose.choice((1, _TO_A_POLICY))))


def variables(choose: random.Random, size: int) -> Case:
    """Resources and values with policy variables in them, whose keys are unknown."""
    keys = tags_named(min(size, 200))
    statements = [
        choose.choice((on, deny_all))(
            f"arn:aws:iam::222222222222:role/${{{choose.choice(keys)}}}",
            Condition={"StringLike": {choose.choice(keys): f"${{{choose.choice(keys)}}}-*"}},
        )
        for _ in range(size)
    ]
    return with_unknown(keys, identity_policies=policies_of(statements))


def several_values(choose: random.Random, size: int) -> Case:
    """Keys with several values, none of which is known, under set operators."""
    keys = ["aws:TagKeys", "aws:PrincipalOrgPaths", "aws:CalledVia", *(f"mine:k{n}" for n in range(5))]
    denies = [
        deny_all(
            "*",
            Condition={
                choose.choice(("ForAllValues:", "ForAnyValue:")) + choose.choice(_OPERATORS): {
                    choose.choice(keys): [_value(choose, 500) for _ in range(choose.randint(1, 6))]
                }
            },
        )
        for _ in range(size)
    ]
    return with_unknown(keys, identity_policies=policies_of([on("*"), *denies]))


def many_principals(choose: random.Random, size: int) -> Case:
    """A trust policy that names many others: users, roles, sessions, accounts, services."""
    size = min(size, 2000)
    names = [
        f"arn:aws:iam::{choose.randrange(10**11, 10**12)}:{choose.choice(('user/u', 'role/r', 'role/a/b/'))}{n}"
        for n in range(size)
    ]
    services = {"Service": [f"s{n}.amazonaws.com" for n in range(size // 20)]}
    each = choose.random() < 0.3
    allows = [allow({"AWS": name}) for name in names[:700]] if each else [allow({"AWS": names} | services)]
    return with_unknown([], trust_policy=trust(*allows))


def long_lists(choose: random.Random, size: int) -> Case:
    """Lists of actions, resources and values, all of them long, in known keys."""
    part = min(size, 1500)
    of_all = on(
        [f"arn:aws:iam::222222222222:role/{_value(choose, 10**6)}" for _ in range(part)],
        action=[f"sts:Assume{_value(choose, 10**6)}" for _ in range(part)] + ["sts:AssumeRole"],
        Condition={"ArnNotLike": {"aws:PrincipalArn": [f"arn:aws:iam::*:user/{n}*" for n in range(part // 2)]}},
    )
    return with_unknown([], identity_policies=policies_of([of_all] * max(1, size // 1500), 1))


def organization(choose: random.Random, size: int) -> Case:
    """Policies of an organization, at several levels of both sides."""
    keys = tags_named(max(2, size // 4))
    levels = [
        {
            "target": f"ou-ab12-{place}",
            "name": f"ou{place}",
            "policies": policies_of(
                [
                    on("*", action="*", **more),
                    *(deny_all("*", Condition=conditions_on(choose, keys, 2), **more) for _ in many),
                ]
            ),
        }
        for more in ({}, {"Principal": "*"})
        for place, many in enumerate([range(size // 10)] * 5)
    ]
    scps, rcps = ({"value": each} for each in (levels[:5], levels[5:]))
    return case("organization", request={"unknown": keys}, scps=scps, rcps=rcps)


def all_layers(choose: random.Random, size: int) -> Case:
    """Deny statements and conditions in every layer that a request meets, on keys that they share."""
    keys = tags_named(max(3, size // 8))
    part, few = size // 5, min(size // 5, _TO_A_DOCUMENT // 2)

    def statements(many: int, **more: Json) -> list[Json]:
        return [on("*", action="*", **more)] + [
            deny_all("*", Condition=conditions_on(choose, keys, 2), **more) for _ in range(many)
        ]

    policy = {"name": "limits", "kind": "managed", "arn": "arn:aws:iam::111111111111:policy/limits"}
    return case(
        "organization",
        request={"unknown": keys},
        identity_policies=policies_of(statements(part)),
        boundary={"evidence": "known", "value": {**policy, "document": document(*statements(few))}},
        scps={"value": [{"target": "r-ab12", "name": "Root", "policies": policies_of(statements(part))}]},
        rcps={
            "value": [{"target": "r-ab12", "name": "Root", "policies": policies_of(statements(part, Principal="*"))}]
        },
        trust_policy=trust(
            allow({"AWS": "arn:aws:iam::111111111111:role/team/App"}),
            *(deny(Principal="*", Condition=conditions_on(choose, keys, 2)) for _ in range(few)),
        ),
    )


def groups(_choose: random.Random, size: int) -> Case:
    """Policies of many groups."""
    policies = [
        {
            "name": f"p{n}",
            "attached_to": f"group team{n % 50}",
            "document": document(on(f"arn:aws:iam::222222222222:role/R{n}")),
        }
        for n in range(size)
    ]
    return with_unknown([], identity_policies={"policies": policies})


def idle(choose: random.Random, size: int) -> Case:
    """Policies that do not count, and versions that are not the default one, some of which would allow."""
    fine, other = (
        document(on("arn:aws:iam::222222222222:role/Deploy")),
        document(on("arn:aws:iam::222222222222:role/X")),
    )
    policies = [
        {
            "name": f"p{n}",
            "kind": "managed",
            "arn": f"arn:aws:iam::111111111111:policy/p{n}",
            "version": "v2",
            "document": other,
            "other_versions": [{"version": "v1", "document": choose.choice((fine, other, other, other))}],
        }
        for n in range(size)
    ]
    waiting = [
        {"name": f"w{n}", "attached_to": f"group g{n}", "document": choose.choice((fine, other))} for n in range(size)
    ]
    return with_unknown([], identity_policies={"policies": policies}, idle_policies=waiting)


def tags(choose: random.Random, size: int) -> Case:
    """Many tags of the caller, of the role and of the session, and statements that compare some of them."""
    of_caller = {f"k{n}": f"v{choose.randrange(9)}" for n in range(size)}
    statements = [
        on("*", Condition={"StringEquals": {f"aws:PrincipalTag/k{n}": f"${{aws:ResourceTag/k{n}}}"}})
        for n in range(size // 4)
    ]
    return with_unknown(
        [],
        principal={"value": {"tags": {"evidence": "known", "value": of_caller}}},
        role={"value": {"tags": {"evidence": "known", "value": dict.fromkeys(of_caller, "other")}}},
        identity_policies=policies_of(statements or [on("*")]),
    )


def context(choose: random.Random, size: int) -> Case:
    """Many keys of the request's context, with many values."""
    stated = {f"mine:k{n}": [f"v{choose.randrange(99)}" for _ in range(20)] for n in range(size)}
    statements = [on("*", Condition={"ForAllValues:StringLike": {key: ["w*", "x*"]}}) for key in list(stated)[:200]]
    return case("cross-account", request={"context": stated}, identity_policies=policies_of(statements))


def session_tags(_choose: random.Random, size: int) -> Case:
    """Far more session tags than AWS takes."""
    wanted = {f"k{n}": f"v{n}" for n in range(size)}
    return case("cross-account", request={"parameters": {"tags": wanted, "transitive_tag_keys": list(wanted)}})


def other_roles(_choose: random.Random, size: int) -> Case:
    """A role that there is not, and thousands of others, some of which are near."""
    roles = [f"arn:aws:iam::222222222222:role/team{n % 50}/Deploy{n}" for n in range(size)]
    return with_unknown([], role={"evidence": "known", "value": None}, other_roles={"value": roles})


def gaps(_choose: random.Random, size: int) -> Case:
    """Thousands of policies that could not be read."""
    unread = [{"gap": "access_denied", "permission": "iam:GetPolicy", "subject": f"policy p{n}"} for n in range(size)]
    return with_unknown([], identity_policies={"policies": [], "unread": unread})


def deep(choose: random.Random, size: int) -> Case:
    """What is nested as deep as it is long, in the place of elements."""
    inner: Json = "x"
    for _ in range(min(size, 900)):
        inner = [inner] if choose.random() < 0.5 else {"k": inner}
    elements = {choose.choice(("Condition", "Resource", "Action", "Other")): inner}
    return with_unknown([], identity_policies=policies_of([on("*") | elements] * max(1, size // 900), 1))


def flaws(choose: random.Random, size: int) -> Case:
    """Statements with mistakes of all kinds."""
    wrong: tuple[Json, ...] = (
        {"Effect": "Permit"},
        {"Action": []},
        {"Resource": 7},
        {"Condition": {"StringIs": {"aws:PrincipalTag/x": "a"}}},
        {"Condition": {"StringEquals": {"aws:PrincipalTags/x": "a", "aws:SourceIP ": "b"}}},
        {"Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "soon"}}},
        {"Extra": [{}]},
        {"Resource": "arn:aws:iam:222222222222:role/Deploy"},
    )
    return with_unknown([], identity_policies=policies_of([on("*") | choose.choice(wrong) for _ in range(size)]))


def placeholders(choose: random.Random, size: int) -> Case:
    """What was never filled in."""
    forms = ("${account_id}", "<ACCOUNT>", "{{ account }}", "123456789012", "$ACCOUNT", "ACCOUNT_ID_WITHOUT_HYPHENS")
    statements = [on(f"arn:aws:iam::{choose.choice(forms)}:role/Deploy{n}") for n in range(size)]
    return with_unknown([], identity_policies=policies_of(statements))


def long_texts(choose: random.Random, size: int) -> Case:
    """A few texts, each as long as a document may be."""
    long = choose.choice(("a", "a*", "?b", "${aws:username}"))
    texts = [long * (min(size, 60_000) // len(long)) for _ in range(max(1, size // 60_000))]
    return with_unknown(
        ["aws:PrincipalTag/x"],
        identity_policies=policies_of(
            [on("*"), *(deny_all("*", Condition={"StringLike": {"aws:PrincipalTag/x": text}}) for text in texts)], 1
        ),
    )


def long_names(_choose: random.Random, size: int) -> Case:
    """Names of policies and statements that are longer than AWS would have them, and a long message."""
    policy = {"name": "p" * (size // 4), "document": document(deny(Resource="*", Sid="s" * min(size // 4, 50_000)))}
    return case(
        "cross-account",
        identity_policies={"policies": [policy]},
        message="An error occurred (AccessDenied): User: " + "arn:aws:iam::" * (size // 26),
    )


SHAPES: tuple[Shape, ...] = (
    denies_on_keys,
    one_long_condition,
    long_conditions,
    one_key_in_all,
    patterns_of_one_key,
    networks,
    identity_denies,
    a_tag_in_each,
    one_to_allow_and_many_to_deny,
    other_services,
    variables,
    several_values,
    many_principals,
    long_lists,
    organization,
    all_layers,
    groups,
    idle,
    tags,
    context,
    session_tags,
    other_roles,
    gaps,
    deep,
    flaws,
    placeholders,
    long_texts,
    long_names,
)


def tags_named(size: int) -> list[str]:
    return [f"aws:PrincipalTag/k{n}" for n in range(size)]


def _value(choose: random.Random, most: int) -> str:
    return choose.choice(("a", "b*", "*c", "?d", "*e*f*")) + str(choose.randrange(most))


def conditions_on(choose: random.Random, keys: Sequence[str], most: int) -> dict[str, Json]:
    condition: dict[str, Json] = {}
    for key in choose.sample(keys, min(len(keys), choose.randint(1, most))):
        condition.setdefault(choose.choice(_OPERATORS), {})[key] = [_value(choose, 40) for _ in range(2)]
    return condition


def deny_all(resource: Json, **elements: Json) -> Json:
    return deny(Resource=resource, **elements)


def policies_of(statements: Sequence[Json], each: int = _TO_A_POLICY) -> Mapping[str, Json]:
    parts = [statements[start : start + each] for start in range(0, len(statements), each)]
    return {"policies": [{"name": f"p{number}", "document": document(*part)} for number, part in enumerate(parts)]}


def with_unknown(unknown: Sequence[str], **parts: Json) -> Case:
    return case("cross-account", request={"unknown": list(unknown)}, **parts)
