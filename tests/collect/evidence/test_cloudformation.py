"""Templates: functions that can be carried out are, and everything else is unknown, never guessed."""

import json
from typing import Any

import pytest

from diagnose.collect.evidence.declared import Declaration, declared_destination, declared_source
from diagnose.collect.evidence.handed_over import InputFile
from diagnose.collect.evidence.infrastructure import read_infrastructure
from diagnose.collect.evidence.intrinsics import Surroundings, resolve
from diagnose.collect.evidence.partial_document import UnknownValue
from diagnose.errors import XdiagError
from diagnose.model.case import DestinationSide, SourceSide
from diagnose.model.evidence import Known, Unread
from diagnose.model.policy import UNKNOWN_PART, document_text

ROLE = "arn:aws:iam::222222222222:role/p/svc"
USER = "arn:aws:iam::222222222222:user/ci"


def read(template: str, *, source: str = USER, role: str = ROLE, **parameters: str) -> Declaration:
    file = InputFile("t.yaml", template.encode())
    return read_infrastructure(file, planned=False, arns=(source, role), parameters=parameters)


def destination(template: str, *, source: str = USER, role: str = ROLE, **parameters: str) -> DestinationSide:
    side = declared_destination([read(template, source=source, role=role, **parameters)], role)
    assert side is not None
    return side


def caller(template: str, source: str = USER) -> SourceSide:
    side = declared_source([read(template, source=source)], source, complete=True)
    assert side is not None
    return side


def principal(template: str, **more: str) -> Any:
    """Give the AWS principals of the first statement of the role's trust policy."""
    side = destination(template, **more)
    assert isinstance(side.trust_policy, Known)
    document = json.loads(document_text(side.trust_policy.value.document))
    return document["Statement"][0]["Principal"]["AWS"]


def template(principal: str, name: str = "svc", more: str = "") -> str:
    return f"""
Parameters:
  Peer: {{Type: String, Default: '001234567012'}}
  Open: {{Type: String}}
  Several: {{Type: CommaDelimitedList, Default: "a, b"}}
Mappings:
  Accounts: {{prod: {{id: '444444444444'}}}}
Conditions:
  IsPeer: !Equals [!Ref Peer, '001234567012']
Resources:
  Svc:
    Type: AWS::IAM::Role
    Properties:
      RoleName: {name}
      Path: /p/
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Action: sts:AssumeRole
            Principal:
              AWS: {principal}
  Caller: {{Type: AWS::IAM::User, Properties: {{UserName: ci}}}}
{more}
"""


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        pytest.param("", 3600, id="not written: an hour"),
        pytest.param("MaxSessionDuration: 7200", 7200, id="a number"),
        pytest.param("MaxSessionDuration: '43200'", 43200, id="a text"),
        pytest.param("MaxSessionDuration: !Ref Open", None, id="a parameter without a value"),
        pytest.param("MaxSessionDuration: long", None, id="a word"),
    ],
)
def test_the_longest_session_is_what_the_template_says(written: str, seconds: int | None) -> None:
    side = destination(template(USER).replace("RoleName: svc", f"RoleName: svc\n      {written}"))
    assert isinstance(side.role, Known)
    assert side.role.value is not None
    longest = side.role.value.max_session_seconds
    assert (longest.value if isinstance(longest, Known) else None) == seconds


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        pytest.param("!Sub 'arn:${AWS::Partition}:iam::${Peer}:root'", "arn:aws:iam::001234567012:root", id="Sub"),
        pytest.param("!Sub ['${A}!', {A: !Ref Peer}]", "001234567012!", id="Sub with a map"),
        pytest.param("!Sub '${!aws:username}'", "${aws:username}", id="a policy variable in Sub"),
        pytest.param("!Join [':', [arn, !Ref Peer]]", "arn:001234567012", id="Join"),
        pytest.param("!Select [1, [a, b]]", "b", id="Select"),
        pytest.param("!Split [',', 'a,b']", ["a", "b"], id="Split"),
        pytest.param("!Ref Several", ["a", "b"], id="a list of a parameter"),
        pytest.param("!FindInMap [Accounts, prod, id]", "444444444444", id="FindInMap"),
        pytest.param("!If [IsPeer, yes-it-is, no]", "yes-it-is", id="If"),
        pytest.param("[a, !Ref 'AWS::NoValue']", ["a"], id="NoValue"),
        pytest.param("!Ref AWS::AccountId", "222222222222", id="the account, from the role's ARN"),
        pytest.param("!GetAtt Caller.Arn", USER, id="another resource"),
        pytest.param("!GetAtt [Caller, Arn]", USER, id="as a list"),
        pytest.param("{'Fn::GetAtt': [Caller, Arn]}", USER, id="in its long form"),
        pytest.param("111111111111", "111111111111", id="an account without quotes"),
        pytest.param("'012345670123'", "012345670123", id="leading zeros in quotes"),
        pytest.param("012345670123", "1402433619", id="leading zeros without quotes, as CloudFormation reads them"),
        pytest.param("012345678901", "012345678901", id="digits that no octal number has"),
        pytest.param("2012-10-17", "2012-10-17", id="a date is a text"),
    ],
)
def test_what_can_be_told_is_told(written: str, read_as: Any) -> None:
    assert principal(template(written)) == read_as


