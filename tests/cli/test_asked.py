"""A question in the words at hand: ARNs in part, an error, a name."""

import gzip
import json
from pathlib import Path

import pytest
from tests.cli.federated import ISSUER, OLD_SUBJECT, PROVIDER, trust
from tests.cli.program import BAD_INPUT, DENIED, NOTHING_GATHERED, UNDETERMINED, Program
from tests.collect.federation.tokens import SIGNATURE, token

SOURCE = "arn:aws:iam::111111111111:user/ci"
ROLE = "arn:aws:iam::222222222222:role/Deploy"
DENIAL = f"User: {SOURCE} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"


def test_both_ends_come_out_of_an_error_and_the_exit_code_is_the_verdict_s(xdiag: Program) -> None:
    run = xdiag("check", "--message", DENIAL, "--output", "json")
    assert run.code == DENIED
    assert (run.report["source_arn"], run.report["dest_role_arn"]) == (SOURCE, ROLE)
    assert "The source and the role are taken from the error." in xdiag("check", "--message", DENIAL).out
    assert "taken from the error" not in xdiag("check", SOURCE, ROLE, "--message", DENIAL).out


@pytest.mark.parametrize("given", ["-", "@error.txt"])
def test_an_error_may_come_from_a_file(xdiag: Program, given: str) -> None:
    (xdiag.home / "error.txt").write_text(DENIAL)
    run = xdiag("check", "--message", given, "--output", "json", stdin=DENIAL.encode())
    assert run.report["source_arn"] == SOURCE


def test_two_arns_and_an_error_need_no_credentials(xdiag: Program) -> None:
    assert xdiag("check", SOURCE, ROLE, "--message", DENIAL).code == DENIED
    assert xdiag("check", SOURCE, ROLE).code == NOTHING_GATHERED


def test_what_was_sent_with_a_call_is_unknown_where_only_its_error_is_given(xdiag: Program) -> None:
    trust = xdiag.home / "trust.json"
    trust.write_text(
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111111111111"}, '
        '"Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}]}'
    )

    def trust_verdict(*flags: str) -> str:
        run = xdiag("check", "--message", DENIAL, "--with-trust-policy", trust, "--output", "json", *flags)
        [verdict] = {layer["verdict"] for layer in run.report["layers"] if layer["layer"] == "trust"}
        return str(verdict)

    assert trust_verdict() == "undetermined"
    assert trust_verdict("--context", "sts:ExternalId=") == "denied"
    assert trust_verdict("--external-id", "y") == "denied"
    assert trust_verdict("--external-id", "x") == "allowed"


def test_a_masked_end_is_asked_for_by_name_and_taken_from_the_command_line(xdiag: Program) -> None:
    masked = DENIAL.replace("111111111111", "***")
    run = xdiag("check", "--message", masked)
    assert run.code == BAD_INPUT
    assert "the source is missing" in run.err
    assert "arn:aws:iam::***:user/ci" in run.err
    assert xdiag("check", SOURCE, ROLE, "--message", masked).code == DENIED


def test_a_lone_role_beside_an_error_is_the_role_and_a_lone_user_the_source(xdiag: Program) -> None:
    other = xdiag("check", f"{ROLE}2", "--message", DENIAL, "--output", "json")
    assert (other.report["source_arn"], other.report["dest_role_arn"]) == (SOURCE, f"{ROLE}2")
    user = xdiag("check", f"{SOURCE}2", "--message", DENIAL, "--output", "json")
    assert (user.report["source_arn"], user.report["dest_role_arn"]) == (f"{SOURCE}2", ROLE)


def test_what_is_certain_without_a_caller_is_said(xdiag: Program) -> None:
    run = xdiag("check", "--message", DENIAL.replace(SOURCE, "anonymous"))
    assert "the request was not signed" in run.err
    assert "credentials of the caller have expired" in xdiag("check", "--message", "ExpiredToken: x").err


