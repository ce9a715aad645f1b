import pytest

from diagnose.model.case import Case, DestinationSide, Request, Role, Snapshot, SourceSide
from diagnose.model.evidence import NOT_SUPPLIED, Evidence, Known

ASKED, REAL = "arn:aws:iam::222222222222:role/Deploy", "arn:aws:iam::222222222222:role/team/Deploy"


@pytest.mark.parametrize(
    ("role", "arn"),
    [
        pytest.param(Known(Role(arn=REAL)), REAL, id="as IAM has it"),
        pytest.param(Known(None), ASKED, id="there is no such role"),
        pytest.param(NOT_SUPPLIED, ASKED, id="it was not read"),
        pytest.param(Known(Role(arn="arn:aws:iam::222222222222:user/Deploy")), ASKED, id="what was read is not a role"),
    ],
)
def test_the_destination_is_named_as_iam_has_it(role: Evidence[Role | None], arn: str) -> None:
    snapshot = Snapshot(source=SourceSide(arn=ASKED), destination=DestinationSide(role=role))
    assert Case(Request(role_arn=ASKED), snapshot).destination_arn == arn
