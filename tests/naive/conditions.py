"""Tests for Condition blocks: keys of every kind, with operands that make them hold or fail."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.naive.draft import TAG_VALUES, Draft
from tests.naive.request import MULTIVALUED

STRINGS = (
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalTag/team",
    "aws:PrincipalTag/Env",
    "aws:PrincipalType",
    "aws:userid",
    "aws:username",
    "aws:PrincipalServiceName",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "sts:ExternalId",
    "sts:ExternalId",
    "sts:RoleSessionName",
    "sts:SourceIdentity",
    "aws:SourceIdentity",
    "aws:RequestTag/team",
    "aws:RequestTag/Env",
    "aws:ResourceTag/team",
    "iam:ResourceTag/Env",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:RequestedRegion",
    "aws:UserAgent",
    "sts:External-Id",
    "iam:PassedToService",
)
ARNS = ("aws:PrincipalArn", "aws:PrincipalArn", "aws:SourceArn")
BOOLEANS = ("aws:PrincipalIsAWSService", "aws:MultiFactorAuthPresent", "aws:SecureTransport", "aws:ViaAWSService")
NUMBERS = ("aws:MultiFactorAuthAge", "aws:EpochTime", "sts:DurationSeconds")
DATES = ("aws:CurrentTime", "aws:TokenIssueTime", "aws:EpochTime")
ADDRESSES = ("aws:SourceIp", "aws:VpcSourceIp")
SEVERAL = (
    "aws:PrincipalOrgPaths",
    "aws:ResourceOrgPaths",
    "aws:TagKeys",
    "aws:TagKeys",
    "sts:TransitiveTagKeys",
    "sts:RequestContextProviders",
    "aws:SourceOrgPaths",
)
KINDS = (
    ("String", STRINGS, 10),
    ("Arn", ARNS, 3),
    ("Bool", BOOLEANS, 2),
    ("Numeric", NUMBERS, 1),
    ("Date", DATES, 2),
    ("IpAddress", ADDRESSES, 2),
    ("String", SEVERAL, 3),
)
STRING_OPERATORS = ("Equals", "Equals", "Like", "Like", "EqualsIgnoreCase")
VARIABLES = (
    "aws:username",
    "aws:PrincipalTag/team",
    "aws:PrincipalAccount",
    "sts:RoleSessionName",
    "aws:PrincipalTag/none",
    "aws:userid",
    "aws:SourceIdentity",
    "sts:SourceIdentity",
    "AWS:requesttag/Team",
    "aws:ResourceTag/Env",
    "aws:ResourceAccount",
)
ORDERS = ("Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")


def a_test(draft: Draft, *, holds: bool, action: str = "") -> tuple[str, str, Any]:
    """Write an operator, a key and an operand; the test holds or fails as asked, as far as is easy to arrange."""
    rng = draft.rng
    action = action or (draft.actions()[-1] if rng.random() < 0.85 else "sts:AssumeRole")
    weights = [1 if draft.quiet else weight for *_, weight in KINDS]
    while True:
        kind, keys = rng.choices([(kind, keys) for kind, keys, _ in KINDS], weights)[0]
        key = rng.choice(keys)
        got = draft.values(key, action)
        if got == () and rng.random() < 0.8:
            # The nearest miss: as if the key were there for this action, too.
            got = draft.values(key, "sts:AssumeRole") or draft.values(key, "sts:SetContext")
        if got is not None and (got or rng.random() < 0.4):
            break
    operator, wanted = _absent(draft, kind, holds) if not got else _present(draft, kind, key, got, holds)
    if rng.random() < 0.1:
        key = rng.choice((key.upper(), key.lower()))
    return operator, key, wanted


def _absent(draft: Draft, kind: str, holds: bool) -> tuple[str, Any]:
    rng = draft.rng
    wanted: dict[str, Any] = {
        "Arn": f"arn:aws:iam::{draft.account}:role/*",
        "Bool": "true",
        "Numeric": 5,
        "IpAddress": "10.0.0.0/8",
    }
    operand = wanted.get(
        kind, "2026-03-02T00:00:00Z" if kind == "Date" else rng.choice(("red", "alice", "${aws:username}"))
    )
    positive = {"String": "StringLike", "Arn": "ArnLike", "Numeric": "NumericLessThan", "Date": "DateLessThan"}.get(
        kind, kind
    )
    negated = {
        "String": "StringNotEquals",
        "Arn": "ArnNotLike",
        "Numeric": "NumericNotEquals",
        "Date": "DateNotEquals",
        "IpAddress": "NotIpAddress",
    }.get(kind)
    if rng.random() < 0.04:
        return "BinaryEqualsIfExists" if holds else "BinaryEquals", "YWxpY2U="
    if rng.random() < 0.25:
        return "Null", rng.choice(("true", True)) if holds else rng.choice(("false", False))
    if holds:
        choices = [f"{positive}IfExists", f"ForAllValues:{positive}", f"ForAnyValue:{positive}IfExists"]
        return rng.choice([*choices, *([negated] * 3 if negated else [])]), operand
    return rng.choice((positive, positive, positive, f"ForAnyValue:{negated or positive}")), operand


def _present(draft: Draft, kind: str, key: str, got: tuple[str, ...], holds: bool) -> tuple[str, Any]:
    rng = draft.rng
    if rng.random() < 0.08:
        return "Null", rng.choice(("false", False)) if holds else "true"
    negated = kind != "Bool" and rng.random() < 0.3
    match kind:
        case "String":
            form = rng.choice(STRING_OPERATORS)
            hits, misses = _texts(draft, form, got)
            operator = f"StringNot{form}" if negated else f"String{form}"
        case "Arn":
            hits, misses = _arns(draft, got[0])
            operator = rng.choice(("ArnNotLike", "ArnNotEquals") if negated else ("ArnLike", "ArnEquals"))
        case "Bool":
            value = got[0] == "true"
            operator = "Bool"
            hits, misses = _booleans(value), _booleans(not value)
        case "IpAddress":
            operator = "NotIpAddress" if negated else "IpAddress"
            hits, misses = _networks(got[0])
        case _:
            operator, hits, misses = _ordered(draft, kind, got[0], negated)
    return _quantified(draft, key, operator, got, hits if holds != negated else misses, misses, holds)


def _quantified(
    draft: Draft, key: str, operator: str, got: tuple[str, ...], good: list[Any], misses: list[Any], holds: bool
) -> tuple[str, Any]:
    """Put a set operator before a key of several values, and now and then before others."""
    rng, wanted = draft.rng, [draft.rng.choice(good)]
    if good is not misses and rng.random() < 0.25:
        wanted.append(rng.choice(misses))
        rng.shuffle(wanted)
    several = key.lower() in MULTIVALUED
    if (several and rng.random() < 0.98) or rng.random() < 0.04:
        quantifier = rng.choice(("ForAllValues", "ForAnyValue"))
        operator = f"{quantifier}:{operator}"
        if several and quantifier == "ForAllValues" and "Not" not in operator:
            wanted = [*got, *wanted] if holds else [*got[1:], *wanted]
    if rng.random() < 0.1:
        operator += "IfExists"
    return operator, wanted if len(wanted) > 1 or rng.random() < 0.2 else wanted[0]


def _texts(draft: Draft, form: str, got: tuple[str, ...]) -> tuple[list[Any], list[Any]]:
    rng, value = draft.rng, draft.rng.choice(got)
    hits: list[Any] = [value, value]
    misses: list[Any] = [other for other in TAG_VALUES if other not in got]
    misses += [value + "x", value[:-1], "nobody", "${aws:PrincipalTag/none}", f"{value[:1]}${{*}}"]
    if not value.isdigit() and value.swapcase() != value:
        (hits if form == "EqualsIgnoreCase" else misses).append(value.swapcase())
    if value.isdigit() and value == str(int(value)):
        hits.append(int(value))
    if "*" in value:
        hits += [value.replace("*", "${*}")] * 4
    patterns = [f"{value[:2]}*", "*", f"*{value[-3:]}", f"?{value[1:]}"]
    (hits if form == "Like" else misses).extend(patterns)
    for variable in VARIABLES:
        found = draft.values(variable, "sts:AssumeRole")
        if found and found[0] in value:
            hits += [value.replace(found[0], f"${{{variable}}}")] * 3
    hits.append(f"${{aws:PrincipalTag/none, '{value}'}}" if "'" not in value else value)
    rng.shuffle(hits)
    return hits, misses


def _arns(draft: Draft, value: str) -> tuple[list[Any], list[Any]]:
    head, _, resource = value.rpartition(":")
    kind, _, rest = resource.partition("/")
    account = head.rpartition(":")[2]
    name = rest.rpartition("/")[2]
    hits = [
        value,
        value,
        f"{head}:{kind}/*",
        f"{head[: -len(account)]}*:{resource}",
        f"{head}:*{name}",
        f"{head}:{resource[:-1]}?",
        f"arn:*:*::{account}:{resource}" if "::" in value else value,
    ]
    misses = [
        f"{head}:{kind}/{name}x",
        value.replace(account, "333333333333"),
        f"{head}:{kind}/other/*",
        f"arn:aws:sts::{account}:assumed-role/{name}/*",
        f"arn:*:{resource}:*:*:*",
        f"{head}:root",
        f"{head}:{kind}/${{aws:PrincipalTag/none}}",
        value.swapcase(),
    ]
    found = draft.values("aws:username", "sts:AssumeRole")
    if found:
        hits.append(value.replace(found[0], "${aws:username}"))
    return list(hits), list(misses)


def _booleans(value: bool) -> list[Any]:
    text = json.dumps(value)
    return [text, text, text.title(), value]


def _networks(value: str) -> tuple[list[Any], list[Any]]:
    if ":" in value:
        return ["2001:db8::/32", value, "::/0"], ["2001:db9::/32", "203.0.113.0/24", "0.0.0.0/0"]
    block = value.rpartition(".")[0] + ".0/24"
    return [value, f"{value}/32", block, "0.0.0.0/0"], ["198.51.100.0/24", "192.0.2.1", "2001:db8::/32", "::/0"]


def _ordered(draft: Draft, kind: str, value: str, negated: bool) -> tuple[str, list[Any], list[Any]]:
    order = draft.rng.choice(ORDERS)
    if negated:
        order = "Equals"
    shifted = _number if kind == "Numeric" else _date
    less, same, more = (shifted(draft, value, step) for step in (-600, 0, 600))
    hit = {"Equals": [same], "LessThan": [more], "LessThanEquals": [same, more], "GreaterThan": [less]}
    hits = hit.get(order, [less, same])
    misses = [one for one in (less, same, more) if one not in hits]
    if kind == "Date" and order != "Equals":
        (hits if less in hits else misses).append("2025-12-31")
        (hits if more in hits else misses).append("2026-12-31")
    return f"{kind}{'Not' if negated else ''}{order}", hits, misses


def _number(draft: Draft, value: str, step: int) -> Any:
    return draft.rng.choice((int(value) + step, str(int(value) + step), f"{int(value) + step}.0"))


def _date(draft: Draft, value: str, step: int) -> Any:
    moment = datetime.fromtimestamp(int(value), UTC) if value.isdigit() else datetime.fromisoformat(value)
    moment += timedelta(seconds=step)
    east = moment + timedelta(hours=2)
    return draft.rng.choice(
        (
            moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            east.strftime("%Y-%m-%dT%H:%M:%S+02:00"),
            str(int(moment.timestamp())),
            int(moment.timestamp()),
        )
    )
