"""Lines of toned text, laid out before anybody knows whether there will be colour."""

from enum import StrEnum
from typing import TypeAlias

from diagnose.report.safe_text import cells, text_parts, visible


class Tone(StrEnum):
    """What a stretch of text is to the reader. Without colour it makes no difference at all."""

    PLAIN = "plain"
    STRONG = "strong"
    GOOD = "good"
    BAD = "bad"
    DOUBT = "doubt"
    DIM = "dim"
    NAME = "name"


Run: TypeAlias = tuple[Tone, str]
TonedLine: TypeAlias = tuple[Run, ...]


def unwrapped(text: str, tone: Tone = Tone.PLAIN, *, indent: int = 0) -> TonedLine:
    """Set one line as it is, however long: a command, a line of a policy."""
    return ((tone, " " * indent + visible(text)),) if text else ()


def columns(line: TonedLine) -> int:
    """Count the terminal columns of a line."""
    return sum(cells(text) for _, text in line)


def wrap(
    text: str, width: int, *, first: str = "", rest: str | None = None, tone: Tone = Tone.PLAIN
) -> list[TonedLine]:
    """Set a sentence in lines of at most `width` columns, broken at spaces only.

    What stands between backticks is never broken, nor is a word: an ARN that is too long runs over, on a line of
    its own. `first` goes before the first line, `rest` before the others; None means as many spaces.
    """
    follow = " " * cells(first) if rest is None else rest
    lines: list[TonedLine] = []
    line: TonedLine = ((tone, first),) if first else ()
    taken, empty = cells(first), True
    for word in _words(text, tone):
        more = columns(word)
        if not empty and taken + 1 + more > width:
            lines.append(line)
            line, taken, empty = ((tone, follow),) if follow else (), cells(follow), True
        line = (*line, *word) if empty else (*line, (tone, " "), *word)
        taken += more if empty else more + 1
        empty = False
    return [*lines, line]


def toneless(lines: list[TonedLine]) -> str:
    """Write lines without any tone; no line ends in spaces."""
    return "\n".join("".join(text for _, text in line).rstrip() for line in lines) + "\n"


def _words(text: str, tone: Tone) -> list[TonedLine]:
    """Take a sentence apart at the spaces outside of backticks. A word is a row, for it may hold both tones."""
    words: list[list[Run]] = [[]]
    for piece in text_parts(text):
        if piece.code:
            words[-1].append((Tone.NAME if tone is Tone.PLAIN else tone, f"`{piece.text}`"))
            continue
        head, *others = piece.text.split(" ")
        words[-1].append((tone, head))
        words.extend([(tone, other)] for other in others)
    return [tuple(run for run in word if run[1]) for word in words if any(part for _, part in word)]
