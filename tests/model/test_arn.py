"""ARNs: every broken shape that people paste is answered with the shape they meant."""

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from diagnose.errors import XdiagError
from diagnose.model import arn
from diagnose.model.arn import (
    PARTITIONS,
    Arn,
    CallerArn,
    CallerKind,
    RoleArn,
    parse_caller,
    parse_role,
    role_of_session,
    split_arn,
    split_path,
)

EXAMPLE = "expected an ARN such as `arn:aws:iam::111111111111:role/path/Name`"
A_ROLE = "expected a role, such as `arn:aws:iam::111111111111:role/path/Name`"
WHOLE = "expected the role's full ARN: "


@pytest.mark.parametrize(
    ("text", "caller"),
    [
        pytest.param(
            "arn:aws:iam::111111111111:user/alice",
            CallerArn("", CallerKind.USER, "aws", "111111111111", "alice", "/"),
            id="a user without a path",
        ),
        pytest.param(
            "arn:aws:iam::111111111111:user/a/b/alice",
            CallerArn("", CallerKind.USER, "aws", "111111111111", "alice", "/a/b/"),
            id="a user with a path",
        ),
        pytest.param(
            "arn:aws-cn:iam::111111111111:role/team/App",
            CallerArn("", CallerKind.ROLE, "aws-cn", "111111111111", "App", "/team/"),
            id="a role of another partition",
        ),
        pytest.param(
            "arn:aws:sts::111111111111:assumed-role/App/nightly@example.com",
            CallerArn("", CallerKind.SESSION, "aws", "111111111111", "App", session="nightly@example.com"),
            id="a session, whose ARN holds no path",
        ),
        pytest.param(
            "arn:aws:iam::111111111111:root",
            CallerArn("", CallerKind.ROOT, "aws", "111111111111", "root"),
            id="the root of an account",
        ),
        pytest.param(
            "arn:aws:sts::111111111111:federated-user/alice",
            CallerArn("", CallerKind.FEDERATED_USER, "aws", "111111111111", "alice"),
            id="a federated user",
        ),
        pytest.param(
            "ec2.amazonaws.com", CallerArn("", CallerKind.SERVICE, "aws", "", "ec2.amazonaws.com"), id="a service"
        ),
        pytest.param(
            "ec2.amazonaws.com.cn",
            CallerArn("", CallerKind.SERVICE, "aws", "", "ec2.amazonaws.com.cn"),
            id="a service of China",
        ),
    ],
)
def test_a_caller_is_taken_apart(text: str, caller: CallerArn) -> None:
    read = parse_caller(text)
    assert read.arn == text
    assert (read.kind, read.partition, read.account, read.name, read.path, read.session) == (
        caller.kind,
        caller.partition,
        caller.account,
        caller.name,
        caller.path,
        caller.session,
    )


@pytest.mark.parametrize("partition", PARTITIONS)
def test_a_role_is_read_in_every_partition(partition: str) -> None:
    text = f"arn:{partition}:iam::222222222222:role/a/b/Deploy"
    assert parse_role(text) == RoleArn(text, partition, "222222222222", "/a/b/", "Deploy")


def test_a_role_without_a_path_has_the_path_of_one_slash() -> None:
    assert parse_role("arn:aws:iam::222222222222:role/Deploy").path == "/"


def test_leading_zeros_of_an_account_are_kept() -> None:
    assert parse_role("arn:aws:iam::000000000012:role/Deploy").account == "000000000012"


