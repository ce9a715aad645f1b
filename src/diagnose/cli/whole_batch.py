"""What is made of a batch as a whole. It stands apart because the rows alone need none of it."""

from diagnose.report import Lines
from diagnose.report.counts import CountedAnswers
from diagnose.report.html.grid import Grid
from diagnose.report.rows import encode_rows


class PageOfBatch(Grid):
    """A page with counts and a table."""

    def written(self) -> bytes:
        """Give the page."""
        return self.page().encode()


class CountedBatch(CountedAnswers):
    """How many rows have the same verdict, cause, account and role."""

    def written(self) -> bytes:
        """Give a line for each group."""
        return encode_rows(self.rows(), Lines.JSONL)
