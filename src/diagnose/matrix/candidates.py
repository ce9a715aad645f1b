"""Which sources a role's trust policy may let in at all: nobody else is asked about.

INVARIANT: a pair that is left out is denied. A law decides such pairs one by one.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from msgspec import Struct

from diagnose.evaluate.sides import destination_view, source_view
from diagnose.matrix.identities import Destination, Source, case_of_pair
from diagnose.model.arn import role_of_session, split_arn, split_path
from diagnose.model.trace import Action, Effect, Layer
from diagnose.model.tri import NO


class Candidates(Struct, frozen=True):
    """Positions of sources. `named` are those that the trust policy names itself, by ARN or by unique id.

    `unnamed` are those whom it lets in, or may, with others: their account, or everybody.
    """

    unnamed: set[int]
    named: set[int]


class Callers:
    """The sources, by everything that a policy may name them with."""

    def __init__(self, sources: Sequence[Source], any_role: Destination) -> None:
        """`any_role` stands for all in looking at what is the same for each."""
        self._sources, self._any_role = sources, any_role
        self._by_account: dict[str, list[int]] = defaultdict(list)
        self._by_arn: dict[str, list[int]] = defaultdict(list)
        self._by_id: dict[str, list[int]] = defaultdict(list)
        self._by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
        for position, source in enumerate(sources):
            self._by_account[source.account].append(position)
            self._by_arn[source.arn].append(position)
            self._by_id[source.unique_id].append(position)
            self._by_name[source.account, source.name].append(position)

    def candidates(self, role: Destination) -> Candidates:
        """Give the sources that the role's trust policy may let in.

        Without a permission of their own, callers of other accounts never come in, and those of the role's account
        only where the trust policy names them, or everybody.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
        """
        found, named, everybody = set[int](), set[int](), False
        for text in self._trusted(role):
            if text == "*":
                everybody = True
            elif account := _account(text):
                found.update(self._granted_of(account))
            else:
                named.update(self._named(text))
        if everybody:
            found.update(self._granted)
            found.update(self._by_account.get(role.account, ()))
        return Candidates(found, named)

    def naming(self, role_arn: str) -> Sequence[int]:
        """Give the sources whose own policies name the role, without wildcards."""
        return self._by_resource.get(role_arn, ())

    def _trusted(self, role: Destination) -> Iterator[str]:
        """Name the principals of the Allow statements; `*` where it cannot be told who they are."""
        case = case_of_pair(self._sources[0], role)
        trust = destination_view(case).compiled_layer(Layer.TRUST, role.side)
        for level in trust.levels:
            statements = level.statements_for(Action.ASSUME_ROLE)
            if statements.unread:
                yield "*"
            for statement in statements.allows:
                if statement.principals is None or statement.principals.negated:
                    yield "*"
                else:
                    yield from statement.principals.texts

    def _named(self, text: str) -> Iterator[int]:
        """Find who may be meant by an ARN or a unique id.

        Of a role the path is not compared: where it is not known, deciding goes by the name.
        """
        yield from self._by_arn.get(text, ())
        arn = split_arn(text)
        if arn is None:
            yield from self._by_id.get(text, ())
            yield from self._by_id.get("", ())
        elif arn.resource.startswith("assumed-role/"):
            yield from self._by_name.get((arn.account, role_of_session(arn)), ())
        else:
            yield from self._by_name.get((arn.account, split_path(arn.resource)[2]), ())

    @cached_property
    def _granted(self) -> set[int]:
        """The sources whose own policies may allow them to assume some role."""
        return {position for position, source in enumerate(self._sources) if self._may_be_granted(source)}

    def _may_be_granted(self, source: Source) -> bool:
        view = source_view(case_of_pair(source, self._any_role))
        levels = view.compiled_layer(Layer.IDENTITY, source.side).levels
        grants = [level.statements_for(Action.ASSUME_ROLE) for level in levels]
        return all(statements.allow is not NO or statements.allows for statements in grants)

    @cached_property
    def _granted_by_account(self) -> dict[str, set[int]]:
        return {account: self._granted.intersection(positions) for account, positions in self._by_account.items()}

    def _granted_of(self, account: str) -> set[int]:
        return self._granted_by_account.get(account, set())

    @cached_property
    def _by_resource(self) -> dict[str, list[int]]:
        """The sources by what their Allow statements name. A pattern is no role's ARN, and so is never looked up."""
        naming: dict[str, list[int]] = defaultdict(list)
        for position, source in enumerate(self._sources):
            for text in self._resources(source):
                naming[text].append(position)
        return naming

    def _resources(self, source: Source) -> set[str]:
        view = source_view(case_of_pair(source, self._any_role))
        return {
            text.raw
            for level in view.compiled_layer(Layer.IDENTITY, source.side).levels
            for _, document in level.compiled
            for statement in document.statements
            if Action.ASSUME_ROLE in statement.covers and statement.effect is Effect.ALLOW
            if (resources := statement.compiled.resources) is not None and not resources.negated
            for text, _ in resources.values
        }


_ACCOUNT = re.compile(r"\d{12}")


def _account(text: str) -> str:
    """Give the account that a principal stands for as a whole; empty where it does not."""
    if _ACCOUNT.fullmatch(text):
        return text
    arn = split_arn(text)
    return arn.account if arn is not None and arn.service == "iam" and arn.resource == "root" else ""
