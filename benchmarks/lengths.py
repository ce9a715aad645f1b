"""Lengths: characters of every form of report, over all demos and public reports, with the limit of where it is pasted.

.venv/bin/python benchmarks/lengths.py
"""

import statistics
from functools import partial
from pathlib import Path

from table import show

from diagnose.loading import load_case, load_rules
from diagnose.pipeline import diagnose
from diagnose.report import Detail, Format, render
from diagnose.report.servicenow import SERVICENOW_LIMIT
from diagnose.report.text import BRIEF_LIMIT

_FIXTURES = Path(__file__).parent.parent / "fixtures"
_FORMS = {
    **{f"text, {detail}": partial(render, format=Format.TEXT, detail=detail) for detail in Detail},
    **{str(format_): partial(render, format=format_) for format_ in Format if format_ is not Format.TEXT},
}
_LIMITS = {f"text, {Detail.BRIEF}": BRIEF_LIMIT, str(Format.SERVICENOW): SERVICENOW_LIMIT}


def main() -> None:
    """Print the table."""
    rules = load_rules()
    paths = sorted(path for folder in ("demo", "reports") for path in (_FIXTURES / folder).glob("*.json"))
    diagnoses = [diagnose(load_case(path), rules) for path in paths]
    rows: list[tuple[str, ...]] = []
    for name, write in _FORMS.items():
        written = [write(diagnosis) for diagnosis in diagnoses]
        lengths, lines = [len(text) for text in written], [len(text.splitlines()) for text in written]
        limit = _LIMITS.get(name)
        longest = f"{max(lengths):,}{' TOO LONG' if limit is not None and max(lengths) > limit else ''}"
        middle = f"{statistics.median(lengths):,.0f}"
        rows.append(
            (name, middle, longest, f"{statistics.median(lines):.0f}", str(max(lines)), f"{limit:,}" if limit else "")
        )
    heads = ("form", "median", "longest", "lines", "most lines", "limit")
    show(f"Characters and lines of {len(diagnoses)} reports", heads, rows)


if __name__ == "__main__":
    main()
