"""Many cases at once: the same answers as one by one, whatever came before."""

import gc
import json
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from diagnose.batch import LONGEST_LINE, answered, decide_many, make_rows
from diagnose.causes.rule import Rule
from diagnose.collect.evidence.case_file import case_from_json
from diagnose.errors import XdiagError
from diagnose.evaluate import memo
from diagnose.evaluate.decision import decide
from diagnose.loading import load_case, load_rules
from diagnose.model.case import Case, Parameters, ProbeOutcome, ProbeResult
from diagnose.model.diagnosis import Verdict
from diagnose.model.operation import Operation
from diagnose.model.trace_words import subject_words
from diagnose.model.tri import NO
from diagnose.pipeline import diagnose
from diagnose.report.first_cause import first_cause
from tests.cases import on
from tests.cases import written as world_in_json

FIXTURES = Path(__file__).parent.parent / "fixtures"
CASES = [load_case(path) for folder in ("worlds", "demo") for path in sorted((FIXTURES / folder).glob("*.json"))]
ASSUMING = [case for case in CASES if case.request.operation is Operation.ASSUME_ROLE]
WORLD = load_case(FIXTURES / "worlds" / "cross-account.json")


@pytest.fixture(scope="module")
def rules() -> Sequence[Rule]:
    return load_rules()


def line(case: Case) -> bytes:
    return msgspec.json.encode(case) + b"\n"


def rows(*lines: bytes | None) -> list[dict[str, Any]]:
    text, _ = make_rows(enumerate(lines, 1), None)
    return [json.loads(row) for row in text.splitlines()]


def row(written: bytes | None) -> dict[str, Any]:
    [found] = rows(written)
    return found


@pytest.fixture
def known_sides() -> Case:
    """A case whose sides have come before."""
    rows(*[line(WORLD)] * 2)
    return WORLD


def test_many_are_decided_as_one_by_one() -> None:
    assert list(decide_many(CASES)) == [decide(case).verdict for case in CASES]


@pytest.mark.parametrize("with_probe", [False, True], ids=["an error", "an attempt"])
def test_what_aws_said_counts_where_no_cause_is_named(with_probe: bool) -> None:
    refused = "User: arn:aws:iam::111111111111:user/builder is not authorized to perform: sts:AssumeRole on resource: "
    message = f"An error occurred (AccessDenied): {refused}{WORLD.request.role_arn}"
    probe = ProbeResult(ProbeOutcome.ACCESS_DENIED, code="AccessDenied", message=message)
    told = replace(WORLD, probe=probe) if with_probe else replace(WORLD, message=message)
    assert row(line(WORLD))["verdict"] == "allowed"
    assert row(line(told))["verdict"] == diagnose(told, ()).verdict.value == "denied"


@pytest.mark.parametrize("message", ["AccessDenied", "ExpiredToken", "no luck"])
@pytest.mark.parametrize("name", ["allowed", "wrong-principal", "one-side-unread"])
def test_what_a_refusal_leaves_open_is_as_computed(name: str, message: str) -> None:
    told = replace(load_case(FIXTURES / "demo" / f"{name}.json"), message=message)
    assert row(line(told))["verdict"] == diagnose(told, ()).verdict.value


def test_a_case_that_is_none_gives_its_error_and_the_rest_follows() -> None:
    wrong = replace(WORLD, request=replace(WORLD.request, role_arn="Deploy"))
    first, second, third = decide_many([WORLD, wrong, WORLD])
    assert isinstance(second, XdiagError)
    assert (first, third) == (decide(WORLD).verdict, decide(WORLD).verdict)


def test_cases_are_taken_only_as_answers_are_asked_for() -> None:
    taken = []

    def one_by_one() -> Iterator[Case]:
        for case in CASES:
            taken.append(case)
            yield case

    next(decide_many(one_by_one()))
    assert len(taken) == 1


