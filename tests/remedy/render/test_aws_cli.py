import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.remedy.broken import (
    BUILDER,
    DEPLOY,
    about,
    allow,
    broken,
    deny,
    edited,
    the_remedy,
    trust,
)
from tests.remedy.rendered import MANAGED, command, in_endpoint, in_group, in_identity, in_scp, in_trust

from diagnose.model.case import Parameters
from diagnose.model.diagnosis import Remedy
from diagnose.model.policy import Policy, PolicyKind, raw_document
from diagnose.model.trace import Element, Layer, Subject
from diagnose.remedy.change import (
    MaximumChange,
    NewAttachment,
    NewMembership,
    NewRole,
    PolicyChange,
    RequestChange,
    TagChange,
    VersionChange,
)
from diagnose.remedy.document import dumped
from diagnose.remedy.render.aws_cli import aws_cli

BASH = shutil.which("bash")
LIKE_AN_OPTION = "--cli-input-json"
REQUEST = broken("cross-account").request
SECRETS = {"MFA_CODE": "1", "WEB_IDENTITY_TOKEN": "a.b.c", "SAML_ASSERTION": "PHNhbWw+"}
HOSTILE = (
    "x; touch owned",
    "$(touch owned)",
    "`touch owned`",
    "'; touch owned; '",
    '"; touch owned; "',
    "x\ntouch owned\n",
    "POLICY\ntouch owned\n",
    LIKE_AN_OPTION,
    "file:///etc/passwd",
    "${jndi}",
    "\u202egnp.exe",
    "\x1b]0;owned\x07",
    "",
)


@pytest.mark.parametrize(
    ("region", "options"),
    [
        pytest.param("eu-west-1", ["--region eu-west-1"], id="a Region"),
        pytest.param(
            "aws-global",
            ["--region us-east-1", "--endpoint-url https://sts.amazonaws.com"],
            id="the global endpoint, which no Region names",
        ),
    ],
)
def test_the_call_goes_to_the_endpoint_that_was_asked_about(region: str, options: list[str]) -> None:
    case = broken("cross-account", request={"region": region, "parameters": {"external_id": "acme-41"}})
    text = dict(the_remedy("pass-external-id", about(case, Layer.TRUST, Element.CONDITION), case).commands)["aws-cli"]
    lines = [line.strip(" \\") for line in text.splitlines()]
    assert [line for line in lines if line.startswith(("--region", "--endpoint"))] == options


@pytest.fixture
def aws(tmp_path: Path) -> Any:
    """Run commands in bash with an `aws` that writes down what it is given; nothing else may come of them."""
    stand_in = tmp_path / "bin" / "aws"
    stand_in.parent.mkdir()
    stand_in.write_text(
        f"#!{sys.executable}\nimport json, pathlib, sys\n"
        "given = next((a for a in sys.argv if a.startswith('file://')), '')\n"
        "text = pathlib.Path(given.removeprefix('file://')).read_text() if given else ''\n"
        "with open('calls', 'a') as calls: calls.write(json.dumps([sys.argv[1:], text]) + '\\n')\n"
        "print('p-created1')\n"
    )
    stand_in.chmod(0o755)

    def run(script: str) -> list[Any]:
        path = f"{stand_in.parent}:/usr/bin:/bin"
        subprocess.run([BASH or "bash", "-eu", "-c", script], cwd=tmp_path, env={"PATH": path, **SECRETS}, check=True)
        assert not (tmp_path / "owned").exists()
        return [json.loads(line) for line in (tmp_path / "calls").read_text().splitlines()]

    return run


@pytest.mark.skipif(BASH is None, reason="needs bash")
@pytest.mark.parametrize(
    ("remedy", "arguments"),
    [
        pytest.param(
            in_identity(),
            "iam put-user-policy --user-name builder --policy-name assume-deploy --policy-document",
            id="an inline policy of a user",
        ),
        pytest.param(
            in_group(),
            "iam put-group-policy --group-name devs --policy-name assume-deploy --policy-document",
            id="an inline policy of a group",
        ),
        pytest.param(
            in_identity(**MANAGED),
            "iam create-policy-version --set-as-default --policy-arn arn:aws:iam::111111111111:policy/Deploy"
            " --policy-document",
            id="a managed policy",
        ),
        pytest.param(
            in_trust(), "iam update-assume-role-policy --role-name Deploy --policy-document", id="a trust policy"
        ),
        pytest.param(
            in_endpoint(),
            "ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-0a1b2c3d4e5f60718 --policy-document",
            id="an endpoint policy",
        ),
        pytest.param(in_scp(), "organizations update-policy --policy-id p-guard123 --content", id="an SCP"),
    ],
)
def test_a_document_arrives_whole(aws: Any, remedy: Remedy, arguments: str) -> None:
    ((given, text),) = aws(command(remedy))
    assert given == [*arguments.split(), "file:///dev/stdin"]
    assert json.loads(text) == edited(remedy)


