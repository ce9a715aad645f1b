"""What an AWS profile asks for, from files as people write them."""

from pathlib import Path

import pytest
from tests.collect.federation.tokens import GITHUB, SIGNATURE, token

from diagnose.aws.configuration import read_configuration
from diagnose.collect.request.profile import Chain, chain_of, described
from diagnose.collect.request.profile_choice import chosen_profile
from diagnose.errors import XdiagError
from diagnose.model.case import GLOBAL_REGION, Origin, Parameters
from diagnose.model.evidence import Known, Unread
from diagnose.model.federation import WebIdentity
from diagnose.model.operation import Operation

A, B, C = (f"arn:aws:iam::{digit * 12}:role/{name}" for digit, name in (("2", "A"), ("3", "B"), ("4", "C")))
KEYS = "[me]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = verysecret\n"


def chain(folder: Path, config: str, credentials: str = KEYS, name: str = "p", **environment: str) -> Chain:
    (folder / "config").write_text(config)
    (folder / "credentials").write_text(credentials)
    files = {"AWS_CONFIG_FILE": str(folder / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials")}
    return chain_of(read_configuration({**files, **environment}), name, {**files, **environment})


def role_of(*lines: str, role: str = A) -> str:
    return "\n".join((f"[profile p]\nrole_arn = {role}\nsource_profile = me", *lines, ""))


def test_all_that_a_section_says_is_in_the_request(tmp_path: Path) -> None:
    [hop] = chain(
        tmp_path,
        role_of(
            "external_id = acme",
            "role_session_name = ci",
            "duration_seconds = 900",
            "mfa_serial = arn:aws:iam::111111111111:mfa/me",
            "region = eu-west-1",
        ),
    ).hops
    sent = hop.asked.parameters
    assert sent is not None
    assert (hop.role, sent.external_id, sent.session_name, sent.duration_seconds) == (A, "acme", "ci", 900)
    assert (sent.mfa_serial, sent.mfa_code_sent) == ("arn:aws:iam::111111111111:mfa/me", True)
    assert hop.asked.region == "eu-west-1"


def test_no_secret_is_kept(tmp_path: Path) -> None:
    chain(tmp_path, role_of())
    files = {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
    }
    assert "verysecret" not in repr(read_configuration(files))


def test_a_chain_is_made_from_the_inside_and_each_call_has_its_own_parameters(tmp_path: Path) -> None:
    config = (
        f"[profile p]\nrole_arn = {B}\nsource_profile = a\nexternal_id = outer\n"
        f"[profile a]\nrole_arn = {A}\nsource_profile = me\nexternal_id = inner\nrole_session_name = s1\n"
    )
    made = chain(tmp_path, config)
    assert made.signer == "me"
    assert [(hop.role, hop.asked.parameters and hop.asked.parameters.external_id) for hop in made.hops] == [
        (A, "inner"),
        (B, "outer"),
    ]
    assert [hop.source for hop in made.hops] == ["", "arn:aws:sts::222222222222:assumed-role/A/s1"]
    second = made.hops[1].asked.session
    assert second.origin == Known(Origin.ASSUME_ROLE, "the profile")
    assert second.tags == Known({}, "the profile")
    assert second.transitive_tag_keys == Known((), "the profile")
    assert second.source_identity == Known(None, "the profile")
    assert second.mfa == Known(False, "the profile")


def test_after_a_generated_session_name_the_role_itself_is_the_source(tmp_path: Path) -> None:
    config = f"[profile p]\nrole_arn = {B}\nsource_profile = a\n[profile a]\nrole_arn = {A}\nsource_profile = me\n"
    assert chain(tmp_path, config).hops[1].source == A


def test_what_a_sign_in_hands_on_is_not_known(tmp_path: Path) -> None:
    config = (
        f"[profile p]\nrole_arn = {B}\nsource_profile = a\n[profile a]\nrole_arn = {A}\nsource_profile = s\n"
        "[profile s]\nsso_session = c\nsso_account_id = 111111111111\nsso_role_name = Dev\n"
        "[sso-session c]\nsso_region = eu-west-1\nsso_start_url = https://x\n"
    )
    assert isinstance(chain(tmp_path, config).hops[1].asked.session.tags, Unread)


def test_a_source_with_keys_signs_with_them_and_its_role_is_skipped(tmp_path: Path) -> None:
    keys = KEYS.replace("[me]", "[a]")
    config = f"[profile p]\nrole_arn = {B}\nsource_profile = a\n[profile a]\nrole_arn = {A}\nsource_profile = me\n"
    made = chain(tmp_path, config, keys + KEYS)
    assert [hop.role for hop in made.hops] == [B]
    assert any("its own role_arn is skipped" in sentence for sentence in made.hops[0].asked.told)


def test_a_profile_with_keys_may_be_its_own_source(tmp_path: Path) -> None:
    keys = KEYS.replace("[me]", "[p]")
    assert chain(tmp_path, f"[profile p]\nrole_arn = {A}\nsource_profile = p\n", keys).signer == "p"


def test_whether_the_signer_s_own_keys_must_be_taken_is_known(tmp_path: Path) -> None:
    config = f"[profile p]\nrole_arn = {B}\nsource_profile = me\n[profile me]\nrole_arn = {A}\nsource_profile = x\n"
    assert chain(tmp_path, config).own_keys
    assert not chain(tmp_path, role_of()).own_keys


def test_a_credential_source_signs_without_a_profile(tmp_path: Path) -> None:
    made = chain(tmp_path, f"[profile p]\nrole_arn = {A}\ncredential_source = Environment\n")
    assert (made.signer, made.signed_by) == (None, "Environment")


def test_the_credentials_file_counts_before_the_other(tmp_path: Path) -> None:
    [hop] = chain(tmp_path, role_of("external_id = a"), KEYS + "[p]\nexternal_id = b\n").hops
    assert hop.asked.parameters is not None
    assert hop.asked.parameters.external_id == "b"


SSO = "sso_account_id = 111111111111\nsso_role_name = Dev\n"


@pytest.mark.parametrize(
    ("config", "credentials", "said"),
    [
        pytest.param("[p]\nregion = x\n", KEYS, "[profile p]", id="a section without the word profile"),
        pytest.param(
            "", f"[profile p]\nrole_arn = {A}\n", "must be written `[p]`", id="the word in the credentials file"
        ),
        pytest.param("[profile P]\nregion = x\n", KEYS, "did you mean `P`", id="other capitals"),
        pytest.param(role_of(), "", "`me` of profile `p` does not exist", id="a source that is not there"),
        pytest.param(f"[profile p]\nrole_arn = {A}\n", KEYS, "nobody would sign", id="no source"),
        pytest.param(
            f"[profile p]\nrole_arn = {A}\n{SSO}sso_session = c\n",
            KEYS,
            "move the sso_ keys",
            id="a sign-in beside the role",
        ),
        pytest.param(role_of("credential_source = Environment"), KEYS, "has both", id="two sources"),
        pytest.param(
            f"[profile p]\nrole_arn = {A}\ncredential_source = environment\n",
            KEYS,
            "did you mean `Environment`",
            id="a credential source without its capital",
        ),
        pytest.param(
            f"[profile p]\nrole_arn = {A}\nsource_profile = p\n",
            KEYS,
            "in a circle: p -> p",
            id="its own source without keys",
        ),
        pytest.param(
            f"[profile p]\nrole_arn = {A}\nsource_profile = q\n[profile q]\nrole_arn = {B}\nsource_profile = p\n",
            KEYS,
            "p -> q -> p",
            id="a circle",
        ),
        pytest.param(
            f"[profile p]\nrole_arn = {A}\nsource_profile = me\n  external_id = x\n",
            KEYS,
            "is indented",
            id="an indented line",
        ),
        pytest.param(role_of(role=f'"{A}"'), KEYS, "quotes", id="quotes around the role"),
        pytest.param(role_of(role=f"{A} # ours"), KEYS, "has a comment", id="a comment behind the role"),
        pytest.param(
            role_of(role="arn:aws:iam::222222222222:instance-profile/A"),
            KEYS,
            "instance profile",
            id="an instance profile",
        ),
        pytest.param(
            role_of("role_session_name = my name"), KEYS, "is not a session name", id="a session name with a space"
        ),
        pytest.param(
            role_of().replace("= me", "= s") + f"[profile s]\nsso_session = c\n{SSO}",
            "",
            "sso-session `c`, which does not exist",
            id="an sso-session that is not there",
        ),
        pytest.param(
            role_of().replace("= me", "= s") + "[profile s]\nsso_start_url = u\nsso_region = r\nsso_role_name = d\n",
            "",
            "no `sso_account_id`",
            id="a sign-in without an account",
        ),
        pytest.param(role_of(), "[me]\nregion = x\n", "has no credentials", id="a source without credentials"),
        pytest.param(
            "[profile p]\nweb_identity_token_file = /t\n", KEYS, "no `role_arn`", id="a token, but no role for it"
        ),
        pytest.param("[profile p]\nx = 1\n[profile p]\nx = 1\n", KEYS, "stands in it twice", id="a section twice"),
        pytest.param("[profile p\nx = 1\n", KEYS, "see the lines before and after", id="no configuration"),
    ],
)
def test_a_profile_that_cannot_work_is_told_with_what_to_change(
    tmp_path: Path, config: str, credentials: str, said: str
) -> None:
    with pytest.raises(XdiagError) as raised:
        chain(tmp_path, config, credentials)
    assert said in f"{raised.value.message}; {raised.value.hint}"


def with_token(folder: Path, *lines: str, role: str = A, name: str = "p") -> str:
    (folder / "token").write_text(token())
    return "\n".join(
        (f"[profile {name}]\nrole_arn = {role}", f"web_identity_token_file = {folder / 'token'}", *lines, "")
    )


def test_a_profile_with_a_token_presents_its_claims_and_nobody_signs(tmp_path: Path) -> None:
    calls = chain(tmp_path, with_token(tmp_path, "role_session_name = pod", "source_profile = me", "external_id = x"))
    [hop] = calls.hops
    asked = hop.asked
    assert asked.operation is Operation.WITH_WEB_IDENTITY
    assert (hop.role, asked.source, asked.parameters) == (A, GITHUB["iss"], Parameters(session_name="pod"))
    assert isinstance(asked.identity, WebIdentity)
    assert asked.identity.claims == GITHUB
    assert asked.identity.complete
    assert calls.signer is None
    assert "source_profile, external_id have no effect" in " ".join(asked.told)
    assert SIGNATURE not in repr(calls)


def test_the_session_of_a_token_signs_the_next_call_and_not_the_one_after(tmp_path: Path) -> None:
    config = (
        f"[profile p]\nrole_arn = {C}\nsource_profile = b\n[profile b]\nrole_arn = {B}\nsource_profile = pod\n"
        + with_token(tmp_path, "role_session_name = s", name="pod")
    )
    calls = chain(tmp_path, config)
    assert [hop.role for hop in calls.hops] == [A, B, C]
    assert [hop.source for hop in calls.hops] == ["", "arn:aws:sts::222222222222:assumed-role/A/s", B]
    origins = [hop.asked.session.origin for hop in calls.hops[1:]]
    assert origins == [Known(Origin.WEB_IDENTITY, "the profile"), Known(Origin.ASSUME_ROLE, "the profile")]
    assert isinstance(calls.hops[1].asked.session.tags, Unread)


def test_a_token_that_is_not_at_hand_leaves_its_issuer_and_its_claims_unknown(tmp_path: Path) -> None:
    config = f"[profile p]\nrole_arn = {A}\nweb_identity_token_file = {tmp_path / 'gone'}\n"
    [hop] = chain(tmp_path, config).hops
    assert (hop.asked.source, hop.asked.identity, hop.asked.operation) == ("", None, Operation.WITH_WEB_IDENTITY)
    assert "there is no file" in hop.asked.about_source


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        pytest.param(["duration_seconds = 1h"], "boto3 leaves it out", id="a duration that is no number"),
        pytest.param(["external_id = acme # ours"], "comment and quotes included", id="a comment"),
        pytest.param(["externalid = x"], "write `external_id`", id="a key without its underscore"),
        pytest.param(["session-name = x"], "write `role_session_name`", id="another name for a key"),
        pytest.param(
            ["session_tags = a=1,b=2", "transitive_session_tags = a"],
            "--tag a=1 --tag b=2 --transitive-tag-key a",
            id="aws-vault's tags",
        ),
    ],
)
def test_what_works_but_may_not_be_meant_is_told(tmp_path: Path, lines: list[str], said: str) -> None:
    [hop] = chain(tmp_path, role_of(*lines)).hops
    assert said in " ".join(hop.asked.told)


