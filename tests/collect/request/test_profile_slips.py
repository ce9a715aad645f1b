"""What is wrong in an AWS configuration, word for word, with what to change."""

from pathlib import Path

import pytest
from tests.collect.request.test_profile import KEYS, SSO, A, chain, role_of

from diagnose.errors import XdiagError
from diagnose.model.arn import parse_role

OF_ROLE = f"[profile p]\nrole_arn = {A}\n"
BY_SSO = role_of().replace("= me", "= s")
SESSION = "[sso-session c]\nsso_region = eu-west-1\nsso_start_url = https://x\n"
WHOLE_SSO = {
    "sso_start_url": "https://x",
    "sso_region": "eu-west-1",
    "sso_account_id": "111111111111",
    "sso_role_name": "Dev",
}
NOBODY = "profile `p` has a role, but neither `source_profile` nor `credential_source`: nobody would sign"
MOVE = "move the sso_ keys to a profile of their own, and name that one as `source_profile`"


def legacy_sso(*without: str) -> str:
    return "[profile s]\n" + "".join(f"{key} = {value}\n" for key, value in WHOLE_SSO.items() if key not in without)


def round_about(*ways: tuple[str, str]) -> str:
    return "".join(f"[profile {name}]\nrole_arn = {A}\nsource_profile = {source}\n" for name, source in ways)


