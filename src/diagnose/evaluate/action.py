"""Action and NotAction.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
"""

from collections.abc import Mapping
from functools import lru_cache

from diagnose.evaluate.json_values import Texts, all_texts, repeats
from diagnose.evaluate.memo import of_short_texts
from diagnose.evaluate.pattern import glob, has_wildcard
from diagnose.evaluate.request import ActionRequest
from diagnose.model.json_text import Repeated
from diagnose.model.trace import Action, Element, ElementTrace, Reason
from diagnose.model.tri import Tri, tri

_FEDERATED = "sts:assumerolewith"
_PASSING = frozenset((Action.PASS_ROLE,))
_OPERATIONS = (Action.ASSUME_ROLE, Action.WITH_WEB_IDENTITY, Action.WITH_SAML)


class Actions:
    """The Action or NotAction of one statement; `covers` are the actions of a call that it is about."""

    __slots__ = ("_traces", "covers", "negated", "values")

    def __init__(self, values: Texts, covers: frozenset[Action], *, negated: bool) -> None:
        """Keep the patterns beside what they cover."""
        self.values, self.covers, self.negated = values, covers, negated
        self._traces: dict[Action, ElementTrace] = {}

    def holds(self, request: ActionRequest) -> Tri:
        """Say whether the action is covered."""
        return tri(request.action in self.covers)

    def trace(self, request: ActionRequest) -> ElementTrace:
        """Compare, and say how: at the pattern that covers the action, or at the whole element."""
        action = request.action
        trace = self._traces.get(action)
        if trace is None:
            trace = self._traces[action] = self._compared(action)
        return trace

    def _compared(self, action: Action) -> ElementTrace:
        covering = next(((text, place) for text, place in self.values if action in covered(text)), None)
        if covering is None:
            wanted, pointer = self.values.texts, self.values.pointer
        else:
            wanted, pointer = (covering[0],), covering[1]
        if action in self.covers:
            reason = Reason.MATCHES
        elif self.negated:
            reason = Reason.EXCLUDED
        else:
            reason, pointer = self._miss(action)
        covers = tri(action in self.covers)
        return ElementTrace(Element.ACTION, covers, reason, pointer, wanted, str(action), negated=self.negated)

    def _miss(self, action: Action) -> tuple[Reason, str]:
        """Name the nearest miss, and where it stands."""
        lowered = [(text.lower(), place) for text, place in self.values]
        service = f"{action.partition(':')[0]}:"
        for text, place in lowered:
            if _looks_like(text, action.lower()):
                return Reason.MISSPELT, place
        federation = [place for text, place in lowered if text.startswith(_FEDERATED)]
        if action in _OPERATIONS[1:]:
            if Action.ASSUME_ROLE in self.covers:
                return Reason.ASSUME_ROLE_ONLY, self.values.pointer
            if federation:
                return Reason.OTHER_FEDERATION, federation[0]
        elif federation and action is not Action.PASS_ROLE:
            return Reason.FEDERATION_ONLY, federation[0]
        if action is not Action.PASS_ROLE and self.covers - _PASSING:
            return Reason.COMPANION_ONLY, self.values.pointer
        others = bool(lowered) and not any(text.startswith(service) for text, _ in lowered)
        return (Reason.OTHER_SERVICE if others else Reason.NOT_LISTED), self.values.pointer


EVERY_ACTION = frozenset(Action)
_NO_ACTION: frozenset[Action] = frozenset()
_BY_NAME = {action.lower(): frozenset((action,)) for action in Action}


def coverage(statement: Mapping[str, object]) -> frozenset[Action]:
    """Name the actions of a call that a statement is about, or may be about."""
    patterns = statement.get("Action")
    negated = patterns is None and "Action" not in statement
    if negated:
        patterns = statement.get("NotAction")
    if type(statement) is Repeated and repeats(statement, "Action", "NotAction"):
        return EVERY_ACTION
    if isinstance(patterns, str):
        matched = covered(patterns)
    elif isinstance(patterns, list) and all_texts(patterns):
        matched = _NO_ACTION.union(*map(covered, patterns))
    else:
        return EVERY_ACTION
    return EVERY_ACTION - matched if negated else matched


@of_short_texts
def covered(pattern: str) -> frozenset[Action]:
    """Name the actions that a pattern such as `sts:Assume*` covers; upper and lower case are the same."""
    lower = pattern.lower()
    if not has_wildcard(lower):
        return _BY_NAME.get(lower, _NO_ACTION)
    matches = glob(lower)
    return frozenset(action for action in Action if matches(action.lower()))


def _looks_like(text: str, action: str) -> bool:
    """Say whether a text is a misspelling of an action, and no action of its own."""
    if text == "sts:assumeroot" or "*" in text:
        return False
    if any(text == known.lower() for known in Action):
        return False
    if len(text) > 2 * len(action):
        return False
    name, wanted = text.rpartition(":")[2], action.rpartition(":")[2]
    return name == wanted or _within_two_edits(text, action)


@lru_cache(maxsize=1024)  # of texts at most twice as long as an action
def _within_two_edits(one: str, other: str) -> bool:
    """Say whether two inserted, dropped or changed letters at most turn one text into the other."""
    row = list(range(len(other) + 1))
    for count, letter in enumerate(one, 1):
        previous, row[0] = row[0], count
        for place, wanted in enumerate(other, 1):
            previous, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, previous + (letter != wanted))
    return row[-1] <= 2
