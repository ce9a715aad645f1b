"""What a check-up of credentials establishes: who they are, how they reach AWS, and what they may read."""

from enum import StrEnum

from msgspec import Struct

from diagnose.model.tri import Tri


class Side(StrEnum):
    """Whose account a reader is in."""

    SOURCE = "source"
    DESTINATION = "destination"
    ORGANIZATION = "organization"


class SignIn(Struct, frozen=True):
    """One profile: whose it is as AWS says, and the way to AWS.

    `refusal` says why there is no answer, and is empty where there is one. `provider` is botocore's name for where the
    credentials were found. `temporary` is None where their key does not show it, `behind` where AWS gave no time: the
    seconds by which this machine's clock is behind AWS's, negative where it is ahead. `endpoint` is empty where there
    are no credentials to make a client of, `proxy` where there is none in between.
    """

    label: str
    refusal: str = ""
    arn: str = ""
    account: str = ""
    provider: str = ""
    temporary: bool | None = None
    region: str = ""
    endpoint: str = ""
    proxy: str = ""
    behind: int | None = None


class Trial(Struct, frozen=True):
    """Whether one action is allowed, found out by calling it; `why` is AWS's refusal, or why it was not tried."""

    action: str
    answer: Tri
    why: str = ""
    optional: bool = False


class Access(Struct, frozen=True):
    """What one profile may read on one side. `unusable` says why nothing was tried; it is empty where it was."""

    side: Side
    label: str
    account: str = ""
    unusable: str = ""
    trials: tuple[Trial, ...] = ()


class Checkup(Struct, frozen=True):
    """Every profile once, and every side with the profiles that would read it."""

    sign_ins: tuple[SignIn, ...]
    accesses: tuple[Access, ...]

    @property
    def sound(self) -> bool:
        """Whether everything can be read on both sides, with a clock that AWS accepts.

        Few can read an organization, so that not being able to is nothing unsound.
        """
        return all(not each.refusal and clock_accepted(each.behind) for each in self.sign_ins) and all(
            not each.unusable and all(trial.answer is Tri.YES or trial.optional for trial in each.trials)
            for each in self.accesses
            if each.side is not Side.ORGANIZATION
        )


def clock_accepted(behind: int | None) -> bool:
    """Say whether AWS accepts signatures made by this clock; where AWS gave no time, nothing speaks against it.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
    """
    return behind is None or abs(behind) <= _MOST_SECONDS


_MOST_SECONDS = 5 * 60
