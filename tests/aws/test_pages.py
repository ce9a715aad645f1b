"""A listing goes on until AWS has no more; one that breaks off, or would never end, is unread as a whole."""

from typing import Any

import pytest
from tests.aws.test_calls import Clients

from diagnose.aws.calls import NOT_AWS, list_all
from diagnose.model.evidence import Gap, Known, Unread

ROLES, TARGETS = "iam:ListRolePolicies", "organizations:ListParents"


class Pages:
    """A client that gives one page after the other, the last one again and again."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self.sent: list[dict[str, Any]] = []
        self._pages = pages

    def list_role_policies(self, **sent: Any) -> dict[str, Any]:
        self.sent.append(sent)
        return self._pages[min(len(self.sent), len(self._pages)) - 1]

    list_parents = list_role_policies


def listed(action: str, *pages: dict[str, Any]) -> tuple[Any, Pages]:
    given = Pages(*pages)
    clients: Any = Clients()
    clients.client = lambda _: given
    key = "PolicyNames" if action == ROLES else "Parents"
    return list_all(clients, action, "x", key, Own="x"), given


def broken(action: str, why: str) -> Unread:
    return Unread(Gap.UNREACHABLE, "x", "", f"{NOT_AWS} ({action}: {why})")


@pytest.mark.parametrize(
    ("action", "pages", "sent"),
    [
        pytest.param(ROLES, [{"PolicyNames": ["a"]}], [{}], id="one page"),
        pytest.param(
            ROLES, [{"PolicyNames": ["a"], "IsTruncated": False, "Marker": "2"}], [{}], id="the last, with a marker"
        ),
        pytest.param(
            ROLES,
            [{"PolicyNames": ["a"], "IsTruncated": True, "Marker": "2"}, {"PolicyNames": ["b"]}],
            [{}, {"Marker": "2"}],
            id="two pages",
        ),
        pytest.param(
            TARGETS, [{"Parents": ["a"], "NextToken": "2"}, {"Parents": ["b"]}], [{}, {"NextToken": "2"}], id="a token"
        ),
        pytest.param(TARGETS, [{"Parents": ["a"], "NextToken": None}], [{}], id="no token"),
    ],
)
def test_it_goes_on_while_there_is_more(action: str, pages: list[dict[str, Any]], sent: list[dict[str, Any]]) -> None:
    evidence, given = listed(action, *pages)
    assert evidence == Known(("a", "b")[: len(pages)], action)
    assert given.sent == [{"Own": "x", **each} for each in sent]


@pytest.mark.parametrize(
    ("action", "pages", "why"),
    [
        pytest.param(
            ROLES, [{"PolicyNames": [], "IsTruncated": True}], "another page follows, and `Marker` is missing", id="no"
        ),
        pytest.param(
            ROLES,
            [{"PolicyNames": [], "IsTruncated": True, "Marker": "2"}],
            "`Marker` repeats, so that the listing would never end",
            id="the same marker again",
        ),
        pytest.param(
            TARGETS,
            [{"Parents": [], "NextToken": each} for each in ("1", "2", "1")],
            "`NextToken` repeats, so that the listing would never end",
            id="tokens in a circle",
        ),
        pytest.param(
            TARGETS,
            [{"Parents": [], "NextToken": str(each)} for each in range(1, 300)],
            "the listing does not end within 200 pages",
            id="tokens without end",
        ),
    ],
)
def test_one_that_does_not_end_is_unread(action: str, pages: list[dict[str, Any]], why: str) -> None:
    assert listed(action, *pages)[0] == broken(action, why)


@pytest.mark.parametrize(("pages", "read"), [(200, True), (201, False)])
def test_two_hundred_pages_are_read(pages: int, *, read: bool) -> None:
    tokens = [{"NextToken": str(each)} for each in range(1, pages)]
    evidence, given = listed(TARGETS, *({"Parents": ["a"], **token} for token in [*tokens, {}]))
    assert isinstance(evidence, Known) is read
    assert len(given.sent) == 200
