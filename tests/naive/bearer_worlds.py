"""Generated cases of tokens and assertions: about half of them such that AWS says yes, some with claims not known.

Each starts favourable; then up to two things are broken. The same seed always gives the same case.
"""

from random import Random
from typing import Any

from msgspec import json

from diagnose.model.case import Case

ROLE = "arn:aws:iam::222222222222:role/Deploy"
IDP = "arn:aws:iam::222222222222:saml-provider/IdP"
EDU, MAIL = "urn:oid:1.3.6.1.4.1.5923.1.1.1.1", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
ATTRIBUTE = "https://aws.amazon.com/SAML/Attributes/"
AT = 1772443800
EKS = "oidc.eks.eu-west-1.amazonaws.com/id/1122334455667788990011223344AABB"
TOKENS: dict[str, dict[str, Any]] = {
    "token.actions.githubusercontent.com": {
        "aud": "sts.amazonaws.com",
        "sub": "repo:octo/app:ref:refs/heads/main",
        "ref": "refs/heads/main",
        "repository": "octo/app",
        "actor": "mara",
        "event_name": "push",
    },
    EKS: {"aud": ["sts.amazonaws.com"], "sub": "system:serviceaccount:shop:cart"},
    "login.example.com": {"aud": "aws-batch", "sub": "batch-7", "amr": ["pwd", "otp"], "groups": ["ops"]},
    "agent.buildkite.com": {
        "aud": "sts.amazonaws.com",
        "sub": "organization:acme:pipeline:web:ref:refs/heads/main:commit:0a:step:go",
        "organization_slug": "acme",
        "build_branch": "main",
    },
    "accounts.google.com": {"aud": "client-1", "azp": "client-2", "sub": "1234"},
    "cognito-identity.amazonaws.com": {
        "aud": "us-east-1:pool",
        "sub": "us-east-1:one",
        "amr": ["authenticated", "graph.facebook.com", "graph.facebook.com:us-east-1:one:7"],
    },
}
BUILT_IN = ("accounts.google.com", "cognito-identity.amazonaws.com")
SPEAKING = ("agent.buildkite.com", "login.example.com")
Json = dict[str, Any]


def case(seed: int) -> Case:
    """Give the case of a seed."""
    rng = Random(seed)
    world = _assertion(rng) if rng.random() < 0.25 else _token(rng)
    for _ in range(rng.choice((0, 0, 1, 1, 1, 2))):
        rng.choice((_break_identity, _break_identity, _break_statement, _break_statement, _break_gate, _deny))(
            rng, world
        )
    if world["web"] and not world["spoken"] and rng.random() < 0.3:
        claims = world["claims"]
        for name in rng.sample(sorted(claims), min(len(claims), rng.choice((1, 1, 2)))):
            if name != "iss":
                del claims[name]
        world["complete"] = False
    return json.decode(json.encode(_written(world)), type=Case)


def _token(rng: Random) -> Json:
    host = rng.choice(sorted(TOKENS))
    claims: Json = {"iss": f"https://{host}", **TOKENS[host], "exp": AT + 180, "iat": AT - 60}
    if host == "accounts.google.com" and rng.random() < 0.5:
        del claims["azp"]
    spoken = host in SPEAKING and rng.random() < 0.5
    actions = ["sts:AssumeRoleWithWebIdentity"]
    if spoken:
        if rng.random() < 0.7:
            tags = {"principal_tags": {"team": ["red"], "Env": ["prod"]}}
            claims["https://aws.amazon.com/tags"] = {**tags, "transitive_tag_keys": rng.choice(([], ["team"]))}
            actions.append("sts:TagSession")
        if rng.random() < 0.5:
            claims["https://aws.amazon.com/source_identity"] = "mara"
            actions.append("sts:SetSourceIdentity")
        if rng.random() < 0.4:
            claims["https://aws.amazon.com/roles"] = rng.choice((ROLE, [ROLE], [f"{ROLE}2", ROLE]))
    principal = host if host in BUILT_IN else f"arn:aws:iam::222222222222:oidc-provider/{host}"
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    providers = [] if host in BUILT_IN else [{"arn": principal, "client_ids": _known(["other", *audiences])}]
    world: Json = {
        "web": True,
        "host": host,
        "claims": claims,
        "complete": True,
        "spoken": spoken,
        "algorithm": "RS256",
        "principal": principal,
        "providers": providers,
        "parameters": {"session_name": "run-1"},
        "role": ROLE,
        "context": {},
    }
    return _with_policies(rng, world, actions)


