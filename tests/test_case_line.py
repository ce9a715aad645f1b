"""A case on a line: read part by part as it is read whole, whatever came before."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from diagnose.case_line import CaseLines, StructInParts
from diagnose.collect.evidence.case_file import case_from_json
from diagnose.errors import XdiagError
from diagnose.loading import load_case
from diagnose.model.case import Case, DestinationSide, Endpoint, Request, Snapshot, SourceSide
from diagnose.model.evidence import Known
from diagnose.model.json_text import Node, Number, Object, parse
from diagnose.model.operation import Operation
from diagnose.model.policy import Level, Policy, PolicySet

FIXTURES = Path(__file__).parent.parent / "fixtures"
CASES = [load_case(path) for folder in ("worlds", "demo") for path in sorted((FIXTURES / folder).glob("*.json"))]
ASSUMING = [case for case in CASES if case.request.operation is Operation.ASSUME_ROLE]
WORLD = load_case(FIXTURES / "worlds" / "cross-account.json")


def line(case: Case) -> bytes:
    return msgspec.json.encode(case) + b"\n"


def read_whole(written: bytes) -> Case | tuple[str, str]:
    try:
        return case_from_json(written, place="")
    except XdiagError as error:
        return error.message, error.hint


LINES = CaseLines()


def case_from_line(written: bytes) -> Case:
    """Look for the sides that came before."""
    LINES.at_once = 0
    return LINES.read(written, "")


def case_at_once(written: bytes) -> Case:
    LINES.at_once = 1
    return LINES.read(written, "")


def read_in_parts(written: bytes) -> Case | tuple[str, str]:
    return _read_by(case_from_line, written)


def read_at_once(written: bytes) -> Case | tuple[str, str]:
    return _read_by(case_at_once, written)


def _read_by(read: Callable[[bytes], Case], written: bytes) -> Case | tuple[str, str]:
    try:
        return read(written)
    except XdiagError as error:
        return error.message, error.hint


def dumped(node: Node) -> str:
    match node:
        case Object():
            return "{" + ",".join(f"{json.dumps(key)}:{dumped(inner)}" for key, inner in node.members) + "}"
        case list():
            return "[" + ",".join(map(dumped, node)) + "]"
        case Number():
            return node
    return json.dumps(node, ensure_ascii=False)


def objects(node: Node) -> Iterator[Object]:
    match node:
        case Object():
            yield node
            for _, inner in node.members:
                yield from objects(inner)
        case list():
            for inner in node:
                yield from objects(inner)


def faults(case: Case) -> Iterator[bytes]:
    """Write a case with each of its keys repeated, with the same value and with another, and with each left out."""
    tree = parse(line(case).decode())
    for members in (each.members for each in objects(tree)):
        for index, (key, value) in enumerate(list(members)):
            changes: list[list[tuple[str, Node]]] = [[(key, value)] * 2, [(key, None), (key, value)], []]
            for changed in changes:
                members[index : index + 1] = changed
                yield dumped(tree).encode()
                members[index : index + len(changed)] = [(key, value)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.note[:60])
def test_a_line_is_read_the_same_when_its_sides_have_come_before(case: Case) -> None:
    for written in (line(case), msgspec.json.format(line(case), indent=1).replace(b"\n", b" ")):
        alone = case_from_json(written, place="")
        assert [case_from_line(written) for _ in range(4)] == [alone] * 4
        assert case_at_once(written) == alone


def test_sides_that_have_come_before_are_the_same_objects() -> None:
    one, other = (case_from_line(line(replace(WORLD, note=note))).snapshot for note in ("one", "other"))
    assert one.source is other.source
    assert one.destination is other.destination


def test_policies_of_an_organization_that_have_come_before_are_the_same_objects() -> None:
    scps = Known((Level("r-ab12", "Root", PolicySet((Policy("all", msgspec.Raw(b'{"Statement":[]}')),))),))
    sides = [replace(WORLD.snapshot.source, scps=scps, arn=f"arn:aws:iam::111111111111:user/{name}") for name in "abc"]
    read = [
        case_from_line(line(replace(WORLD, snapshot=replace(WORLD.snapshot, source=side)))).snapshot.source
        for side in sides
    ]
    assert read == sides
    assert read[1].scps is read[2].scps


def test_sides_that_came_before_meet_in_new_pairs() -> None:
    """Every source with every role, in two orders, against each line read alone."""
    pairs = [
        replace(
            role,
            snapshot=replace(role.snapshot, source=source.snapshot.source),
        )
        for source in ASSUMING[:6]
        for role in ASSUMING[:6]
    ]
    written = [line(case) for case in pairs]
    alone = [case_from_json(each, place="") for each in written]
    for _ in range(2):
        assert [case_from_line(each) for each in written] == alone
        assert [case_from_line(each) for each in reversed(written)] == alone[::-1]


@pytest.mark.parametrize("side", ["source", "destination"])
def test_a_policy_cannot_pass_for_the_side_of_a_case(side: str) -> None:
    """An endpoint policy that quotes a side, letter by letter, is written before it."""
    quoted = msgspec.json.encode(getattr(WORLD.snapshot, side))
    policy = Policy("decoy", msgspec.Raw(b'{"Statement": [], "' + side.encode() + b'": ' + quoted + b"}"))
    endpoint = msgspec.json.encode(Known(Endpoint("vpce-1", policy=Known(policy))))
    written = line(WORLD).replace(b'"snapshot":{', b'"snapshot":{"endpoint":' + endpoint + b",")
    written = written.replace(b'"endpoint":' + msgspec.json.encode(WORLD.snapshot.endpoint) + b",", b"")
    assert written.count(quoted) == 2
    assert case_from_line(written) == case_from_json(written, place="")


def test_what_is_wrong_on_a_line_is_told_as_of_a_file() -> None:
    """Each line twice: a part that was refused must not be taken when it comes again."""
    case_from_line(line(WORLD))
    for written in faults(WORLD):
        assert [read_in_parts(written) for _ in range(2)] == [read_whole(written)] * 2
        assert read_at_once(written) == read_whole(written)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(line(WORLD).replace(b"Version", b"Ver\xffsion"), id="bytes that are no text"),
        pytest.param(line(WORLD).replace(b'"Version"', b'"a":1e999,"Version"'), id="a number without end"),
        pytest.param(line(WORLD).replace(b'"Version"', b'"a":01,"Version"'), id="a number that is none"),
        pytest.param(line(WORLD).replace(b'"note"', b'"n\\u006fte"'), id="a key with an escape"),
        pytest.param(
            line(WORLD).replace(b'"note"', b'"n\\u006fte":"","note"'), id="a key that is there twice, escaped"
        ),
        pytest.param(
            line(replace(WORLD, note="")).replace(b'"note":""', b'"note":"","note":"' + rb"\u0022" * 4 + b'"'),
            id="quotes that stand for a key",
        ),
        pytest.param(
            line(WORLD).replace(
                b'"probe":null', b'"probe":{"outcome":"assumed","outcome":"assumed","caller":"","code":"","why":""}'
            ),
            id="a field that is left out for one that is there twice",
        ),
        pytest.param(
            line(WORLD).replace(b'"taken_at":', b'"endpoint":null,"taken_at":'), id="a part that is there twice"
        ),
        pytest.param(b"\xef\xbb\xbf" + line(WORLD), id="a byte order mark"),
        pytest.param(b" \t" + line(WORLD) + b" \r\n", id="blanks around"),
        pytest.param(line(WORLD)[:-3], id="an end that is missing"),
        pytest.param(line(WORLD) * 2, id="two cases"),
    ],
)
def test_odd_lines_are_read_as_files_are(written: bytes) -> None:
    assert [read_in_parts(written) for _ in range(2)] == [read_whole(written)] * 2
    assert read_at_once(written) == read_whole(written)


@pytest.mark.parametrize("whole", [Case, Snapshot, Request, SourceSide, DestinationSide])
def test_what_is_decoded_has_every_field_in_its_place(whole: type[msgspec.Struct]) -> None:
    """A case that is written as we write it is then written again as it came."""
    assert StructInParts(whole).written.__struct_fields__ == whole.__struct_fields__


def strangers(count: int) -> list[bytes]:
    """Write cases that share no side."""
    return [
        line(
            replace(
                WORLD,
                snapshot=replace(
                    WORLD.snapshot,
                    source=replace(WORLD.snapshot.source, arn=f"arn:aws:iam::111111111111:user/u{index}"),
                    destination=replace(WORLD.snapshot.destination, other_roles=Known((f"role{index}",))),
                ),
            )
        )
        for index in range(count)
    ]


def test_lines_are_read_at_once_while_no_side_comes_again() -> None:
    """Twice as many each time, until one does."""
    lines = CaseLines()
    looking = []
    # The first 64 come again, for they were looked at.
    for each in [*strangers(64 + 448 + 64 + 896), *strangers(64 + 64 + 448 + 64)]:
        looking.append(not lines.at_once)
        lines.read(each, "")
    assert looking == (
        [True] * 64 + [False] * 448 + [True] * 64 + [False] * 896 + [True] * (64 + 64) + [False] * 448 + [True] * 64
    )


def test_sides_are_looked_for_while_some_come_again() -> None:
    lines = CaseLines()
    for each in [*strangers(80), line(WORLD)]:
        lines.read(each, "")
    lines.at_once = 0
    for index, each in enumerate(strangers(400)):
        lines.read(line(WORLD) if index % 60 == 0 else each, "")
        assert not lines.at_once


def test_sides_are_looked_for_once_a_line_cannot_be_read_at_once() -> None:
    lines = CaseLines()
    lines.at_once = 5
    with pytest.raises(XdiagError):
        lines.read(b"{}", "")
    assert lines.at_once == 0
