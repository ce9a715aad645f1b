"""Stands for pseudonyms: a name is written as `<kind text>`, so that a test sees what was taken for what."""

from tests.report.redact.proof import proving

from diagnose.report.redact.disguise import Disguise, Learned
from diagnose.report.redact.names import NameKind


class Marks:
    """Marks what is rewritten. A name that a variable may stand for has a `$` before its kind."""

    def __init__(self) -> None:
        self.learned: list[str] = []

    def name(self, text: str, kind: NameKind, *, fills: bool) -> str:
        return f"<{'$' if fills else ''}{kind} {text}>"

    def public(self, text: str) -> str:
        return f"<aws {text}>"

    def piece(self, text: str) -> str:
        return f"<piece {text}>"

    def ending(self, text: str) -> str:
        self.learned.append(f"ending {text}")
        return text

    def address(self, text: str) -> str:
        return f"<address {text}>"

    def number(self, text: str) -> str:
        return f"<number {text}>"

    def keep_shape(self, text: str) -> None:
        self.learned.append(f"shape of {text}")

    def relate(self, text: str) -> None:
        self.learned.append(f"relation of {text}")

    def keep_length(self) -> None:
        self.learned.append("length")

    def compose(self) -> None:
        self.learned.append("composed")


def marking(marks: Marks | None = None) -> Disguise:
    """Give a disguise that marks."""
    return Disguise(marks or Marks(), proving().keys, Learned())