@pytest.mark.parametrize(
    ("written", "why"),
    [
        pytest.param("!ImportValue hub-role-arn", "the import `hub-role-arn`", id="an import"),
        pytest.param("!Ref Open", "--parameter Open=VALUE", id="a parameter without a value"),
        pytest.param("!Sub 'arn:aws:iam::${Open}:root'", "--parameter Open=VALUE", id="in Sub"),
        pytest.param("!Ref AWS::StackName", "`AWS::StackName`", id="the stack's name"),
        pytest.param("!GetAtt Custom.Value", "`Custom.Value`", id="an attribute of another resource"),
        pytest.param("'{{resolve:ssm:/a}}'", "a dynamic reference", id="a dynamic reference"),
        pytest.param("!If [Nowhere, a, b]", "the condition `Nowhere`", id="an unknown condition"),
        pytest.param("!Sub 'arn:aws:iam::${AWS::AcountId}:root'", "mean `AWS::AccountId`", id="a misspelt parameter"),
        pytest.param(
            "!Ref Calller", "which the template does not declare: did you mean `Caller`", id="a misspelt name"
        ),
        pytest.param("!GetAtt Calller.Arn", "did you mean `Caller`", id="an attribute of a misspelt name"),
        pytest.param("!Ref open", "did you mean `Open`", id="a parameter in small letters"),
        pytest.param("!Ref CallerRole", "`CallerRole`, which is known after deployment", id="a role that SAM makes"),
        pytest.param("!Sbu 'a'", "CloudFormation has no function `Fn::Sbu`: did you mean `Fn::Sub`", id="no function"),
        pytest.param("!sub 'a'", "did you mean `Fn::Sub`", id="a function in small letters"),
        pytest.param("!Transform {Name: x}", "`Fn::Transform`", id="a macro"),
        pytest.param("!Select [9, [a]]", "`Fn::Select`", id="a place that is not there"),
        pytest.param("!FindInMap [Accounts, dev, id]", "mappings", id="a key that is not there"),
    ],
)
def test_what_cannot_be_told_is_unknown(written: str, why: str) -> None:
    (only,) = principal(template(written)).items() if isinstance(principal(template(written)), dict) else ((None, ""),)
    assert only[0] == UNKNOWN_PART
    assert why in only[1]


# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
@pytest.mark.parametrize(
    "name",
    [
        *("And", "Base64", "Cidr", "Contains", "EachMemberEquals", "EachMemberIn", "Equals", "FindInMap", "ForEach"),
        *("GetAtt", "GetAZs", "If", "ImportValue", "Join", "Length", "Not", "Or", "RefAll", "Select", "Split", "Sub"),
        *("Transform", "ValueOf", "ValueOfAll"),
    ],
)
def test_a_function_with_a_letter_too_many_is_set_right(name: str) -> None:
    misspelt = f"Fn::{name}{name[-1]}"
    (why,) = principal(template(f"{{'{misspelt}': a}}")).values()
    assert f"CloudFormation has no function `{misspelt}`: did you mean `Fn::{name}`" in why