def _assertion(rng: Random) -> Json:
    attributes: Json = {
        f"{ATTRIBUTE}Role": [f"{ROLE},{IDP}"],
        f"{ATTRIBUTE}RoleSessionName": ["mara@example.com"],
        EDU: ["staff", "member"],
        MAIL: ["mara@example.com"],
    }
    actions = ["sts:AssumeRoleWithSAML"]
    if rng.random() < 0.4:
        attributes[f"{ATTRIBUTE}PrincipalTag:team"] = ["red"]
        actions.append("sts:TagSession")
        if rng.random() < 0.5:
            attributes[f"{ATTRIBUTE}TransitiveTagKeys"] = ["team"]
    if rng.random() < 0.3:
        attributes[f"{ATTRIBUTE}SourceIdentity"] = ["mara"]
        actions.append("sts:SetSourceIdentity")
    world: Json = {
        "web": False,
        "attributes": attributes,
        "complete": True,
        "spoken": len(actions) > 1,
        "principal": IDP,
        "providers": [{"arn": IDP, "entity_id": _known("https://idp.example.com/saml")}],
        "parameters": {},
        "role": ROLE,
        "context": {},
        "issuer": "https://idp.example.com/saml",
        "subject": "mara",
        "recipient": "https://signin.aws.amazon.com/saml",
        "audiences": ["urn:amazon:webservices"],
        "ends": "2026-03-02T09:33:00Z",
    }
    return _with_policies(rng, world, actions)


def _with_policies(rng: Random, world: Json, actions: list[str]) -> Json:
    first, companions = actions[0], actions[1:]
    world["actions"] = actions
    together = rng.random() < 0.2
    allows = [_statement(rng, world, actions if together else [first], condition=True)]
    if companions and not together:
        allows += [_statement(rng, world, companions, condition=rng.random() < 0.3, of_companion=True)]
    if rng.random() < 0.3:
        allows.append({**_statement(rng, world, [first], condition=True, holds=False)})
    rng.shuffle(allows)
    world["trust"] = allows
    full = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    world["organization"] = rng.random() < 0.4
    world["managed_here"] = rng.random() < 0.15
    world["rcps"] = [[full], [full]] if world["organization"] else []
    world["endpoint"] = [full] if rng.random() < 0.15 else None
    return world


def _statement(
    rng: Random, world: Json, actions: list[str], *, condition: bool, holds: bool = True, of_companion: bool = False
) -> Json:
    statement: Json = {
        "Effect": "Allow",
        "Principal": {"Federated": rng.choice((world["principal"], [world["principal"], "graph.facebook.com"]))},
        "Action": rng.choice((actions, actions if len(actions) > 1 else actions[0])),
    }
    if condition:
        written: Json = {}
        for index in range(rng.choice((1, 1, 2))):
            operator, key, wanted = _test(rng, world, holds=holds or index > 0, of_companion=of_companion)
            written.setdefault(operator, {})[key] = wanted
        statement["Condition"] = written
    return statement