@pytest.mark.parametrize("place", ["me", "default"])
def test_a_parameter_in_the_wrong_section_is_told(tmp_path: Path, place: str) -> None:
    other = f"[profile {place}]" if place != "default" else "[default]"
    [hop] = chain(tmp_path, role_of() + f"{other}\nexternal_id = x\n").hops
    assert hop.asked.parameters is not None
    assert hop.asked.parameters.external_id is None
    assert f"stands in `{place}`" in " ".join(hop.asked.told)


@pytest.mark.parametrize("key", ["source_profile", "credential_source"])
def test_a_profile_without_a_role_says_what_needs_one(tmp_path: Path, key: str) -> None:
    keys = "[p]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = verysecret\n"
    assert f"`{key}` in profile `p` has no effect" in chain(tmp_path, f"[profile p]\n{key} = p\n", keys).idle
    assert chain(tmp_path, "[profile p]\nregion = eu-west-1\n", keys).idle == ""


def test_the_keys_of_a_user_know_of_no_mfa_and_what_else_signs_may(tmp_path: Path) -> None:
    [hop] = chain(tmp_path, role_of()).hops
    assert hop.asked.session.mfa == Known(False, "the profile")
    assert hop.asked.session.origin == Known(Origin.LONG_TERM, "the profile")
    [hop] = chain(tmp_path, role_of(), f"{KEYS}aws_session_token = t\n").hops
    assert isinstance(hop.asked.session.mfa, Unread)


