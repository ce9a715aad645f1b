"""Cases in which policies compare names in all the ways they can, made at random; and the names that are in them."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.cases import case

from diagnose.model.case import Case

# ruff: noqa: E501  # policies read better on a line

Json = Any
Random = random.Random

_LETTERS = "bcdfghjklmnpqrstvwxz"
_TEXT_KEYS = ("aws:PrincipalTag/{tag}", "aws:RequestTag/{tag}", "aws:ResourceTag/{tag}", "sts:RoleSessionName")
_WORLDS = ("cross-account", "cross-account-role", "tagged", "mfa", "organization", "guarded", "endpoint", "chained")


def strange_case(chance: Random) -> tuple[Case, list[str]]:
    """Make a case, and give the words that must not survive in it."""
    words = [a_word(chance) for _ in range(6)]
    tag, value, session, external, path, name = words
    far = str(chance.randrange(10**11, 10**12))
    near = str(chance.randrange(10**11, 10**12))
    value = chance.choice([value, f"{value}-{external}", value.upper(), value.title(), f" {value}", f"{value}/{path}"])
    role = f"arn:aws:iam::{far}:role/{chance.choice(['', path + '/'])}{chance.choice([name, name + '-' + value[:4].strip()])}"
    source = f"arn:aws:iam::{near}:{chance.choice(['user', 'role'])}/{chance.choice(['', path + '/'])}{session}"
    texts = [value, session, external, path, name, tag]
    statements = [_statement(chance, texts, role, source, tag) for _ in range(chance.randrange(1, 4))]
    trust = [
        {"Effect": "Allow", "Principal": {"AWS": off(chance, chance.choice([source, near, f"arn:aws:iam::{near}:root"]))},
         "Action": ["sts:AssumeRole", "sts:TagSession"]}
        | _condition(chance, texts, role, source, tag, likely=0.6)
        for _ in range(chance.randrange(1, 3))
    ]  # fmt: skip
    tags = {tag: value} if chance.random() < 0.5 else {}
    known_tags: Json = {"evidence": "known", "value": {_case_of(chance, tag): value}}
    number = str(chance.randrange(1, 5000))
    if chance.random() < 0.3:
        known_tags["value"]["Level" + tag] = number
        statements[0]["Condition"] = {
            chance.choice(["NumericLessThan", "NumericGreaterThanEquals", "NumericEquals", "NumericNotEquals"]): {
                f"aws:PrincipalTag/level{tag}": str(int(number) + chance.choice([-1, 0, 1, 7]))
            }
        }
    address = f"{chance.randrange(1, 223)}.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"
    if chance.random() < 0.4:
        trust[0].setdefault("Condition", {})[chance.choice(["IpAddress", "NotIpAddress", "StringLike"])] = {
            "aws:SourceIp": [_range(chance, address), "198.51.100.0/24"]
        }
    parts: dict[str, Json] = {
        "request": {
            "role_arn": off(chance, role, seldom=True) if chance.random() < 0.2 else role,
            "parameters": {
                "session_name": chance.choice([session, "x", session * 13, session + " "])
                if chance.random() < 0.3
                else session,
                "external_id": chance.choice([external, None, external.upper()]),
                "tags": tags,
            },
            "context": {"aws:SourceIp": [address]},
        },
        "arn": source,
        "principal": {"evidence": "known", "value": {"arn": source, "tags": known_tags}},
        "identity_policies": {
            "policies": [
                {
                    "name": name,
                    "document": {
                        "Version": chance.choice(["2012-10-17"] * 4 + ["2008-10-17"]),
                        "Statement": statements,
                    },
                }
            ]
        },
        "role": {
            "evidence": "known",
            "value": {
                "arn": role,
                "tags": {"evidence": "known", "value": {tag: value}},
                "max_session_seconds": {"evidence": "known", "value": 3600},
            },
        },
        "trust_policy": {
            "evidence": "known",
            "value": {"name": name, "kind": "trust", "document": {"Version": "2012-10-17", "Statement": trust}},
        },
        "other_roles": {"evidence": "known", "value": [off(chance, role)]},
    }
    if chance.random() < 0.3:
        parts["message"] = f"User: {source} is not authorized to perform: sts:AssumeRole on resource: {role}"
    if chance.random() < 0.2:
        parts["role"] = {"evidence": "known", "value": None}
    if chance.random() < 0.3:
        deny = {"Effect": "Deny", "Action": "sts:*", "Resource": "*"} | _condition(
            chance, texts, role, source, tag, likely=1
        )
        parts["boundary"] = {"evidence": "known", "value": {"name": path, "kind": "managed", "document": {
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, deny]}}}  # fmt: skip
    if chance.random() < 0.2:
        parts["request"]["unknown"] = [chance.choice(_TEXT_KEYS).format(tag=tag)]
    return case(chance.choice(_WORLDS), **parts), [*words, far, near]


def _statement(chance: Random, texts: Sequence[str], role: str, source: str, tag: str) -> Json:
    effect = chance.choice(["Allow", "Allow", "Allow", "Deny"])
    element = chance.choice(["Resource"] * 5 + ["NotResource"])
    resources = [off(chance, role) for _ in range(chance.randrange(1, 3))]
    written = {
        "Sid": chance.choice(texts).title().strip(),
        "Effect": effect,
        "Action": "sts:AssumeRole",
        element: resources,
    }
    return written | _condition(chance, texts, role, source, tag, likely=0.4)


def _condition(chance: Random, texts: Sequence[str], role: str, source: str, tag: str, *, likely: float) -> Json:
    if chance.random() > likely:
        return {}
    key, value = chance.choice(
        [
            (f"aws:PrincipalTag/{_case_of(chance, tag)}", texts[0]),
            (f"aws:RequestTag/{_case_of(chance, tag)}", texts[0]),
            (f"aws:ResourceTag/{tag}", texts[0]),
            ("sts:ExternalId", texts[2]),
            ("sts:RoleSessionName", texts[1]),
            ("aws:PrincipalArn", source),
            ("aws:PrincipalAccount", source.split(":")[4]),
            ("aws:username", texts[1]),
            ("aws:TagKeys", tag),
            ("aws:userid", f"AIDA{texts[4].upper()}EXAMPLE1:{texts[1]}"),
        ]
    )
    operator = chance.choice(["StringEquals", "StringLike", "StringLike", "StringEqualsIgnoreCase", "StringNotLike",
                              "StringNotEquals", "ForAnyValue:StringLike", "ForAllValues:StringEquals", "ArnLike",
                              "StringNotEqualsIgnoreCase", "StringLikeIfExists", "Null", "BinaryEquals"])  # fmt: skip
    if operator == "Null":
        return {"Condition": {operator: {key: chance.choice(["true", "false"])}}}
    return {"Condition": {operator: {key: [off(chance, value) for _ in range(chance.randrange(1, 4))]}}}


def off(chance: Random, text: str, *, seldom: bool = False) -> str:
    """Give a text as it is, or a pattern that fits it, or one that nearly does."""
    if seldom and chance.random() < 0.7:
        return text
    return chance.choice(_CHANGES)(chance, text)


def _cut(chance: Random, text: str, least: int = 1) -> int:
    return chance.randrange(min(least, len(text)), len(text) + 1)


_CHANGES: Sequence[Callable[[Random, str], str]] = (
    lambda _, text: text,
    lambda _, text: text,
    lambda chance, text: text[: _cut(chance, text)] + "*",
    lambda chance, text: "*" + text[_cut(chance, text) - 1 :],
    lambda chance, text: (at := _cut(chance, text), text[: at - 1] + "?" + text[at:])[1],
    lambda chance, text: (at := _cut(chance, text), text[: at - 1] + "*" + text[at:])[1],
    lambda _, text: text.swapcase() if not text.startswith("arn") else text[:-3] + text[-3:].swapcase(),
    lambda chance, text: text[:-1] + chance.choice(_LETTERS),
    lambda _, text: text[:-2] + text[-1:] + text[-2:-1],
    lambda _, text: f"{text} ",
    lambda _, text: text.replace("role/", "role/team/"),
    lambda _, text: text.replace("arn:aws:iam::", "arn:aws:iam:"),
    lambda _, text: text.rpartition("/")[0] + "/*" if "/" in text else "*",
    lambda _, text: text.rpartition("/")[0] + "/${aws:username}" if "/" in text else "${aws:username}",
    lambda _, text: text + "-${aws:PrincipalTag/none, 'x'}",
    lambda _, text: "*" + text[len(text) // 2 :] + "*",
)


def _case_of(chance: Random, text: str) -> str:
    return chance.choice([text, text, text.upper(), text.title()])


def _range(chance: Random, address: str) -> str:
    octets = address.split(".")
    return chance.choice(
        [
            address,
            f"{address}/32",
            f"{'.'.join(octets[:3])}.0/24",
            f"{'.'.join(octets[:3])}.0/23",
            f"{octets[0]}.0.0.0/8",
            f"{address}/33",
            f"{'.'.join(octets[:3])}.*",
            f"{octets[0]}.0.0.1/32",
        ]
    )


def a_word(chance: Random) -> str:
    return "zq" + "".join(chance.choice(_LETTERS) for _ in range(chance.randrange(4, 8)))


def strange_cases(seed: int) -> Iterator[tuple[Case, list[str]]]:
    """Make one case after another."""
    chance = random.Random(seed)
    while True:
        yield strange_case(chance)
