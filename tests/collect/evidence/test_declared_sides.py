"""What infrastructure files declare of a caller and of a role, and the gaps that they leave."""

import msgspec
import pytest

from diagnose.collect.evidence.declared import (
    Declaration,
    Declared,
    declared_destination,
    declared_source,
    name_of,
)
from diagnose.collect.evidence.partial_document import UnknownValue
from diagnose.errors import XdiagError
from diagnose.model.case import DestinationSide, Principal, Role, Session, SourceSide
from diagnose.model.evidence import Known, Unread
from diagnose.model.policy import Policy, PolicyKind, PolicySet, raw_document

ROLE, USER = "arn:aws:iam::222222222222:role/p/svc", "arn:aws:iam::222222222222:user/ci"
SESSION = "arn:aws:sts::222222222222:assumed-role/svc/s-1"
TRUST = raw_document({"Statement": []})
OWN = Policy("own", raw_document({"Statement": []}))
SVC = Declared(
    kind="role",
    address="aws_iam_role.svc",
    arn=ROLE,
    name="svc",
    path="/p/",
    unique_id="AROAEXAMPLE",
    trust=TRUST,
    tags=Known({"team": "a"}),
    max_session_seconds=Known(7200),
    boundary=Known(None, "f.json"),
    policies=PolicySet((OWN,)),
)
CI = msgspec.structs.replace(SVC, kind="user", address="aws_iam_user.ci", arn=USER, name="ci", path="/", trust=None)
OF_USER = Session(policies=PolicySet(), tags=Known({}), transitive_tag_keys=Known(()), source_identity=Known(None))


def declared(one: Declared, **changes: object) -> Declared:
    return msgspec.structs.replace(one, **changes)


def file(*entities: Declared, place: str = "f.json") -> Declaration:
    return Declaration(place, f"{place}, after apply", entities)


def further(arn: str) -> Unread:
    return Unread(
        subject=f"further policies of {arn}",
        detail="f.json, after apply may not hold them all; `--without identity` says that there are no others",
    )


SOURCE = "f.json, after apply"
REMOVED = Unread(subject=USER, detail="f.json, after apply removes it")
NOT_YET = Unread(subject=USER, detail="it creates it")


@pytest.mark.parametrize(
    ("one", "arn", "complete", "side"),
    [
        pytest.param(
            CI,
            USER,
            True,
            SourceSide(
                USER,
                Known(Principal(USER, "AROAEXAMPLE", Known({"team": "a"})), SOURCE),
                PolicySet((OWN,)),
                boundary=Known(None, "f.json"),
                session=OF_USER,
            ),
            id="a user, whose session has nothing",
        ),
        pytest.param(
            CI,
            USER,
            False,
            SourceSide(
                USER,
                Known(Principal(USER, "AROAEXAMPLE", Known({"team": "a"})), SOURCE),
                PolicySet((OWN,), (further(USER),)),
                boundary=Known(None, "f.json"),
                session=OF_USER,
            ),
            id="a user who may have further policies",
        ),
        *(
            pytest.param(
                SVC,
                arn,
                True,
                SourceSide(
                    arn,
                    Known(Principal(ROLE, "AROAEXAMPLE", Known({"team": "a"})), SOURCE),
                    PolicySet((OWN,)),
                    boundary=Known(None, "f.json"),
                ),
                id=f"a role by {arn}, whose session is not known",
            )
            for arn in (ROLE, SESSION)
        ),
        pytest.param(
            declared(CI, arn="", path="/team/"),
            USER,
            True,
            SourceSide(
                USER,
                Known(Principal("arn:aws:iam::222222222222:user/team/ci", "AROAEXAMPLE", Known({"team": "a"})), SOURCE),
                PolicySet((OWN,)),
                boundary=Known(None, "f.json"),
                session=OF_USER,
            ),
            id="a user whose account the file does not say",
        ),
        pytest.param(
            declared(CI, gone=True),
            USER,
            True,
            SourceSide(USER, Known(None, SOURCE), PolicySet(unread=(REMOVED,)), boundary=REMOVED),
            id="a user that is removed",
        ),
        pytest.param(
            declared(CI, absent="it creates it"),
            USER,
            True,
            SourceSide(USER, NOT_YET, PolicySet(unread=(NOT_YET,)), boundary=NOT_YET),
            id="a user that is not there yet",
        ),
        pytest.param(
            declared(CI, path="/x/"),
            USER,
            True,
            SourceSide(
                USER,
                Known(Principal(USER, "AROAEXAMPLE", Known({"team": "a"})), SOURCE),
                PolicySet((OWN,)),
                boundary=Known(None, "f.json"),
                session=OF_USER,
            ),
            id="an ARN counts before a path",
        ),
        pytest.param(CI, f"{USER}2", True, None, id="another user"),
        pytest.param(CI, "arn:aws:iam::222222222222:role/ci", True, None, id="a role of the name"),
        pytest.param(CI, "arn:aws:iam::333333333333:user/ci", True, None, id="a user of another account"),
        pytest.param(CI, "arn:aws:iam::222222222222:root", True, None, id="the root user"),
        pytest.param(CI, "lambda.amazonaws.com", True, None, id="a service"),
        pytest.param(CI, "https://token.actions.githubusercontent.com", True, None, id="who presents a token"),
        pytest.param(CI, "arn:aws:iam::222222222222:saml-provider/ci", True, None, id="who presents an assertion"),
        pytest.param(CI, "arn:aws:sts::222222222222:federated-user/ci", True, None, id="a federated user"),
    ],
)
def test_a_caller_is_what_the_files_declare(one: Declared, arn: str, complete: bool, side: SourceSide | None) -> None:
    assert declared_source([file(one)], arn, complete=complete) == side


