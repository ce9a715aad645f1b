"""`--output sarif`: the lines are those of the files that the flags name."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from tests.cases import DEMOS
from tests.cli.program import BAD_INPUT, DENIED, UNDETERMINED, Program

SCHEMA = Draft4Validator(
    json.loads((Path(__file__).parent.parent / "report" / "schemas" / "sarif-2.1.0.json").read_text())
)
USER, ROLE = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"
TYPO = "arn:aws:iam::111111111112:user/ci"
STATEMENT = {"Effect": "Allow", "Principal": {"AWS": TYPO}, "Action": "sts:AssumeRole"}
TRUST = {"Version": "2012-10-17", "Statement": [STATEMENT]}

TEMPLATE = f"""
Resources:
  Other:
    Type: AWS::IAM::Role
    Properties:
      RoleName: Other
      AssumeRolePolicyDocument: {json.dumps(TRUST)}
  Deploy:
    Type: AWS::IAM::Role
    Properties:
      RoleName: Deploy
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal:
              AWS: {TYPO}
            Action: sts:AssumeRole
"""


def _resource(name: str) -> dict[str, Any]:
    values = {
        "name": name,
        "arn": f"arn:aws:iam::222222222222:role/{name}",
        "path": "/",
        "assume_role_policy": json.dumps(TRUST),
    }
    kind = {"mode": "managed", "type": "aws_iam_role", "provider_name": "registry.terraform.io/hashicorp/aws"}
    return {"address": f"aws_iam_role.{name}", "name": name.lower(), **kind, "values": values}


def _role() -> dict[str, Any]:
    return {
        "RoleName": "Deploy",
        "RoleId": "AROADEPLOY",
        "Arn": ROLE,
        "Path": "/",
        "AssumeRolePolicyDocument": TRUST,
        "RolePolicyList": [],
        "AttachedManagedPolicies": [],
    }


STATE = {
    "format_version": "1.0",
    "terraform_version": "1.9.0",
    "values": {"root_module": {"resources": [_resource("Other"), _resource("Deploy")]}},
}


@pytest.mark.parametrize(
    ("flag", "text", "covered", "before"),
    [
        pytest.param("--trust-policy", json.dumps(TRUST, indent=4), f'"{TYPO}"', "Principal", id="a document"),
        pytest.param(
            "--trust-policy",
            json.dumps({"Role": {"RoleName": "Deploy", "Arn": ROLE, "AssumeRolePolicyDocument": TRUST}}, indent=2),
            f'"{TYPO}"',
            "AssumeRolePolicyDocument",
            id="what `aws iam get-role` prints",
        ),
        pytest.param("--infrastructure", TEMPLATE, TYPO, "RoleName: Deploy", id="a template of CloudFormation"),
        pytest.param(
            "--infrastructure", json.dumps(STATE, indent=1), f'\\"{TYPO}\\"', "role/Deploy", id="a state of Terraform"
        ),
    ],
)
def test_a_cause_stands_at_its_place_in_its_file(
    xdiag: Program, tmp_path: Path, flag: str, text: str, covered: str, before: str
) -> None:
    file = tmp_path / "file.txt"
    file.write_text(text)
    run = xdiag("check", USER, ROLE, flag, file, "--no-probe", "--output", "sarif")
    assert run.code == DENIED
    result = json.loads(run.out)["runs"][0]["results"][0]
    assert result["ruleId"] == "trust-principal-account-typo"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == file.as_uri()
    region = place["region"]
    assert region["startLine"] == region["endLine"]
    line = text.split("\n")[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == covered
    assert before in "\n".join([*text.split("\n")[: region["startLine"] - 1], line[: region["startColumn"] - 1]])


def test_a_case_file_has_lines_too(xdiag: Program) -> None:
    case = DEMOS / "wrong-principal.json"
    run = xdiag("check", "--case", case, "--output", "sarif")
    place = json.loads(run.out)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    line = case.read_text().split("\n")[place["region"]["startLine"] - 1]
    assert '"AWS"' in line
    assert "111111111112:user/builder" in line[place["region"]["startColumn"] - 1 : place["region"]["endColumn"]]


def test_what_comes_through_a_pipe_has_no_lines(xdiag: Program) -> None:
    given = json.dumps(TRUST).encode()
    run = xdiag("check", USER, ROLE, "--trust-policy", "-", "--no-probe", "--output", "sarif", stdin=given)
    (location,) = json.loads(run.out)["runs"][0]["results"][0]["locations"]
    assert "physicalLocation" not in location
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "Deploy#/Statement/0/Principal/AWS"


def test_an_expression_selects_of_it(xdiag: Program) -> None:
    flags = ("--output", "sarif", "--query", "runs[0].[properties.verdict, length(results)]")
    run = xdiag("check", "--case", DEMOS / "one-side-unread.json", *flags)
    assert (run.code, json.loads(run.out)) == (UNDETERMINED, ["undetermined", 0])
    flags = ("--output", "sarif", "--query", "runs[0].results[].locations[].physicalLocation.region.startLine | [0]")
    assert json.loads(xdiag("check", "--case", DEMOS / "wrong-principal.json", *flags).out) > 1


def test_lines_of_files_are_not_redacted_and_so_not_told_beside_pseudonyms(xdiag: Program) -> None:
    run = xdiag("check", "--case", DEMOS / "wrong-principal.json", "--output", "sarif", "--redact")
    assert (run.code, run.out) == (BAD_INPUT, "")
    assert "`--output sarif` does not go with `--redact`" in run.err


def _with_fix(text: str, fix: dict[str, Any]) -> str:
    """Make a fix as an editor does: the last replacement first, so that no line moves before its turn."""
    [change] = fix["artifactChanges"]
    lines = text.split("\n")
    for one in reversed(change["replacements"]):
        region = one["deletedRegion"]
        first, last = lines[region["startLine"] - 1], lines[region["endLine"] - 1]
        made = first[: region["startColumn"] - 1] + one["insertedContent"]["text"] + last[region["endColumn"] - 1 :]
        lines[region["startLine"] - 1 : region["endLine"]] = made.split("\n")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("flag", "text"),
    [
        pytest.param("--trust-policy", json.dumps(TRUST, indent=4), id="a document"),
        pytest.param("--trust-policy", json.dumps(TRUST), id="on one line"),
        pytest.param("--infrastructure", TEMPLATE, id="a template of CloudFormation"),
    ],
)
def test_a_fix_edits_the_file_so_that_the_cause_is_gone(xdiag: Program, tmp_path: Path, flag: str, text: str) -> None:
    (tmp_path / "given").write_text(text)
    ask = ("check", USER, ROLE, flag, "given", "--no-probe", "--output", "sarif")
    log = json.loads(xdiag(*ask, cwd=tmp_path).out)
    SCHEMA.validate(log)
    (result,) = [one for one in log["runs"][0]["results"] if one["ruleId"] == "trust-principal-account-typo"]
    fixes = result["fixes"]
    assert fixes[0]["artifactChanges"][0]["artifactLocation"] == {"uri": "given", "uriBaseId": "%SRCROOT%"}
    assert "Checked: this removes the cause." in fixes[0]["description"]["text"]
    (tmp_path / "given").write_text(_with_fix(text, fixes[0]))
    again = json.loads(xdiag(*ask, cwd=tmp_path).out)["runs"][0]
    assert [one["ruleId"] for one in again["results"]] == []


@pytest.mark.parametrize(
    ("flag", "text"),
    [
        pytest.param("--infrastructure", json.dumps(STATE), id="a state, which nobody edits"),
        pytest.param(
            "--details",
            json.dumps({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [_role()], "Policies": []}),
            id="a copy of what AWS has",
        ),
    ],
)
def test_what_is_no_place_to_edit_has_no_fix(xdiag: Program, tmp_path: Path, flag: str, text: str) -> None:
    (tmp_path / "given").write_text(text)
    run = xdiag("check", USER, ROLE, flag, "given", "--no-probe", "--output", "sarif", cwd=tmp_path)
    (result,) = json.loads(run.out)["runs"][0]["results"]
    assert "physicalLocation" in result["locations"][0]
    assert "fixes" not in result