@pytest.mark.parametrize(
    ("lines", "environment", "region"),
    [
        pytest.param([], {}, GLOBAL_REGION, id="none"),
        pytest.param(["region = eu-west-2"], {}, "eu-west-2", id="the profile's"),
        pytest.param(
            ["region = eu-west-2"], {"AWS_DEFAULT_REGION": "us-east-2"}, "us-east-2", id="the environment's first"
        ),
        pytest.param([], {"AWS_REGION": "eu-west-2"}, GLOBAL_REGION, id="AWS_REGION is not read"),
        pytest.param(["region = eu-west-2", "sts_regional_endpoints = legacy"], {}, GLOBAL_REGION, id="legacy"),
        pytest.param(
            ["region = eu-south-2", "sts_regional_endpoints = legacy"], {}, "eu-south-2", id="legacy, a newer Region"
        ),
    ],
)
def test_the_endpoint_is_the_one_that_botocore_calls(
    tmp_path: Path, lines: list[str], environment: dict[str, str], region: str
) -> None:
    [hop] = chain(tmp_path, role_of(*lines), **environment).hops
    assert hop.asked.region == region


def test_an_endpoint_of_a_vpc_is_known_by_its_address(tmp_path: Path) -> None:
    url = "https://vpce-0a1-x.sts.eu-west-1.vpce.amazonaws.com"
    [hop] = chain(tmp_path, role_of("services = s") + f"[services s]\nsts =\n  endpoint_url = {url}\n").hops
    assert hop.asked.context == {"aws:SourceVpce": ("vpce-0a1",)}
    assert url in " ".join(hop.asked.told)