BROKEN_ROLES = [
    pytest.param(
        "Deploy",
        "the destination `Deploy` is a bare name, not an ARN",
        WHOLE + "`arn:aws:iam::<its account>:role/Deploy`",
        id="a bare name",
    ),
    pytest.param(
        "role/ops/Deploy",
        "the destination `role/ops/Deploy` is a bare name, not an ARN",
        WHOLE + "`arn:aws:iam::<its account>:role/ops/Deploy`",
        id="a bare name with its type and path",
    ),
    pytest.param(
        "arn:aws:sts::222222222222:assumed-role/Deploy/nightly",
        "the destination `arn:aws:sts::222222222222:assumed-role/Deploy/nightly` is a session of a role, "
        "not the role itself",
        "did you mean `arn:aws:iam::222222222222:role/Deploy`, with the role's path if it has one",
        id="a session",
    ),
    pytest.param(
        "arn:aws:iam::222222222222:user/alice",
        "the destination `arn:aws:iam::222222222222:user/alice` is an IAM user, which cannot be assumed",
        A_ROLE,
        id="a user",
    ),
    pytest.param(
        "arn:aws:iam::222222222222:group/devs",
        "the destination `arn:aws:iam::222222222222:group/devs` is an IAM group, which cannot be assumed",
        A_ROLE,
        id="a group",
    ),
    pytest.param(
        "arn:aws:iam::222222222222:policy/Deploy",
        "the destination `arn:aws:iam::222222222222:policy/Deploy` is a policy, not a role",
        A_ROLE,
        id="a policy",
    ),
    pytest.param(
        "arn:aws:iam::222222222222:root",
        "the destination `arn:aws:iam::222222222222:root` is an account, not a role in it",
        A_ROLE,
        id="an account",
    ),
    pytest.param(
        "arn:aws:iam::222222222222:instance-profile/Deploy",
        "the destination `arn:aws:iam::222222222222:instance-profile/Deploy` is an instance profile, "
        "which only holds a role",
        "pass its role; `aws iam get-instance-profile` names it, and it often has the same name",
        id="an instance profile",
    ),
    pytest.param(
        "arn:aws:iam::222222222222:Role/Deploy",
        "the destination `arn:aws:iam::222222222222:Role/Deploy` is not an IAM role",
        "did you mean `arn:aws:iam::222222222222:role/Deploy`",
        id="the type in upper case",
    ),
    pytest.param(
        "arn:aws:sts::222222222222:role/ops/Deploy",
        "the destination `arn:aws:sts::222222222222:role/ops/Deploy` is not an IAM role",
        "did you mean `arn:aws:iam::222222222222:role/ops/Deploy`",
        id="a role under sts",
    ),
    pytest.param(
        "arn:aws:iam:222222222222:role/Deploy",
        "the destination role `arn:aws:iam:222222222222:role/Deploy` is not an ARN",
        "did you mean `arn:aws:iam::222222222222:role/Deploy`",
        id="a colon missing before the account",
    ),
    pytest.param(
        "arn:aws:iam:222222222222:role/ops/Deploy:v2",
        "the destination role `arn:aws:iam:222222222222:role/ops/Deploy:v2` is not an ARN of IAM or STS",
        "a colon is missing: did you mean `arn:aws:iam::222222222222:role/ops/Deploy:v2`",
        id="a colon missing before the account and one more behind it",
    ),
    pytest.param(
        "arn:aws:iam::222222222222role/Deploy",
        "the destination role `arn:aws:iam::222222222222role/Deploy` is not an ARN",
        "did you mean `arn:aws:iam::222222222222:role/Deploy`",
        id="a colon missing behind the account",
    ),
    pytest.param(
        "arn:aws-us-gov:iam:222222222222:role/Deploy",
        "the destination role `arn:aws-us-gov:iam:222222222222:role/Deploy` is not an ARN",
        "did you mean `arn:aws-us-gov:iam::222222222222:role/Deploy`",
        id="a colon missing in another partition",
    ),
    pytest.param(
        "aws:iam::222222222222:role/Deploy",
        "the destination role `aws:iam::222222222222:role/Deploy` is not an ARN",
        "did you mean `arn:aws:iam::222222222222:role/Deploy`",
        id="the front lost",
    ),
    pytest.param(
        "arn:aws:iam:::222222222222:role/Deploy",
        "the destination role `arn:aws:iam:::222222222222:role/Deploy` has an extra colon",
        "did you mean `arn:aws:iam::222222222222:role/Deploy`",
        id="a colon doubled before the account",
    ),
    pytest.param(
        "arn:aws:iam::2222-2222-2222:role/Deploy",
        "the destination role `arn:aws:iam::2222-2222-2222:role/Deploy` does not have an account id of twelve digits",
        "did you mean `arn:aws:iam::222222222222:role/Deploy`",
        id="dashes in the account",
    ),
    pytest.param(
        "arn:aws:iam::22222222222:role/Deploy",
        "the destination role `arn:aws:iam::22222222222:role/Deploy` does not have an account id of twelve digits",
        "`22222222222` has 11 digits; leading zeros count, too",
        id="eleven digits",
    ),
    pytest.param(
        "arn:aws:iam::<ACCOUNT_ID>:role/Deploy",
        "the destination role `arn:aws:iam::<ACCOUNT_ID>:role/Deploy` has `<ACCOUNT_ID>` in it, "
        "which was never filled in",
        "put in what `<ACCOUNT_ID>` stands for",
        id="a placeholder of a sample",
    ),
    pytest.param(
        "arn:aws:iam::************:role/Deploy",
        "the destination role `arn:aws:iam::************:role/Deploy` has `************` in it, which is masked",
        "put in the real value",
        id="a masked account",
    ),
    pytest.param(
        "arn:aws:iam::222222222222:role/{{ .Values.role }}",
        "the destination role `arn:aws:iam::222222222222:role/{{ .Values.role }}` has `{{ .Values.role }}` in it, "
        "which was never filled in",
        "put in what `{{ .Values.role }}` stands for",
        id="a placeholder of a template",
    ),
    pytest.param(
        "arn:aws:iam::prod:role/Deploy",
        "the destination role `arn:aws:iam::prod:role/Deploy` does not have an account id of twelve digits",
        "`prod` is not an account id; expected twelve digits, as in `arn:aws:iam::111111111111:role/path/Name`",
        id="an alias for an account",
    ),
    pytest.param(
        "arn:${AWS::Partition}:iam::222222222222:role/Deploy",
        "the destination role `arn:${AWS::Partition}:iam::222222222222:role/Deploy` contains a template variable",
        "put in the value that the variable stands for, such as `aws` for `${AWS::Partition}`",
        id="a template variable",
    ),
    pytest.param(
        " arn:aws:iam::222222222222:role/Deploy",
        "the destination role ` arn:aws:iam::222222222222:role/Deploy` contains spaces",
        "did you mean `arn:aws:iam::222222222222:role/Deploy`",
        id="a space in front",
    ),
    pytest.param(
        "arn:aws:iam::222222222222:role/Deploy\n",
        "the destination role `arn:aws:iam::222222222222:role/Deploy\n` contains spaces",
        "did you mean `arn:aws:iam::222222222222:role/Deploy`",
        id="a line break behind",
    ),
    pytest.param(
        "arn:aws:iam:: 222222222222 :role/Deploy",
        "the destination role `arn:aws:iam:: 222222222222 :role/Deploy` contains spaces",
        "did you mean `arn:aws:iam::222222222222:role/Deploy`",
        id="spaces around the account",
    ),
    pytest.param(
        "arn:aws:iam::222222222222:role/Dep\u200bloy",
        "the destination role contains invisible characters",
        "did you mean `arn:aws:iam::222222222222:role/Deploy`",
        id="an invisible character",
    ),
    pytest.param(
        "\ufeffarn:aws:iam::222222222222:role/Deploy",
        "the destination role contains invisible characters",
        "did you mean `arn:aws:iam::222222222222:role/Deploy`",
        id="a byte order mark",
    ),
    pytest.param(
        "arn:AWS:iam::222222222222:role/Deploy",
        "the destination role `arn:AWS:iam::222222222222:role/Deploy` names the partition `AWS`, which does not exist",
        f"expected one of {', '.join(PARTITIONS)}",
        id="a partition that does not exist",
    ),
    pytest.param(
        "arn:aws:iam:eu-west-1:222222222222:role/Deploy",
        "the destination role `arn:aws:iam:eu-west-1:222222222222:role/Deploy` is not an ARN of IAM or STS",
        "its ARNs name no Region: did you mean `arn:aws:iam::222222222222:role/Deploy`",
        id="a Region",
    ),
    pytest.param(
        "arn:aws:lambda:eu-west-1:222222222222:function:Deploy",
        "the destination role `arn:aws:lambda:eu-west-1:222222222222:function:Deploy` is not an ARN of IAM or STS",
        EXAMPLE,
        id="an ARN of another service",
    ),
    pytest.param(
        "arn:aws:iam::222222222222:role//Deploy",
        "the destination role `arn:aws:iam::222222222222:role//Deploy` has an empty part in its path",
        "did you mean `arn:aws:iam::222222222222:role/Deploy`",
        id="an empty part in the path",
    ),
    pytest.param(
        "arn:aws:iam::222222222222:role/",
        "the destination `arn:aws:iam::222222222222:role/` is not an IAM role",
        A_ROLE,
        id="no name",
    ),
    pytest.param("", "the destination role `` is not an ARN", EXAMPLE, id="nothing"),
]


