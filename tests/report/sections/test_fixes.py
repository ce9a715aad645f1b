import json

import pytest
from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES

from diagnose.model.diagnosis import Letter, Owner, Proof, RemainingBlocker, Remedy
from diagnose.model.trace import Action, Blocker, Doubt, Gate, Layer
from diagnose.model.tri import NO, UNKNOWN, YES
from diagnose.report import Detail, Format, render
from diagnose.report.blocks import Folded, Listing, Paragraph
from diagnose.report.layout import Tone
from diagnose.report.safe_text import prose
from diagnose.report.sections.fixes import checked_words, fix_references, fixes, fixes_before, proof_words

REMEDY = Remedy("kind", Owner.SOURCE, "do it")
OTHER = replace(REMEDY, text="do the other")
QUESTION = replace(REMEDY, text="is it meant", letter=Letter.MEANT)
FINDING = EVERY["wrong-principal"](NAMES).findings[0]
CASE = EVERY["wrong-principal"](NAMES).case


def blocks(layer: Layer) -> RemainingBlocker:
    return RemainingBlocker(Blocker(Action.ASSUME_ROLE, layer))


def doubt(layer: Layer) -> Doubt:
    return Doubt(layer)


@pytest.mark.parametrize(
    ("remedy", "words"),
    [
        pytest.param(
            replace(REMEDY, proof=Proof.ALLOWED, patch="[]"),
            "Checked: with this edit, the request is allowed.",
            id="an edit",
        ),
        pytest.param(
            replace(REMEDY, proof=Proof.ALLOWED),
            "Checked: with this change, the request is allowed.",
            id="another request",
        ),
        pytest.param(
            replace(
                REMEDY, proof=Proof.CLEARS, remaining=(blocks(Layer.TRUST), doubt(Layer.RCP), blocks(Layer.BOUNDARY))
            ),
            "Checked: this removes the cause, but is not enough by itself. Still blocking: the trust policy does "
            "not allow `sts:AssumeRole`; the permissions boundary does not allow `sts:AssumeRole`.",
            id="something else still blocks",
        ),
        pytest.param(
            replace(REMEDY, proof=Proof.CLEARS),
            "Checked: this removes the cause; the rest depends on what is not known.",
            id="the rest is not known",
        ),
        pytest.param(
            replace(
                REMEDY,
                proof=Proof.CLEARS,
                remaining=(doubt(Layer.SCP), Doubt(Gate.ROLE), doubt(Layer.RCP)),
            ),
            "Checked: this removes the cause. If it still fails, check the requested role, which could not be "
            "checked; the service control policy and the resource control policy (not read).",
            id="several were not read",
        ),
        pytest.param(REMEDY, "Not checked: it changes no policy, so only a new attempt will tell.", id="not tried"),
        pytest.param(
            replace(REMEDY, proof=Proof.ALLOWED, admits_nobody_else=YES),
            "Checked: with this change, the request is allowed. Only this role gains access, whoever uses it.",
            id="nobody else is let in",
        ),
        pytest.param(
            replace(REMEDY, proof=Proof.ALLOWED, admits_nobody_else=NO),
            "Checked: with this change, the request is allowed. Others gain access, too: review it before you "
            "apply it.",
            id="others are let in",
        ),
        pytest.param(
            replace(REMEDY, proof=Proof.ALLOWED, admits_nobody_else=UNKNOWN),
            "Checked: with this change, the request is allowed. Whether anybody else gains access is not known.",
            id="nobody knows who is let in",
        ),
    ],
)
def test_the_proof_is_told_in_words(remedy: Remedy, words: str) -> None:
    assert proof_words(remedy, CASE) == words


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        pytest.param(("--external-id", "acme-42"), "--external-id acme-42", id="plain values"),
        pytest.param(("--external-id acme-42",), "--external-id acme-42", id="flag and value in one"),
        pytest.param(("--external-id", "'a b'"), "--external-id 'a b'", id="quoted already"),
        pytest.param(("--external-id", "$(reboot)"), "--external-id '$(reboot)'", id="a command in somebody's policy"),
        pytest.param(("--external-id", "a'; reboot '"), "--external-id 'a'\"'\"'; reboot '\"'\"''", id="an open quote"),
        pytest.param(("--external-id", "it's"), "--external-id 'it'\"'\"'s'", id="an unpaired quote"),
    ],
)
def test_flags_are_safe_to_paste(flags: tuple[str, ...], line: str) -> None:
    (section,) = fixes(replace(FINDING, remedies=(replace(REMEDY, flags=flags),)), CASE)
    assert [block.text for block in section.blocks if isinstance(block, Listing)] == [line]


