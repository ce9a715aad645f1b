"""What changed between two matrices, as a page for people: its words, and what has no room on it."""

import json
from collections import Counter
from collections.abc import Sequence

import pytest
from tests.matrix.dumps import OURS, THEIRS

from diagnose.matrix.compare import ChangeKind, PairChange, PairState
from diagnose.matrix.comparison import comparison_html, comparison_json, comparison_markdown

CI, DEPLOY = f"arn:aws:iam::{OURS}:user/ci", f"arn:aws:iam::{THEIRS}:role/Deploy"
ALLOWED = PairState("allowed", "", "", "", "")


def change(kind: ChangeKind, before: PairState | None, after: PairState | None, role: str = DEPLOY) -> PairChange:
    return PairChange(kind, CI, role, before, after)


def markdown(changes: Sequence[PairChange]) -> str:
    return "".join(comparison_markdown(changes, Counter(), "monday", "tuesday"))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        pytest.param(None, "denied", id="no row"),
        pytest.param(PairState("denied", "", "", "", ""), "denied", id="nothing more is known"),
        pytest.param(PairState("denied", "trusted", "", "", ""), "denied (trusted, not granted)", id="trusted"),
        pytest.param(PairState("denied", "granted", "", "", ""), "denied (granted, not trusted)", id="granted"),
        pytest.param(
            PairState("denied", "both", "scp", "", ""),
            "denied (trusted and granted; the service control policies)",
            id="a layer",
        ),
        pytest.param(PairState("denied", "", "trust", "", ""), "denied (the trust policy)", id="the trust policy"),
        pytest.param(
            PairState("denied", "both", "scp", "scp-denies", "An SCP denies it"),
            "denied (trusted and granted; an SCP denies it)",
            id="a cause, which names the layer",
        ),
        pytest.param(PairState("denied", "other", "other", "", ""), "denied", id="what another version wrote"),
    ],
)
def test_the_answer_is_told_with_all_that_is_known_of_it(state: PairState | None, words: str) -> None:
    assert markdown([change(ChangeKind.NEWLY_ALLOWED, state, ALLOWED)]).endswith(
        f"- `{CI}` to `{DEPLOY}`: {words} before, now allowed\n"
    )


@pytest.mark.parametrize("kinds", [(), (ChangeKind.NEWLY_DENIED,), tuple(ChangeKind)], ids=["none", "one", "each kind"])
def test_json_has_each_change_on_a_line_and_what_they_add_up_to(kinds: Sequence[ChangeKind]) -> None:
    changes = [change(kind, None, ALLOWED) for kind in kinds]
    written = "".join(comparison_json(changes, Counter(), "monday", "tuesday"))
    told = json.loads(written)
    assert (list(told), told["schema"]) == (["schema", "before", "after", "changes", "counts"], "xdiag.comparison/1")
    assert (told["before"], told["after"]) == ("monday", "tuesday")
    assert [one["change"] for one in told["changes"]] == [kind.value for kind in kinds]
    assert told["counts"] == {kind.value: int(kind in kinds) for kind in ChangeKind}
    lines = [line.removeprefix(",").removesuffix(",") for line in written.splitlines()[2 : 2 + 2 * len(kinds)]]
    assert [json.loads(line) for line in lines if line[:1] == "{"] == told["changes"]


def test_kinds_of_change_come_in_the_order_of_their_urgency() -> None:
    kinds = [*reversed(ChangeKind), ChangeKind.NEWLY_DENIED]
    assert [
        line for line in markdown([change(kind, None, ALLOWED) for kind in kinds]).splitlines() if line[:1] == "#"
    ] == [
        "# 1 newly allowed, 1 newly undetermined, 2 newly denied, 1 denied or undetermined for another reason",
        "## Newly allowed: 1",
        "## Newly undetermined: 1",
        "## Newly denied: 2",
        "## Denied or undetermined for another reason: 1",
    ]


@pytest.mark.parametrize(("count", "more"), [(100, None), (101, "and 1 more"), (2100, "and 2,000 more")])
def test_the_first_hundred_are_listed_and_the_rest_is_counted(count: int, more: str | None) -> None:
    many = [change(ChangeKind.NEWLY_DENIED, ALLOWED, None, f"{DEPLOY}-{number}") for number in range(count)]
    rest = [f"- {more}, all of which `--output json` lists"] if more else []
    _, listed = markdown(many).split(f"## Newly denied: {count:,}\n\n")
    assert listed.splitlines()[100:] == rest
    assert listed.startswith(f"- `{CI}` to `{DEPLOY}-0`: ")
    page = "".join(comparison_html(many, Counter(), "monday", "tuesday")).replace("<wbr>", "")
    assert (f"{DEPLOY}-99<" in page, f"{DEPLOY}-100<" in page) == (True, False)
    assert ("more, all of which" in page) is bool(more)


def test_nothing_that_changed_is_told_as_that() -> None:
    assert markdown([]) == "# Nothing changed\n\nFrom `monday` to `tuesday`.\n"


@pytest.mark.parametrize(
    ("kinds", "tone"),
    [
        pytest.param([ChangeKind.NEWLY_DENIED], "", id="less is allowed"),
        pytest.param([ChangeKind.NEWLY_UNDETERMINED, ChangeKind.NEWLY_DENIED], "doubt", id="more may be allowed"),
        pytest.param([ChangeKind.NEWLY_ALLOWED, ChangeKind.NEWLY_UNDETERMINED], "bad", id="more is allowed"),
    ],
)
def test_what_is_newly_allowed_is_bad_news(kinds: list[ChangeKind], tone: str) -> None:
    page = "".join(comparison_html([change(kind, None, ALLOWED) for kind in kinds], Counter(), "monday", "tuesday"))
    toned = {other for other in ("bad", "doubt") if f'<header class="{other}">' in page}
    assert toned == {tone} - {""}
