"""A token signed for the test is exchanged at an emulator of STS, and xdiag says beforehand what comes of it.

xdiag sends no token anywhere, so that the test presents it, without signing the call, as a pod's SDK does. The emulator
matches the trust policy against the token's claims: provider, action, `sub` and `aud`. It does not check what STS
checks before any policy: that the account has the provider, that this accepts the audience, the signature, `exp`, `iat`
and `nbf`. Of these nothing is asked here; `tests/evaluate/test_federated_gates.py` compares them with AWS's pages.
"""

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import jwt
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import rsa
from msgspec import Struct
from tests.cli.program import ALLOWED, DENIED, Program
from tests.e2e.accounts import Account, Keys, trust, write_profiles

from diagnose.report import Format

HOST = "id.example.com"
CLAIMS = {"iss": f"https://{HOST}", "aud": "aws", "sub": "job-1"}
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Issuer(Struct):
    """An account with the issuer's provider, STS as it is called without credentials, and who may read the account."""

    account: Account
    sts: Any
    provider: str
    files: Mapping[str, str]

    def role(self, name: str, condition: Mapping[str, object], **elements: object) -> str:
        keys = {operator: {f"{HOST}:{k}": v for k, v in tests.items()} for operator, tests in condition.items()}  # type: ignore[attr-defined]
        statement = {
            **trust({"Federated": self.provider}),
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": keys,
        }
        return self.account.role(name, [{**statement, **elements}])

    def present(self, role: str, token: str) -> str:
        """Exchange a token; give AWS's error, as the AWS CLI prints it, or nothing."""
        try:
            self.sts.assume_role_with_web_identity(RoleArn=role, RoleSessionName="job", WebIdentityToken=token)
        except ClientError as error:
            return str(error)
        return ""


@pytest.fixture(scope="module")
def issuer(there: Account, auditor: Keys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    made = there.iam.create_open_id_connect_provider(
        Url=f"https://{HOST}", ClientIDList=["aws"], ThumbprintList=["0" * 40]
    )
    make: Any = boto3.client
    sts = make("sts", endpoint_url=there.url, region_name="us-east-1", config=Config(signature_version=UNSIGNED))
    arn = made["OpenIDConnectProviderArn"]
    yield Issuer(there, sts, arn, write_profiles(tmp_path_factory.mktemp("issuer"), b=auditor))
    there.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)


def signed(**claims: object) -> str:
    """Sign a token that begins now and is valid for some minutes."""
    now = int(time.time())
    return jwt.encode({**CLAIMS, "iat": now, "exp": now + 300, **claims}, KEY, algorithm="RS256", headers={"kid": "1"})


def secrets_of(token: str) -> list[str]:
    """Give what must be nowhere: the token, its signature, and its payload as it is written in it."""
    _, payload, signature = token.split(".")
    return [token, signature, signature[:40], payload]


EXACT: Mapping[str, Any] = {"StringEquals": {"sub": "job-1", "aud": "aws"}}
PAIRS = [
    pytest.param("Exact", EXACT, {}, {}, [], id="subject and audience are trusted"),
    pytest.param("Like", {"StringLike": {"sub": "job-*"}}, {}, {}, [], id="a pattern fits"),
    pytest.param(
        "Either", {"StringEquals": {"sub": ["job-2", "job-1"]}}, {}, {}, [], id="one of two subjects is trusted"
    ),
    pytest.param("Other", {"StringEquals": {"sub": "job-2"}}, {}, {}, ["subject-differs"], id="another subject"),
    pytest.param("Case", {"StringEquals": {"sub": "Job-1"}}, {}, {}, ["subject-case-differs"], id="in other letters"),
    pytest.param(
        "Star", {"StringEquals": {"sub": "job-*"}}, {}, {}, ["condition-wildcard-literal"], id="a star as a star"
    ),
    pytest.param("Aud", {"StringEquals": {"aud": "web"}}, {}, {}, ["claim-audience-differs"], id="another audience"),
    pytest.param(
        "Action", EXACT, {"Action": "sts:AssumeRole"}, {}, ["federation-action-missing"], id="the action of others"
    ),
    pytest.param(
        "Saml",
        EXACT,
        {"Action": "sts:AssumeRoleWithSAML"},
        {},
        ["federation-action-missing"],
        id="the action for assertions",
    ),
    pytest.param(
        "Provider",
        EXACT,
        {"Principal": {"Federated": "arn:aws:iam::222222222222:oidc-provider/ci.example.com"}},
        {},
        ["federation-provider-differs"],
        id="another provider",
    ),
    pytest.param("Claim", EXACT, {}, {"sub": "job-9"}, ["subject-differs"], id="a token of another job"),
]