def test_templates_and_the_whole_policy_are_folded_where_the_change_is_shown() -> None:
    (section,) = fixes(FINDING, CASE)
    assert not [block for block in section.blocks if isinstance(block, Listing)]
    (folded,) = [block for block in section.blocks if isinstance(block, Folded)]
    assert [listing.title for listing in folded.listings] == [
        "AWS CLI",
        "Terraform",
        "policy `Deploy` after the edit",
        "message to the owner",
    ]


def test_a_new_policy_is_shown_in_full() -> None:
    remedy = replace(REMEDY, document='{"Version":"2012-10-17"}')
    (section,) = fixes(replace(FINDING, remedies=(remedy,)), CASE)
    (listing,) = [block for block in section.blocks if isinstance(block, Listing)]
    assert listing.title == "the policy after the edit"
    assert listing.text == '{\n  "Version": "2012-10-17"\n}'


@pytest.mark.parametrize(
    ("remedies", "called"),
    [
        pytest.param((REMEDY,), {"Fix, by": "the fix"}, id="the only one"),
        pytest.param((REMEDY, OTHER), {"Fix 1, by": "fix 1", "Fix 2, by": "fix 2"}, id="two changes"),
        pytest.param((QUESTION,), {"Ask": "the question"}, id="a question"),
        pytest.param(
            (REMEDY, QUESTION),
            {"Fix, by": "the fix", "First, if in doubt, ask": "the question"},
            id="a change, and a question to the same owner",
        ),
        pytest.param(
            (QUESTION, OTHER), {"Ask": "the question", "Fix 2, by": "fix 2"}, id="a question, and what comes after it"
        ),
    ],
)
def test_what_was_told_before_is_named_as_it_is_headed(remedies: tuple[Remedy, ...], called: dict[str, str]) -> None:
    finding = replace(FINDING, remedies=remedies)
    owner = "the owner of the source account (111111111111)"
    assert [section.title for section in fixes(finding, CASE)] == [f"{title} {owner}" for title in called]
    assert list(fix_references(finding, 1).values()) == [f"{name} above" for name in called.values()]
    assert list(fix_references(finding, 4).values()) == [f"{name} under 4" for name in called.values()]


@pytest.mark.parametrize(
    ("others", "place"),
    [
        pytest.param((), "the fix above", id="the only fix"),
        pytest.param((REMEDY,), "fix 2 above", id="one of two"),
    ],
)
def test_a_fix_of_two_causes_is_told_once_and_then_referred_to(others: tuple[Remedy, ...], place: str) -> None:
    diagnosis = EVERY["wrong-principal"](NAMES)
    remedy = FINDING.remedies[0]
    first = replace(FINDING, remedies=(*others, remedy))
    second = replace(FINDING, rule="another-rule", remedies=(replace(remedy, kind="another"),))
    unread = replace(second, rule="not-read", title="It was not read", owner=Owner.XDIAG)
    both = replace(diagnosis, findings=(first, second, unread))
    told = render(both, Format.MARKDOWN)
    assert told.count("aws iam update-assume-role-policy") == 1
    assert told.count(f"To fix it: the same as {place}.") == 1
    assert told.count(prose(remedy.text[:1].upper() + remedy.text[1:])) == 1
    assert render(both, Format.TEXT, detail=Detail.FULL).count("aws iam update-assume-role-policy") == 2
    written = json.loads(render(both, Format.JSON))
    number = len(dict.fromkeys((*others, remedy)))
    assert [cause["fixes"] for cause in written["causes"]] == [[*range(1, number + 1)], [number]]
    assert [gap["fixes"] for gap in written["unread"]] == [[number]]
    assert written["fixes"][number - 1]["rules"] == [FINDING.rule, "another-rule", "not-read"]
    assert render(both, Format.JSON).count("aws iam update-assume-role-policy") == 1


