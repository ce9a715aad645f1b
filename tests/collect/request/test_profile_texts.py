"""What is said of an AWS profile, word for word: what may not be meant, and who signs."""

from pathlib import Path

import pytest
from tests.collect.federation.tokens import token
from tests.collect.request.test_profile import KEYS, SSO, A, B, C, chain, role_of, with_token

from diagnose.collect.request.profile import described
from diagnose.errors import XdiagError
from diagnose.model.arn import parse_role
from diagnose.model.case import Origin, Session
from diagnose.model.evidence import Known
from diagnose.model.policy import PolicySet

OF_ROLE = f"[profile p]\nrole_arn = {A}\n"
ITSELF = "The request is what profile `p` asks for."
SESSION = "[sso-session c]\nsso_region = eu-west-1\nsso_start_url = https://x\n"
WHOLE_SSO = {
    "sso_start_url": "https://x",
    "sso_region": "eu-west-1",
    "sso_account_id": "111111111111",
    "sso_role_name": "Dev",
}


def legacy_sso(*without: str) -> str:
    return "[profile s]\n" + "".join(f"{key} = {value}\n" for key, value in WHOLE_SSO.items() if key not in without)


def round_about(*ways: tuple[str, str]) -> str:
    return "".join(f"[profile {name}]\nrole_arn = {A}\nsource_profile = {source}\n" for name, source in ways)


@pytest.mark.parametrize("name", ["ab", "x" * 64, "_+=,.@-"])
def test_a_session_name_that_aws_takes_is_sent(tmp_path: Path, name: str) -> None:
    [hop] = chain(tmp_path, role_of(f"role_session_name = {name}")).hops
    assert hop.asked.parameters is not None
    assert hop.asked.parameters.session_name == name


@pytest.mark.parametrize("source", ["Environment", "Ec2InstanceMetadata", "EcsContainer"])
def test_a_source_without_a_profile_is_named(tmp_path: Path, source: str) -> None:
    made = chain(tmp_path, f"{OF_ROLE}credential_source = {source}\n")
    assert (made.signer, made.signed_by, made.source, made.own_keys) == (None, source, "", False)


@pytest.mark.parametrize(
    ("config", "credentials", "signed_by", "source"),
    [
        pytest.param("", KEYS, "keys", "", id="keys"),
        pytest.param("", f"{KEYS}x_principal_arn = {B}\n", "keys", B, id="keys, and whose they are"),
        pytest.param("", f"{KEYS}aws_session_token = t\n", "a session", "", id="a session"),
        pytest.param(
            f"[profile me]\nsso_session = c\n{SSO}{SESSION}", "", "a sign-in with IAM Identity Center", "", id="SSO"
        ),
        pytest.param(
            f"[profile me]\nsso_session = c\nsso_region = eu-west-1\n{SSO}{SESSION}",
            "",
            "a sign-in with IAM Identity Center",
            "",
            id="SSO, and the Region twice",
        ),
        pytest.param(
            legacy_sso().replace("profile s", "profile me"), "", "a sign-in with IAM Identity Center", "", id="old SSO"
        ),
        pytest.param("[profile me]\nlogin_session = x\n", "", "a console sign-in", "", id="a console sign-in"),
        pytest.param("[profile me]\ncredential_process = x\n", "", "a process", "", id="a process"),
    ],
)
def test_it_is_said_what_signs(tmp_path: Path, config: str, credentials: str, signed_by: str, source: str) -> None:
    made = chain(tmp_path, role_of() + config, credentials)
    assert (made.signer, made.signed_by, made.source) == ("me", signed_by, source)


def test_what_signs_for_a_profile_without_a_role(tmp_path: Path) -> None:
    made = chain(tmp_path, "[profile p]\nregion = eu-west-1\n", "")
    assert (made.hops, made.signer, made.signed_by, made.idle) == ((), "p", "whatever the environment has", "")


@pytest.mark.parametrize("key", ["source_profile", "credential_source"])
def test_what_needs_a_role_is_said_in_full(tmp_path: Path, key: str) -> None:
    assert chain(tmp_path, f"[profile p]\n{key} = me\n").idle == (
        f"`{key}` in profile `p` has no effect without `role_arn`, and some SDKs refuse it: remove it, or "
        "add the role; or "
    )


def sent_as_it_stands(key: str, value: str) -> str:
    return f"{key} is sent as it stands, comment and quotes included: `{value}`."


