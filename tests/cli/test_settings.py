"""What is set once: a flag outranks a variable, a variable the project's file, and that the user's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.program import BAD_INPUT, Program, Run
from tests.cli.server import Sts, served

from diagnose.cli.app import command_named
from diagnose.cli.settings import SETTINGS, read_settings, readable_settings
from diagnose.errors import XdiagError

USER, ROLE = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"
KEYS = {"ours": "AKIAEXAMPLE000000001", "theirs": "AKIAEXAMPLE000000002"}


class Place:
    """A home with a user's file, and below it a repository with a project's file and a folder to work in."""

    def __init__(self, xdiag: Program, home: Path) -> None:
        self._xdiag, self.home = xdiag, home
        self.repository = home / "repository"
        self.work = self.repository / "deep" / "below"
        self.work.mkdir(parents=True)
        (self.repository / ".git").mkdir()
        self.user_file = home / ".config" / "xdiag" / "xdiag.toml"
        self.user_file.parent.mkdir(parents=True)
        self.project_file = self.repository / "xdiag.toml"

    def run(self, *arguments: str, **environment: str) -> Run:
        return self._xdiag(*arguments, env={"HOME": str(self.home), **environment}, cwd=self.work)

    def shown(self, name: str, **environment: str) -> str:
        """The line of `xdiag config show` about a setting."""
        run = self.run("config", "show", **environment)
        assert (run.code, run.err) == (0, "")
        return next(line for line in run.out.splitlines() if line.split("  ")[0] == name)


@pytest.fixture
def place(xdiag: Program, tmp_path: Path) -> Place:
    return Place(xdiag, tmp_path)


def test_nothing_is_set_where_there_is_no_file(place: Place) -> None:
    assert "not set" in place.shown("output")
    assert "not there" in place.shown("user file")
    assert str(place.user_file) in place.shown("user file")


def test_the_nearer_origin_outranks_the_farther_and_is_named(place: Place) -> None:
    place.user_file.write_text('output = "json"\nredact = true\n')
    assert "json" in place.shown("output")
    assert str(place.user_file) in place.shown("output")
    place.project_file.write_text('output = "markdown"\n')
    assert "markdown" in place.shown("output")
    assert str(place.project_file) in place.shown("output")
    assert "true" in place.shown("redact"), "what the project does not say stays the user's"
    assert "text  " in place.shown("output", XDIAG_OUTPUT="text")
    assert "XDIAG_OUTPUT" in place.shown("output", XDIAG_OUTPUT="text")


def test_every_setting_is_the_default_of_parameters_that_there_are() -> None:
    for setting in SETTINGS:
        for command, parameters in setting.parameters.items():
            name, *parts = command.split()
            found: Any = command_named(name)
            for part in parts:
                found = found.commands[part]
            assert set(parameters) <= {parameter.name for parameter in found.params}, f"{setting.name}: {command}"


def test_a_default_is_used_and_a_flag_outranks_it(place: Place) -> None:
    place.user_file.write_text('output = "json"\nredact = true\n')
    assert place.run("demo", "external-id").out.startswith("{")
    assert "111111111111" not in place.run("demo", "external-id").out
    assert place.run("demo", "external-id", "--output", "text").out.startswith("DENIED")
    assert "111111111111" in place.run("demo", "external-id", "--no-redact").out
    assert "111111111111" in place.run("demo", "external-id", XDIAG_REDACT="no").out


def test_rules_are_meant_from_the_folder_of_the_file(place: Place) -> None:
    place.project_file.write_text('rules = ["our-rules"]\n')
    folder = place.repository / "our-rules"
    folder.mkdir()
    shown = place.run("rules", "show", "external-id-differs").out
    kept = [line for line in shown.splitlines(keepends=True) if not line.startswith("formerly:")]
    (folder / "our-external-id.yaml").write_text("".join(kept))
    assert "our-external-id" in place.run("rules", "list").out
    assert place.run("explain", "our-external-id").code == 0
    assert str(folder) in place.shown("rules")


def test_a_file_above_counts_only_within_the_repository(place: Place) -> None:
    (place.home / "xdiag.toml").write_text('output = "json"\n')
    assert "not set" in place.shown("output")
    (place.repository / ".git").rmdir()
    place.project_file.write_text('output = "json"\n')
    assert "not set" in place.shown("output"), "outside of a repository, a folder above may be anybody's"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('outputt = "json"\n', "did you mean `output`"),
        ('output = "jsn"\n', "expected one of text"),
        ("redact = 3\n", "expected true or false"),
        ('timeout = "soon"\n', "expected a number of seconds"),
        ("timeout = 0\n", "expected a number of seconds, from 0.1 to 86,400"),
        ("timeout = -5\n", "expected a number of seconds, from 0.1 to 86,400"),
        ("timeout = inf\n", "expected a number of seconds"),
        (f"timeout = 1{400 * '0'}\n", "expected a number of seconds"),
        ("timeout = true\n", "expected a number of seconds"),
        ("rules = [1]\n", "expected a list of folders"),
        ("org-profile = []\n", "expected a text"),
        ("output = \n", "line 1"),
        ('accounts = "x"\n', "111111111111"),
        ('[accounts]\n1 = "x"\n', "`1` = `x` is not an account"),
        ("[accounts]\n111111111111 = 2\n", "`111111111111` = `2` is not an account"),
    ],
)
def test_what_cannot_be_a_setting_is_told_with_its_place(text: str, said: str, place: Place) -> None:
    place.user_file.write_text(text)
    run = place.run("config", "show")
    assert run.code == BAD_INPUT
    assert said in run.err
    assert str(place.user_file) in run.err


@pytest.mark.parametrize("variable", ["XDIAG_OUTPUT", "XDIAG_REDACT", "XDIAG_TIMEOUT", "XDIAG_ACCOUNTS"])
def test_a_variable_that_cannot_be_is_named_and_an_empty_one_is_not_set(variable: str, place: Place) -> None:
    run = place.run("config", "show", **{variable: "what"})
    assert run.code == BAD_INPUT
    assert variable in run.err
    assert place.run("config", "show", **{variable: ""}).code == 0


def test_a_file_that_is_not_text_is_told(place: Place) -> None:
    place.user_file.write_bytes(b"\xff\xfe")
    assert "is not text in UTF-8" in place.run("config", "show").err


def test_a_case_file_is_read_whatever_is_set_for_reading_live(place: Place) -> None:
    place.user_file.write_text('timeout = 5\norg-profile = "management"\n[accounts]\n111111111111 = "ours"\n')
    assert place.run("demo").code == 0
    case = place.home / "case.json"
    place.run("demo", "external-id", "--save-case", str(case))
    assert place.run("check", "--case", str(case)).code == 1


@pytest.fixture
def sts() -> Iterator[Sts]:
    reader = "arn:aws:iam::222222222222:user/reader"
    with served(Sts({KEYS["ours"]: USER, KEYS["theirs"]: reader})) as sts:
        yield sts


@pytest.mark.parametrize("command", ["collect", "doctor"])
def test_an_account_is_read_with_its_profile(command: str, place: Place, sts: Sts) -> None:
    config = place.home / "config"
    config.write_text(
        "".join(
            f"[profile {name}]\nregion = eu-west-1\naws_access_key_id = {key}\naws_secret_access_key = wJalrXUtnFEMI\n"
            for name, key in KEYS.items()
        )
    )
    aws = {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": "/none", "AWS_ENDPOINT_URL": sts.url}
    place.user_file.write_text('[accounts]\n111111111111 = "ours"\n222222222222 = "nobody"\n')
    run = place.run(command, USER, ROLE, XDIAG_ACCOUNTS="222222222222=theirs", **aws)
    assert len(sts.sent("GetCallerIdentity")) == 2
    assert sts.sent("GetUser")
    assert sts.sent("GetRole")
    assert "no credentials" not in run.out.lower()
    named = place.run(command, USER, ROLE, "--dest-profile", "ours", XDIAG_ACCOUNTS="222222222222=theirs", **aws)
    assert "222222222222" in named.out
    assert "profile `theirs`" not in named.out


@pytest.mark.parametrize(
    "command",
    [
        ("--help",),
        ("check", "--help"),
        ("demo",),
        ("explain", "trust-nothing-fits"),
        ("rules", "list"),
        ("permissions",),
        ("schema", "case"),
    ],
    ids=" ".join,
)
def test_a_mistake_in_the_file_ends_no_command_that_answers_without_it(command: tuple[str, ...], place: Place) -> None:
    right = place.run(*command)
    place.user_file.write_text("output = \n")
    run = place.run(*command)
    assert (run.code, run.out) == (right.code, right.out)
    assert run.err.count("is not TOML") <= 1
    assert ("is not TOML" in run.err) is (command != ("--help",))


def test_a_mistake_in_the_file_ends_a_command_whose_answer_depends_on_it(place: Place) -> None:
    place.user_file.write_text("output = \n")
    run = place.run("check", USER, ROLE)
    assert (run.code, run.out) == (BAD_INPUT, "")
    assert "is not TOML" in run.err


def test_what_is_set_beside_a_mistake_is_shown(place: Place) -> None:
    place.user_file.write_text('timeout = "soon"\norg-profile = "management"\n')
    run = place.run("config", "show")
    assert run.code == BAD_INPUT
    assert "management" in run.out
    assert run.err.count("cannot be `soon`") == 1


def _profiles(place: Place, sts: Sts, extra: str) -> dict[str, str]:
    keys = "".join(
        f"[{name}]\naws_access_key_id = {key}\naws_secret_access_key = wJalrXUtnFEMI\n" for name, key in KEYS.items()
    )
    (place.home / "credentials").write_text(keys)
    (place.home / "config").write_text(extra)
    return {
        "AWS_CONFIG_FILE": str(place.home / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(place.home / "credentials"),
        "AWS_ENDPOINT_URL": sts.url,
    }


def test_the_role_of_a_profile_is_read_with_the_profile_that_is_set_for_its_account(place: Place, sts: Sts) -> None:
    aws = _profiles(place, sts, f"[profile p]\nrole_arn = {ROLE}\nsource_profile = ours\n")
    before = place.run("check", "--profile", "p", "--no-probe", "--output", "json", **aws)
    assert not sts.sent("GetRole"), "nobody in the role's account reads"
    place.user_file.write_text('[accounts]\n222222222222 = "theirs"\n')
    run = place.run("check", "--profile", "p", "--no-probe", "--output", "json", **aws)
    assert sts.sent("GetRole")
    assert run.report["source_arn"] == before.report["source_arn"] == USER


@pytest.mark.parametrize(
    "sections",
    [
        pytest.param(
            f"[profile ours]\nrole_arn = {ROLE}\nsource_profile = ours\n[profile p]\nrole_arn = {ROLE}\n"
            "source_profile = ours\n",
            id="the source asks for a role itself",
        ),
        pytest.param(
            f"[profile p]\nrole_arn = {ROLE}\nsource_profile = p\naws_access_key_id = {KEYS['ours']}\n"
            "aws_secret_access_key = wJalrXUtnFEMI\n",
            id="a profile that is its own source",
        ),
    ],
)
def test_keys_beside_a_role_sign_for_it(sections: str, place: Place, sts: Sts) -> None:
    aws = _profiles(place, sts, sections)
    run = place.run("check", "--profile", "p", "--output", "json", **aws)
    assert run.report["source_arn"] == USER
    assert run.report["probe"] == "assumed"
    assert len(sts.sent("AssumeRole")) == 1, "no role on the way to the signer"


A_LINE = "expected lines such as `timeout = 10`"
SOME_ACCOUNTS = (
    'expected `[accounts]`, and below it lines such as `111111111111 = "ours"`; as a variable `111111111111=ours`'
)
SOME_SECONDS = "expected a number of seconds, from 0.1 to 86,400"
NO_ACCOUNT = "is not an account and its profile"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("output = \n", "{} is not TOML: invalid value (at line 1, column 10)", A_LINE),
        (f"timeout = {'[' * 5000}\n", "{} is not TOML that can be read", A_LINE),
        ('outputt = "json"\n', "{}: there is no setting `outputt`", "did you mean `output`"),
        (
            "zzz = 1\n",
            "{}: there is no setting `zzz`",
            "expected one of output, redact, rules, pages, timeout, org-profile, accounts",
        ),
        ("redact = 3\n", "{}: `redact` cannot be `3`", "expected true or false"),
        ("timeout = 86401\n", "{}: `timeout` cannot be `86401`", SOME_SECONDS),
        ("timeout = 0.09\n", "{}: `timeout` cannot be `0.09`", SOME_SECONDS),
        ("[timeout]\n", "{}: `timeout` cannot be a table", SOME_SECONDS),
        ("rules = [1]\n", "{}: `rules` cannot be such a list", "expected a list of folders"),
        ('rules = [""]\n', "{}: `rules` cannot be such a list", "expected a list of folders"),
        ('org-profile = ""\n', "{}: `org-profile` cannot be ``", "expected a text"),
        (
            'pages = "ftp://x"\n',
            "{}: `pages` cannot be `ftp://x`",
            "expected the address of a site, such as https://docs.example.com/xdiag",
        ),
        ('accounts = "x"\n', "{}: `accounts` is not a table", SOME_ACCOUNTS),
        ('[accounts]\n1111111111112 = "x"\n', f"{{}}: `1111111111112` = `x` {NO_ACCOUNT}", SOME_ACCOUNTS),
        ('[accounts]\n111111111111 = ""\n', f"{{}}: `111111111111` = `` {NO_ACCOUNT}", SOME_ACCOUNTS),
        ("[accounts]\n111111111111 = []\n", f"{{}}: `111111111111` = such a list {NO_ACCOUNT}", SOME_ACCOUNTS),
    ],
)
def test_a_mistake_in_a_file_is_told_in_whole(text: str, message: str, hint: str, tmp_path: Path) -> None:
    file = tmp_path / "xdiag.toml"
    file.write_text(text)
    with pytest.raises(XdiagError) as error:
        read_settings(tmp_path, {"XDG_CONFIG_HOME": "/none"})
    assert (error.value.message, error.value.hint) == (message.format(f"`{file}`"), hint)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"XDIAG_TIMEOUT": "soon"}, "`XDIAG_TIMEOUT` cannot be `soon`"),
        ({"XDIAG_REDACT": "perhaps"}, "`XDIAG_REDACT` cannot be `perhaps`"),
        ({"XDIAG_ACCOUNTS": "1=x"}, f"XDIAG_ACCOUNTS in the environment: `1` = `x` {NO_ACCOUNT}"),
        ({"XDIAG_ACCOUNTS": "111111111111"}, f"XDIAG_ACCOUNTS in the environment: `111111111111` = `` {NO_ACCOUNT}"),
    ],
)
def test_a_mistake_in_a_variable_is_told_with_its_name(variables: dict[str, str], message: str, tmp_path: Path) -> None:
    _, (mistake, *more) = readable_settings(tmp_path, {"XDG_CONFIG_HOME": "/none", **variables})
    assert (mistake.message, more) == (message, [])


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        *(("XDIAG_REDACT", word, "redact", True) for word in ("true", "Yes", "1")),
        *(("XDIAG_REDACT", word, "redact", False) for word in ("FALSE", "no", "0")),
        ("XDIAG_TIMEOUT", "0.1", "timeout", 0.1),
        ("XDIAG_TIMEOUT", "86400", "timeout", 86400.0),
        ("XDIAG_RULES", "/a:/b", "rules", ["/a", "/b"]),
        ("XDIAG_ORG_PROFILE", "management", "org-profile", "management"),
        ("XDIAG_PAGES", "https://docs.example.com/x", "pages", "https://docs.example.com/x"),
    ],
)
def test_a_variable_is_read_as_its_setting_is(
    variable: str, text: str, name: str, value: object, tmp_path: Path
) -> None:
    settings = read_settings(tmp_path, {"XDG_CONFIG_HOME": "/none", variable: text})
    assert settings.values[name].value == value
    assert settings.values[name].origin == f"{variable} in the environment"


def test_accounts_of_a_variable_are_added_to_those_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "xdiag.toml"
    file.write_text('[accounts]\n111111111111 = "ours"\n222222222222 = "old"\n')
    given = {
        "XDG_CONFIG_HOME": "relative",
        "HOME": "/home/none",
        "XDIAG_ACCOUNTS": " 222222222222 = new ,333333333333=a",
    }
    settings = read_settings(tmp_path, given)
    assert {account: (each.value, each.origin) for account, each in settings.accounts.items()} == {
        "111111111111": ("ours", f"`{file}`"),
        "222222222222": ("new", "XDIAG_ACCOUNTS in the environment"),
        "333333333333": ("a", "XDIAG_ACCOUNTS in the environment"),
    }
    assert settings.profile_of("222222222222") == "new"
    assert settings.profile_of("444444444444") is None
    assert settings.files["user"].parts[-3:] == (".config", "xdiag", "xdiag.toml")


def test_what_is_shown_says_where_it_is_from_or_which_variable_sets_it(place: Place) -> None:
    place.user_file.write_text('timeout = 10\nrules = ["/a", "/b"]\nredact = true\n[accounts]\n111111111111 = "ours"\n')
    shown = {
        name: place.shown(name).split(maxsplit=1)[1].split("  ") for name in ("timeout", "rules", "redact", "pages")
    }
    assert {name: [part.strip() for part in parts if part] for name, parts in shown.items()} == {
        "timeout": ["10", f"from `{place.user_file}`"],
        "rules": ["/a, /b", f"from `{place.user_file}`"],
        "redact": ["true", f"from `{place.user_file}`"],
        "pages": ["-", "not set; XDIAG_PAGES"],
    }
    assert place.shown("accounts.111111111111").endswith(f"from `{place.user_file}`")
    assert place.shown("user file").split()[-1] == "read"