@pytest.mark.parametrize(("text", "message", "hint"), BROKEN_ROLES)
def test_a_broken_destination_is_answered_with_what_was_meant(text: str, message: str, hint: str) -> None:
    with pytest.raises(XdiagError) as caught:
        parse_role(text)
    assert (caught.value.message, caught.value.hint) == (message, hint)


OTHER_SOURCE = (
    "expected an IAM user, an IAM role, an assumed-role session, an account's root, a federated user, "
    "or a service principal such as `ec2.amazonaws.com`"
)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        pytest.param("alice", "the source `alice` is not an ARN", EXAMPLE, id="a bare name"),
        pytest.param(
            "arn:aws:sts::111111111111:assumed-role/App",
            "the source `arn:aws:sts::111111111111:assumed-role/App` is not a complete session ARN",
            "expected `arn:aws:sts::111111111111:assumed-role/RoleName/session-name`, without the role's path",
            id="a session without its name",
        ),
        pytest.param(
            "arn:aws:sts::111111111111:assumed-role/team/App/nightly",
            "the source `arn:aws:sts::111111111111:assumed-role/team/App/nightly` is not a complete session ARN",
            "expected `arn:aws:sts::111111111111:assumed-role/RoleName/session-name`, without the role's path",
            id="a session with the role's path",
        ),
        pytest.param(
            "arn:aws:sts::111111111111:assumed-role/App/",
            "the source `arn:aws:sts::111111111111:assumed-role/App/` is not a complete session ARN",
            "expected `arn:aws:sts::111111111111:assumed-role/RoleName/session-name`, without the role's path",
            id="a session with an empty name",
        ),
        pytest.param(
            "arn:aws:iam::111111111111:assumed-role/App/nightly",
            "the source `arn:aws:iam::111111111111:assumed-role/App/nightly` is not a principal that can sign requests",
            "did you mean `arn:aws:sts::111111111111:assumed-role/App/nightly`",
            id="a session under iam",
        ),
        pytest.param(
            "arn:aws:sts::111111111111:role/App",
            "the source `arn:aws:sts::111111111111:role/App` is not a principal that can sign requests",
            "did you mean `arn:aws:iam::111111111111:role/App`",
            id="a role under sts",
        ),
        pytest.param(
            "arn:aws:iam::111111111111:instance-profile/App",
            "the source `arn:aws:iam::111111111111:instance-profile/App` is not a principal that can sign requests",
            "pass the role of the instance profile",
            id="an instance profile",
        ),
        pytest.param(
            "arn:aws:iam::111111111111:group/devs",
            "the source `arn:aws:iam::111111111111:group/devs` is not a principal that can sign requests",
            "a group cannot sign requests; pass one of its users",
            id="a group",
        ),
        pytest.param(
            "arn:aws:iam::111111111111:policy/devs",
            "the source `arn:aws:iam::111111111111:policy/devs` is not a principal that can sign requests",
            OTHER_SOURCE,
            id="a policy",
        ),
        pytest.param(
            "arn:aws:sts:111111111111:assumed-role/App/nightly",
            "the source `arn:aws:sts:111111111111:assumed-role/App/nightly` is not an ARN",
            "did you mean `arn:aws:sts::111111111111:assumed-role/App/nightly`",
            id="a session with a colon missing",
        ),
        pytest.param(
            "arn:aws:iam::111-111-111-111:user/alice",
            "the source `arn:aws:iam::111-111-111-111:user/alice` does not have an account id of twelve digits",
            "did you mean `arn:aws:iam::111111111111:user/alice`",
            id="dashes in the account",
        ),
        pytest.param(
            "arn:aws:iam::111111111111:user/al ice",
            "the source `arn:aws:iam::111111111111:user/al ice` contains spaces",
            "did you mean `arn:aws:iam::111111111111:user/alice`",
            id="a space",
        ),
    ],
)
def test_a_broken_source_is_answered_with_what_was_meant(text: str, message: str, hint: str) -> None:
    with pytest.raises(XdiagError) as caught:
        parse_caller(text)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_an_arn_is_split_at_its_first_five_colons_and_written_back() -> None:
    text = "arn:aws:lambda:eu-west-1:111111111111:function:name:alias"
    assert split_arn(text) == Arn("aws", "lambda", "eu-west-1", "111111111111", "function:name:alias")
    assert str(split_arn(text)) == text


