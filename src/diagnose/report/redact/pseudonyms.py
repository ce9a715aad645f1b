"""Pseudonyms: the same text always gets the same one, two texts never do, and none is a text of the original.

A name that nothing is like gets a number: `role-3`. Names that are alike, because a pattern fits some of them, because
they differ in case only or look mistyped, keep their shape and stay alike: see `alike.py` and `letters.py`. What has a
form that AWS gives it (twelve digits, `AROA...`, `o-...`, an IP address) keeps that form.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum, auto
from hashlib import blake2b
from itertools import count
from typing import TypeAlias

from msgspec import Struct

from diagnose.report.redact.addresses import Addresses, is_address
from diagnose.report.redact.alike import Containing, groups, what_stays
from diagnose.report.redact.letters import Letters, beyond_ascii
from diagnose.report.redact.names import NameKind, Survey
from diagnose.report.redact.numbers import Numbers

_Form: TypeAlias = Callable[[str, int], str]
"""Writes the pseudonym of a series, by its head and a number."""

ACCOUNT = re.compile(r"[0-9]{12}")
_UNIQUE_ID = "A(?:IDA|ROA|KIA|SIA|GPA|IPA|NPA|NVA|PKA|BIA|CCA|SCA)"
_FORMS: tuple[tuple[re.Pattern[str], _Form], ...] = (
    (re.compile(rf"(?P<head>{_UNIQUE_ID})[A-Z0-9]{{8,}}"), lambda head, number: f"{head}REDACTED{number:09d}"),
    (
        re.compile(r"(?P<head>vpce-svc-|vpce-|vpc-|eni-|subnet-|sg-|igw-|nat-|i-)[0-9a-f]{8,17}"),
        lambda head, number: f"{head}{number:017x}",
    ),
    (
        re.compile(r"(?P<head>ou-)[0-9a-z]{4,32}-[0-9a-z]{8,32}"),
        lambda head, number: f"{head}{number:04d}-{number:08d}",
    ),
    (re.compile(r"(?P<head>o-)[a-z0-9]{10,32}"), lambda head, number: f"{head}redacted{number:04d}"),
    (re.compile(r"(?P<head>r-)[0-9a-z]{4,32}"), lambda head, number: f"{head}{number:04d}"),
    (re.compile(r"(?P<head>p-)[0-9a-z_]{8,128}"), lambda head, number: f"{head}{number:08d}"),
    (
        re.compile(r"(?P<head>)[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
        lambda _, number: f"00000000-0000-4000-8000-{number:012d}",
    ),
    (
        re.compile(r"(?P<head>)[\w.+=-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"),
        lambda _, number: f"person-{number}@example.com",
    ),
    (re.compile(r"(?P<head>)[0-9a-f]{16}"), lambda _, number: f"{number:016x}"),
    (re.compile(r"(?P<head>)[0-9]{12}"), lambda _, number: str(number) * 12 if number < 10 else f"1{number:011d}"),
)
_OF_AWS = re.compile(r"AWSReservedSSO_|AWSServiceRoleFor", re.IGNORECASE)
_HEAD = re.compile(
    rf"(?i:{_OF_AWS.pattern}|AWS)|{_UNIQUE_ID}(?=[A-Z0-9]*$)|(?:vpce-svc-|vpce-|vpc-|eni-|subnet-|sg-|igw-|nat-|i-)(?=[0-9a-f]*$)"
    r"|(?:ou-|o-|r-)(?=[0-9a-z-]*$)"
)
"""How a piece of an id, or a name that AWS composes, begins; that is AWS's."""
_ORDINARY = re.compile(r"[A-Za-z0-9_+=,.@-]{2,64}")
"""What AWS takes for a name of any kind."""
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{8}")
"""What many ids are made of, and no other letters may stand in them."""
_LEAST = 3
"""Letters of a beginning that is AWS's, by which a piece of it is known."""
_MOST_KEYS = 64
_MOST_CAPITALIZED = 8
"""Ways to write the shortest head of a number, `tag`, with capitals or without."""


