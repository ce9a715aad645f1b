import json
from typing import Any

import pytest

from diagnose.collect.evidence.case_errors import repeated_key
from diagnose.collect.evidence.case_file import case_from_json
from diagnose.errors import XdiagError

ROLE = "arn:aws:iam::222222222222:role/App"
USER = "arn:aws:iam::111111111111:user/dev"
EVIDENCE = 'evidence is written `{"evidence": "known", "value": ...}` or `{"evidence": "unread"}`'

PROPOSED = (
    "try a proposed policy with `--with-trust-policy`, `--with-identity-policy`, `--with-boundary` or `--with-scp`"
)


def case(request: dict[str, Any] | None = None, source: dict[str, Any] | None = None, **top: Any) -> bytes:
    """A whole case with something more, or something else, in it."""
    return json.dumps(
        {
            "request": {"role_arn": ROLE, **(request or {})},
            "snapshot": {"source": {"arn": USER, **(source or {})}},
            **top,
        }
    ).encode()


def fault(data: bytes) -> tuple[str, str]:
    with pytest.raises(XdiagError) as found:
        case_from_json(data, place="x.json")
    return found.value.message.removeprefix("`x.json` is not a case: "), found.value.hint


def known(value: object) -> dict[str, object]:
    return {"evidence": "known", "value": value}


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        pytest.param(b"{}", "`request` is missing", "expected an object", id="an empty object"),
        pytest.param(
            b"[]",
            "it must be an object, but is a list",
            "expected one case; a case on each line is a batch",
            id="a list of cases",
        ),
        pytest.param(
            b"3",
            "it must be an object, but is a whole number",
            "expected one case; a case on each line is a batch",
            id="a number",
        ),
        pytest.param(
            case({"vai": "cli"}),
            "it has an unknown field `request.vai`",
            "did you mean `via`",
            id="a misspelt field",
        ),
        pytest.param(
            case({"zzz": 1}),
            "it has an unknown field `request.zzz`",
            "expected one of `role_arn`, `operation`, `via`, `parameters`, `region`, `signed_in_as`, `asked_as`, "
            "`context`, `unknown`",
            id="a field like none that there is",
        ),
        pytest.param(
            case({"\x1b[31m`": 1}),
            'it has an unknown field `request["\\x1b[31m`"]`',
            "expected one of `role_arn`, `operation`, `via`, `parameters`, `region`, `signed_in_as`, `asked_as`, "
            "`context`, `unknown`",
            id="a field that would colour the terminal",
        ),
        pytest.param(
            case({"parameters": {"Duration_Seconds": 900}}),
            "it has an unknown field `request.parameters.Duration_Seconds`",
            "did you mean `duration_seconds`",
            id="a field in another case of letters",
        ),
        pytest.param(
            case(source={"boundary": {"evidence": "known", "valeu": None}}),
            "it has an unknown field `snapshot.source.boundary.valeu`",
            "did you mean `value`",
            id="a misspelt field of evidence",
        ),
        pytest.param(
            case({"via": "Console"}), "`request.via` is `Console`", "did you mean `console`", id="an enum's capital"
        ),
        pytest.param(
            case({"via": "web"}),
            "`request.via` is `web`",
            "expected one of `api`, `cli`, `console`",
            id="a value that an enum has not",
        ),
        pytest.param(
            case(source={"boundary": {"evidence": "konwn", "value": None}}),
            "`snapshot.source.boundary.evidence` is `konwn`",
            "did you mean `known`",
            id="a misspelt kind of evidence",
        ),
        pytest.param(
            case(source={"identity_policies": {"unread": [{"evidence": "x"}]}}),
            "`snapshot.source.identity_policies.unread[0].evidence` is `x`",
            "expected one of `unread`",
            id="a kind of evidence where there is but one",
        ),
        pytest.param(
            case(source={"boundary": None}),
            "`snapshot.source.boundary` must be an object, but is null",
            EVIDENCE,
            id="a value without evidence around it",
        ),
        pytest.param(
            case(source={"boundary": {"value": None}}),
            "`snapshot.source.boundary.evidence` is missing",
            EVIDENCE,
            id="evidence that does not say whether it is known",
        ),
        pytest.param(
            case(source={"boundary": {"evidence": "known"}}),
            "`snapshot.source.boundary.value` is missing",
            EVIDENCE,
            id="known evidence without a value",
        ),
        pytest.param(
            case(source={"boundary": known(3)}),
            "`snapshot.source.boundary.value` must be an object or null, but is a whole number",
            "",
            id="a wrong type in evidence",
        ),
        pytest.param(
            case(source={"boundary": known({"name": "limits"})}),
            "`snapshot.source.boundary.value.document` is missing",
            "expected a policy document",
            id="a policy without its document",
        ),
        pytest.param(
            case({"parameters": {"mfa_code_sent": "yes"}}),
            "`request.parameters.mfa_code_sent` must be true or false, but is a string",
            "",
            id="a yes for a boolean",
        ),
        pytest.param(
            case({"parameters": {"duration_seconds": 900.5}}),
            "`request.parameters.duration_seconds` must be a whole number or null,"
            " but is a number with a point or an exponent",
            "",
            id="half a second",
        ),
        pytest.param(
            case({"context": {"aws:a": ["1"], "aws:b": ["1", 2]}}),
            '`request.context["aws:b"][1]` must be a string, but is a whole number',
            "",
            id="a number among the values of a condition key, and which key",
        ),
        pytest.param(
            case({"context": {"aws:a": ["1"], "aws:b": "1"}}),
            '`request.context["aws:b"]` must be a list, but is a string',
            "",
            id="one value instead of a list, and which key",
        ),
        pytest.param(
            case({"parameters": {"tags": {"team": "a", "cost": None}}}),
            "`request.parameters.tags.cost` must be a string, but is null",
            "",
            id="a tag without a value, and which tag",
        ),
        pytest.param(
            case(source={"scps": known([{"target": "r-1"}, {"target": 2}])}),
            "`snapshot.source.scps.value[1].target` must be a string, but is a whole number",
            "",
            id="a wrong type deep inside",
        ),
        pytest.param(
            case(schema=1), "`schema` must be a string, but is a whole number", "", id="a bare version number"
        ),
        pytest.param(
            b'{"Version": "2012-10-17", "Statement": []}',
            "it looks like a policy document",
            PROPOSED,
            id="a policy document",
        ),
        pytest.param(
            b'{"PolicyVersion": {"Document": {}}}',
            "it looks like a policy as IAM returns it",
            PROPOSED,
            id="a policy version",
        ),
        pytest.param(
            b'{"Role": {"Arn": "x"}}',
            "it looks like the output of `aws iam get-role`",
            "a role alone is not a case; `--with-trust-policy` takes its trust policy",
            id="the output of get-role",
        ),
        pytest.param(
            b'{"UserDetailList": [], "RoleDetailList": [], "Policies": []}',
            "it looks like the output of `aws iam get-account-authorization-details`",
            "it describes an account, not a request; expected a file that `--save-case` has written",
            id="an account's authorization details",
        ),
        pytest.param(
            b'{"Credentials": {"SecretAccessKey": "hidden"}}',
            "it looks like credentials",
            "do not share that file; expected a file that `--save-case` has written",
            id="credentials, of which nothing is repeated",
        ),
        pytest.param(
            b'{"eventName": "AssumeRole", "errorMessage": "x"}',
            "it looks like a CloudTrail event",
            "pass it as `--event FILE`",
            id="a CloudTrail event",
        ),
        pytest.param(
            b'{"schema": "xdiag.diagnosis/1", "tool_version": "1", "verdict": "denied"}',
            "it looks like a diagnosis",
            "expected the case that it was made from",
            id="a diagnosis",
        ),
    ],
)
def test_json_that_is_not_a_case_is_named_with_its_place_and_its_mend(data: bytes, message: str, hint: str) -> None:
    assert fault(data) == (message, hint)


