"""Resource and NotResource. What is compared is always the role's IAM ARN, never a session's.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from diagnose.evaluate.json_values import Texts
from diagnose.evaluate.memo import of_short_texts
from diagnose.evaluate.near_miss import how_arns_differ
from diagnose.evaluate.pattern import (
    Matcher,
    Text,
    arn_glob,
    beyond_glob,
    fragments_glob,
    has_misplaced_wildcard,
    whole_text,
)
from diagnose.evaluate.request import ActionRequest
from diagnose.model.arn import split_arn
from diagnose.model.key_state import UnknownState
from diagnose.model.placeholder import placeholder_in
from diagnose.model.trace import Element, ElementTrace, Reason
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, any_of

# The nearer a miss, the sooner it is shown when a statement lists several resources.
_NEARNESS = (
    Reason.NOT_TOLD,
    Reason.WILDCARD_MISPLACED,
    Reason.SPACE_DIFFERS,
    Reason.CASE_DIFFERS,
    Reason.SESSION_FOR_ROLE,
    Reason.SSO_PATH_DROPPED,
    Reason.PATH_MISSING,
    Reason.PATH_EXTRA,
    Reason.PATH_DIFFERS,
    Reason.REGION_GIVEN,
    Reason.OTHER_PARTITION,
    Reason.ACCOUNT_TYPO,
    Reason.PLACEHOLDER,
    Reason.VARIABLE_IS_LITERAL,
    Reason.VARIABLE_UNRESOLVED,
    Reason.WILDCARD_TOO_NARROW,
    Reason.OTHER_ACCOUNT,
    Reason.OTHER_NAME,
    Reason.OTHER_TYPE,
    Reason.NOT_AN_ARN,
)


class Resources:
    """The Resource or NotResource element of one statement."""

    __slots__ = ("_misplaced", "_texts", "_values", "_variables", "everything", "negated", "static")

    def __init__(self, texts: Texts, *, negated: bool, variables: bool) -> None:
        """Compile every ARN pattern; those with variables need a request."""
        self._texts, self._variables, self.negated = texts, variables, negated
        self._values: tuple[tuple[Text, str], ...] | None = None
        self.everything = False
        self._misplaced: list[Matcher] = []
        self.static: list[Matcher] | None = []
        for text in texts.texts:
            if text == "*" or _is_everything(text):
                self.everything = True
            elif variables and "${" in text:
                self.static = None
            elif (matcher := _matcher(text)) is not None:
                if has_misplaced_wildcard(text):
                    self._misplaced.append(matcher)
                elif self.static is not None:
                    self.static.append(matcher)

    @property
    def pointer(self) -> str:
        """The JSON pointer to the element."""
        return self._texts.pointer

    @property
    def values(self) -> tuple[tuple[Text, str], ...]:
        """The values, each with its place."""
        if self._values is None:
            self._values = tuple((Text(text, variables=self._variables), place) for text, place in self._texts)
        return self._values

    def holds(self, request: ActionRequest) -> Tri:
        """Say whether the role is among the resources, or for NotResource that it is not."""
        if self.everything:
            listed = YES
        elif self.static is not None:
            listed = NO
            for matches in self.static:
                if matches(request.resource):
                    listed = YES
                    break
            if listed is NO and self._misplaced:
                listed = UNKNOWN if any(matches(request.resource) for matches in self._misplaced) else NO
        else:
            listed = any_of(_fits(text, request) for text, _ in self.values)
        return ~listed if self.negated else listed

    def trace(self, request: ActionRequest) -> ElementTrace:
        """Compare, and say how: at the value that fits, or at the nearest miss."""
        values = [(text, place, _fits(text, request)) for text, place in self.values]
        fitting = next(((text, place) for text, place, fits in values if fits is YES), None)
        if fitting is not None:
            text, place = fitting
            reason = Reason.EXCLUDED if self.negated else Reason.MATCHES
        elif self.negated:
            unsure = next(((text, place) for text, place, fits in values if fits is UNKNOWN), None)
            if unsure is None:
                return self._element(request, Reason.MATCHES, self.pointer, self._texts.texts)
            text, place = unsure
            reason = _miss(text, UNKNOWN, request)
        else:
            misses = [(_miss(text, fits, request), text, place) for text, place, fits in values]
            if not misses:
                return self._element(request, Reason.MALFORMED, self.pointer, ())
            reason, text, place = min(misses, key=lambda miss: _NEARNESS.index(miss[0]))
        return self._element(request, reason, place, (text.raw,))

    def _element(self, request: ActionRequest, reason: Reason, place: str, wanted: tuple[str, ...]) -> ElementTrace:
        verdict = self.holds(request)
        return ElementTrace(Element.RESOURCE, verdict, reason, place, wanted, request.resource, negated=self.negated)


def _is_everything(text: str) -> bool:
    return text == "*" or (text[:1] == "*" and text.strip("*") == "")


@of_short_texts
def _matcher(pattern: str) -> Matcher | None:
    """Compile an ARN pattern. One of fewer than six parts fits only if a `*` goes on beyond a colon."""
    return arn_glob(pattern) if split_arn(pattern) is not None else beyond_glob(pattern)


def _fits(text: Text, request: ActionRequest) -> Tri:
    """Say whether one value fits. A variable fits only after the fifth colon, and not without a value."""
    if text.static is not None:
        if _is_everything(text.static):
            return YES
        matcher = _matcher(text.static)
        return _listed(text.static, fits=matcher is not None and matcher(request.resource))
    first = text.fragments[0]
    if not isinstance(first, tuple) or split_arn(first[0]) is None:
        return NO
    fragments = text.resolve(request)
    if isinstance(fragments, UnknownState):
        return UNKNOWN
    if fragments is None:
        return NO
    matcher = fragments_glob(fragments, arn=True)
    return _listed(first[0], fits=matcher is not None and matcher(request.resource))


def _listed(pattern: str, *, fits: bool) -> Tri:
    """Say whether a resource is listed. What a wildcard means where AWS says that none can be is not documented."""
    if not fits:
        return NO
    return UNKNOWN if has_misplaced_wildcard(pattern) else YES


def _miss(text: Text, fits: Tri, request: ActionRequest) -> Reason:
    """Say why one value does not fit."""
    fragments = text.resolve(request) if text.static is None else None
    if fits is UNKNOWN:
        return Reason.NOT_TOLD if isinstance(fragments, UnknownState) else Reason.WILDCARD_MISPLACED
    if placeholder_in(text.raw) is not None:
        return Reason.PLACEHOLDER
    if text.static is not None:
        if _matcher(text.static) is None:
            return Reason.SPACE_DIFFERS if text.static != text.static.strip() else Reason.NOT_AN_ARN
        reason = how_arns_differ(text.static, request.resource)
        return Reason.VARIABLE_IS_LITERAL if "${" in text.static else _known(reason)
    if fragments is None or isinstance(fragments, UnknownState):
        return Reason.VARIABLE_UNRESOLVED
    return _known(how_arns_differ(whole_text(fragments), request.resource))


def _known(reason: Reason) -> Reason:
    return reason if reason in _NEARNESS else Reason.OTHER_NAME
