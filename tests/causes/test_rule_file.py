"""A mistake in a rule is told with its file, its line, and what was probably meant."""

from pathlib import Path

import pytest
from tests.causes.given import rules

from diagnose.causes.rule import rule_by_id
from diagnose.causes.rule_file import load_examples, read_rules
from diagnose.causes.rule_folders import rule_folders
from diagnose.errors import XdiagError
from diagnose.remedy.kinds import REMEDIES

GOOD = """\
title: A title
owner: destination
when:
  - layer: {layer: trust, verdict: denied}
  - condition: {layer: trust, key: sts:ExternalId, alone: true}
instead_of: [another-rule]
explain: The words {condition.wanted}.
remedy: pass-external-id
sources:
  - https://docs.aws.amazon.com/
examples:
  - name: it fires
    world: cross-account
    change: {request: {parameters: {external_id: "012345670123"}}}
    then: certain
  - name: it does not
    world: cross-account
    then: silent
"""
ANOTHER = GOOD.replace("instead_of: [another-rule]\n", "")


def test_a_good_rule_is_read_as_it_stands(tmp_path: Path) -> None:
    _write(tmp_path, GOOD)
    another, rule = read_rules([tmp_path], REMEDIES)
    assert (another.id, another.general) == ("another-rule", True)
    assert (rule.id, rule.folder, rule.general, rule.replaces) == ("some-rule", "trust", False, ("another-rule",))
    assert rule.when[0].fields == (("layer", ("trust",)), ("verdict", ("denied",)))
    assert rule.when[1].fields == (("layer", ("trust",)), ("key", ("sts:externalid",)), ("alone", (True,)))
    assert rule.remedies == ("pass-external-id",)


def test_a_rule_is_the_user_s_own_wherever_it_does_not_come_with_xdiag(tmp_path: Path) -> None:
    _write(tmp_path, GOOD)
    assert {rule.id for rule in read_rules([*rule_folders(), tmp_path], REMEDIES) if rule.own} == {
        "another-rule",
        "some-rule",
    }


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "hint"),
    [
        pytest.param("title:", "titel:", 1, "no field `titel`", "did you mean `title`", id="a field misspelt"),
        pytest.param("title: A title\n", "", 1, "has no `title`", "it needs title, owner", id="a field missing"),
        pytest.param("owner: destination", "owner: dest", 2, "`owner` is `dest`", "destination", id="no such owner"),
        pytest.param("- layer:", "- layr:", 4, "there is no fact `layr`", "did you mean `layer`", id="a fact misspelt"),
        pytest.param(
            "verdict: denied", "verdit: denied", 4, "`layer` has no field `verdit`", "`verdict`", id="a field of a fact"
        ),
        pytest.param(
            "verdict: denied", "verdict: [denid]", 4, "`verdict` is `denid`", "mean `denied`", id="a value misspelt"
        ),
        pytest.param("alone: true", "alone: yes", 5, "`alone` is `yes`", "true, false", id="a flag that is no flag"),
        pytest.param("verdict: denied", "verdict: []", 4, "not a list", "something in it", id="no value at all"),
        pytest.param("alone: true", "alone: {a: b}", 5, "`alone` is not a list", "list", id="a mapping for a value"),
        pytest.param("alone: true", "key: aws:x", 5, "has `key` twice", "", id="a field twice"),
        pytest.param("  - layer: {", "  - match: {match: any}\n    layer: {", 4, "names one fact", "", id="two facts"),
        pytest.param("another-rule", "another-rul", 6, "no rule `another-rul`", "`another-rule`", id="an unknown rule"),
        pytest.param(
            "{condition.wanted}", "{condition.wanter}", 7, "the gap `{condition.wanter}`", "wanted", id="a gap misspelt"
        ),
        pytest.param("{condition.wanted}", "{action.wanted}", 7, "nothing fills", "", id="a gap of a fact not named"),
        pytest.param("pass-external-id", "pass-external", 8, "`remedy` is `pass-external`", "-id`", id="a remedy"),
        pytest.param("- https://docs", "- docs", 10, "is not a page", "https://", id="a source that is no address"),
        pytest.param("sources:\n  - https://docs.aws.amazon.com/\n", "", 1, "no `sources`", "", id="no source"),
        pytest.param("title: A title", "title: [A", 2, "this is not YAML", "line above", id="no YAML"),
        pytest.param(
            "explain: The", "explain: ''\nx: The", 0, "no field `x`", "expected one of", id="far from any word"
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, line: int, message: str, hint: str
) -> None:
    assert old in GOOD
    _write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(XdiagError) as error:
        read_rules([tmp_path], REMEDIES)
    assert message in error.value.message
    assert hint in error.value.hint
    if line:
        assert f"some-rule.yaml:{line}:" in error.value.message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("owner: destination", "owner: {}", id="a word of a closed list"),
        pytest.param("remedy: pass-external-id", "remedy: {}", id="a remedy"),
        pytest.param("https://docs.aws.amazon.com/", "{}", id="a page"),
        pytest.param("title: A title", "title: A title\n{}: b", id="a name"),
    ],
)
def test_a_mistake_quotes_no_more_than_the_beginning_of_a_long_text(tmp_path: Path, old: str, new: str) -> None:
    assert old in GOOD
    _write(tmp_path, GOOD.replace(old, new.format("z" * 300), 1))
    with pytest.raises(XdiagError) as error:
        read_rules([tmp_path], REMEDIES)
    assert f"`{'z' * 200}…`" in error.value.message


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        pytest.param("then: certain", "then: maybe", 15, "`then` is `maybe`", id="no such outcome"),
        pytest.param("then: certain", "then: silent", 12, "no example fires", id="nothing fires"),
        pytest.param("then: silent", "then: possible", 12, "no example leaves", id="nothing is silent"),
        pytest.param("    world: cross-account\n    change", "    change", 12, "has no `world`", id="no world"),
    ],
)
def test_a_mistake_in_an_example_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, line: int, message: str
) -> None:
    _write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(XdiagError, match=message) as error:
        load_examples([tmp_path])
    assert f"some-rule.yaml:{line}:" in error.value.message


