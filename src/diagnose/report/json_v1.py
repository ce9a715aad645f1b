"""The types of `xdiag.diagnosis/1`: the published schema is made of them. Causes and fixes are in `json_causes`.

INVARIANT: others rely on the names, the values and the meaning of these fields. Within version 1 a field may be
added; none is renamed, removed, or given another meaning, and no value is added to those that are listed. Text that
does not apply is "", a list is empty. Null is only a number or an object that is not there.
"""

from typing import Annotated

from msgspec import Meta, Struct

from diagnose.model.case import ProbeOutcome
from diagnose.model.diagnosis import Agreement, Certainty, Owner, Verdict
from diagnose.model.evidence import Gap
from diagnose.model.operation import Operation
from diagnose.model.trace import Action, DoubtKind, Gate, Layer
from diagnose.report.json_authorization import PublishedAuthorization
from diagnose.report.json_causes import PublishedCause, PublishedFix, PublishedPlace
from diagnose.report.json_words import Visibility, listed, yes_or_no


class Flat(Struct, frozen=True, kw_only=True):
    """What a dashboard needs: one value a field."""

    tool_version: Annotated[str, Meta(description="The version of xdiag that wrote this.")]
    verdict: Annotated[
        str, listed(Verdict, "AWS's answer where it was asked or has refused the request, else what was computed.")
    ]
    computed: Annotated[str, listed(Verdict, "What the evidence alone comes to.")]
    operation: Annotated[str, listed(Operation, "The operation of STS that is asked about.")]
    primary_cause: Annotated[
        str,
        Meta(
            description="The rule of the first cause, or `no-rule-explains-it` or `aws-answered-otherwise`. Empty "
            "where nothing that was read stands in the way."
        ),
    ]
    primary_cause_title: Annotated[str, Meta(description="The first cause in a sentence.")]
    primary_gap: Annotated[
        str, Meta(description="The rule of the first thing in `unread`: what was not read and may decide the answer.")
    ]
    primary_gap_title: Annotated[str, Meta(description="The first gap in a sentence.")]
    layer: Annotated[str, listed(Layer, "The layer that the first cause is in, or that the first gap is about.", "")]
    gate: Annotated[str, listed(Gate, "The requirement that no policy expresses, where the first cause is one.", "")]
    action: Annotated[str, listed(Action, "The action that the first cause, or the first gap, is about.", "")]
    certainty: Annotated[str, listed(Certainty, "How sure the first cause is.", "")]
    owner: Annotated[str, listed(Owner, "Who can fix the first cause; `xdiag`: whoever runs it, to read more.", "")]
    source_arn: Annotated[str, Meta(description="Who makes the request, as it was given.")]
    source_arn_read: Annotated[
        str, Meta(description="The same as IAM has it, with its path; it counts where the two differ.")
    ]
    source_account: Annotated[str, Meta(description="The account of the source; empty where it has none.")]
    dest_role_arn: Annotated[str, Meta(description="The role to assume.")]
    dest_account: Annotated[str, Meta(description="The account of the role.")]
    same_account: Annotated[bool, Meta(description="Whether both are in one account.")]
    visibility_source: Annotated[Visibility, Meta(description="How much of the source's side was read.")]
    visibility_destination: Annotated[Visibility, Meta(description="How much of the role's side was read.")]
    probe: Annotated[str, listed(ProbeOutcome, "What came of the live attempt.")]
    agreement: Annotated[str, listed(Agreement, "Whether the live attempt came out as computed.")]
    aws_refused: Annotated[
        bool,
        Meta(
            description="Whether AWS refused this very request: in the message that came with the case, or in answer "
            "to the live attempt. What AWS refused and the policies allow is `denied`."
        ),
    ]
    aws_error_kind: Annotated[
        str, Meta(description="What AWS's error is about, such as `not_authorized`; more kinds may be added.")
    ]
    aws_error_code: Annotated[str, Meta(description="The code of AWS's error, such as `AccessDenied`.")]
    blockers: Annotated[int, Meta(description="How many things stand in the way, each by itself.")]
    causes_certain: Annotated[int, Meta(description="How many causes are certain.")]
    causes_possible: Annotated[int, Meta(description="How many causes are possible.")]
    causes_left_out: Annotated[
        int, Meta(description="How many of them `causes` has no room for: further places of rules that it names.")
    ]
    problems_left_out: Annotated[int, Meta(description="How many more such places than `problems` lists there are.")]
    policies_not_tried: Annotated[
        int,
        Meta(
            description="How many policies, and versions of them, do not count now and were too many to try each: "
            "some may allow the request."
        ),
    ]
    still_needed_count: Annotated[int, Meta(description="How many things `still_needed` lists.")]
    fix_proved: Annotated[bool, Meta(description="Whether one single change was proved to make the request allowed.")]
    taken_at: Annotated[str, Meta(description="When the evidence was read, ISO 8601 in UTC; empty where unknown.")]


class PublishedNeed(Struct, frozen=True, kw_only=True):
    """One thing that would settle an undetermined answer, or a part of it."""

    what: Annotated[str, Meta(description="What to find out.")]
    how: Annotated[str, Meta(description="How to find it out.")]
    flags: Annotated[list[str], Meta(description="Flags of xdiag that read it; none where somebody has to be asked.")]


