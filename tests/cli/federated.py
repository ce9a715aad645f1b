"""Cases of roles for tokens and assertions, and files that hold these."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.cli.cases import write

ISSUER = "https://token.actions.githubusercontent.com"
ROLE = "arn:aws:iam::222222222222:role/Deploy"
PROVIDER = "arn:aws:iam::222222222222:oidc-provider/token.actions.githubusercontent.com"
SAML_PROVIDER = "arn:aws:iam::222222222222:saml-provider/Office"
OLD_SUBJECT = "repo:octo/app:ref:refs/heads/main"


def trust(**conditions: Any) -> dict[str, Any]:
    """The trust policy of a role for GitHub's jobs on one branch; conditions replace that."""
    return {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Federated": PROVIDER},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": conditions
            or {
                "StringEquals": {
                    "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                    "token.actions.githubusercontent.com:sub": OLD_SUBJECT,
                }
            },
        },
    }


def case_of(folder: Path, source: str = ISSUER, policy: Mapping[str, Any] | None = None, *, taken_at: str = "") -> Path:
    """A case in which all is known but what is presented."""
    saml = source.startswith("arn:")
    if policy is None:
        policy = trust()
    providers = {
        "saml_providers": _known([{"arn": SAML_PROVIDER}] if saml else []),
        "oidc_providers": _known([] if saml else [{"arn": PROVIDER, "client_ids": _known(["sts.amazonaws.com"])}]),
    }
    destination = {
        "role": _known({"arn": ROLE, "max_session_seconds": _known(3600), "tags": _known({})}),
        "trust_policy": _known({"name": "trust", "document": policy, "kind": "trust"}),
        "rcps": _known([]),
        "organization": _known(None),
        **providers,
    }
    return write(
        folder,
        {
            "schema": "xdiag.case/1",
            "request": {
                "role_arn": ROLE,
                "operation": "AssumeRoleWithSAML" if saml else "AssumeRoleWithWebIdentity",
                "parameters": {} if saml else {"session_name": "ci"},
            },
            "snapshot": {
                "source": {"arn": source},
                "destination": destination,
                "endpoint": _known(None),
                "taken_at": taken_at,
            },
        },
    )


def holding(folder: Path, content: str | bytes, name: str = "presented") -> Path:
    """A file that holds a token, claims or an assertion."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def identity_of(saved: Path) -> Any:
    """What the source presents in a case that was saved."""
    return json.loads(saved.read_text())["snapshot"]["source"].get("identity")


def _known(value: object) -> dict[str, object]:
    return {"evidence": "known", "value": value}
