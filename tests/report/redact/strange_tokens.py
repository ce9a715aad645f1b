"""Cases of tokens in which issuers, keys, subjects and claims are written in all the ways they are, made at random."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from tests.cases import allow, case, trust
from tests.report.redact.strange_cases import a_word, off

from diagnose.model.case import Case

Json = Any
Random = random.Random

_OPERATORS = ("StringEquals", "StringLike", "StringLike", "StringEqualsIgnoreCase", "StringNotEquals", "StringNotLike",
              "ForAnyValue:StringLike", "ForAllValues:StringEquals", "StringEqualsIfExists")  # fmt: skip
_AUDIENCES = ("sts.amazonaws.com", "https://sts.amazonaws.com", "STS.amazonaws.com", "https://gitlab.com",
              "https://github.com/{}", "https://buildkite.com/{}", "https://kubernetes.default.svc", "{}")  # fmt: skip


def strange_token(chance: Random) -> tuple[Case, list[str]]:
    """Make a case, and give the words that must not survive in it."""
    words = [a_word(chance) for _ in range(5)]
    owner, name, branch, tag, value = words
    account = str(chance.randrange(10**11, 10**12))
    issuer, subject = _issuer(chance, owner, name, branch)
    provider = f"arn:aws:iam::{account}:oidc-provider/"
    role = f"arn:aws:iam::{account}:role/{chance.choice([name, 'OrganizationAccountAccessRole'])}"
    audience = chance.choice(_AUDIENCES[:1] * 6 + _AUDIENCES).format(owner)
    claims: dict[str, Json] = {
        "iss": f"https://{_slip(chance, issuer, seldom=True)}",
        "aud": audience,
        "sub": subject,
        "repository": f"{owner}/{name}",
        "amr": [chance.choice(["authenticated", value])],
    }
    if chance.random() < 0.3:
        claims["https://aws.amazon.com/tags"] = {"principal_tags": {tag: [value], "Project": [owner]}}
    here = claims["iss"].removeprefix("https://")
    statements = [
        allow(
            {"Federated": _slip(chance, provider + issuer, seldom=True)},
            ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
            Condition=dict(_conditions(chance, here, claims, tag)),
        )
        for _ in range(chance.randrange(1, 3))
    ]
    client_ids = {"evidence": "known", "value": [chance.choice(["sts.amazonaws.com", owner])]}
    registered = {"arn": provider + _slip(chance, issuer, seldom=True), "client_ids": client_ids}
    parts: dict[str, Json] = {
        "request": {"role_arn": role},
        "role": {"value": {"arn": role}},
        "trust_policy": trust(*statements),
        "oidc_providers": {"evidence": "known", "value": [registered] if chance.random() < 0.9 else []},
    }
    source = {"arn": f"https://{here}", "identity": {"claims": claims}}
    return case("github", {"snapshot": {"source": source}}, **parts), [*words, account]


def _issuer(chance: Random, owner: str, name: str, branch: str) -> tuple[str, str]:
    """Give the name of an issuer, and a subject of its tokens."""
    cluster = f"oidc.eks.eu-west-1.amazonaws.com/id/{chance.randrange(16**31, 16**32):032X}"
    github = f"repo:{owner}/{name}:{chance.choice(['ref:refs/heads/', 'ref:refs/tags/', 'environment:'])}{branch}"
    return chance.choice(
        [
            ("token.actions.githubusercontent.com", github),
            (f"token.actions.{owner}.ghe.com", github),
            ("gitlab.com", f"project_path:{owner}/{name}:ref_type:branch:ref:{branch}"),
            ("app.terraform.io", f"organization:{owner}:project:{name}:workspace:{branch}:run_phase:apply"),
            ("agent.buildkite.com", f"organization:{owner}:pipeline:{name}:ref:refs/heads/{branch}:commit:{branch}:"),
            (cluster, f"system:serviceaccount:{owner}:{name}"),
            (f"login.{owner}.example", f"{name}-{branch}"),
            (f"login.{owner}.example/{name}/", branch),
        ]
    )  # fmt: skip


def _conditions(chance: Random, issuer: str, claims: dict[str, Json], tag: str) -> Sequence[tuple[str, Json]]:
    """Make conditions under operators that differ, on claims and on tags."""
    tested = [
        (f"{_slip(chance, issuer, seldom=True)}:sub", off(chance, claims["sub"], seldom=True)),
        (f"{_slip(chance, issuer, seldom=True)}:aud", chance.choice([claims["aud"], "sts.amazonaws.com"])),
        (f"{issuer}:amr", chance.choice(["unauthenticated", "authenticated", "auth*", tag])),
        (f"{issuer}:repository", off(chance, claims["repository"])),
        (f"aws:RequestTag/{chance.choice(['project', 'Project', tag, tag.upper()])}", claims["sub"][-6:]),
    ]
    chosen = chance.sample(tested, chance.randrange(1, 4))
    return list(zip(chance.sample(_OPERATORS, len(chosen)), ({key: value} for key, value in chosen), strict=True))


def _slip(chance: Random, name: str, *, seldom: bool = False) -> str:
    """Write a name as it is, or wrongly."""
    if seldom and chance.random() < 0.7:
        return name
    return chance.choice(_SLIPS)(chance, name)


_SLIPS: Sequence[Callable[[Random, str], str]] = (
    lambda _, name: f"https://{name}",
    lambda _, name: f"{name}/",
    lambda _, name: name.rstrip("/"),
    lambda _, name: name.upper(),
    lambda _, name: name.title(),
    lambda chance, name: (at := chance.randrange(len(name)), name[:at] + name[at + 1 :])[1],
    lambda chance, name: (at := chance.randrange(len(name)), name[:at] + "x" + name[at:])[1],
    lambda _, name: name.replace("oidc.eks.eu-west-1", "oidc.eu-west-1.eks"),
    lambda _, name: name.replace("eu-west-1", "us-east-1"),
    lambda _, name: name.replace(".", "-", 1),
)