@pytest.mark.parametrize("arguments", [(ROLE,), ("me", ROLE)])
def test_a_lone_role_is_asked_about_for_whoever_we_are(xdiag: Program, arguments: tuple[str, ...]) -> None:
    run = xdiag("check", *arguments)
    assert run.code == NOTHING_GATHERED
    assert "the source is not given" in run.err


def test_a_name_with_its_account_is_a_role(xdiag: Program) -> None:
    run = xdiag("check", SOURCE, "222222222222/Deploy", "--message", DENIAL, "--output", "json")
    assert run.report["dest_role_arn"] == ROLE
    assert run.code in (DENIED, UNDETERMINED)


def _event(folder: Path, *names: str) -> Path:
    records = [
        {
            "eventID": name,
            "eventTime": "2026-03-02T09:30:00Z",
            "eventName": "AssumeRole",
            "userIdentity": {"type": "IAMUser", "arn": SOURCE, "accessKeyId": "AKIAEXAMPLE"},
            "sourceIPAddress": "198.51.100.24",
            "errorCode": "AccessDenied",
            "errorMessage": DENIAL,
            "requestParameters": None,
        }
        for name in names
    ]
    path = folder / "event.json"
    path.write_text(json.dumps({"Records": records}))
    return path


def test_a_record_of_cloudtrail_is_a_question(xdiag: Program, tmp_path: Path) -> None:
    run = xdiag("check", "--event", _event(tmp_path, "e-1"), "--output", "json")
    assert run.code == DENIED
    assert (run.report["source_arn"], run.report["dest_role_arn"]) == (SOURCE, ROLE)
    piped = xdiag("check", "--event", "-", "--output", "json", stdin=_event(tmp_path, "e-1").read_bytes())
    assert piped.report == run.report


def test_of_several_records_one_is_picked_by_its_id(xdiag: Program, tmp_path: Path) -> None:
    file = _event(tmp_path, "e-1", "e-2")
    run = xdiag("check", "--event", file)
    assert run.code == BAD_INPUT
    assert "`--event-id` must pick one" in run.err
    assert "e-1" in run.err
    assert "e-2" in run.err
    assert xdiag("check", "--event", file, "--event-id", "e-2").code == DENIED


def test_the_address_of_a_record_meets_conditions_and_what_was_sent_stays_unknown(
    xdiag: Program, tmp_path: Path
) -> None:
    trust = tmp_path / "trust.json"

    def trust_verdict(condition: dict[str, dict[str, str]]) -> str:
        allow = {"Effect": "Allow", "Principal": {"AWS": SOURCE}, "Action": "sts:AssumeRole", "Condition": condition}
        trust.write_text(json.dumps({"Version": "2012-10-17", "Statement": [allow]}))
        file = _event(tmp_path, "e-1")
        run = xdiag("check", "--event", file, "--with-trust-policy", trust, "--output", "json")
        return str(next(layer["verdict"] for layer in run.report["layers"] if layer["layer"] == "trust"))

    assert trust_verdict({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}) == "allowed"
    assert trust_verdict({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}) == "denied"
    assert trust_verdict({"DateLessThan": {"aws:CurrentTime": "2026-03-02T00:00:00Z"}}) == "denied"
    assert trust_verdict({"StringEquals": {"aws:RequestTag/team": "web"}}) == "undetermined"
    assert trust_verdict({"StringEquals": {"sts:ExternalId": "x"}}) == "undetermined"


def test_an_id_without_a_file_and_a_record_beside_a_case_are_refused(xdiag: Program, tmp_path: Path) -> None:
    assert xdiag("check", "--event-id", "e-1").code == BAD_INPUT
    assert xdiag("check", "--event", _event(tmp_path, "e-1"), "--case", "x.json").code == BAD_INPUT


