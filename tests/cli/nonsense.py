"""Whatever a command reads or writes, taken from the table of commands, and files with which nobody can do anything."""

import gzip
import io
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct
from tests.cases import DEMOS, WORLDS
from tests.cli.program import ALLOWED, BAD_INPUT, DENIED, NOTHING_GATHERED, UNDETERMINED, Program, Run

from diagnose.cli.app import COMMANDS, command_named

SOURCE, ROLE = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"
CASE = str(DEMOS / "wrong-principal.json")


class Slot(Struct, frozen=True):
    """A place for a file: the words of a command, in which `{it}` is the file, and `{there}` the folder that it is in.

    `name` is what it is called there. `codes` are the exit codes besides that of bad input: where some nonsense is
    no mistake, as an error text may be any text. With `piped` the file is also read on standard input. `shared`: what
    reads it is tried in another place with everything.
    """

    words: tuple[str, ...]
    name: str = "nonsense"
    codes: tuple[int, ...] = ()
    piped: bool = False
    shared: bool = False
    env: tuple[tuple[str, str], ...] = ()


def _check(*words: str, **more: Any) -> Slot:
    return Slot(("check", SOURCE, ROLE, *words), **more)


def _proposed(flag: str, **more: Any) -> Slot:
    return Slot(("check", "--case", CASE, flag, "{it}"), **more)


def _explained(*words: str) -> Slot:
    return Slot(("explain-error", "AccessDenied", *words, "{it}"), shared=True)


_A_RULE = "some-rule.yaml"
_A_DUMP = "111111111111.json"
_ANY_TEXT = (ALLOWED, DENIED, UNDETERMINED)

