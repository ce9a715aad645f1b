"""Rule files to rules: read, checked against the vocabulary, and knit together."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from diagnose.causes.all_facts import FACTS
from diagnose.causes.rule import Example, Pattern, Rule, Value
from diagnose.causes.rule_folders import files_of_rules, rule_folders
from diagnose.causes.rule_yaml import Entry, read_yaml
from diagnose.causes.sentences import gaps_for, gaps_in, of_layers
from diagnose.causes.vocabulary import WITHOUT_CASE, fields_of, near
from diagnose.errors import XdiagError
from diagnose.model.diagnosis import Owner
from diagnose.model.trace import Effect

REQUIRED_FIELDS = ("title", "owner", "when", "explain", "remedy", "sources", "examples")
OPTIONAL_FIELDS = ("instead_of", "formerly")
LAYER_OWNER = "layer"
"""The owner of a rule about a cause that many layers may hold: whoever owns the layer."""
ANY_DISTANCE = "any"
OUTCOMES = ("certain", "possible", "silent")


def read_rules(folders: Sequence[Path], remedy_kinds: frozenset[str]) -> tuple[Rule, ...]:
    """Read the rules of some folders and of the folders in them, in the order of their ids.

    Raises XdiagError, naming file and line, at the first thing that is wrong.
    """
    return _knit({path: _read_rule(path, remedy_kinds) for path in rule_files(folders)})


def load_examples(folders: Sequence[Path]) -> Mapping[str, tuple[Example, ...]]:
    """Read the examples of every rule, by rule id. Raises XdiagError as `read_rules` does."""
    return {path.stem: _examples(path) for path in rule_files(folders)}


def rule_files(folders: Sequence[Path]) -> tuple[Path, ...]:
    """List the rule files of some folders by id.

    Raises XdiagError for a bad id, an id of two files, and what is not a regular file: a pipe may never end.
    """
    by_id: dict[str, Path] = {}
    for folder in folders:
        if not os.path.isdir(folder):
            raise XdiagError(
                f"there is no folder of rules at `{folder}`", hint="expected a folder of rules, not a rule"
            )
        for path in map(Path, sorted(files_of_rules(folder))):
            name = path.stem
            if path.suffix == ".yml" or not _ID.fullmatch(name):
                raise XdiagError(
                    f"{path}: a rule's file name is its id",
                    hint="expected lower-case words and dashes, ending in `.yaml`",
                )
            if not os.path.isfile(path):
                raise XdiagError(
                    f"{path}: a rule is a regular file", hint="this is a folder, a pipe, a device or a broken link"
                )
            if name in by_id and path.samefile(by_id[name]):
                continue
            if name in by_id:
                raise XdiagError(
                    f"{path}: there is a rule `{name}` already",
                    hint=f"it is in {by_id[name]}; choose another id",
                )
            by_id[name] = path
    return tuple(by_id[name] for name in sorted(by_id))


_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


def _read_rule(path: Path, remedy_kinds: frozenset[str]) -> tuple[Rule, Mapping[str, Entry]]:
    entries = read_yaml(path).fields(REQUIRED_FIELDS, OPTIONAL_FIELDS)
    when = tuple(_pattern(entry) for entry in entries["when"].several())
    remedies = tuple(entry.word(sorted(remedy_kinds)) for entry in entries["remedy"].one_or_more())
    sources = tuple(_source(entry) for entry in entries["sources"].several())
    entries["examples"].several()
    for name in ("title", "explain"):
        _check_gaps(entries[name], when)
    rule = Rule(
        id=path.stem,
        folder=path.parent.name,
        title=entries["title"].text(),
        owner=_owner(entries["owner"], when),
        when=when,
        explain=entries["explain"].text(),
        remedies=remedies,
        sources=sources,
        instead_of=tuple(entry.text() for entry in _optional(entries, "instead_of")),
        formerly=tuple(entry.text() for entry in _optional(entries, "formerly")),
        across_layers=_across_layers(when),
        own=not any(path.is_relative_to(folder) for folder in rule_folders()),
        notes=tuple(_notes(when)),
    )
    return rule, entries


_FORMER_REASONS = {"service_caller": "no request has it any more, so take it out of `reason`"}
"""Reasons that rules could name and that nothing gives any more, and what to do about them."""


def _notes(when: tuple[Pattern, ...]) -> Iterator[str]:
    for pattern in when:
        for reason in dict(pattern.fields).get("reason", ()):
            if isinstance(reason, str) and reason in _FORMER_REASONS:
                yield f"`{reason}` is a reason of before: {_FORMER_REASONS[reason]}"


def _optional(entries: Mapping[str, Entry], name: str) -> list[Entry]:
    return entries[name].one_or_more() if name in entries else []


def _owner(entry: Entry, when: tuple[Pattern, ...]) -> Owner | None:
    """Read who can fix the cause; None is the owner of the layer that it is found in."""
    word = entry.word([*(owner.value for owner in Owner), LAYER_OWNER])
    if word != LAYER_OWNER:
        return Owner(word)
    if not of_layers(when):
        raise entry.wrong("no line of `when` names a fact that has a layer", hint="expected an owner of its own")
    return None


def _pattern(entry: Entry) -> Pattern:
    """Read `fact: {field: value or list of values}`.

    A line about an Allow speaks of the nearest statements, unless it says `nearest: any`.
    """
    named = entry.mapping()
    if len(named) != 1:
        raise entry.wrong("a line of `when` names one fact", hint="expected `- fact: {field: value}`")
    [(fact, body)] = named.items()
    if fact not in FACTS:
        raise entry.wrong(f"there is no fact `{fact}`", hint=near(fact, list(FACTS)))
    body.what = f"the fact `{fact}`"
    known = fields_of(fact)
    given = body.fields((), tuple(known))
    any_distance = "nearest" in given and given["nearest"].node.value == ANY_DISTANCE
    fields = {
        name: _values(value, name, known[name].values)
        for name, value in given.items()
        if not (name == "nearest" and any_distance)
    }
    if "nearest" in known and not any_distance and fields.get("effect") == (Effect.ALLOW.value,):
        fields.setdefault("nearest", (True,))
    return Pattern(fact, tuple(fields.items()))


def _values(entry: Entry, name: str, words: tuple[str, ...]) -> tuple[Value, ...]:
    """Read the values of which any will do, each as the facts hold it."""
    if name == "reason":
        words = (*words, *_FORMER_REASONS)
    texts = [each.word(words) if words else each.scalar() for each in entry.one_or_more()]
    if words == ("true", "false"):
        return tuple(text == "true" for text in texts)
    return tuple(text.lower() if name in WITHOUT_CASE else text for text in texts)


def _source(entry: Entry) -> str:
    if not entry.text().startswith("https://"):
        raise entry.wrong(f"the source `{entry.text()}` is not a page", hint="expected an address with `https://`")
    return entry.text()


def _check_gaps(entry: Entry, when: tuple[Pattern, ...]) -> None:
    known = gaps_for(when)
    for gap in gaps_in(entry.text()):
        if gap not in known and gap != "statement":
            raise entry.wrong(f"{entry.what} has the gap `{{{gap}}}`, which nothing fills", hint=near(gap, known))


def _across_layers(when: tuple[Pattern, ...]) -> tuple[tuple[int, int], ...]:
    """Find the patterns that name different layers."""
    layers = [set(dict(pattern.fields).get("layer", ())) for pattern in when]
    return tuple(
        (one, other)
        for one in range(len(when))
        for other in range(one + 1, len(when))
        if layers[one] and layers[other] and not layers[one] & layers[other]
    )


def _knit(read: Mapping[Path, tuple[Rule, Mapping[str, Entry]]]) -> tuple[Rule, ...]:
    """Follow `instead_of` through all rules. Raises XdiagError for an unknown rule, a circle, or an id of two rules."""
    entries = {rule.id: fields for rule, fields in read.values()}
    now = _ids(read)
    rules = {
        rule.id: replace(rule, instead_of=tuple(now.get(other, other) for other in rule.instead_of))
        for rule, _ in read.values()
    }

    def replaced(name: str, way: tuple[str, ...]) -> frozenset[str]:
        ids: frozenset[str] = frozenset()
        for number, other in enumerate(rules[name].instead_of):
            entry = entries[name]["instead_of"].one_or_more()[number]
            if other not in rules:
                raise entry.wrong(f"there is no rule `{other}`", hint=near(other, sorted(rules)))
            if other in (*way, name):
                raise entry.wrong(
                    f"`instead_of` goes round in a circle: {' -> '.join((*way, name, other))}",
                    hint="the specific rule names the general one, never the other way round",
                )
            ids |= {other} | replaced(other, (*way, name))
        return ids

    replaces = {name: replaced(name, ()) for name in rules}
    general = frozenset[str]().union(*replaces.values())
    return tuple(
        replace(rule, replaces=tuple(sorted(replaces[name])), general=name in general) for name, rule in rules.items()
    )


def _ids(read: Mapping[Path, tuple[Rule, Mapping[str, Entry]]]) -> Mapping[str, str]:
    """Give the id of today for every id of today and of before. Raises XdiagError for one that stands for two rules."""
    now = {rule.id: rule.id for rule, _ in read.values()}
    files = {rule.id: path for path, (rule, _) in read.items()}
    for rule, entries in read.values():
        for former, entry in zip(rule.formerly, _optional(entries, "formerly"), strict=True):
            if former in files and former != rule.id:
                raise XdiagError(
                    f"{files[former]}: `{former}` is a former id of the rule `{rule.id}`",
                    hint=f"it is in {files[rule.id]}; choose another id",
                )
            if former in now:
                raise entry.wrong(f"`{former}` is the id of `{now[former]}` already", hint="an id stands for one rule")
            now[former] = rule.id
    return now


def _examples(path: Path) -> tuple[Example, ...]:
    listed = read_yaml(path).fields(REQUIRED_FIELDS, OPTIONAL_FIELDS)["examples"]
    examples = []
    for entry in listed.several():
        entry.what = "the example"
        given = entry.fields(("name", "world", "then"), ("change", "also"))
        examples.append(
            Example(
                name=given["name"].text(),
                world=given["world"].text(),
                change=given["change"].typed() if "change" in given else {},
                then=given["then"].word(OUTCOMES),
                also=tuple(each.text() for each in _optional(given, "also")),
            )
        )
    outcomes = {example.then for example in examples}
    if outcomes <= {"silent"}:
        raise listed.wrong("no example fires the rule", hint="show a case in which it is `certain`")
    if "silent" not in outcomes:
        raise listed.wrong("no example leaves the rule silent", hint="show the nearest case in which it must not speak")
    return tuple(examples)
