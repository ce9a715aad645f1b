"""Cases: a world of `fixtures`, in which AWS says yes, with changes made in it, as in the examples of rules.

This is how tests outside of `evaluate` get their cases; what a change can say stands in `rules/README.md`. The cases of
`xdiag demo` can be changed in the same way.
"""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from diagnose.authoring.examples import changed
from diagnose.model.case import Case, DestinationSide, SourceSide

Json = Any

FIXTURES = Path(__file__).parent.parent / "fixtures"
WORLDS, DEMOS = FIXTURES / "worlds", FIXTURES / "demo"

BUILDER = "arn:aws:iam::111111111111:user/builder"
APP = "arn:aws:iam::111111111111:role/team/App"
DEPLOY = "arn:aws:iam::222222222222:role/Deploy"


def case(world: str, *changes: Json, **parts: Json) -> Case:
    """Give a world with changes, and with parts of it changed that are named as for `change`."""
    return msgspec.json.decode(msgspec.json.encode(written(world, *changes, **parts)), type=Case)


def written(world: str, *changes: Json, **parts: Json) -> Json:
    """Give the same as it stands in a case file, which need not be a case any more."""
    whole = msgspec.json.decode(_world(world))
    for each in (*changes, change(**parts)):
        whole = changed(whole, each)
    return whole


def change(**parts: Json) -> Json:
    """Make one change of parts by name: of the case itself, of its endpoint, or of a side.

    `organization` is the source's, `theirs` the destination's.
    """
    whole: Json = {}
    for name, value in parts.items():
        *way, last = _PLACES[name]
        place = whole
        for step in way:
            place = place.setdefault(step, {})
        place[last] = value
    return whole


def trust(*statements: Json, **elements: Json) -> Json:
    """Make another `trust_policy`."""
    return {"value": {"document": {"Statement": list(statements), **elements}}}


def identity(*statements: Json, **policy: Json) -> Json:
    """Make the first of the source's `identity_policies` another."""
    return {"policies": {"0": {**policy, "document": {"Statement": list(statements)}}}}


def document(*statements: Json, **elements: Json) -> Json:
    """Make a policy document."""
    return {"Version": "2012-10-17", **elements, "Statement": list(statements)}


def allow(principal: Json, action: Json = "sts:AssumeRole", **elements: Json) -> Json:
    """Make a trust statement that allows."""
    return {"Effect": "Allow", "Principal": principal, "Action": action} | elements


def on(resource: Json, action: Json = "sts:AssumeRole", **elements: Json) -> Json:
    """Make a statement of an identity policy that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource} | elements


def deny(action: Json = "sts:AssumeRole", **elements: Json) -> Json:
    """Make a statement that denies."""
    return {"Effect": "Deny", "Action": action} | elements


@cache
def _world(name: str) -> bytes:
    paths = {path.stem: path for folder in (WORLDS, DEMOS) for path in sorted(folder.glob("*.json"))}
    assert name in paths, f"there is no world `{name}`; there are {', '.join(paths)}"
    return paths[name].read_bytes()


_PLACES = {
    **{name: (name,) for name in Case.__struct_fields__ if name != "snapshot"},
    **{name: ("snapshot", "destination", name) for name in DestinationSide.__struct_fields__},
    **{name: ("snapshot", "source", name) for name in SourceSide.__struct_fields__},
    "theirs": ("snapshot", "destination", "organization"),
    "endpoint": ("snapshot", "endpoint"),
}