@pytest.mark.parametrize(
    ("owner", "said"),
    [
        pytest.param(Owner.CALLER, True, id="what others do"),
        pytest.param(Owner.XDIAG, False, id="to give evidence, which is no change that could be proved"),
    ],
)
def test_what_is_not_proved_is_said_to_be_so(owner: Owner, said: bool) -> None:
    (section,) = fixes(replace(FINDING, remedies=(replace(REMEDY, owner=owner),)), CASE)
    assert (Paragraph(proof_words(REMEDY, CASE), Tone.DOUBT) in section.blocks) is said


def test_a_policy_that_the_command_holds_is_folded() -> None:
    remedy = replace(REMEDY, document='{"Version":"2012-10-17"}', commands=(("aws-cli", "aws"),))
    (section,) = fixes(replace(FINDING, remedies=(remedy,)), CASE)
    (folded,) = [block for block in section.blocks if isinstance(block, Folded)]
    assert [listing.title for listing in folded.listings] == ["AWS CLI", "the policy after the edit"]


def test_several_fixes_are_numbered_and_sentences_are_made_whole() -> None:
    sections = fixes(replace(FINDING, remedies=(REMEDY, REMEDY)), CASE)
    assert [section.title.partition(",")[0] for section in sections] == ["Fix 1", "Fix 2"]
    assert sections[0].blocks[0] == Paragraph("Do it.")


def test_only_a_few_lines_around_a_change_are_shown() -> None:
    written = render(EVERY["wrong-principal"](NAMES), Format.MARKDOWN)
    diff = written.partition("```diff\n")[2].partition("\n```")[0]
    assert [line[:1] for line in diff.splitlines()] == [" ", "-", "+", " "]


def test_of_a_fix_that_is_not_enough_nothing_is_given_to_copy() -> None:
    remedy = replace(FINDING.remedies[0], proof=Proof.CLEARS, remaining=(blocks(Layer.SCP),))
    (section,) = fixes(replace(FINDING, remedies=(remedy,)), CASE)
    assert not [block for block in section.blocks if isinstance(block, Folded | Listing)]
    assert [block for block in fixes(FINDING, CASE)[0].blocks if isinstance(block, Folded)]


@pytest.mark.parametrize(
    ("second", "said"),
    [
        pytest.param(replace(REMEDY, proof=Proof.ALLOWED), "Instead of fix 1; either is enough.", id="either"),
        pytest.param(
            replace(REMEDY, proof=Proof.ALLOWED, admits_nobody_else=NO),
            "Instead of fix 1, which lets in nobody else; either is enough.",
            id="the first one is safer",
        ),
        pytest.param(REMEDY, "", id="what nobody could try"),
    ],
)
def test_fixes_say_how_they_relate(second: Remedy, said: str) -> None:
    first = replace(REMEDY, proof=Proof.ALLOWED, admits_nobody_else=YES)
    _, section = fixes(replace(FINDING, remedies=(first, second)), CASE)
    assert section.blocks[0] == (Paragraph(said, Tone.DIM) if said else Paragraph("Do it."))


