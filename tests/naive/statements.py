"""Whether a statement is about a request: its action, resource, condition and principal.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import ipaddress
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.naive.request import Call, UnsettledError, value_of

from diagnose.model.arn import CallerKind
from diagnose.model.policy import Policy, document_text
from diagnose.model.trace import Action

Statement = dict[str, Any]


def statements(policies: Sequence[Policy], effect: str) -> Iterator[tuple[Statement, bool]]:
    """Give the statements of an effect, each with whether its policy's Version knows variables."""
    for policy in policies:
        document = json.loads(document_text(policy.document))
        for statement in listed(document["Statement"]):
            if statement["Effect"] == effect:
                yield statement, document.get("Version") == "2012-10-17"


def is_about(call: Call, statement: Statement, variables: bool) -> bool:
    """Say whether a statement's action, resource and condition fit. A trust policy's resource is its role."""
    return (
        _is_action(call.action, statement)
        and _is_resource(call, statement, variables)
        and all(
            _holds(call, operator, key, [_text(value) for value in listed(wanted)], variables)
            for operator, tests in statement.get("Condition", {}).items()
            for key, wanted in tests.items()
        )
    )


def reached(call: Call, statement: Statement) -> set[str]:
    """Say in which ways a statement's Principal or NotPrincipal means the caller; in none if it does not."""
    if "NotPrincipal" not in statement:
        return _reached(call, statement["Principal"])
    listed_as = _reached(call, statement["NotPrincipal"])
    if statement["Effect"] == "Allow" or "any" in listed_as:
        raise UnsettledError("NotPrincipal with Allow, or with everyone")
    needed = {"account", "user"} if call.is_user else {"account", "role", "session"}
    has_boundary = value_of(call.source.boundary) is not None
    return set() if needed <= listed_as and not has_boundary else {"any"}


def listed(value: Any) -> list[Any]:
    """Give a scalar as a list of one."""
    return value if isinstance(value, list) else [value]


def _reached(call: Call, principal: Any) -> set[str]:
    """Tell the kinds of principal by which the caller is named."""
    names = {"AWS": "*"} if principal == "*" else principal
    caller, kinds = call.caller, set()
    for name in listed(names.get("AWS", [])):
        if name == "*":
            kinds.add("any")
        elif call.is_service:
            continue
        elif name in (caller.account, f"arn:{caller.partition}:iam::{caller.account}:root"):
            kinds.add("account")
        elif name in (call.principal.arn, call.principal.unique_id):
            kinds.add("user" if call.is_user else "role")
        elif name == caller.arn and caller.kind is CallerKind.SESSION:
            kinds.add("session")
        elif caller.kind is CallerKind.ROLE and f"{caller.account}:assumed-role/{caller.name}/" in name:
            raise UnsettledError("the name of the session is not known")
    services = listed(names.get("Service", [])) if call.is_service else []
    if caller.arn in services or (_named_in_its_region(call, services) and call.read_so("a Regional name lets it in")):
        kinds.add("service")
    return kinds


def _named_in_its_region(call: Call, services: list[str]) -> bool:
    """Tell whether a service is named with the Region from which it calls; the global endpoint is called from any."""
    region = call.case.request.region
    names = [name for name in services if re.sub(r"\.[a-z]+-[a-z]+-\d", "", name) == call.caller.arn]
    return region == "aws-global" or any(f".{region}." in name for name in names) if names else False


def _is_action(action: Action, statement: Statement) -> bool:
    patterns = listed(statement.get("Action", statement.get("NotAction")))
    hit = any(re.fullmatch(_wildcards(pattern), action, re.IGNORECASE) for pattern in patterns)
    return hit == ("Action" in statement)


def _is_resource(call: Call, statement: Statement, variables: bool) -> bool:
    if "Resource" in statement:
        return any(_same_resource(call, pattern, variables) for pattern in listed(statement["Resource"]))
    if "NotResource" in statement:
        return not any(_same_resource(call, pattern, variables) for pattern in listed(statement["NotResource"]))
    return True