OWN = "when: [{caller: {}}]"
TWO = "when: [{match: {match: any}}]\ninstead_of: "


@pytest.mark.parametrize(
    ("texts", "hint"),
    [
        pytest.param({"some_rule": f"title: ''\n{OWN}"}, "expected a text that is not empty", id="an empty title"),
        pytest.param({"some_rule": f"title: [a]\n{OWN}"}, "expected a text that is not empty", id="a list"),
        pytest.param({"some_rule": "when: x"}, "expected a list with something in it", id="a word for the lines"),
        pytest.param({"some_rule": "when: [x]"}, "expected `name: value`", id="a word for a line"),
        pytest.param({"some_rule": "when: [{match: {}, role: {}}]"}, "expected `- fact: {field: value}`", id="two"),
        pytest.param({"some_rule": f"owner: layer\n{OWN}"}, "expected an owner of its own", id="no layer"),
        pytest.param({"some_rule": f"sources: [x]\n{OWN}"}, "expected an address with `https://`", id="no page"),
        pytest.param({"some_rule": "title: [A"}, "look at the line above, too", id="no YAML"),
        pytest.param({"Some_rule": OWN}, "expected lower-case words and dashes, ending in `.yaml`", id="no id"),
        pytest.param(
            {"a_rule": f"{TWO}b-rule", "b_rule": f"{TWO}a-rule"},
            "the specific rule names the general one, never the other way round", id="a circle",
        ),
        pytest.param(
            {"a_rule": f"{OWN}\nformerly: old-rule", "b_rule": f"{OWN}\nformerly: old-rule"},
            "an id stands for one rule", id="two of one id",
        ),
    ],
)  # fmt: skip
def test_a_mistake_comes_with_what_was_expected(tmp_path: Path, texts: dict[str, str], hint: str) -> None:
    with pytest.raises(XdiagError) as error:
        rules(tmp_path, **texts)
    assert error.value.hint == hint


