"""Documents and statements: what AWS would not accept is located, and never taken for something it does not say."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from msgspec import Raw
from tests.evaluate.cases import HOME, STS, answered, case, layer, policy, trusts

from diagnose.evaluate.decision import decide
from diagnose.evaluate.document import compile_document
from diagnose.model.policy import Policy, PolicyKind, PolicySet, raw_document
from diagnose.model.trace import Layer
from diagnose.model.tri import NO, UNKNOWN, YES

FINE = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}


def flaws(document: object) -> list[tuple[str, str]]:
    return [(flaw.pointer, flaw.message) for flaw in compile_document(raw_document(document)).flaws]


def in_statement(**elements: object) -> list[tuple[str, str]]:
    return flaws({"Version": "2012-10-17", "Statement": [FINE, FINE | elements]})


def test_a_policy_as_aws_accepts_it_has_no_flaw() -> None:
    document = {
        "Version": "2012-10-17",
        "Id": "an id",
        "Statement": [
            FINE | {"Sid": "One", "Condition": {"ForAnyValue:StringLikeIfExists": {"aws:TagKeys": ["a", "b"]}}},
            {"Effect": "Deny", "NotAction": ["s3:*"], "NotResource": "arn:aws:iam::1:role/x", "NotPrincipal": "*"},
            FINE
            | {"Principal": {"AWS": [HOME], "Service": "ec2.amazonaws.com", "Federated": "x", "CanonicalUser": "y"}},
            FINE
            | {"Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": 60}, "Bool": {"aws:SecureTransport": True}}},
        ],
    }
    assert flaws(document) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param('"{"', "it is not JSON: Expecting property name", id="broken JSON in a string"),
        pytest.param('""', "it is not JSON: Expecting value", id="an empty string"),
        pytest.param("[]", "it is not a JSON object", id="a list"),
        pytest.param("null", "it is not a JSON object", id="null"),
        pytest.param("12", "it is not a JSON object", id="a number"),
        pytest.param('"[]"', "it is not a JSON object", id="a list in a string"),
        pytest.param("{}", "it has no `Statement`", id="an empty object"),
        pytest.param('{"Version": "2012-10-17"}', "it has no `Statement`", id="a version alone"),
        pytest.param(
            '{"statement": []}', "its statements are under `statement` instead of `Statement`", id="lower case"
        ),
        pytest.param("[" * 100_000, "it is nested too deeply", id="nested too deeply"),
    ],
)
def test_what_is_no_policy_tells_nothing(text: str, message: str) -> None:
    document = compile_document(Raw(text.encode()))
    assert not document.usable
    assert [flaw.pointer for flaw in document.flaws] == [""]
    assert document.flaws[0].message.startswith(message)


def test_a_document_that_tells_nothing_may_hold_anything() -> None:
    broken = Policy("broken", Raw(b"[]"))
    one = case(identity=PolicySet((broken, policy(STS))))
    assert layer(one, Layer.IDENTITY).verdict is UNKNOWN
    assert layer(one, Layer.IDENTITY).levels[0].unread[0].subject == "policy broken"
    denied = case(identity=PolicySet((broken, policy(STS | {"Effect": "Deny"}))))
    assert layer(denied, Layer.IDENTITY).verdict is NO
    trust = Policy("broken", Raw(b"{}"), PolicyKind.TRUST)
    assert answered(case(trust=trust)).verdict is UNKNOWN


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param({"Statement": [], "Foo": 1}, ("/Foo", "AWS has no element `Foo` here"), id="an unknown element"),
        pytest.param(
            {"Version": "2020-01-01", "Statement": [FINE]}, ("/Version", "expected `2012-10-17`"), id="no version"
        ),
        pytest.param({"Version": 2012, "Statement": [FINE]}, ("/Version", "expected `2012-10-17`"), id="a number"),
        pytest.param({"Statement": []}, ("/Statement", "it has no statements"), id="no statement"),
        pytest.param(
            {"Statement": "Allow"}, ("/Statement", "expected a statement, which is a JSON object"), id="a text"
        ),
        pytest.param(
            {"Statement": [FINE, 7]},
            ("/Statement/1", "expected a statement, which is a JSON object"),
            id="a number within",
        ),
    ],
)
def test_a_flaw_of_a_document_is_located(document: object, expected: tuple[str, str]) -> None:
    assert expected in flaws(document)


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        pytest.param(
            '{"Version": "2012-10-17", "Version": "2008-10-17", "Statement": []}', "/Version", id="the version"
        ),
        pytest.param('{"Statement": [{"Effect": "Allow", "Effect": "Deny"}]}', "/Statement/0/Effect", id="the effect"),
        pytest.param(
            '{"Statement": {"Condition": {"Bool": {}, "Bool": {}}}}', "/Statement/Condition/Bool", id="an operator"
        ),
        pytest.param(
            '{"Statement": {"Condition": {"Bool": {"a/b": "true", "a/b": "false"}}}}',
            "/Statement/Condition/Bool/a~1b",
            id="a key of a condition",
        ),
    ],
)
def test_a_key_that_stands_twice_is_located(text: str, pointer: str) -> None:
    found = compile_document(Raw(text.encode())).flaws
    name = pointer.rpartition("/")[2].replace("~1", "/")
    assert (pointer, f"`{name}` appears more than once") in [(flaw.pointer, flaw.message) for flaw in found]


def located(one: Any) -> list[tuple[Layer, str, str]]:
    return [(problem.layer, problem.pointer, problem.message) for problem in decide(one).problems]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param(
            {"trust": [trusts({"AWS": HOME}, Resource="*")]},
            (Layer.TRUST, "/Statement/0", "a trust policy cannot have `Resource`: it is about the role it belongs to"),
            id="a resource in a trust policy",
        ),
        pytest.param(
            {"trust": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]},
            (Layer.TRUST, "/Statement/0", "the statement has no `Principal`"),
            id="no principal in a trust policy",
        ),
        pytest.param(
            {"identity": [STS | {"Principal": "*"}]},
            (
                Layer.IDENTITY,
                "/Statement/0",
                "a policy of this kind cannot have `Principal`: it is about the identity it is attached to",
            ),
            id="a principal in an identity-based policy",
        ),
        pytest.param(
            {"identity": [{"Effect": "Allow", "Action": "sts:*"}]},
            (Layer.IDENTITY, "/Statement/0", "the statement has neither"),
            id="no resource in an identity-based policy",
        ),
        pytest.param(
            {"boundary": [STS | {"Effect": "allow"}]},
            (Layer.BOUNDARY, "/Statement/0/Effect", "expected `Allow` or `Deny`"),
            id="a flaw in the permissions boundary",
        ),
        pytest.param(
            {"endpoint_policy": [STS]},
            (Layer.ENDPOINT, "/Statement/0", "the statement has no `Principal`"),
            id="no principal in an endpoint policy",
        ),
    ],
)
def test_a_problem_names_its_layer_and_place(more: dict[str, Any], expected: tuple[Layer, str, str]) -> None:
    layer_of, pointer, message = expected
    found = [text for where, place, text in located(case(**more)) if (where, place) == (layer_of, pointer)]
    assert any(text.startswith(message) for text in found), found


def test_a_resource_in_a_trust_policy_does_not_keep_it_from_counting() -> None:
    assert answered(case(trust=[trusts({"AWS": HOME}, Resource="arn:aws:s3:::x")])).verdict is YES


def test_a_document_that_comes_again_is_compiled_no_more() -> None:
    content = bytes(raw_document({"Statement": [FINE]}))
    compile_document(Raw(content))
    assert compile_document(Raw(content)) is compile_document(Raw(content))


def test_percent_encoded_and_quoted_documents_say_the_same() -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": [trusts({"AWS": HOME})]})
    for held in (text, quote(text)):
        one = case(trust=Policy("trust", raw_document(held), PolicyKind.TRUST))
        assert answered(one).verdict is YES


def test_a_kind_of_principal_that_stands_twice_is_located() -> None:
    text = '{"Statement": {"Effect": "Allow", "Action": "sts:*", "Principal": {"AWS": "1", "AWS": "2"}}}'
    found = [(flaw.pointer, flaw.message) for flaw in compile_document(Raw(text.encode())).flaws]
    assert ("/Statement/Principal/AWS", "`AWS` appears more than once") in found


def test_a_pointer_to_an_unknown_element_of_a_document_is_escaped() -> None:
    assert flaws({"Statement": [FINE], "a/b": 1})[0][0] == "/a~1b"


def test_a_key_that_stands_twice_is_escaped_in_its_pointer() -> None:
    text = '{"Statement": {"Effect": "Allow", "Action": "sts:*", "Resource": "*", "a/b": 1, "a/b": 2}}'
    pointers = [flaw.pointer for flaw in compile_document(Raw(text.encode())).flaws]
    assert set(pointers) == {"/Statement/a~1b"}


def test_not_principal_in_a_trust_policy_is_a_problem() -> None:
    one = case(trust=[{"Effect": "Deny", "NotPrincipal": {"AWS": HOME}, "Action": "sts:AssumeRole"}])
    assert [pointer for _, pointer, _ in located(one)]


def test_a_wildcard_for_a_service_is_located() -> None:
    found = located(case(trust=[trusts({"AWS": HOME, "Service": ["ec2.amazonaws.com", "*"]})]))
    assert [(where, pointer) for where, pointer, _ in found] == [(Layer.TRUST, "/Statement/0/Principal/Service/1")]


@pytest.mark.parametrize(("statements", "usable"), [(1024, True), (1025, False)])
def test_a_document_of_more_statements_than_any_policy_has_room_for_is_not_taken_apart(
    statements: int, usable: bool
) -> None:
    document = compile_document(raw_document({"Statement": [{}] * statements}))
    assert document.usable is usable
    if not usable:
        (flaw,) = document.flaws
        assert flaw.message == "it has 1,025 statements, which no policy that AWS accepts has room for"
