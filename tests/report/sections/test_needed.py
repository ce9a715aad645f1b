"""What would settle an open answer: each thing once, the most decisive first, with its flag or question."""

import shlex
from typing import Any

import pytest
from msgspec.structs import replace
from tests.cases import case
from tests.report.diagnoses import EVERY, NAMES

from diagnose.loading import load_rules
from diagnose.model.aws_error import ErrorKind
from diagnose.model.diagnosis import AwsAnswer, Certainty, Diagnosis, Owner, Verdict
from diagnose.model.evidence import Gap, Unread
from diagnose.model.federation import SAML_SESSION_NAME, SamlAssertion, WebIdentity
from diagnose.model.key_state import Alternative, ConditionKey
from diagnose.model.pointer import below
from diagnose.model.trace import Action, Comparison, Doubt, Element, Gate, Layer, Unknown
from diagnose.model.tri import NO, YES
from diagnose.pipeline import diagnose
from diagnose.report.blocks import Bullets, Label, Listing, Paragraph
from diagnose.report.sections.command import command
from diagnose.report.sections.first_screen import first_screen
from diagnose.report.sections.needed import needed_besides, needs, still_needed

OPEN = EVERY["mfa-doubt"](NAMES)


def with_doubts(*doubts: Doubt) -> Diagnosis:
    return replace(OPEN, decision=replace(OPEN.decision, doubts=doubts))


def unread(about: Unknown) -> Doubt:
    return Doubt(about, YES, gaps=(Unread(),))


@pytest.mark.parametrize(
    ("about", "what", "how"),
    [
        pytest.param(Layer.TRUST, "The role's trust policy:", "`--dest-profile DEST`", id="the trust policy"),
        pytest.param(Layer.IDENTITY, "The caller's identity policies:", "`--source-profile SOURCE`", id="policies"),
        pytest.param(Layer.SCP, "The organization's service control policies:", "`--without scp`", id="SCPs"),
        pytest.param(Layer.ENDPOINT, "Does the call go through a VPC endpoint", "`--vpc-endpoint ID`", id="vpc"),
        pytest.param(
            Layer.SESSION,
            "Did whoever started the caller's session pass a session policy?",
            "`--without session`",
            id="session",
        ),
        pytest.param(Gate.ROLE, "Whether the role exists.", "`--dest-profile DEST`", id="a gate"),
        pytest.param(Gate.CALLER, "What the caller is.", "Ask whoever makes the request.", id="nothing reads it"),
        pytest.param(
            Comparison(Element.RESOURCE, ("x",)), "Whether `x` covers the role.", "Ask whoever", id="a comparison"
        ),
        pytest.param(ConditionKey("sts:ExternalId"), "", "`--external-id VALUE`", id="a key with a flag of its own"),
        pytest.param(ConditionKey("aws:SourceVpc"), "", "`--context aws:SourceVpc=VALUE`", id="any other key"),
    ],
)
def test_each_unknown_has_its_flag_or_its_question(about: Unknown, what: str, how: str) -> None:
    (need,) = needs(with_doubts(unread(about)))
    assert need.what.startswith(what)
    assert how in need.how


def test_a_key_says_what_each_value_would_change() -> None:
    (need,) = needs(with_doubts(Doubt(ConditionKey("aws:SourceVpc"), YES, allows=(Alternative(("vpc-1",)),))))
    assert "`aws:SourceVpc`" in need.what


def test_what_one_answer_settles_together_is_one_and_nothing_is_asked_twice() -> None:
    everything = (*Layer, Action.TAG_SESSION, Action.SET_SOURCE_IDENTITY)
    error, *items = needs(with_doubts(*map(unread, everything)))
    assert error.how == "`--message TEXT`."
    assert len(items) == 5
    (session,) = [item for item in items if "session pass" in item.what]
    assert session.what.endswith("a session policy, transitive tags or a source identity?")
    assert [item for item in items if "`--without rcp --without scp`" in item.how]


def test_what_changes_nothing_is_not_asked_for() -> None:
    assert needs(with_doubts(Doubt(Layer.TRUST, NO))) == ()


def test_a_missing_permission_is_what_to_ask_for() -> None:
    gap = Unread(Gap.ACCESS_DENIED, permission="iam:GetRole")
    (need,) = needs(with_doubts(Doubt(Layer.TRUST, YES, gaps=(gap,))))
    assert "lacks `iam:GetRole`" in need.how


