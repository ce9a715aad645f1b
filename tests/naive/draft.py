"""A case in the making: its parts, still changeable."""

from collections.abc import Callable
from random import Random
from typing import Any

from tests.naive.request import Call, OpenQuestionError, UnsettledError

from diagnose.model.arn import CallerArn, CallerKind, parse_caller
from diagnose.model.case import Case, Endpoint, Organization, Origin, Principal, Role, Via
from diagnose.model.trace import Action

Document = dict[str, Any]
TAG_KEYS, TAG_VALUES = ("team", "Env", "Cost"), ("red", "Blue", "alice", "Deploy")


class Draft:
    """A request, two sides, and the policy documents of each layer by level."""

    arn: str
    role_arn: str
    account: str
    role: Role | None
    freeze: Callable[["Draft"], Case]

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        # A quiet draft has one thing that matters and no noise.
        self.quiet = False
        self.partition, self.region, self.via = "aws", "eu-west-1", Via.API
        self.principal: Principal | None = None
        self.origin = Origin.LONG_TERM
        self.session_tags: dict[str, str] = {}
        self.transitive: tuple[str, ...] = ()
        self.source_identity: str | None = None
        self.mfa = False
        self.mfa_age: int | None = None
        self.issued_at: str | None = None
        self.home: Organization | None = None
        self.far: Organization | None = None
        self.endpoint: Endpoint | None = None
        self.sent: dict[str, Any] = {}
        self.context: dict[str, tuple[str, ...]] = {}
        layers = ("trust", "identity", "boundary", "session", "scp", "rcp", "endpoint")
        self.parts: dict[str, list[list[Document]]] = {layer: [] for layer in layers}
        self.settled: Case | None = None
        self.parts |= {"trust": [[{"Statement": []}]], "endpoint": [[{"Statement": []}]]}

    @property
    def is_service(self) -> bool:
        return self.origin is Origin.SERVICE and self.principal is None

    @property
    def caller(self) -> CallerArn:
        return parse_caller(self.arn)

    @property
    def is_user(self) -> bool:
        return self.caller.kind is CallerKind.USER

    def actions(self) -> list[str]:
        """Name the actions that this request is authorised for."""
        sent = self.sent
        wanted = [True, sent.get("tags") or self.transitive, sent.get("source_identity") or self.source_identity]
        return [
            action
            for action, want in zip(tuple(Action)[:4], [*wanted, sent.get("provided_contexts")], strict=True)
            if want
        ]

    def values(self, key: str, action: str) -> tuple[str, ...] | None:
        """Give a key's values, so that conditions can be made to fit; None where they are not settled.

        They are those of the request as it was when `settled` was last cleared.
        """
        self.settled = self.settled or self.freeze(self)
        try:
            return Call(self.settled, Action(action), {}).values(key)
        except (UnsettledError, OpenQuestionError):
            return None

    def some_tags(self) -> dict[str, str]:
        share = self.rng.choice((0, 0.5, 0.8))
        return {key: self.rng.choice(TAG_VALUES) for key in TAG_KEYS if self.rng.random() < share}
