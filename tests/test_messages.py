"""How mistakes and helps are worded, and how all texts are spelt: the house's form, whichever module they stand in."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.sources import modules

CAPITALS = frozenset(
    {
        "API",
        "ARN",
        "ASCII",
        "AWS",
        "CDK",
        "CI",
        "CLI",
        "CSV",
        "DIR",
        "ECS",
        "EKS",
        "HCP",
        "HTML",
        "HTTP",
        "IAM",
        "ID",
        "JSON",
        "MB",
        "MFA",
        "OIDC",
        "OU",
        "RCP",
        "README",
        "SAM",
        "SAML",
        "SCP",
        "SDK",
        "SSO",
        "STS",
        "TLS",
        "TOML",
        "URL",
        "UTF",
        "UUID",
        "VPC",
        "XML",
        "YAML",
    }
)
"""All that is written in capitals: names of AWS, of formats and units, and a value that a flag takes."""
NAMES = CAPITALS | {"Parquet"}

SPELT_BY_OTHERS = ("model/error_text/wording.py", "report/redact/public_words.py", "report/redact/service_words.py")
"""What AWS and its clients write, as they write it."""

OTHER_CAPITALS = frozenset(
    {
        *("ALLOWED", "BE", "DENIED", "FAILED", "FOUND", "MAY", "NO", "OPEN", "UNDETERMINED", "WARNING", "WAY", "YES"),
        *("AIDA", "AROA", "EC", "ES", "IDA", "ISO", "JWT", "MSK", "NET", "NUL", "PHP", "RFC", "ROA", "ROOT", "RS"),
        *("SSM", "SZ", "UTC", "VPN", "YYYY", "ZIP"),
        *("CHANGELOG", "CONTRIBUTING", "DEST", "ORG", "POLICY", "SECURITY", "SOURCE", "SRCROOT"),
    }
)
"""What is written in capitals outside of mistakes and helps: answers, rarer names, files, and beginnings of ids."""
ALONE = frozenset(
    {
        *("AFTER", "ARN", "BEFORE", "CASE", "CLUSTER", "CODE", "DIR", "EXPRESSION", "FILE", "ID", "KEY", "LAYER"),
        *("NAME", "REF", "REGION", "RULE", "SECONDS", "SERIAL", "SERVICE", "SUBJECT", "TEXT", "URL", "VALUE"),
        *("ACTIVE", "ALLOW", "DENY", "ENABLED", "PRINCIPAL", "RESOURCE", "ROLE", "ROOT", "SESSION", "WORKSPACE"),
        *("AIDA", "AKIA", "AROA", "ASIA", "AWS", "DAX", "DLM", "DMS", "EC2", "ECS", "EKS", "EMR", "FIS", "MWAA"),
        *("RCP", "RDS", "S3", "SAML", "SCP", "SNS", "SSM", "ES", "RS"),
        *("FALSE", "HOME", "LNPS", "LNZ", "NULL", "REMEDIES", "TERM", "TRUE", "WF", "YYYY"),
        *("0STRANGEREXAMPLE", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    }
)
"""The texts of one word that is in capitals: what stands for a value, what AWS and other formats name so."""
JOINED = frozenset(
    {
        *("AWS_ACCESS_KEY_ID", "AWS_CONFIG_FILE", "AWS_DEFAULT_PROFILE", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"),
        *("AWS_ENDPOINT_URL_STS", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_PROFILE", "AWS_REGION", "AWS_ROLE_ARN"),
        *("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SHARED_CREDENTIALS_FILE", "AWS_STS_REGIONAL_ENDPOINTS"),
        *("AWS_WEB_IDENTITY_TOKEN_FILE", "CIRCLE_OIDC_TOKEN", "CIRCLE_OIDC_TOKEN_V2", "CLICOLOR_FORCE", "FORCE_COLOR"),
        *("NO_COLOR", "TFC_AWS_WORKLOAD_IDENTITY_AUDIENCE", "TF_LOG", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"),
        *("XDIAG_ACCOUNTS", "XDIAG_ORG_PROFILE", "XDIAG_OUTPUT", "XDIAG_PAGES", "XDIAG_REDACT", "XDIAG_RULES"),
        *("XDIAG_TIMEOUT", "MFA_CODE", "SAML_ASSERTION", "WEB_IDENTITY_TOKEN"),
        *("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK"),
        *(
            "IDENTITY_BASED_POLICY",
            "IDENTITY_POLICY",
            "RESOURCE_POLICY",
            "ORGANIZATIONAL_UNIT",
            "PERMISSIONS_BOUNDARY",
            "RESOURCE_BASED_POLICY",
        ),
        *("RESOURCE_CONTROL_POLICY", "SERVICE_CONTROL_POLICY", "SESSION_POLICY", "VPC_ENDPOINT", "VPC_ENDPOINT_POLICY"),
        *("DEST_ROLE_ARN", "IDENTITY_ID", "ORG_ID", "POOL_ID", "PROJECT_ID", "ROLE_ARN", "SOURCE_ARN", "USER_ID"),
    }
)
"""The names in capitals of several words: variables of the environment, values of APIs, and what stands for a value."""
VALUES = frozenset(
    {
        *("AFTER", "ARN", "BEFORE", "CASE", "CODE", "DEST_ROLE_ARN", "DIR", "EXPRESSION", "FILE", "GROUP", "ID", "KEY"),
        *("IDENTITY_ID", "LAYER", "N", "NAME", "NAMESPACE", "ORGANIZATION", "ORG_ID", "OWNER", "PIPELINE", "POOL_ID"),
        *("PROJECT", "PROJECT_ID", "REF", "REGION", "REPOSITORY", "RULE", "SECONDS", "SERIAL", "SERVICE", "SOURCE_ARN"),
        *("SUBJECT", "TEXT", "URL", "USER_ID", "VALUE", "WORKSPACE"),
    }
)
"""What stands for the value of a flag or an argument."""
CHOICES = frozenset({"allowed|denied", "plan|apply"})
"""The values of flags that take one of a few."""
INSIDE = frozenset({"AR", "EC", "IO", "IP", "RDS", "SNS", "SQL"})
"""The capitals that follow a small letter in names of AWS, besides CAPITALS."""

_CODE = re.compile(r"`[^`]*`|'[^']*'")
_PATTERN = re.compile(r"\\|\(\?|\[\^")
_CAPITALS = re.compile(r"(?<![\w-])[A-Z]{2,}(?!\w)")
# With a plural's s, or a digit.
_CAPITALS_OF_A_WORD = re.compile(r"(?<![\w-])[A-Z]{2,}(?=s?(?![A-Za-z_]))")
_CAPITALS_INSIDE = re.compile(r"(?<=[a-z])[A-Z]{2,}(?![a-z])")
_CAPITALS_ALONE = re.compile(r"[A-Z\d]*[A-Z][A-Z\d]+")
_CAPITALS_JOINED = re.compile(r"(?<!\w)[A-Z][A-Z\d]*(?:_[A-Z\d]+)+(?!\w)")
_SMALL_WORD = re.compile(r"(?<![\w:/.$%@#*=-])[a-z]+(?![\w:/.*=-])")
_COMMAND = re.compile(r"\b(?:aws )?(?:eks|iam|organizations|sts) [a-z]+-[\w-]+|\baws (?:iam-toolbox|0)")
_WORD = re.compile(r"[\w-]+")


def _calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Give the calls of a name, dotted or not, with where they stand."""
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == name:
                yield f"{path}:{node.lineno}", node


