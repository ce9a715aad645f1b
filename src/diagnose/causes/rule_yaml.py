"""YAML as rules use it: every value with its file and line, as text until somebody says what it is.

It stands apart from the rules' fields since known answers and public reports are read by it too.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from diagnose.causes.vocabulary import near
from diagnose.errors import XdiagError


class Entry:
    """A YAML value with its file and line, read as the caller expects it to be.

    Every method raises XdiagError, naming file and line, when the value is something else.
    """

    __slots__ = ("node", "path", "what")

    def __init__(self, node: Any, path: Path, what: str) -> None:
        """Wrap a YAML node; `what` names it in messages."""
        self.node, self.path, self.what = node, path, what

    def wrong(self, message: str, hint: str = "") -> XdiagError:
        """Make the error that says what is wrong here; what it quotes of the file is cut where it is long."""
        shown = _LONG_QUOTE.sub(r"\1…`", message)
        return XdiagError(f"{self.path}:{self.node.start_mark.line + 1}: {shown}", hint=hint)

    def text(self) -> str:
        """Read a text that is not empty."""
        if self.node.id != "scalar" or not self.node.value.strip():
            raise self.wrong(f"{self.what} is not a text", hint="expected a text that is not empty")
        return str(self.node.value).strip()

    def word(self, words: Sequence[str]) -> str:
        """Read one of the words of a closed list."""
        text = self.scalar()
        if text not in words:
            raise self.wrong(f"{self.what} is `{text}`", hint=near(text, list(words)))
        return text

    def scalar(self) -> str:
        """Read a single value, which may be the empty text."""
        if self.node.id != "scalar":
            raise self.wrong(f"{self.what} is not a single value")
        return str(self.node.value)

    def one_or_more(self) -> list["Entry"]:
        """Read a value, or a list of them that is not empty."""
        return [self] if self.node.id == "scalar" else self.several()

    def several(self) -> list["Entry"]:
        """Read a list that is not empty."""
        if self.node.id != "sequence" or not self.node.value:
            raise self.wrong(f"{self.what} is not a list", hint="expected a list with something in it")
        return [Entry(node, self.path, self.what) for node in self.node.value]

    def mapping(self) -> dict[str, "Entry"]:
        """Read a mapping, refusing a key that comes twice."""
        if self.node.id != "mapping":
            raise self.wrong(f"{self.what} is not a mapping", hint="expected `name: value`")
        entries: dict[str, Entry] = {}
        for key, value in self.node.value:
            name = Entry(key, self.path, f"a name in {self.what}").scalar()
            if name in entries:
                raise Entry(key, self.path, "").wrong(f"{self.what} has `{name}` twice")
            entries[name] = Entry(value, self.path, f"`{name}`")
        return entries

    def fields(self, required: Sequence[str], optional: Sequence[str] = ()) -> dict[str, "Entry"]:
        """Read a mapping whose names are known beforehand."""
        entries = self.mapping()
        known = [*required, *optional]
        for name in entries:
            if name not in known:
                place = next(key for key, _ in self.node.value if key.value == name)
                raise Entry(place, self.path, "").wrong(f"{self.what} has no field `{name}`", hint=near(name, known))
        missing = [name for name in required if name not in entries]
        if missing:
            raise self.wrong(f"{self.what} has no `{missing[0]}`", hint=f"it needs {', '.join(required)}")
        return entries

    def typed(self) -> Any:
        """Give the value as JSON would hold it: a plain null, true, false or short whole number is what it says."""
        match self.node.id:
            case "mapping":
                return {name: entry.typed() for name, entry in self.mapping().items()}
            case "sequence":
                return [Entry(node, self.path, self.what).typed() for node in self.node.value]
        text = str(self.node.value)
        if self.node.style:  # quoted; the C loader gives the empty text, the other None, for a plain value
            return text
        if text in _WORDS:
            return _WORDS[text]
        return int(text) if _SHORT_NUMBER.fullmatch(text) else text


def read_yaml(path: Path) -> Entry:
    """Read one file. Raises XdiagError where it is not YAML, or empty."""
    import yaml  # not needed when the compiled rules are at hand

    loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        text = _text(path)
        _check_shape(yaml.parse(text, Loader=loader), path)
        node = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
        raise XdiagError(f"{path}{line}: this is not YAML: {problem}", hint="look at the line above, too") from error
    except UnicodeDecodeError as error:
        raise XdiagError(f"{path}: this is not UTF-8", hint="save the file as UTF-8") from error
    except (ValueError, OverflowError, RecursionError) as error:  # `"\UFFFFFFFF"`; lists in lists without end
        raise XdiagError(f"{path}: this is not YAML that can be read", hint="see rules/README.md") from error
    except OSError as error:
        raise XdiagError(f"cannot read the rule `{path}`: {error.strerror}") from error
    if node is None:
        raise XdiagError(f"{path}: the file is empty", hint="see rules/README.md for how to write a rule")
    return Entry(node, path, "the rule")


_LARGEST = 2**20
_DEEPEST, _MOST_NODES = 40, 20_000


def _text(path: Path) -> str:
    with open(path, "rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise XdiagError(
            f"{path}: this is larger than {_LARGEST // 2**20} MB", hint="no rule is; is it the right file?"
        )
    return data.decode()


def _check_shape(events: Iterable[Any], path: Path) -> None:
    """Refuse what no rule looks like, before anything is built of it: nested without end, or grown by aliases."""
    sizes: dict[str, int] = {}
    around: list[tuple[str, int]] = []
    size = 0
    for event in events:
        kind, anchor = type(event).__name__, getattr(event, "anchor", None) or ""
        line = event.start_mark.line + 1
        if kind == "AliasEvent":
            if any(name == anchor for name, _ in around):
                raise XdiagError(
                    f"{path}:{line}: `*{anchor}` stands in the very value that it repeats", hint=_WRITE_OUT
                )
            size += sizes.get(anchor, 0)
        elif kind in ("SequenceStartEvent", "MappingStartEvent"):
            around.append((anchor, size))
            size += 1
        elif kind in ("SequenceEndEvent", "MappingEndEvent"):
            name, before = around.pop()
            if name:
                sizes[name] = size - before
        elif kind == "ScalarEvent":
            size += 1
            if anchor:
                sizes[anchor] = 1
        if len(around) > _DEEPEST:
            raise XdiagError(f"{path}:{line}: it is nested too deeply to be read", hint="a dozen levels are enough")
        if size > _MOST_NODES:
            raise XdiagError(f"{path}:{line}: it has more than {_MOST_NODES:,} values", hint=_WRITE_OUT)


_WRITE_OUT = "write out what it repeats; see rules/README.md"


_WORDS = {"null": None, "true": True, "false": False}
_SHORT_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,8}")
_LONG_QUOTE = re.compile(r"(`[^`]{200})[^`]+`")
