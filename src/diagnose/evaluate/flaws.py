"""What is wrong with a document: what AWS would not accept of it, and where that stands."""

from diagnose.evaluate.values import Texts, all_texts, listed
from diagnose.model.json_text import repeated_keys
from diagnose.model.pointer import escaped


class Flaw:
    """Something in a document that AWS would not accept. `pointer` is a JSON pointer to it."""

    __slots__ = ("message", "pointer")

    def __init__(self, pointer: str, message: str) -> None:
        """`message` says what is wrong, in lower case."""
        self.pointer, self.message = pointer, message


class Flaws:
    """The flaws of a part of a document, found while it is read.

    `broken` says that one of them keeps the part from being told; of the others it is clear what comes of them.
    """

    __slots__ = ("broken", "found")

    def __init__(self) -> None:
        """Start without any."""
        self.found: list[Flaw] = []
        self.broken = False

    def note(self, pointer: str, message: str) -> None:
        """Note a flaw beside which the part can still be told."""
        self.found.append(Flaw(pointer, message))

    def add(self, pointer: str, message: str) -> None:
        """Note a flaw that keeps the part from being told."""
        self.broken = True
        self.note(pointer, message)

    def repeated(self, value: object, pointer: str) -> bool:
        """Note the keys that an object repeats, if it does: which of their values counts cannot be told."""
        keys = repeated_keys(value)
        for key in keys:
            self.add(f"{pointer}/{escaped(key)}", f"`{key}` stands here more than once")
        return bool(keys)

    def texts(self, value: object, pointer: str, *, unquoted: bool = False) -> Texts | None:
        """Read one-or-many texts; None where something is no text.

        Only in conditions may numbers and booleans be `unquoted`.
        """
        if isinstance(value, str):
            return Texts((value,), pointer, alone=True)
        if isinstance(value, list) and all_texts(value):
            return Texts(tuple(value), pointer, alone=False)
        texts: list[str] = []
        told = True
        for text, place in listed(value, pointer, unquoted=unquoted):
            if text is None:
                self.add(place, "expected text")
                told = False
            else:
                texts.append(text)
        return Texts(tuple(texts), pointer, alone=not isinstance(value, list)) if told else None
