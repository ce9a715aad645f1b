"""An answer in brief: small whatever the case, made of what is published, and nothing in it deceives."""

import json
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from tests.cases import DEMOS

from diagnose.loading import load_case, load_rules
from diagnose.pipeline import diagnose
from diagnose.report.json import diagnosis_schema, published
from diagnose.report.json_v1 import PublishedDiagnosis
from diagnose.serve.brief import LARGEST_ANSWER, LARGEST_BRIEF, brief_answer, characters, full_answer, written

HOSTILE = "\u202egnp.exe\u2066 \x1b[2J\u200b\x07"
LONG = "\U0001f600" * 1500


def document(name: str) -> PublishedDiagnosis:
    return published(diagnose(load_case(DEMOS / f"{name}.json"), load_rules()))


def with_every_text(whole: PublishedDiagnosis, text: str) -> PublishedDiagnosis:
    """Put a text into every field that strangers, or many statements, may fill."""
    definitions: Any = diagnosis_schema()["$defs"]
    of_lists = {name for one in definitions.values() for name, field in one["properties"].items() if "enum" in field}
    kept = {"schema", "aws_error_kind", *of_lists}

    def changed(value: Any, name: str = "") -> Any:
        match value:
            case str() if value and name not in kept and not value.startswith("--"):
                return f"{value}{text}"
            case list():
                return [changed(one, name) for one in value]
            case dict():
                return {key: changed(one, key) for key, one in value.items() if key != "document"} | (
                    {"document": value["document"]} if "document" in value else {}
                )
        return value

    return msgspec.convert(changed(msgspec.to_builtins(whole)), PublishedDiagnosis)


def many(whole: PublishedDiagnosis) -> PublishedDiagnosis:
    """Give a diagnosis with each cause and each fix thirty times."""
    fixes = [replace(fix, number=number) for number, fix in enumerate(whole.fixes * 30, 1)]
    return replace(
        whole,
        causes=[replace(cause, fixes=[fix.number for fix in fixes]) for cause in whole.causes * 30],
        fixes=fixes,
        plan=[fix.number for fix in fixes],
        still_needed=whole.still_needed * 30,
        causes_certain=30 * len(whole.causes),
        layers=whole.layers * 30,
    )


@pytest.mark.parametrize(
    ("text", "causes", "fixes"),
    [
        pytest.param("", 3, 4, id="as it is"),
        pytest.param(LONG, 1, 1, id="with texts that leave no room"),
    ],
)
def test_of_many_causes_and_fixes_the_first_are_shown(text: str, causes: int, fixes: int) -> None:
    brief = brief_answer(many(with_every_text(document("external-id"), text)), f"a note{text}")
    assert (len(brief.causes), len(brief.fixes)) == (causes, fixes)


@pytest.mark.parametrize(
    ("length", "cut"), [pytest.param(1200, False, id="as long as it may be"), pytest.param(1201, True, id="longer")]
)
def test_a_text_and_a_value_are_whole_up_to_their_limit(length: int, cut: bool) -> None:
    whole = document("external-id")
    text = "x" * length
    flags = ["--external-id", text[len("--external-id") :]]
    fixes = [replace(fix, flags=flags) if fix.flags else fix for fix in whole.fixes]
    brief = brief_answer(replace(whole, primary_cause_title=text, fixes=fixes), "")
    assert brief.cause == (f"{text[:1200]}..." if cut else text)
    assert brief.fixes[0].arguments == ({} if cut else {"external_id": flags[1]})


@pytest.mark.parametrize("name", ["external-id", "session-tags", "scp-region", "one-side-unread", "pass-role"])
@pytest.mark.parametrize("text", ["", HOSTILE, LONG], ids=["as it is", "hostile", "long"])
@pytest.mark.parametrize("times", [False, True], ids=["once", "many"])
def test_an_answer_has_a_limit_and_shows_all_that_it_holds(name: str, text: str, times: bool) -> None:
    whole = with_every_text(document(name), text)
    whole = many(whole) if times else whole
    brief = brief_answer(whole, f"a note{text}")
    full = full_answer(brief, whole)
    assert characters(brief) <= LARGEST_BRIEF
    assert characters(full) <= LARGEST_ANSWER
    for answer in (brief, full):
        for value in texts(written(answer)):
            assert all(character.isprintable() or character == "\n" for character in value)
            assert not set(value) & set("\u202e\u2066\u200b")


def texts(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case list():
            return [text for one in value for text in texts(one)]
        case dict():
            return [text for key, one in value.items() for text in (key, *texts(one))]
    return []


@pytest.mark.parametrize("path", sorted(DEMOS.glob("*.json")), ids=lambda path: path.stem)
def test_a_brief_answer_says_what_is_published_and_names_the_rest(path: Any) -> None:
    whole = document(path.stem)
    brief = brief_answer(whole, "")
    assert (brief.verdict, brief.cause) == (whole.verdict, whole.primary_cause_title)
    assert [one.rule for one in brief.causes] == [one.rule for one in whole.causes[:3]]
    by_number = {fix.number: fix for fix in whole.fixes}
    for fix in brief.fixes:
        assert fix.text == by_number[fix.number].text
        assert fix.command in ("", *(one.text for one in by_number[fix.number].commands))
        # What the owner is to be told is needed only where no command says it.
        assert fix.handover == ("" if fix.command else by_number[fix.number].handover)
    numbers = {fix.number for fix in brief.fixes}
    assert {number for cause in brief.causes for number in cause.fixes} | set(brief.plan) <= numbers
    assert (len(brief.fixes) < len(whole.fixes)) == any("fixes" in words for words in brief.left_out)
    assert (brief.plan, "the plan" in brief.left_out) == (list(whole.plan), False)


def test_a_plan_is_whole_or_left_out() -> None:
    whole = many(document("external-id"))
    brief = brief_answer(whole, "")
    assert (brief.plan, "the plan" in brief.left_out) == ([], True)
    shown = [fix.number for fix in brief.fixes]
    brief = brief_answer(replace(whole, plan=shown), "")
    assert (brief.plan, "the plan" in brief.left_out) == (shown, False)


def test_a_command_is_whole_or_left_out() -> None:
    whole = document("external-id")
    (fix, *_) = [fix for fix in whole.fixes if fix.owner == "destination"]
    long = replace(fix, commands=[replace(one, text=one.text * 40) for one in fix.commands])
    whole = replace(whole, fixes=[long if one == fix else one for one in whole.fixes])
    brief = brief_answer(whole, "")
    (told,) = [one for one in brief.fixes if one.number == fix.number]
    assert told.command == ""
    assert f"the command of fix {fix.number}" in brief.left_out


def test_a_policy_that_holds_what_does_not_show_is_left_out_of_the_whole() -> None:
    whole = document("external-id")
    hidden = [replace(fix, document={"Statement": [{"Sid": HOSTILE}]}) for fix in whole.fixes]
    whole = replace(whole, fixes=hidden)
    full = full_answer(brief_answer(whole, ""), whole)
    assert full.diagnosis is not None
    assert [fix["document"] for fix in full.diagnosis["fixes"]] == [None] * len(hidden)
    assert sum("characters that do not show" in words for words in full.left_out) == len(hidden)
    assert HOSTILE not in json.dumps(full.diagnosis, ensure_ascii=False)
