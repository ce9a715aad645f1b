"""What AWS recorded stands above what xdiag computed, in every format, and decides which cause comes first."""

import json
from typing import Any

import pytest
from tests.cases import BUILDER, DEPLOY, case

from diagnose.cli.redaction import deciding
from diagnose.loading import load_rules
from diagnose.model.diagnosis import Diagnosis
from diagnose.pipeline import diagnose
from diagnose.report import Format, render
from diagnose.report.redact.redact import redact

ID = "EXAMPLE1a2b3c4d5e"
BARE = (
    f"User: {BUILDER} is not authorized to perform: sts:AssumeRole on resource: {DEPLOY}. Go to "
    f"https://eu-central-1.console.aws.amazon.com/iam/home?region=eu-central-1#/authorization-details/{ID}"
)
SCP = "arn:aws:organizations::999999999999:policy/o-a1b2c3d4e5/service_control_policy/p-a1b2c3d4"
DENY = {"uri": SCP, "statements": [{"sid": "NoRoles", "effect": "deny"}]}
EXPLICIT = {"layer": "scp", "effect": "explicit_deny", "target": "", "policies": [DENY]}
FORMATS = [each for each in Format if each not in (Format.FINDINGS, Format.SARIF)]


def told(*checks: Any, details: Any = None, message: str = BARE) -> Diagnosis:
    effect = checks[0]["effect"] if checks else "explicit_deny"
    evaluation = {"action": "sts:AssumeRole", "resource": DEPLOY, "effect": effect, "checks": list(checks)}
    known = {"evidence": "known", "value": {"evaluations": [evaluation]}}
    record = {"id": ID, "region": "eu-central-1", "details": details or known}
    change = {"message": message, "authorizations": [record] if checks or details else []}
    return diagnose(case("cross-account", change), load_rules())


def written(diagnosis: Diagnosis, form: Format = Format.TEXT) -> str:
    return " ".join(render(diagnosis, form, width=200, color=False).split())


@pytest.mark.parametrize("form", FORMATS)
def test_the_statement_that_aws_blames_is_told_in_every_format(form: Format) -> None:
    assert "NoRoles" in written(told(EXPLICIT), form)


def test_it_stands_above_the_cause_and_in_a_section_before_ours() -> None:
    text = written(told(EXPLICIT))
    short = f"An explicit deny in a service control policy (`{SCP}`, statement `NoRoles`)."
    assert (
        text.index(short) < text.index("Cause ") < text.index("AWS says AWS recorded") < text.index("What was checked")
    )


def test_the_layer_that_aws_recorded_is_the_one_of_the_first_cause() -> None:
    assert told().findings[0].layer is None
    first = told(EXPLICIT).findings[0]
    assert first.rule.startswith("aws-"), first.rule
    assert "service control policy" in first.title


def test_several_refusals_are_counted() -> None:
    nothing = {"layer": "trust", "effect": "implicit_deny", "policies": []}
    second = {"layer": "identity", "effect": "implicit_deny", "policies": []}
    assert "No trust policy allows it, and 1 more." in written(told(nothing, second))


def test_what_was_not_read_is_said_with_the_permission_and_the_command() -> None:
    refused = {"evidence": "unread", "gap": "access_denied", "permission": "iam:GetRequestAuthorizationDetails"}
    text = written(told(details=refused))
    assert "lacks `iam:GetRequestAuthorizationDetails`" in text
    assert (
        f"aws iam-toolbox get-request-authorization-details \\ --authorization-id {ID} \\ --region eu-central-1" in text
    )
    assert "AWS record " not in text
    [published] = json.loads(written(told(details=refused), Format.JSON))["authorizations"]
    assert (published["read"], published["gap"]) == (False, "access_denied")
    assert published["permission"] == "iam:GetRequestAuthorizationDetails"


def test_an_id_that_nobody_followed_up_is_not_lost() -> None:
    text = written(told())
    assert "Read it with the AWS CLI" in text
    assert f"--authorization-id {ID} \\ --region eu-central-1" in text
    [published] = json.loads(written(told(), Format.JSON))["authorizations"]
    assert (published["id"], published["read"], published["gap"]) == (ID, False, "not_supplied")


def test_without_an_id_there_is_no_section() -> None:
    text = written(told(message=BARE.partition(". Go to")[0]))
    assert "AWS says" not in text


def test_the_json_has_every_check() -> None:
    [published] = json.loads(written(told(EXPLICIT), Format.JSON))["authorizations"]
    assert (published["read"], published["gap"], published["permission"], published["detail"]) == (True, "", "", "")
    [evaluation] = published["evaluations"]
    [check] = evaluation["checks"]
    assert (check["layer"], check["effect"]) == ("scp", "explicit_deny")
    assert check["policies"] == [{"uri": SCP, "attached_to": [], "statements": [{"sid": "NoRoles", "effect": "deny"}]}]


def test_a_redacted_record_is_still_of_the_error_and_names_nobody() -> None:
    whole = told({**EXPLICIT, "target": "arn:aws:organizations::999999999999:ou/o-a1b2c3d4e5/ou-ab12-c3d4e5f6"})
    again = redact(whole, deciding(load_rules()))
    text = written(again) + written(again, Format.JSON)
    for name in (ID, "a1b2c3d4", "c3d4e5f6", "NoRoles", "999999999999"):
        assert name not in text
    assert "An explicit deny in a service control policy" in text
    assert [each.rule for each in again.findings] == [each.rule for each in whole.findings]


UNREAD_POLICY = {
    "evidence": "unread",
    "gap": "access_denied",
    "subject": f"policy {SCP}",
    "permission": "iam:GetRequestAuthorizationPolicy",
    "detail": "AccessDeniedException: no",
}


def test_a_policy_that_was_not_read_is_told_with_the_permission() -> None:
    known = {"evidence": "known", "value": {"evaluations": []}}
    record = {"id": ID, "details": known, "unread": [UNREAD_POLICY]}
    diagnosis = diagnose(case("cross-account", {"message": BARE, "authorizations": [record]}), load_rules())
    sentence = (
        f"What the policy {SCP} said then was not read (AccessDeniedException: no): xdiag's principal lacks "
        "`iam:GetRequestAuthorizationPolicy`."
    )
    assert sentence in written(diagnosis)
    [published] = json.loads(render(diagnosis, Format.JSON))["authorizations"]
    assert published["unread_policies"] == [
        {key: value for key, value in UNREAD_POLICY.items() if key != "evidence"},
    ]
    hidden = redact(diagnosis, deciding(load_rules()))
    assert "o-a1b2c3d4e5" not in render(hidden, Format.JSON)
