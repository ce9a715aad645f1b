"""`--output sarif`: the lines are those of the files that the flags name."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cases import DEMOS
from tests.cli.program import BAD_INPUT, DENIED, UNDETERMINED, Program

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
