"""The way of a request: from the caller past every check to the role, where it stops, and what is not known."""

from collections.abc import Sequence
from enum import StrEnum
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from diagnose.model.diagnosis import Diagnosis, Verdict
from diagnose.model.trace import COMPANIONS, ActionDecision, Decision, Layer
from diagnose.model.tri import Tri
from diagnose.report.blocks import Check, Sign
from diagnose.report.sections.layers import all_checks, layer_check


class Road(StrEnum):
    """How the request fares from one station to the next."""

    OPEN = "open"
    DOUBTFUL = "doubtful"
    """Something before it is not known."""
    CLOSED = "closed"
    """Something before it blocks."""


class Station(Struct, frozen=True):
    """A check on the way, and the road that leads to it."""

    name: str
    sign: Sign
    answer: str
    road: Road


class Way(Struct, frozen=True):
    """The stations in their order, the road from the last of them to the role, and whether it is reached."""

    stations: tuple[Station, ...]
    road: Road
    end: Sign
    summary: str


def way(diagnosis: Diagnosis) -> Way:
    """Lay out the way of a request. What passes without a word is no station."""
    end = end_sign(diagnosis)
    road = Road.OPEN
    stations = []
    for check in _checks(diagnosis):
        if check.sign is Sign.PASSES and not check.answer:
            continue
        stations.append(Station(check.name, check.sign, check.answer, road))
        road = _after(check.sign, road)
    return Way(tuple(stations), road, end, _summary(stations, end))


def end_sign(diagnosis: Diagnosis) -> Sign:
    """Say whether the request reaches the role."""
    match diagnosis.verdict:
        case Verdict.ALLOWED:
            return Sign.PASSES
        case Verdict.DENIED:
            return Sign.BLOCKS
        case Verdict.UNDETERMINED:
            return Sign.UNKNOWN
        case _:
            assert_never(diagnosis.verdict)


_GRAVITY = (Sign.NONE, Sign.PASSES, Sign.UNKNOWN, Sign.BLOCKS)
"""From what says least to what says most."""


def _checks(diagnosis: Diagnosis) -> tuple[Check, ...]:
    """Give the checks of the operation. Where another action fares worse at a layer, that is told there."""
    decision = diagnosis.decision
    decided = next((one for one in decision.actions if one.action not in COMPANIONS), None)
    checks = all_checks(diagnosis)
    if decided is None:
        return checks
    gates = checks[: len(checks) - len(decided.layers)]
    companions = [one for one in decision.actions if one.action in COMPANIONS and _may_be_needed(one, decision)]
    layers = []
    for layer in decided.layers:
        check = layer_check(layer)
        for companion in companions:
            check = _worse(check, layer.layer, companion)
        layers.append(check)
    return (*gates, *layers)


def _may_be_needed(companion: ActionDecision, decision: Decision) -> bool:
    doubted = any(doubt.about is companion.action and doubt.matters is not Tri.NO for doubt in decision.doubts)
    return companion.needed is Tri.YES or (companion.needed is Tri.UNKNOWN and doubted)


def _worse(check: Check, layer: Layer, companion: ActionDecision) -> Check:
    """Choose the graver of two answers of a layer. What is perhaps not needed does not block for certain."""
    other = next((layer_check(one) for one in companion.layers if one.layer is layer), check)
    certain = companion.needed is Tri.YES
    sign = Sign.UNKNOWN if other.sign is Sign.BLOCKS and not certain else other.sign
    if _GRAVITY.index(sign) <= _GRAVITY.index(check.sign):
        return check
    needed = "" if certain else ", if it is needed"
    return replace(check, sign=sign, answer=f"{companion.action}{needed}: {other.answer}")


def _after(sign: Sign, road: Road) -> Road:
    match sign:
        case Sign.BLOCKS:
            return Road.CLOSED
        case Sign.UNKNOWN if road is Road.OPEN:
            return Road.DOUBTFUL
        case Sign.UNKNOWN | Sign.PASSES | Sign.NONE:
            return road
        case _:
            assert_never(sign)


def _summary(stations: Sequence[Station], end: Sign) -> str:
    blocking = [one.name for one in stations if one.sign is Sign.BLOCKS]
    unknown = [one.name for one in stations if one.sign is Sign.UNKNOWN]
    open_ones = f" Not known: {_listed(unknown)}." if unknown else ""
    if blocking:
        more = f" Each of these {len(blocking)} blocks it by itself." if len(blocking) > 1 else ""
        return f"Stopped by: {_listed(blocking)}.{more}{open_ones}"
    match end:
        case Sign.BLOCKS:
            return f"AWS refused it. Nothing that was read blocks it.{open_ones}"
        case Sign.PASSES:
            return f"Nothing blocks it.{open_ones}"
        case Sign.UNKNOWN | Sign.NONE:
            return f"Nothing that was read blocks it.{open_ones}"
        case _:
            assert_never(end)


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
