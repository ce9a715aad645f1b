"""The way from this machine to AWS: which endpoint, through which proxy, and how far the clocks are apart.

Apart from `session`, which makes the clients: only a check-up asks.
"""

from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from botocore.utils import get_environ_proxies

from diagnose.aws.calls import Refusal, answer_or_refusal
from diagnose.aws.session import Credentials


def endpoint_of(credentials: Credentials) -> str:
    """Give the URL of STS that the calls go to; "" where the credentials do not let a client be made."""

    def step() -> str:
        url: str = credentials.client("sts").meta.endpoint_url
        return url

    url = answer_or_refusal("", step)
    return "" if isinstance(url, Refusal) else url


def proxy_to(url: str) -> str:
    """Give host and port of the proxy that the environment names for a URL, without its password; "" for none."""
    proxy = get_environ_proxies(url).get(urlsplit(url).scheme, "")
    if not proxy:
        return ""
    parts = urlsplit(proxy if "://" in proxy else f"//{proxy}")
    return parts.netloc.rpartition("@")[2]


def seconds_behind(credentials: Credentials, now: datetime) -> int | None:
    """Say by how much `now` is behind the time of AWS's answer to who this is; None where the answer bears none."""
    headers = (credentials.identity or {}).get("ResponseMetadata", {}).get("HTTPHeaders", {})
    try:
        return round((parsedate_to_datetime(headers["date"]) - now).total_seconds())
    except (KeyError, TypeError, ValueError):
        return None