@pytest.mark.parametrize(
    ("then", "hint"),
    [
        ("silent", "show a case in which it is `certain`"),
        ("certain", "show the nearest case in which it must not speak"),
    ],
)
def test_examples_need_one_of_each_kind(tmp_path: Path, then: str, hint: str) -> None:
    _write(tmp_path, GOOD.replace("then: certain", f"then: {then}").replace("then: silent", f"then: {then}"))
    with pytest.raises(XdiagError) as error:
        load_examples([tmp_path])
    assert error.value.hint == hint


@pytest.mark.parametrize(
    ("name", "content", "message", "hint"),
    [
        ("some-rule", b"", "some-rule.yaml: the file is empty", "see rules/README.md for how to write a rule"),
        ("some-rule", b"\xff", "some-rule.yaml: this is not UTF-8", "save the file as UTF-8"),
        ("some-rule", b"#" * (2**20 + 1), "this is larger than 1 MB", "no rule is; is it the right file?"),
        ("some-rule", b"#" * 2**20, "the file is empty", "see rules/README.md for how to write a rule"),
    ],
    ids=["empty", "no text", "too large", "as large as may be"],
)  # fmt: skip
def test_a_file_that_is_none_comes_with_what_to_do(
    tmp_path: Path, name: str, content: bytes, message: str, hint: str
) -> None:
    (tmp_path / f"{name}.yaml").write_bytes(content)
    with pytest.raises(XdiagError) as error:
        read_rules([tmp_path], REMEDIES)
    assert message in error.value.message
    assert error.value.hint == hint


def test_what_is_no_file_or_no_folder_comes_with_what_was_expected(tmp_path: Path) -> None:
    (tmp_path / "some-rule.yaml").mkdir()
    with pytest.raises(XdiagError, match=r"/some-rule\.yaml: a rule is a regular file$") as error:
        read_rules([tmp_path], REMEDIES)
    assert error.value.hint == "this is a folder, a pipe, a device or a broken link"
    with pytest.raises(XdiagError) as error:
        read_rules([tmp_path / "none"], REMEDIES)
    assert error.value.hint == "expected a folder of rules, not a rule"


def test_an_account_id_stays_text(tmp_path: Path) -> None:
    _write(tmp_path, GOOD)
    example = load_examples([tmp_path])["some-rule"][0]
    assert example.change == {"request": {"parameters": {"external_id": "012345670123"}}}


def test_instead_of_passes_on(tmp_path: Path) -> None:
    first, second, third = rules(
        tmp_path,
        a_general="when: [{match: {match: any}}]",
        b_less_general="when: [{match: {match: any}}]\ninstead_of: a-general",
        c_specific="when: [{match: {match: any}}]\ninstead_of: [b-less-general]",
    )
    assert third.replaces == ("a-general", "b-less-general")
    assert (first.general, second.general, third.general) == (True, True, False)


def test_a_line_about_an_allow_speaks_of_the_nearest_statements(tmp_path: Path) -> None:
    lines = (
        "{effect: allow}",
        "{effect: allow, nearest: false}",
        "{effect: allow, nearest: any}",
        "{effect: deny}",
        "{}",
    )
    (rule,) = rules(tmp_path, some_rule=f"when: [{', '.join(f'{{condition: {line}}}' for line in lines)}]")
    assert [dict(pattern.fields).get("nearest") for pattern in rule.when] == [(True,), (False,), None, None, None]


def test_a_line_about_a_fact_that_has_no_distance_gets_none(tmp_path: Path) -> None:
    (rule,) = rules(tmp_path, some_rule="when: [{layer: {layer: trust}}]")
    assert rule.when[0].fields == (("layer", ("trust",)),)


def test_the_owner_may_be_that_of_the_layer(tmp_path: Path) -> None:
    (rule,) = rules(tmp_path, some_rule="owner: layer\nwhen: [{condition: {key: a}}, {caller: {}}]")
    assert rule.owner is None


def test_a_rule_without_a_layer_has_no_owner_of_one(tmp_path: Path) -> None:
    with pytest.raises(XdiagError, match="names a fact that has a layer"):
        rules(tmp_path, some_rule="owner: layer\nwhen: [{caller: {}}]")


def test_a_rule_without_a_layer_has_no_gap_for_one(tmp_path: Path) -> None:
    with pytest.raises(XdiagError, match=r"the gap `\{layer\}`, which nothing fills"):
        rules(tmp_path, some_rule="title: The {layer}\nwhen: [{caller: {}}]")


