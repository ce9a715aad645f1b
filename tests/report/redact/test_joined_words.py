"""Words that AWS joins are told from those that have their form alone."""

import pytest
from tests.report.redact.marks import marking

from diagnose.aws.promises import PROMISES
from diagnose.report.redact.joined_words import is_joined, stand_in
from diagnose.report.redact.messages import disguised_message
from diagnose.report.redact.service_words import CALLS


def test_the_operations_are_those_of_the_services() -> None:
    from botocore.session import Session

    known = Session()
    of_aws = {
        name for service in ("sts", "iam", "organizations") for name in known.get_service_model(service).operation_names
    }
    assert sorted(CALLS - of_aws) == ["PassRole", "SetContext", "SetSourceIdentity", "TagSession"]


@pytest.mark.parametrize("action", sorted(PROMISES))
def test_what_is_called_to_read_something_stays(action: str) -> None:
    assert disguised_message(action, marking(), {}) == action


@pytest.mark.parametrize(
    ("word", "joined", "told"),
    [
        ("AccessDeniedException", True, "AccessDeniedException"),
        ("ListObjectsV2", True, "ListObjectsV2"),
        ("accessdenied", True, "accessdenied"),
        ("assume-role-with-saml", True, "assume-role-with-saml"),
        ("ZaraDenied", False, "OtherDenied"),
        ("ZaraBankAcmeDenied", False, "OtherDenied"),
        ("GetZaraRoleAcme", False, "GetOtherRoleOther"),
        ("zaraDenied", False, "otherDenied"),
        ("zara_denied", False, "other_denied"),
        ("Denied482913", False, "DeniedOther"),
        ("Zürich", False, "Other"),
        ("Other", True, "Other"),
    ],
)
def test_only_what_is_made_of_known_words_stays(word: str, joined: bool, told: str) -> None:
    assert (is_joined(word), stand_in(word)) == (joined, told)