def test_the_layer_that_aws_named_comes_first() -> None:
    named = replace(OPEN.findings[0], layer=Layer.SCP)
    doubts = (unread(Layer.TRUST), unread(Layer.SCP))
    told = with_doubts(*doubts)
    first, _ = needs(replace(told, case=replace(told.case, message="denied"), findings=(named,)))
    assert "service control policies" in first.what


def test_the_command_is_complete_and_safe_to_paste() -> None:
    case = EVERY["wrong-principal"](NAMES).case
    sent = replace(case.request.parameters, external_id="a b; reboot", session_name="s", tags={"team": "x y"})
    written = command(replace(case, request=replace(case.request, parameters=sent)), ("--dest-profile D",))
    words = shlex.split(written.replace("\\\n", ""))
    assert words[:4] == ["xdiag", "check", case.source_arn, case.request.role_arn]
    assert words[words.index("--external-id") + 1] == "a b; reboot"
    assert words[words.index("--tag") + 1] == "team=x y"
    assert words[words.index("--dest-profile") + 1] == "D"


@pytest.mark.parametrize(
    ("identity", "flags"),
    [
        pytest.param(
            WebIdentity({"iss": "https://x.example", "sub": "a b"}), ["--claim", "sub=a b"], id="claims of a token"
        ),
        pytest.param(WebIdentity({"sub": "a"}, complete=True), [], id="a whole token"),
        pytest.param(
            SamlAssertion(subject="lea", attributes={SAML_SESSION_NAME: ("lea",)}),
            ["--saml-attribute", "NameID=lea", "--saml-attribute", f"{SAML_SESSION_NAME}=lea"],
            id="parts of an assertion",
        ),
        pytest.param(SamlAssertion(subject="lea", complete=True), [], id="a whole assertion"),
    ],
)
def test_what_was_presented_is_asked_about_again(identity: WebIdentity | SamlAssertion, flags: list[str]) -> None:
    case = EVERY["wrong-principal"](NAMES).case
    source = replace(case.snapshot.source, identity=identity)
    written = command(replace(case, snapshot=replace(case.snapshot, source=source)), ())
    plain = shlex.split(command(case, ()).replace("\\\n", ""))
    assert shlex.split(written.replace("\\\n", ""))[len(plain) :] == flags


def test_both_sides_are_read_again_where_one_is_missing() -> None:
    (section,) = still_needed(with_doubts(Doubt(Layer.TRUST, YES)))
    items, run = section.blocks
    assert isinstance(items, Bullets)
    assert isinstance(run, Listing)
    assert "--source-profile SOURCE --dest-profile DEST" in run.text
    assert section.title == "Still needed"


def test_a_file_that_cannot_hold_the_trust_policy_yet_says_why() -> None:
    why = "`aws_iam_role.svc.assume_role_policy` is known after apply only"
    (need,) = needs(with_doubts(Doubt(Layer.TRUST, YES, gaps=(Unread(detail=why),))))
    assert need.what == f"The role's trust policy ({why}):"
    (need,) = needs(with_doubts(Doubt(Layer.TRUST, YES, gaps=(Unread(Gap.ACCESS_DENIED, detail=why),))))
    assert need.what == "The role's trust policy:"


def test_a_question_alone_needs_no_command() -> None:
    (section,) = still_needed(with_doubts(Doubt(Layer.ENDPOINT, YES)))
    assert section.blocks[0] == Paragraph("Add to your command what you find out, and run it again:")
    assert not [block for block in section.blocks if isinstance(block, Listing)]


def test_a_settled_answer_needs_nothing() -> None:
    assert needs(EVERY["wrong-principal"](NAMES)) == ()
    assert still_needed(EVERY["allowed"](NAMES)) == ()


@pytest.mark.parametrize(
    ("call", "flag"),
    [
        pytest.param("AssumeRoleWithWebIdentity", "--token-file FILE", id="a token"),
        pytest.param("sts:AssumeRoleWithSAML", "--assertion FILE", id="an assertion"),
        pytest.param("s3:GetObject", "", id="nothing that is presented"),
    ],
)
def test_of_an_error_about_another_call_nothing_is_asked_that_only_the_call_that_was_asked_about_needs(
    call: str, flag: str
) -> None:
    told = with_doubts(unread(Layer.TRUST), unread(Layer.SCP))
    told = replace(told, answer=AwsAnswer(ErrorKind.NOT_AUTHORIZED, other_call=call))
    (need,) = needs(told)
    assert (flag in need.flags) is bool(flag)
    run = [block.text for section in still_needed(told) for block in section.blocks if isinstance(block, Listing)]
    role = told.case.request.role_arn
    assert [shlex.split(text.replace("\\\n", ""))[2:] for text in run] == (
        [[role, *flag.split(), "--dest-profile", "DEST"]] if flag else []
    )


