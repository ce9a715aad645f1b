"""Answers of AWS that AWS does not give: whatever comes, xdiag goes on, and says nothing that is not so.

`python tests/fuzz/fuzz_answers.py SECONDS SEED` tries combinations of a world, an API and a fault at random; a line
for each that failed, and the count of all.
"""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import environ
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[2]))

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from diagnose.aws.assume import assume
from diagnose.aws.patience import Patience
from diagnose.aws.session import Credentials, open_credentials
from diagnose.collect.authorization import read_authorizations, with_authorizations
from diagnose.collect.live import read_snapshot
from diagnose.collect.recorded_policy import with_recorded_policies
from diagnose.errors import NothingReadError
from diagnose.evaluate.decision import decide
from diagnose.model.aws_error import AwsError, ErrorKind
from diagnose.model.case import Case
from diagnose.model.evidence import NOT_SUPPLIED, Known, Unread
from diagnose.model.policy import Policy, PolicyKind, raw_document
from diagnose.model.tri import UNKNOWN, Tri
from tests.aws.faults import FAULTS
from tests.aws.imitation import MANAGEMENT, Imitation, serve
from tests.cases import WORLDS, case, deny

NOW = "2026-03-02T09:30:00Z"
_LONGEST = 86_400.0
_READER = "arn:aws:iam::222222222222:user/reader"


class World(Struct):
    """A case, its imitation, the credentials that read it, and what a whole reading says of it."""

    case: Case
    aws: Imitation
    sides: tuple[Credentials, ...]
    arns: tuple[str, ...]
    truth: Tri = UNKNOWN
    actions: tuple[str, ...] = ()


def worlds() -> Mapping[str, World]:
    """Read every world whole, with credentials that serve all of them: it takes a second to open some."""
    # Every reading of the run is made with these, so that the time for one would run out for those after it.
    sides = tuple(open_credentials(name, None, None, Patience(_LONGEST)) for name in ("here", "there", "org"))
    for at, side in enumerate(sides):
        serve(side, lambda at=at: (_AT[0].aws, _AT[0].arns[at]))  # type: ignore[misc]
    return {name: _world(each, sides) for name, each in sorted(_cases().items())}


def lie(world: World, action: str, fault: str, rng: Random) -> str | None:
    """Put a fault in the place of an API's answers, and say what came of it; empty where nothing is wrong.

    None says that the fault does not fit any answer of this API.
    """
    fits = False

    def once(_: object, exchange: object) -> object:
        nonlocal fits
        outcome = FAULTS[fault](rng, exchange)  # type: ignore[arg-type]
        fits |= outcome is not False
        return None if isinstance(outcome, bool) else outcome

    _AT[:] = [world]
    world.aws.action, world.aws.fault = action, once  # type: ignore[assignment]
    try:
        if action == "sts:AssumeRole":
            refusal = assume(world.sides[0], world.case.request, mfa_code=None)
            return None if not fits else "an answer that is none is taken for credentials" * (refusal is None)
        verdict = decide(_read(world)).verdict
    except NothingReadError:
        return ""
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}"
    finally:
        world.aws.fault = None
    if not fits:
        return None
    return "" if verdict in (UNKNOWN, world.truth) else f"{verdict.name}, and in truth {world.truth.name}"


def refuse(world: World, *actions: str) -> str:
    """Refuse these actions, and say what came of it; empty where nothing is wrong.

    The verdict is the true one or open, and what was refused is a gap that names the permission.
    """
    _AT[:] = [world]
    world.aws.refused = actions
    try:
        read = _read(world)
        verdict = decide(read).verdict
    except NothingReadError:
        return ""
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}"
    finally:
        world.aws.refused = ()
    if verdict not in (UNKNOWN, world.truth):
        return f"{verdict.name}, and in truth {world.truth.name}"
    role = read.snapshot.destination.role
    if "iam:GetRole" in actions and isinstance(role, Known) and role.value is None:
        return ""  # The list of all roles shows that it is not there.
    text = msgspec.json.encode(read).decode()
    lost = [action for action in actions if action not in ADDS_NOTHING and f'"permission":"{action}"' not in text]
    return f"nothing says that {lost[0]} is lacking" if len(lost) == len(actions) and lost else ""


