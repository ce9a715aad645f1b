"""The ways from a source to a role over other roles: every call is signed by the session that the one before gives."""

from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from diagnose.evaluate.decision import verdict
from diagnose.matrix.candidates import Callers
from diagnose.matrix.identities import NO_ENDPOINT, Destination, Source, case_of_pair, source_of
from diagnose.model.case import Case, Endpoint, Origin, Parameters, Session
from diagnose.model.evidence import Evidence, Known
from diagnose.model.policy import PolicySet
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

_OF_CALLS = "the calls before"


class Route(Struct, frozen=True):
    """A way: calls in the order in which they are made. It is as open as the call that is the least so."""

    calls: tuple[Case, ...]
    verdict: Tri


class Ways(Struct, frozen=True):
    """The ways that are open or may be, those of the fewest calls first, and of as many the open ones.

    `direct` is the one call without another role, whatever its answer. `more` says that there are further ways; with
    `searched_all` false the search was broken off, and nothing is said of what was not looked at.
    """

    direct: Route
    ways: tuple[Route, ...]
    more: bool
    searched_all: bool

    @property
    def verdict(self) -> Tri:
        """Whether some way is open. What was not looked at may be."""
        best = max((way.verdict for way in self.ways), default=NO)
        return best if self.searched_all or best is YES else UNKNOWN


class SearchLimits(Struct, frozen=True):
    """How far is looked: calls of a way, ways that are given, and pairs that are decided."""

    calls: int = 3
    ways: int = 10
    pairs: int = 200_000


NOTHING_SENT = Parameters()
USUAL_LIMITS = SearchLimits()


def ways_between(
    source: Source,
    role: Destination,
    over: tuple[Sequence[Source], Sequence[Destination]],
    *,
    sent: Parameters = NOTHING_SENT,
    endpoint: Evidence[Endpoint | None] = NO_ENDPOINT,
    limits: SearchLimits = USUAL_LIMITS,
) -> Ways:
    """Find the ways from a source to a role, each call decided with all that its session has lost and was handed.

    `over` are the roles in between, as those who call and as those who are assumed; what else is among the callers is
    left out. `sent` goes with the first call, and with each other what the request for its role has.

    A detour is no way: where a role was reached with fewer calls, as openly and with the same session, it is not gone
    to in a longer way.
    """
    return _Search(source, role, over, sent, endpoint, limits).ways()


def session_after(source: Session, sent: Parameters) -> Session:
    """Give the session that a call makes: what it inherits of the caller's, and what the call sends.

    Transitive tags and the source identity are handed on; other tags, MFA and a session policy are not.

    Sources:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    """
    return Session(
        origin=Known(Origin.ASSUME_ROLE, _OF_CALLS),
        policies=PolicySet(),
        tags=_tags_after(source, sent),
        transitive_tag_keys=_transitive_after(source, sent),
        source_identity=_identity_after(source, sent),
        mfa=Known(False, _OF_CALLS),
    )


def _tags_after(source: Session, sent: Parameters) -> Evidence[dict[str, str]]:
    tags, keys = source.tags, source.transitive_tag_keys
    if not isinstance(keys, Known):
        return keys
    transitive = {key.lower() for key in keys.value}
    if not transitive:
        return Known(dict(sent.tags), _OF_CALLS)
    if not isinstance(tags, Known):
        return tags
    inherited = {key: value for key, value in tags.value.items() if key.lower() in transitive}
    return Known({**inherited, **sent.tags}, _OF_CALLS)


def _transitive_after(source: Session, sent: Parameters) -> Evidence[tuple[str, ...]]:
    keys = source.transitive_tag_keys
    return Known((*keys.value, *sent.transitive_tag_keys), _OF_CALLS) if isinstance(keys, Known) else keys


def _identity_after(source: Session, sent: Parameters) -> Evidence[str | None]:
    identity = source.source_identity
    if sent.source_identity is not None:
        return Known(sent.source_identity, _OF_CALLS)
    return Known(identity.value, _OF_CALLS) if isinstance(identity, Known) else identity


_START = 0
"""The position of who calls first. The others are those of the roles in between, and of the role that is wanted."""


