"""JSON pointers: the way from a whole document to one value in it.

Source: https://www.rfc-editor.org/rfc/rfc6901
"""


def below(pointer: str, *tokens: str) -> str:
    """Lengthen a pointer by the keys and places that lead on."""
    return pointer + "".join(f"/{escaped(token)}" for token in tokens)


def split(pointer: str) -> list[str]:
    """Give the keys and places that a pointer leads along, as they are in the document."""
    return [_unescaped(token) for token in pointer.split("/")[1:]]


def parent(pointer: str) -> tuple[str, str]:
    """Split a pointer into that of the object or list around the value, and the key or place within it."""
    holder, _, last = pointer.rpartition("/")
    return holder, _unescaped(last)


def escaped(token: str) -> str:
    """Write a key as it stands in a pointer."""
    if "~" in token or "/" in token:
        return token.replace("~", "~0").replace("/", "~1")
    return token


def _unescaped(token: str) -> str:
    return token.replace("~1", "/").replace("~0", "~")
