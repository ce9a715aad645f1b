"""Mistakes that a user can put right."""


class XdiagError(Exception):
    """A mistake in what the user gave, with what to do about it.

    `message` is lower case, has no full stop and quotes the user's text in backticks;
    `hint` says what was expected.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Keep the two halves apart, so that a report can set them in its own way."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class NothingReadError(XdiagError):
    """Neither side could be read at all, so there is nothing to decide on."""