class _Search:
    """One search. Positions are those in `callers`, and in `roles`, which has the same roles at the same places."""

    def __init__(
        self,
        source: Source,
        target: Destination,
        over: tuple[Sequence[Source], Sequence[Destination]],
        sent: Parameters,
        endpoint: Evidence[Endpoint | None],
        limits: SearchLimits,
    ) -> None:
        by_arn = {caller.arn: caller for caller in over[0]}
        # To come back to the source makes a difference only where it then carries what the first call sent.
        left_out = {target.arn} if sent != NOTHING_SENT else {target.arn, source.side.caller_arn}
        between = [(by_arn[role.arn], role) for role in over[1] if role.arn in by_arn and role.arn not in left_out]
        self._target = len(between) + 1
        self._callers = [source, *(caller for caller, _ in between)]
        self._roles = [target, *(role for _, role in between), target]
        self._sent, self._endpoint, self._limits, self._pairs_left = sent, endpoint, limits, limits.pairs
        self._known = Callers(self._callers, target)
        self._candidates: dict[int, set[int]] = {}
        self._sessions = self._sessions_of_calls()

    def ways(self) -> Ways:
        direct = self._way((_START, self._target))
        levels, searched_all = self._levels()
        found = list(islice(self._open_ways(levels), self._limits.ways + 1))
        return Ways(direct, tuple(found[: self._limits.ways]), len(found) > self._limits.ways, searched_all)

    def _sessions_of_calls(self) -> list[Session]:
        """Give the session that signs each call. After the first it is the same whichever role it is of."""
        sessions, sent = [self._callers[_START].side.session], self._sent
        for _ in range(1, self._limits.calls):
            sessions.append(session_after(sessions[-1], sent))
            sent = NOTHING_SENT
        return sessions

    def _levels(self) -> tuple[list[dict[int, dict[int, Tri]]], bool]:
        """Give what each further call reaches: role, by whom, and how openly; and whether all was looked at."""
        distances = self._distances()
        levels: list[dict[int, dict[int, Tri]]] = []
        best: list[dict[int, Tri]] = [{_START: YES}]
        for number in range(1, self._limits.calls + 1):
            levels.append({})
            best.append({})
            callers = best[number - 1].keys() - {self._target}
            for role, distance in distances.items():
                if distance > self._limits.calls - number:
                    continue
                for caller in sorted(self._letting_in(role) & callers):
                    if not self._pairs_left:
                        return levels, False
                    self._pairs_left -= 1
                    answer = min(best[number - 1][caller], verdict(self._call(caller, role, number)))
                    if answer is NO or self._is_detour(best, role, number, answer):
                        continue
                    levels[-1].setdefault(role, {})[caller] = answer
                    best[number][role] = max(answer, best[number].get(role, NO))
        return levels, True

    def _is_detour(self, best: list[dict[int, Tri]], role: int, number: int, answer: Tri) -> bool:
        if role == self._target or number >= self._limits.calls:
            return False
        return any(
            best[fewer].get(role, NO) >= answer and self._sessions[fewer] == self._sessions[number]
            for fewer in range(1, number)
        )

    def _distances(self) -> dict[int, int]:
        """Give the roles from which the wanted one may be reached, and with how many calls at least."""
        distances, reached = {self._target: 0}, [self._target]
        for distance in range(1, self._limits.calls):
            before = {caller for role in reached for caller in self._letting_in(role)}
            reached = sorted(before - distances.keys() - {_START})
            distances |= dict.fromkeys(reached, distance)
        return distances

    def _letting_in(self, role: int) -> set[int]:
        """Give who may be let in by a role's trust policy: all others are denied."""
        if role not in self._candidates:
            found = self._known.candidates(self._roles[role])
            self._candidates[role] = found.unnamed | found.named
        return self._candidates[role]

    def _open_ways(self, levels: list[dict[int, dict[int, Tri]]]) -> Iterator[Route]:
        for calls in range(1, len(levels) + 1):
            for answer in (YES, UNKNOWN):
                for stops in self._backwards(levels[:calls], (self._target,), answer):
                    way = self._way(stops)
                    if way.verdict is answer:
                        yield way

    def _backwards(
        self, levels: list[dict[int, dict[int, Tri]]], stops: tuple[int, ...], at_least: Tri
    ) -> Iterator[tuple[int, ...]]:
        """Go back from a stop to the start, never to a role that is a stop already and has the same session there."""
        if not levels:
            yield stops
            return
        before = self._sessions[len(levels) - 1]
        again = {
            stop for stop, later in zip(stops[:-1], self._sessions[len(levels) :], strict=False) if later == before
        }
        for caller, answer in levels[-1].get(stops[0], {}).items():
            if answer >= at_least and caller not in again:
                yield from self._backwards(levels[:-1], (caller, *stops), at_least)

    def _way(self, stops: tuple[int, ...]) -> Route:
        calls = tuple(self._call(stops[place - 1], stops[place], place) for place in range(1, len(stops)))
        return Route(calls, min(map(verdict, calls)))

    def _call(self, caller: int, role: int, number: int) -> Case:
        source, called = self._callers[caller], self._roles[role]
        if number == 1:
            called = replace(called, request=replace(called.request, parameters=self._sent))
        else:
            source = source_of(replace(source.side, session=self._sessions[number - 1]))
        case = case_of_pair(source, called)
        return replace(case, snapshot=replace(case.snapshot, endpoint=self._endpoint))
