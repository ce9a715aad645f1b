"""The console's switch of roles: a second switch is made by the identity that signed in, not by the current role.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-console.html
"""

from msgspec.structs import replace

from diagnose.evaluate.caller import Caller
from diagnose.model.case import Case, Origin, SourceSide, Via
from diagnose.model.trace import Gate, GateTrace, Reason
from diagnose.model.tri import UNKNOWN, YES, Tri

_SIGN_INS = (Origin.IDENTITY_CENTER, Origin.SAML, Origin.WEB_IDENTITY, Origin.CONSOLE)


def console_case(case: Case) -> Case:
    """Give the case as AWS sees it: made by the identity that signed in, of whom nothing else may be known."""
    signed_in = case.request.signed_in_as
    if case.request.via is not Via.CONSOLE or not signed_in or signed_in in _source_arns(case):
        return case
    return replace(case, snapshot=replace(case.snapshot, source=SourceSide(arn=signed_in)))


def second_switch(case: Case) -> GateTrace | None:
    """Say that a role was switched to before, so that the source does not make this switch; None where it does."""
    if case.request.via is not Via.CONSOLE:
        return None
    source, signed_in = case.source_arn, case.request.signed_in_as
    if signed_in:
        if signed_in in _source_arns(case):
            return None
        return GateTrace(Gate.CONSOLE, YES, Reason.SECOND_SWITCH, wanted=source, got=(signed_in,))
    caller = Caller(case.snapshot.source, Via.CONSOLE)
    if not caller.has_role or caller.origin in _SIGN_INS:
        return None
    return GateTrace(Gate.CONSOLE, UNKNOWN, Reason.SECOND_SWITCH, wanted=source)


def after_switch(switched: GateTrace, answer: Tri) -> Tri:
    """Give the answer to the identity that signed in. While that is not known, an answer to the source says nothing."""
    return answer if switched.verdict is YES else UNKNOWN


def _source_arns(case: Case) -> tuple[str, str]:
    """Give the source's ARN as it was given and as IAM has it."""
    return case.snapshot.source.arn, case.source_arn