def has_form(text: str) -> bool:
    """Say whether a text is an id of a form that AWS gives, or an account, or an e-mail address."""
    return any(pattern.fullmatch(text) for pattern, _ in _FORMS)


class Endings(Enum):
    """What becomes of a piece with which a word of AWS's may begin or end, as `r` ends `user` in `*r/Deploy`."""

    STAY = auto()
    TURN = auto()
    """It gets a pseudonym, for it is a piece of somebody's names."""
    SHARE = auto()
    """It stays, and so do its letters in the names that have it, for it may be a piece of both."""


class Keeping(Struct, frozen=True):
    """How much the pseudonyms of a case keep of what they stand for.

    With `one_group` all names keep their shape under the same exchange of letters: whatever is compared with whatever,
    it comes out as before. With `by_digits` addresses are names like others, as patterns see them. With `gives_up` a
    name of AWS's is one like others if a pattern, or a slip, may take it for one of them. `endings` says what becomes
    of pieces that may be of a word of AWS's.
    """

    one_group: bool = False
    by_digits: bool = False
    gives_up: bool = False
    endings: Endings = Endings.STAY


class Pseudonyms:
    """The pseudonyms of what a survey has noted, under a key."""

    def __init__(self, survey: Survey, key: bytes, keeping: Keeping) -> None:
        """Nothing is decided before a name is asked for, so that the first one asked for gets the first number."""
        self._survey, self._key, self._keeping = survey, key, keeping
        self._pieces = survey.pieces | (survey.endings if keeping.endings is Endings.TURN else set())
        self._shows_too_much = False
        self._given: dict[str, str] = {}
        self._counts: dict[str, Iterator[int]] = {}
        self._of_aws: set[str] = set()
        pieces = sorted(self._pieces)
        if survey.composes:
            pieces += sorted(survey.values)
        stay = what_stays(survey.known, survey.kinds, pieces, survey.related if keeping.gives_up else None)
        self._stay = stay
        self._shared = (stay.shared | survey.endings) if keeping.endings is Endings.SHARE else frozenset()
        self._names = {**survey.kinds, **dict.fromkeys(stay.given_up, NameKind.NAME)}
        pieces = [*(piece for piece in pieces if piece not in stay.pieces), *sorted(self._shared)]
        tiny = any(sum(map(str.isalnum, piece)) == 1 for piece in pieces)
        self._one_group = keeping.one_group or tiny
        # A piece without any letter is in many names.
        self._all_shaped = self._one_group or survey.length_matters or any(_no_letter(piece) for piece in pieces)
        every = (*self._names, *pieces, *(survey.addresses if keeping.by_digits else ()))
        self._originals = {text.casefold() for text in (*every, *survey.known, *survey.addresses, *survey.numbers)}
        self._groups = dict.fromkeys(every, every) if self._one_group else groups(self._names, pieces, survey.related)
        self._beyond = beyond_ascii(every)
        self._addresses = None if keeping.by_digits else Addresses(key)
        self._numbers = Numbers(survey.numbers, key)

    def all(self) -> Mapping[str, str]:
        """Give what every name of the case is called instead, numbered in the order in which the survey met them."""
        for text, kind in self._names.items():
            self.name(text, kind)
        return self._given

    def differ(self) -> bool:
        """Say whether there is anything of which they keep more, or less, than they would without being told to."""
        if self._keeping.gives_up and not self._stay.given_up:
            return False
        match self._keeping.endings:
            case Endings.STAY:
                return True
            case Endings.TURN:
                return bool(self._survey.endings)
            case Endings.SHARE:
                return bool(self._shared)

    def name(self, text: str, kind: NameKind, *, fills: bool = False) -> str:
        """Give the pseudonym of a name."""
        del fills  # the survey knows
        if text not in self._given:
            group = self._groups.get(text, (text,))
            if len(group) > 1 and self._differ_in_capitals(group):
                self._given |= self._capitalized(group)
            elif self._all_shaped or len(group) > 1 or self._keeps_shape(text, kind):
                self._given |= self._shaped(group)
            else:
                self._given[text] = self._numbered(text, self._survey.kinds.get(text, kind))
        return self._given[text]

    def public(self, text: str) -> str:
        """Keep a name that AWS gives, unless it was given up."""
        return self.name(text, NameKind.NAME) if text in self._stay.given_up else text

    def piece(self, text: str) -> str:
        """Give the pseudonym of a piece of a name: its group keeps its shape, if it is alone as well."""
        if text in self._stay.pieces:
            return text
        if self._addresses and (beginning := self._addresses.of_beginning(text)):
            return beginning
        if text not in self._given:
            self._given |= self._shaped(self._groups.get(text, (text,)))
        return self._given[text]

    def ending(self, text: str) -> str:
        """Keep a piece that may be of a word of AWS's, unless it turns."""
        return self.piece(text) if self._keeping.endings is Endings.TURN else text

    def address(self, text: str) -> str:
        """Give the pseudonym of an address: a range contains the same ones."""
        return self._addresses.of(text) if self._addresses else self.name(text, NameKind.VALUE)

    def number(self, text: str) -> str:
        """Give a number that is larger by as much as all others are, a date that is later."""
        moved = "" if ACCOUNT.fullmatch(text) else self._numbers.moved(text)
        return moved or self.name(text, NameKind.VALUE)

    def keep_shape(self, text: str) -> None:
        """The survey knows."""

    def relate(self, text: str) -> None:
        """The survey knows."""

    def keep_length(self) -> None:
        """The survey knows."""

    def compose(self) -> None:
        """The survey knows."""

    def sound(self) -> bool:
        """Say whether no two are one, none is a name of the original, and each piece is in the same names as before."""
        distinct = len(set(self._given.values())) == len(self._given)
        if not distinct or self._shows_too_much or not all(self._fits(text, new) for text, new in self._given.items()):
            return False
        if self._one_group:
            return True
        before, after = Containing(self._names), Containing(self._given[name] for name in self._names)
        for piece in self._pieces:
            if piece in self._given:
                expected = {self._given[name] for name in before.names(piece)}
                if expected != set(after.names(self._given[piece])):
                    return False
        return True

    def _keeps_shape(self, text: str, kind: NameKind) -> bool:
        return (
            kind is NameKind.DEVICE
            or text in self._survey.shaped
            or _OF_AWS.match(text) is not None
            or not _ORDINARY.fullmatch(text)
        )

    def _differ_in_capitals(self, group: Sequence[str]) -> bool:
        """Say whether names differ in nothing else, so that one number does for all."""
        return (
            not self._all_shaped
            and len({text.casefold() for text in group}) == 1
            and len(group) <= _MOST_CAPITALIZED
            and self._pieces.isdisjoint(group)
            and not any(self._keeps_shape(text, NameKind.NAME) or has_form(text) for text in group)
            and all(text in self._survey.kinds and self._survey.kinds[text] is not NameKind.DEVICE for text in group)
        )

    def _capitalized(self, group: Sequence[str]) -> dict[str, str]:
        """Give all the same number, and each other capitals: `role-1`, `Role-1`, `rOle-1`."""
        number = self._numbered(group[0], self._survey.kinds[group[0]])
        places = [place for place, letter in enumerate(number) if letter.isalpha()]
        letters = list(number.lower())
        given = {}
        for order, text in enumerate(group):
            chosen = {place for bit, place in enumerate(places) if order >> bit & 1}
            given[text] = "".join(one.upper() if place in chosen else one for place, one in enumerate(letters))
        return given

    def _numbered(self, text: str, kind: NameKind) -> str:
        """Take the next pseudonym of a series that the original does not hold."""
        head: str = kind
        form = _BY_KIND.get(kind, _by_number)
        for pattern, of_pattern in _FORMS:
            if match := pattern.fullmatch(text):
                head, form = match["head"], of_pattern
                break
        numbers = self._counts.setdefault(f"{head} {form('', 0)}", count(1))
        return next(new for new in (form(head, number) for number in numbers) if new.casefold() not in self._originals)

    def _shaped(self, group: Sequence[str]) -> dict[str, str]:
        """Exchange the letters of a group, so that none of its members is a text of the original."""
        starts = self._starts(group)
        kept = {letter.lower() for ending in self._shared.intersection(group) for letter in ending}
        names = self._names.keys() & group
        self._shows_too_much |= any(2 * sum(letter.lower() in kept for letter in name) > len(name) for name in names)
        best: dict[str, str] = {}
        for number in range(_MOST_KEYS):
            salt = f"{number} {group[0]}".encode("utf-8", "surrogatepass")
            # Short names are hard to tell from each other's pseudonyms: there are not many letters from `a` to `f`.
            hexadecimal = number < _MOST_KEYS // 2 or any(map(_HEXADECIMAL.search, group))
            letters = Letters(blake2b(salt, key=self._key).digest(), self._beyond, hexadecimal=hexadecimal, kept=kept)
            best = {text: text[: starts[text]] + letters.turned(text[starts[text] :]) for text in group}
            if all(self._fits(text, new) for text, new in best.items()):
                break
        return best

    def _starts(self, group: Sequence[str]) -> Mapping[str, int]:
        """Say of each member of a group how many letters in the beginning are AWS's."""
        head = next((match["head"] for text in group for form, _ in _FORMS if (match := form.fullmatch(text))), "")
        starts = {text: len(text) if text in self._shared else _start(text, head) for text in group}
        begun = [(text.casefold(), start) for text, start in starts.items() if start >= _LEAST]
        names = [text.casefold() for text in group if text in self._names]
        for piece in self._pieces.intersection(group):
            folded = piece.casefold()
            if starts[piece] and _is_only_within(folded, names):
                starts[piece] = 0
            places = [(name.find(folded), start) for name, start in begun]
            within = [min(len(piece), start - place) for place, start in places if place >= 0]
            starts[piece] = max((size for size in within if size >= _LEAST), default=starts[piece])
        self._of_aws |= {text for text, start in starts.items() if start == len(text)}
        return starts

    def _fits(self, text: str, new: str) -> bool:
        """Say whether a pseudonym is none of the original, and an address only if the text is one."""
        known = new.casefold() in self._originals and not _names_nobody(text)
        return (not known or text in self._of_aws) and (self._addresses is None or is_address(text) == is_address(new))


def _is_only_within(piece: str, names: Sequence[str]) -> bool:
    """Say whether there are names with a piece in them, and none that begins with it."""
    return any(piece in name for name in names) and not any(name.startswith(piece) for name in names)


def _start(text: str, head: str) -> int:
    match = _HEAD.match(text)
    return len(head) if head and text.startswith(head) else match.end() if match else 0


def _by_number(head: str, number: int) -> str:
    return f"{head}-{number}"


def _host(_: str, number: int) -> str:
    return f"provider-{number}.example.com"


def _sid(_: str, number: int) -> str:
    """Write what IAM takes for a Sid, and what nobody reads as the number of a statement."""
    return f"Sid{number}"


_BY_KIND: Mapping[NameKind, _Form] = {NameKind.HOST: _host, NameKind.STATEMENT: _sid}


def _no_letter(text: str) -> bool:
    return not any(map(str.isalnum, text))


def _names_nobody(text: str) -> bool:
    """Say whether a text tells so little that its pseudonym may be another text of the original."""
    told = "".join(filter(str.isalnum, text))
    return not told.strip("0") or (len(told) <= 2 and told.isdigit())