def test_of_cases_that_come_once_next_to_nothing_is_kept() -> None:
    """However many there are: of each, what stays in memory is far less than the case."""
    size, count = 20_000, 40

    def take(first: int) -> int:
        for number in range(first, first + count):
            user, sid = f"arn:aws:iam::111111111111:user/u{number}", f"S{number}" + "x" * size
            policy = {"name": "own", "kind": "inline", "document": {"Statement": [on("*", Sid=sid)]}}
            source = {"arn": user, "identity_policies": {"policies": [policy]}}
            [made] = rows(json.dumps(world_in_json("cross-account", {"snapshot": {"source": source}})).encode())
            assert made["source_arn"] == user
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = take(0)
        kept = (take(count) - before) / count
    finally:
        tracemalloc.stop()
    assert kept < size / 4


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.note[:60])
def test_a_row_tells_what_a_diagnosis_would(case: Case, rules: Sequence[Rule]) -> None:
    diagnosis = diagnose(case, rules)
    first = first_cause(diagnosis)
    doubted = [subject_words(doubt) for doubt in diagnosis.decision.doubts if doubt.matters is not NO]
    text, tally = make_rows([(7, line(case))], rules)
    assert json.loads(text) == {
        "schema": "xdiag.batch/1",
        "line": 7,
        "verdict": diagnosis.verdict,
        "source_arn": case.snapshot.source.arn,
        "dest_role_arn": case.request.role_arn,
        "error": "",
        "hint": "",
        "primary_cause": first.cause,
        "primary_cause_title": first.title,
        "layer": first.layer,
        "certainty": first.certainty,
        "primary_gap": first.gap,
        "primary_gap_title": first.gap_title,
        "gate": first.gate,
        "depends_on": "; ".join(doubted) if diagnosis.verdict is Verdict.UNDETERMINED else "",
    }
    assert tally == {diagnosis.verdict: 1}
    assert row(line(case))["verdict"] == diagnosis.verdict


@pytest.mark.parametrize("explained", [False, True], ids=["verdict alone", "explained"])
@pytest.mark.parametrize("outcome", [ProbeOutcome.ACCESS_DENIED, ProbeOutcome.ASSUMED])
def test_where_aws_was_asked_its_answer_is_the_verdict(
    outcome: ProbeOutcome, explained: bool, rules: Sequence[Rule]
) -> None:
    case = replace(WORLD, probe=ProbeResult(outcome))
    text, _ = make_rows([(1, line(case))], rules if explained else None)
    assert json.loads(text)["verdict"] == diagnose(case, rules).verdict


def test_a_row_with_an_error_has_the_same_fields_as_the_others(rules: Sequence[Rule]) -> None:
    for given in (None, rules):
        text, tally = make_rows([(1, line(WORLD)), (2, b"{}"), (3, None)], given)
        fields = [list(json.loads(each)) for each in text.splitlines()]
        assert fields[0] == fields[1] == fields[2]
        for each in text.splitlines()[1:]:
            said = {name: value for name, value in json.loads(each).items() if value != ""}
            assert list(said) == ["schema", "line", "error", "hint"]
        assert tally == {"allowed": 1, "": 2}


@pytest.mark.parametrize(
    ("written", "error"),
    [
        pytest.param(b"{}", "`line 1` is not a case: `request` is missing", id="no case"),
        pytest.param(b"{", "`line 1` is not JSON: it ends too early, at column 2", id="no JSON"),
        pytest.param(b'{"snapshot": {}}', "`line 1` is not a case: `snapshot.source` is missing", id="no source"),
        pytest.param(b"\xff\n", "`line 1` is not UTF-8: the byte 0xff at column 1", id="no text"),
        pytest.param(None, f"`line 1` is longer than {LONGEST_LINE // 2**20} MB", id="too long"),
        pytest.param(
            b'{"snapshot": {"source": ' + b"[" * 100_000,
            "`line 1` is not a case: `snapshot.source` must be an object, but is a list",
            id="too deep",
        ),
    ],
)
def test_a_line_that_is_no_case_is_a_row_with_its_error(written: bytes | None, error: str) -> None:
    before, wrong, after = rows(line(WORLD), written, line(WORLD))
    assert wrong["error"] == error.replace("line 1", "line 2")
    assert (wrong["verdict"], wrong["line"]) == ("", 2)
    assert (before["verdict"], after["verdict"], after["line"]) == ("allowed", "allowed", 3)


def test_rows_are_ascii_whatever_a_name_is_made_of() -> None:
    source = replace(WORLD.snapshot.source, arn="arn:aws:iam::111111111111:user/b\u00fc\x7f\U0001f600")
    hostile = replace(WORLD, snapshot=replace(WORLD.snapshot, source=source))
    text, _ = make_rows([(1, line(hostile)), (2, b'"\xe2\x80\xae\xc2\x9b"')], None)
    assert all(32 <= byte < 127 or byte == 10 for byte in text)
    assert text.count(b"\n") == 2


def test_an_error_is_short_however_long_what_it_quotes_is() -> None:
    source = replace(WORLD.snapshot.source, arn="arn:aws:iam::1:user/" + "x" * 1_000_000)
    found = row(line(replace(WORLD, snapshot=replace(WORLD.snapshot, source=source))))
    assert "an account id" in found["hint"] + found["error"] or found["error"].endswith("…")
    assert len(found["error"]) < 3000