@pytest.mark.skipif(BASH is None, reason="needs bash")
def test_a_new_scp_is_created_and_attached(aws: Any) -> None:
    case = broken("organization", scps={"value": {"1": {"policies": {"policies": []}}}})
    remedy = the_remedy("allow-in-scp", Subject(layer=Layer.SCP, level="workloads"), case)
    (created, text), (attached, _) = aws(command(remedy))
    name = created[created.index("--name") + 1]
    # Source: https://docs.aws.amazon.com/cli/latest/reference/organizations/create-policy.html
    assert created == [
        *("organizations", "create-policy", "--type", "SERVICE_CONTROL_POLICY", "--name", name, "--description", ""),
        *("--content", "file://scp.json", "--query", "Policy.PolicySummary.Id", "--output", "text"),
    ]
    assert json.loads(text) == edited(remedy)
    assert attached[:2] == ["organizations", "attach-policy"]
    assert attached[2:] == ["--policy-id", "p-created1", "--target-id=ou-ab12-11111111"]


@pytest.mark.skipif(BASH is None, reason="needs bash")
@pytest.mark.parametrize(
    ("change", "arguments"),
    [
        pytest.param(
            NewMembership("builder", "devs"),
            "iam add-user-to-group --group-name devs --user-name builder",
            id="a group",
        ),
        pytest.param(
            NewAttachment(
                Policy("P", raw_document({}), PolicyKind.MANAGED, "arn:aws:iam::111111111111:policy/P"), BUILDER
            ),
            "iam attach-user-policy --user-name builder --policy-arn arn:aws:iam::111111111111:policy/P",
            id="a policy that is attached",
        ),
        pytest.param(
            MaximumChange(DEPLOY, 7200),
            "iam update-role --role-name Deploy --max-session-duration 7200",
            id="a maximum",
        ),
    ],
)
def test_a_setting_is_one_command(aws: Any, change: Any, arguments: str) -> None:
    ((given, _),) = aws(aws_cli(change, broken("cross-account")))
    assert given == arguments.split()


@pytest.mark.skipif(BASH is None, reason="needs bash")
def test_the_call_itself_carries_all_that_is_sent(aws: Any) -> None:
    case = broken("tagged", request={"parameters": {"tags": {"team": 'it\'s "red" $HOME'}, "external_id": "-x"}})
    request = broken("tagged", request={"parameters": {"mfa_serial": "serial-123", "mfa_code_sent": True}}).request
    ((given, _),) = aws(aws_cli(RequestChange(case.request, case.request), case))
    tags = json.loads(given[given.index("--tags") + 1])
    assert tags == [{"Key": "team", "Value": 'it\'s "red" $HOME'}]
    assert "--external-id=-x" in given
    assert given[-2:] == ["--transitive-tag-keys", '["team"]']
    assert aws_cli(RequestChange(request, request), case).endswith('--token-code "$MFA_CODE"')


@pytest.mark.skipif(BASH is None, reason="needs bash")
@pytest.mark.parametrize(
    ("world", "sent", "arguments"),
    [
        pytest.param(
            "github",
            {"session_name": "deploy", "duration_seconds": 900},
            "sts assume-role-with-web-identity --role-arn arn:aws:iam::222222222222:role/Deploy "
            "--role-session-name deploy --duration-seconds 900 --region eu-west-1 --web-identity-token a.b.c",
            id="a token",
        ),
        pytest.param(
            "saml",
            {"duration_seconds": 900},
            "sts assume-role-with-saml --role-arn arn:aws:iam::222222222222:role/Developer "
            "--principal-arn arn:aws:iam::222222222222:saml-provider/IdP --duration-seconds 900 "
            "--region eu-west-1 --saml-assertion PHNhbWw+",
            id="an assertion",
        ),
    ],
)
def test_a_call_that_nobody_signs_is_that_of_its_operation(
    aws: Any, world: str, sent: dict[str, Any], arguments: str
) -> None:
    case = broken(world, request={"parameters": sent, "region": "eu-west-1"})
    rendered = aws_cli(RequestChange(case.request, case.request), case)
    assert not any(secret in rendered for secret in SECRETS.values() if len(secret) > 1)
    ((given, _),) = aws(rendered)
    assert given == arguments.split()