READ = {
    ("audience", "file"): Slot(("audience", "{it}"), piped=True),
    ("batch", "file"): Slot(("batch", "{it}", "--explain"), codes=(ALLOWED,), piped=True),
    ("batch", "--rules"): Slot(("batch", os.devnull, "--explain", "--rules", "{there}"), _A_RULE, shared=True),
    ("check", "--message"): Slot(("check", "--message", "@{it}"), codes=_ANY_TEXT),
    ("check", "--event"): Slot(("check", "--event", "{it}"), piped=True),
    ("check", "--case"): Slot(("check", "--case", "{it}"), piped=True),
    ("check", "--details"): _check("--details", "{it}", piped=True),
    ("check", "--trust-policy"): _check("--trust-policy", "{it}", piped=True),
    ("check", "--identity-policy"): _check("--identity-policy", "{it}"),
    ("check", "--boundary"): _check("--boundary", "{it}", shared=True),
    ("check", "--scp"): _check("--scp", "{it}", shared=True),
    ("check", "--rcp"): _check("--rcp", "{it}", shared=True),
    ("check", "--session-policy"): Slot(
        ("check", "arn:aws:sts::111111111111:assumed-role/App/x", ROLE, "--session-policy", "{it}")
    ),
    ("check", "--endpoint-policy"): _check("--endpoint-policy", "{it}", shared=True),
    ("check", "--infrastructure"): _check("--infrastructure", "{it}", piped=True),
    ("check", "--token-file"): Slot(("check", ROLE, "--token-file", "{it}"), piped=True),
    ("check", "--token"): Slot(("check", ROLE, "--token", "@{it}")),
    ("check", "--claims"): Slot(("check", ROLE, "--claims", "{it}"), piped=True),
    ("check", "--assertion"): Slot(("check", ROLE, "--assertion", "{it}"), piped=True),
    ("check", "--with-trust-policy"): _proposed("--with-trust-policy"),
    ("check", "--with-identity-policy"): _proposed("--with-identity-policy", shared=True),
    ("check", "--with-boundary"): _proposed("--with-boundary", shared=True),
    ("check", "--with-scp"): _proposed("--with-scp", shared=True),
    ("check", "--template"): Slot(("check", "--case", CASE, "--template", "{it}"), codes=_ANY_TEXT),
    ("check", "--rules"): Slot(("check", "--case", CASE, "--rules", "{there}"), _A_RULE, shared=True),
    ("compare", "before"): Slot(("compare", "{it}", os.devnull), codes=(ALLOWED,)),
    ("compare", "after"): Slot(("compare", "{there}", "{there}", "--without", "scp", "--without", "rcp"), _A_DUMP),
    ("compare", "--rules"): Slot(
        ("compare", "{there}", "{there}", "--explain", "--rules", "{there}"), _A_RULE, shared=True
    ),
    ("demo", "--template"): Slot(("demo", "wrong-principal", "--template", "{it}"), codes=_ANY_TEXT, shared=True),
    ("demo", "--rules"): Slot(("demo", "wrong-principal", "--rules", "{there}"), _A_RULE, shared=True),
    ("explain", "--rules"): Slot(("explain", "external-id-differs", "--rules", "{there}"), _A_RULE, shared=True),
    ("explain-error", "text"): Slot(("explain-error", "@{it}", SOURCE, ROLE), codes=_ANY_TEXT),
    ("explain-error", "--case"): Slot(("explain-error", "AccessDenied", "--case", "{it}"), shared=True),
    ("explain-error", "--details"): Slot(
        ("explain-error", "AccessDenied", SOURCE, ROLE, "--details", "{it}"), shared=True
    ),
    **{
        ("explain-error", flag): _explained("arn:aws:sts::111111111111:assumed-role/App/x", ROLE, flag)
        for flag in (
            "--trust-policy",
            "--identity-policy",
            "--boundary",
            "--scp",
            "--rcp",
            "--session-policy",
            "--endpoint-policy",
            "--infrastructure",
        )
    },
    **{("explain-error", flag): _explained(ROLE, flag) for flag in ("--token-file", "--claims", "--assertion")},
    ("explain-error", "--token"): Slot(("explain-error", "AccessDenied", ROLE, "--token", "@{it}"), shared=True),
    ("explain-error", "--template"): Slot(
        ("explain-error", "AccessDenied", "--case", CASE, "--template", "{it}"), codes=_ANY_TEXT, shared=True
    ),
    ("explain-error", "--rules"): Slot(
        ("explain-error", "AccessDenied", SOURCE, ROLE, "--rules", "{there}"), _A_RULE, shared=True
    ),
    ("facts", "case_file"): Slot(("facts", "{it}"), piped=True),
    ("matrix", "folder"): Slot(("matrix", "{there}", "--to", "rows.jsonl"), _A_DUMP),
    ("matrix", "--rules"): Slot(("matrix", "{there}", "--explain", "--rules", "{there}"), _A_RULE, shared=True),
    ("paths", "--dumps"): Slot(("paths", SOURCE, ROLE, "--dumps", "{there}"), _A_DUMP),
    ("rules list", "--rules"): Slot(("rules", "list", "--rules", "{there}"), _A_RULE),
    ("rules show", "--rules"): Slot(
        ("rules", "show", "external-id-differs", "--rules", "{there}"), _A_RULE, shared=True
    ),
    ("rules check", "folders"): Slot(("rules", "check", "{there}"), _A_RULE, shared=True),
    ("rules new", "--case"): Slot(("rules", "new", "some-rule", "--case", "{it}")),
    ("serve", "--files"): Slot(("serve", "--mcp", "--files", "{it}"), codes=(ALLOWED,)),
    ("serve", "--rules"): Slot(("serve", "--mcp", "--rules", "{there}"), _A_RULE, shared=True),
    ("", "a Parquet file of a matrix"): Slot(("compare", "{there}", os.devnull), "rows.parquet", codes=(ALLOWED,)),
    ("", "an organization's tree"): Slot(("matrix", "{there}"), "organization.json"),
    ("", "settings"): Slot(("check", "--case", CASE), "xdiag.toml", codes=(DENIED,)),
    ("", "AWS's configuration"): Slot(("check", "--profile", "x"), env=(("AWS_CONFIG_FILE", "{it}"),)),
    ("", "AWS's configuration, read live"): _check(
        env=(("AWS_CONFIG_FILE", "{it}"), ("AWS_SHARED_CREDENTIALS_FILE", "{it}")),
        codes=(NOTHING_GATHERED,),
        shared=True,
    ),
    ("", "AWS's credentials"): Slot(("check", "--profile", "x"), env=(("AWS_SHARED_CREDENTIALS_FILE", "{it}"),)),
    ("", "a token that the environment names"): Slot(
        ("check", "--profile", "x"),
        "config",
        env=(("AWS_CONFIG_FILE", "{it}"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "{it}"), ("AWS_ROLE_ARN", ROLE)),
    ),
    ("", "rows to go on with"): Slot(("batch", CASE, "--to", "{it}", "--resume"), codes=(ALLOWED,)),
}
"""What reads, by its command and its parameter; and by what it is, what no parameter names."""