def _profiles(home: Path, trust_of_b: str) -> dict[str, str]:
    """Two roles, one after the other, and the accounts that they are in."""
    (home / "config").write_text(
        "[profile p]\nrole_arn = arn:aws:iam::222222222222:role/B\nsource_profile = a\n"
        "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/A\nsource_profile = me\n"
    )
    (home / "credentials").write_text("[me]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = verysecret\n")

    def role(name: str, trusted: str) -> dict[str, object]:
        allow = {"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole"}
        call = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
        return {
            "RoleName": name,
            "Path": "/",
            "RoleId": f"AROA{name}",
            "Arn": f"arn:aws:iam::222222222222:role/{name}",
            "CreateDate": "2024-01-01T00:00:00+00:00",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [allow]},
            "RolePolicyList": [{"PolicyName": "x", "PolicyDocument": {"Version": "2012-10-17", "Statement": [call]}}],
            "AttachedManagedPolicies": [],
            "InstanceProfileList": [],
            "Tags": [],
        }

    roles = [role("A", "arn:aws:iam::222222222222:user/ci"), role("B", trust_of_b)]
    (home / "details.json").write_text(
        json.dumps({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": []})
    )
    return {"AWS_CONFIG_FILE": str(home / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(home / "credentials")}


@pytest.mark.parametrize(
    ("trust_of_b", "source", "code"),
    [
        pytest.param(
            "arn:aws:iam::222222222222:role/Other", "arn:aws:iam::222222222222:role/A", DENIED, id="the second call"
        ),
        pytest.param(
            "arn:aws:iam::222222222222:role/A", "arn:aws:iam::222222222222:user/ci", UNDETERMINED, id="the first call"
        ),
    ],
)
def test_of_a_profile_s_calls_the_one_that_fails_is_told(
    xdiag: Program, tmp_path: Path, trust_of_b: str, source: str, code: int
) -> None:
    environment = _profiles(tmp_path, trust_of_b)
    user = "arn:aws:iam::222222222222:user/ci"
    run = xdiag(
        "check", user, "--profile", "p", "--details", tmp_path / "details.json", "--output", "json", env=environment
    )
    assert run.code == code
    assert run.report["source_arn"] == source
    assert "verysecret" not in run.out + run.err


def test_an_error_is_laid_upon_the_call_that_it_is_about(xdiag: Program, tmp_path: Path) -> None:
    environment = _profiles(tmp_path, "arn:aws:iam::222222222222:role/A")
    session = "arn:aws:sts::222222222222:assumed-role/A/botocore-session-1772443000"
    denial = DENIAL.replace(SOURCE, session).replace(ROLE, "arn:aws:iam::222222222222:role/B")
    details = tmp_path / "details.json"
    run = xdiag(
        "check", "--profile", "p", "--message", denial, "--details", details, "--output", "json", env=environment
    )
    assert run.report["dest_role_arn"] == "arn:aws:iam::222222222222:role/B"


def test_a_profile_that_cannot_sign_says_what_it_asks_for(xdiag: Program, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(
        f"[profile p]\nrole_arn = {ROLE}\nsource_profile = s\nexternal_id = acme\n"
        "[profile s]\ncredential_process = false\n"
    )
    run = xdiag("check", "--profile", "p", env={"AWS_CONFIG_FILE": str(tmp_path / "config")})
    assert run.code == NOTHING_GATHERED
    assert "external ID `acme`" in run.err


def test_the_profile_of_the_environment_is_asked_about_where_nothing_else_is(xdiag: Program, tmp_path: Path) -> None:
    environment = _profiles(tmp_path, "x")
    run = xdiag("check", env={**environment, "AWS_PROFILE": "p", "AWS_DEFAULT_PROFILE": "me"})
    assert run.code == BAD_INPUT
    assert "boto3 asks AWS_DEFAULT_PROFILE first" in run.err


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("piped", [False, True], ids=["file", "standard input"])
def test_every_refused_call_of_a_file_of_cloudtrail_is_a_row_of_a_batch(
    xdiag: Program, tmp_path: Path, packed: bool, piped: bool
) -> None:
    file = _event(tmp_path, "e-1", "e-2", "e-3")
    if packed:
        file.write_bytes(gzip.compress(file.read_bytes()))
    run = xdiag("batch", "-", stdin=file.read_bytes()) if piped else xdiag("batch", file)
    rows = [json.loads(line) for line in run.out.splitlines()]
    assert [(row["line"], row["source_arn"], row["dest_role_arn"]) for row in rows] == [
        (number, SOURCE, ROLE) for number in (1, 2, 3)
    ]
    assert run.code == 0
    assert f"3 x {ROLE}: AccessDenied, by {SOURCE}" in run.err


def _token_s_event(folder: Path) -> Path:
    record = {
        "eventID": "e-1",
        "eventName": "AssumeRoleWithWebIdentity",
        "userIdentity": {
            "type": "WebIdentityUser",
            "principalId": f"{PROVIDER}:sts.amazonaws.com:{OLD_SUBJECT}",
            "userName": OLD_SUBJECT,
            "identityProvider": PROVIDER,
        },
        "errorCode": "AccessDenied",
        "errorMessage": "An unknown error occurred",
        "requestParameters": {"roleArn": ROLE, "roleSessionName": "ci"},
    }
    path = folder / "token.json"
    path.write_text(json.dumps(record))
    return path


def _trust_of(folder: Path, subject: str) -> Path:
    name = "token.actions.githubusercontent.com"
    path = folder / "trust.json"
    path.write_text(json.dumps(trust(StringEquals={f"{name}:aud": "sts.amazonaws.com", f"{name}:sub": subject})))
    return path


@pytest.mark.parametrize("named", [(), ("arn:aws:iam::222222222222:role/node", ROLE)], ids=["alone", "beside a signer"])
def test_a_record_of_a_token_is_decided_by_the_claims_that_it_shows(
    xdiag: Program, tmp_path: Path, named: tuple[str, ...]
) -> None:
    event, other = _token_s_event(tmp_path), _trust_of(tmp_path, "repo:octo/other:ref:refs/heads/main")
    run = xdiag("check", *named, "--event", event, "--trust-policy", other, "--output", "json")
    assert run.code == DENIED
    assert (run.report["source_arn"], run.report["operation"]) == (ISSUER, "AssumeRoleWithWebIdentity")
    assert [layer["verdict"] for layer in run.report["layers"] if layer["layer"] == "trust"] == ["denied"]
    fits = xdiag("check", "--event", event, "--trust-policy", _trust_of(tmp_path, OLD_SUBJECT), "--output", "json")
    assert [layer["verdict"] for layer in fits.report["layers"] if layer["layer"] == "trust"] == ["allowed"]


def test_a_claim_that_a_record_does_not_show_is_added_by_a_flag(xdiag: Program, tmp_path: Path) -> None:
    event = _token_s_event(tmp_path)
    run = xdiag("check", ROLE, "--event", event, "--claim", "repository_id=7", "--save-case", "-", "-q")
    claims = json.loads(run.out.partition("\n}\n")[0] + "\n}")["snapshot"]["source"]["identity"]["claims"]
    assert claims == {"aud": "sts.amazonaws.com", "sub": OLD_SUBJECT, "repository_id": "7"}


def test_a_record_of_a_token_is_a_row_of_a_batch(xdiag: Program, tmp_path: Path) -> None:
    run = xdiag("batch", _token_s_event(tmp_path))
    assert [json.loads(line)["source_arn"] for line in run.out.splitlines()] == [ISSUER]


REFUSED = (
    "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform "
    "sts:AssumeRoleWithWebIdentity"
)


def test_of_several_who_may_present_a_token_one_is_asked_for_by_name(xdiag: Program, tmp_path: Path) -> None:
    policy = trust()
    policy["Statement"]["Principal"]["Federated"] = [PROVIDER, "accounts.google.com"]
    (tmp_path / "trust.json").write_text(json.dumps(policy))
    run = xdiag("check", ROLE, "--message", REFUSED, "--trust-policy", tmp_path / "trust.json")
    assert run.code == BAD_INPUT
    assert f"expected one of `{ISSUER}`, `https://accounts.google.com`" in run.err


def _pod(home: Path) -> dict[str, str]:
    (home / "token").write_text(token())
    (home / "config").write_text(
        f"[profile pod]\nrole_arn = {ROLE}\nweb_identity_token_file = {home / 'token'}\n"
        f"[profile far]\nrole_arn = arn:aws:iam::333333333333:role/Far\nsource_profile = pod\n"
    )
    return {"AWS_CONFIG_FILE": str(home / "config")}


@pytest.mark.parametrize(
    ("subject", "code"), [("repo:octo/other:*", DENIED), (OLD_SUBJECT, UNDETERMINED)], ids=["another", "its own"]
)
def test_a_profile_with_a_token_is_decided_by_its_claims(
    xdiag: Program, tmp_path: Path, subject: str, code: int
) -> None:
    trusted = _trust_of(tmp_path, subject)
    run = xdiag("check", "--profile", "pod", "--trust-policy", trusted, "--output", "json", env=_pod(tmp_path))
    assert run.code == code
    assert (run.report["source_arn"], run.report["operation"]) == (ISSUER, "AssumeRoleWithWebIdentity")
    assert SIGNATURE not in run.out + run.err


def test_what_a_chain_presents_is_of_its_first_call(xdiag: Program, tmp_path: Path) -> None:
    environment = _pod(tmp_path)
    (tmp_path / "token").unlink()
    run = xdiag("check", "--profile", "far", "--github", "octo/app", "--output", "json", env=environment)
    assert (run.code, run.report["source_arn"], run.report["dest_role_arn"]) == (UNDETERMINED, ISSUER, ROLE)


def test_a_role_beside_a_profile_picks_the_call_for_it(xdiag: Program, tmp_path: Path) -> None:
    far = "arn:aws:iam::333333333333:role/Far"
    run = xdiag("check", far, "--profile", "far", "--output", "json", env=_pod(tmp_path))
    assert (run.report["source_arn"], run.report["dest_role_arn"]) == (ROLE, far)


def test_an_error_about_a_token_is_laid_upon_the_call_that_presents_one(xdiag: Program, tmp_path: Path) -> None:
    run = xdiag("check", "--profile", "far", "--message", REFUSED, "--output", "json", env=_pod(tmp_path))
    assert (run.code, run.report["dest_role_arn"]) == (DENIED, ROLE)


def test_rows_never_overwrite_the_records(xdiag: Program, tmp_path: Path) -> None:
    file = _event(tmp_path, "e-1")
    before = file.read_bytes()
    assert xdiag("batch", file, "--to", file).code == BAD_INPUT
    assert file.read_bytes() == before


def test_explain_error_is_the_same_question(xdiag: Program) -> None:
    asked = xdiag("explain-error", DENIAL, "--output", "json")
    assert asked.report == xdiag("check", "--message", DENIAL, "--output", "json").report
    assert asked.code == DENIED
    assert xdiag("explain-error", stdin=DENIAL.encode()).code == DENIED


def test_a_role_beside_an_error_that_names_another_one_and_no_caller_is_the_caller(xdiag: Program) -> None:
    lost = f"is not authorized to perform: sts:TagSession on resource: {ROLE}"
    runner = "arn:aws:iam::111111111111:role/runner"
    report = xdiag("explain-error", lost, runner, "--output", "json").report
    assert (report["source_arn"], report["dest_role_arn"]) == (runner, ROLE)
    run = xdiag("explain-error", f"{DENIAL}", runner, "--output", "json")
    assert (run.report["source_arn"], run.report["dest_role_arn"]) == (SOURCE, runner)


def test_what_the_text_lacks_is_said_and_no_more(xdiag: Program) -> None:
    assert "the text does not hold the source" in xdiag("explain-error", "Rate exceeded", ROLE).err
