"""Help texts in which the examples can be copied."""

import inspect


def kept(text: str) -> str:
    """Give a docstring as help in which indented paragraphs, which are examples, keep their lines."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    # A backspace on a line of its own asks not to fill the paragraph anew.
    return "\n\n".join(f"\b\n{each}" if each.startswith("    ") else each for each in paragraphs)
