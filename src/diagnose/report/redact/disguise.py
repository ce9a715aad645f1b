"""Values taken apart, and put together again with pseudonyms: ARNs, ids, paths, patterns, condition keys.

What is AWS's stays where it stands: partitions, services, types, Regions, wildcards, variables. What is left are names,
and pieces of names beside a wildcard or a variable.
"""

import re
from collections.abc import Callable

from msgspec import Struct

from diagnose.model.arn import HTTPS, Arn
from diagnose.model.condition_keys import ValueKind
from diagnose.model.issuers import PRIVATE, is_subject, issuer_of
from diagnose.report.redact import public_words, service_words
from diagnose.report.redact.addresses import is_address
from diagnose.report.redact.issuer_names import IssuerNames, IssuersMet, misspells_one
from diagnose.report.redact.names import NameKind, Names
from diagnose.report.redact.placeholders import SLOT, disguised_placeholder, put_in, taken_out
from diagnose.report.redact.public_words import is_region
from diagnose.report.redact.slips import nearest_word, within_a_slip, without_more
from diagnose.report.redact.words_of_aws import (
    ARN_SERVICES,
    ARN_WORDS,
    HOST_NAME,
    PARTITIONS_OR_NONE,
    PUBLIC,
    PUBLIC_PARTS,
    TYPES,
    beginning_of_arn,
    beginning_of_aws,
    is_host,
    is_of_saml,
    is_one_of,
    is_public,
    is_type,
)

_TYPED = re.compile(rf"({'|'.join(sorted(service_words.RESOURCE_TYPES))})([/:])(.*)", re.DOTALL)
_TOKENS = re.compile(rf"(\$\{{[^{{}}]*\}}|{SLOT}|[*?]+|[/:]|{public_words.SERVICE_END}$)")
_VARIABLE = re.compile(r"\$\{([^},]*)(,[^}]*)?\}")
_HEADS = frozenset(
    (
        "AWSReservedSSO_",
        "AWSServiceRoleFor",
        "AIDA",
        "AROA",
        "ASIA",
        "AKIA",
        "o-",
        "r-",
        "ou-",
        "vpc-",
        "vpce-",
        "vpce-svc-",
    )
)
_GLUED = re.compile(r"oidc-provider(?=[a-z0-9-]+\.)", re.IGNORECASE)
"""The type of a provider's ARN that lost its slash."""
_SIZE = re.compile(r"[0-9]{1,3}")
"""As many digits as the size of a range of addresses has. What has more may be somebody's number."""
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_HOST_WORDS = frozenset(("amazonaws", "amazon", "aws", "com", "cn", "co", "eu", "internal", "http", "https"))


class KeyWords(Struct, frozen=True):
    """What redaction asks of the table of condition keys, which is beyond what a report may import.

    `value_kind` says what the values of a key are; `documented` are the keys that AWS has, in lower case, without the
    slash before a tag; `spelling` says which of them a misspelt one is near to, if any;
    `passed` whether a tag, in lower case, is one that a service of AWS passes with a role, and so is called by AWS.
    """

    value_kind: Callable[[str], ValueKind]
    documented: frozenset[str]
    spelling: Callable[[str], str]
    passed: Callable[[str], bool]


class Learned:
    """What is learned of a case on the way, and matters for texts that came before."""

    def __init__(self) -> None:
        """Start with nothing.

        Of the keys of conditions, `ordered` are compared as numbers or dates, `truths` as such, `binary` as bytes.
        `issuers` are those by whose names others are read.
        """
        self.ordered: set[str] = set()
        self.truths: set[str] = set()
        self.binary: set[str] = set()
        self.issuers = IssuersMet()

    @property
    def any(self) -> bool:
        """Whether there is anything."""
        return bool(self.ordered or self.truths or self.binary or self.issuers.rows or self.issuers.private)

    def add(self, key: str, operator: str) -> None:
        """Note how a policy compares the values of a key."""
        name = operator.rpartition(":")[2].lower()
        if name.startswith(("numeric", "date")):
            self.ordered.add(_about(key))
        if name.startswith("bool"):
            self.truths.add(_about(key))
        if name.startswith("binary"):
            self.binary.add(_about(key))


