"""A page taken apart: its elements with their attributes, and the words that a reader sees."""

from html.parser import HTMLParser

SVG = {"svg", "circle", "path", "rect"}
TABLE = {
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "small",
    "form",
    "label",
    "select",
    "option",
    "input",
    "output",
}
KNOWN_ELEMENTS = {
    *("html", "head", "meta", "title", "style", "script", "body", "header", "main", "footer", "section", "div"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "code"),
    *("span", "strong", "mark", "ins", "del", "details", "summary", "button", "a", "br", "wbr"),
    *SVG,
    *TABLE,
}
PLAIN_ATTRIBUTES = {
    *("charset", "class", "content", "focusable", "hidden", "href", "http-equiv", "id", "lang", "name", "rel", "role"),
    *(
        "autocomplete",
        "data-cause",
        "data-field",
        "data-layer",
        "data-name",
        "data-verdict",
        "for",
        "scope",
        "spellcheck",
    ),
    *("height", "preserveaspectratio", "value", "width"),
    *("type", "aria-hidden", "aria-label", "aria-labelledby", "viewbox", "cx", "cy", "r", "d"),
}
"""Attributes that load and run nothing."""

_EMPTY = {"meta", "br", "wbr", "input"}


class Page(HTMLParser):
    """Reads a page strictly: what is opened is closed, and nothing else is."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.declarations: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self._parts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def attributes(self, name: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag == name]

    def text_of(self, name: str) -> str:
        [text] = self.texts[name]
        return text

    def parts(self, name: str) -> list[str]:
        """All text in each element of a name, with what stands in the elements within it."""
        return self._parts.get(name, [])

    @property
    def words(self) -> str:
        """All text but style and script, with the places where a line may end taken out."""
        return "".join(text for tag, texts in self.texts.items() if tag == "*" for text in texts)

    def handle_decl(self, decl: str) -> None:
        self.declarations.append(decl)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _EMPTY:
            self._open.append(tag)
            self.texts.setdefault(tag, []).append("")
            self._parts.setdefault(tag, []).append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in SVG
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open[-1]][-1] += data
        for tag in {*self._open}:
            self._parts[tag][-1] += data
        if not {"style", "script"} & {*self._open}:
            self.texts.setdefault("*", []).append(data)
