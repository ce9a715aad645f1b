"""JSON in which an object may repeat a key, so that its value depends on who reads it."""

import msgspec

UNSURE = object()
"""What JSON holds in which a key may be repeated."""

encode_json = msgspec.json.Encoder().encode


def read_at_once(content: bytes) -> object:
    """Read JSON in which certainly no object repeats a key; UNSURE for everything else.

    msgspec reads much sooner than `json`, but drops what a later key of the same name replaces. Every key has two
    quotation marks, so that nothing was dropped if as many of them are left when all is written again; only escapes
    could make up for some that are missing.
    """
    if b"\\" in content:
        return UNSURE
    try:
        read: object = _decode(content)
    except (ValueError, RecursionError):
        return UNSURE
    return read if encode_json(read).count(b'"') == content.count(b'"') else UNSURE


_decode = msgspec.json.Decoder().decode
