"""Readings of AWS's documentation that are likely, not certain, where a decision rests on one."""

from collections.abc import Iterator

from diagnose.evaluate.asked import Asked
from diagnose.model.trace import ActionDecision, Layer, Match, Note
from diagnose.model.tri import NO, YES

_LIMITS = (Layer.BOUNDARY, Layer.SESSION)


def notes(asked: Asked, actions: tuple[ActionDecision, ...]) -> Iterator[Note]:
    """Name the readings that these decisions rest on."""
    limited = any(
        decided.match is Match.ANY
        and any(trace.layer in _LIMITS and trace.verdict is not YES for trace in decided.layers)
        for decided in actions
    )
    if asked.same_account and asked.asker.has_role and limited:
        yield Note(
            Layer.TRUST,
            "a trust policy that allows `*` in the same account is taken to stand above the caller's permissions "
            "boundary and session policy; AWS says so of `*` with a condition on `aws:PrincipalArn`",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
        )
    if asked.asker.principal_arn == asked.role.arn and any(decided.verdict is NO for decided in actions):
        yield Note(
            Layer.TRUST,
            "a few roles that assumed themselves before 2022-06-30 may still do so without being trusted",
            "https://aws.amazon.com/blogs/security/announcing-an-update-to-iam-role-trust-policy-behavior/",
        )
