"""Names, ARNs and sentences rewritten with pseudonyms.

A name is rewritten by where it stands: a part of an ARN, a value in a policy, a parameter. Sentences have no such
places, so in them every text that was a name somewhere is replaced wherever it stands as a word of its own.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from diagnose.model.arn import RESERVED_NAME, Arn, split_arn
from diagnose.model.condition_keys import ValueKind
from diagnose.model.words import printable
from diagnose.report.redact import public_words
from diagnose.report.redact.pseudonyms import SHAPES, NameKind, Pseudonyms
from diagnose.report.safe_text import visible

GONE = "[...]"
"""Stands for what somebody else wrote and nobody knows to be harmless."""

_TYPES = {
    "role": NameKind.ROLE,
    "user": NameKind.USER,
    "group": NameKind.GROUP,
    "policy": NameKind.POLICY,
    "assumed-role": NameKind.SESSION,
    "federated-user": NameKind.USER,
    "mfa": NameKind.DEVICE,
    "u2f": NameKind.DEVICE,
    "instance-profile": NameKind.ROLE,
    "saml-provider": NameKind.PROVIDER,
    "oidc-provider": NameKind.PROVIDER,
    "service_control_policy": NameKind.POLICY,
    "resource_control_policy": NameKind.POLICY,
}
_ARN = r"arn:[\w-]*:[\w-]*:[\w-]*:[\w*?-]*:(?:\$\{[^}]*\}|[\w+=,.@/:*?-])*(?:\$\{[^}]*\}|[\w+=@/*?-])"
_WILD = re.compile(r"(\$\{[^}]*\}|[*?]+)")
_SEPARATOR = re.compile(r"([/:])(?![^{}]{0,200}\})")
_VARIABLE = re.compile(r"\$\{([^},]*)(,[^}]*)?\}")
_PERMISSION_SET = re.compile(rf"({RESERVED_NAME})(.+?)(_[0-9a-f]{{16}}|_|)")
"""The name of a permission set's role: AWS adds the end, and policies put a wildcard in its place."""
_CUT = 200
"""Characters after which a sentence cuts a name off."""


ValueKindOf: TypeAlias = Callable[[str], ValueKind]
"""Says what the values of a condition key are: the table of keys is beyond what a report may import."""