def test_a_parameter_that_is_given_counts_and_a_default_is_told() -> None:
    assert principal(template("!Ref Open"), Open="333333333333") == "333333333333"
    notes = " ".join(read(template("!Ref Peer")).notes)
    assert "`Peer`" in notes
    assert "`Open`" not in notes
    assert "`Several`" not in notes
    assert "Peer" not in " ".join(read(template("!Ref Peer"), Peer="1").notes)


def test_an_account_that_cloudformation_misreads_is_told_with_its_line() -> None:
    assert "line 22" in (note := " ".join(read(template("012345670123")).notes))
    assert "quote it" in note
    assert "quote it" not in " ".join(read(template("'012345670123'")).notes)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        pytest.param("!Sub '${AWS::StackName}-deploy'", "arn:aws:iam::222222222222:role/p/prod-deploy", id="Sub"),
        pytest.param("!Join ['-', [!Ref Open, deploy]]", "arn:aws:iam::222222222222:role/p/prod-deploy", id="Join"),
    ],
)
def test_a_role_is_found_by_what_is_known_of_its_name(name: str, role: str) -> None:
    assert isinstance(destination(template("!Ref Peer", name), role=role).trust_policy, Known)
    other = "arn:aws:iam::222222222222:role/p/prod-other"
    assert declared_destination([read(template("!Ref Peer", name), role=other)], other) is None


def test_a_role_without_a_name_is_found_by_its_logical_id() -> None:
    text = template("!GetAtt Caller.Arn").replace("      RoleName: svc\n", "")
    named = "arn:aws:iam::222222222222:role/p/stack-Svc-1A2B3C4D5E6F"
    assert isinstance(destination(text, role=named).trust_policy, Known)
    assert declared_destination([read(text)], ROLE) is None


def test_a_template_that_is_deployed_to_both_accounts_is_in_neither() -> None:
    elsewhere = "arn:aws:iam::111111111111:user/ci"
    assert UNKNOWN_PART in principal(template("!Ref AWS::AccountId"), source=elsewhere)


def test_of_two_roles_that_may_be_meant_none_is() -> None:
    more = """
  Second:
    Type: AWS::IAM::Role
    Properties: {RoleName: !Sub '${Open}-deploy', Path: /p/, AssumeRolePolicyDocument: {Statement: []}}
"""
    text = template("a", "!Sub '${AWS::StackName}-deploy'", more)
    role = "arn:aws:iam::222222222222:role/p/prod-deploy"
    assert declared_destination([read(text, role=role)], role) is None
    assert isinstance(destination(text, role=role, Open="prod").trust_policy, Known)


def test_a_trust_in_a_role_of_the_same_template_names_it() -> None:
    more = "  App: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}"
    text = template("!GetAtt App.Arn", more=more)
    app = "arn:aws:iam::222222222222:role/stack-App-1A2B3C4D5E6F"
    assert principal(text, source=app) == app
    assert UNKNOWN_PART in principal(text)


POLICIES = """
  Managed:
    Type: AWS::IAM::ManagedPolicy
    Properties: {ManagedPolicyName: own, PolicyDocument: {Statement: []}, Users: [!Ref Caller]}
  ByList:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {Statement: []}}
  Inline:
    Type: AWS::IAM::Policy
    Properties: {PolicyName: apart, PolicyDocument: {Statement: []}, Users: [ci]}
  Never:
    Type: AWS::IAM::Policy
    Condition: Not
    Properties: {PolicyName: never, PolicyDocument: {Statement: []}, Users: [ci]}
  Perhaps:
    Type: AWS::IAM::Policy
    Condition: Nowhere
    Properties: {PolicyName: perhaps, PolicyDocument: {Statement: []}, Users: [ci]}
  Others:
    Type: AWS::IAM::Policy
    Properties: {PolicyName: others, PolicyDocument: {Statement: []}, Users: [other]}
  Devs:
    Type: AWS::IAM::Group
    Properties: {GroupName: devs, Policies: [{PolicyName: of-group, PolicyDocument: {Statement: []}}]}
  In: {Type: AWS::IAM::UserToGroupAddition, Properties: {GroupName: !Ref Devs, Users: [!Ref Caller]}}
"""


