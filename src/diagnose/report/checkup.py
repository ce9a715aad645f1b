"""A check-up as text: each profile, then each side with what is missing there."""

from collections.abc import Iterator, Mapping, Sequence

from diagnose.model.checkup import Access, Checkup, Side, SignIn, Trial, clock_accepted
from diagnose.model.tri import Tri
from diagnose.report.safe_text import visible


def checkup_text(checkup: Checkup) -> str:
    """Write a check-up. Each line begins with `ok`, `no`, or `?` where it is not known."""
    parts = [*map(_sign_in, checkup.sign_ins), *map(_access, checkup.accesses)]
    missing = [
        each.side
        for each in checkup.accesses
        if any(trial.answer is Tri.NO for trial in each.trials) and each.side is not Side.ORGANIZATION
    ]
    if missing:
        flags = " ".join(f"--for {side}" for side in dict.fromkeys(missing))
        parts.append(f"`xdiag permissions {flags}` prints the policy that allows what is missing.")
    return "\n\n".join(parts)


def _sign_in(profile: SignIn) -> str:
    rows: list[tuple[str, str, str]] = []
    if profile.refusal:
        rows.append(("no", "who", profile.refusal))
    else:
        rows.append(("ok", "who", profile.arn))
        lasting = {True: "temporary", False: "long-term", None: "of unknown kind"}[profile.temporary]
        rows.append(("ok", "credentials", f"{lasting}, {_PROVIDERS.get(profile.provider, profile.provider)}"))
    if profile.region:
        rows.append(("ok", "Region", _region(profile.region)))
    if profile.endpoint:
        rows.append(("ok", "endpoint", profile.endpoint))
        rows.append(("ok", "proxy", profile.proxy or "none"))
    if not profile.refusal:
        rows.append(_clock(profile.behind))
    return _table(profile.label, rows)


def _region(region: str) -> str:
    return "none is set, so that the calls go to sts.amazonaws.com" if region == _NO_REGION else region


# As botocore names the Region of `sts.amazonaws.com`.
_NO_REGION = "aws-global"


def _clock(behind: int | None) -> tuple[str, str, str]:
    if behind is None:
        return "?", "clock", "AWS's answer bears no time to compare it with"
    side = f"{abs(behind)} s {'behind' if behind > 0 else 'ahead of'} AWS's" if abs(behind) > 1 else "the same as AWS's"
    if clock_accepted(behind):
        return "ok", "clock", side
    return "no", "clock", f"{side}: AWS refuses signatures that are more than 5 minutes off"


_PROVIDERS: Mapping[str, str] = {
    "env": "from environment variables",
    "shared-credentials-file": "from the credentials file",
    "config-file": "from the config file",
    "assume-role": "of a role that the profile assumes",
    "assume-role-with-web-identity": "of a role assumed with a web identity token",
    "sso": "from IAM Identity Center",
    "login": "from `aws login`",
    "custom-process": "from a `credential_process`",
    "container-role": "from the container's role",
    "iam-role": "from the instance's role",
}


def _access(access: Access) -> str:
    heading = f"{_SIDES[access.side]}, read with {access.label}"
    if access.unusable:
        return _table(heading, [("no", "account", access.unusable)])
    allowed = [trial for trial in access.trials if trial.answer is Tri.YES]
    mark = "ok" if len(allowed) == len(access.trials) else "no" if not allowed else "?"
    counted = f"{len(allowed)} of {len(access.trials)} actions allowed, in account {access.account}"
    rows = [(mark, "read", counted), *_refused(access.trials)]
    text = _table(heading, rows)
    if access.side is Side.ORGANIZATION and any(trial.answer is Tri.NO for trial in access.trials):
        text += (
            "\n  Only the management account and delegated administrators can read SCPs and RCPs. Name the profile of"
            "\n  one with --org-profile, and give it what `xdiag permissions --for organization` prints."
        )
    return text


_SIDES: Mapping[Side, str] = {
    Side.SOURCE: "The source's side",
    Side.DESTINATION: "The role's side",
    Side.ORGANIZATION: "The organization",
}


def _refused(trials: Sequence[Trial]) -> Iterator[tuple[str, str, str]]:
    for trial in trials:
        match trial.answer:
            case Tri.YES:
                continue
            case Tri.NO:
                yield "no", trial.action, trial.why
            case Tri.UNKNOWN:
                yield "?", trial.action, trial.why


def _table(heading: str, rows: Sequence[tuple[str, str, str]]) -> str:
    width = max(len(name) for _, name, _ in rows)
    return "\n".join(
        [visible(heading), *(f"  {mark:<2}  {name:<{width}}  {visible(text)}" for mark, name, text in rows)]
    )
