"""Whether the role's account is one that nothing else of a case names."""

from typing import Any

import pytest
from tests import cases

from diagnose.evaluate.foreign import Foreign, foreign_account

OWN, THEIRS = "111111111111", "222222222222"
UNREAD = {"evidence": "unread", "gap": "not_supplied"}
TUTORIAL, VENDOR, MISTYPED = "123456789012", "464622532012", "222222222223"


def _asked(account: str, *, named: str = THEIRS, trusted: str = "", **changes: Any) -> Any:
    policy = cases.trust(cases.allow({"AWS": trusted})) if trusted else UNREAD
    arn = f"arn:aws:iam::{account}:role/Deploy"
    resource = "*" if named == "*" else f"arn:aws:iam::{named}:role/Deploy"
    return cases.case(
        "cross-account",
        {"request": {"role_arn": arn}, "snapshot": {"destination": {"role": UNREAD}}},
        changes,
        trust_policy=policy,
        identity_policies=cases.identity(cases.on(resource)),
    )


@pytest.mark.parametrize(
    ("case", "kind"),
    [
        pytest.param(_asked(TUTORIAL), Foreign.EXAMPLE, id="an account of a tutorial"),
        pytest.param(_asked(TUTORIAL, named="*"), Foreign.EXAMPLE, id="and the caller may assume any role"),
        pytest.param(_asked(TUTORIAL, named=TUTORIAL), None, id="and the caller's policies name it"),
        pytest.param(_asked(VENDOR), Foreign.VENDOR, id="an account of a vendor"),
        pytest.param(_asked(MISTYPED), Foreign.TYPO, id="one digit differs from an account of the policies"),
        pytest.param(_asked("111111111112", named="*"), Foreign.TYPO, id="one digit differs from the caller's account"),
        pytest.param(_asked(MISTYPED, trusted=OWN), None, id="the trust policy names the caller's account"),
        pytest.param(_asked("333333333333"), None, id="nothing tells of the account, and its side was not read"),
        pytest.param(_asked("333333333333", trusted="444444444444"), Foreign.STRANGER, id="each names somebody else"),
        pytest.param(_asked("333333333333", trusted="333333333333"), None, id="the role trusts its own account alone"),
        pytest.param(_asked("333333333333", trusted="111111111112"), None, id="the trust policy means the caller"),
        pytest.param(_asked("333333333333", named="*", trusted="444444444444"), None, id="the caller names nobody"),
        pytest.param(_asked(OWN), None, id="the caller's own account"),
    ],
)
def test_an_account_is_foreign_where_nothing_else_names_it(case: Any, kind: Foreign | None) -> None:
    foreign = foreign_account(case)
    assert (foreign.kind if foreign else None) is kind


def test_accounts_of_one_organization_are_no_strangers() -> None:
    organization = {"evidence": "known", "value": {"id": "o-a1b2c3d4e5"}}
    sides = {side: {"organization": organization} for side in ("source", "destination")}
    assert foreign_account(_asked(MISTYPED, snapshot=sides)) is None


def test_an_unread_policy_may_name_the_account() -> None:
    unread = {"source": {"identity_policies": {"unread": [UNREAD]}}}
    assert foreign_account(_asked("333333333333", trusted="444444444444", snapshot=unread)) is None


def test_a_caller_whose_account_is_masked_as_an_example_asks_about_no_example() -> None:
    example = {"source": {"arn": "arn:aws:iam::111122223333:user/ci", "principal": UNREAD}}
    assert foreign_account(_asked(TUTORIAL, snapshot=example)) is None


def test_what_was_meant_and_what_the_caller_s_policies_name_is_told() -> None:
    foreign = foreign_account(_asked(MISTYPED))
    assert foreign is not None
    assert (foreign.meant, foreign.named) == (THEIRS, (f"arn:aws:iam::{THEIRS}:role/Deploy",))


def test_a_service_has_no_account_to_compare() -> None:
    assert foreign_account(cases.case("service", {"request": {"role_arn": f"arn:aws:iam::{TUTORIAL}:role/X"}})) is None