def _texts(value: ast.expr) -> Iterator[tuple[int, str]]:
    """Give the texts that an expression may come to, with their lines; `0` stands for what is put into one."""
    match value:
        case ast.IfExp(body=body, orelse=orelse):
            yield from _texts(body)
            yield from _texts(orelse)
        case ast.Constant(value=str(text)) if text:
            yield value.lineno, text
        case ast.JoinedStr(values=parts):
            yield value.lineno, "".join(str(part.value) if isinstance(part, ast.Constant) else "0" for part in parts)


@cache
def _written() -> dict[str, str]:
    """Give all texts but those that are patterns or documentation, by where they stand."""
    written = dict[str, str]()
    for place, tree in modules().items():
        documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            if place in SPELT_BY_OTHERS or id(node) in documentation | parts or not isinstance(node, ast.expr):
                continue
            if isinstance(node, ast.Constant | ast.JoinedStr):
                texts = [text for _, text in _texts(node) if not _PATTERN.search(text)]
                written.update({f"{place}:{node.lineno}:{node.col_offset}": text for text in texts})
    return written


@cache
def _said() -> tuple[dict[str, str], dict[str, str]]:
    """Give mistakes and their hints, and helps, by where they stand."""
    mistakes, helps = dict[str, str](), dict[str, str]()
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            is_mistake = isinstance(node.func, ast.Name) and node.func.id == "XdiagError"
            values = [word.value for word in node.keywords if word.arg == ("hint" if is_mistake else "help")]
            for value in [*(node.args[:1] if is_mistake else ()), *values]:
                said = {f"{path}:{line}": text for line, text in _texts(value)}
                (mistakes if is_mistake else helps).update(said)
    return mistakes, helps