@pytest.mark.parametrize("text", ["", "arn", "arn:aws:iam::111111111111", "ARN:aws:iam::1:role/x", "urn:a:b:c:d:e"])
def test_what_is_no_arn_is_not_split(text: str) -> None:
    assert split_arn(text) is None


@pytest.mark.parametrize(
    ("resource", "parts"),
    [
        ("role/App", ("role", "/", "App")),
        ("role/team/App", ("role", "/team/", "App")),
        ("role/a/b/App", ("role", "/a/b/", "App")),
        ("root", ("root", "/", "")),
    ],
)
def test_a_resource_is_split_into_type_path_and_name(resource: str, parts: tuple[str, str, str]) -> None:
    assert split_path(resource) == parts


def test_a_session_names_its_role_without_a_path() -> None:
    arn = split_arn("arn:aws:sts::111111111111:assumed-role/App/nightly")
    assert arn is not None
    assert role_of_session(arn) == "App"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("arn:aws:iam::222222222222::role/Deploy", id="behind the account"),
        pytest.param("arn:aws:iam:::222222222222:role/Deploy", id="before the account"),
        pytest.param("arn::aws:iam::222222222222:role/Deploy", id="behind arn"),
        pytest.param("arn:aws::iam::222222222222:role/Deploy", id="behind the partition"),
    ],
)
def test_a_doubled_colon_is_mended_wherever_it_stands(text: str) -> None:
    with pytest.raises(XdiagError) as caught:
        parse_role(text)
    assert "`arn:aws:iam::222222222222:role/Deploy`" in caught.value.hint