AWS_VAULT = (
    "session_tags, transitive_session_tags and source_identity are aws-vault's: the AWS CLI and boto3 do not send "
    "them. With aws-vault, pass {}: the caller then needs sts:TagSession."
)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param(["duration_seconds = 900"], [], id="a duration"),
        pytest.param(
            ["duration_seconds = 1h"],
            ["duration_seconds = 1h is not a number: boto3 leaves it out."],
            id="a duration that is no number",
        ),
        pytest.param(["external_id = a#b;c"], [], id="signs of comments within a value"),
        *(
            pytest.param([f"{key} = {value}"], [sent_as_it_stands(key, value)], id=f"{key} = {value}")
            for key in ("external_id", "mfa_serial")
            for value in ("a # b", "a ; b", '"a"', "'a'")
        ),
        *(
            pytest.param([f"{key} = x"], [f"No SDK knows the key `{key}`: write `{meant}`."], id=key)
            for key, meant in (
                ("externalid", "external_id"),
                ("external-id", "external_id"),
                ("externalids", "external_id"),
                ("rolesessionname", "role_session_name"),
                ("session_name", "role_session_name"),
                ("role_session", "role_session_name"),
                ("duration", "duration_seconds"),
                ("duration_second", "duration_seconds"),
                ("session_duration", "duration_seconds"),
                ("mfa", "mfa_serial"),
                ("mfaserial", "mfa_serial"),
                ("mfa_serial_number", "mfa_serial"),
                ("mfa_device", "mfa_serial"),
                ("credentialsource", "credential_source"),
            )
        ),
        pytest.param(["externalid = x", "external_id = y"], [], id="another name for a key that is there"),
        pytest.param(
            ["session_tags = a=1, b=2,", "transitive_session_tags = a", "source_identity = me"],
            [AWS_VAULT.format("--tag a=1 --tag b=2 --transitive-tag-key a --source-identity me")],
            id="all that aws-vault sends",
        ),
        *(
            pytest.param([f"{key} = x"], [AWS_VAULT.format(f"{flag} x")], id=f"{key} alone")
            for key, flag in (
                ("session_tags", "--tag"),
                ("transitive_session_tags", "--transitive-tag-key"),
                ("source_identity", "--source-identity"),
            )
        ),
    ],
)
def test_what_may_not_be_meant_is_said_in_full(tmp_path: Path, lines: list[str], told: list[str]) -> None:
    [hop] = chain(tmp_path, role_of(*lines)).hops
    assert list(hop.asked.told) == [ITSELF, *told]


@pytest.mark.parametrize("key", ["source", "source_profiles", "sourceprofile"])
def test_what_may_be_meant_for_a_source_is_said(tmp_path: Path, key: str) -> None:
    [hop] = chain(tmp_path, f"{OF_ROLE}credential_source = Environment\n{key} = me\n").hops
    assert list(hop.asked.told) == [ITSELF, f"No SDK knows the key `{key}`: write `source_profile`."]


@pytest.mark.parametrize("key", ["external_id", "mfa_serial"])
@pytest.mark.parametrize("place", ["me", "default"])
def test_where_a_parameter_has_no_effect_is_said(tmp_path: Path, key: str, place: str) -> None:
    elsewhere = f"[{place}]\n{key} = x\n" if place == "default" else f"[profile me]\n{key} = x\n"
    [hop] = chain(tmp_path, role_of() + elsewhere).hops
    told = f"`{key}` stands in `{place}`, where it has no effect: it belongs in `p`."
    assert list(hop.asked.told) == [ITSELF, told]
    own, with_role = f"{key} = 1234", f"role_arn = {B}\nsource_profile = x\n"
    [hop] = chain(tmp_path, role_of(own) + elsewhere).hops
    assert list(hop.asked.told) == [ITSELF]
    if place == "default":
        [hop] = chain(tmp_path, role_of() + elsewhere + with_role).hops
        assert list(hop.asked.told) == [ITSELF]


def test_the_calls_of_a_chain_are_counted_and_say_for_whom_they_are(tmp_path: Path) -> None:
    config = round_about(("p", "q"), ("q", "me")).replace(
        f"[profile p]\nrole_arn = {A}", f"[profile p]\nrole_arn = {B}"
    )
    first, second = chain(tmp_path, config).hops
    assert list(first.asked.told) == ["This is call 1 of 2, it is what profile `q` asks for, as `p` needs it."]
    assert list(second.asked.told) == [
        "This is call 2 of 2, it is what profile `p` asks for.",
        "The session of the role before it signs: MFA and session tags are not handed on to this call.",
    ]
    assert (first.profile, second.profile) == ("q", "p")
    assert second.asked.session.policies == PolicySet()