def _same_resource(call: Call, pattern: str, variables: bool) -> bool:
    """Compare a resource part by part; no variable stands for what is before the resource.

    A `*` that ends a part of a pattern with fewer parts goes on beyond the colon. What a wildcard means in the service
    or in the type of the resource, where AWS says that none can be, is an open question.

    Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html and
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html and
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    if pattern == "*":
        return True
    parts = pattern.split(":", 5)
    if any("${" in part for part in parts[:5]) or parts[0] != "arn":
        return False
    if len(parts) < 6:
        ends = [_within_part(re.sub(r"\*+$", "", part)) for part in parts]
        goes_on = [part.endswith("*") for part in parts]
        expression = ":".join(end + ".*" * beyond for end, beyond in zip(ends, goes_on, strict=True))
        fits = any(goes_on) and bool(re.fullmatch(expression, call.role_name.arn))
    else:
        fits = _same_arn(call, pattern, call.role_name.arn, variables) is True
    service, kind = "".join(parts[2:3]), parts[-1].split("/")[0] if len(parts) == 6 else ""
    odd = len(parts) < 3 or set("*?") & set(service) or (set("*?") & set(kind) and parts[-1].strip("*"))
    return fits and (not odd or call.read_so("a wildcard stands for a service or a type"))


def _within_part(part: str) -> str:
    return re.escape(part).replace(r"\*", "[^:]*").replace(r"\?", "[^:]")


def _same_arn(call: Call, wanted: str, got: str, variables: bool) -> bool | None:
    """Compare ARNs part by part; None where the wanted one is none. A variable's colon parts nothing."""
    parts = re.split(r":(?![^{]*})", wanted, maxsplit=5)
    if len(parts) < 6 or parts[0] != "arn":
        if wanted and not wanted.strip("*"):
            return call.read_so("a lone asterisk is every ARN")
        return None
    expressions = [_expression(call, part, variables, wildcards=True) for part in parts]
    pairs = zip(expressions, got.split(":", 5), strict=False)
    return got.count(":") >= 5 and all(e is not None and re.fullmatch(e, part) for e, part in pairs)


def _holds(call: Call, operator: str, key: str, wanted: list[str], variables: bool) -> bool:
    """Decide one key of one operator of a Condition."""
    quantifier, _, base = operator.rpartition(":")
    base, got = base.removesuffix("IfExists"), call.values(key)
    negated, comparison = "Not" in base, base.replace("Not", "")
    if base == "Null":
        holds = (wanted == ["true"]) == (not got)
        return call.read_so("a set operator changes nothing of Null") == holds if quantifier else holds
    if not got:
        if operator.endswith("IfExists"):
            return quantifier != "ForAnyValue" or call.read_so("IfExists outweighs ForAnyValue")
        return quantifier == "ForAllValues" or (negated and not quantifier)
    if call.is_list(key) and not quantifier:
        return call.read_so("a plain operator works on a key of several values")

    def fits(value: str) -> bool:
        matches = [_matches(call, comparison, one, value, variables) for one in wanted]
        if negated and None in matches:
            return call.read_so("a malformed operand equals nothing")
        return any(matches) != negated

    return any(map(fits, got)) if quantifier == "ForAnyValue" else all(map(fits, got))


def _matches(call: Call, comparison: str, wanted: str, got: str, variables: bool) -> bool | None:
    """Compare one wanted value with one value of the request; None where the wanted one is malformed."""
    if comparison.startswith("String"):
        expression = _expression(call, wanted, variables, wildcards=comparison == "StringLike")
        ignore_case = re.IGNORECASE if comparison.endswith("IgnoreCase") else 0
        return expression is not None and bool(re.fullmatch(expression, got, ignore_case))
    if comparison.startswith("Arn"):
        return _same_arn(call, wanted, got, variables)
    if comparison == "Bool":
        return None if wanted.lower() not in ("true", "false") else wanted.lower() == got.lower()
    if comparison == "BinaryEquals":
        raise UnsettledError("no key of such a request is binary")
    try:
        if comparison == "IpAddress":
            return ipaddress.ip_address(got) in ipaddress.ip_network(wanted, strict=False)
        read = _moment if comparison.startswith("Date") else Decimal
        left, right = read(got), read(wanted)
    except (ValueError, InvalidOperation):
        return None
    match comparison.removeprefix("Date").removeprefix("Numeric"):
        case "Equals":
            return left == right
        case "LessThan":
            return left < right
        case "LessThanEquals":
            return left <= right
        case "GreaterThan":
            return left > right
        case _:
            return left >= right


def _expression(call: Call, text: str, variables: bool, *, wildcards: bool) -> str | None:
    """Turn policy text into a regular expression; None where a variable in it has no value."""
    expression = ""
    for piece in re.split(r"(\$\{[^}]*})", text):
        if not (variables and piece.startswith("${")):
            expression += _wildcards(piece) if wildcards else re.escape(piece)
            continue
        name, _, default = piece[2:-1].partition(",")
        if name in ("*", "?", "$"):
            expression += re.escape(name)
        elif values := call.values(name.strip()) or (default and (default.strip().strip("'"),)):
            expression += re.escape(values[0])
        else:
            return None
    return expression


def _wildcards(text: str) -> str:
    return re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _moment(text: str) -> Decimal:
    """Read a date or epoch seconds as seconds."""
    if re.fullmatch(r"\d{9,}", text):
        return Decimal(text)
    moment = datetime.fromisoformat(text)
    return Decimal((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
