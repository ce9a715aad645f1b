"""How much may be tried before something is left undecided: counted in steps, so that the answer is always the same."""


class Effort:
    """Steps that may yet be taken. A step is about what it takes to compare one statement."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        """Start with so many."""
        self.left = steps

    @property
    def spent(self) -> bool:
        """Whether nothing is left."""
        return self.left <= 0

    def spend(self, steps: int) -> bool:
        """Take so many steps, and say whether there were as many. What was too much is gone as well."""
        self.left -= steps
        return self.left >= 0
