"""The types of a cause in published JSON, with its places, and of a fix. What holds for them, `json_v1` says."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, field

from diagnose.model.diagnosis import Certainty, NotProved, Owner, Proof
from diagnose.model.policy import PolicyKind
from diagnose.model.trace import Action, Gate, Layer
from diagnose.report.json_words import listed, yes_or_no


class PublishedPlace(Struct, frozen=True, kw_only=True):
    """A place in a policy."""

    layer: Annotated[str, listed(Layer, "The layer that the policy belongs to.")]
    level: Annotated[str, Meta(description="For an SCP or RCP, where in the organization it is attached.")]
    policy_name: Annotated[str, Meta(description="The name of the policy.")]
    policy_arn: Annotated[str, Meta(description="The ARN of the policy, if it has one.")]
    policy_kind: Annotated[str, listed(PolicyKind, "How the policy is stored.")]
    attached_to: Annotated[
        str, Meta(description="What it is attached to, where that is not the principal itself: `group devs`.")
    ]
    statement: Annotated[int | None, Meta(description="The number of the statement, from 1; null for none.")]
    sid: Annotated[str, Meta(description="The statement's Sid.")]
    pointer: Annotated[str, Meta(description="The JSON pointer (RFC 6901) of the value in the document.")]
    line: Annotated[int, Meta(description="The line of the value, from 1, in the policy printed with an indent of 2.")]
    column: Annotated[int, Meta(description="The column of the value in that line, from 1.")]
    file: Annotated[
        str, Meta(description="The file that the policy came from, as it was named; empty where it is in none.")
    ]
    file_line: Annotated[int, Meta(description="The line of the value in that file, from 1; 0 without a file.")]
    file_column: Annotated[int, Meta(description="The column of the value in that line, from 1; 0 without a file.")]
    text: Annotated[str, Meta(description="The lines of the value in the policy printed so.")]
    label: Annotated[str, Meta(description="What was compared with what there.")]
    primary: Annotated[bool, Meta(description="False for a place that only helps to understand.")]


class PublishedCommand(Struct, frozen=True, kw_only=True):
    """Text ready to paste for one tool."""

    tool: Annotated[str, Meta(description="The tool: `aws-cli`, `terraform`, `cloudformation`; more may be added.")]
    text: Annotated[str, Meta(description="What to paste. xdiag never runs it.")]


class PublishedEdit(Struct, frozen=True, kw_only=True):
    """One operation of a JSON patch (RFC 6902)."""

    op: Annotated[str, Meta(description="What it does: `add`, `remove`, `replace`, `move`, `copy` or `test`.")]
    path: Annotated[str, Meta(description="The JSON pointer (RFC 6901) of the value that it is about.")]
    from_: Annotated[str | UnsetType, Meta(description="Where a value is moved or copied from.")] = field(
        default=UNSET, name="from"
    )
    value: Annotated[Any, Meta(description="The new value; absent where none is written.")] = UNSET


class PublishedFix(Struct, frozen=True, kw_only=True):
    """A fix: one change that removes a cause, or a question that has to be asked first."""

    number: Annotated[int, Meta(description="The number by which causes and the plan name it, from 1.")]
    rules: Annotated[list[str], Meta(description="The rules of all causes and gaps that it is a fix of.")]
    kind: Annotated[str, Meta(description="What kind of change it is; more kinds may be added.")]
    owner: Annotated[str, listed(Owner, "Who can carry it out.")]
    text: Annotated[str, Meta(description="Who does what, in words.")]
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
    admits_nobody_else: Annotated[str, yes_or_no("Whether the change lets in nobody else.", "")]
    policy_name: Annotated[str, Meta(description="The policy that it edits.")]
    document: Annotated[
        dict[str, Any] | None, Meta(description="The whole policy after the edit; null where it edits none.")
    ]
    patch: Annotated[list[PublishedEdit], Meta(description="The same edit as a JSON patch (RFC 6902).")]
    flags: Annotated[list[str], Meta(description="Flags of xdiag with which the request is the changed one.")]
    commands: Annotated[list[PublishedCommand], Meta(description="Text ready to paste, for each tool.")]
    handover: Annotated[
        str, Meta(description="A message to the owner, where that is somebody else than who makes the request.")
    ]


class PublishedRefusal(Struct, frozen=True, kw_only=True):
    """A kind of fix that was looked for, and of which none was proved."""

    kind: Annotated[str, Meta(description="The kind of fix.")]
    reason: Annotated[str, listed(NotProved, "Why none was proved.")]
    text: Annotated[str, Meta(description="The same in words.")]


class PublishedCause(Struct, frozen=True, kw_only=True):
    """What a rule says: what stands in the way, or what was not read; where, who can act, and how."""

    rule: Annotated[str, Meta(description="The id of the rule; `xdiag explain` tells more about it.")]
    rule_url: Annotated[str, Meta(description="The address of the rule's page; empty where none is known (`--pages`).")]
    formerly: Annotated[
        list[str],
        Meta(description="Ids under which earlier versions told it: the rule's own, or of rules merged into it."),
    ]
    title: Annotated[str, Meta(description="The cause in a sentence.")]
    certainty: Annotated[str, listed(Certainty, "Whether all of it was seen, or something of it is not known.")]
    owner: Annotated[str, listed(Owner, "Who can act; `xdiag`: whoever runs it, to read what was not read.")]
    layer: Annotated[str, listed(Layer, "The layer that it is in.", "")]
    gate: Annotated[str, listed(Gate, "The requirement that no policy expresses, where it is one.", "")]
    action: Annotated[str, listed(Action, "The action that it is about.", "")]
    explanation: Annotated[str, Meta(description="What was compared with what.")]
    unknown: Annotated[list[str], Meta(description="What would have to be known for it to be certain.")]
    places: Annotated[list[PublishedPlace], Meta(description="Where in the policies.")]
    fixes: Annotated[list[int], Meta(description="The numbers of its fixes, the best one first.")]
    refused: Annotated[
        list[PublishedRefusal], Meta(description="Kinds of fix that were looked for and could not be proved.")
    ]
    sources: Annotated[list[str], Meta(description="Pages of AWS's documentation.")]
