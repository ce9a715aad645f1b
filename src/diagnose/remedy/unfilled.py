"""What a change would write that waits to be filled in: nobody could carry it out as it is printed."""

from collections.abc import Iterator

import msgspec

from diagnose.model.placeholder import placeholder_in
from diagnose.remedy.change import Change, NewRole, PolicyChange, RequestChange, TagChange, Unseen
from diagnose.remedy.document import Json, document_of


def writes_placeholder(change: Change | None) -> bool:
    """Say whether a text that is new by a change, and no part of an old one, holds a placeholder."""
    before, after = _sides(change)
    present = frozenset(_texts(before))
    return any(
        placeholder_in(text) is not None and not any(text in other for other in present)
        for text in _texts(after)
        if text not in present
    )


def _sides(change: Change | None) -> tuple[Json, Json]:
    """Give what there was, and what there is after the change, as JSON."""
    match change:
        case PolicyChange(before=before, document=document):
            return document_of(before) if before is not None else None, document
        case RequestChange(before=before, after=after):
            return msgspec.to_builtins(before), msgspec.to_builtins(after)
        case TagChange(value=value):
            return None, value
        case NewRole(document=document) | Unseen(document=document):
            return None, document
    return None, None


def _texts(json: Json) -> Iterator[str]:
    """Give all texts of a document but its names, in any order."""
    waiting = [json]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, (list, tuple)):
            waiting += value
