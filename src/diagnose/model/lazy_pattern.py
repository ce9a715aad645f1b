"""Regular expressions that are compiled when they are first used: a run uses few of the hundred that it imports."""

import re
from typing import Any, cast


def lazy_pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Give a regular expression that compiles itself, as `re.compile` does at once."""
    return cast("re.Pattern[str]", _LazyPattern(text, flags))


class _LazyPattern:
    """What stands for a pattern: it asks for a method once, and has it from then on."""

    def __init__(self, text: str, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, value)
        return value