@pytest.mark.parametrize(("name", "condition", "elements", "claims", "causes"), PAIRS)
def test_what_comes_of_a_token_is_what_was_said_of_it(
    name: str,
    condition: Mapping[str, Any],
    elements: Mapping[str, Any],
    claims: Mapping[str, Any],
    causes: list[str],
    issuer: Issuer,
    xdiag: Program,
    tmp_path: Path,
) -> None:
    role, token = issuer.role(f"Token{name}", condition, **elements), signed(**claims)
    file = tmp_path / "token"
    file.write_text(token)
    error = issuer.present(role, token)
    where = ("--dest-profile", "b", "--endpoint-url", issuer.account.url, "--without", "rcp", "--without", "endpoint")
    asked = ("check", role, "--token-file", file, "--session-name", "job", *where)

    said = xdiag(*asked, "--output", "json", env=issuer.files)
    assert said.code == (DENIED if error else ALLOWED), said.out + said.err + error
    assert [cause["rule"] for cause in said.report["causes"]][:1] == causes
    assert bool(error) == bool(causes)
    if error:
        told = xdiag(*asked, "--message", error, "--output", "json", env=issuer.files)
        reported = (told.code, told.report["computed"], told.report["aws_refused"], told.report["aws_error_kind"])
        assert reported == (DENIED, "denied", True, "not_authorized"), told.out
        assert [cause["rule"] for cause in told.report["causes"]][:1] == causes


def test_the_token_is_nowhere_afterwards(issuer: Issuer, tmp_path: Path) -> None:
    """Outputs, saved cases, logs, crashes and caches: with everything read live, allowed and refused."""
    roles = [issuer.role("SecretYes", EXACT), issuer.role("SecretNo", {"StringEquals": {"sub": "job-2"}})]
    token = signed(jti="0123456789")
    file, saved = tmp_path / "token", tmp_path / "saved.json"
    file.write_text(token)
    home = tmp_path / "home"
    home.mkdir()
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text("import logging\nlogging.basicConfig(level=logging.DEBUG, force=True)\n")
    env = {**issuer.files, "TMPDIR": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    where = ("--dest-profile", "b", "--endpoint-url", issuer.account.url)
    said: dict[str, str] = {}
    with Program(home, env) as program:
        for role in roles:
            error = issuer.present(role, token)
            for output in Format:
                more = ("--message", error) if error else ()
                flags = ("--token-file", file, "--output", output, "--save-case", saved, *where, *more)
                run = program("check", role, *flags, env=env)
                said[f"{role} as {output}"] = run.out + run.err + saved.read_text()
        logged = program.process("check", roles[1], "--token-file", file, *where, env={**env, "PYTHONPATH": str(site)})
        said["a log"] = logged.out + logged.err
    assert "DEBUG:" in said["a log"]
    left = [path for path in (*home.rglob("*"), *tmp_path.glob("*.json")) if path.is_file()]
    said |= {str(path): path.read_bytes().decode("utf-8", "replace") for path in left}
    assert [(place, secret) for place, text in said.items() for secret in secrets_of(token) if secret in text] == []
    assert json.loads(saved.read_text())["snapshot"]["source"]["identity"]["claims"]["jti"] == "0123456789"
