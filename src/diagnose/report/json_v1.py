"""The types of `xdiag.diagnosis/1` and of its flat row, apart from the types inside.

INVARIANT: others rely on the names, the values and the meaning of these fields. Within version 1 a field may be
added; none is renamed, removed, or given another meaning. Text that does not apply is "", a list is empty; nothing
is null but a statement's number.
"""

from typing import Literal, TypeAlias

from msgspec import Struct

VerdictWord: TypeAlias = Literal["allowed", "denied", "undetermined"]
TriWord: TypeAlias = Literal["yes", "no", "unknown"]
Visibility: TypeAlias = Literal["full", "partial", "none"]
AgreementWord: TypeAlias = Literal["agrees", "settles", "contradicts", "not_made", "inconclusive"]
ProbeWord: TypeAlias = Literal["assumed", "access_denied", "other_error", "not_made"]
CertaintyWord: TypeAlias = Literal["certain", "possible", ""]


class Flat(Struct, frozen=True, kw_only=True):
    """What a dashboard needs: one value a field.

    `verdict` is AWS's answer where it was asked, `computed` what the policies say. `primary_cause` is the first
    rule, or `no-rule-explains-it` or `aws-answered-otherwise`. `blockers` counts what by itself stands in the way;
    `fix_proved` says that one single change was proved to make the request allowed. `aws_refused` says that AWS
    refused this very request: in the message that came with the case, or in answer to the live attempt; a request
    that AWS refused and the policies allow is `denied`. `causes_certain` and `causes_possible` count all causes,
    and `causes_left_out` those of them that `causes` has no room for: further places of rules that it names.
    `aws_error_kind` and `aws_error_code` are of the error that AWS answered with. `source_arn` is as it was given;
    `source_arn_read` is as IAM has it, with its path, and counts where the two differ.
    """

    tool_version: str
    verdict: VerdictWord
    computed: VerdictWord
    primary_cause: str
    primary_cause_title: str
    layer: str
    action: str
    certainty: CertaintyWord
    source_arn: str
    source_arn_read: str
    source_account: str
    dest_role_arn: str
    dest_account: str
    same_account: bool
    visibility_source: Visibility
    visibility_destination: Visibility
    probe: ProbeWord
    agreement: AgreementWord
    aws_refused: bool
    aws_error_kind: str
    aws_error_code: str
    blockers: int
    causes_certain: int
    causes_possible: int
    causes_left_out: int
    fix_proved: bool
    taken_at: str


class PlaceShape(Struct, frozen=True, kw_only=True):
    """A place in a policy. `statement`, `line` and `column` count from 1, lines in the policy printed as `text` is.

    `text` holds the lines of the value; `pointer` is its JSON pointer (RFC 6901) in the document.
    """

    layer: str
    level: str
    policy_name: str
    policy_arn: str
    policy_kind: str
    attached_to: str
    statement: int | None
    sid: str
    pointer: str
    line: int
    column: int
    text: str
    label: str
    primary: bool


class CommandShape(Struct, frozen=True, kw_only=True):
    """Text ready to paste for one tool: `aws-cli`, `terraform`, `cloudformation`."""

    tool: str
    text: str


class FixShape(Struct, frozen=True, kw_only=True):
    """A remedy. `document` is the edited policy and `patch` the same edit by RFC 6902, both as JSON text.

    `proof` is "allowed" where the request is allowed with this alone, "clears" where `remaining` still blocks,
    "not_tried" where it cannot be tried. `admits_nobody_else` is "" where it was not looked at. `handover` is a
    message to send to the owner, where that is somebody else than who makes the request.
    """

    kind: str
    owner: str
    text: str
    proof: Literal["allowed", "clears", "not_tried"]
    proof_text: str
    remaining: list[str]
    admits_nobody_else: Literal["yes", "no", "unknown", ""]
    policy_name: str
    document: str
    patch: str
    flags: list[str]
    commands: list[CommandShape]
    handover: str


class RefusedShape(Struct, frozen=True, kw_only=True):
    """A kind of fix that was looked for, and of which none was proved. `reason` is an id, `text` the same in words."""

    kind: str
    reason: str
    text: str


class CauseShape(Struct, frozen=True, kw_only=True):
    """A cause: the id of its rule, what was compared, where, who can fix it and how; `refused` are no fixes.

    `formerly` lists the ids under which earlier versions told the cause: the rule's own, or those of the rules that
    were merged into it.
    """

    rule: str
    formerly: list[str]
    title: str
    certainty: Literal["certain", "possible"]
    owner: str
    layer: str
    action: str
    explanation: str
    unknown: list[str]
    places: list[PlaceShape]
    fixes: list[FixShape]
    refused: list[RefusedShape]
    sources: list[str]


class BlockerShape(Struct, frozen=True, kw_only=True):
    """One thing that by itself keeps the request from being allowed: a layer for an action, or a gate."""

    action: str
    layer: str
    gate: str
    explicit: bool


class LayerShape(Struct, frozen=True, kw_only=True):
    """One layer for one action. `needed` is "no" where only a Deny of it counts; `answer` is its line for people."""

    action: str
    layer: str
    applies: bool
    verdict: TriWord
    explicit_deny: TriWord
    needed: TriWord
    answer: str


class GateShape(Struct, frozen=True, kw_only=True):
    """A requirement that no policy expresses; `verdict` says whether the request meets it."""

    gate: str
    verdict: TriWord
    reason: str
    wanted: str
    got: str


class DoubtShape(Struct, frozen=True, kw_only=True):
    """Something unknown: with which values the request would be allowed, and with which denied."""

    kind: Literal["key", "layer", "gate", "comparison", "action"]
    subject: str
    matters: TriWord
    allows: list[str]
    denies: list[str]
    text: str


class GapShape(Struct, frozen=True, kw_only=True):
    """Something that was not read, and the IAM permission that reading it needs."""

    subject: str
    gap: str
    permission: str
    detail: str
    cure: str


class NoteShape(Struct, frozen=True, kw_only=True):
    """A reading of AWS's documentation that is not certain, and that the answer rests on."""

    layer: str
    text: str
    source: str


class AttemptShape(Struct, frozen=True, kw_only=True):
    """AWS's words: to the live attempt, and in the error that the user reported."""

    caller: str
    code: str
    message: str
    why: str
    reported: str


class DiagnosisShape(Flat, frozen=True, kw_only=True, tag_field="schema", tag="xdiag.diagnosis/1"):
    """A whole diagnosis: the flat part first, then the detail."""

    causes: list[CauseShape]
    plan: list[FixShape]
    blocking: list[BlockerShape]
    layers: list[LayerShape]
    gates: list[GateShape]
    doubts: list[DoubtShape]
    gaps: list[GapShape]
    problems: list[PlaceShape]
    notes: list[NoteShape]
    attempt: AttemptShape
