"""However a policy compares a value, the comparison comes out the same of the redacted case.

Each shape is what a policy has and what the request has; it is put to an Allow and to a Deny, and where another value
does not fit, the shape is tried with that one as well.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from tests.cases import allow, case, deny, on, trust
from tests.report.redact.proof import answer, diagnosed, redacted

Json = Any

# ruff: noqa: E501  # a shape reads better on a line

ROLE = "arn:aws:iam::987650004321:role/zqteam/ZqDeployer"
USER = "arn:aws:iam::123459876012:user/zqalice"
SECRETS = (
    "zqteam",
    "deployer",
    "zqalice",
    "987650004321",
    "123459876012",
    "zqgold",
    "zqsilver",
    "20.30.40",
    "47114711",
)

RESOURCES = [
    ROLE, "*", ROLE[:-5] + "*", ROLE[:-1] + "?", ROLE.replace("ZqD", "*"), ROLE.replace("zqteam", "*"),
    ROLE.replace("987650004321", "9876*"), ROLE.replace("987650004321", "98765000432?"), ROLE.replace("role", "r*"),
    ROLE.replace("zqteam/", ""), ROLE.swapcase(), ROLE.replace("ZqD", "zqd"), ROLE + " ", ROLE.replace("4321", "4312"),
    ROLE.replace("::", ":"), "*1:role/zqteam/ZqDeployer*", "?rn:aws:iam::987650004321:role/zqteam/ZqD*", "arn:aws:iam::987650004321:role/${aws:username}*", "arn:aws:*:*:*:*Deployer",
    "*ZqDeployer", "arn:aws:iam::*", "a*", "ar*", "a?n*loyer", "Arn*", ROLE.replace("aws", "aws-cn"), ROLE.replace("Deployer", "*er"), "ZqDeployer",
]  # fmt: skip
CONDITIONS = [
    ("StringEquals", "Zqgold"), ("StringEquals", "zqgold"), ("StringEqualsIgnoreCase", "zqgold"), ("StringLike", "Zqg*"),
    ("StringEqualsIgnoreCase", "zqsilver"), ("StringNotEqualsIgnoreCase", "ZQGOLD"), ("StringNotEquals", "Zqgold"),
    ("StringNotLike", "*gold"), ("StringLike", "Zq?old"), ("StringLike", "*qgo*"), ("StringLike", "zqg*"),
    ("StringEquals", "Zqgold "), ("StringEquals", "Zqg*"), ("StringLikeIfExists", "Zq*ld"), ("BinaryEquals", "Zqgold=="),
    ("StringEquals", ["Zqsilver", "Zqgold"]), ("ForAllValues:Null", "true"), ("BinaryEquals", "${aws:username}"), ("StringLike", "??????"), ("StringLike", "?????"), ("Null", "false"),
]  # fmt: skip
ADDRESSES = [
    "20.30.40.50/32", "20.30.40.0/24", "20.30.41.0/24", "20.30.40.50", "20.0.0.0/8", "0.0.0.0/0", "20.30.40.50/33",
    "20.30.40.51/32", "20.30.40.48/30", "10.0.0.0/8", "2001:db8::/32", "20.30.40.300",
]  # fmt: skip
NUMBERS = [
    ("NumericEquals", "47114711"), ("NumericLessThan", "47114712"), ("NumericLessThan", "47114711"),
    ("NumericGreaterThanEquals", "47114711.0"), ("NumericNotEquals", "047114711"), ("NumericGreaterThan", "many"),
    ("NumericEquals", "+47114711"), ("NumericLessThanEquals", "+0047114711"),
]  # fmt: skip
REGIONS = ["eu-*", "eu-west-?", "us-*", "EU-WEST-1", "eu-west-1", "eu-west1", "*"]
AGENTS = ["*zqgold*", "zqgold/*", "zqsilver/*", "ZQGOLD/1.2"]
SESSIONS = ["zqalice-zqgold", "x", "zqgold" * 12, "zq gold", "zqgold!", "Zqg*"]
PRINCIPALS = [
    USER, "123459876012", "123459876021", USER.replace("zqa", "Zqa"), USER.replace("user/", "user/zqteam/"), USER + "*",
    USER.replace("user", "role"), "AIDAZQZQZQZQZQZQZQZQ", "arn:aws:iam::123459876012:root", "arn:aws:iam::123459876012:*",
]  # fmt: skip
PLACEHOLDERS = [
    "${Token[AWS.AccountId.4]}", "${AWS::AccountId}", "${var.zqgold_account}", "local.zqgold", "{{resolve:ssm:/zqgold/id}}",
    "&{aws:username}", "$${aws:username}", "{{ .Values.zqgold }}", "$ZQGOLD", "%ZQGOLD%", "@@zqgold@@", "__zqgold__",
    "<ZQGOLD_ACCOUNT_ID>", "[ZQGOLD]", "YOUR_ZQGOLD_ID", "TODO", "ZQGOLD_ACCOUNT", "xxxxxxxxxxxx", "<REDACTED>", "********",
    "${Token[A]}-${Token[B]}", "<123-459-876-012>", "<iam:ZqgoldAccount>", "<iam:Zqgold>-<123>", "<xxxx-1234>",
]  # fmt: skip


def _shapes() -> Iterator[tuple[str, Json]]:
    for resource in RESOURCES:
        yield f"Resource {resource}", _asked(identity=[on(resource)])
        yield f"Deny of Resource {resource}", _asked(identity=[on("*"), deny(Resource=resource)])
    tested: list[tuple[str, Json, str]] = [
        (operator, value, "aws:PrincipalTag/ZQTEAM") for operator, value in CONDITIONS
    ]
    tested += [(operator, value, "aws:PrincipalTag/zqnumber") for operator, value in NUMBERS]
    tested += [
        (operator, address, "aws:SourceIp") for operator in ("IpAddress", "NotIpAddress") for address in ADDRESSES
    ]
    tested += [("StringLike", "20.30.40.*", "aws:SourceIp"), ("StringLike", "20.30.*", "aws:SourceIp")]
    tested += [("StringLike", region, "aws:RequestedRegion") for region in REGIONS]
    tested += [("StringLike", agent, "aws:UserAgent") for agent in AGENTS]
    tested += [(operator, value, "sts:ExternalId") for operator, value in CONDITIONS]
    tested += [
        ("ArnLike", resource.replace(ROLE, USER), "aws:PrincipalArn") for resource in (ROLE, "*", f"{USER[:-3]}*")
    ]
    tested += [("StringLike", beginning, "aws:PrincipalArn") for beginning in ("a*", "ar*", "A*", "a?n*", "a*zqalice")]
    tested += [("BinaryEquals", "${aws:username}", "sts:RoleSessionName")]
    for operator, value, key in tested:
        condition = {"Condition": {operator: {key: value}}}
        yield f"{operator} {key} {value}", _asked(trusting=[allow({"AWS": USER}, **condition)])
        yield (
            f"Deny under {operator} {key} {value}",
            _asked(trusting=[allow({"AWS": USER})], identity=[on("*"), deny(Resource="*", **condition)]),
        )
    for session in SESSIONS:
        yield f"a session called {session}", _asked(session=session, trusting=[
            allow({"AWS": USER}, Condition={"StringLike": {"sts:RoleSessionName": ["${aws:username}-*", "Zqg*"]}})])  # fmt: skip
    for placeholder in PLACEHOLDERS:
        for role in (ROLE.replace("987650004321", placeholder), ROLE.replace("ZqDeployer", placeholder)):
            yield f"Resource {role}", _asked(identity=[on(role)])
        for arn in (USER.replace("123459876012", placeholder), placeholder):
            yield f"Principal {arn}", _asked(trusting=[allow({"AWS": arn})])
        condition = {"Condition": {"StringNotLike": {"aws:PrincipalArn": placeholder}}}
        yield f"Deny unless {placeholder}", _asked(identity=[on("*"), deny(Resource="*", **condition)])
    for principal in PRINCIPALS:
        yield f"Principal {principal}", _asked(trusting=[allow({"AWS": principal})])


def _asked(*, trusting: list[Json] | None = None, identity: list[Json] | None = None, session: str = "zqalice") -> Json:
    tags = {"evidence": "known", "value": {"ZqTeam": "Zqgold", "ZqNumber": "47114711"}}
    return case(
        "cross-account",
        request={
            "role_arn": ROLE,
            "parameters": {"session_name": session, "external_id": "Zqgold"},
            "context": {"aws:SourceIp": ["20.30.40.50"], "aws:UserAgent": ["zqgold/1.2"]},
        },
        arn=USER,
        principal={"evidence": "known", "value": {"arn": USER, "unique_id": "AIDAZQZQZQZQZQZQZQZA", "tags": tags}},
        role={"evidence": "known", "value": {"arn": ROLE, "tags": tags}},
        other_roles={"evidence": "known", "value": [ROLE.replace("Zq", "zq")]},
        identity_policies={
            "policies": [{"name": "zqteam", "document": {"Version": "2012-10-17", "Statement": identity or [on(ROLE)]}}]
        },
        trust_policy=trust(*(trusting or [allow({"AWS": USER})]), Version="2012-10-17"),
    )


SHAPES = dict(_shapes())


def test_there_are_many_shapes() -> None:
    assert len(SHAPES) >= 280


@pytest.mark.parametrize("name", SHAPES)
def test_a_comparison_comes_out_the_same(name: str) -> None:
    told = redacted(SHAPES[name])
    assert answer(diagnosed(told.case)) == answer(diagnosed(SHAPES[name]))
    written = msgspec.json.encode(told.case).decode().lower()
    assert [secret for secret in SECRETS if secret in written] == []
