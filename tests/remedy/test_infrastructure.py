import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.remedy.broken import (
    DEPLOY,
    about,
    broken,
    edited,
    the_remedy,
)
from tests.remedy.rendered import MANAGED, in_endpoint, in_identity, in_scp, in_trust

from diagnose.model.diagnosis import Remedy
from diagnose.model.trace import Element, Layer
from diagnose.remedy.change import Change, MaximumChange, NewMembership, NewRole, TagChange
from diagnose.remedy.render.cloudformation import cloudformation
from diagnose.remedy.render.terraform import hcl_heredoc, hcl_string, terraform

EXISTS_IN_TERRAFORM = "# This exists already: change it where you manage it, or import it before you apply."
EXISTS_IN_CLOUDFORMATION = (
    "This exists already: change it in the stack that it belongs to, or import it before you deploy."
)


@given(st.text() | st.text('\\"${}%Uf0\n', max_size=12))
def test_terraform_reads_back_what_was_quoted(text: str) -> None:
    written = hcl_string(text)
    assert written.isprintable()
    assert not re.search(r"(?<!\$)\$\{|(?<!%)%\{", written)
    plain = re.sub(r'\\(["\\]|U[0-9a-f]{8})', _unescaped, written[1:-1])
    if not re.search(r"\$\$\{|%%\{", text):
        assert plain.replace("$${", "${").replace("%%{", "%{") == text


def _unescaped(found: re.Match[str]) -> str:
    return found[1] if len(found[1]) == 1 else chr(int(found[1][1:], 16))


def test_terraform_interpolates_no_policy_variable() -> None:
    variable: Any = {"Resource": "arn:aws:iam::222222222222:role/${aws:username}", "Other": "%{if}"}
    assert "$${aws:username}" in hcl_heredoc(variable)
    assert "%%{if}" in hcl_heredoc(variable)


@pytest.mark.parametrize(
    ("remedy", "kind", "arguments"),
    [
        pytest.param(in_identity(), "aws_iam_user_policy", ['user = "builder"', 'name = "assume-deploy"'], id="inline"),
        pytest.param(in_identity(**MANAGED), "aws_iam_policy", ['name = "assume-deploy"'], id="managed"),
        pytest.param(in_trust(), "aws_iam_role", ["assume_role_policy = <<POLICY"], id="trust"),
        pytest.param(in_scp(), "aws_organizations_policy", ['type = "SERVICE_CONTROL_POLICY"'], id="SCP"),
        pytest.param(
            in_endpoint(), "aws_vpc_endpoint_policy", ['vpc_endpoint_id = "vpce-0a1b2c3d4e5f60718"'], id="endpoint"
        ),
    ],
)
def test_terraform_holds_the_resource_and_the_whole_document(remedy: Remedy, kind: str, arguments: list[str]) -> None:
    text = dict(remedy.commands)["terraform"]
    assert text.startswith(f'{EXISTS_IN_TERRAFORM}\nresource "{kind}" "')
    for argument in arguments:
        assert f"\n  {argument}\n" in text
    held = text.partition("<<POLICY\n")[2].partition("\nPOLICY\n")[0]
    assert json.loads(held.replace("$${", "${")) == edited(remedy)


@pytest.mark.parametrize(
    ("remedy", "kind", "properties"),
    [
        pytest.param(
            in_identity(),
            "AWS::IAM::UserPolicy",
            {"UserName": "builder", "PolicyName": "assume-deploy"},
            id="inline",
        ),
        pytest.param(
            in_identity(**MANAGED), "AWS::IAM::ManagedPolicy", {"ManagedPolicyName": "assume-deploy"}, id="managed"
        ),
        pytest.param(in_trust(), "AWS::IAM::Role", {"RoleName": "Deploy", "Path": "/"}, id="trust"),
        pytest.param(
            in_scp(), "AWS::Organizations::Policy", {"Name": "Guard", "Type": "SERVICE_CONTROL_POLICY"}, id="SCP"
        ),
    ],
)
def test_cloudformation_holds_the_resource_and_the_whole_document(remedy: Remedy, kind: str, properties: Any) -> None:
    ((_, resource),) = json.loads(dict(remedy.commands)["cloudformation"])["Resources"].items()
    assert resource["Type"] == kind
    assert properties.items() <= resource["Properties"].items()
    assert edited(remedy) in resource["Properties"].values()


@pytest.mark.parametrize(
    ("change", "exists"),
    [
        pytest.param(TagChange(DEPLOY, "stage", "live"), True, id="a tag of a role that is there"),
        pytest.param(MaximumChange(DEPLOY, 7200), True, id="the longest session of a role that is there"),
        pytest.param(NewRole(DEPLOY, {"Statement": []}), False, id="a role that is missing"),
        pytest.param(NewMembership("alice", "devs"), False, id="a membership"),
    ],
)
def test_a_template_says_what_exists_already(change: Change, exists: bool) -> None:
    case = broken("cross-account")
    assert terraform(change, case).startswith(EXISTS_IN_TERRAFORM if exists else "resource")
    told = json.loads(cloudformation(change, case))
    assert told.get("Description") == (EXISTS_IN_CLOUDFORMATION if exists else None)


def test_cloudformation_resolves_nothing() -> None:
    change = TagChange(DEPLOY, "stage", "{{resolve:secretsmanager:password}}")
    assert cloudformation(change, broken("cross-account")) == ""


def test_a_request_has_no_infrastructure() -> None:
    case = broken("cross-account", request={"parameters": {"external_id": "acme-41"}})
    remedy = the_remedy("pass-external-id", about(case, Layer.TRUST, Element.CONDITION), case)
    assert [what for what, _ in remedy.commands] == ["aws-cli"]
