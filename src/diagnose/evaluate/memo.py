"""What is remembered from case to case: whatever is made of documents and of sides, and no other state.

A batch may bring the same side or document a million times, or a million of them once each. What comes for the first
time is therefore only marked; it is remembered when it comes again. Memory stays bounded either way. Whoever explains
a case decides it more than once: there, `coming_again`, it is remembered at once.

Functions of one text, such as a pattern, remember beside themselves, as `of_short_texts`.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Generic, TypeVar
from weakref import ref

_MOST_BYTES = 96 * 2**20
_BYTES_OF_EACH = 3000
"""What is made of even the shortest text takes about as much."""
_BYTES_OF_ONE = 30
"""What is made of one byte of a policy: statements, patterns, tests. A test measures it."""
_MOST_MARKED = 100_000
Remembered = TypeVar("Remembered")


_COMES_AGAIN: ContextVar[bool] = ContextVar("comes_again", default=False)


@contextmanager
def coming_again() -> Iterator[None]:
    """Remember what comes for the first time: it will come again before this is over."""
    before = _COMES_AGAIN.set(True)
    try:
        yield
    finally:
        _COMES_AGAIN.reset(before)


_MOST_TEXTS = 8192
_LONGEST_TEXT = 256
"""Letters. Most that IAM compares is shorter; a longer text is seldom seen in more than one document."""


def of_short_texts(function: Callable[[str], Remembered]) -> Callable[[str], Remembered]:
    """Let a function remember what it gave for short texts, and for no long ones."""
    return _OfShortTexts(function).__getitem__


class _OfShortTexts(dict[str, Remembered], Generic[Remembered]):
    """What a function gave, by the text. Looking up what is there runs no Python, which deciding would feel."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[[str], Remembered]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, text: str) -> Remembered:
        value = self._function(text)
        if len(text) <= _LONGEST_TEXT:
            if len(self) >= _MOST_TEXTS:
                self.clear()
            self[text] = value
        return value


class Memo(Generic[Remembered]):
    """Values by the content that they were made of, as long as all together take no more than so many bytes."""

    __slots__ = ("_at_once", "_marked", "_of_one", "_size", "_values", "find")
    find: Callable[[Hashable], Remembered | None]
    """Gives the value of a content, if it is remembered; looking one up runs no Python."""

    def __init__(self, *, at_once: bool = False, bytes_of_one: int = _BYTES_OF_ONE) -> None:
        """Start empty. With `at_once` a value is remembered when it comes for the first time.

        `bytes_of_one` is how much a value takes, and its content, for each byte of the content.
        """
        self._at_once, self._of_one = at_once, bytes_of_one
        # INVARIANT: it is emptied, and never another dictionary.
        self._values: dict[Hashable, Remembered] = {}
        self.find = self._values.get
        self._marked: set[int] = set()
        self._size = 0

    def was_offered(self, content: Hashable) -> bool:
        """Say whether a value of this content was offered before, and may be remembered when it is offered again."""
        return hash(content) in self._marked

    def offer(self, content: Hashable, value: Remembered, size: int) -> Remembered:
        """Take a value that was made because none was remembered; if one was offered before, remember it now.

        `size` is that of the content in bytes. When there is no more room all go together, which is seldom.
        """
        mark = hash(content)
        if self._at_once or mark in self._marked or _COMES_AGAIN.get():
            self._remember(content, value, _BYTES_OF_EACH + self._of_one * size)
        else:
            if len(self._marked) >= _MOST_MARKED:
                self._marked.clear()
            self._marked.add(mark)
        return value

    def _remember(self, content: Hashable, value: Remembered, size: int) -> None:
        if size > _MOST_BYTES:
            return
        if self._size + size > _MOST_BYTES:
            self._values.clear()
            self._size = 0
        self._values[content] = value
        self._size += size


class _Entry(ref[object], Generic[Remembered]):
    """A value beside a reference that does not keep its object alive. `place` is where the object is in memory."""

    __slots__ = ("key", "place", "value")
    key: str
    place: int
    value: Remembered | None


class ObjectMemo(Generic[Remembered]):
    """Values by the very object that they were made of, one for each, for as long as the object lives.

    `key` is what else a value was made of. Some objects are everybody's, such as what stands for a side of which
    nothing is known; of each only the value of the latest key is remembered.

    INVARIANT: a value does not hold its object, which would then never go.
    """

    __slots__ = ("_entries", "_marked", "_when_gone")

    def __init__(self) -> None:
        """Start empty."""
        self._entries: dict[int, _Entry[Remembered]] = {}
        self._marked: dict[int, ref[object]] = {}
        self._when_gone = self._forget

    def find(self, of: object, key: str) -> Remembered | None:
        """Give a value that is remembered."""
        entry = self._entries.get(id(of))
        return entry.value if entry is not None and entry.key == key else None

    def offer(self, of: object, key: str, value: Remembered) -> Remembered:
        """Take a value that was made, and remember it if one was made of this object before, and lately of this key."""
        place = id(of)
        entry = self._entries.get(place)
        if entry is not None:
            entry.value = value if entry.key == key else None
            entry.key = key
        elif ((mark := self._marked.get(place)) is not None and mark() is of) or _COMES_AGAIN.get():
            # It goes before anything else can take its object's place in memory.
            entry = self._entries[place] = _Entry(of, self._when_gone)
            entry.place, entry.key, entry.value = place, key, value
        else:
            if len(self._marked) >= _MOST_MARKED:
                self._marked.clear()
            self._marked[place] = ref(of)
        return value

    def _forget(self, entry: _Entry[Remembered]) -> None:
        self._entries.pop(entry.place, None)