def test_a_checked_fix_beside_one_that_nobody_could_try_is_another_way() -> None:
    second = replace(REMEDY, text="do that", proof=Proof.ALLOWED)
    _, section = fixes(replace(FINDING, remedies=(REMEDY, second)), CASE)
    assert section.blocks[0] == Paragraph("Instead of fix 1, not in addition to it.", Tone.DIM)


ALLOWING = replace(REMEDY, proof=Proof.ALLOWED)
SAFE, WIDE = replace(ALLOWING, admits_nobody_else=YES), replace(ALLOWING, text="more", admits_nobody_else=NO)
UNTRIED = replace(REMEDY, text="try")
READING = replace(REMEDY, text="read", owner=Owner.XDIAG)
CLEARING = replace(OTHER, proof=Proof.CLEARS, remaining=(blocks(Layer.TRUST),))


@pytest.mark.parametrize(
    ("first", "second", "relation"),
    [
        pytest.param(SAFE, WIDE, "Instead of fix 1, which lets in nobody else; either is enough.", id="a wider one"),
        pytest.param(SAFE, replace(WIDE, admits_nobody_else=YES), "Instead of fix 1; either is enough.", id="as safe"),
        pytest.param(
            SAFE, replace(WIDE, admits_nobody_else=None), "Instead of fix 1; either is enough.", id="a change elsewhere"
        ),
        pytest.param(WIDE, replace(SAFE, text="less"), "Instead of fix 1; either is enough.", id="a safer one"),
        pytest.param(UNTRIED, SAFE, "Instead of fix 1, not in addition to it.", id="one that was not tried before"),
        pytest.param(CLEARING, UNTRIED, "", id="neither is enough"),
        pytest.param(CLEARING, SAFE, "", id="the first is only a part"),
        pytest.param(QUESTION, SAFE, "", id="after a question"),
        pytest.param(SAFE, QUESTION, "", id="a question"),
        pytest.param(READING, SAFE, "", id="after something to read"),
        pytest.param(SAFE, READING, "", id="something to read"),
    ],
)
def test_a_second_fix_says_how_it_relates_to_the_first(first: Remedy, second: Remedy, relation: str) -> None:
    sections = fixes(replace(FINDING, remedies=(first, second)), CASE)
    told = [
        [block.text for block in section.blocks if isinstance(block, Paragraph) and block.text[:7] == "Instead"]
        for section in sections
    ]
    assert told == [[], [relation] if relation else []]


@pytest.mark.parametrize(
    ("places", "told"),
    [
        pytest.param([], None, id="none"),
        pytest.param(["fix 1 above"], "fix 1 above", id="one"),
        pytest.param(["fix 1 above", "the fix under 3"], "fix 1 above and the fix under 3", id="two"),
        pytest.param(["a", "b", "c"], "a, b and c", id="three"),
    ],
)
def test_where_fixes_were_told_before_is_listed(places: list[str], told: str | None) -> None:
    remedies = tuple(replace(REMEDY, kind="", text=place) for place in places)
    before = fixes_before(replace(FINDING, remedies=(UNTRIED, *remedies)), dict(zip(remedies, places, strict=True)))
    assert [each.text for each in before] == ([f"To fix it: the same as {told}."] if told else [])


@pytest.mark.parametrize(
    ("remedy", "words"),
    [
        pytest.param(SAFE, "with all of these, the request is allowed; with fewer, it stays denied.", id="allowed"),
        pytest.param(
            CLEARING, "with all of these, nothing that was read blocks it; with fewer, it stays denied.", id="cleared"
        ),
    ],
)
def test_a_plan_is_checked_as_a_whole(remedy: Remedy, words: str) -> None:
    assert checked_words(remedy, CASE, whole_plan=True) == words


@pytest.mark.parametrize("remedy", [QUESTION, READING], ids=["a question", "something to read"])
def test_what_is_no_change_is_not_said_to_be_checked(remedy: Remedy) -> None:
    assert checked_words(remedy, CASE) == ""
