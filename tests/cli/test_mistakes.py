"""What xdiag says of a mistake, word for word: what was read once stays as it was read."""

import json
import shlex
from pathlib import Path

from tests.cases import DEMOS
from tests.cli.program import Program
from tests.reviewed import reads_as_reviewed

GOLDENS = Path(__file__).parent / "goldens"
ENDS = "arn:aws:iam::111111111111:user/ci arn:aws:iam::222222222222:role/Deploy"
ROLE = "arn:aws:iam::222222222222:role/Deploy"
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
TEMPLATE = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}

FILES = {
    "trust.json": json.dumps(TRUST),
    "template.json": json.dumps(TEMPLATE),
    "case.json": (DEMOS / "external-id.json").read_text(encoding="utf-8"),
    "python.json": "{'Version': False}",
    "false.json": '{"Version": False}',
    "undefined.json": '{"Version": undefined}',
    "comma.json": '{"Version": "2012-10-17",}',
    "behind.json": '{"Version": "2012-10-17"} and more',
    "number.json": '{"Version": 01}',
    "key.json": "{1: 2}",
    "cut.json": '{"Version": "2012-10-17", "Statement": [',
    "empty.json": "",
    "archive.zip": "PK\x03\x04",
    "user.json": json.dumps({"User": {"UserName": "ci", "Arn": "arn:aws:iam::111111111111:user/ci"}}),
    "list.json": "[]",
    "text.json": '"text"',
    "twice.json": '{"Version": "2012-10-17", "Version": "2008-10-17"}',
    "rows.jsonl": '{"verdict": "allowed"}\n',
    "cases.jsonl": "{}\n",
    "state.json": '{"format_version": "9.0"}',
    "saml.xml": "<Assertion",
    "metadata.xml": "<EntityDescriptor/>",
    "broken.j2": "{{ verdict",
    "organization.json": '{"schema": "xdiag.organization/1"}',
    "of-another.toml": "colour = true",
}
MISTAKES = (
    "check",
    f"check {ROLE} --details user.json",
    f"check {ENDS} {ROLE}",
    f"check nobody {ROLE}",
    "check arn:aws:iam::111111111111:user/ci arn:aws:iam::222222222222:user/Deploy",
    f"check https://token.example.com {ROLE}",
    f"check arn:aws:iam::222222222222:saml-provider/IdP {ROLE}",
    f"check {ENDS} --case case.json",
    f"check {ENDS} --trust-policy missing.json",
    f"check {ENDS} --trust-policy ''",
    f"check {ENDS} --trust-policy . --no-probe",
    f"check {ENDS} --trust-policy - --identity-policy -",
    *(
        f"check {ENDS} --trust-policy {name}"
        for name in FILES
        if name.endswith((".json", ".zip")) and "trust" not in name
    ),
    f"check {ENDS} --boundary list.json",
    f"check {ENDS} --session-policy template.json",
    f"check {ENDS} --details trust.json",
    f"check {ENDS} --details empty.json",
    f"check {ENDS} --infrastructure trust.json",
    f"check {ENDS} --infrastructure state.json",
    f"check {ENDS} --infrastructure template.json --planned",
    f"check {ENDS} --planned",
    f"check {ENDS} --parameter A=b",
    f"check {ENDS} --without trust --trust-policy trust.json",
    f"check {ENDS} --without endpoint --vpc-endpoint vpce-0a1b2c3d",
    f"check {ENDS} --duration-seconds 10 --case case.json",
    f"check {ENDS} --duration-seconds many",
    f"check {ENDS} --timeout 0",
    f"check {ENDS} --via phone",
    f"check {ENDS} --tag red",
    f"check {ENDS} --context =x",
    f"check {ENDS} --endpoint-url somewhere",
    f"check {ROLE} --assertion saml.xml",
    f"check {ROLE} --token abc",
    f"check {ROLE} --claims list.json",
    f"check {ROLE} --claim sub",
    f"check {ROLE} --github octo",
    f"check {ROLE} --gitlab a --github octo/app",
    f"check {ROLE} --service-account cart",
    "check --case trust.json",
    "check --case user.json",
    "check --case twice.json",
    "check --case case.json --event trust.json",
    "check --case case.json --query causes[",
    "check --case case.json --template broken.j2",
    "check --case case.json --template list.json --output markdown",
    "check --case case.json --output csv",
    "check --case case.json --rules missing",
    "check --case case.json --full --brief",
    "check --case case.json --pages ftp://x",
    "check --message ''",
    "check --message @missing.txt",
    "check --event trust.json",
    "check --event case.json --event-id 1",
    "explain-error nothing",
    "explain-error 'Not authorized to perform sts:AssumeRoleWithWebIdentity'",
    "explain no-such-rule",
    "audience list.json",
    "audience user.json",
    "batch missing.jsonl",
    "batch cases.jsonl --resume",
    "batch cases.jsonl --resume --to rows.jsonl",
    "batch cases.jsonl --to cases.jsonl",
    "batch cases.jsonl --to missing/rows.jsonl",
    "matrix missing",
    "matrix .",
    "compare rows.jsonl missing.jsonl",
    "compare rows.jsonl rows.jsonl --outside",
    f"paths {ENDS} .",
    f"paths . {ENDS} --max-hops 0",
    "permissions --for nobody",
    "schema nothing",
    "demo nothing",
    "rules show no-such-rule",
    "rules new 'A Rule'",
    "rules check missing",
    "collect",
    f"collect {ENDS} --role-name Reader",
    "serve --files missing",
)


def test_each_mistake_is_told_as_it_was_reviewed(xdiag: Program, tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    told = []
    for line in MISTAKES:
        run = xdiag(*shlex.split(line), cwd=tmp_path)
        said = run.err.replace(str(tmp_path), "FOLDER")
        told.append(f"$ xdiag {line}\n{said}exit code {run.code}\n")
    reads_as_reviewed(GOLDENS / "mistakes.txt", "\n".join(told))