def test_the_policies_of_a_user_are_put_together() -> None:
    user = (
        "{UserName: ci, Policies: [{PolicyName: own-inline, PolicyDocument: {Statement: []}}], "
        "ManagedPolicyArns: [!Ref ByList, 'arn:aws:iam::aws:policy/ReadOnlyAccess', !ImportValue p]}"
    )
    text = template("a", more=POLICIES).replace("{UserName: ci}", user)
    text = text.replace("Conditions:\n", "Conditions:\n  Not: !Not [!Condition IsPeer]\n")
    side = caller(text)
    assert [(policy.name, policy.attached_to) for policy in side.identity_policies.policies] == [
        ("own-inline", ""),
        ("ByList", ""),
        ("own", ""),
        ("apart", ""),
        ("of-group", "group devs"),
    ]
    gaps = [(gap.subject, gap.detail) for gap in side.identity_policies.unread]
    assert [subject for subject, _ in gaps] == [
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "a managed policy",
        "policy Perhaps",
    ]
    assert "the import `p`" in gaps[1][1]
    assert side.boundary == Known(None, "t.yaml")


def test_a_function_of_sam_has_a_role_of_its_own() -> None:
    text = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {PermissionsBoundary: !ImportValue b}}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Policies: [AWSLambdaExecute, {SQSPollerPolicy: {QueueName: q}}, {Statement: [{Effect: Allow, Action: '*'}]}]