@pytest.mark.parametrize(
    ("config", "credentials", "message", "hint"),
    [
        pytest.param(
            "[p]\nregion = x\n",
            KEYS,
            "there is no AWS profile `p`",
            "in the config file, `[p]` must be written `[profile p]`",
            id="a section without the word profile",
        ),
        pytest.param(
            "",
            f"[profile p]\nrole_arn = {A}\n",
            "there is no AWS profile `p`",
            "in the credentials file, `[profile p]` must be written `[p]`",
            id="the word in the credentials file",
        ),
        pytest.param(
            "[profile P]\nregion = x\n", KEYS, "there is no AWS profile `p`", "did you mean `P`", id="other capitals"
        ),
        pytest.param(
            "[profile zzz]\nregion = x\n",
            KEYS,
            "there is no AWS profile `p`",
            "`aws configure list-profiles` lists the profiles",
            id="none like it",
        ),
        pytest.param(
            role_of(),
            KEYS.replace("[me]", "[mee]"),
            "the source_profile `me` of profile `p` does not exist",
            "did you mean `mee`",
            id="a source that is misspelt",
        ),
        pytest.param(
            role_of(role=f"{A} ; ours"),
            KEYS,
            "`role_arn` in profile `p` has a comment on its line, which becomes part of the ARN",
            "put the comment on a line of its own",
            id="a comment behind the role",
        ),
        pytest.param(
            role_of("credential_source = Environment"),
            KEYS,
            "profile `p` has both `source_profile` and `credential_source`",
            "remove one of them",
            id="two sources",
        ),
        pytest.param(OF_ROLE, KEYS, NOBODY, "add `source_profile = <the profile that signs>`", id="no source"),
        pytest.param(
            OF_ROLE,
            KEYS.replace("[me]", "[p]"),
            NOBODY,
            "the keys in it are not used: add `source_profile = p` if they are to sign",
            id="keys beside the role",
        ),
        pytest.param(f"{OF_ROLE}sso_session = c\n", KEYS, NOBODY, MOVE, id="a sign-in beside the role"),
        pytest.param(f"{OF_ROLE}sso_start_url = u\n", KEYS, NOBODY, MOVE, id="an older sign-in beside the role"),
        pytest.param(
            f"{OF_ROLE}credential_source = ec2instancemetadata\n",
            KEYS,
            "`credential_source = ec2instancemetadata` in profile `p` is not one",
            "did you mean `Ec2InstanceMetadata`",
            id="a credential source without its capitals",
        ),
        pytest.param(
            f"{OF_ROLE}credential_source = vault\n",
            KEYS,
            "`credential_source = vault` in profile `p` is not one",
            "expected one of Environment, Ec2InstanceMetadata, EcsContainer",
            id="a credential source like none",
        ),
        *(
            pytest.param(
                role_of(f"role_session_name = {name}"),
                KEYS,
                f"`role_session_name = {name}` in profile `p` is not a session name",
                "expected 2 to 64 letters, digits, and signs of `_+=,.@-`, without spaces or comments",
                id=f"a session name that {what}",
            )
            for name, what in (
                ("x", "is too short"),
                ("x" * 65, "is too long"),
                ("a b", "has a space"),
                ("bär", "has an umlaut"),
            )
        ),
        pytest.param(
            f"{OF_ROLE}source_profile = me\n  external_id = x\n",
            KEYS,
            "a line under `source_profile` in profile `p` is indented, and so becomes part of its value",
            "remove the spaces at the beginning of the line",
            id="an indented line",
        ),
        pytest.param(
            round_about(("p", "p")),
            KEYS,
            "the source profiles go round in a circle: p -> p",
            "name a profile that has credentials",
            id="its own source without keys",
        ),
        pytest.param(
            round_about(("p", "p")),
            "[p]\naws_access_key_id = AKIAEXAMPLE\n",
            "the source profiles go round in a circle: p -> p",
            "name a profile that has credentials",
            id="its own source with half a key",
        ),
        pytest.param(
            round_about(("p", "q"), ("q", "r"), ("r", "q")),
            KEYS,
            "the source profiles go round in a circle: q -> r -> q",
            "one of them needs credentials of its own",
            id="a circle behind the profile",
        ),
        pytest.param(
            f"{BY_SSO}[profile s]\nsso_session = c\n{SSO}",
            "",
            "profile `s` names the sso-session `c`, which does not exist",
            "add `[sso-session c]` to the config file, with sso_region and sso_start_url",
            id="an sso-session that is not there",
        ),
        *(
            pytest.param(
                BY_SSO + legacy_sso(key),
                "",
                f"profile `s` signs in with IAM Identity Center, but has no `{key}`",
                "add it",
                id=f"a sign-in without {key}",
            )
            for key in ("sso_region", "sso_account_id", "sso_role_name")
        ),
        pytest.param(
            f"{BY_SSO}[profile s]\nsso_session = c\n{SSO}[sso-session c]\nsso_region = eu-west-1\n",
            "",
            "profile `s` signs in with IAM Identity Center, but has no `sso_start_url`",
            "add it",
            id="an sso-session without its URL",
        ),
        pytest.param(
            f"{BY_SSO}[profile s]\nsso_session = c\nsso_region = eu-west-2\n{SSO}{SESSION}",
            "",
            "profile `s` and its sso-session differ in `sso_region`",
            "remove one of them",
            id="two Regions of a sign-in",
        ),
        pytest.param(
            role_of(),
            "[me]\nregion = x\n",
            "the source profile `me` has no credentials",
            "add keys or an sso_session to `me`, or name another source_profile; if a tool such as aws-vault keeps its "
            "keys, let that run xdiag: `aws-vault exec me -- xdiag check ROLE_ARN`",
            id="a source without credentials",
        ),
        pytest.param(
            role_of(),
            "[me]\naws_secret_access_key = verysecret\nexternal_id = x\n",
            "the source profile `me` has no credentials",
            "add keys or an sso_session to `me`, or name another source_profile; if a tool such as aws-vault keeps its "
            "keys, let that run xdiag: `aws-vault exec me -- xdiag check ROLE_ARN`. `external_id` stands in `me`, "
            "where it has no effect: it belongs in `p`.",
            id="half a key, and what else is wrong beside it",
        ),
        pytest.param(
            "[profile p]\nweb_identity_token_file = /t\n",
            KEYS,
            "profile `p` has `web_identity_token_file`, but no `role_arn`",
            "add the `role_arn` of the role that the token is presented for",
            id="a token, but no role for it",
        ),
    ],
)
def test_what_is_wrong_is_said_in_full(tmp_path: Path, config: str, credentials: str, message: str, hint: str) -> None:
    with pytest.raises(XdiagError) as raised:
        chain(tmp_path, config, credentials)
    assert (raised.value.message, raised.value.hint) == (message, hint)


def test_what_is_wrong_with_a_role_is_said_as_everywhere(tmp_path: Path) -> None:
    with pytest.raises(XdiagError) as mistake:
        parse_role("Deploy")
    with pytest.raises(XdiagError) as raised:
        chain(tmp_path, role_of(role="Deploy"))
    assert raised.value.message == f"`role_arn` in profile `p`: {mistake.value.message}"
    assert raised.value.hint == mistake.value.hint


@pytest.mark.parametrize(("name", "meant"), [("PROD", "prod"), (" prod", "prod"), ("Prod ", "prod"), ("prd", "prod")])
def test_a_profile_is_known_by_other_capitals_blanks_and_near_names(tmp_path: Path, name: str, meant: str) -> None:
    with pytest.raises(XdiagError) as raised:
        chain(tmp_path, "[profile prod]\nregion = x\n", name=name)
    assert raised.value.hint == f"did you mean `{meant}`"