def test_to_pass_a_role_is_no_call() -> None:
    case = broken("passing")
    assert aws_cli(RequestChange(case.request, case.request), case) == ""


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != LIKE_AN_OPTION])
def test_a_name_that_aws_would_not_have_is_in_no_command(name: str) -> None:
    assert "aws-cli" not in dict(in_identity(name=name, kind="inline").commands)
    case = broken("cross-account")
    for change in (
        NewMembership(name, "devs"),
        NewMembership("builder", name),
        TagChange(f"arn:aws:iam::111111111111:user/{name}", "k", "v"),
        MaximumChange(f"arn:aws:iam::222222222222:role/{name}", 3600),
        PolicyChange(Layer.SCP, None, Policy(name, raw_document({}), PolicyKind.SCP), {}, (), target="r-ab12"),
        PolicyChange(Layer.SCP, None, Policy("N", raw_document({}), PolicyKind.SCP), {}, (), target=name),
        NewAttachment(Policy("P", raw_document({}), PolicyKind.MANAGED, name), BUILDER),
    ):
        rendered = aws_cli(change, case)
        assert rendered == "", change


@pytest.mark.skipif(BASH is None, reason="needs bash")
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(NewMembership(LIKE_AN_OPTION, LIKE_AN_OPTION), id="a user and a group"),
        pytest.param(TagChange(f"arn:aws:iam::111111111111:user/{LIKE_AN_OPTION}", "-k", "-v"), id="a tag"),
        pytest.param(MaximumChange(f"arn:aws:iam::222222222222:role/{LIKE_AN_OPTION}", 3600), id="a role"),
        pytest.param(
            PolicyChange(
                Layer.SCP, None, Policy(LIKE_AN_OPTION, raw_document({}), PolicyKind.SCP), {}, (), target=LIKE_AN_OPTION
            ),
            id="an SCP and where it is attached",
        ),
        pytest.param(
            VersionChange(
                Policy("P", raw_document({}), arn="arn:aws:iam::111111111111:policy/P", version=LIKE_AN_OPTION), {}
            ),
            id="a version",
        ),
        pytest.param(NewRole(f"arn:aws:iam::222222222222:role/-p/{LIKE_AN_OPTION}", {}), id="a role that is created"),
        pytest.param(
            RequestChange(
                REQUEST,
                replace(
                    REQUEST,
                    parameters=Parameters(
                        session_name="-s",
                        external_id="-x",
                        source_identity="-i",
                        mfa_serial="-m",
                        tags={LIKE_AN_OPTION: "-v", "other": ""},
                        transitive_tag_keys=("other", LIKE_AN_OPTION),
                    ),
                ),
            ),
            id="a request",
        ),
    ],
)
def test_a_value_that_looks_like_an_option_is_bound_to_its_own(aws: Any, change: Any) -> None:
    for words, _ in aws(aws_cli(change, broken("cross-account"))):
        options = [word for word in words if word.startswith("-")]
        assert options
        assert all(re.match(r"--[a-z-]+(=|$)", option) for option in options)
        assert LIKE_AN_OPTION not in words


def test_a_policy_name_that_looks_like_an_option_is_bound_to_its_own() -> None:
    assert f"--policy-name={LIKE_AN_OPTION}" in command(in_identity(name=LIKE_AN_OPTION, kind="inline"))


@pytest.mark.skipif(BASH is None, reason="needs bash")
@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_a_hostile_document_is_only_a_document(aws: Any, text: str) -> None:
    case = broken(
        "cross-account", trust_policy=trust(allow({"AWS": "333333333333"}, Sid=text), deny("s3:*", Principal=text))
    )
    remedy = the_remedy("name-principal-in-trust", about(case, Layer.TRUST), case)
    ((given, arrived),) = aws(command(remedy))
    assert given[:2] == ["iam", "update-assume-role-policy"]
    assert json.loads(arrived)["Statement"][0]["Sid"] == text
    assert command(remedy).isascii()


@pytest.mark.skipif(BASH is None, reason="needs bash")
@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_a_hostile_parameter_is_quoted_or_not_rendered(aws: Any, text: str) -> None:
    case = broken("cross-account")
    request = broken("cross-account", request={"parameters": {"external_id": text}}).request
    rendered = aws_cli(RequestChange(case.request, request), case)
    if rendered:
        ((given, _),) = aws(rendered)
        assert text in given or f"--external-id={text}" in given
    else:
        assert not text.isprintable() or text.startswith("file:")


@pytest.mark.parametrize("text", ["file://secret", "fileb://secret", "http://192.0.2.1", "https://192.0.2.1"])
def test_no_parameter_makes_the_cli_read_something_else(text: str) -> None:
    case = broken("cross-account")
    request = broken("cross-account", request={"parameters": {"external_id": text}}).request
    assert aws_cli(RequestChange(case.request, request), case) == ""


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=3))
def test_no_line_of_a_document_ends_a_here_document(content: Any) -> None:
    assert "POLICY" not in dumped(content).splitlines()
    assert dumped(content).isascii()
