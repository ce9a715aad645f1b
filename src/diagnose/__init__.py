"""Why sts:AssumeRole fails, and the smallest fix, proved.

The public names, each imported when it is first used: the command line must not pay for what it does not need.

    from diagnose import decide, diagnose, load_case, load_rules
    diagnosis = diagnose(load_case("case.json"), load_rules())

`published(diagnosis)` gives it as `xdiag.diagnosis/1`: a msgspec struct, which `msgspec.json.encode` writes.
"""

from importlib import import_module

_HOMES = {
    "Case": "diagnose.model.case",
    "Decision": "diagnose.model.trace",
    "Diagnosis": "diagnose.model.diagnosis",
    "XdiagError": "diagnose.errors",
    "decide": "diagnose.evaluate.decision",
    "decide_many": "diagnose.batch",
    "diagnose": "diagnose.pipeline",
    "load_case": "diagnose.loading",
    "load_rules": "diagnose.loading",
    "published": "diagnose.report.json",
    "render": "diagnose.report",
    "verdict": "diagnose.evaluate.decision",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    """Find a public name (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(_HOMES[name]), name)
