"""What every page is made with: templates that escape, one style, one script, and the policy that admits only these.

Text reaches a page in one place, `_shown`: characters that hide or reorder others become escapes, Jinja does the rest.
"""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias, assert_never

from msgspec import Struct

from diagnose.report.blocks import (
    Block,
    Bullets,
    Changes,
    Checklist,
    Folded,
    Label,
    Links,
    Listing,
    NamedValues,
    Paragraph,
    Quote,
    Section,
    Snippet,
)
from diagnose.report.html.excerpt import Once, excerpt_of
from diagnose.report.safe_text import plain_address, text_parts, visible
from diagnose.version import VERSION

Environment: TypeAlias = Any
"""An environment of Jinja2, which is imported by whoever writes a page."""


class Inline(Struct, frozen=True):
    """The text of an element that stands in every page, and its hash as a Content-Security-Policy names it.

    Source: https://www.w3.org/TR/CSP3/#framework-directive-source-list (hash-source)
    """

    text: str
    hash: str


def page_from(template: str, **values: object) -> str:
    """Fill a template of this package. A page is ASCII, so that no encoding on its way changes it."""
    style, script = _inline("style.css"), _inline("script.js")
    page: str = (
        _environment().get_template(template).render(style=style, script=script, version=VERSION, once=Once(), **values)
    )
    return page.rstrip("\n").encode("ascii", "xmlcharrefreplace").decode() + "\n"


_LONG_WORD = re.compile(r"\S{25,}")
_JOINT = re.compile(r"(?<=[^:/.][:/.])(?=[^:/.])")

_FOLDER = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    from jinja2 import Environment as Jinja
    from jinja2 import FileSystemLoader, StrictUndefined

    environment = Jinja(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "excerpt": excerpt_of,
        "lines": lambda text: text.strip("\n").split("\n"),
        "parts": text_parts,
        "pieces": _pieces,
        "plain": plain_address,
        "shape": _shape,
    }
    environment.tests["label"] = lambda name: isinstance(name, Label)
    return environment


def _shown(value: object) -> object:
    """Show what does not show. Only what this package wrote itself, `Inline` and the templates, is markup."""
    return visible(value) if type(value) is str else value


def _pieces(text: str) -> list[str]:
    """Cut a text where a line may end: behind the colons, slashes and dots of what is too long for a narrow screen."""
    joints = [joint.start() for word in _LONG_WORD.finditer(text) for joint in _JOINT.finditer(text, *word.span())]
    return [text[start:end] for start, end in pairwise((0, *joints, len(text)))]


@cache
def _inline(name: str) -> Inline:
    text = (_FOLDER / name).read_text(encoding="utf-8").strip()
    digest = b64encode(sha256(text.encode()).digest()).decode()
    # The text is ours: no element may end early, and it is no place for references to characters.
    assert "</" not in text
    assert text.isascii()
    return Inline(text, f"sha256-{digest}")


def _shape(block: Block) -> str:
    """Name the macro that writes a block."""
    match block:
        case Paragraph():
            return "paragraph"
        case NamedValues():
            return "values"
        case Bullets():
            return "bullets"
        case Quote():
            return "quote"
        case Checklist():
            return "checklist"
        case Snippet():
            return "snippet"
        case Changes():
            return "changes"
        case Listing():
            return "listing"
        case Folded():
            return "folded"
        case Links():
            return "links"
        case Section():
            return "section"
        case _:
            assert_never(block)
