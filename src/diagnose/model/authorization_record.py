"""What AWS recorded of a request that it denied, under the authorization ID in its error.

Source: https://docs.aws.amazon.com/iam-toolbox/latest/APIReference/API_GetRequestAuthorizationDetails.html
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from diagnose.model.aws_error import AwsError
from diagnose.model.evidence import NOT_SUPPLIED, Evidence, Known, Unread
from diagnose.model.trace import Effect, Layer
from diagnose.model.tri import NO, YES


class CheckEffect(StrEnum):
    """What came of a check, or of all checks of an action together."""

    ALLOW = "allow"
    NO_IMPACT = "no_impact"
    """Nothing in it matched, and nothing had to: something else allows the request."""
    IMPLICIT_DENY = "implicit_deny"
    EXPLICIT_DENY = "explicit_deny"


DENIALS = (CheckEffect.EXPLICIT_DENY, CheckEffect.IMPLICIT_DENY)


class RecordedStatement(Struct, frozen=True, forbid_unknown_fields=True):
    """A statement that matched. Where it has no Sid, AWS makes one up."""

    sid: str = ""
    effect: Effect | None = None


class RecordedPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """A policy with statements that matched. `uri` is its ARN, or AWS's own opaque name of an inline policy.

    `attached_to` are ARNs: of the principal, the role, or the root, OU or account.
    """

    uri: str
    attached_to: tuple[str, ...] = ()
    statements: tuple[RecordedStatement, ...] = ()

    @property
    def arn(self) -> str:
        """Its ARN; empty of an inline policy."""
        return self.uri if self.uri.startswith("arn:") else ""

    def sids(self, effect: Effect) -> tuple[str, ...]:
        """Name the statements that matched with this effect."""
        return tuple(statement.sid for statement in self.statements if statement.effect is effect and statement.sid)


class RecordedCheck(Struct, frozen=True, forbid_unknown_fields=True):
    """What a layer said; an SCP or RCP at one level of the organization, whose ARN is `target`."""

    layer: Layer
    effect: CheckEffect
    target: str = ""
    policies: tuple[RecordedPolicy, ...] = ()

    @property
    def denying(self) -> tuple[RecordedPolicy, ...]:
        """The policies in which a Deny matched; AWS may leave some out."""
        return tuple(each for each in self.policies if any(one.effect is Effect.DENY for one in each.statements))


class RecordedEvaluation(Struct, frozen=True, forbid_unknown_fields=True):
    """One action of the request, on one resource. No checks: AWS did not tell them.

    `context` holds the condition keys that AWS gives for this action alone.
    """

    action: str
    resource: str = ""
    effect: CheckEffect | None = None
    checks: tuple[RecordedCheck, ...] = ()
    context: Mapping[str, tuple[str, ...]] = {}

    @property
    def refusing(self) -> tuple[RecordedCheck, ...]:
        """The checks that refused it, a Deny before the lack of an Allow."""
        return tuple(check for effect in DENIALS for check in self.checks if check.effect is effect)


class AuthorizationDetails(Struct, frozen=True, forbid_unknown_fields=True):
    """All that AWS recorded. `context` holds the condition keys of the request that AWS gives; there may be others."""

    evaluations: tuple[RecordedEvaluation, ...] = ()
    context: Mapping[str, tuple[str, ...]] = {}

    @property
    def denied(self) -> tuple[RecordedEvaluation, ...]:
        """The actions that were denied."""
        return tuple(evaluation for evaluation in self.evaluations if evaluation.effect in DENIALS)


class AuthorizationRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept under an authorization ID. `region` is where AWS keeps it, as far as that is known.

    `unread` are the policies that deny, and that were wanted and could not be read.
    """

    id: str
    region: str = ""
    details: Evidence[AuthorizationDetails] = NOT_SUPPLIED
    unread: tuple[Unread, ...] = ()


def informed(error: AwsError, records: Iterable[AuthorizationRecord]) -> AwsError:
    """Add to an error what AWS recorded of the same request: the layer that refused it, how, and its policy.

    The record is exact where the words of an error may not be. Of several layers that lack an Allow, the one that the
    error names stays.
    """
    evaluation = _evaluation_of(error, records)
    if evaluation is None or not evaluation.refusing:
        return error
    first = evaluation.refusing[0]
    named = next((each for each in evaluation.refusing if each.layer is error.layer), first)
    check = named if named.effect is first.effect else first
    explicit = check.effect is CheckEffect.EXPLICIT_DENY
    policies = [policy.arn for policy in check.denying if policy.arn] if explicit else []
    stated = error.policy_arn if error.layer is check.layer and error.says_explicit is explicit else ""
    policy = stated if stated in policies or not policies else policies[0]
    return replace(
        error,
        action=error.action or evaluation.action,
        layer=check.layer,
        explicit=YES if explicit else NO,
        says_explicit=explicit,
        policy_arn=policy,
    )


def _evaluation_of(error: AwsError, records: Iterable[AuthorizationRecord]) -> RecordedEvaluation | None:
    """Find the denied action that an error is about; the first, where it names none."""
    if not error.authorization_id:
        return None
    for record in records:
        if record.id == error.authorization_id and isinstance(record.details, Known):
            denied = record.details.value.denied
            if not error.action:
                return next(iter(denied), None)
            return next((each for each in denied if each.action.lower() == error.action.lower()), None)
    return None