class PublishedBlocker(Struct, frozen=True, kw_only=True):
    """One thing that by itself keeps the request from being allowed: a layer for an action, or a gate."""

    action: Annotated[str, listed(Action, "The action, where a layer blocks it.", "")]
    layer: Annotated[str, listed(Layer, "The layer, if it is one.", "")]
    gate: Annotated[str, listed(Gate, "The requirement that no policy expresses, if it is one.", "")]
    explicit: Annotated[bool, Meta(description="Whether a Deny applies; otherwise nothing allows it.")]


class PublishedLayer(Struct, frozen=True, kw_only=True):
    """One layer for one action."""

    action: Annotated[str, listed(Action, "The action.")]
    layer: Annotated[str, listed(Layer, "The layer.")]
    applies: Annotated[bool, Meta(description="Whether this layer counts for the request at all.")]
    verdict: Annotated[str, listed(Verdict, "Whether the layer lets the request pass.")]
    explicit_deny: Annotated[str, yes_or_no("Whether a Deny of it applies.")]
    needed: Annotated[str, yes_or_no("Whether it has to allow the request; with `no`, only a Deny of it counts.")]
    answer: Annotated[str, Meta(description="The same in a few words for people.")]


class PublishedGate(Struct, frozen=True, kw_only=True):
    """A requirement that no policy expresses."""

    gate: Annotated[str, listed(Gate, "The requirement.")]
    verdict: Annotated[str, listed(Verdict, "Whether it lets the request pass.")]
    reason: Annotated[str, Meta(description="A code that says why; more codes may be added.")]
    wanted: Annotated[str, Meta(description="What AWS asks for.")]
    got: Annotated[str, Meta(description="What there is.")]


class PublishedDoubt(Struct, frozen=True, kw_only=True):
    """Something unknown: with which values the request would be allowed, and with which denied."""

    kind: Annotated[str, listed(DoubtKind, "What kind of thing is unknown.")]
    subject: Annotated[str, Meta(description="What is unknown: the name of a key, a layer, a gate, an action.")]
    matters: Annotated[str, yes_or_no("Whether the answer depends on it.")]
    allows: Annotated[list[str], Meta(description="Values with which the request would be allowed.")]
    denies: Annotated[list[str], Meta(description="Values with which it would be denied.")]
    text: Annotated[str, Meta(description="The same in words.")]


class PublishedGap(Struct, frozen=True, kw_only=True):
    """A piece of evidence that was not read."""

    subject: Annotated[str, Meta(description="What was not read.")]
    gap: Annotated[str, listed(Gap, "Why it was not read.")]
    permission: Annotated[str, Meta(description="The IAM permission that reading it needs, if one is known.")]
    detail: Annotated[str, Meta(description="More about why, for people.")]
    cure: Annotated[str, Meta(description="What would let xdiag see it.")]


class PublishedNote(Struct, frozen=True, kw_only=True):
    """A reading of AWS's documentation that is not certain, and that the answer rests on."""

    layer: Annotated[str, listed(Layer, "The layer that it is about.")]
    text: Annotated[str, Meta(description="The reading.")]
    source: Annotated[str, Meta(description="The page of AWS's documentation.")]


class PublishedAttempt(Struct, frozen=True, kw_only=True):
    """AWS's own words."""

    caller: Annotated[str, Meta(description="Who AWS said the credentials are, to the live attempt.")]
    code: Annotated[str, Meta(description="The error code of the live attempt.")]
    message: Annotated[str, Meta(description="The error message of the live attempt.")]
    why: Annotated[str, Meta(description="Why no attempt was made.")]
    reported: Annotated[str, Meta(description="The error text that the user reported.")]


class PublishedDiagnosis(Flat, frozen=True, kw_only=True, tag_field="schema", tag="xdiag.diagnosis/1"):
    """A whole diagnosis: the flat part first, then the detail."""

    causes: Annotated[list[PublishedCause], Meta(description="What stands in the way, the likeliest cause first.")]
    unread: Annotated[
        list[PublishedCause],
        Meta(
            description="What was not read and may decide the answer. None of it is a cause; its rules say what to do."
        ),
    ]
    still_needed: Annotated[
        list[PublishedNeed],
        Meta(description="What would settle an undetermined answer, each thing once, the most decisive first."),
    ]
    fixes: Annotated[
        list[PublishedFix],
        Meta(
            description="Every fix once, numbered from 1: those of the first cause first. Causes and the plan name "
            "them by their numbers."
        ),
    ]
    plan: Annotated[
        list[int],
        Meta(description="Fixes that together lead to an allowed request, in their order, where none alone does."),
    ]
    blocking: Annotated[list[PublishedBlocker], Meta(description="Everything that stands in the way.")]
    layers: Annotated[list[PublishedLayer], Meta(description="Each layer for each action, as AWS passes them.")]
    gates: Annotated[list[PublishedGate], Meta(description="Requirements that no policy expresses.")]
    doubts: Annotated[list[PublishedDoubt], Meta(description="What is unknown, and what it would change.")]
    gaps: Annotated[list[PublishedGap], Meta(description="Evidence that was not read.")]
    problems: Annotated[
        list[PublishedPlace], Meta(description="Places in policies that AWS would not accept, 1,000 at most.")
    ]
    notes: Annotated[list[PublishedNote], Meta(description="Readings of AWS's documentation that are not certain.")]
    attempt: Annotated[PublishedAttempt, Meta(description="AWS's own words.")]
    authorizations: Annotated[
        list[PublishedAuthorization],
        Meta(description="What AWS recorded of the denials whose errors have an authorization ID; read or not."),
    ]
