"""The pages of the site: those of the repository and those of the causes, with their links as the site has them.

`python -m diagnose.authoring.site`, which `make site` runs after `make docs`, puts them together in `build/pages`.
"""

import posixpath
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from diagnose.authoring.cause_pages import HEADINGS, INDEX
from diagnose.authoring.pages import CAUSES, DOCS

FOLDER = Path("build") / "pages"
_PAGES = {
    "README.md": "index.md",
    "SECURITY.md": "security.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "rules/README.md": "rules.md",
}
"""Pages outside of `docs/`, and what the site calls them."""


def site_pages(root: Path) -> Mapping[str, str]:
    """Give every page of the site by its name there. `root` is the repository, with the pages of causes written."""
    of_docs = [path.relative_to(root).as_posix() for path in sorted((root / DOCS).rglob("*.md"))]
    places = _PAGES | {path: path.removeprefix(f"{DOCS}/") for path in of_docs}
    return {place: on_site((root / path).read_text(encoding="utf-8"), path, places) for path, place in places.items()}


def on_site(text: str, path: str, places: Mapping[str, str]) -> str:
    """Give a page of the repository as the site has it: its links, and the ids of rules as links.

    What the site does not have is named without a link. Blocks of code stay as they are.
    """
    blocks = re.split(r"(^```.*?^```$)", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(block if block.startswith("```") else _linked(block, path, places) for block in blocks)


def main() -> None:
    """Write the pages of the site anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    for place, text in site_pages(Path()).items():
        (FOLDER / place).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / place).write_text(text, encoding="utf-8")


_LINK = re.compile(
    r"\[(?P<words>[^\]]+)\]\((?P<target>[^)\s]+)\)|(?<![\[\w`])`(?P<rule>[a-z0-9]+(?:-[a-z0-9]+)+)`(?!\])"
)


def _linked(text: str, path: str, places: Mapping[str, str]) -> str:
    here = posixpath.dirname(places[path])

    def link(match: re.Match[str]) -> str:
        if match["rule"]:
            page = places.get(f"{DOCS}/{CAUSES}/{match['rule']}.md")
            return f"[{match[0]}]({_relative(page, here)})" if page and page != places[path] else match[0]
        if re.match(r"[a-z]+:|#", match["target"]):
            return match[0]
        file, _, part = match["target"].partition("#")
        target = _place(posixpath.normpath(posixpath.join(posixpath.dirname(path), file)), places)
        return f"[{match['words']}]({_relative(target, here)}{'#' * bool(part)}{part})" if target else match["words"]

    return _LINK.sub(link, text)


def _place(path: str, places: Mapping[str, str]) -> str:
    """Say where the site has a file or a folder of the repository; nowhere is empty."""
    folder, _, name = path.partition("/")
    if folder == "rules" and name in HEADINGS:
        return f"{CAUSES}/{INDEX}.md#{_anchor(HEADINGS[name])}"
    return places.get(path, "")


def _relative(place: str, here: str) -> str:
    return posixpath.relpath(place, here or ".")


def _anchor(heading: str) -> str:
    """Give the name that Python-Markdown gives to a heading."""
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())


if __name__ == "__main__":
    main()
