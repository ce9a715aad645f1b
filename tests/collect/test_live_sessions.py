import pytest

from diagnose.aws.identity import Identity
from diagnose.collect.source import session_evidence
from diagnose.model.arn import parse_caller
from diagnose.model.case import Origin, Session, Via
from diagnose.model.evidence import NOT_SUPPLIED, Gap, Known, Unread
from diagnose.model.policy import PolicySet

USER = "arn:aws:iam::111111111111:user/builder"
SESSION = "arn:aws:sts::111111111111:assumed-role/App/build-7"
RESERVED = "AWSReservedSSO_Deployers_0123456789abcdef"


def session(arn: str, identity: Identity | None = None, via: Via = Via.CLI) -> Session:
    return session_evidence(parse_caller(arn), identity, via)


def identity(arn: str, provider: str = "", temporary: bool | None = None) -> Identity:
    return Identity(arn, "111111111111", provider, temporary)


class TestUser:
    def test_a_user_is_known_to_have_no_session_policy_tags_or_source_identity(self) -> None:
        told = session(USER)
        assert told.policies == PolicySet()
        assert told.tags == Known({})
        assert told.transitive_tag_keys == Known(())
        assert told.source_identity == Known(None)

    @pytest.mark.parametrize(
        ("own", "origin"),
        [
            pytest.param(identity(USER, "shared-credentials-file", False), Origin.LONG_TERM, id="a long-term key"),
            pytest.param(identity(USER, "env", True), Origin.GET_SESSION_TOKEN, id="a temporary key"),
            pytest.param(identity(USER, "login", True), Origin.CONSOLE, id="`aws login`"),
            pytest.param(identity(USER, "env", None), None, id="a key that does not tell"),
            pytest.param(identity(f"{USER}s", "env", False), None, id="somebody else's key"),
            pytest.param(None, None, id="no key"),
        ],
    )
    def test_the_origin_is_told_by_the_users_own_key(self, own: Identity | None, origin: Origin | None) -> None:
        told = session(USER, own).origin
        assert told == (NOT_SUPPLIED if origin is None else Known(origin, "the credentials at hand"))

    def test_a_key_tells_nothing_of_a_request_made_in_the_console(self) -> None:
        told = session(USER, identity(USER, "env", False), Via.CONSOLE)
        assert told.origin == NOT_SUPPLIED
        assert told.mfa == NOT_SUPPLIED

    def test_no_mfa_stands_behind_a_long_term_key_and_of_others_it_is_not_known(self) -> None:
        assert session(USER, identity(USER, "env", False)).mfa == Known(False)
        assert session(USER, identity(USER, "env", True)).mfa == NOT_SUPPLIED


class TestRole:
    @pytest.mark.parametrize("arn", [SESSION, "arn:aws:iam::111111111111:role/team/App"])
    def test_no_api_tells_of_a_session(self, arn: str) -> None:
        told = session(arn, identity(SESSION, "env", True))
        for evidence in (told.tags, told.transitive_tag_keys, told.source_identity, told.mfa, told.origin):
            assert isinstance(evidence, Unread)
            assert evidence.gap is Gap.NO_API
        assert told.policies.policies == ()
        assert [gap.subject for gap in told.policies.unread] == ["session policy"]

    @pytest.mark.parametrize(
        "arn",
        [
            f"arn:aws:sts::111111111111:assumed-role/{RESERVED}/analyst",
            f"arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/eu-west-1/{RESERVED}",
        ],
    )
    def test_a_role_of_identity_center_is_told_by_its_name(self, arn: str) -> None:
        assert session(arn).origin == Known(Origin.IDENTITY_CENTER, "the role's name")

    @pytest.mark.parametrize(
        ("provider", "origin"),
        [
            ("iam-role", Origin.EC2),
            ("assume-role", Origin.ASSUME_ROLE),
            ("assume-role-with-web-identity", Origin.WEB_IDENTITY),
        ],
    )
    def test_the_very_session_at_hand_is_told_by_its_provider(self, provider: str, origin: Origin) -> None:
        told = session(SESSION, identity(SESSION, provider, True)).origin
        assert told == Known(origin, "the credentials at hand")

    def test_another_session_of_the_role_tells_nothing(self) -> None:
        told = session(SESSION, identity("arn:aws:sts::111111111111:assumed-role/App/run", "iam-role", True)).origin
        assert isinstance(told, Unread)


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::111111111111:root", "arn:aws:sts::111111111111:federated-user/bob", "ec2.amazonaws.com"]
)
def test_nothing_is_claimed_of_other_callers(arn: str) -> None:
    assert session(arn) == Session()