@pytest.mark.parametrize("kind", ["verdicts", "first causes", "findings"])
@pytest.mark.parametrize(("longer", "cut"), [(0, False), (1, True)], ids=["as long as may be", "longer"])
def test_an_error_of_two_thousand_characters_is_whole(kind: str, longer: int, cut: bool, rules: Sequence[Rule]) -> None:
    wrong = line(WORLD).replace(b'"note"', b'"note":"","' + b"x" * 500 + b'"')
    error = row(wrong)["error"]
    shortest = len(error) - error.count("x")
    wrong = wrong.replace(b"x" * 500, b"x" * (2000 - shortest + longer))
    whole = error.replace("x" * error.count("x"), "x" * (2000 - shortest + longer))
    text, _ = make_rows([(1, wrong)], None if kind == "verdicts" else rules, findings=kind == "findings")
    told = json.loads(text)["error"]
    assert len(told) == (2001 if cut else len(row(wrong)["error"]))
    assert told == (f"{whole[:2000]}…" if cut else whole)


@pytest.mark.parametrize("findings", [False, True], ids=["verdicts", "findings"])
def test_a_line_that_is_too_long_comes_with_what_was_expected(findings: bool, rules: Sequence[Rule]) -> None:
    text, tally = make_rows([(7, None)], rules if findings else None, findings=findings)
    told = json.loads(text)
    assert (told["error"], told["hint"]) == ("`line 7` is longer than 16 MB", "expected one case on each line")
    assert told["input_line" if findings else "line"] == 7
    assert tally == {"": 1}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        pytest.param((b'"snapshot"', b'"snapshat"'), "unknown field", id="a misspelt field"),
        pytest.param((b'"request":', b'"note":"","note":"","request":'), "twice", id="a key that is there twice"),
        pytest.param((b'"source":{"arn"', b'"source":{},"source":{"arn"'), "source", id="two sources"),
        pytest.param((b"arn:aws:iam::222222222222:role/Deploy", b"Deploy"), "bare name", id="a role that is a name"),
        pytest.param((b'"via":"cli"', b'"via":"pigeon"'), "pigeon", id="a value that is not there"),
    ],
)
def test_faults_around_known_sides_are_told(known_sides: Case, change: tuple[bytes, bytes], error: str) -> None:
    written = line(known_sides)
    assert change[0] in written
    found = row(written.replace(*change, 1))
    assert error in found["error"]
    with pytest.raises(XdiagError) as raised:
        case_from_json(written.replace(*change, 1), place="line 1")
    assert found["error"] == raised.value.message


class _Counted(tuple[Rule, ...]):
    """Rules that count how often somebody goes through them."""

    asked = 0

    def __iter__(self) -> Iterator[Rule]:
        self.asked += 1
        return super().__iter__()


@pytest.mark.parametrize("findings", [False, True], ids=["first causes", "findings"])
def test_a_line_that_comes_again_is_not_explained_again(rules: Sequence[Rule], findings: bool) -> None:
    one, other = (
        line(replace(WORLD, request=replace(WORLD.request, parameters=Parameters(external_id=external))))
        for external in ("acme-1", "acme-2")
    )
    lines = list(enumerate([one, other, *[one] * 40, b"{}", b"{}"], 1))
    once, often, before = _Counted(rules), _Counted(rules), answered()
    make_rows(lines[:2], once, findings=findings)
    again = [make_rows([each], often, findings=findings, before=before) for each in lines]
    assert b"".join(text for text, _ in again) == make_rows(lines, rules, findings=findings)[0]
    # What comes for the second time is remembered.
    assert 0 < once.asked < often.asked <= 2 * once.asked


def test_what_is_remembered_of_lines_is_counted_with_its_rows(
    rules: Sequence[Rule], monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = line(replace(WORLD, request=replace(WORLD.request, parameters=Parameters(external_id="acme-1"))))
    text, _ = make_rows([(1, asking)], rules, findings=True)

    def is_remembered(room: int) -> bool:
        monkeypatch.setattr(memo, "_MOST_BYTES", room)
        before, counted = answered(), _Counted(rules)
        for _ in range(2):
            make_rows([(1, asking)], rules, findings=True, before=before)
        make_rows([(1, asking)], counted, findings=True, before=before)
        return not counted.asked

    around = memo._BYTES_OF_EACH + len(asking)
    assert not is_remembered(around + len(text) - 1)
    assert is_remembered(around + len(text))