class Disguise:
    """Rewrites texts. What it meets it remembers; after `learn`, sentences know it, too."""

    def __init__(self, pseudonyms: Pseudonyms, value_kind: ValueKindOf) -> None:
        """Start with the pseudonyms given so far. `value_kind` says what the values of a condition key are."""
        self._names = pseudonyms
        self.value_kind = value_kind
        self._spellings: dict[str, str] = {}
        self._found = re.compile(f"{_ARN}|{SHAPES}")

    def learn(self) -> bool:
        """Make everything met so far known to sentences; say whether anything was new."""
        before = len(self._spellings)
        self._spellings = dict(self._names.given)
        for text, pseudonym in self._names.given.items():
            for spelling in _spellings(text):
                self._spellings.setdefault(spelling, pseudonym)
        words = sorted((text for text in self._spellings if _tells(text)), key=len, reverse=True)
        first = [_as_word(text) for text in words if ":" in text]
        then = [_as_word(text) for text in words if ":" not in text]
        # A text with colons may look like an ARN or a key; it is known, so it goes first.
        self._found = re.compile("|".join([*first, _ARN, public_words.NAME_IN_SENTENCE, *then, SHAPES]))
        return len(self._spellings) > before

    def value(self, text: str, kind: NameKind) -> str:
        """Rewrite a value that stands alone: an ARN, an id, a name, or a pattern of those."""
        if not re.search(r"\w", text) or text in public_words.AWS_NAMES:
            return text
        if public_words.SERVICE.fullmatch(text) or public_words.PROVIDER.fullmatch(text):
            return text
        if public_words.SAML.fullmatch(text):
            return text
        arn = split_arn(text)
        if arn is not None:
            return self._remembered(text, self._arn(arn))
        shaped = self._names.of_shape(text)
        if shaped:
            return shaped
        if _WILD.search(text):
            parts = _WILD.split(text)
            return self._remembered(text, "".join(self._variable(part) or self.value(part, kind) for part in parts))
        if found := _PERMISSION_SET.fullmatch(text):
            end = f"_{self._names.of_shape(found[3][1:])}" if found[3] else ""
            return self._remembered(text, found[1] + self._names.of(found[2], NameKind.NAME) + end)
        if kind in (NameKind.PATH, NameKind.PROVIDER) and _HOST.fullmatch(text):
            # Without a dot it would not name an issuer any more.
            return self._remembered(text, f"{self._names.of(f'host {text}', NameKind.PROVIDER)}.example.com")
        return self._names.of(text, kind)

    def path(self, text: str, kind: NameKind) -> str:
        """Rewrite names with slashes or colons between them, each by itself; `kind` is what the last one names."""
        *heads, last = _SEPARATOR.split(text)
        return "".join(
            part if public_words.REGION.fullmatch(part) else self.value(part, NameKind.PATH) for part in heads
        ) + (self.value(last, kind))

    def key(self, text: str) -> str:
        """Rewrite a condition key: AWS's part stays; the name of a tag, or of a provider, does not."""
        found = public_words.KEY.fullmatch(text)
        if found and not found["tag"]:
            return text
        if found:
            return self._remembered(text, f"{found['key']}/{self.value(found['tag'][1:], NameKind.TAG)}")
        host, colon, name = text.rpartition(":")
        if colon and (name.isalpha() or name in public_words.CLAIM_NAMES):
            return self._remembered(text, f"{self.path(host, NameKind.PROVIDER)}:{name}")
        return self.value(text, NameKind.KEY)

    def sentence(self, text: str) -> str:
        """Rewrite a sentence of ours. What it quotes between backticks is a name unless it is a word of AWS's."""
        parts = text.split("`")
        if len(parts) % 2 == 0:
            return self._rewritten(text, _as_it_is)
        return "`".join(
            self.quoted(part) if index % 2 else self._rewritten(part, _as_it_is) for index, part in enumerate(parts)
        )

    def quoted(self, text: str) -> str:
        """Rewrite what stands between backticks, or a side of a comparison: a value, or a few words about values."""
        if text in self._spellings:
            return self._spellings[text]
        if text in public_words.POLICY_ELEMENTS or any(pattern.fullmatch(text) for pattern in _STAYS):
            return text
        if split_arn(text) is not None:
            return self.value(text, NameKind.VALUE)
        if public_words.KEY.fullmatch(text):
            return self.key(text)
        if not self._spellings:
            # What it is the name of is not yet known.
            return self._rewritten(text, _as_it_is)
        written = self._rewritten(text, _well_known)
        return self._names.of(text, NameKind.NAME) if GONE in written and " " not in text else written

    def message(self, text: str) -> str:
        """Rewrite what somebody else wrote: of the words that were no name anywhere, only well-known ones stay."""
        gone = re.escape(GONE)
        return re.sub(rf"{gone}(?:\s+{gone})+", GONE, self._rewritten(text, _well_known))

    def _arn(self, arn: Arn) -> str:
        """Rewrite an ARN part by part: it stays an ARN, of the same service and type."""
        if arn.account == "aws":
            return str(arn)
        partition = arn.partition if re.fullmatch(r"(?:aws[a-z-]{0,8})?", arn.partition) else self._part(arn.partition)
        service = arn.service if arn.service in public_words.SERVICE_NAMES else self._part(arn.service)
        region = arn.region if public_words.REGION.fullmatch(arn.region) else self._part(arn.region)
        return f"arn:{partition}:{service}:{region}:{self._part(arn.account)}:{self._resource(arn.resource)}"

    def _part(self, text: str) -> str:
        return self.value(text, NameKind.VALUE)

    def _resource(self, text: str) -> str:
        """Rewrite the resource of an ARN: its type stays, the names in it do not."""
        parts = _SEPARATOR.split(text)
        of_type = _TYPES.get(parts[0], NameKind.NAME)
        rewritten = []
        for index, part in enumerate(parts):
            kind = of_type if index == len(parts) - 1 else NameKind.PATH
            if parts[0] == "assumed-role" and index == 2:
                kind = NameKind.ROLE
            stays = part in _TYPES or public_words.REGION.fullmatch(part)
            rewritten.append(part if stays else self.value(part, kind))
        return "".join(rewritten)

    def _variable(self, text: str) -> str:
        """Rewrite a policy variable and its default; wildcards stay, and all else gives empty text."""
        match = _VARIABLE.fullmatch(text)
        if match:
            default = f",{self._default(match[2][1:])}" if match[2] else ""
            return f"${{{self.key(match[1]) if match[1] not in '*?$' else match[1]}{default}}}"
        return text if text and not text.strip("*?") else ""

    def _default(self, text: str) -> str:
        return f" '{self.value(text.strip().strip(chr(39)), NameKind.VALUE)}'"

    def _remembered(self, text: str, rewritten: str) -> str:
        self._names.remember(text, rewritten)
        return rewritten

    def _rewritten(self, text: str, between: Callable[[str], str]) -> str:
        """Replace what is known or tells itself by its shape; `between` rewrites the text in between."""
        rewritten, last = "", 0
        for match in self._found.finditer(text):
            rewritten += between(text[last : match.start()]) + self._known(match[0])
            last = match.end()
        return rewritten + between(text[last:])

    def _known(self, text: str) -> str:
        if text in self._spellings:
            return self._spellings[text]
        if text.startswith("arn:"):
            return self.value(text, NameKind.VALUE)
        return self._names.of_shape(text) or text


_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}")
_STAYS = (
    public_words.ACTION,
    public_words.CODE,
    public_words.OPERATOR,
    public_words.REGION,
    public_words.SERVICE,
    public_words.PROVIDER,
    public_words.EXACT,
)


def _as_it_is(text: str) -> str:
    return text


def _well_known(text: str) -> str:
    """Keep the words that are known to be harmless; leave spaces and punctuation as they are."""
    return re.sub(r"[^\s\"()\[\]{},;]+", lambda run: run[0] if _harmless(run[0]) else GONE, text)


def _harmless(run: str) -> bool:
    word = run.strip(".:!?`'-/\\=+*#<>|&").lower()
    return (
        not word
        or word in public_words.WORDS
        or bool(public_words.CODE.fullmatch(run))
        or word in public_words.SERVICE_NAMES
    )


def _tells(text: str) -> bool:
    """Say whether a part of a sentence can be taken for this name; plain words and single characters cannot."""
    words = re.findall(r"\w+", text.lower())
    return (
        len(text) > 1
        and text not in public_words.POLICY_ELEMENTS
        and not all(word in public_words.WORDS for word in words)
    )


def _as_word(text: str) -> str:
    """Match a text where it is no part of a longer word."""
    before = "(?<![A-Za-z0-9])" if text[0].isalnum() else ""
    after = "(?![A-Za-z0-9])" if text[-1].isalnum() else ""
    return f"{before}{re.escape(text)}{after}"


def _spellings(text: str) -> Iterator[str]:
    """Give the ways in which sentences write a text: without what does not show, without backticks, cut off."""
    escaped = printable(text)
    for spelling in (escaped, escaped.replace("`", "'"), visible(text), json.dumps(text)[1:-1]):
        yield spelling
        if len(spelling) > _CUT:
            yield spelling[:_CUT]
