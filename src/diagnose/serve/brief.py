"""What a tool answers: a diagnosis in brief, out of the published one, and the whole of it where that is asked for.

An agent's context is small, so that each part has a limit, and `left_out` names what had no room. Texts come from
policies and messages of strangers: characters that do not show are escaped in every one of them.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from diagnose.model.diagnosis import Certainty, Owner, Proof, Verdict
from diagnose.model.trace import Layer
from diagnose.report.json_causes import PublishedCause, PublishedFix, PublishedPlace
from diagnose.report.json_v1 import PublishedDiagnosis, PublishedNeed
from diagnose.report.json_words import listed
from diagnose.report.safe_text import ascii_json, visible
from diagnose.serve.arguments import as_arguments

LARGEST_BRIEF, LARGEST_ANSWER = 12_000, 60_000
"""Characters of JSON: of an answer in brief, and of one with the whole diagnosis."""


class BriefPlace(Struct, frozen=True, kw_only=True):
    """A place in a policy."""

    layer: Annotated[str, listed(Layer, "The layer that the policy belongs to.")]
    policy_name: Annotated[str, Meta(description="The name of the policy.")]
    statement: Annotated[int | None, Meta(description="The number of the statement, from 1; null for none.")]
    pointer: Annotated[str, Meta(description="The JSON pointer (RFC 6901) of the value in the document.")]
    text: Annotated[str, Meta(description="The lines of the value in the policy printed with an indent of 2.")]
    label: Annotated[str, Meta(description="What was compared with what there.")]


class BriefCause(Struct, frozen=True, kw_only=True):
    """What stands in the way."""

    rule: Annotated[str, Meta(description="The id of the rule; `explain_rule` tells more about it.")]
    title: Annotated[str, Meta(description="The cause in a sentence.")]
    certainty: Annotated[str, listed(Certainty, "Whether all of it was seen, or something of it is not known.")]
    owner: Annotated[str, listed(Owner, "Who can act; `xdiag`: whoever runs the server, to read what was not read.")]
    explanation: Annotated[str, Meta(description="What was compared with what.")]
    unknown: Annotated[list[str], Meta(description="What would have to be known for it to be certain.")]
    places: Annotated[list[BriefPlace], Meta(description="Where in the policies.")]
    fixes: Annotated[list[int], Meta(description="The numbers of its fixes, the best one first.")]


class BriefFix(Struct, frozen=True, kw_only=True):
    """A fix. The server changes nothing: whoever may do so runs the command, after somebody has agreed."""

    number: Annotated[int, Meta(description="The number by which causes and the plan name it.")]
    owner: Annotated[str, listed(Owner, "Who can make the change.")]
    text: Annotated[str, Meta(description="The change in a sentence.")]
    proof: Annotated[
        str,
        listed(
            Proof,
            "What deciding the edited case again has shown: with it alone the request is `allowed`; it `clears` the "
            "cause, but what `remaining` names still blocks; or it is nothing that can be tried.",
        ),
    ]
    proof_text: Annotated[str, Meta(description="The same in words.")]
    remaining: Annotated[list[str], Meta(description="What still stands in the way after it, or may.")]
    arguments: Annotated[
        dict[str, Any], Meta(description="Arguments with which the request is the changed one, to be added to a call.")
    ]
    command: Annotated[str, Meta(description="The change for the AWS CLI, ready to paste; empty where there is none.")]
    handover: Annotated[
        str,
        Meta(
            description="A message to the owner, where that is not the caller; empty beside a command, which says all."
        ),
    ]


class AgentAnswer(Struct, frozen=True, kw_only=True, tag_field="schema", tag="xdiag.answer/1"):
    """An answer in brief. Lists hold the first ones; `left_out` names what had no room."""

    verdict: Annotated[
        str, listed(Verdict, "AWS's answer where it was asked or has refused the request, else what was computed.")
    ]
    verdict_before: Annotated[str, listed(Verdict, "Of `what_if`: the verdict without what is proposed.", "")]
    cause: Annotated[
        str, Meta(description="The first cause in a sentence; empty where nothing read stands in the way.")
    ]
    source_arn: Annotated[str, Meta(description="Who makes the request.")]
    dest_role_arn: Annotated[str, Meta(description="The role to assume.")]
    operation: Annotated[str, Meta(description="The operation of STS that is asked about.")]
    aws_error_kind: Annotated[str, Meta(description="What AWS's error is about, where one was given.")]
    fix_proved: Annotated[bool, Meta(description="Whether one single change was proved to make the request allowed.")]
    causes: Annotated[list[BriefCause], Meta(description="What stands in the way, the likeliest cause first.")]
    fixes: Annotated[list[BriefFix], Meta(description="The fixes that these causes and the plan name.")]
    plan: Annotated[
        list[int],
        Meta(description="Fixes that together lead to an allowed request, in their order, where none alone does."),
    ]
    still_needed: Annotated[
        list[PublishedNeed],
        Meta(description="What would settle an undetermined answer, the most decisive first."),
    ]
    notes: Annotated[list[str], Meta(description="What was presumed of the question.")]
    left_out: Annotated[list[str], Meta(description="What had no room here.")]
    diagnosis: Annotated[
        dict[str, Any] | None,
        Meta(
            description="With `detail: full` the whole of it, `xdiag.diagnosis/1`, whose schema is the resource "
            "`xdiag://schemas/diagnosis`."
        ),
    ] = None


def brief_answer(document: PublishedDiagnosis, note: str, *, before: str = "") -> AgentAnswer:
    """Give the first causes and fixes of a diagnosis, within `LARGEST_BRIEF`. `note` says what was presumed."""
    answers = (_answer_within(room, document, note, before) for room in _ROOMS)
    *_, answer = _until_small(answers)
    return answer


def full_answer(answer: AgentAnswer, document: PublishedDiagnosis) -> AgentAnswer:
    """Add the whole diagnosis, within `LARGEST_ANSWER`; lists that have no room are empty, and named."""
    whole, hidden = _printable(document)
    left_out = [*answer.left_out, *hidden]
    without_lists = replace(whole, **{name: [] for name in _LEAST_FIRST})
    size = characters(replace(answer, diagnosis=msgspec.to_builtins(without_lists), left_out=left_out))
    sizes = {name: _size(getattr(whole, name)) for name in _LEAST_FIRST}
    for name in _LEAST_FIRST:
        if size + sum(sizes.values()) + _ROOM_FOR_NAMES <= LARGEST_ANSWER:
            return replace(answer, diagnosis=msgspec.to_builtins(whole), left_out=left_out)
        if getattr(whole, name):
            whole = replace(whole, **{name: []})
            left_out = [*left_out, f"all {name} of the diagnosis"]
        sizes[name] = 0
    if size + _ROOM_FOR_NAMES <= LARGEST_ANSWER:
        return replace(answer, diagnosis=msgspec.to_builtins(whole), left_out=left_out)
    return replace(answer, left_out=[*answer.left_out, "the diagnosis: it has no room in an answer"])


def all_visible(value: Any) -> Any:
    """Escape what does not show in every text of JSON values, their names included. Lines stay lines."""
    match value:
        case str():
            return "\n".join(map(visible, value.split("\n")))
        case list():
            return [all_visible(one) for one in value]
        case dict():
            return {visible(name): all_visible(one) for name, one in value.items()}
    return value


def written(answer: Struct) -> Any:
    """Give an answer as values of JSON, fit for whoever reads it."""
    return all_visible(msgspec.to_builtins(answer))


def characters(answer: Struct) -> int:
    """Count the characters of an answer's JSON."""
    return len(ascii_json(written(answer)))