WRITTEN = {
    ("batch", "--to"): ("batch", os.devnull, "--output", "csv", "--to", "{it}"),
    ("check", "--save-case"): ("check", "--case", CASE, "--save-case", "{it}"),
    ("check", "--write-fix"): ("check", "--case", CASE, "--write-fix", "{it}"),
    ("collect", "--save-case"): ("collect", SOURCE, "--save-case", "{it}"),
    ("collect", "--org"): ("collect", "--org", "{it}"),
    ("compare", "--to"): ("compare", os.devnull, os.devnull, "--to", "{it}"),
    ("demo", "--save-case"): ("demo", "wrong-principal", "--save-case", "{it}"),
    ("demo", "--write-fix"): ("demo", "wrong-principal", "--write-fix", "{it}"),
    ("explain-error", "--save-case"): ("explain-error", "AccessDenied", "--case", CASE, "--save-case", "{it}"),
    ("explain-error", "--write-fix"): ("explain-error", "AccessDenied", "--case", CASE, "--write-fix", "{it}"),
    ("matrix", "--to"): ("matrix", "{dumps}", "--to", "{it}"),
    ("matrix", "--sides"): ("matrix", "{dumps}", "--sides", "{it}"),
    ("rules new", "--to"): ("rules", "new", "some-rule", "--to", "{it}"),
}
"""What writes."""


def parameters_with_files() -> Iterator[tuple[str, str]]:
    """Name all parameters of all commands that take a file, a folder or a stream."""
    for name in COMMANDS:
        yield from _of_command(name, command_named(name))


def _of_command(name: str, command: Any) -> Iterator[tuple[str, str]]:
    for inner, one in getattr(command, "commands", {}).items():
        yield from _of_command(f"{name} {inner}", one)
    for parameter in command.params:
        words = f"{getattr(parameter, 'metavar', '') or ''} {getattr(parameter, 'help', '') or ''}"
        if "Path" in type(parameter.type).__name__ or "@FILE" in words or "standard input" in words:
            yield name, parameter.opts[-1] if parameter.param_type_name == "option" else parameter.name


def _zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("case.json", "{}")
    return held.getvalue()


def _bomb() -> bytes:
    """YAML that says little and means a billion values."""
    lines = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    return "\n".join(["a0: &a0 [x, x, x, x, x, x, x, x, x]", *lines]).encode()