def test_a_session_of_a_role_without_a_name_is_not_whole() -> None:
    with pytest.raises(XdiagError) as caught:
        parse_caller("arn:aws:sts::111111111111:assumed-role//nightly")
    assert caught.value.message.endswith("is not a complete session ARN")


segments = st.text(alphabet="aB9_+=,.@-/: *$\u200b", max_size=8)
arns = st.builds(
    "arn:{}:{}::{}:{}/{}".format,
    st.sampled_from(["aws", "aws-cn", "aws-eu"]),
    st.sampled_from(["iam", "sts"]),
    st.sampled_from(["111111111111", "11111111111", "1111111111111"]),
    st.sampled_from(["user", "role", "assumed-role", "group"]),
    segments,
)


@given(arns)
@example("arn:aws:iam::111111111111:role/a/b/App")
@example("arn:aws:sts::111111111111:assumed-role/App/nightly")
@example("arn:aws:iam::111111111111:role/Ap*")
@example("arn:aws:iam::111111111111:role/a//App")
@example("arn:aws:iam::111111111111:role/Ap:p")
@example("arn:aws:iam::111111111111:user/alice ")
@example("arn:aws:sts::111111111111:assumed-role/team/App/nightly")
def test_what_looks_sound_is_read_as_everything_else_is(text: str) -> None:
    at_once = [_read(parse, text) for parse in (parse_caller, parse_role)]
    with pytest.MonkeyPatch.context() as patch:
        for pattern in ("_SOUND_ENTITY", "_SOUND_SESSION"):
            patch.setattr(arn, pattern, re.compile("(?!)"))
        assert [_read(parse, text) for parse in (parse_caller, parse_role)] == at_once


def _read(parse: Callable[[str], CallerArn | RoleArn], text: str) -> CallerArn | RoleArn | tuple[str, str]:
    try:
        return parse(text)
    except XdiagError as error:
        return error.message, error.hint


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("https://token.actions.githubusercontent.com", CallerKind.WEB_IDENTITY, "token.actions.githubusercontent.com"),
        ("https://idp.example.com/tenant/", CallerKind.WEB_IDENTITY, "idp.example.com/tenant/"),
        ("arn:aws:iam::111111111111:saml-provider/IdP", CallerKind.SAML, "IdP"),
    ],
)
def test_who_does_not_sign_is_named_by_issuer_or_saml_provider(text: str, kind: CallerKind, name: str) -> None:
    caller = parse_caller(text)
    assert (caller.kind, caller.name, caller.account) == (kind, name, "")


@pytest.mark.parametrize("text", ["https://", "https://idp example", "https://idp.example.com/a?b=c", "https://*"])
def test_what_no_issuer_has_for_a_url_is_refused(text: str) -> None:
    with pytest.raises(XdiagError, match="issuer"):
        parse_caller(text)
