"""One side's credentials, found as the AWS CLI finds them, and clients made of them."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from threading import RLock
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    InvalidConfigError,
    PartialCredentialsError,
    ProfileNotFound,
    UnknownCredentialError,
)
from botocore.loaders import Loader, create_loader
from msgspec import Struct

from diagnose.aws.advice import advice
from diagnose.aws.calls import Answer, Refusal, answer_or_refusal
from diagnose.aws.configuration import check_sizes
from diagnose.aws.patience import AT_ONCE, TIMEOUT, Patience
from diagnose.aws.promises import check_body
from diagnose.aws.providers import Wallet, find_by
from diagnose.errors import XdiagError
from diagnose.model.case import GLOBAL_REGION


class Credentials:
    """The credentials for one side. They are looked for, and clients are made, when first needed.

    `label` names them for people. `region` is the Region that STS is called in: the one that is configured, or else
    that of `sts.amazonaws.com`, which botocore knows as `aws-global`.
    """

    def __init__(
        self,
        session: boto3.Session,
        label: str,
        endpoint_url: str | None,
        patience: Patience,
        attempts: int | None = None,
    ) -> None:
        """Keep a session; nothing is called yet."""
        self.label = label
        self.patience = patience
        self.identity: Answer | None = None
        """What AWS answered when it was asked whose these are; None as long as it did not."""
        self.region: str = session.region_name or (_ANY if endpoint_url else GLOBAL_REGION)
        self.attempts = attempts
        """AWS_MAX_ATTEMPTS, or the profile's `max_attempts`; None where neither says anything."""
        self._session = session
        self._endpoint_url = endpoint_url
        self._clients: dict[tuple[str, str], Any] = {}
        # Clients may be used by many threads at once, and a session by one only.
        self._lock = RLock()

    def client(self, service: str, region: str | None = None) -> Any:
        """Give a client, for `region` or for the side's own, whose credentials are at hand. Raises what boto raises."""
        with self._lock:
            self._frozen()
            key = (service, _region_for(service, region or self.region))
            if key not in self._clients:
                # boto3's stubs know services by literal names only.
                make: Any = self._session.client
                client = make(service, region_name=key[1], endpoint_url=self._endpoint_url, config=_CONFIG)
                client.meta.events.register("before-parse", check_body)
                self._clients[key] = client
            return self._clients[key]

    def in_region(self, region: str | None) -> "Regional":
        """Give the same credentials for calls to another Region; None is the side's own."""
        return Regional(self, region)

    def of_session(self, issued: Mapping[str, str], label: str, patience: Patience) -> "Credentials":
        """Give the credentials that AWS has issued to these, with the rest of the profile as it is."""
        of_profile: Any = self._session._session
        core = botocore.session.Session(profile=of_profile.profile)
        core.set_config_variable("user_agent_appid", "xdiag")
        core.register_component("data_loader", _loader(core.get_config_variable("data_path")))
        session = boto3.Session(
            issued["AccessKeyId"],
            issued["SecretAccessKey"],
            issued["SessionToken"],
            self._session.region_name,
            botocore_session=core,
        )
        return Credentials(session, label, self._endpoint_url, patience, self.attempts)

    def prepare(self) -> None:
        """Look for the credentials now, where a person may be asked. What goes wrong shows in the first call."""

        def step() -> bool:
            answer_or_refusal("", self._frozen)
            return True

        self.patience.within(step)

    def provenance(self) -> tuple[str, bool | None]:
        """Say which provider found the credentials (botocore's name for it), and whether they are temporary.

        None where the key has neither of the prefixes that AWS documents. Raises what boto raises.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
        """
        frozen, found = self._frozen(), self._session.get_credentials()
        if found is None:
            return "", None
        return found.method, {"ASIA": True, "AKIA": False}.get(frozen.access_key[:4])

    def advice(self, code: str) -> str:
        """Say what to type where these credentials do not work; `code` says what went wrong."""
        core: Any = self._session._session
        named = core.instance_variables().get("profile")
        environment = not named and bool(os.environ.get("AWS_ACCESS_KEY_ID"))
        profiles = core.full_config.get("profiles", {})
        return advice(profiles, core.profile or "default", environment=environment, code=code)

    def _frozen(self) -> Any:
        """Find the credentials, and renew them where they are about to expire; None where there are none.

        Whoever provides them may give anything: botocore lets out what it stumbles over, and signs with the rest.
        """
        try:
            found = self._session.get_credentials()
            frozen = None if found is None else found.get_frozen_credentials()
            if frozen is not None and not all(
                map(
                    _is_key,
                    (
                        frozen.access_key,
                        frozen.secret_key,
                        "-" if frozen.token in (None, "") else frozen.token,
                    ),
                )
            ):
                raise TypeError
        except CredentialRetrievalError as error:
            provider = error.kwargs["provider"]
            # What a process writes may hold a secret of any form.
            raise _unfit(provider, "it failed") if provider == "custom-process" else error from None
        except _HALF_CONFIGURED as error:
            # Of one side only: the other may be in order.
            raise _unfit(self.label, str(error)) from None
        except (ClientError, BotoCoreError):
            raise
        except OSError as error:
            raise _unfit("the profile", str(error)) from None
        except Exception as error:  # what a process or a cache gives may break botocore in any way
            if isinstance(error, RuntimeError) and not isinstance(error, RecursionError):
                raise  # expired although just renewed
            raise _unfit("the profile", "what it gave are not credentials") from None
        return frozen


