"""The tools: a row for each question that an agent may ask."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import NODEFAULT, UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from diagnose.causes.rule import Rule
from diagnose.cli.asked import AskedFlags
from diagnose.cli.case_flags import CaseFlags, EvidenceFlags
from diagnose.cli.clock import note_the_beginning
from diagnose.cli.files import InfrastructureFlags, PolicyFlags
from diagnose.cli.presented import PresentedFlags
from diagnose.cli.question import CaseQuestion, case_question
from diagnose.cli.request import RequestFlags
from diagnose.cli.what_if import WhatIfFlags
from diagnose.errors import XdiagError
from diagnose.model.case import Case
from diagnose.model.diagnosis import Diagnosis
from diagnose.pipeline import diagnose
from diagnose.report.json import published
from diagnose.serve.arguments import EVIDENCE_GROUPS, PROPOSAL_GROUPS, Flags, arguments_type, flags_from
from diagnose.serve.brief import AgentAnswer, brief_answer, full_answer
from diagnose.serve.documents import DocumentOrFile, ReadableFolders
from diagnose.serve.reference import AudienceAnswer, RuleAnswer, audience_answer, rule_answer


class Premises(Struct, frozen=True):
    """What the server was started with."""

    rules: Sequence[Rule]
    rule_folders: Sequence[Path] = ()
    readable: ReadableFolders = ReadableFolders()
    allow_attempt: bool = False
    redact: bool = False


class ServedTool(Struct, frozen=True):
    """A question: what an agent is told of it, its arguments, the type of its answer, and what answers it.

    `asks_aws` says whether answering may call AWS, which then is only read.
    """

    name: str
    title: str
    words: str
    arguments: Flags
    answer: type[Struct]
    run: Callable[[Any, Premises], Struct]
    asks_aws: bool = False


def _check(arguments: Any, premises: Premises) -> AgentAnswer:
    question = _question(arguments, premises, attempt=_attempts(arguments, premises))
    return _answer(question.case(), arguments, premises)


def _explain_error(arguments: Any, premises: Premises) -> AgentAnswer:
    if not arguments.text.strip():
        raise XdiagError("`text` is empty", hint="expected the error as it was printed")
    question = _question(arguments, premises, message=arguments.text, attempt=_attempts(arguments, premises))
    return _answer(question.case(), arguments, premises)


def _what_if(arguments: Any, premises: Premises) -> AgentAnswer:
    proposals = flags_from(arguments, WhatIfFlags, premises.readable)
    if not proposals.proposes:
        raise XdiagError("nothing is proposed", hint="expected `with_trust_policy` or another policy to try")
    question = _question(arguments, premises)
    before = diagnose(question.case(), premises.rules).verdict.value
    return _answer(question.case(proposals), arguments, premises, before=before)


def _audience(arguments: Any, premises: Premises) -> AudienceAnswer:
    return audience_answer(premises.readable.document(arguments.trust_policy, "trust_policy"))


def _explain_rule(arguments: Any, premises: Premises) -> RuleAnswer:
    return rule_answer(arguments.rule, premises.rules, premises.rule_folders)


def _question(arguments: Any, premises: Premises, *, message: str | None = None, attempt: bool = False) -> CaseQuestion:
    """Read what the arguments ask about. The time that it may take begins now."""
    note_the_beginning()
    given: dict[Flags, Any] = {group: flags_from(arguments, group, premises.readable) for group in EVIDENCE_GROUPS}
    if message is not None:
        # A text that a line ends is never the name of a file, and never standard input.
        given[AskedFlags] = AskedFlags(message=f"{message}\n")
    if _set(arguments.mfa_code_sent, default=False):
        if attempt:
            raise XdiagError("an attempt cannot carry an MFA code", hint="leave out `attempt`, or `mfa_code_sent`")
        given[RequestFlags] = replace(given[RequestFlags], mfa_code="")
    flags = CaseFlags(
        _set(arguments.source_arn),
        _set(arguments.dest_role_arn),
        given[RequestFlags],
        given[EvidenceFlags],
        given[PolicyFlags],
        given[InfrastructureFlags],
        attempt=attempt,
        forms=given[AskedFlags],
    )
    return case_question(flags, given[PresentedFlags], {})


def _attempts(arguments: Any, premises: Premises) -> bool:
    attempt: bool = _set(arguments.attempt, default=False)
    if attempt and not premises.allow_attempt:
        raise XdiagError(
            "this server does not try requests for real",
            hint="leave out `attempt`; whoever runs the server can start it with `--allow-attempt`",
        )
    return attempt


def _set(value: Any, default: Any = None) -> Any:
    return default if value is UNSET else value


def _answer(case: Case, arguments: Any, premises: Premises, *, before: str = "") -> AgentAnswer:
    diagnosis = diagnose(case, premises.rules)
    if premises.redact:
        diagnosis = _redacted(diagnosis, premises)
    document = published(diagnosis)
    answer = brief_answer(document, diagnosis.case.note, before=before)
    return full_answer(answer, document) if _set(arguments.detail) == "full" else answer


def _redacted(diagnosis: Diagnosis, premises: Premises) -> Diagnosis:
    from diagnose.cli.redaction import deciding
    from diagnose.report.redact.redact import redact

    return redact(diagnosis, deciding(premises.rules))


_SOURCE = (
    "source_arn",
    Annotated[
        str,
        Meta(
            description="Who makes the request: an IAM user, a role, an assumed-role session, a service principal, or "
            "'me': whoever the server's credentials are."
        ),
    ]
    | UnsetType,
    UNSET,
)
_ROLE = ("dest_role_arn", Annotated[str, Meta(description="The role to assume.")] | UnsetType, UNSET)
_MFA = (
    "mfa_code_sent",
    Annotated[bool, Meta(description="The request carries an MFA code, with `mfa_serial`.")] | UnsetType,
    UNSET,
)
_ATTEMPT = (
    "attempt",
    Annotated[
        bool,
        Meta(
            description="Try sts:AssumeRole for real, with a session policy that allows nothing. Off, and refused "
            "unless the server was started with --allow-attempt."
        ),
    ]
    | UnsetType,
    UNSET,
)
_DETAIL = (
    "detail",
    Annotated[
        Literal["brief", "full"],
        Meta(description="brief (the default): the first causes and fixes. full: all of `xdiag.diagnosis/1` besides."),
    ]
    | UnsetType,
    UNSET,
)
_TEXT = ("text", Annotated[str, Meta(description="The error as AWS or a tool printed it, whole.")], NODEFAULT)
_TRUST = (
    "trust_policy",
    Annotated[
        DocumentOrFile, Meta(description="A trust policy, the output of 'aws iam get-role', or a case: a document.")
    ],
    NODEFAULT,
)
_RULE = ("rule", Annotated[str, Meta(description="The id of a rule, as in `causes[].rule`.")], NODEFAULT)

_WITHOUT_FORMS = tuple(group for group in EVIDENCE_GROUPS if group is not AskedFlags)

TOOLS = (
    ServedTool(
        "check",
        "Why a role cannot be assumed",
        "Say whether a principal can assume an IAM role and, if not: why, which statement of which policy, and the "
        "smallest fix, proved. Name both ARNs, or give a `case`, an `event`, a `message` or a `profile`. What is not "
        "given as a document is read from AWS with the server's profiles; nothing is changed.",
        arguments_type("CheckArguments", EVIDENCE_GROUPS, (_SOURCE, _ROLE, _MFA, _ATTEMPT, _DETAIL)),
        AgentAnswer,
        _check,
        asks_aws=True,
    ),
    ServedTool(
        "explain_error",
        "What an AssumeRole error means",
        "Explain the error that AWS, an SDK or a tool printed when a role was to be assumed or passed. Begin here with "
        "an error at hand. Source and role are taken from the text; name them where it does not hold them. Add the "
        "policies that you can see as documents: the more is known, the surer the answer.",
        arguments_type("ExplainErrorArguments", _WITHOUT_FORMS, (_TEXT, _SOURCE, _ROLE, _MFA, _ATTEMPT, _DETAIL)),
        AgentAnswer,
        _explain_error,
        asks_aws=True,
    ),
    ServedTool(
        "what_if",
        "Whether a change of policies would help",
        "Decide the same question with proposed policies, which nobody has to put into effect: `verdict` is with them, "
        "`verdict_before` without. Take the arguments of `check`, and add what is proposed.",
        arguments_type("WhatIfArguments", (*PROPOSAL_GROUPS, *EVIDENCE_GROUPS), (_SOURCE, _ROLE, _MFA, _DETAIL)),
        AgentAnswer,
        _what_if,
        asks_aws=True,
    ),
    ServedTool(
        "audience",
        "Whom a trust policy admits",
        "Say whom a trust policy admits, statement by statement, for which actions, under which conditions, and "
        "whether it is open to everyone. Use it on a trust policy before it is proposed.",
        arguments_type("AudienceArguments", (), (_TRUST,)),
        AudienceAnswer,
        _audience,
    ),
    ServedTool(
        "explain_rule",
        "What a cause is",
        "Explain a cause by the id of its rule: what it looks like, how to fix it, when it is reported, its sources.",
        arguments_type("ExplainRuleArguments", (), (_RULE,)),
        RuleAnswer,
        _explain_rule,
    ),
)
"""Every tool. None changes anything, in AWS or here."""

TOOLS_BY_NAME: Mapping[str, ServedTool] = {tool.name: tool for tool in TOOLS}
