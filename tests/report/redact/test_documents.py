"""What of a policy document is the policy language's, and stays; each text is taken for what its place says."""

from typing import Any

import msgspec
import pytest
from tests.report.redact.marks import Marks, marking

from diagnose.model.policy import raw_document
from diagnose.report.redact.policies import Documents

Json = Any


def told(document: Json) -> Json:
    return msgspec.json.decode(Documents().disguised(raw_document(document), marking(), {}))


@pytest.mark.parametrize(
    ("statement", "written"),
    [
        ({"Id": "zq"}, {"Id": "<name zq>"}),
        ({"Sid": "zq"}, {"Sid": "<statement zq>"}),
        ({"SID": "zq"}, {"SID": "<statement zq>"}),
        ({"Effect": "Alow"}, {"Effect": "Alow"}),
        ({"effect": "DENY"}, {"effect": "DENY"}),
        ({"Effect": "zq"}, {"Effect": "<name zq>"}),
        ({"Version": "2012-10-17"}, {"Version": "2012-10-17"}),
        ({"version": "2012-10-17"}, {"version": "2012-10-17"}),
        ({"Version": "zq"}, {"Version": "<name zq>"}),
        ({"Sid": "2012-10-17"}, {"Sid": "<statement 2012-10-17>"}),
        ({"Action": ["sts:*", "*", "s3:Get?"]}, {"Action": ["sts:*", "*", "s3:Get?"]}),
        ({"Action": ["zq:*", "zq:Put"]}, {"Action": ["<name zq>:*", "<name zq>:<name Put>"]}),
        ({"notaction": "s3:Get"}, {"notaction": "s3:Get"}),
        (
            {"Action": ["sts.AssumeRole", "assumerole", "SetSourceIdentiy", "sts:Tag Session", "zq"]},
            {"Action": ["sts.AssumeRole", "assumerole", "SetSourceIdentiy", "sts:Tag Session", "<name zq>"]},
        ),
        ({"Resource": "a*zq", "RESOURCE": "a*"}, {"Resource": "a*<piece zq>", "RESOURCE": "a*"}),
        ({"NotResource": "a*zq"}, {"NotResource": "a*<piece zq>"}),
        ({"Principal": {"AWS": "a*zq"}}, {"Principal": {"AWS": "a*<piece zq>"}}),
        ({"Principal": {"Federated": "a*zq"}}, {"Principal": {"Federated": "<piece a>*<piece zq>"}}),
        ({"Principal": {"Service": "ec2.zq"}}, {"Principal": {"Service": "ec2.<value zq>"}}),
        ({"Principal": {"CanonicalUser": "zq"}}, {"Principal": {"CanonicalUser": "<name zq>"}}),
        ({"Principl": "*"}, {"Principl": "*"}),
        ({"zqown": {"a": None, "b": True}}, {"<key zqown>": {"<key a>": None, "<key b>": True}}),
        ({"Resource": [123456]}, {"Resource": [123456]}),
        (
            {"Condition": {"StringEqual": {"aws:username": ["zq"]}}},
            {"Condition": {"StringEqual": {"aws:username": ["<user zq>"]}}},
        ),
        (
            {"Condition": {"ForAllValues:stringlikeIfExists": {"aws:TagKeys": "zq"}}},
            {"Condition": {"ForAllValues:stringlikeIfExists": {"aws:TagKeys": "<tag zq>"}}},
        ),
        ({"Condition": {"  Bool ": {}}}, {"Condition": {"  Bool ": {}}}),
        (
            {"Condition": {"zqop": {"sts:ExternalId": True, "aws:RequestTag/zqt": "zq"}}},
            {"Condition": {"<key zqop>": {"sts:ExternalId": True, "aws:RequestTag/<tag zqt>": "<value zq>"}}},
        ),
        (
            {"Condition": {"Null": {"sts:ExternalId": ["True", "zq"]}}},
            {"Condition": {"Null": {"sts:ExternalId": ["True", "<external-id zq>"]}}},
        ),
        (
            {"Condition": {"ForAnyValue:NullIfExists": {"sts:ExternalId": "false"}}},
            {"Condition": {"ForAnyValue:NullIfExists": {"sts:ExternalId": "false"}}},
        ),
        (
            {"Condition": {"NumericEquals": {"aws:RequestTag/zqt": "42"}}},
            {"Condition": {"NumericEquals": {"aws:RequestTag/<tag zqt>": "<number 42>"}}},
        ),
    ],
)
def test_a_text_of_a_policy_is_taken_for_what_its_place_says(statement: Json, written: Json) -> None:
    assert told({"Statement": [statement]}) == {"Statement": [written]}


@pytest.mark.parametrize(
    ("number", "compared"),
    [
        ("42", "42"),
        ("-3", "-3"),
        ("1.50", "1.5"),
        ("1e2", "100.0"),
        ("314159265358", ""),
        ("1e300", ""),
    ],
)
def test_a_number_without_quotes_keeps_its_shape_unless_it_is_an_account(number: str, compared: str) -> None:
    marks = Marks()
    document = msgspec.Raw(f'{{"Condition": {{"StringEquals": {{"sts:ExternalId": {number}}}}}}}'.encode())
    Documents().disguised(document, marking(marks), {})
    assert marks.learned == ([f"shape of {compared}"] if compared else [])


def test_a_document_is_in_a_policy_only_while_it_is_rewritten() -> None:
    disguise = marking()
    Documents().disguised(raw_document("zq"), disguise, {})
    assert not disguise.in_policy
    Documents().disguised(msgspec.Raw(b"{"), disguise, {})
    assert not disguise.in_policy


def test_what_is_no_json_is_read_as_a_message() -> None:
    written = Documents().disguised(msgspec.Raw(b'{"Id": "zq", "zknown"'), marking(), {"zknown": "x-1"})
    assert msgspec.json.decode(written) == '{"Id": "[...]", "x-1"'