ADDS_NOTHING = frozenset(
    {
        "iam:ListPolicyVersions",
        "organizations:DescribeOrganizationalUnit",
        "organizations:ListRoots",
        "sts:AssumeRole",
        "sts:GetCallerIdentity",
    }
)
"""What decides nothing where all else is read, so that lacking it is no gap, or what needs no permission."""


def main(seconds: float, seed: int) -> int:
    """Try as many combinations as the time allows; give the number that failed."""
    rng, tried, failures = Random(seed), 0, 0
    with home():
        every = worlds()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            name, fault = rng.choice(list(every)), rng.choice(list(FAULTS))
            action = rng.choice(every[name].actions)
            said = lie(every[name], action, fault, rng)
            tried += said is not None
            failures += bool(said)
            if said:
                print(f"{name}, {action}, {fault}: {said}")
    print(f"fuzz_answers: {tried} tried, {failures} failures (seed {seed})")
    return failures


@contextmanager
def home() -> Iterator[None]:
    """Hide this machine's AWS configuration behind one with example credentials."""
    before = dict(environ)
    with TemporaryDirectory() as folder:
        for name in [name for name in environ if name.startswith("AWS_")]:
            del environ[name]
        config = Path(folder) / "config"
        keys = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI\nregion = eu-west-1\n"
        config.write_text("".join(f"[profile {name}]\n{keys}" for name in ("here", "there", "org")))
        environ.update(
            AWS_CONFIG_FILE=str(config),
            AWS_SHARED_CREDENTIALS_FILE=str(Path(folder) / "none"),
            AWS_EC2_METADATA_DISABLED="true",
            AWS_MAX_ATTEMPTS="1",
        )
        try:
            yield
        finally:
            environ.clear()
            environ.update(before)


def _cases() -> dict[str, Case]:
    """The worlds, in which AWS says yes, and some in which one policy that is easily lost says no."""
    shared = {"kind": "managed", "arn": "arn:aws:iam::111111111111:policy/Shared", "name": "Shared", "version": "v2"}
    denying = {"document": {"Version": "2012-10-17", "Statement": [deny(Resource="*")]}}
    inline = {"name": "own", **denying}
    held = case("cross-account").snapshot.source.identity_policies.policies
    [allowing] = [{"name": each.name, "document": each.document} for each in held]
    refused = {
        "a second managed policy denies": case(
            "cross-account", identity_policies={"policies": [allowing, shared | denying]}
        ),
        "a second inline policy denies": case("cross-account", identity_policies={"policies": [allowing, inline]}),
        "what AWS recorded denies": case(
            "cross-account", identity_policies={"policies": [allowing], "unread": [{"evidence": "unread"}]}
        ),
        "a group denies": case(
            "cross-account",
            identity_policies={
                "policies": [allowing, {**inline, "attached_to": "group one"}, {**inline, "attached_to": "group two"}]
            },
        ),
        "a group allows": case(
            "cross-account", identity_policies={"policies": [{**allowing, "attached_to": "group one"}]}
        ),
        "the role is not there": case(
            "cross-account",
            role={"value": None},
            other_roles={"evidence": "known", "value": ["arn:aws:iam::222222222222:role/Deployer"]},
        ),
    }
    organization = case("organization")
    assert isinstance(organization.snapshot.source.scps, Known)
    above = organization.snapshot.source.scps.value
    second = Policy(
        "DenyAssume",
        raw_document(denying["document"]),
        PolicyKind.SCP,
        "arn:aws:organizations::999999999999:policy/o-a1b2c3d4e5/service_control_policy/p-denyassume",
    )
    policies = replace(above[1].policies, policies=(*above[1].policies.policies, second))
    scps = Known((above[0], replace(above[1], policies=policies), *above[2:]))
    source = replace(organization.snapshot.source, scps=scps)
    refused["an SCP denies"] = replace(organization, snapshot=replace(organization.snapshot, source=source))
    return {path.stem: case(path.stem) for path in WORLDS.glob("*.json")} | refused | _of_providers()