class _Room(Struct, frozen=True):
    """How much of each kind there may be, and how many characters of a text and of a command."""

    causes: int
    fixes: int
    needs: int
    places: int
    items: int
    text: int
    command: int

    def cut(self, text: str) -> str:
        return text if len(text) <= self.text else f"{text[: self.text]}..."

    def cut_all(self, texts: Sequence[str]) -> list[str]:
        more = [f"{len(texts) - self.items} more"] if len(texts) > self.items else []
        return [*map(self.cut, texts[: self.items]), *more]


_ROOMS = (
    _Room(causes=3, fixes=4, needs=5, places=2, items=6, text=1200, command=4000),
    _Room(causes=3, fixes=3, needs=5, places=1, items=4, text=600, command=2000),
    _Room(causes=2, fixes=2, needs=3, places=1, items=3, text=300, command=1500),
    _Room(causes=1, fixes=1, needs=2, places=1, items=2, text=120, command=0),
    _Room(causes=1, fixes=1, needs=1, places=0, items=1, text=30, command=0),
)
"""From the usual one to one in which any diagnosis fits, of whatever characters."""

_LEAST_FIRST = ("doubts", "gaps", "problems", "notes", "layers", "gates", "unread", "fixes", "causes")
"""The lists of a diagnosis in the order in which they give way."""


_ROOM_FOR_NAMES = 1000
"""Characters that the names of all lists take where they are left out."""