def test_a_claim_is_read_from_the_token_which_says_itself_whose_it_is() -> None:
    (section,) = still_needed(with_doubts(Doubt(ConditionKey("login.example.com:sub"), YES)))
    (run,) = (block for block in section.blocks if isinstance(block, Listing))
    assert shlex.split(run.text.replace("\\\n", ""))[2:4] == [OPEN.case.request.role_arn, "--token-file"]


def test_a_value_that_is_called_a_mistake_is_not_what_the_request_should_have() -> None:
    found = EVERY["wrong-principal"](NAMES).findings[0]
    key = "login.example.com/id/ABC:aud"
    place = replace(found.excerpts[0], pointer=below("/Statement/0/Condition/StringEquals", key))
    doubt = Doubt(
        ConditionKey(key.lower()), YES, (Alternative(("system:serviceaccount:ns:sa",)),), (Alternative(("x",)),)
    )
    edits = replace(found, certainty=Certainty.POSSIBLE, excerpts=(place,))
    (need,) = needs(replace(with_doubts(doubt), findings=(edits,)))
    assert "is allowed if" not in need.what
    asks = replace(edits, remedies=(replace(found.remedies[0], document=""),))
    (need,) = needs(replace(with_doubts(doubt), findings=(asks,)))
    assert "is allowed if" in need.what


def test_the_first_are_listed_by_the_first_screen_and_the_others_after_it() -> None:
    told = with_doubts(*map(unread, (Layer.TRUST, Layer.SCP, Layer.ENDPOINT)))
    told = replace(told, case=replace(told.case, message="denied"))
    (top,) = still_needed(told, most=2)
    (rest,) = needed_besides(told, told=2)
    listed, run = top.blocks
    assert isinstance(listed, Bullets)
    assert isinstance(run, Listing)
    assert "--org-profile ORG" in run.text
    assert (len(listed.items), len(rest.blocks)) == (2, 1)
    assert needed_besides(told, told=3) == ()


def test_the_requirement_that_a_possible_cause_is_about_comes_before_the_error() -> None:
    unread = {"evidence": "unread", "gap": "not_supplied"}
    snapshot = {"destination": {"saml_providers": unread, "rcps": unread, "organization": unread}}
    diagnosis = diagnose(case("saml", {"snapshot": snapshot}), load_rules())
    provider, error, *_ = needs(diagnosis)
    assert (provider.what, error.how) == ("Whether the role's account has the identity provider.", "`--message TEXT`.")
    commands = [block.text for part in still_needed(diagnosis) for block in part.blocks if isinstance(block, Listing)]
    assert ["--message TEXT" in command for command in commands] == [True]


OF_CALLERS = {
    "aws:PrincipalOrgID": "o-z9y8x7w6v5",
    "aws:SourceIp": "198.51.100.0/24",
    "aws:PrincipalTag/team": "blue",
    "sts:ExternalId": "acme-42",
}