def _keys(world: Json, *, of_companion: bool) -> list[tuple[str, list[str]]]:
    """Give keys with the values that the call has."""
    sent: list[tuple[str, list[str]]] = [("aws:ResourceAccount", ["222222222222"]), ("aws:PrincipalOrgID", [])]
    if world["spoken"]:
        sent += [("aws:RequestTag/team", ["red"]), ("aws:TagKeys", ["team", "Env"]), ("sts:SourceIdentity", ["mara"])]
        sent += [("sts:TransitiveTagKeys", ["team"]), ("sts:RoleAuthorizedByIdp", ["true"])]
    if world["web"]:
        host = world["host"]
        sent += [("sts:RoleSessionName", ["run-1"]), ("aws:FederatedProvider", [world["principal"]])]
        if not of_companion:
            claims = [(f"{host}:{name}", _texts(value)) for name, value in world["claims"].items() if ":" not in name]
            claims = [(key, texts) for key, texts in claims if not key.endswith((":iss", ":exp", ":iat"))]
            sent += claims * 3
            sent += [("other.example.com:sub", []), (host, []), ("sts:ExternalId", [])]
    else:
        sent += [("sts:RoleSessionName", ["mara@example.com"]), ("saml:aud", [world["recipient"]])] * 2
        if not of_companion:
            sent += [("SAML:sub", ["mara"]), ("saml:iss", [world["issuer"]]), ("saml:mail", ["mara@example.com"])] * 2
            sent += [("saml:edupersonaffiliation", ["staff", "member"])] * 2
    return sent


def _texts(value: Any) -> list[str]:
    return [str(each) for each in (value if isinstance(value, list) else [value])]


def _test(rng: Random, world: Json, *, holds: bool, of_companion: bool) -> tuple[str, str, Any]:
    key, texts = rng.choice(_keys(world, of_companion=of_companion))
    if key.startswith("sts:RoleAuthorized"):
        return "Bool", key, "true" if holds else "false"
    if not texts:
        return (rng.choice(("StringNotEquals", "StringLikeIfExists")) if holds else "StringLike"), key, "x*"
    several = len(texts) > 1 or key.lower().endswith((":amr", "tagkeys", "edupersonaffiliation"))
    text = rng.choice(texts)
    hit = rng.choice((text, f"{text[:2]}*", [text, "zz"], text[:-1] + "?"))
    miss = rng.choice((text.swapcase() + "Q", text + "-x", "zz*", text[:-1]))
    negated = rng.random() < 0.15
    operator = "StringNotLike" if negated else "StringLike"
    if several and rng.random() < 0.9:
        operator = f"{'ForAllValues' if rng.random() < 0.2 else 'ForAnyValue'}:{operator}"
    if rng.random() < 0.1:
        operator += "IfExists"
    return operator, key, hit if holds != negated else miss


def _break_statement(rng: Random, world: Json) -> None:
    statement = rng.choice(world["trust"])
    match rng.randrange(4):
        case 0:
            other = "arn:aws:iam::222222222222:oidc-provider/other.example.com"
            statement["Principal"] = {"Federated": rng.choice((other, f"{world['principal']}/"))}
        case 1:
            statement["Action"] = rng.choice(("sts:AssumeRole", "sts:TagSession", "sts:AssumeRoleWith*", "sts:*"))
        case 2:
            operator, key, wanted = _test(rng, world, holds=False, of_companion=False)
            statement["Condition"] = {operator: {key: wanted}}
        case _:
            statement.pop("Condition", None)


def _break_identity(rng: Random, world: Json) -> None:
    if not world["web"]:
        attributes = world["attributes"]
        match rng.randrange(6):
            case 0:
                attributes[f"{ATTRIBUTE}Role"] = [rng.choice((f"{ROLE}2,{IDP}", f"{ROLE},{IDP}2", f"{IDP},{ROLE}"))]
            case 1:
                attributes.pop(f"{ATTRIBUTE}RoleSessionName", None)
            case 2:
                world["recipient"] = "https://eu-west-1.signin.aws.amazon.com/saml"
            case 3:
                world["subject"] = rng.choice((None, "otto"))
            case 4:
                world["ends"] = "2026-03-02T09:29:00Z"
            case _:
                world["issuer"] = "https://other.example.com/saml"
        return
    claims = world["claims"]
    match rng.randrange(7):
        case 0:
            claims["aud"] = rng.choice(("other", "stranger", ["other", "stranger"], "https://github.com/octo"))
        case 1:
            claims["sub"] = claims.get("sub", "") + "-x"
        case 2:
            name = rng.choice([name for name in claims if name != "iss"])
            del claims[name]
        case 3:
            claims["exp"] = AT - rng.choice((100, 299, 400, 4000))
        case 4:
            world["algorithm"] = rng.choice(("HS256", "EdDSA", "ES512"))
        case 5 if world["host"] in SPEAKING:
            claims["https://aws.amazon.com/roles"] = [f"{ROLE}2"]
            world["spoken"] = True
        case _:
            claims["azp"] = rng.choice(("other", "stranger"))


