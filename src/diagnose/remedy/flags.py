"""A changed request as the flags of xdiag that make it."""

from diagnose.model.case import Request


def changed_flags(before: Request, after: Request) -> tuple[str, ...]:
    """Give the flags that differ, as an argument list. What is left out now has no flag: leave its own out."""
    old, new = before.parameters, after.parameters
    flags: list[str] = []
    for flag, was, now in (
        ("--external-id", old.external_id, new.external_id),
        ("--session-name", old.session_name, new.session_name),
        ("--source-identity", old.source_identity, new.source_identity),
        ("--duration-seconds", old.duration_seconds, new.duration_seconds),
        ("--mfa-serial", old.mfa_serial, new.mfa_serial),
        ("--region", before.region, after.region),
        ("--via", before.via, after.via),
    ):
        if now != was and now is not None:
            flags += [flag, str(now)]
    if new.mfa_code_sent and not old.mfa_code_sent:
        flags += ["--mfa-code", "CODE"]
    if new.tags != old.tags:
        flags += [text for key, value in new.tags.items() for text in ("--tag", f"{key}={value}")]
    return tuple(flags)
