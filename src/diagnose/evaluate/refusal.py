"""What AWS's own words prove of a request: that it needs the action that AWS refuses.

AWS names one layer even where several deny, and not always the one that matters, so that nothing is made of it here. An
action, though, is named only where it was asked for.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

import re
from collections.abc import Iterator

from diagnose.evaluate.caller import Asker
from diagnose.model.arn import CallerKind
from diagnose.model.case import Case, ProbeOutcome
from diagnose.model.trace import Action


def refused_actions(case: Case, asker: Asker) -> frozenset[Action]:
    """Name the actions that AWS refused, says the message or the live attempt. What speaks of another call is left out.

    An error need not tell whom it refused, nor on which role.
    """
    return frozenset(
        _ACTIONS[action.lower()]
        for text in _texts(case)
        for caller, action, resource in _REFUSED.findall(text)
        if action.lower() in _ACTIONS and _is(caller, asker) and resource.rstrip(".,:") in ("", case.request.role_arn)
    )


_ACTIONS = {action.lower(): action for action in Action}
_REFUSED = re.compile(
    r"(?:User:\s+(arn:\S+)\s+is\s+)?not\s+authorized\s+to\s+perform:?\s+(sts:\w+)"
    r"(?:\s+on\s+resource:\s+(arn:[\w+=,.@:/-]+))?",
    re.IGNORECASE,
)


def _texts(case: Case) -> Iterator[str]:
    yield case.message
    if case.probe is not None and case.probe.outcome is ProbeOutcome.ACCESS_DENIED:
        yield case.probe.message


def _is(caller: str, asker: Asker) -> bool:
    """Say whether AWS speaks of the source; of a role without a session any session of it will do."""
    if asker.kind is CallerKind.ROLE:
        session = f"arn:{asker.partition}:sts::{asker.account}:assumed-role/{asker.name}/"
        return not caller or caller.startswith(session)
    return caller in ("", asker.arn)