OF_ROLE = Known(Role(ROLE, "AROAEXAMPLE", Known({"team": "a"}), Known(7200)), SOURCE)
ELSEWHERE = "arn:aws:iam::222222222222:role/svc"


def gap(detail: str, subject: str = ROLE) -> Unread:
    return Unread(subject=subject, detail=detail)


@pytest.mark.parametrize(
    ("one", "side"),
    [
        pytest.param(SVC, DestinationSide(OF_ROLE, Known(Policy("svc", TRUST, PolicyKind.TRUST), SOURCE)), id="a role"),
        pytest.param(
            declared(SVC, arn=""),
            DestinationSide(OF_ROLE, Known(Policy("svc", TRUST, PolicyKind.TRUST), SOURCE)),
            id="a role whose account the file does not say",
        ),
        pytest.param(
            declared(SVC, path="/"),
            DestinationSide(OF_ROLE, Known(Policy("svc", TRUST, PolicyKind.TRUST), SOURCE)),
            id="an ARN counts before a path",
        ),
        pytest.param(
            declared(SVC, trust=None),
            DestinationSide(OF_ROLE, gap("it is not in f.json, after apply", f"trust policy of {ROLE}")),
            id="no trust policy",
        ),
        pytest.param(
            declared(SVC, trust=UnknownValue("known after apply")),
            DestinationSide(OF_ROLE, gap("known after apply", f"trust policy of {ROLE}")),
            id="a trust policy that is not known yet",
        ),
        pytest.param(
            declared(SVC, gone=True),
            DestinationSide(Known(None, SOURCE), gap("f.json, after apply removes it")),
            id="a role that is removed",
        ),
        pytest.param(
            declared(SVC, absent="it creates it"),
            DestinationSide(gap("it creates it"), gap("it creates it")),
            id="a role that is not there yet",
        ),
        pytest.param(
            declared(SVC, arn=ELSEWHERE, path="/"),
            DestinationSide(
                Known(None, SOURCE),
                gap("f.json, after apply has the role under another path"),
                other_roles=Known((ELSEWHERE,), SOURCE),
            ),
            id="a role under another path",
        ),
        pytest.param(declared(SVC, kind="user"), None, id="a user of the name"),
        pytest.param(declared(SVC, name="other"), None, id="another role"),
    ],
)
def test_a_role_is_what_the_files_declare(one: Declared, side: DestinationSide | None) -> None:
    assert declared_destination([file(one)], ROLE) == side


def test_of_several_that_may_be_meant_none_is_taken() -> None:
    """Where the account is not known, it may be any of them; one that is known to be of the account is the one."""
    unknown = declared(SVC, arn="")
    other = declared(SVC, unique_id="AROAOTHER")
    assert declared_destination([file(unknown), file(unknown, place="g.json")], ROLE) is None
    side = declared_destination([file(unknown), file(other, place="g.json")], ROLE)
    assert side is not None
    assert isinstance(side.role, Known)
    assert side.role.value is not None
    assert (side.role.value.unique_id, side.role.source) == ("AROAOTHER", "g.json, after apply")
    first = declared_destination([file(SVC), file(other, place="g.json")], ROLE)
    assert first is not None
    assert first.role == OF_ROLE


def test_what_is_no_caller_or_no_role_is_a_mistake() -> None:
    with pytest.raises(XdiagError):
        declared_source([file(CI)], "ci")
    with pytest.raises(XdiagError):
        declared_destination([file(SVC)], "svc")


@pytest.mark.parametrize(("arn", "name"), [(ROLE, "svc"), (USER, "ci"), ("svc", ""), ("", "")])
def test_a_name_is_the_end_of_an_arn(arn: str, name: str) -> None:
    assert name_of(arn) == name
