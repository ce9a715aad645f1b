"""The type of a finding's row, `xdiag.finding/1`: the schema that is published is made of it.

INVARIANT: others rely on the names, the values and the meaning of these fields. Within version 1 a field may be
added; none is renamed, removed, or given another meaning. Text that does not apply is "", a number 0; none is null.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from diagnose.model.case import ProbeOutcome
from diagnose.model.diagnosis import Agreement, Certainty, Owner, Proof, Verdict
from diagnose.model.operation import Operation
from diagnose.model.policy import PolicyKind
from diagnose.model.trace import Action, Gate, Layer
from diagnose.report.json_words import listed

FINDING_SCHEMA = "xdiag.finding/1"


class RowKind(StrEnum):
    """What a row is about."""

    CAUSE = "cause"
    GAP = "gap"
    """Something that was not read and may decide the answer."""
    VERDICT = "verdict"
    """The answer alone: there is no cause and no gap."""
    ERROR = "error"
    """A line of a batch that is no case."""


class FindingRow(Struct, frozen=True, kw_only=True, tag_field="schema", tag=FINDING_SCHEMA):
    """One cause, or one thing that was not read, with the answer that it belongs to."""

    finding_id: Annotated[
        str,
        Meta(
            description="The same for the same rule, source, role and place, at whatever time; 32 hexadecimal digits."
        ),
    ] = ""
    kind: Annotated[str, listed(RowKind, "What the row is about.")]
    number: Annotated[int, Meta(description="The row's place among those of its answer, from 1.")] = 1
    input_line: Annotated[int, Meta(description="In a batch, the line of the case, from 1.")] = 0
    verdict: Annotated[str, listed(Verdict, "The answer to the request; empty for an error.", "")] = ""
    computed: Annotated[str, listed(Verdict, "What the evidence alone comes to.", "")] = ""
    operation: Annotated[str, listed(Operation, "The operation of STS that is asked about.", "")] = ""
    source_arn: Annotated[str, Meta(description="Who makes the request, as IAM has it.")] = ""
    source_account: Annotated[str, Meta(description="The account of the source.")] = ""
    dest_role_arn: Annotated[str, Meta(description="The role to assume.")] = ""
    dest_account: Annotated[str, Meta(description="The account of the role.")] = ""
    same_account: Annotated[bool, Meta(description="Whether both are in one account.")] = False
    rule: Annotated[str, Meta(description="The id of the rule.")] = ""
    rule_url: Annotated[str, Meta(description="The address of the rule's page, where one is known.")] = ""
    title: Annotated[str, Meta(description="The finding in a sentence.")] = ""
    explanation: Annotated[str, Meta(description="What was compared with what.")] = ""
    certainty: Annotated[str, listed(Certainty, "How sure it is.", "")] = ""
    owner: Annotated[str, listed(Owner, "Who can act.", "")] = ""
    action: Annotated[str, listed(Action, "The action that it is about.", "")] = ""
    layer: Annotated[str, listed(Layer, "The layer that it is in.", "")] = ""
    gate: Annotated[str, listed(Gate, "The requirement that no policy expresses, where it is one.", "")] = ""
    level: Annotated[str, Meta(description="For an SCP or RCP, where in the organization it is attached.")] = ""
    policy_name: Annotated[str, Meta(description="The policy that it points at first.")] = ""
    policy_arn: Annotated[str, Meta(description="The ARN of that policy.")] = ""
    policy_kind: Annotated[str, listed(PolicyKind, "How that policy is stored.", "")] = ""
    statement: Annotated[int, Meta(description="The number of the statement, from 1.")] = 0
    sid: Annotated[str, Meta(description="The statement's Sid.")] = ""
    pointer: Annotated[str, Meta(description="The JSON pointer (RFC 6901) of the value in the policy.")] = ""
    policy_line: Annotated[int, Meta(description="Its line, in the policy printed with an indent of 2.")] = 0
    policy_column: Annotated[int, Meta(description="Its column in that line.")] = 0
    file: Annotated[str, Meta(description="The file that the policy came from, as it was named.")] = ""
    file_line: Annotated[int, Meta(description="Its line in that file.")] = 0
    file_column: Annotated[int, Meta(description="Its column in that line of the file.")] = 0
    fix_kind: Annotated[str, Meta(description="The kind of the best fix.")] = ""
    fix_owner: Annotated[str, listed(Owner, "Who can carry it out.", "")] = ""
    fix_text: Annotated[str, Meta(description="Who does what, in words.")] = ""
    fix_proof: Annotated[str, listed(Proof, "What deciding the edited case again has shown.", "")] = ""
    fix_count: Annotated[int, Meta(description="How many fixes there are.")] = 0
    aws_refused: Annotated[bool, Meta(description="Whether AWS refused this very request.")] = False
    aws_error_kind: Annotated[str, Meta(description="What AWS's error is about.")] = ""
    aws_error_code: Annotated[str, Meta(description="The code of AWS's error.")] = ""
    probe: Annotated[str, listed(ProbeOutcome, "What came of the live attempt.", "")] = ""
    agreement: Annotated[str, listed(Agreement, "Whether the attempt came out as computed.", "")] = ""
    visibility_source: Annotated[str, Meta(description="How much of the source's side was read.")] = ""
    visibility_destination: Annotated[str, Meta(description="How much of the role's side was read.")] = ""
    taken_at: Annotated[str, Meta(description="When the evidence was read, ISO 8601 in UTC.")] = ""
    tool_version: Annotated[str, Meta(description="The version of xdiag that wrote this.")] = ""
    error: Annotated[str, Meta(description="In a batch, what is wrong with the line.")] = ""
    hint: Annotated[str, Meta(description="In a batch, what was expected of it.")] = ""