class Disguise:
    """Rewrites values. `in_policy` is true while it rewrites a policy document."""

    def __init__(self, names: Names, keys: KeyWords, learned: Learned) -> None:
        """`learned` is filled on the way, and used: what comes early is right on a second way."""
        self.names, self.keys, self.learned = names, keys, learned
        self.in_policy = False
        self.issuer = IssuerNames(self.stand_in, self._private_issuer, learned.issuers).disguised

    def value(self, text: str, kind: NameKind) -> str:
        """Rewrite a value that stands alone: an ARN, an id, a name, or a pattern of those."""
        core = text.strip()
        if not core:
            return text
        start = text.index(core)
        if kind is NameKind.TAG and self.keys.passed(core.lower()):
            return text[:start] + self.names.public(core) + text[start + len(core) :]
        slotted, placeholders = taken_out(core)
        rewritten = put_in(self._core(slotted, kind), map(self._placeholder, placeholders))
        return text[:start] + rewritten + text[start + len(core) :]

    def ids(self, text: str, kind: NameKind) -> str:
        """Rewrite ids with separators between them; a pattern may have the beginning of an id alone: `AR*`."""
        beginning = re.match(r"(A|AI|AID|AR|ARO|AS|ASI)(?=[*?])", text)
        if beginning is None:
            return self.value(text, kind)
        return beginning[0] + self._parts(text[beginning.end() :], kind, frozenset(), before=beginning[0][-1:])

    def arn(self, text: str, kind: NameKind) -> str:
        """Rewrite an ARN, or what a policy has in the place of one; a pattern may have its beginning alone: `ar*`."""
        size = len(beginning_of_arn(text))
        if not size:
            return self.value(text, kind)
        return text[:size] + self._parts(text[size:], kind, ARN_WORDS, before=text[size - 1])

    def value_of(self, key: str, text: str, kind: NameKind) -> str:
        """Rewrite a value of a condition key, of a tag, or of a claim."""
        about = _about(key)
        if about in self.learned.ordered and re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?|[0-9]{4}-[0-9]{2}-.*", text):
            return self.names.number(text)
        if about in self.learned.truths and text.lower() in ("true", "false"):
            return text
        if about in self.learned.binary and _BASE64.fullmatch(text):
            self.names.keep_shape(text)
            return self.names.name(text, kind, fills=False)
        return self.value(text, kind)

    def key(self, text: str) -> str:
        """Rewrite a condition key: AWS's part stays; the name of a tag, or of a provider, does not."""
        core = text.strip()
        if core != text:
            return text.replace(core, self.key(core)) if core else text
        name, slash, tag = text.partition("/")
        if meant := self._key_meant(name):
            return self._misspelt_key(name, meant, f"{slash}{self.value(tag, NameKind.TAG)}")
        if found := public_words.KEY.fullmatch(text):
            return f"{found['prefix']}{self.value(found['name'], NameKind.KEY)}{slash}{self.value(tag, NameKind.TAG)}"
        host, colon, name = text.rpartition(":")
        if not colon and issuer_of(text) is not PRIVATE:
            # A key that lost the name of its claim still names an issuer.
            return self.issuer(text)
        known = name.lower() in public_words.CLAIM_NAMES
        if not colon or not ("." in host or known):
            return self.value(text, NameKind.KEY)
        claim = name if known else self.value(name, NameKind.KEY)
        provider = self.value(host, NameKind.PROVIDER) if host.startswith("arn:") else self.issuer(host)
        return f"{provider}:{claim}"

    def _key_meant(self, name: str) -> str:
        """Give the key of AWS, in lower case, that a name is, or was meant for; empty if there is none."""
        if name.lower() in self.keys.documented:
            return name.lower()
        return nearest_word(name, self.keys.documented) or self.keys.spelling(name).lower()

    def _misspelt_key(self, name: str, meant: str, behind: str) -> str:
        """Rewrite what a key has besides the one that was meant, as far as it is still known for that."""
        prefix, colon, rest = name.partition(":")
        if not colon or any(within_a_slip(prefix.lower(), key.partition(":")[0]) for key in self.keys.documented):
            rewritten = without_more(name, meant, self.stand_in)
        else:
            rewritten = f"{self.stand_in(prefix)}:{without_more(rest, meant.partition(':')[2], self.stand_in)}"
        spelling = self.keys.spelling
        # What a name shares with a key by chance may be why it is near: then another slip does.
        ways = (f"{way}{behind}" for way in (rewritten, f"{spelling(name) or meant}x"))
        as_it_is = f"{name}{behind}"
        return next((way for way in ways if spelling(way) == spelling(as_it_is)), as_it_is)

    def service(self, text: str) -> str:
        """Rewrite the name of a service, or what should be one: a service of AWS stays where the rest is wrong."""
        core = text.strip()
        first, dot, rest = core.partition(".")
        if is_host(core) or not is_one_of(first, service_words.SERVICE_PRINCIPALS) or not first.strip("*?"):
            return self.value(text, NameKind.VALUE)
        words = re.split(r"([.:/])", rest)
        rewritten = [
            word if place % 2 or not word or word.lower() in _HOST_WORDS or is_region(word) else self.stand_in(word)
            for place, word in enumerate(words)
        ]
        return text.replace(core, f"{first}{dot}{''.join(rewritten)}")

    def resource(self, text: str) -> str:
        """Rewrite the resource of an ARN: its type stays, the names in it do not."""
        kind, slash, rest = text.partition("/")
        if found := _TYPED.fullmatch(text):
            return f"{found[1]}{found[2]}{self._parts(found[3], NameKind.NAME, frozenset())}"
        if not slash or not (is_one_of(kind, TYPES) or misspells_one(kind.lower(), frozenset(TYPES))):
            if glued := _GLUED.match(text):
                return f"{glued[0]}{self.issuer(text[glued.end() :])}"
            public = beginning_of_aws(kind)
            names = self._parts(text[len(public) :], NameKind.NAME, frozenset(TYPES), before=public[-1:])
            return f"{self._of_aws(public)}{names}"
        of_type = next((TYPES[name] for name in (kind, kind.lower()) if name in TYPES), NameKind.NAME)
        if misspells_one(kind.lower(), frozenset(("oidc-provider",))):
            return f"{kind}/{self.issuer(rest)}"
        if kind == "assumed-role":
            role, slash_behind, session = rest.partition("/")
            of_role = self._parts(role, NameKind.ROLE, frozenset())
            return f"{kind}/{of_role}{slash_behind}{self._parts(session, of_type, frozenset())}"
        return f"{kind}/{self._parts(rest, of_type, frozenset())}"

    def word(self, text: str, kind: NameKind) -> str:
        """Rewrite what should be a Region or a type of principal, or a pattern of some: what is nearly one stays."""
        return text if is_region(text) or is_type(text) else self.value(text, kind)

    def stand_in(self, text: str) -> str:
        """Rewrite a word of which the form matters: it stays one word of letters."""
        self.names.keep_shape(text)
        return self.names.name(text, NameKind.VALUE, fills=False)

    def _placeholder(self, text: str) -> str:
        return disguised_placeholder(text, self.stand_in)

    def _private_issuer(self, name: str) -> str:
        if name.startswith("arn:"):
            return self._core(name, NameKind.PROVIDER)
        if self.learned.issuers.is_one_of_alike(name):
            for part in filter(None, _TOKENS.split(name)):
                self.names.keep_shape(part)
                self.names.relate(part)
        host, slash, path = name.partition("/")
        if not is_host(host):
            return self._parts(name, NameKind.PROVIDER, frozenset())
        return f"{host}{slash}{self._parts(path, NameKind.PROVIDER, frozenset(), before=slash)}"

    def _core(self, text: str, kind: NameKind) -> str:
        if is_host(text) or is_of_saml(text):
            return text
        if text.startswith(HTTPS):
            return self.issuer(text)
        if beginning := public_words.NAME_FORMAT.match(text):
            return f"{beginning[0]}{self._parts(text[beginning.end() :], kind, frozenset())}"
        # A variable has a colon of its own.
        parts = re.split(r":(?![^{}]*\})", text)
        if len(parts) > 6:
            parts[5:] = [":".join(parts[5:])]
        if public_words.is_arn(parts):
            return parts[0] + self._arn(Arn(*parts[1:])).removeprefix("arn")
        if is_address(text):
            return self.names.address(text)
        address, _, size = text.partition("/")
        if _SIZE.fullmatch(size) and is_address(address):
            # No range has that size, and yet it was meant for one.
            return f"{self.names.address(address)}/{size}"
        if is_subject(text) or (text[:3].lower() != "arn" and not (":" in text and re.search(r"[*?]", text))):
            return self._parts(text, kind, frozenset())
        # A pattern of an ARN, or one that lost a colon.
        rewritten = []
        for part in parts:
            if part.lower().startswith("oidc-provider/"):
                rewritten.append(self.resource(part))
                continue
            public = beginning_of_aws(part)
            names = self._parts(part[len(public) :], kind, ARN_WORDS, before=public[-1:] or ":")
            rewritten.append(f"{self._of_aws(public)}{names}")
        return ":".join(rewritten)

    def _of_aws(self, beginning: str) -> str:
        """Rewrite what `beginning_of_aws` gives: words of AWS, or pieces that may be of some."""
        words = re.split(r"([*?]+)", beginning)
        return "".join(
            word if place % 2 or not word or word.lower() in ARN_WORDS else self.names.ending(word)
            for place, word in enumerate(words)
        )

    def _arn(self, arn: Arn) -> str:
        """Rewrite an ARN part by part: it stays an ARN, of the same service and type."""
        of_aws = arn.account == "aws"
        partition = arn.partition if is_one_of(arn.partition, PARTITIONS_OR_NONE) else self._part(arn.partition)
        service = arn.service if is_one_of(arn.service, ARN_SERVICES) else self._part(arn.service)
        region = arn.region if is_region(arn.region) else self._part(arn.region)
        account = arn.account if of_aws else self._part(arn.account)
        own = of_aws and public_words.OWN_RESOURCE.fullmatch(f"{arn.service}:{arn.resource}")
        return f"arn:{partition}:{service}:{region}:{account}:{arn.resource if own else self.resource(arn.resource)}"

    def _part(self, text: str) -> str:
        return self._parts(text, NameKind.VALUE, frozenset())

    def _parts(self, text: str, kind: NameKind, words: frozenset[str], before: str = "") -> str:
        """Rewrite what stands between slashes, colons, wildcards and variables; `words` are AWS's here."""
        first = before
        tokens = _TOKENS.split(text)
        rewritten = []
        for place, token in enumerate(tokens):
            before = next((one for one in reversed(tokens[:place]) if one), first)
            after = next((one for one in tokens[place + 1 :] if one), "")
            if place % 2:
                rewritten.append(self._between(token, before, after))
            elif token:
                of_part = NameKind.PATH if after and "/" in tokens[place + 1 :] else kind
                if kind is NameKind.PROVIDER and not place and HOST_NAME.fullmatch(token):
                    of_part = NameKind.HOST
                rewritten.append(self._name(token, of_part, before, after, words))
        return "".join(rewritten)

    def _between(self, token: str, before: str, after: str) -> str:
        """Rewrite a variable; separators and wildcards stay."""
        if "?" in token:
            self.names.keep_length()
        found = _VARIABLE.fullmatch(token)
        if not found:
            return token
        if not (_ends(before) and _ends(after)):
            self.names.compose()
        name = found[1] if found[1] in ("*", "?", "$") else self.key(found[1])
        return f"${{{name}{self._default(found[2]) if found[2] else ''}}}"

    def _default(self, text: str) -> str:
        """Rewrite `, 'default'`; what variables stand for may be part of a name."""
        found = re.fullmatch(r"(,\s*'?)([^']*)('?\s*)", text)
        if not found:
            return f", '{self.names.name(text, NameKind.VALUE, fills=True)}'"
        return f"{found[1]}{self.names.name(found[2], NameKind.VALUE, fills=True) if found[2] else ''}{found[3]}"

    def _name(self, token: str, kind: NameKind, before: str, after: str, words: frozenset[str]) -> str:
        if token in words or not token.strip():
            return token
        if public_words.REGION.fullmatch(token) or is_host(token):
            return token
        if not (_ends(before) and _ends(after)):
            if token in _HEADS:
                return token
            if after in ("/", ":") and any(word.endswith(token) for word in TYPES):
                return self.names.ending(token)
            return self.names.piece(token)
        if is_public(token, PUBLIC_PARTS if before or after else PUBLIC):
            # A policy has its name for people alone.
            return token if kind is NameKind.POLICY else self.names.public(token)
        if is_address(token):
            return self.names.address(token)
        if after.startswith(".") and "." in token:
            return ".".join(
                label if is_region(label) else self._name(label, kind, "", after, words) for label in token.split(".")
            )
        return self.names.name(token, kind, fills=not self.in_policy)


def _ends(neighbour: str) -> bool:
    """Say whether a name ends where this follows: it is no wildcard, no variable and no other part of the name."""
    return neighbour in ("", "/", ":") or neighbour.startswith(".")


def _about(key: str) -> str:
    """Give what the values of keys have in common: the name of the tag, of the claim, or the key."""
    return re.split("[:/]", key)[-1].lower()