def test_a_rule_is_replaced_by_its_former_id_as_well(tmp_path: Path) -> None:
    general, specific = rules(
        tmp_path,
        a_general="when: [{match: {match: any}}]\nformerly: [trust-old, identity-old]",
        b_specific="when: [{match: {match: any}}]\ninstead_of: identity-old",
    )
    assert (specific.instead_of, specific.replaces) == (("a-general",), ("a-general",))
    assert (general.formerly, general.general) == (("trust-old", "identity-old"), True)
    assert [rule_by_id((general, specific), name) for name in ("a-general", "trust-old", "b-specific", "old")] == [
        general,
        general,
        specific,
        None,
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("trust-old", "trust-old", id="two rules claim it"),
        pytest.param("a-rule", "trust-older", id="it is the id of the rule itself"),
    ],
)
def test_an_id_stands_for_one_rule(tmp_path: Path, first: str, second: str) -> None:
    with pytest.raises(XdiagError, match=r"\.yaml:2: `[a-z-]+` is the id of `[a-z-]+` already"):
        rules(
            tmp_path,
            a_rule=f"when: [{{match: {{match: any}}}}]\nformerly: {first}",
            b_rule=f"when: [{{match: {{match: any}}}}]\nformerly: {second}",
        )


def test_an_id_that_a_rule_had_before_is_refused_at_the_file_that_takes_it(tmp_path: Path) -> None:
    with pytest.raises(XdiagError, match=r"/b-rule\.yaml: `b-rule` is a former id of the rule `a-rule`$") as caught:
        rules(
            tmp_path,
            a_rule="when: [{match: {match: any}}]\nformerly: b-rule",
            b_rule="when: [{match: {match: any}}]",
        )
    assert caught.value.hint.endswith("/a-rule.yaml; choose another id")


def test_a_folder_in_a_folder_is_read_once(tmp_path: Path) -> None:
    _write(tmp_path, GOOD)
    assert len(read_rules([tmp_path, tmp_path / "trust"], REMEDIES)) == 2


def test_a_circle_of_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(XdiagError, match="in a circle: a-rule -> b-rule -> a-rule"):
        rules(
            tmp_path,
            a_rule="when: [{match: {match: any}}]\ninstead_of: b-rule",
            b_rule="when: [{match: {match: any}}]\ninstead_of: a-rule",
        )


def test_patterns_of_different_layers_are_apart(tmp_path: Path) -> None:
    when = "[{layer: {layer: trust}}, {layer: {layer: [scp, rcp]}}, {condition: {key: a}}, {action: {layer: rcp}}]"
    (rule,) = rules(tmp_path, some_rule=f"when: {when}")
    assert rule.across_layers == ((0, 1), (0, 3))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("trust/some_rule.yaml", "file name is its id", id="underscores"),
        pytest.param("trust/some-rule.yml", "file name is its id", id="another ending"),
        pytest.param("trust/rule.yaml", "file name is its id", id="one word says not where"),
        pytest.param("identity/another-rule.yaml", "there is a rule `another-rule` already", id="an id twice"),
    ],
)
def test_a_bad_id_is_refused(tmp_path: Path, name: str, message: str) -> None:
    _write(tmp_path, GOOD)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(ANOTHER)
    with pytest.raises(XdiagError, match=message):
        read_rules([tmp_path], REMEDIES)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(XdiagError, match="there is no folder of rules"):
        read_rules([tmp_path / "none"], REMEDIES)


@pytest.mark.parametrize(
    ("content", "message"),
    [pytest.param(b"", "the file is empty", id="empty"), pytest.param(b"\xff", "not UTF-8", id="other bytes")],
)
def test_a_file_without_a_rule_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "some-rule.yaml").write_bytes(content)
    with pytest.raises(XdiagError, match=message):
        read_rules([tmp_path], REMEDIES)


def _write(folder: Path, text: str) -> None:
    (folder / "trust").mkdir()
    (folder / "trust" / "some-rule.yaml").write_text(text)
    (folder / "trust" / "another-rule.yaml").write_text(ANOTHER)
