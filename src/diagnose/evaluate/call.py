"""Where the request context comes from: the case, its caller and its role, and what the new session inherits."""

from collections.abc import Mapping

from msgspec import Struct

from diagnose.evaluate.caller import Caller
from diagnose.model.arn import RoleArn
from diagnose.model.case import Case, Origin, SourceSide, Via
from diagnose.model.evidence import Known
from diagnose.model.key_state import ABSENT, UNKNOWN_STATE, State
from diagnose.model.operation import Operation

# Looked up once: before Python 3.12, to look a member up by its name costs as much as to call a function.
_CONSOLE = Via.CONSOLE


class Call(Struct, eq=False):
    """One case, with its caller and its role worked out.

    `states` are those of the condition keys that were looked up, in lower case. Most calls are decided without a
    condition: `keys.context` fills it. `by_console`: the console makes the request; it sends few of the parameters.
    """

    case: Case
    caller: Caller
    role: RoleArn
    operation: Operation
    by_console: bool
    states: dict[str, State] = {}

    def origin_is(self, *origins: Origin) -> bool | None:
        """Say whether the credentials came about in one of these ways; None where that is not known."""
        if self.caller.origin is None:
            return None
        return self.caller.origin in origins

    @property
    def sent_tags(self) -> Mapping[str, str]:
        """The session tags passed in this call; the console passes none."""
        return {} if self.by_console else self.case.request.parameters.tags

    @property
    def inherited_tag_keys(self) -> tuple[str, ...] | None:
        """The keys (lower case) of the tags that are inherited from the caller's session; None where not known."""
        return inherited_tag_keys(self.case.snapshot.source, self.caller)

    @property
    def inherited_source_identity(self) -> State:
        """The source identity that is inherited from the caller's session."""
        return inherited_source_identity(self.case.snapshot.source, self.caller)


def call_of(case: Case, caller: Caller, role: RoleArn) -> Call:
    """Give the call of a case, from its caller and its role."""
    return Call(case, caller, role, case.request.operation, case.request.via is _CONSOLE)


def inherited_tag_keys(source: SourceSide, caller: Caller) -> tuple[str, ...] | None:
    """Name the keys (lower case) of the tags that are inherited from the caller's session; None where not known.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
    """
    if not caller.has_role:
        return ()
    evidence = source.session.transitive_tag_keys
    return tuple(map(str.lower, evidence.value)) if isinstance(evidence, Known) else None


def inherited_source_identity(source: SourceSide, caller: Caller) -> State:
    """Give the source identity that is inherited from the caller's session."""
    if not caller.has_role:
        return ABSENT
    evidence = source.session.source_identity
    if not isinstance(evidence, Known):
        return UNKNOWN_STATE
    return ABSENT if evidence.value is None else (evidence.value,)