def test_every_mistake_and_every_help_is_looked_at() -> None:
    mistakes, helps = _said()
    assert len(mistakes) > 300
    assert len(helps) > 100


def test_a_mistake_begins_in_lower_case_or_with_a_name_and_has_no_full_stop() -> None:
    mistakes, _ = _said()
    begins = {place: text for place, text in mistakes.items() if text[0].isupper()}
    assert {place: text for place, text in begins.items() if _WORD.findall(text)[0] not in NAMES} == {}
    assert {place: text for place, text in mistakes.items() if text[-1] in ".!,;: "} == {}


def test_a_mistake_says_what_it_is_and_what_was_expected() -> None:
    """Three have their hint from elsewhere, or nothing but what they name can be expected."""
    mistakes = list(_calls("XdiagError"))
    assert [place for place, call in mistakes if _is_none(call.args[0])] == []
    hints = {place: [word.value for word in call.keywords if word.arg == "hint"] for place, call in mistakes}
    without = [place.partition(":")[0] for place, hint in hints.items() if not hint or _is_none(hint[0])]
    assert without == ["aws/session.py", "causes/rule_yaml.py", "evaluate/authorization.py"]


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def test_a_flag_has_a_help_and_names_its_value() -> None:
    flags = [*_calls("typer.Option"), *_calls("typer.Argument")]
    assert len(flags) > 140
    given = {place: {word.arg: word.value for word in call.keywords} for place, call in flags}
    assert [place for place, words in given.items() if "help" not in words or any(map(_is_none, words.values()))] == []
    metavars = {place: ast.literal_eval(words["metavar"]) for place, words in given.items() if "metavar" in words}
    listed = {place: set(re.findall(r"[\w|]{2,}", text)) - VALUES - CHOICES for place, text in metavars.items()}
    # All that has a schema is written out by the one command that prints them.
    assert [place.partition(":")[0] for place, names in listed.items() if names] == ["cli/schema.py"]


def test_a_help_is_a_sentence() -> None:
    _, helps = _said()
    assert {place: text for place, text in helps.items() if not text.endswith(".")} == {}
    # That of `xdiag schema` lists what it can be given.
    assert [text.partition(" ")[0] for text in helps.values() if text[0].islower()] == ["case:"]


def test_capitals_are_for_names() -> None:
    for said in _said():
        words = {place: set(_CAPITALS.findall(_CODE.sub("", text))) - CAPITALS for place, text in said.items()}
        assert {place: names for place, names in words.items() if names} == {}


def test_every_text_is_looked_at() -> None:
    assert len(_written()) > 10_000


def test_capitals_are_for_names_in_every_text() -> None:
    alone = {place: text for place, text in _written().items() if _CAPITALS_ALONE.fullmatch(text)}
    assert {place: text for place, text in alone.items() if text not in ALONE} == {}
    others = {place: text for place, text in _written().items() if place not in alone}
    words = {place: set(_CAPITALS_OF_A_WORD.findall(_CODE.sub("", text))) for place, text in others.items()}
    known = CAPITALS | OTHER_CAPITALS | VALUES
    assert {place: names for place, found in words.items() if (names := found - known)} == {}
    inside = {place: set(_CAPITALS_INSIDE.findall(text)) for place, text in others.items()}
    assert {place: names for place, found in inside.items() if (names := found - CAPITALS - INSIDE)} == {}
    joined = {place: set(_CAPITALS_JOINED.findall(text)) for place, text in others.items()}
    assert {place: names for place, found in joined.items() if (names := found - JOINED)} == {}


def test_names_in_capitals_are_never_in_small_letters() -> None:
    # What a flag takes is in small letters; an id is a word.
    in_small, of_flags = {name.lower() for name in CAPITALS - {"ID"}}, {"json", "rcp", "scp"}
    sentences = {place: text for place, text in _written().items() if " " in text.strip()}
    words = {
        place: set(_SMALL_WORD.findall(_COMMAND.sub("", _CODE.sub("", text)))) for place, text in sentences.items()
    }
    wrong = {place: names for place, found in words.items() if (names := found & in_small - of_flags)}
    # The fields of a record are listed as AWS writes them.
    assert {place: names for place, names in wrong.items() if not place.startswith("collect/request/rows.py")} == {}
