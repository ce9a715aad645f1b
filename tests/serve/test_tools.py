"""The tools, asked by the SDK's own client."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.serve.session import DEMOS, Session, demo

from diagnose.report.json import diagnosis_schema
from diagnose.serve.brief import LARGEST_ANSWER, LARGEST_BRIEF

USER, ROLE = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"
DENIED = (
    "An error occurred (AccessDenied) when calling the AssumeRole operation: "
    f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
)
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": USER}, "Action": "sts:AssumeRole"}],
}
OTHER_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"{USER}d"}, "Action": "sts:AssumeRole"}],
}
IDENTITY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE}]}
NOTHING_ELSE = ["scp", "rcp", "boundary", "endpoint"]
VERDICTS = {"allowed": "allowed", "one-side-unread": "undetermined"}


def tools(session: Session) -> dict[str, Any]:
    return {tool.name: tool for tool in session.do(session.client.list_tools).tools}


def test_the_server_says_what_it_is_and_how_to_ask(session: Session) -> None:
    client = session.client
    assert client.server_info is not None
    assert client.server_info.name == "xdiag"
    assert "explain_error" in (client.instructions or "")
    assert "never an instruction" in (client.instructions or "")


def test_every_tool_changes_nothing_and_says_so(session: Session) -> None:
    listed = tools(session)
    assert list(listed) == ["check", "explain_error", "what_if", "audience", "explain_rule"]
    assert [tool.title for tool in listed.values() if not re.fullmatch(r"[A-Z][\w ,:'-]{8,60}", tool.title or "")] == []
    for tool in listed.values():
        hints = tool.annotations
        assert (hints.read_only_hint, hints.destructive_hint, hints.idempotent_hint) == (True, False, True)
    asks_aws = [name for name, tool in listed.items() if tool.annotations.open_world_hint]
    assert asks_aws == ["check", "explain_error", "what_if"]


def test_the_list_of_tools_leaves_room_for_work(session: Session) -> None:
    assert sum(len(tool.model_dump_json()) for tool in tools(session).values()) < 52_000


@pytest.mark.parametrize("name", sorted(path.stem for path in DEMOS.glob("*.json")))
def test_a_case_is_checked_in_brief_and_in_full(name: str, session: Session) -> None:
    brief = session.call("check", case=demo(name))
    assert brief["verdict"] == VERDICTS.get(name, "denied")
    assert brief["diagnosis"] is None
    assert len(json.dumps(brief)) <= LARGEST_BRIEF
    full = session.call("check", case=demo(name), detail="full")
    assert {**full, "diagnosis": None} == brief
    jsonschema.validate(full["diagnosis"], diagnosis_schema())
    assert full["diagnosis"]["verdict"] == brief["verdict"]
    assert len(json.dumps(full)) <= LARGEST_ANSWER


def test_a_fix_of_the_request_comes_as_arguments_of_the_next_call(session: Session) -> None:
    case = demo("external-id")
    (fix, *_) = session.call("check", case=case)["fixes"]
    assert (fix["proof"], fix["owner"], fix["arguments"]) == ("allowed", "caller", {"external_id": "acme-42"})
    assert session.call("check", case=case, **fix["arguments"])["verdict"] == "allowed"


def test_an_error_is_explained_with_the_policies_that_are_at_hand(session: Session) -> None:
    alone = session.call("explain_error", text=DENIED)
    assert (alone["verdict"], alone["aws_error_kind"]) == ("denied", "not_authorized")
    assert (alone["source_arn"], alone["dest_role_arn"]) == (USER, ROLE)
    assert alone["still_needed"][0]["what"].startswith("The role's trust policy")
    more = session.call("explain_error", text=DENIED, trust_policy=OTHER_TRUST, identity_policy=[IDENTITY])
    assert more["causes"][0]["places"][0]["layer"] == "trust"
    assert f"{USER}d" in more["causes"][0]["places"][0]["text"]


def test_an_error_is_explained_with_the_files_that_declare_the_role(session: Session) -> None:
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {"RoleName": {"Ref": "Name"}, "AssumeRolePolicyDocument": OTHER_TRUST},
    }
    template = {"Parameters": {"Name": {"Type": "String", "Default": "Other"}}, "Resources": {"Deploy": role}}
    files: dict[str, Any] = {"infrastructure": [template], "parameter": [f"Name={ROLE.rpartition('/')[2]}"]}
    answer = session.call("explain_error", text=DENIED, identity_policy=[IDENTITY], **files)
    assert answer["causes"][0]["places"][0]["layer"] == "trust"
    assert f"{USER}d" in answer["causes"][0]["places"][0]["text"]


def test_a_document_counts_the_same_as_values_and_as_text(session: Session) -> None:
    given = {"source_arn": USER, "dest_role_arn": ROLE, "identity_policy": [IDENTITY], "without": NOTHING_ELSE}
    as_values = session.call("check", **given, trust_policy=TRUST)
    as_text = session.call("check", **given, trust_policy=json.dumps(TRUST, indent=1))
    assert as_values == as_text
    assert as_values["verdict"] == "allowed"


def test_a_proposal_is_decided_beside_what_there_is(session: Session) -> None:
    given = {"source_arn": USER, "dest_role_arn": ROLE, "identity_policy": [IDENTITY], "without": NOTHING_ELSE}
    answer = session.call("what_if", **given, trust_policy=OTHER_TRUST, with_trust_policy=TRUST)
    assert (answer["verdict_before"], answer["verdict"]) == ("denied", "allowed")
    answer = session.call("what_if", **given, trust_policy=TRUST, with_trust_policy=OTHER_TRUST)
    assert (answer["verdict_before"], answer["verdict"]) == ("allowed", "denied")


def test_whom_a_trust_policy_admits(session: Session) -> None:
    everyone = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
    assert session.call("audience", trust_policy=everyone)["open_to_world"] == "yes"
    narrow = session.call("audience", trust_policy=TRUST)
    assert narrow["open_to_world"] == "no"
    (statement,) = narrow["statements"]
    assert statement["principals"] == [{"kind": "principals", "names": [USER]}]
    assert (statement["effect"], statement["actions"]) == ("allow", ["sts:AssumeRole"])
    assert session.call("audience", trust_policy=demo("external-id"))["statements"]


def test_a_rule_is_explained_by_its_id_and_by_an_earlier_one(session: Session) -> None:
    answer = session.call("explain_rule", rule="external-id-differs")
    assert answer["title"] in answer["page"]
    assert "https://docs.aws.amazon.com/" in answer["page"]
    assert session.call("explain_rule", rule=answer["formerly"][0]) == answer


def test_every_rule_that_an_answer_names_can_be_explained(session: Session) -> None:
    for path in sorted(DEMOS.glob("*.json")):
        for cause in session.call("check", case=demo(path.stem))["causes"]:
            assert session.call("explain_rule", rule=cause["rule"])["rule"] == cause["rule"]


def test_an_mfa_code_is_said_to_be_sent_and_never_given(session: Session) -> None:
    case = demo("mfa-not-used")
    device = {"mfa_serial": "arn:aws:iam::111111111111:mfa/builder"}
    assert session.call("check", case=case, **device, mfa_code_sent=True)["verdict"] == "allowed"
    assert "not an argument" in session.refusal("check", case=case, **device, mfa_code="123456")


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        pytest.param("check", {}, "both ARNs are missing", id="nothing is asked"),
        pytest.param("check", {"source_arn": USER}, "the ARN of the destination role is missing", id="no role"),
        pytest.param(
            "check",
            {"source_arn": USER, "dest_role_arn": "Deploy"},
            "`Deploy` is a bare name",
            id="a role that is not an ARN",
        ),
        pytest.param("check", {"external_id": 3}, "`external_id` must be a string", id="another type"),
        pytest.param("check", {"extrenal_id": "x"}, "did you mean `external_id`", id="a misspelt argument"),
        pytest.param("check", {"via": "phone"}, "`via` is `phone`", id="not a value of a list"),
        pytest.param("check", {"case": {"schema": "xdiag.case/9"}}, "`case`", id="not a case"),
        pytest.param("check", {"case": "{"}, "`case`", id="not JSON"),
        pytest.param("check", {"case": "ticket.json"}, "may not read", id="a file where none may be named"),
        pytest.param("check", {"case": "-"}, "may not read", id="not standard input"),
        pytest.param("check", {"case": demo("allowed"), "tag": ["team"]}, "is not KEY=VALUE", id="half a tag"),
        pytest.param("check", {"tags": ["team=a"]}, "did you mean `tag`", id="an argument is called as its flag is"),
        pytest.param("check", {"detail": "all"}, "`detail` is `all`", id="no such detail"),
        pytest.param("check", {"timeout": 0}, "`timeout` must be at least 0.1", id="no time at all"),
        pytest.param("explain_error", {"text": DENIED, "timeout": -5}, "must be at least 0.1", id="time below none"),
        pytest.param(
            "check",
            {"source_arn": USER, "dest_role_arn": ROLE, "timeout": 1e308},
            "is not a time that can be waited",
            id="a time without an end",
        ),
        pytest.param("check", {"case": demo("allowed"), "attempt": True}, "--allow-attempt", id="an attempt"),
        pytest.param(
            "check",
            {"aws_secret_access_key": "x"},
            "`aws_secret_access_key` is a credential, which no argument takes; the server signs with its own AWS "
            "profiles: name one in `source_profile` or `dest_profile`",
            id="a key",
        ),
        pytest.param("check", {"token": "x"}, "a token is a credential", id="a token"),
        pytest.param("check", {"endpoint_url": "https://example.com"}, "go nowhere but to AWS", id="another endpoint"),
        pytest.param(
            "explain_error", {"text": " "}, "`text` is empty; expected the error as it was printed", id="empty"
        ),
        pytest.param("explain_error", {"text": "-"}, "expected `SOURCE_ARN DEST_ROLE_ARN`", id="text is no flag"),
        pytest.param("explain_error", {"text": "@/etc/hostname"}, "expected `SOURCE_ARN", id="text names no file"),
        pytest.param("explain_error", {}, "`text` is missing", id="no error"),
        pytest.param("what_if", {"case": demo("allowed")}, "nothing is proposed", id="nothing is proposed"),
        pytest.param("audience", {"trust_policy": {}}, "`trust_policy`", id="an empty policy"),
        pytest.param("audience", {"trust_policy": 3}, "`trust_policy` must be", id="a number for a policy"),
        pytest.param("explain_rule", {"rule": "external-id-differ"}, "did you mean `external-id-differs`", id="a typo"),
        pytest.param("explain_rule", {"rule": "x-y " * 2000}, "x-y x-y", id="a long id"),
        pytest.param("explain_rule", {"rule": "\u202e\x1b[2J"}, r"\u202e\u001b[2J", id="a hostile id"),
    ],
)
def test_a_mistake_is_one_clear_line(tool: str, arguments: dict[str, Any], said: str, session: Session) -> None:
    words = session.refusal(tool, **arguments)
    assert said in words
    assert words.isprintable()
    assert len(words) < 1000


def test_names_are_whole_and_complete_up_to_their_limits(session: Session) -> None:
    def names(*given: str) -> list[str]:
        admits = {"Effect": "Allow", "Principal": {"AWS": list(given)}, "Action": "sts:AssumeRole"}
        policy = {"Version": "2012-10-17", "Statement": [admits]}
        ((kind,),) = [one["principals"] for one in session.call("audience", trust_policy=policy)["statements"]]
        found: list[str] = kind["names"]
        return found

    roles = [f"{ROLE}{number}" for number in range(22)]
    assert names(*roles[:20]) == roles[:20]
    assert names(*roles[:21]) == [*roles[:20], "1 more"]
    assert names(*roles) == [*roles[:20], "2 more"]
    longest = ROLE.ljust(300, "x")
    assert names(longest) == [longest]
    assert names(f"{longest}y") == [f"{longest}..."]


def test_an_argument_that_is_null_was_left_out(session: Session) -> None:
    case = demo("external-id")
    assert session.call("check", case=case, external_id=None, tag=None) == session.call("check", case=case)


def test_there_is_no_other_tool(session: Session) -> None:
    with pytest.raises(Exception, match="there is no tool `assume`"):
        session.do(session.client.call_tool, "assume", {})


def test_rules_and_schemas_are_resources(session: Session) -> None:
    listed = {resource.uri: resource for resource in session.do(session.client.list_resources).resources}
    page = session.do(session.client.read_resource, "xdiag://rules/external-id-differs").contents[0]
    assert listed["xdiag://rules/external-id-differs"].title in page.text
    schema = session.do(session.client.read_resource, "xdiag://schemas/diagnosis").contents[0]
    assert json.loads(schema.text) == json.loads(json.dumps(diagnosis_schema()))
    jsonschema.validate(
        demo("allowed"), json.loads(session.do(session.client.read_resource, "xdiag://schemas/case").contents[0].text)
    )
    (template,) = session.do(session.client.list_resource_templates).resource_templates
    assert template.uri_template == "xdiag://rules/{rule}"
    with pytest.raises(Exception, match="did you mean `external-id-differs`"):
        session.do(session.client.read_resource, "xdiag://rules/external-id-differ")
    with pytest.raises(Exception, match="there is no resource"):
        session.do(session.client.read_resource, f"file://{Path.home()}/.aws/credentials")


def test_the_prompt_holds_the_error_and_the_way(session: Session) -> None:
    (prompt,) = session.do(session.client.list_prompts).prompts
    asked = session.do(session.client.get_prompt, prompt.name, {"text": f"{DENIED}\u202e"})
    text = asked.messages[0].content.text
    assert DENIED in text
    assert "\\u202e" in text
    assert "explain_error" in text
    with pytest.raises(Exception, match="`text`"):
        session.do(session.client.get_prompt, prompt.name, {})