"""
    role = "arn:aws:iam::222222222222:role/stack-FnRole-1A2B3C4D5E6F"
    side = destination(text, role=role)
    assert isinstance(side.trust_policy, Known)
    assert "lambda.amazonaws.com" in document_text(side.trust_policy.value.document)
    own = caller(text, role)
    assert len(own.identity_policies.policies) == 1
    assert len(own.identity_policies.unread) == 2
    assert isinstance(own.boundary, Unread)


@pytest.mark.parametrize("body", ["text", "object"])
def test_what_get_template_prints_holds_a_template(body: str) -> None:
    inner: Any = {"Resources": {"Svc": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "svc", "Path": "/p/"}}}}
    printed = json.dumps({"TemplateBody": json.dumps(inner) if body == "text" else inner})
    assert isinstance(destination(printed).role, Known)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("a: [", "is not YAML at line 1", id="broken YAML"),
        pytest.param("a: &a [*a]", "cannot be read|refers to itself", id="a list in itself"),
        pytest.param("a: b", "is not infrastructure as code", id="other YAML"),
        pytest.param("", "is not infrastructure as code", id="nothing"),
    ],
)
def test_what_is_no_template_is_told(text: str, said: str) -> None:
    with pytest.raises(XdiagError, match=said):
        read(text)


def test_functions_that_refer_to_each_other_come_to_an_end() -> None:
    around = Surroundings({}, {}, {}, {"A": {"Fn::Not": [{"Condition": "A"}]}})
    assert isinstance(resolve({"Fn::If": ["A", "x", "y"]}, around), UnknownValue)


def test_a_condition_of_a_statement_is_not_taken_for_a_function() -> None:
    statement = {"Condition": {"StringEquals": {"sts:ExternalId": {"Ref": "Id"}}}}
    around = Surroundings({}, {"Id": "acme"}, {}, {})
    assert resolve(statement, around) == {"Condition": {"StringEquals": {"sts:ExternalId": "acme"}}}


NOT_KNOWN = "which is known after deployment only"


@pytest.mark.parametrize(
    ("written", "why"),
    [
        pytest.param("!Ref Open", "the parameter `Open`; give it with `--parameter Open=VALUE`", id="no value"),
        pytest.param(
            "!Ref Stored",
            "the parameter `Stored`, which is in the Parameter Store; give it with `--parameter`",
            id="in the Parameter Store",
        ),
        pytest.param("'{{resolve:ssm:/a}}'", "a dynamic reference, which only CloudFormation resolves", id="dynamic"),
        pytest.param("!Ref AWS::Region", f"`AWS::Region`, {NOT_KNOWN}", id="the Region"),
        pytest.param("!Ref AWS::StackId", f"`AWS::StackId`, {NOT_KNOWN}", id="the stack's id"),
        pytest.param("!Ref AWS::NotificationARNs", f"`AWS::NotificationARNs`, {NOT_KNOWN}", id="topics"),
        pytest.param(
            "!Ref AWS::StackIdd",
            "`AWS::StackIdd`, which the template does not declare: did you mean `AWS::StackId`",
            id="a misspelt parameter",
        ),
        pytest.param(
            "!Ref AWS::URLSufix",
            "`AWS::URLSufix`, which the template does not declare: did you mean `AWS::URLSuffix`",
            id="another",
        ),
        pytest.param(
            "!Ref AWS::NotificationARN",
            "`AWS::NotificationARN`, which the template does not declare: did you mean `AWS::NotificationARNs`",
            id="a third",
        ),
        pytest.param("{'Fn::GetAtt': [Caller]}", "an attribute of a resource", id="no attribute"),
        pytest.param("{'Fn::GetAtt': [Caller, [Arn]]}", "an attribute of a resource", id="a list for an attribute"),
        pytest.param("{'Fn::Sub': {a: b}}", "CloudFormation's function `Fn::Sub`", id="Sub of an object"),
        pytest.param("!Sub '${Several}'", "a list in `Fn::Sub`", id="Sub of a list"),
        pytest.param("!Join ['-', a]", "CloudFormation's function `Fn::Join`", id="Join of no list"),
        pytest.param("!Select [1, [a]]", "CloudFormation's function `Fn::Select`", id="a place behind the last"),
        pytest.param("!Split ['', a]", "CloudFormation's function `Fn::Split`", id="Split by nothing"),
        pytest.param("!FindInMap [Accounts, prod]", "CloudFormation's function `Fn::FindInMap`", id="no second key"),
        pytest.param("!FindInMap [Accounts, dev, id]", "`Accounts` of the mappings", id="no such key"),
        pytest.param("!FindInMap [Other, prod, id]", "`Other` of the mappings", id="no such mapping"),
        pytest.param("!If [IsPeer, a]", "CloudFormation's function `Fn::If`", id="If without an else"),
        pytest.param("!ImportValue [x]", "an import of another stack", id="an import of a list"),
        pytest.param("!Cidr [a]", "CloudFormation's function `Fn::Cidr`", id="what is not carried out"),
        pytest.param(
            "{'Fn::ToJsonString': {a: !Ref Open}}",
            "the parameter `Open`; give it with `--parameter Open=VALUE`",
            id="JSON of what is not known",
        ),
    ],
)
def test_why_it_is_not_known_is_said_in_whole(written: str, why: str) -> None:
    text = template(written).replace(
        "Mappings:", "  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a}\nMappings:"
    )
    assert principal(text) == {UNKNOWN_PART: why}


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        pytest.param("!Sub 'a.${AWS::URLSuffix}'", "a.amazonaws.com", id="the suffix"),
        pytest.param("!Join ['-', [a, true, false]]", "a-true-false", id="yes and no"),
        pytest.param("!Select ['0', [a, b]]", "a", id="a place as a text"),
        pytest.param("{'Fn::ToJsonString': {a: [!Ref Peer]}}", '{"a": ["001234567012"]}', id="JSON"),
        pytest.param("!Sub ['${ A }', {A: b}]", "b", id="blanks about a name"),
        pytest.param("!FindInMap [Accounts, prod, id, {DefaultValue: x}]", "444444444444", id="with a default"),
        pytest.param("!Ref Numbers", ["1", "2"], id="a list of numbers"),
        pytest.param("!Ref Number", "7", id="a default that is a number"),
    ],
)
def test_what_else_can_be_told(written: str, read_as: Any) -> None:
    more = "  Numbers: {Type: List<Number>, Default: '1, 2'}\n  Number: {Type: Number, Default: 7}\nMappings:"
    assert principal(template(written).replace("Mappings:", more)) == read_as


def test_the_suffix_is_that_of_the_partition() -> None:
    role = ROLE.replace("aws", "aws-cn", 1)
    found = principal(
        template("!Sub '${AWS::Partition}.${AWS::URLSuffix}'"), role=role, source=USER.replace("aws", "aws-cn", 1)
    )
    assert found == "aws-cn.amazonaws.com.cn"


@pytest.mark.parametrize(
    ("condition", "chosen"),
    [
        ("!And [!Condition IsPeer, !Condition Never]", "no"),
        ("!And [!Condition IsPeer, !Condition IsPeer]", "yes"),
        ("!Or [!Condition IsPeer, !Condition Never]", "yes"),
        ("!Or [!Condition Never, !Condition Never]", "no"),
        ("!Or [!Condition Nowhere, !Condition IsPeer]", "yes"),
        ("!And [!Condition Nowhere, !Condition Never]", "no"),
        ("!And [!Condition Nowhere, !Condition IsPeer]", {UNKNOWN_PART: "the condition `Nowhere`"}),
        ("!Or [!Condition Never, !Condition Nowhere]", {UNKNOWN_PART: "the condition `Nowhere`"}),
        ("!Not [!Condition Never]", "yes"),
        ("!Not [!Condition Nowhere]", {UNKNOWN_PART: "the condition `Nowhere`"}),
        ("!Equals [true, 'true']", "yes"),
        (
            "!Equals [!Ref Open, a]",
            {UNKNOWN_PART: "the parameter `Open`; give it with `--parameter Open=VALUE`"},
        ),
        ("!Foo [a]", {UNKNOWN_PART: "the condition `Tried`"}),
    ],
)
def test_a_condition_holds_or_not_or_is_not_known(condition: str, chosen: object) -> None:
    more = f"Conditions:\n  Never: !Not [!Condition IsPeer]\n  Tried: {condition}\n"
    assert principal(template("!If [Tried, 'yes', 'no']").replace("Conditions:\n", more)) == chosen


def test_notes_and_gaps_of_a_template_are_said_in_whole() -> None:
    assert read(template("!Sub '${Peer}'")).notes[-1] == (
        "t.yaml: the defaults of `Peer` were assumed; `--parameter` gives others"
    )
    managed = "{UserName: ci, Policies: !ImportValue x, ManagedPolicyArns: ['arn:aws:iam::aws:policy/P', {a: b}]}"
    side = caller(template("a").replace("{UserName: ci}", managed))
    assert [(gap.subject, gap.detail, gap.permission) for gap in side.identity_policies.unread] == [
        ("inline policies of Caller", "the import `x`", ""),
        ("arn:aws:iam::aws:policy/P", "its document is not in t.yaml", "iam:GetPolicyVersion"),
        ("a managed policy", "its ARN is not known", ""),
    ]
    assert isinstance(side.principal, Known)
    assert side.principal.value is not None
    tags = side.principal.value.tags
    assert isinstance(tags, Unread)
    assert (tags.subject, tags.detail) == ("tags of Caller", "those of its stack are not in t.yaml")


def test_an_inline_policy_that_is_not_known_is_unread() -> None:
    written = "{UserName: ci, Policies: [!ImportValue x, {PolicyName: p, PolicyDocument: !ImportValue d}]}"
    side = caller(template("a").replace("{UserName: ci}", written))
    assert [(gap.subject, gap.detail) for gap in side.identity_policies.unread] == [
        ("an inline policy of Caller", "the import `x`"),
        ("inline policy p", "the import `d`"),
    ]


def test_a_state_machine_of_sam_is_trusted_as_step_functions_are() -> None:
    text = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties: {Policies: ['arn:aws:iam::222222222222:policy/p', P]}
  Own: {Type: AWS::Serverless::Function, Properties: {Role: x}}
"""
    role = "arn:aws:iam::222222222222:role/stack-MachineRole-1A2B3C4D"
    side = destination(text, role=role)
    assert isinstance(side.trust_policy, Known)
    (statement,) = json.loads(document_text(side.trust_policy.value.document))["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": ["sts:AssumeRole"],
        "Principal": {"Service": ["states.amazonaws.com"]},
    }
    assert [gap.subject for gap in caller(text, role).identity_policies.unread] == [
        "arn:aws:iam::222222222222:policy/p",
        "arn:aws:iam::aws:policy/P",
    ]
    for other in ("stack-OwnRole-1A2B3C4D", "stack-MachineRole-1A2B3C4"):
        arn = f"arn:aws:iam::222222222222:role/{other}"
        assert declared_destination([read(text, role=arn)], arn) is None
