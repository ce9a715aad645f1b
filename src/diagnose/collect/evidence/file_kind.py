"""Files that hold something else than was asked for: what they are, and which file or command to use instead."""

import re

from msgspec import Struct


class FileKind(Struct, frozen=True):
    """A kind of file: how it is told, what is said of it, and what to use instead.

    `declares`: it is infrastructure as code in a form that can be read.
    """

    what: str
    instead: str
    pattern: bytes
    declares: bool = False


def other_kind(data: bytes) -> FileKind | None:
    """Say of which known kind a file is that is not what was expected; None where that cannot be told."""
    start = data[:_ENOUGH]
    return next((kind for kind in _KINDS if re.search(kind.pattern, start, _FLAGS)), None)


_ENOUGH = 65536
_FLAGS = re.MULTILINE | re.IGNORECASE

_SHOW = (
    "run `terraform show -json > state.json`, or for a plan `terraform plan -out p` and "
    "`terraform show -json p > plan.json`, and give that with `--infrastructure`"
)
_GET_ROLE = "`aws iam get-role --role-name NAME` prints a role with its trust policy as it is"


_KINDS = (
    FileKind("is a case file", "give it with `--case`", rb'"schema"\s*:\s*"xdiag\.case/'),
    FileKind(
        "holds account authorization details",
        "give it with `--details`",
        rb'"(Role|User|Group)DetailList"\s*:',
    ),
    FileKind(
        "is a template of CloudFormation",
        "give it with `--infrastructure`",
        rb'\A(?=[\s\S]*^[ \t]*"?Resources"?\s*:)(?=[\s\S]*AWS::\w+::)|^[ \t]*"?AWSTemplateFormatVersion"?\s*:',
        declares=True,
    ),
    FileKind(
        "is a plan or state of Terraform",
        "give it with `--infrastructure`",
        rb'\A\s*\{(?=[\s\S]*"(terraform_version|format_version|lineage)"\s*:)'
        rb'(?=[\s\S]*"(planned_values|values|resource_changes|resources)"\s*:)',
        declares=True,
    ),
    FileKind(
        "is Terraform source in JSON, whose values only Terraform knows",
        f"{_SHOW}; or {_GET_ROLE}",
        rb'\A\s*\{(?=[\s\S]*"(resource|data)"\s*:\s*[\[{]\s*(\{\s*)?"?aws_)',
    ),
    FileKind(
        "is a plan of Terraform in its binary form",
        "run `terraform show -json FILE > plan.json`, and give that with `--infrastructure`",
        rb"\APK\x03\x04[\s\S]{0,400}tfplan",
    ),
    FileKind(
        "is the log of a run of Terraform, not its result",
        _SHOW,
        rb'\A\s*\{.*"@(level|message|module)"\s*:',
    ),
    FileKind(
        "is a plan of Terraform in words, in which values are left out",
        _SHOW,
        rb"^(Terraform|OpenTofu) will perform the following actions|\(known after apply\)"
        rb"|^[ \t]*# \S+ (will|must) be (created|updated|replaced|destroyed)"
        rb"|^(Terraform|OpenTofu) used the selected providers to generate",
    ),
    FileKind(
        "is Terraform source, whose values only Terraform knows",
        f"{_SHOW}; or {_GET_ROLE}",
        rb'^[ \t]*(resource|data)[ \t]+"?\w+"?[ \t]+"?[\w-]+"?\s*\{'
        rb'|^[ \t]*(module|provider|variable|output)[ \t]+"?[\w-]+"?\s*\{'
        rb"|^[ \t]*(locals|terraform)\s*\{|=\s*(jsonencode|templatefile|file)\s*\(|^[ \t]*\w+[ \t]*=[ \t]*<<[-~]?\w+",
    ),
    FileKind(
        "is source of the CDK, which only the CDK can turn into policies",
        "run `cdk synth`, and give `cdk.out/STACK.template.json` with `--infrastructure`",
        rb"aws-cdk-lib|\baws_cdk\b|@aws-cdk/",
    ),
    FileKind(
        "is source of the Serverless Framework",
        "run `serverless package`, and give `.serverless/cloudformation-template-update-stack.json` with "
        "`--infrastructure`",
        rb"\A(?=[\s\S]*^service\s*:)(?=[\s\S]*^provider\s*:)(?=[\s\S]*^functions\s*:)",
    ),
    FileKind(
        "holds verdicts of IAM's policy simulator, not policies",
        f"{_GET_ROLE}; `aws iam get-account-authorization-details` prints all policies of an account, for `--details`",
        rb'"EvaluationResults"\s*:|"EvalDecision"\s*:',
    ),
    FileKind(
        "holds findings of IAM Access Analyzer, not policies",
        _GET_ROLE,
        rb'\A(?=[\s\S]*"findings"\s*:\s*\[)(?=[\s\S]*"(findingType|isPublic|findingDetails)"\s*:)',
    ),
    FileKind(
        "holds events of CloudTrail, which say what was asked, not what policies say",
        _GET_ROLE,
        rb'"(eventName|EventName|CloudTrailEvent)"\s*:',
    ),
    FileKind(
        "is a table as people read it",
        f"{_GET_ROLE}; add `--output json` to an AWS command",
        rb"\A\s*(\+[-=+]{3,}\s*$|-{10,}[ \t\r]*\n\s*\||\|.*\|\s*$|\xe2\x94\x8c)",
    ),
    FileKind(
        "holds rows of a query, not what an AWS command prints",
        f"{_GET_ROLE}; `aws iam get-account-authorization-details` prints a whole account, for `--details`",
        rb'"(assume_role_policy|assume_role_policy_std|attached_policy_arns|inline_policies_std)"\s*:'
        rb"|^[^\n{]*,?\"?assume_role_policy(_std)?\"?,",
    ),
    FileKind(
        "is output of the AWS CLI as text",
        "add `--output json` to the command",
        rb"\A(ROLE|USER|POLICY|POLICYVERSION|ASSUMEROLEPOLICYDOCUMENT|ATTACHEDPOLICIES|POLICYNAMES|STATEMENT)\t",
    ),
    FileKind(
        "is an error that AWS returned, not a policy",
        "give it with `--message`",
        rb"\A\s*(aws: \[ERROR\]: )?An error occurred \(|is not authorized to perform:",
    ),
)
"""Told by what stands in the first part of a file; the first that fits.

Blanks are looked for within a line, and what may stand far apart from the beginning only: otherwise lines that begin
alike would take ever longer.
"""