def nothing_of_the_caller(key: str, effect: str = "Allow") -> Diagnosis:
    """Diagnose a trust policy that is all that was read, and compares a key."""
    operator = "IpAddress" if key == "aws:SourceIp" else "StringEquals"
    allow = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    compared = {**allow, "Effect": effect, "Condition": {operator: {key: OF_CALLERS[key]}}}
    statements = [allow, compared] if effect == "Deny" else [compared]
    unread = {"evidence": "unread"}
    source = dict.fromkeys(("principal", "boundary", "scps", "organization"), unread) | {
        "identity_policies": {"policies": [], "unread": [unread]}
    }
    trust = {"evidence": "known", "value": {"document": {"Version": "2012-10-17", "Statement": statements}}}
    change = {
        "request": {"parameters": {"external_id": None}, "context": {"aws:SourceIp": None}, "unknown": [key]},
        "snapshot": {"source": source, "destination": {"trust_policy": trust}},
    }
    return diagnose(case("cross-account-role", change), load_rules())


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
@pytest.mark.parametrize("key", OF_CALLERS)
def test_what_decides_whether_the_first_cause_is_one_is_needed_first(key: str, effect: str) -> None:
    first, second, *_ = needs(nothing_of_the_caller(key, effect))
    assert f"`{key}`" in first.what
    assert second.what.startswith("The error's full text")
    # Policies were not read, either.
    assert "The request is allowed" not in first.what


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_nobody_is_asked_what_is_meant_before_it_is_known_what_is_so(effect: str) -> None:
    diagnosis = nothing_of_the_caller("aws:PrincipalOrgID", effect)
    cause = next(one for one in diagnosis.findings if one.action == "sts:AssumeRole" and not one.is_gap)
    assert cause.certainty is Certainty.POSSIBLE
    assert [(one.kind, one.owner) for one in cause.remedies][:1] == [("give-evidence", Owner.XDIAG)]
    assert "`--context aws:PrincipalOrgID=VALUE`" in cause.remedies[0].text
    [(_, told)] = [row for block in first_screen(diagnosis) for row in getattr(block, "rows", ()) if row[0] == "Open"]
    assert "`aws organizations describe-organization` in account 111111111111 prints it." in told


def test_a_fix_is_told_unless_what_is_open_first_settles_the_cause() -> None:
    settles = nothing_of_the_caller("aws:PrincipalOrgID")
    other = replace(settles, decision=replace(settles.decision, doubts=(unread(Layer.SCP),)))
    labels = [
        [
            row[0]
            for block in first_screen(one)
            for row in getattr(block, "rows", ())
            if row[0] in (Label.OPEN, Label.DO)
        ]
        for one in (settles, other)
    ]
    assert labels == [[Label.OPEN], [Label.OPEN, Label.DO]]


def test_the_claim_that_the_told_cause_is_about_comes_before_the_provider() -> None:
    key = "token.actions.githubusercontent.com:job_workflow_ref"
    asked = {"StringEquals": {key: "octo/shared/.github/workflows/deploy.yml@refs/heads/main"}}
    change = {
        "snapshot": {
            "source": {"identity": {"complete": False, "claims": {"job_workflow_ref": None}}},
            "destination": {
                "trust_policy": {"value": {"document": {"Statement": {"0": {"Condition": asked}}}}},
                "oidc_providers": {"evidence": "unread"},
            },
        }
    }
    first, *_ = needs(diagnose(case("github", change), load_rules()))
    assert f"`{key}`" in first.what


@pytest.mark.parametrize(
    ("side", "kind", "account", "flag"),
    [
        pytest.param("source", "scps", "111111111111", "--source-profile SOURCE", id="SCPs"),
        pytest.param("destination", "rcps", "222222222222", "--dest-profile DEST", id="RCPs"),
    ],
)
def test_whether_policies_of_an_organization_count_is_one_question(
    side: str, kind: str, account: str, flag: str
) -> None:
    diagnosis = diagnose(case("cross-account", {"snapshot": of_which_organization(side, kind)}), load_rules())
    assert diagnosis.verdict is Verdict.UNDETERMINED
    first, *_ = needs(diagnosis)
    assert first.what.startswith(f"Is account {account} the management account of its organization?")
    assert first.flags == (flag,)


def test_of_two_organizations_each_has_its_own_management_account() -> None:
    both = of_which_organization("source", "scps") | of_which_organization("destination", "rcps")
    first, error, other = needs(diagnose(case("cross-account", {"snapshot": both}), load_rules()))
    # That of the cause that is told comes first, and even before the error.
    assert first.what.startswith("Is account 222222222222 the management account of its organization?")
    assert error.what.startswith("The error's full text")
    assert other.what.startswith("Is account 111111111111 the management account of its organization?")


def of_which_organization(side: str, kind: str) -> dict[str, Any]:
    """Give a side whose account has policies that deny all, of an organization that was not read."""
    principal = {"Principal": "*"} if kind == "rcps" else {}
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", **principal}]}
    policies = {"policies": [{"name": "P", "document": deny, "kind": kind[:-1]}]}
    levels = [{"target": "o", "policies": policies}]
    return {side: {kind: {"evidence": "known", "value": levels}, "organization": {"evidence": "unread"}}}
