"""How often a call is made that did not go through, and how long to wait before it is made again.

botocore would do it, but it gives up after three attempts, which is soon where many calls are made at once, and it
waits up to a second before the second one.

Sources:
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
"""

import random
from enum import Enum


class Hope(Enum):
    """What a call that did not go through gives reason to expect of the next attempt."""

    NONE = 1
    LATER = 3
    """Something on the way, or in the service, went wrong."""
    SOON = 12
    """The service takes no more calls at this rate; to one of many at once, that happens several times in a row."""


def attempts(hope: Hope, configured: int | None) -> int:
    """Say how often a call is made at most. `configured` is what the environment or the profile says of it."""
    return hope.value if configured is None or hope is Hope.NONE else configured


def wait_after(attempt: int) -> float:
    """Give the seconds to wait after an attempt, the first of which is 1: longer each time, and by chance.

    Calls that were refused together must not come back together.
    """
    longest: float = min(_LONGEST, _FIRST * 2.0 ** (attempt - 1))
    return random.uniform(0.5, 1) * longest  # noqa: S311  # nothing is secret about it


def hope_after(code: str, status: int) -> Hope:
    """Say what an error of a service gives reason to expect."""
    if code in _THROTTLING or status == _TOO_MANY_REQUESTS:
        return Hope.SOON
    return Hope.LATER if code in _PASSING or status in _OUT_OF_SERVICE else Hope.NONE


_FIRST, _LONGEST = 0.03, 2.0
_THROTTLING = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_PASSING = frozenset({"InternalFailure", "PriorRequestNotComplete", "RequestTimeout", "RequestTimeoutException"})
_TOO_MANY_REQUESTS = 429
_OUT_OF_SERVICE = (500, 502, 503, 504)