def test_keys_that_sign_in_place_of_a_role_are_told(tmp_path: Path) -> None:
    made = chain(tmp_path, round_about(("p", "me"), ("me", "x")))
    assert list(made.hops[0].asked.told) == [ITSELF, "The keys in `me` sign: its own role_arn is skipped."]


def test_keys_of_its_own_are_no_surprise(tmp_path: Path) -> None:
    made = chain(tmp_path, round_about(("p", "p")), KEYS.replace("[me]", "[p]"))
    assert list(made.hops[0].asked.told) == [ITSELF]
    assert made.own_keys


def test_what_a_sign_in_hands_on_is_known_in_part(tmp_path: Path) -> None:
    config = round_about(("p", "q"), ("q", "s")) + legacy_sso()
    first, second = chain(tmp_path, config, "").hops
    assert first.asked.session == Session()
    assert second.asked.session == Session(
        origin=Known(Origin.ASSUME_ROLE, "the profile"), policies=PolicySet(), mfa=Known(False, "the profile")
    )


def test_how_long_a_session_may_last_is_worded_without_its_name(tmp_path: Path) -> None:
    [hop] = chain(tmp_path, role_of("duration_seconds = 900")).hops
    sent = "a generated session name, no external ID, 900 seconds, at aws-global"
    assert described(hop) == f"profile `p` asks for {A} with {sent}"


class TestToken:
    def test_what_has_no_effect_beside_a_token_is_told(self, tmp_path: Path) -> None:
        told = [
            ITSELF,
            f"Profile `p` presents the token in `{tmp_path / 'token'}`, and nobody signs.",
        ]
        [hop] = chain(tmp_path, with_token(tmp_path)).hops
        assert list(hop.asked.told)[:2] == told
        assert "The token's signature was not checked." in hop.asked.told
        [hop] = chain(tmp_path, with_token(tmp_path, "external_id = x")).hops
        assert hop.asked.told[2] == "Beside a token, external_id has no effect."
        every = ["source_profile = me", "credential_source = x", "mfa_serial = x", "duration_seconds = 900"]
        [hop] = chain(tmp_path, with_token(tmp_path, *every)).hops
        assert hop.asked.told[2] == (
            "Beside a token, source_profile, credential_source, mfa_serial, duration_seconds have no effect."
        )

    def test_a_session_name_in_quotes_is_told(self, tmp_path: Path) -> None:
        [hop] = chain(tmp_path, with_token(tmp_path, 'role_session_name = "pod"')).hops
        assert hop.asked.told[-1] == sent_as_it_stands("role_session_name", '"pod"')

    def test_it_is_said_that_a_token_is_not_at_hand(self, tmp_path: Path) -> None:
        gone = tmp_path / "gone"
        made = chain(tmp_path, f"{OF_ROLE}web_identity_token_file = {gone}\n")
        asked = made.hops[0].asked
        assert asked.about_source == f"profile `p` presents a token, and there is no file `{gone}`"
        assert asked.told[-1] == f"Its claims are not known: there is no file `{gone}`."
        assert (made.signer, made.signed_by, made.own_keys) == (None, "a web identity token", False)

    def test_what_is_no_token_is_named_by_its_file(self, tmp_path: Path) -> None:
        config = with_token(tmp_path)
        (tmp_path / "token").write_text("x")
        [hop] = chain(tmp_path, config).hops
        assert hop.asked.about_source.startswith(f"profile `p` presents a token, and `{tmp_path / 'token'}` ")
        assert hop.asked.told[-1].startswith(f"Its claims are not known: `{tmp_path / 'token'}` ")

    def test_its_role_is_one(self, tmp_path: Path) -> None:
        with pytest.raises(XdiagError) as mistake:
            parse_role("Deploy")
        with pytest.raises(XdiagError) as raised:
            chain(tmp_path, with_token(tmp_path, role="Deploy"))
        assert raised.value.message == mistake.value.message

    def test_the_calls_after_it_are_counted_with_it(self, tmp_path: Path) -> None:
        config = round_about(("p", "pod")) + with_token(tmp_path, name="pod", role=C)
        made = chain(tmp_path, config, f"{KEYS}[pod]\naws_access_key_id = a\naws_secret_access_key = b\n")
        first, second = made.hops
        assert not made.own_keys
        assert first.asked.told[0] == "This is call 1 of 2, it is what profile `pod` asks for, as `p` needs it."
        assert second.asked.told[0] == "This is call 2 of 2, it is what profile `p` asks for."
        assert described(first) == f"profile `pod` asks for {C} with a token"
        assert token() not in repr(first)