class Regional(Struct, frozen=True):
    """Credentials for calls to one Region."""

    credentials: Credentials
    region: str | None

    @property
    def patience(self) -> Patience:
        """How long calls with these credentials may take."""
        return self.credentials.patience

    @property
    def attempts(self) -> int | None:
        """How often a call is made at most, where the configuration says so."""
        return self.credentials.attempts

    def client(self, service: str) -> Any:
        """Give the client of a service in this Region. Raises what boto raises."""
        return self.credentials.client(service, self.region)


def open_credentials(
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
    patience: Patience | None = None,
    wallet: Wallet | None = None,
    *,
    own_keys: bool = False,
) -> Credentials:
    """Open one side. Whatever is None comes from the environment and the profile, as for the AWS CLI.

    `patience` and `wallet` are shared by the sides of one check. `own_keys` takes the keys in the profile's section
    where that asks for a role besides, as whoever names it as `source_profile` does. No call is made, so credentials
    that are missing or expired show in the first one.

    Raises XdiagError: there is no such profile, or the configuration cannot be read.
    """
    _check_endpoint(endpoint_url)
    check_sizes(os.environ)
    credentials = answer_or_refusal(
        "",
        lambda: _credentials_of(
            profile, region, endpoint_url, patience or Patience(TIMEOUT), wallet or Wallet(), own_keys=own_keys
        ),
    )
    if isinstance(credentials, Refusal):
        raise XdiagError(credentials.message)
    return credentials


_CONFIG = Config(
    # `calls.ask` makes the others.
    retries={"mode": "standard", "total_max_attempts": 1},
    connect_timeout=5,
    read_timeout=20,
    max_pool_connections=AT_ONCE,
)

# What a request to an endpoint that is in no Region, such as an emulator, is signed for.
_ANY = "us-east-1"


_OF_GLOBAL = "us-east-1"
"""Where what concerns `sts.amazonaws.com` is kept."""


def _region_for(service: str, region: str) -> str:
    """Give the Region to call a service in: this one is in no Region, and has none that is for all."""
    return _OF_GLOBAL if (service, region) == ("iam-toolbox", GLOBAL_REGION) else region


_HALF_CONFIGURED = (InvalidConfigError, PartialCredentialsError, ProfileNotFound, UnknownCredentialError)


def _unfit(provider: str, why: str) -> CredentialRetrievalError:
    return CredentialRetrievalError(provider=provider, error_msg=why)


def _is_key(part: object) -> bool:
    """Say whether a part of credentials can be put into a request."""
    return isinstance(part, str) and part.isascii() and part.isprintable() and bool(part)


def _check_endpoint(url: str | None) -> None:
    """Refuse what botocore would refuse later, and less kindly."""
    if url is not None and not (urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname):
        raise XdiagError(f"the endpoint `{url}` is not a URL", hint="expected one such as `http://127.0.0.1:5000`")


def _credentials_of(
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
    patience: Patience,
    wallet: Wallet,
    *,
    own_keys: bool,
) -> Credentials:
    core = botocore.session.Session()
    # So that the calls can be told apart in CloudTrail.
    core.set_config_variable("user_agent_appid", "xdiag")
    name = core.profile if profile is None else profile
    if name is not None and name not in core.available_profiles:
        near = get_close_matches(name, core.available_profiles, n=1)
        hint = f"did you mean `{near[0]}`" if near else "`aws configure list-profiles` lists the profiles"
        raise XdiagError(f"there is no AWS profile `{name}`", hint=hint)
    core.register_component("data_loader", _loader(core.get_config_variable("data_path")))
    # The AWS CLI and the other SDKs read AWS_REGION, and botocore does not.
    session = boto3.Session(
        profile_name=profile, region_name=region or os.environ.get("AWS_REGION") or None, botocore_session=core
    )
    label = f"profile `{name}`" if name else "the default credentials"
    if own_keys:
        section = core.full_config["profiles"][name]
        core.set_credentials(
            section["aws_access_key_id"], section["aws_secret_access_key"], section.get("aws_session_token")
        )
    find_by(core, wallet, label, patience)
    return Credentials(session, label, endpoint_url, patience, core.get_config_variable("max_attempts"))


@cache
def _loader(data_path: str | None) -> Loader:
    """Read botocore's descriptions of the services once for all sides."""
    return create_loader(data_path)
