"""From a case to what the user gets: diagnose, save, report, exit code."""

from collections.abc import Sequence
from pathlib import Path

from diagnose.cli.exits import code_of
from diagnose.cli.output import Color, colored, say, width
from diagnose.loading import load_rules
from diagnose.model.case import Case
from diagnose.model.diagnosis import Verdict
from diagnose.pipeline import diagnose
from diagnose.report import Format, render


def finish(
    case: Case,
    *,
    save_to: Path | None,
    output: Format,
    color: Color,
    redacted: bool,
    rule_folders: Sequence[Path],
    expected: Verdict | None,
) -> int:
    """Diagnose a case and report it; give the exit code.

    The case is saved first, so that nothing is lost. One that is to be redacted is saved so as well, for whoever asks
    for it means to hand both on.
    """
    if not redacted:
        _save(case, save_to)
    diagnosis = diagnose(case, load_rules(rule_folders))
    if redacted:
        from diagnose.evaluate.keys.table import value_kind
        from diagnose.report.redact import redact

        diagnosis = redact(diagnosis, value_kind)
        _save(diagnosis.case, save_to)
    say(render(diagnosis, output, width=width(), color=colored(color)))
    return code_of(diagnosis.verdict, expected)


def _save(case: Case, path: Path | None) -> None:
    if path is not None:
        from diagnose.collect.file import save_case

        save_case(case, path)
