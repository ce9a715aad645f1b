"""A report in SARIF 2.1.0, for tools that show findings beside the lines of files: code scanning, editors.

A cause is a result; what was not read is a notification of the run, for it is no finding. Lines are those of the files
that the policies came from; a cause that is in none of them has a logical location alone.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from collections.abc import Sequence

from diagnose.model.case import Case
from diagnose.model.diagnosis import Diagnosis, Excerpt, Finding, Proof
from diagnose.model.file_place import FilePlace
from diagnose.report import Screen
from diagnose.report.finding_row import FindingRow, RowKind
from diagnose.report.findings import finding_rows
from diagnose.report.safe_text import ascii_json, visible
from diagnose.report.sections.fixes import edited_place, proof_words
from diagnose.version import VERSION

SUFFIX = "sarif"


def report(diagnosis: Diagnosis, screen: Screen) -> str:
    """Write one JSON document in ASCII characters, indented by two."""
    return ascii_json(sarif_values(diagnosis, screen), indent=2) + "\n"


def sarif_values(diagnosis: Diagnosis, screen: Screen) -> dict[str, object]:
    """Give the same document as dictionaries, lists, texts and numbers."""
    rows = finding_rows(diagnosis)
    findings = _by_row(diagnosis, rows)
    causes = [(row, finding) for row, finding in findings if row.kind == RowKind.CAUSE]
    rules = list(dict.fromkeys(row.rule for row, _ in findings if row.rule))
    run: dict[str, object] = {
        "tool": {"driver": _driver(rules, findings, screen)},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [_notification(row) for row, _ in findings if row.kind == RowKind.GAP],
            }
        ],
        "results": [_result(row, finding, rules, diagnosis.case, screen) for row, finding in causes],
        "properties": {
            "verdict": rows[0].verdict,
            "operation": rows[0].operation,
            "source_arn": visible(rows[0].source_arn),
            "dest_role_arn": visible(rows[0].dest_role_arn),
        },
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"certain": "error", "possible": "warning"}


def _by_row(diagnosis: Diagnosis, rows: Sequence[FindingRow]) -> list[tuple[FindingRow, Finding | None]]:
    """Put beside each row its finding; a cause that is no rule's has none."""
    ordered = sorted(diagnosis.findings, key=lambda finding: finding.is_gap)
    of_rules = rows[len(rows) - len(ordered) :]
    builtin = [(row, None) for row in rows[: len(rows) - len(ordered)] if row.kind == RowKind.CAUSE]
    return [*builtin, *zip(of_rules, ordered, strict=True)]


def _driver(
    rules: Sequence[str], findings: Sequence[tuple[FindingRow, Finding | None]], screen: Screen
) -> dict[str, object]:
    first = {row.rule: finding for row, finding in reversed(findings)}
    titles = {row.rule: row.title for row, _ in reversed(findings)}
    return {
        "name": "xdiag",
        "semanticVersion": VERSION,
        "rules": [_rule(rule, titles[rule], first[rule], screen) for rule in rules],
    }


def _rule(rule: str, title: str, finding: Finding | None, screen: Screen) -> dict[str, object]:
    sources = finding.sources if finding is not None else ()
    page = screen.page_of(rule) if screen.page_of else ""
    help_uri = page or next(iter(sources), "")
    return {
        "id": rule,
        "shortDescription": {"text": message_text(title)},
        **({"helpUri": help_uri} if help_uri else {}),
    }


def _result(
    row: FindingRow, finding: Finding | None, rules: Sequence[str], case: Case, screen: Screen
) -> dict[str, object]:
    excerpts = finding.excerpts if finding is not None else ()
    places = [_location(excerpt, screen.places(excerpt) if screen.places else None) for excerpt in excerpts]
    primary = [place for place, excerpt in zip(places, excerpts, strict=True) if excerpt.primary]
    related = [place for place in places if place not in primary[:1]]
    words = [row.title, row.explanation, f"Fix: {row.fix_text}" if row.fix_text else ""]
    return {
        "ruleId": row.rule,
        "ruleIndex": rules.index(row.rule),
        "level": _LEVELS.get(row.certainty, "warning"),
        "message": {"text": message_text(" ".join(_sentence(one) for one in words if one))},
        **({"locations": primary[:1]} if primary else {}),
        **({"relatedLocations": [{"id": number, **one} for number, one in enumerate(related, 1)]} if related else {}),
        **({"fixes": proposed} if (proposed := _fixes(finding, case, screen)) else {}),
        "partialFingerprints": {"xdiagFinding/v1": row.finding_id},
        "properties": {
            "certainty": row.certainty,
            "owner": row.owner,
            "layer": row.layer,
            "gate": row.gate,
            "action": row.action,
            "fix_proof": row.fix_proof,
        },
    }


def _fixes(finding: Finding | None, case: Case, screen: Screen) -> list[dict[str, object]]:
    """Propose what was checked and edits a file: each is a fix of its own, one of which is enough.

    Source: SARIF 2.1.0, 3.55 "fix object".
    """
    fixes: list[dict[str, object]] = []
    for remedy in finding.remedies if finding is not None and screen.edits is not None else ():
        excerpt = edited_place(remedy, finding) if finding is not None else None
        edits = screen.edits(excerpt, remedy.document) if excerpt is not None and screen.edits is not None else ()
        if remedy.proof is Proof.NOT_TRIED or not edits:
            continue
        replacements = [
            {"deletedRegion": _region(edit.place), "insertedContent": {"text": edit.text}} for edit in edits
        ]
        change = {"artifactLocation": _artifact(edits[0].place), "replacements": replacements}
        words = f"{_sentence(remedy.text)} {proof_words(remedy, case)}"
        fixes.append({"description": {"text": message_text(words)}, "artifactChanges": [change]})
    return fixes


def _notification(row: FindingRow) -> dict[str, object]:
    words = " ".join(_sentence(one) for one in (row.title, row.explanation) if one)
    return {"descriptor": {"id": row.rule}, "level": "note", "message": {"text": message_text(words)}}


def _location(excerpt: Excerpt, place: FilePlace | None) -> dict[str, object]:
    name = visible(excerpt.policy.name)
    logical: dict[str, object] = {"fullyQualifiedName": f"{name}#{visible(excerpt.pointer)}", "kind": "object"}
    location: dict[str, object] = {"logicalLocations": [logical]}
    if excerpt.label:
        location["message"] = {"text": message_text(excerpt.label)}
    if place is not None:
        location["physicalLocation"] = {"artifactLocation": _artifact(place), "region": _region(place)}
    return location


def _artifact(place: FilePlace) -> dict[str, object]:
    return {"uri": place.uri, **({"uriBaseId": "%SRCROOT%"} if place.relative else {})}


def _region(place: FilePlace) -> dict[str, object]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.last_line,
        "endColumn": place.last_column,
    }


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def message_text(text: str) -> str:
    """Write a message of SARIF, to which `[x](y)` is a link and `{0}` a placeholder.

    Source: SARIF 2.1.0, 3.11.5 "Messages with placeholders" and 3.11.6 "Messages with embedded links".
    """
    return visible(text).replace("{", "{{").replace("}", "}}").replace("](", r"]\u0028")