def _size(values: Sequence[Struct]) -> int:
    """Count the characters of a list's JSON; of one that has no room, it is enough that it has none."""
    encoded = msgspec.json.encode(values)
    if len(encoded) > LARGEST_ANSWER:
        return len(encoded)
    return len(ascii_json(all_visible(msgspec.to_builtins(values))))


def _until_small(answers: Iterator[AgentAnswer]) -> Iterator[AgentAnswer]:
    for answer in answers:
        yield answer
        if characters(answer) <= LARGEST_BRIEF:
            return


def _answer_within(room: _Room, document: PublishedDiagnosis, note: str, before: str) -> AgentAnswer:
    causes = document.causes[: room.causes]
    # Where nothing that was read stands in the way, what was not read is what there is to act on.
    numbers = [*document.plan, *(number for cause in causes or document.unread[:1] for number in cause.fixes[:2])]
    fixes = [document.fixes[number - 1] for number in dict.fromkeys(numbers)][: room.fixes]
    shown = {fix.number for fix in fixes}
    counted = (
        ("causes", document.causes_certain + document.causes_possible, len(causes)),
        ("fixes", len(document.fixes), len(fixes)),
        ("things still needed", len(document.still_needed), room.needs),
    )
    told = [_fix(fix, room) for fix in fixes]
    too_long = [fix.number for fix, one in zip(fixes, told, strict=True) if not one.command and _command(fix)]
    return AgentAnswer(
        verdict=document.verdict,
        verdict_before=before,
        cause=room.cut(document.primary_cause_title),
        source_arn=room.cut(document.source_arn),
        dest_role_arn=room.cut(document.dest_role_arn),
        operation=document.operation,
        aws_error_kind=document.aws_error_kind,
        fix_proved=document.fix_proved,
        causes=[_cause(cause, shown, room) for cause in causes],
        fixes=told,
        plan=list(document.plan) if shown.issuperset(document.plan) else [],
        still_needed=[
            PublishedNeed(what=room.cut(need.what), how=room.cut(need.how), flags=room.cut_all(need.flags))
            for need in document.still_needed[: room.needs]
        ],
        notes=[room.cut(note)] if note else [],
        left_out=[
            *(f"{every - shown} of {every} {name}" for name, every, shown in counted if every > shown),
            *(f"the command of fix {number}" for number in too_long),
            *(["the plan"] if not shown.issuperset(document.plan) else []),
        ],
    )


def _cause(cause: PublishedCause, shown: set[int], room: _Room) -> BriefCause:
    places = [place for place in cause.places if place.primary] or cause.places
    return BriefCause(
        rule=room.cut(cause.rule),
        title=room.cut(cause.title),
        certainty=cause.certainty,
        owner=cause.owner,
        explanation=room.cut(cause.explanation),
        unknown=room.cut_all(cause.unknown),
        places=[_place(place, room) for place in places[: room.places]],
        fixes=[number for number in cause.fixes if number in shown],
    )


def _place(place: PublishedPlace, room: _Room) -> BriefPlace:
    return BriefPlace(
        layer=place.layer,
        policy_name=room.cut(place.policy_name),
        statement=place.statement,
        pointer=room.cut(place.pointer),
        text=room.cut(place.text),
        label=room.cut(place.label),
    )


def _fix(fix: PublishedFix, room: _Room) -> BriefFix:
    command = _command(fix)
    return BriefFix(
        number=fix.number,
        owner=fix.owner,
        text=room.cut(fix.text),
        proof=fix.proof,
        proof_text=room.cut(fix.proof_text),
        remaining=room.cut_all(fix.remaining),
        arguments=as_arguments(fix.flags) if sum(map(len, fix.flags)) <= room.text else {},
        # A command is whole, or it is not there.
        command=command if len(command) <= room.command else "",
        handover="" if command else room.cut(fix.handover),
    )


def _command(fix: PublishedFix) -> str:
    return next((one.text for one in fix.commands if one.tool == "aws-cli"), "")


def _printable(document: PublishedDiagnosis) -> tuple[PublishedDiagnosis, Sequence[str]]:
    """Leave out policies that hold what does not show: escaped they would be others, and as they are they deceive."""
    fixes, hidden = [], []
    for fix in document.fixes:
        values = msgspec.to_builtins((fix.document, fix.patch))
        if all_visible(list(values)) == list(values):
            fixes.append(fix)
        else:
            fixes.append(replace(fix, document=None, patch=[]))
            hidden.append(f"the document of fix {fix.number}, which holds characters that do not show")
    return replace(document, fixes=fixes), hidden