_WHOLE = Path(CASE).read_bytes()
_HOSTILE = "\x1b[31m\x1b]8;;https://evil.example\x07\x9b31m\u202e\u2028\u200b`x`[y](z)<script>"
CONTENTS = {
    "nothing": b"",
    "a byte": b"{",
    "zeros": b"\0" * 10_000,
    "noise": bytes(n * n * 2_654_435_761 >> 13 & 255 for n in range(20_000)),
    "a list": b"[1, null]",
    "a number": b"7",
    "a string": b'"x"',
    "null": b"null",
    "an empty object": b"{}",
    "brackets without an end": b"[" * 100_000,
    "objects without an end": b'{"a":' * 100_000,
    "nested lists": b"[" * 100_000 + b"]" * 100_000,
    "nested YAML": b"- " * 3_000 + b"x",
    "a number of 5,000 digits": b'{"schema": %b, "timeout": 1e400}' % (b"9" * 5_000),
    "lone surrogates": rb'{"\ud800": "\udfff", "Version": "\ud800", "Statement": ["\udc00"]}',
    "characters that no text has": b'a: "\\UFFFFFFFF"\n',
    "a mark of the byte order": b"\xef\xbb\xbf",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "half a case": _WHOLE[:-40],
    "half a line": json.dumps(json.loads(_WHOLE)).encode()[:-40] + b"\n",
    "gzip": gzip.compress(b"{}"),
    "half of gzip": gzip.compress(_WHOLE)[:-20],
    "ZIP": _zipped(),
    "half of ZIP": _zipped()[:40],
    "half of Parquet": b"PAR1" + bytes(range(256)) * 4,
    "aliases that mean a billion": _bomb(),
    "an alias in itself": b"a: &a [*a]",
    "text for a terminal": _HOSTILE.encode(),
    "keys for a terminal": json.dumps({_HOSTILE: {_HOSTILE: 1}}).encode(),
    "TOML for a terminal": f"{json.dumps(_HOSTILE)} = {json.dumps(_HOSTILE)}\n".encode(),
    "dotted TOML": b"output" + b".a" * 2_000 + b" = 1",
    "a template": b"{{ (" * 3_000,
    "another world": (WORLDS / "cross-account.json").read_bytes().replace(b'"request"', b'"reqest"'),
}
"""What a file may hold that is not what was asked for."""

LARGE = {
    "blank lines": b"\n" * 10_000_000,
    "noise": os.urandom(10_000_000),
    "a string": b'"' + b"a" * 10_000_000,
    "quotes": b'"' * 10_000_000,
    "objects": b"{}" * 5_000_000,
    "numbers": b"[" + b"1," * 5_000_000 + b"1]",
    "a bomb of gzip": gzip.compress(b"{}" * 2**23, 1),
}

MAKERS: dict[str, Callable[[Path], None]] = {
    "a folder": lambda path: path.mkdir(),
    "a link to itself": lambda path: path.symlink_to(path),
    "a link to nowhere": lambda path: path.symlink_to("/nowhere/at/all"),
    "a device without end": lambda path: path.symlink_to("/dev/zero"),
    "what cannot be read": lambda path: path.symlink_to("/proc/self/mem"),
    "a long name": lambda path: path.symlink_to("x" * 300),
    "a large file": lambda path: _sparse(path, 2**30),
}
"""What else may stand in the place of a file."""


def nonsense(what: str, path: Path) -> None:
    """Put a kind of nonsense in the place of a file."""
    if what in MAKERS:
        MAKERS[what](path)
    else:
        path.write_bytes({**CONTENTS, **LARGE}[what])


OF_SHARED = ("nothing", "half a case", "text for a terminal", "a device without end", "a large file")


def _sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def run_on(program: Program, slot: Slot, folder: Path) -> Run:
    """Run a command on the file that stands in a folder under the slot's name."""

    def filled(word: str) -> str:
        return word.replace("{it}", str(folder / slot.name)).replace("{there}", str(folder))

    return program(*map(filled, slot.words), cwd=folder, env={name: filled(value) for name, value in slot.env})


def faults(run: Run, codes: tuple[int, ...]) -> Iterator[str]:
    """Say what is wrong with how a run tells of nonsense."""
    if run.code not in (BAD_INPUT, *codes):
        yield f"it ends with {run.code}: {run.err[-300:]}"
    if UNSEEN.search(run.err):
        yield f"it writes {UNSEEN.findall(run.err)} to a terminal"
    if run.code == BAD_INPUT:
        if not run.err.startswith("xdiag: "):
            yield f"it does not say what is wrong: {run.err[:300]!r}"
        if any(not line.startswith(("xdiag: ", "  ")) for line in run.err.splitlines()):
            yield f"it says it in other words than ours: {run.err[:300]!r}"
        if run.out and not run.out.startswith('{"schema": "xdiag.batch/1"'):
            yield f"it answers all the same: {run.out[:300]!r}"
    if any(len(line) > 1500 for line in run.err.splitlines()):
        yield f"a sentence has {max(map(len, run.err.splitlines()))} characters"
