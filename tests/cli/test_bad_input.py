"""Whatever is given wrongly is answered in one sentence, with what was expected, and never with a traceback."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cases import DEMOS, written
from tests.cli.cases import write
from tests.cli.program import BAD_INPUT, Program, Run

SOURCE, ROLE = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"
CASE = str(DEMOS / "wrong-principal.json")


def _is_one_sentence(run: Run) -> bool:
    """A message, and a hint below it that is indented."""
    message, *hint = run.err.splitlines()
    assert run.code == BAD_INPUT
    assert run.out == ""
    assert message.startswith("xdiag: ")
    assert not message.endswith(".")
    assert len(hint) <= 1
    assert all(line.startswith("  ") for line in hint)
    assert "Traceback" not in run.err
    return True


@pytest.mark.parametrize(
    ("role", "said"),
    [
        pytest.param("Deploy", "is a bare name", id="a bare name"),
        pytest.param("role/Deploy", "is a bare name", id="a bare path"),
        pytest.param("", "is not an ARN", id="nothing"),
        pytest.param("222222222222", "is a bare name", id="an account"),
        pytest.param("arn:aws:iam:222222222222:role/Deploy", "is not an ARN", id="a colon missing"),
        pytest.param("arn:aws:iam:::222222222222:role/Deploy", "an extra colon", id="a colon too many"),
        pytest.param("arn:aws:iam::2222-2222-2222:role/Deploy", "an account id", id="dashes in the account"),
        pytest.param("arn:aws:iam::22222222222:role/Deploy", "an account id", id="eleven digits"),
        pytest.param("arn:aws:iam::alias:role/Deploy", "an account id", id="an alias for the account"),
        pytest.param("arn:aws:iam:eu-west-1:222222222222:role/Deploy", "not an ARN of IAM", id="a Region"),
        pytest.param("arn:aws-eu:iam::222222222222:role/Deploy", "does not exist", id="an unknown partition"),
        pytest.param("arn:${AWS::Partition}:iam::222222222222:role/D", "template variable", id="a template variable"),
        pytest.param("arn:aws:iam::222222222222:role/De ploy", "contains spaces", id="a space"),
        pytest.param("arn:aws:iam::222222222222:role/Deploy\n", "contains spaces", id="a line break"),
        pytest.param("arn:aws:iam::222222222222:role/De\u200bploy", "invisible", id="an invisible character"),
        pytest.param("arn:aws:iam::222222222222:role/De\x1b[31m", "invisible", id="an escape sequence"),
        pytest.param('"arn:aws:iam::222222222222:role/Deploy"', "has quotes around it", id="quotes"),
        pytest.param("\u201carn:aws:iam::222222222222:role/Deploy", "has quotes around it", id="a curly quote"),
        pytest.param("arn:aws:iam::222222222222:role/Dep*", "contains a wildcard", id="a wildcard"),
        pytest.param("arn:aws:iam::222222222222:role//Deploy", "empty part", id="two slashes"),
        pytest.param("arn:aws:iam::222222222222:role/", "not an IAM role", id="no name"),
        pytest.param("arn:aws:iam::222222222222:roles/Deploy", "not an IAM role", id="the plural"),
        pytest.param("arn:aws:iam::222222222222:user/Deploy", "an IAM user", id="a user"),
        pytest.param("arn:aws:iam::222222222222:group/Deploy", "an IAM group", id="a group"),
        pytest.param("arn:aws:iam::222222222222:policy/Deploy", "a policy", id="a policy"),
        pytest.param("arn:aws:iam::222222222222:root", "an account", id="an account's root"),
        pytest.param("arn:aws:iam::222222222222:instance-profile/D", "an instance profile", id="an instance profile"),
        pytest.param("arn:aws:sts::222222222222:assumed-role/Deploy/x", "a session", id="a session"),
        pytest.param("arn:aws:sts::222222222222:role/Deploy", "not an IAM role", id="the wrong service"),
    ],
)
def test_a_malformed_role_is_told_kindly(xdiag: Program, role: str, said: str) -> None:
    run = xdiag("check", SOURCE, role)
    assert _is_one_sentence(run)
    assert said in run.err.splitlines()[0]
    assert "\x1b" not in run.err
    assert "\u200b" not in run.err
    assert len(run.err.splitlines()) == 2


@pytest.mark.parametrize(
    ("source", "said"),
    [
        pytest.param("ci", "is not an ARN", id="a bare name"),
        pytest.param("arn:aws:sts::111111111111:assumed-role/App", "not a complete session", id="half a session"),
        pytest.param("arn:aws:sts::111111111111:assumed-role/a/App/x", "not a complete session", id="a session's path"),
        pytest.param("arn:aws:iam::111111111111:assumed-role/App/x", "not a principal", id="a session of IAM"),
        pytest.param("arn:aws:sts::111111111111:user/ci", "not a principal", id="a user of STS"),
        pytest.param("arn:aws:iam::111111111111:group/devs", "not a principal", id="a group"),
        pytest.param("arn:aws:iam::111111111111:instance-profile/x", "not a principal", id="an instance profile"),
        pytest.param("arn:aws:s3:::bucket", "an account id", id="a bucket"),
    ],
)
def test_a_malformed_source_is_told_kindly(xdiag: Program, source: str, said: str) -> None:
    run = xdiag("collect", source, ROLE)
    assert _is_one_sentence(run)
    assert said in run.err.splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("check",), "both ARNs are missing", id="no ARN"),
        pytest.param(("check", SOURCE), "the ARN of the destination role is missing", id="one ARN"),
        pytest.param(("check", SOURCE, ROLE, "third"), "unexpected extra argument", id="three arguments"),
        pytest.param(("check", "--withot", "scp"), "no such option: --withot", id="an unknown option"),
        pytest.param(("check", "--\x1b[31m"), "no such option", id="an option that is an escape sequence"),
        pytest.param(("chekc",), "no such command `chekc`", id="an unknown command"),
        pytest.param(("check", "--case"), "`--case` requires an argument", id="an option without its value"),
        pytest.param(("check", "--duration-seconds", "1h"), "`1h` is not a valid int", id="a number that is none"),
        pytest.param(("check", "--timeout", "0"), "`--timeout` must be at least 0.1, and is `0`", id="no time"),
        pytest.param(("check", "--timeout=-5"), "`--timeout` must be at least 0.1, and is `-5`", id="time below none"),
        pytest.param(("doctor", "--timeout", "0.01"), "must be at least 0.1, and is `0.01`", id="hardly any time"),
        pytest.param(("paths", "x", "--limit", "0"), "`--limit` must be from 1 to 1000, and is `0`", id="no way"),
        pytest.param(
            ("paths", "x", "--max-hops", "9"), "`--max-hops` must be from 1 to 8, and is `9`", id="too many calls"
        ),
        pytest.param(("check", "--output", "yaml"), "`yaml` is not one of `text`", id="an unknown format"),
        pytest.param(("check", "--color", "sometimes"), "`sometimes` is not one of", id="an unknown colour"),
        pytest.param(("check", "--via", "phone"), "`phone` is not one of", id="an unknown way"),
        pytest.param(("check", "--case", CASE, "--expect", "nonsense"), "`--expect nonsense`", id="no verdict"),
        pytest.param(("check", "--case", CASE, "--tag", "novalue"), "`--tag novalue`", id="a tag without a value"),
        pytest.param(("check", "--case", CASE, "--tag", "=x"), "`--tag =x`", id="a tag without a key"),
        pytest.param(
            ("check", "--case", CASE, "--tag", "a=b", "--tag", "a=c"),
            "`--tag a=c` gives `a` a second value",
            id="a tag twice",
        ),
        pytest.param(
            ("check", "--case", CASE, "--unknown", ""), "`--unknown` has an empty key", id="an unknown key of no name"
        ),
        pytest.param(
            ("check", "--case", CASE, "--transitive-tag-key", ""),
            "`--transitive-tag-key` has an empty key",
            id="no tag's key",
        ),
        pytest.param(
            ("check", "--case", CASE, "--signed-in-as", "bob"), "`--signed-in-as`: ", id="a bare name signed in"
        ),
        pytest.param(("check", "--case", ""), "`--case` is empty", id="a case file of no name"),
        pytest.param(("check", SOURCE, ROLE, "--details", ""), "`--details` is empty", id="details of no name"),
        pytest.param(("check", "--case", CASE, "--rules", ""), "`--rules` is empty", id="a folder of no name"),
        pytest.param(("rules", "check", ""), "`[DIR]...` is empty", id="a folder to check of no name"),
        pytest.param(("batch", ""), "`FILE` is empty", id="a batch of no name"),
        pytest.param(("audience", ""), "`FILE` is empty", id="a trust policy of no name"),
        pytest.param(
            ("check", "--case", "-", "--with-trust-policy", "-"),
            "`-` is given for two files",
            id="two on standard input",
        ),
        pytest.param(
            ("check", SOURCE, ROLE, "--details", "-", "--details", "-"), "`-` is given for two", id="details twice"
        ),
        pytest.param(("check", SOURCE, ROLE, "--details", "-"), "`standard input` is empty", id="no details piped in"),
        pytest.param(("check", SOURCE, ROLE, "--source-profile", ""), "no AWS profile ``", id="a profile of no name"),
        pytest.param(("check", "--case", CASE, "--context", "aws:X"), "`--context aws:X`", id="a key without a value"),
        pytest.param(("check", "--case", CASE, "--without", "nonsense"), "`--without nonsense`", id="no layer"),
        pytest.param(("check", "--case", CASE, "--rules", "/nowhere"), "/nowhere", id="a folder that is not there"),
        pytest.param(("check", SOURCE, "--case", CASE), "is not the one in the case file", id="another source"),
        pytest.param(("check", SOURCE, ROLE, "--source-profile", "no"), "no AWS profile `no`", id="an unknown profile"),
        pytest.param(("check", SOURCE, ROLE, "--endpoint-url", "there"), "`there` is not a URL", id="no URL"),
        pytest.param(
            ("check", SOURCE, ROLE, "--org-profile", "no"), "no AWS profile `no`", id="an unknown organization"
        ),
        pytest.param(("collect", SOURCE, ROLE, "--org-profile", "no"), "no AWS profile `no`", id="collect with one"),
        pytest.param(
            ("check", SOURCE, ROLE, "--vpc-endpoint", "vpc-0a1b2c3d"), "`vpc-0a1b2c3d` is not the id", id="a VPC"
        ),
        pytest.param(
            ("collect", SOURCE, ROLE, "--vpc-endpoint", "\x1b[31m"), "is not the id", id="an endpoint of nonsense"
        ),
        pytest.param(
            ("check", SOURCE, ROLE, "--region", "aws-global", "--vpc-endpoint", "vpce-0a1b2c3d"),
            "no request to sts.amazonaws.com goes through",
            id="a VPC endpoint for the global one",
        ),
        pytest.param(
            ("check", SOURCE, ROLE, "--vpc-endpoint", "vpce-0a1b2c3d", "--without", "endpoint"),
            "`--without endpoint` cannot be used with `--vpc-endpoint`",
            id="an endpoint and none",
        ),
        pytest.param(("collect", SOURCE), "the ARN of the destination role is missing", id="collect with one ARN"),
        pytest.param(("demo", "nope"), "there is no demo `nope`", id="an unknown demo"),
        pytest.param(("facts",), "missing argument", id="no case for facts"),
        pytest.param(("facts", "/nowhere.json"), "there is no file `/nowhere.json`", id="facts of no file"),
        pytest.param(("schema", "rule"), "`rule` is not one of", id="an unknown schema"),
        pytest.param(("explain", "no-such-rule"), "no-such-rule", id="an unknown rule"),
        pytest.param(("check", "--case", CASE, "--with-scp", "/nowhere"), "no file `/nowhere`", id="no such SCP"),
        pytest.param(
            ("check", "--case", CASE, "--with-trust-policy", CASE), "is a case file", id="a case for a policy"
        ),
        pytest.param(
            ("check", "--case", CASE, "--save-case", "/nowhere/x.json"), "no folder for", id="nowhere to save to"
        ),
        pytest.param(("check", "--case", CASE, "--save-case", "/"), "`/` is a folder", id="a folder to save to"),
    ],
)
def test_a_mistake_on_the_command_line_is_told_kindly(xdiag: Program, arguments: tuple[str, ...], said: str) -> None:
    run = xdiag(*arguments)
    assert _is_one_sentence(run)
    assert said in run.err.splitlines()[0]
    assert "\x1b" not in run.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"\n \t\n", "is empty", id="blank"),
        pytest.param((DEMOS / "allowed.json").read_bytes()[:-40], "ends", id="truncated"),
        pytest.param(b"{'schema': 'xdiag.case/1'}", "a single quote", id="single quotes"),
        pytest.param(b"{}", "is not a case", id="an empty object"),
        pytest.param(b"[]", "", id="a list"),
        pytest.param(b"null", "", id="null"),
        pytest.param(b"\x00" * 1000, "a NUL byte", id="zeros"),
        pytest.param(b"\xef\xbb\xbf{", "ends too early", id="broken after a byte order mark"),
        pytest.param(b"{\x00}\x00", "is UTF-16 text", id="UTF-16 without a mark"),
        pytest.param("{}".encode("utf-16"), "is UTF-16 text", id="UTF-16"),
        pytest.param(b"\x00\xff\xfe\x80\x1b[31m" * 50, "", id="binary"),
        pytest.param(b"x" * 10_000_000, "", id="ten megabytes of nonsense"),
        pytest.param(b"[" * 1_000_000, "", id="a million brackets"),
        pytest.param(b'{"schema": "xdiag.case/9"}', "", id="a version to come"),
        pytest.param(b'{"\x1b[31m": 1}', "", id="an escape sequence"),
    ],
)
def test_a_file_that_is_no_case_is_told_kindly(xdiag: Program, tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "case.json"
    path.write_bytes(content)
    run = xdiag("check", "--case", path)
    assert _is_one_sentence(run)
    assert f"`{path}`" in run.err
    assert said in run.err.splitlines()[0]
    assert len(run.err) < 1000
    assert "\x1b" not in run.err


def test_a_folder_is_no_case(xdiag: Program, tmp_path: Path) -> None:
    run = xdiag("check", "--case", tmp_path)
    assert _is_one_sentence(run)
    assert run.err.startswith(f"xdiag: `{tmp_path}` is a folder")


def test_a_file_that_is_not_there_is_no_case(xdiag: Program, tmp_path: Path) -> None:
    run = xdiag("check", "--case", tmp_path / "none.json")
    assert _is_one_sentence(run)
    assert run.err.startswith(f"xdiag: there is no file `{tmp_path / 'none.json'}`")


def test_an_unknown_field_is_named(xdiag: Program, tmp_path: Path) -> None:
    run = xdiag("check", "--case", write(tmp_path, written("allowed", {"reqest": {}})))
    assert _is_one_sentence(run)
    assert "reqest" in run.err


def test_nothing_on_standard_input_is_no_case(xdiag: Program) -> None:
    run = xdiag("check", "--case", "-")
    assert _is_one_sentence(run)
    assert "standard input" in run.err


def test_a_file_name_with_an_escape_sequence_does_nothing(xdiag: Program, tmp_path: Path) -> None:
    run = xdiag("check", "--case", tmp_path / "\x1b[31mred.json")
    assert _is_one_sentence(run)
    assert "\x1b" not in run.err


def test_a_file_name_that_is_not_unicode_is_told(xdiag: Program) -> None:
    run = xdiag("check", "--case", os.fsdecode(b"/nowhere/\xff.json"))
    assert _is_one_sentence(run)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        pytest.param(["--case", CASE, "--details", CASE], "`--details` cannot be used with `--case`", id="both files"),
        pytest.param(
            ["--case", CASE, "--dest-profile", "x"], "`--dest-profile` cannot be used with `--case`", id="a profile"
        ),
        pytest.param(
            ["--case", CASE, "--org-profile", "x"], "`--org-profile` cannot be used with `--case`", id="an organization"
        ),
    ],
)
def test_a_flag_that_would_not_be_heeded_is_a_mistake(xdiag: Program, flags: list[str], said: str) -> None:
    run = xdiag("check", *flags)
    assert _is_one_sentence(run)
    assert said in run.err
    assert "from one place" in run.err


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        pytest.param("external-id-differ", "did you mean `external-id-differs`", id="a slip"),
        pytest.param("nope", "see `xdiag rules list`", id="nothing near it"),
    ],
)
def test_a_rule_that_is_none_is_answered_with_the_nearest_or_where_to_look(
    xdiag: Program, name: str, hint: str
) -> None:
    run = xdiag("explain", name)
    assert _is_one_sentence(run)
    assert run.err.splitlines()[1].strip() == hint


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(os.mkfifo, id="a pipe that nobody writes to"),
        pytest.param(lambda path: path.symlink_to("/dev/null"), id="a device"),
        pytest.param(lambda path: path.symlink_to("/nowhere"), id="a link to nowhere"),
        pytest.param(lambda path: path.mkdir(), id="a folder"),
    ],
)
def test_a_rule_that_is_no_plain_file_is_told_and_not_waited_for(
    xdiag: Program, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "some-rule.yaml")
    run = xdiag("check", "--case", CASE, "--rules", tmp_path)
    assert _is_one_sentence(run)
    assert f"{tmp_path / 'some-rule.yaml'}: a rule is a regular file" in run.err


def test_a_pipe_is_no_folder_of_rules(xdiag: Program, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rules")
    run = xdiag("check", "--case", CASE, "--rules", tmp_path / "rules")
    assert _is_one_sentence(run)
    assert "there is no folder of rules" in run.err


SAML = "arn:aws:iam::222222222222:saml-provider/Corp"
URL = "https://oidc.eks.eu-west-1.amazonaws.com/id/1122334455667788990011223344AABB"
ORG = ("collect", "--org", "dumps")


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (
            ("check", SOURCE, ROLE, "--planned"),
            "`--planned` has no effect without `--infrastructure`",
            "expected `--infrastructure FILE`",
        ),
        (
            ("check", SOURCE, ROLE, "--parameter", "a=b"),
            "`--parameter` has no effect without `--infrastructure`",
            "expected `--infrastructure FILE`",
        ),
        (
            ("check", SOURCE, ROLE, "--infrastructure", CASE, "--parameter", "=b"),
            "`--parameter =b` is not NAME=VALUE",
            "expected `--parameter NAME=VALUE`",
        ),
        (
            ("check", SOURCE, ROLE, "--vpc-endpoint", "vpce-0a1b2c3d", "--without", "endpoint"),
            "`--without endpoint` cannot be used with `--vpc-endpoint`",
            "expected one of them: the request goes through a VPC endpoint, or it does not",
        ),
        (
            ("check", "--case", CASE, "--passed-by", SOURCE),
            "`--passed-by` cannot be used with `--case`",
            "expected a case whose source passes the role, and `--passed-to SERVICE`",
        ),
        (
            ("check", "--case", CASE, "--details", CASE),
            "`--details` cannot be used with `--case`",
            "expected evidence from one place: a case file, or authorization details",
        ),
        (
            ("check", "--case", CASE, "--infrastructure", CASE),
            "`--infrastructure` cannot be used with `--case`",
            "expected evidence from one place: a case file, or infrastructure as code",
        ),
        (
            ("check", "--case", CASE, "--dest-profile", "x"),
            "`--dest-profile` cannot be used with `--case`",
            "expected evidence from one place: a case file, or AWS profiles",
        ),
        (
            ("check", SOURCE, ROLE, "--passed-by", SOURCE),
            f"`--passed-by` needs an AWS service as the source, and `{SOURCE}` is not one",
            "expected a service principal such as `lambda.amazonaws.com`; or the person as the source, and "
            "`--passed-to SERVICE`",
        ),
        (
            ("check", "lambda.amazonaws.com", ROLE, "--passed-by", SAML),
            f"`--passed-by {SAML}` is not who passes roles",
            "expected an IAM user, a role or its session",
        ),
        (
            ("check", SOURCE, ROLE, "--passed-to", "lambda"),
            "`--passed-to lambda` is not an AWS service",
            "expected a service principal such as `lambda.amazonaws.com`",
        ),
        (
            ("check", "--case", CASE, "--tag", "a=b", "--tag", "a=c"),
            "`--tag a=c` gives `a` a second value",
            "expected one value for each key",
        ),
        (("check", "--case", CASE, "--tag", "a"), "`--tag a` is not KEY=VALUE", "expected `--tag KEY=VALUE`"),
        (
            ("check", "--case", CASE, "--context", " =x"),
            "`--context  =x` is not KEY=VALUE",
            "expected `--context KEY=VALUE`",
        ),
        (("check", "--case", CASE, "--unknown", " "), "`--unknown` has an empty key", "expected `--unknown KEY`"),
        (
            ("check", "--case", CASE, "--expect", "undetermined"),
            "`--expect undetermined` is not a verdict",
            "expected allowed or denied",
        ),
        (
            ("check", "--case", CASE, SOURCE, ROLE),
            f"the source `{SOURCE}` is not the one in the case file",
            "the file is about `arn:aws:iam::111111111111:user/builder`",
        ),
        (
            ("check", "--case", CASE, "--query", "a", "--template", CASE),
            "`--query` and `--template` contradict each other",
            "expected one of them",
        ),
        (
            ("check", "--case", CASE, "--query", "a", "--output", "html"),
            "`--query` does not go with `--output html`",
            "expected it with `--output text`",
        ),
        (
            ("check", "--case", CASE, "--template", CASE, "--output", "json"),
            "`--template` does not go with `--output json`",
            "expected it with `--output text`",
        ),
        (
            ("check", "--case", CASE, "--query", "a", "--ascii"),
            "`--ascii` does not go with `--query`",
            "expected it with `--output text`",
        ),
        (
            ("check", "--case", CASE, "--quiet", "--output", "json"),
            "`--quiet` does not go with `--output json`",
            "expected it with `--output text`",
        ),
        (
            ("check", "--case", CASE, "--full", "--quiet"),
            "`--full` and `--quiet` contradict each other",
            "expected one of them",
        ),
        (
            ("check", "--case", CASE, "--output", "sarif", "--redact"),
            "`--output sarif` does not go with `--redact`",
            "it points at lines of files, which are not redacted: expected `--no-redact`",
        ),
        (
            ("check", "--case", CASE, "--write-fix", "new", "--redact"),
            "`--write-fix` does not go with `--redact`",
            "a fix with pseudonyms changes nothing: expected `--no-redact`",
        ),
        (
            ("check", "--case", CASE, "--pages", "ftp://x"),
            "`--pages ftp://x` is not an address",
            "expected one such as https://docs.example.com/xdiag",
        ),
        (
            ("check", "--event-id", "x"),
            "`--event-id` picks a record of a file",
            "expected the file in `--event`",
        ),
        (
            ("check", "--message", "AccessDenied: no"),
            "both ARNs are missing",
            "the text holds neither of them: expected `SOURCE_ARN DEST_ROLE_ARN` beside it",
        ),
        (
            ("check", ROLE, "--token", "x"),
            "`--token` was given neither a token nor where one is",
            "expected `--token -` or `--token @FILE`",
        ),
        (
            ("check", ROLE, "--token", "@"),
            "`--token` was given neither a token nor where one is",
            "expected `--token -` or `--token @FILE`",
        ),
        (
            ("check", ROLE, "--claims", "x", "--token", "x"),
            "`--claims` cannot be used with `--token`",
            "expected one token or one assertion",
        ),
        (
            ("check", ROLE, "--claim", "sub=x", "--saml-provider", SAML),
            "a token cannot be used with an assertion",
            "expected one of them",
        ),
        (
            ("check", ROLE, "--claim", "sub=x"),
            "it is not known who issued the token",
            "expected its issuer in `--claim iss=https://...`",
        ),
        (
            ("check", ROLE, "--saml-attribute", "NameID=x"),
            "it is not known which SAML provider the assertion is for",
            "expected its ARN in `--saml-provider`",
        ),
        (
            ("check", SOURCE, ROLE, "--claim", f"iss={URL}"),
            f"the source `{SOURCE}` is not who issued what is presented",
            f"that is `{URL}`",
        ),
        (
            ("check", ROLE, "--ref", "refs/heads/main"),
            "`--ref` belongs to a workload, and none is named",
            "expected it with an option such as `--github OWNER/REPOSITORY`",
        ),
        (
            ("check", "pods.eks.amazonaws.com", ROLE, "--service-account", "a/b", "--cluster-issuer", URL),
            "`--cluster-issuer` says nothing of EKS Pod Identity, which presents no token to STS",
            "expected `--cluster NAME`",
        ),
        (
            ("collect",),
            "both ARNs are missing",
            "expected `SOURCE_ARN DEST_ROLE_ARN`, `DEST_ROLE_ARN` for whoever you are, or `--org DIR`",
        ),
        *(
            (("collect", flag, "x"), f"`{flag}` has no effect without `--org`", "expected `--org DIR`")
            for flag in ("--role-name", "--account", "--endpoint-region")
        ),
        (("collect", "--resume"), "`--resume` has no effect without `--org`", "expected `--org DIR`"),
        *(
            ((*ORG, *given), "`--org` reads whole accounts, not a case", f"leave out {what}")
            for given, what in (
                ((SOURCE,), "the ARNs"),
                (("--save-case", "x"), "`--save-case`"),
                (("--external-id", "x"), "what the request carries"),
                (("--source-profile", "x"), "`--source-profile` and `--dest-profile`"),
                (("--dest-profile", "x"), "`--source-profile` and `--dest-profile`"),
                (("--vpc-endpoint", "x"), "`--vpc-endpoint`"),
            )
        ),
        (
            (*ORG, "--redact"),
            "`--org` does not go with `--redact`",
            "dumps hold names as they are: `--no-redact` allows that, also where `redact` is set",
        ),
        ((*ORG, "--account", "12"), "`12` is not an account id", "expected twelve digits"),
        (
            ("batch", CASE, "--resume"),
            "`--resume` has no rows to continue",
            "expected the file of the earlier run in `--to`",
        ),
        (
            ("batch", CASE, "--resume", "--to", "rows", "--output", "findings"),
            "`--resume` does not go with `--output findings`: a case may have several rows",
            "expected it without `--resume`, or with `--output jsonl`",
        ),
        (
            ("matrix", "dumps", "--resume"),
            "`--resume` has no rows to go on with",
            "expected the file of the earlier run in `--to`",
        ),
        (
            ("matrix", "dumps", "--to", "x.html", "--output", "csv"),
            "`--to` names a page, and `--output` is `csv`",
            "leave out one of them",
        ),
        (
            ("matrix", "dumps", "--to", "x.parquet", "--output", "csv"),
            "`--to` names a Parquet file, and `--output` is `csv`",
            "leave out one of them",
        ),
    ],
)
def test_a_mistake_is_told_in_whole_with_what_was_expected(
    xdiag: Program, tmp_path: Path, arguments: tuple[str, ...], message: str, hint: str
) -> None:
    run = xdiag(*arguments, cwd=tmp_path)
    assert _is_one_sentence(run)
    assert run.err == f"xdiag: {message}\n  {hint}\n"
    assert not list(tmp_path.iterdir())