def test_a_newer_schema_is_named_before_the_fields_that_it_has_brought() -> None:
    for data in (case(schema="xdiag.case/2"), case(schema="xdiag.case/2", added=1)):
        assert fault(data) == (
            "`x.json` has the schema `xdiag.case/2`, which this version of xdiag cannot read",
            "expected `xdiag.case/1`; a newer schema needs a newer xdiag",
        )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param('{"request": {"via": "api", "via": "cli"}}', "request.via", id="a field"),
        pytest.param('{"tags": {"a": "1", "a": "1"}}', "tags.a", id="a key of a mapping, even with the same value"),
        pytest.param('{"levels": [{}, {"x": 1, "y": 2, "x": 1}]}', "levels[1].x", id="a field of an object in a list"),
        pytest.param('{"a": {"b": 1}, "a": {}}', "a", id="a field whose value is an object"),
        pytest.param('{"document": {"x": 1, "x": 2}, "name": 1, "name": 2}', "name", id="a field beside a document"),
    ],
)
def test_a_key_that_stands_twice_is_named(text: str, key: str) -> None:
    error = repeated_key(text, "x.json")
    assert error is not None
    assert error.message == f"`x.json` is not a case: `{key}` appears twice"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"document": {"Effect": "Allow", "Effect": "Deny"}}', id="in a policy document"),
        pytest.param('{"document": [{"x": [{"y": 1, "y": 2}]}]}', id="deep in a policy document"),
        pytest.param('{"a": {"x": 1}, "b": {"x": 1}}', id="in two objects"),
        pytest.param('{"x": 1, "X": 1}', id="in another case of letters"),
        pytest.param("9" * 5000, id="nowhere, in a number of endless digits"),
    ],
)
def test_a_key_may_stand_twice(text: str) -> None:
    assert repeated_key(text, "x.json") is None