def _break_gate(rng: Random, world: Json) -> None:
    match rng.randrange(5):
        case 0:
            world["providers"] = []
        case 1:
            world["role"] = None
        case 2:
            world["parameters"]["duration_seconds"] = rng.choice((60, 1800, 3601, 7200))
        case 3 if world["web"]:
            world["parameters"]["session_name"] = rng.choice(("a b", "x", "run-2"))
        case _ if world["providers"] and world["web"]:
            world["providers"] = [{**world["providers"][0], "client_ids": _known(["other"])}]


def _deny(rng: Random, world: Json) -> None:
    place = rng.choice(("trust", "rcps", "endpoint"))
    operator, key, wanted = _test(rng, world, holds=rng.random() < 0.5, of_companion=False)
    statement: Json = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": rng.choice(("sts:*", world["actions"][0], rng.choice(world["actions"]))),
        "Condition": {operator: {key: wanted}},
    }
    if rng.random() < 0.3:
        statement["Condition"] = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    if place == "trust":
        world["trust"].append(statement)
    elif world[place]:
        (world["rcps"][-1] if place == "rcps" else world["endpoint"]).append({**statement, "Resource": "*"})


def _known(value: Any) -> Json:
    return {"evidence": "known", "value": value}


def _document(statements: list[Json]) -> Json:
    return {"Version": "2012-10-17", "Statement": statements}


def _policy(name: str, kind: str, statements: list[Json]) -> Json:
    return {"name": name, "kind": kind, "document": _document(statements)}


def _written(world: Json) -> Json:
    if world["web"]:
        arn = f"https://{world['host']}"
        identity = {"type": "web_identity", "claims": world["claims"], "algorithm": world["algorithm"]}
    else:
        arn = IDP
        names = ("attributes", "issuer", "subject", "recipient", "audiences")
        identity = {"type": "saml", **{name: world[name] for name in names}, "not_on_or_after": world["ends"]}
    manager = "222222222222" if world["managed_here"] else "999999999999"
    organization = {"id": "o-a1b2c3d4e5", "path": "o-a1b2c3d4e5/r-ab12/", "management_account": manager}
    role = {"arn": ROLE, "tags": _known({"team": "red"}), "max_session_seconds": _known(3600)}
    levels = [
        {"target": f"r-{at}", "policies": {"policies": [_policy(f"rcp{at}", "rcp", statements)]}}
        for at, statements in enumerate(world["rcps"])
    ]
    endpoint = {
        "id": "vpce-1",
        "vpc": "vpc-1",
        "policy": _known(_policy("vpce-1", "endpoint", world["endpoint"] or [])),
    }
    return {
        "schema": "xdiag.case/1",
        "request": {
            "role_arn": ROLE,
            "operation": "AssumeRoleWithWebIdentity" if world["web"] else "AssumeRoleWithSAML",
            "parameters": world["parameters"],
            "region": "eu-west-1",
        },
        "snapshot": {
            "taken_at": "2026-03-02T09:30:00Z",
            "source": {"arn": arn, "identity": {**identity, "complete": world["complete"]}},
            "destination": {
                "role": _known(role if world["role"] else None),
                "trust_policy": _known(_policy("Deploy", "trust", world["trust"])),
                "rcps": _known(levels),
                "organization": _known(organization if world["organization"] else None),
                "other_roles": _known([]),
                "oidc_providers": _known(world["providers"] if world["web"] else []),
                "saml_providers": _known([] if world["web"] else world["providers"]),
            },
            "endpoint": _known(endpoint if world["endpoint"] else None),
        },
    }
