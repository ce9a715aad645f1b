"""A run of `xdiag compare`: from two matrices, or two folders of dumps, to what changed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile

from diagnose.causes.rule import Rule
from diagnose.cli.matrix_run import Narrowing, read_identities
from diagnose.cli.organization_flags import ComparisonForm
from diagnose.cli.output import print_note, write_rows
from diagnose.cli.whole_file import check_is_no_input, whole_file, writing
from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError
from diagnose.loading import load_rules
from diagnose.matrix.compare import ChangeKind, changes
from diagnose.matrix.comparison import comparison_html, comparison_json, comparison_markdown
from diagnose.matrix.decide import Matrix
from diagnose.matrix.row_files import holds_rows, in_order, read_rows
from diagnose.matrix.rows import ExplainedPair


def write_comparison(
    before: Path,
    after: Path,
    *,
    form: ComparisonForm,
    to: Path | None,
    without: Sequence[str],
    explain: bool,
    outside: bool = False,
    rule_folders: Sequence[Path],
) -> tuple[Mapping[ChangeKind, int], int]:
    """Write what changed; give how many pairs changed in which way, and how many dumps or identities were left out.

    Raises XdiagError if something cannot be read or written.
    """
    counts = Counter[ChangeKind]()
    folders = [place for place in (before, after) if not holds_rows(place)]
    if not folders and (without or explain or outside):
        raise XdiagError(
            "`--without`, `--explain` and `--outside` are for folders of dumps",
            hint="the rows of a matrix are decided",
        )
    check_is_no_input(to, before, after)
    rules = load_rules(rule_folders) if explain else None
    with ExitStack() as stack:
        then, now = (_Side(place, without, rules, outside=outside) for place in (before, after))
        old, new = (stack.enter_context(in_order(side.rows())) for side in (then, now))
        _tell_accounts(then, now)
        _tell_empty(then, now)
        parts = _WRITERS[form](changes(old, new), counts, str(before), str(after))
        _write((part.encode() for part in parts), None if str(to) == "-" else to)
    return counts, then.left_out + now.left_out


_WRITERS = {
    ComparisonForm.MARKDOWN: comparison_markdown,
    ComparisonForm.JSON: comparison_json,
    ComparisonForm.HTML: comparison_html,
}


class _Side:
    """One of the two matrices. `accounts` are those that have dumps; none where there are only rows.

    `has_rows` is known once the rows were taken.

    Dumps are not kept once their rows were taken.
    """

    def __init__(self, place: Path, without: Sequence[str], rules: Sequence[Rule] | None, *, outside: bool) -> None:
        self.place, self.accounts, self.left_out, self.has_rows = place, frozenset[str](), 0, False
        self._without, self._rules, self._outside = without, rules, outside

    def rows(self) -> Iterator[ExplainedPair]:
        if holds_rows(self.place):
            for read in read_rows(self.place):
                self.has_rows = True
                yield read
            return
        found, accounts, self.left_out = read_identities(self.place, self._without, Narrowing(), outside=self._outside)
        self.accounts = frozenset(accounts)
        for row in Matrix(found.sources, found.destinations, rules=self._rules).rows():
            yield ExplainedPair(**{field: getattr(row, field) for field in row.__struct_fields__})


def _tell_accounts(then: _Side, now: _Side) -> None:
    """Say which accounts have a dump in one of two folders only: their pairs changed for this reason alone."""
    if then.accounts and now.accounts:
        for one, other in ((then, now), (now, then)):
            for account in sorted(one.accounts - other.accounts):
                print_note(f"account {account} has a dump in `{quotable(str(one.place))}` only")


def _tell_empty(*sides: _Side) -> None:
    """Say where a file has no rows: a matrix of denials alone has none, nor has what an interrupted command left."""
    for side in sides:
        if holds_rows(side.place) and not side.has_rows:
            print_note(
                f"`{quotable(str(side.place))}` has no rows: every pair counts as denied there; if it should have "
                "some, make it again with `xdiag matrix`"
            )


def _write(parts: Iterator[bytes], to: Path | None) -> None:
    """Write to a file that appears when it is whole, or to standard output once all is there."""
    if to is not None:
        with whole_file(to) as file:
            for part in parts:
                with writing(to):
                    file.write(part)
        return
    with TemporaryFile() as whole:
        whole.writelines(parts)
        whole.seek(0)
        while some := whole.read(2**20):
            write_rows(some)