def test_which_profile_the_environment_names() -> None:
    assert chosen_profile(None, {}) == ("", "")
    assert chosen_profile(None, {"AWS_PROFILE": "a"}) == ("a", "")
    name, said = chosen_profile(None, {"AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "b"})
    assert name == "b"
    assert "unset AWS_DEFAULT_PROFILE" in said
    assert "AWS_ACCESS_KEY_ID" in chosen_profile("a", {"AWS_ACCESS_KEY_ID": "x"})[1]


def test_beside_a_source_without_credentials_what_else_is_wrong_is_told(tmp_path: Path) -> None:
    with pytest.raises(XdiagError) as raised:
        chain(tmp_path, role_of() + "[profile me]\nmfa_serial = arn:aws:iam::111111111111:mfa/me\n", "")
    assert "has no credentials" in raised.value.message
    assert "`mfa_serial` stands in `me`" in raised.value.hint


@pytest.mark.parametrize(
    ("lines", "sent"),
    [
        pytest.param((), "a generated session name, no external ID, at aws-global", id="nothing is set"),
        pytest.param(
            ("external_id = acme", "region = eu-west-1"),
            "a generated session name, external ID `acme`, at eu-west-1",
            id="an external ID",
        ),
        pytest.param(
            ("role_session_name = ci", "duration_seconds = 900", "region = eu-west-1"),
            "session name `ci`, no external ID, 900 seconds, at eu-west-1",
            id="all but MFA and an external ID",
        ),
        pytest.param(
            ("mfa_serial = arn:aws:iam::111111111111:mfa/me", "external_id = \x1b[31macme"),
            "a generated session name, external ID `\\x1b[31macme`, MFA device `arn:aws:iam::111111111111:mfa/me`, "
            "at aws-global",
            id="hostile text is made harmless",
        ),
    ],
)
def test_a_call_is_worded_with_all_that_it_sends(tmp_path: Path, lines: tuple[str, ...], sent: str) -> None:
    [hop] = chain(tmp_path, role_of(*lines)).hops
    assert described(hop) == f"profile `p` asks for {A} with {sent}"