def _of_providers() -> dict[str, Case]:
    """Accounts in which an identity provider is missing, does not accept the audience, or is of another issuer."""
    arn = "arn:aws:iam::222222222222:saml-provider/IdP"
    other = {"arn": arn, "entity_id": {"evidence": "known", "value": "https://other.example.com/saml"}}
    return {
        "no OIDC provider": case("github", oidc_providers={"value": []}),
        "another audience": case("github", oidc_providers={"value": {"0": {"client_ids": {"value": ["other"]}}}}),
        "no SAML provider": case("saml", saml_providers={"value": []}),
        "a pod whose cluster is not named": case("pod", {"snapshot": {"source": {"pod": {"cluster": ""}}}}),
        "a pod with a token": case("eks", {"snapshot": {"source": {"pod": _POD}}}),
        "another issuer": case("saml", saml_providers={"value": {"0": other}}),
    }


_POD = {
    "namespace": "shop",
    "service_account": "cart",
    "clusters": {
        "evidence": "known",
        "value": [
            {
                "arn": "arn:aws:eks:eu-west-1:222222222222:cluster/main",
                "issuer": {
                    "evidence": "known",
                    "value": "https://oidc.eks.eu-west-1.amazonaws.com/id/1122334455667788990011223344AABB",
                },
            }
        ],
    },
}

_AT: list[World] = []
"""The world that is read at the moment."""


def _world(whole: Case, sides: tuple[Credentials, ...]) -> World:
    aws = Imitation(whole)
    source = whole.snapshot.source.arn
    account = source.split(":")[4] if source.startswith("arn:") else "111111111111"
    caller = source if source.startswith("arn:") else f"arn:aws:iam::{account}:user/reader"
    arns = (caller, _READER, f"arn:aws:iam::{MANAGEMENT}:user/reader")
    world = World(whole, aws, sides, arns)
    world.truth = decide(_read(world)).verdict
    world.actions = (*dict.fromkeys(aws.called), "sts:AssumeRole")
    return world


def _read(world: World) -> Case:
    """Read a world, and what AWS recorded of a denial; what no API shows of it, the user states."""
    _AT[:] = [world]
    endpoint = world.case.snapshot.endpoint
    asked = endpoint.value.id if isinstance(endpoint, Known) and endpoint.value is not None else None
    organizations = any(
        isinstance(side.organization, Known) and side.organization.value is not None
        for side in (world.case.snapshot.source, world.case.snapshot.destination)
    )
    snapshot = read_snapshot(
        world.case.request,
        world.case.snapshot.source.arn,
        world.sides[0],
        world.sides[1],
        world.sides[2] if organizations else None,
        vpc_endpoint=asked,
        pod=replace(pod, clusters=NOT_SUPPLIED) if (pod := world.case.snapshot.source.pod) is not None else None,
        progress=lambda _: None,
        now=NOW,
    )
    given = world.case.snapshot.source
    read = replace(snapshot, source=replace(snapshot.source, session=given.session, identity=given.identity))
    if isinstance(read.endpoint, Unread):
        read = replace(read, endpoint=Known(None) if asked is None else read.endpoint)
    of_world = replace(world.case, snapshot=read)
    refused = AwsError("", ErrorKind.NOT_AUTHORIZED, caller=given.arn, authorization_id="EXAMPLE1a2b3c")
    records = read_authorizations([refused], of_world, world.sides, lambda _: None)
    recorded = with_authorizations(of_world, records, [refused])
    return with_recorded_policies(recorded, [refused], world.sides, lambda _: None)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2])) > 0)
