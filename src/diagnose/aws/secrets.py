"""Taking credentials out of text that AWS or a credential provider wrote."""

import re

_SECRETS = (
    # A refused signature is explained with the request that should have been signed, session token and all.
    (r"(?s)(?<!\s)\s*The Canonical String for this request should have been.*", ""),
    (
        r"(?i)((?:secret|session|security)[ _-]?(?:access[ _-]?key|token)[\"']?\s*[:=]\s*[\"']?)[^\s&\"',}]+",
        r"\1...",
    ),
    (r"(?i)(signature=)[0-9a-z+/=]+", r"\1..."),
    (r"\b(A[KS]IA)[A-Z0-9]{8,}", r"\1..."),
    # Identity tokens, and the responses that a browser posts.
    (r"(?<![\w-])((?>[\w-]*?\b(?=(?:ey[AIJ]|ewo[gJ])[\w-]{8})))[\w-]++\.[\w-]{8,}+\.[\w-]*", r"\1..."),
    (r"(SAMLResponse=)[^\s&\"']+", r"\1..."),
    # Session tokens are base64 of some hundreds of bytes; no name that IAM allows in a message is as long.
    (r"[A-Za-z0-9+/=]{160,}", "..."),
)
"""What is replaced by what. INVARIANT: each looks at a character a fixed number of times, for a text may be long, and
anybody's: what repeats begins where nothing of its kind stands before it, and is never given back.
"""


def redacted(text: str) -> str:
    """Give the text without access keys, secrets, signatures and session tokens."""
    for pattern, replacement in _SECRETS:
        text = re.sub(pattern, replacement, text)
    return text
