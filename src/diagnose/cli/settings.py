"""What a user types every time, kept in `xdiag.toml` or in the environment: a row for each setting.

A flag outranks a variable, a variable the project's file, and that the user's.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from diagnose.cli.clock import A_DAY
from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError

FILE = "xdiag.toml"


class Setting(Struct, frozen=True):
    """A setting, its variable, and the parameters that it is the default of, by command.

    There are none where the setting is about reading live, which `configured` sees to. `read` makes a value of what a
    file or a variable holds, relative to a folder; it raises ValueError with what was expected.
    """

    name: str
    variable: str
    read: Callable[[object, Path], Any]
    parameters: Mapping[str, Sequence[str]] = {}


class Chosen(Struct, frozen=True):
    """A value and where it comes from, for people."""

    value: Any
    origin: str


class Settings(Struct, frozen=True):
    """All that is set. `accounts` are the AWS profiles by the number of their account."""

    values: Mapping[str, Chosen]
    accounts: Mapping[str, Chosen]
    files: Mapping[str, Path]
    """Where was looked: the user's and the project's file, whether they are there or not."""

    def profile_of(self, account: str) -> str | None:
        """Give the AWS profile for an account; None where none is set."""
        chosen = self.accounts.get(account)
        return None if chosen is None else str(chosen.value)


def read_settings(folder: Path, environment: Mapping[str, str]) -> Settings:
    """Read what is set for work in a folder. Raises XdiagError, with the place, for what cannot be a setting."""
    settings, mistakes = readable_settings(folder, environment)
    if mistakes:
        raise mistakes[0]
    return settings


def readable_settings(folder: Path, environment: Mapping[str, str]) -> tuple[Settings, tuple[XdiagError, ...]]:
    """Read what is set for work in a folder, as far as it can be; and say of the rest what is wrong.

    What a mistake leaves out is what it is in: a setting, or a file that cannot be read at all.
    """
    files = {"user": _of_user(environment), "project": _of_project(folder)}
    values: dict[str, Chosen] = {}
    accounts: dict[str, Chosen] = {}
    mistakes: list[XdiagError] = []
    for path in dict.fromkeys(files.values()):
        with _noted(mistakes):
            for name, held in _table(path).items():
                with _noted(mistakes):
                    if name == _ACCOUNTS:
                        accounts.update(_accounts(held, f"`{path}`"))
                    else:
                        read = _read(_setting(name, path), held, path.parent, f"`{path}`: `{name}`")
                        values[name] = Chosen(read, f"`{path}`")
    for setting in SETTINGS:
        if text := environment.get(setting.variable):
            with _noted(mistakes):
                origin = f"{setting.variable} in the environment"
                values[setting.name] = Chosen(_read(setting, text, folder, f"`{setting.variable}`"), origin)
    if text := environment.get(_ACCOUNTS_VARIABLE):
        with _noted(mistakes):
            pairs = [pair.partition("=") for pair in text.split(",")]
            of_environment = {account.strip(): profile.strip() for account, _, profile in pairs}
            accounts.update(_accounts(of_environment, f"{_ACCOUNTS_VARIABLE} in the environment"))
    return Settings(values, accounts, files), tuple(mistakes)


def folder_of_work() -> Path:
    """Give the folder that xdiag was started in, or nothing to look in where it is there no more."""
    try:
        return Path.cwd()
    except OSError:
        return Path()


def defaults(settings: Settings) -> dict[str, Any]:
    """Give the defaults of all commands in the form in which Click takes them: by command, then by parameter."""
    defaults: dict[str, Any] = {}
    for setting in SETTINGS:
        if setting.name in settings.values:
            for command, parameters in setting.parameters.items():
                within = defaults
                for part in command.split():
                    within = within.setdefault(part, {})
                within |= dict.fromkeys(parameters, settings.values[setting.name].value)
    return defaults


@contextmanager
def _noted(mistakes: list[XdiagError]) -> Iterator[None]:
    try:
        yield
    except XdiagError as mistake:
        mistakes.append(mistake)


def _text(held: object, _: Path) -> str:
    if not isinstance(held, str) or not held:
        raise ValueError("a text")
    return held


def _address(held: object, _: Path) -> str:
    from diagnose.cli.page_links import is_web_address

    if not isinstance(held, str) or not is_web_address(held):
        raise ValueError("the address of a site, such as https://docs.example.com/xdiag")
    return held


def _format(held: object, _: Path) -> str:
    from diagnose.report import Format

    if held not in list(Format):
        raise ValueError(f"one of {', '.join(Format)}")
    return str(held)


def _yes_or_no(held: object, _: Path) -> bool:
    """Read a truth; in the environment it is a word."""
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    answer = held if isinstance(held, bool) else words.get(held.lower()) if isinstance(held, str) else None
    if answer is None:
        raise ValueError("true or false")
    return answer


def _seconds(held: object, _: Path) -> float:
    try:
        seconds = float(held) if isinstance(held, str | int | float) and not isinstance(held, bool) else 0
    except (ValueError, OverflowError):
        seconds = 0
    if not 0.1 <= seconds <= A_DAY:
        raise ValueError(f"a number of seconds, from 0.1 to {A_DAY:,.0f}")
    return seconds


def _folders(held: object, base: Path) -> list[str]:
    """Read folders, which are meant from where they are written; in the environment they are joined as in PATH."""
    folders = held.split(os.pathsep) if isinstance(held, str) else held
    if not isinstance(folders, list) or not all(isinstance(each, str) and each for each in folders):
        raise ValueError("a list of folders")
    return [str(base / _expanded(each)) for each in folders]


_ANSWERING = ("check", "demo", "explain-error")
SETTINGS = (
    Setting("output", "XDIAG_OUTPUT", _format, dict.fromkeys(_ANSWERING, ("output",))),
    Setting("redact", "XDIAG_REDACT", _yes_or_no, dict.fromkeys((*_ANSWERING, "collect", "serve"), ("redact",))),
    Setting(
        "rules",
        "XDIAG_RULES",
        _folders,
        dict.fromkeys((*_ANSWERING, "batch", "compare", "matrix", "serve"), ("rules",))
        | dict.fromkeys(("explain", "rules list", "rules show"), ("folders",)),
    ),
    Setting("pages", "XDIAG_PAGES", _address, dict.fromkeys(_ANSWERING, ("pages",))),
    Setting("timeout", "XDIAG_TIMEOUT", _seconds),
    Setting("org-profile", "XDIAG_ORG_PROFILE", _text),
)
"""Every setting but `[accounts]`, which is a table of its own."""

_ACCOUNTS, _ACCOUNTS_VARIABLE = "accounts", "XDIAG_ACCOUNTS"


def _of_user(environment: Mapping[str, str]) -> Path:
    """Name the user's file.

    Source: https://specifications.freedesktop.org/basedir-spec/latest/
    """
    configured = environment.get("XDG_CONFIG_HOME", "")
    home = Path(configured) if Path(configured).is_absolute() else _expanded("~/.config")
    return home / "xdiag" / FILE


def _of_project(folder: Path) -> Path:
    """Name the project's file: the nearest one, up to the root of the repository.

    Outside of a repository only the folder itself counts: those above may belong to anybody, such as `/tmp`.
    """
    above = [folder, *folder.parents]
    root = next((at for at, each in enumerate(above) if os.path.exists(each / ".git")), 0)
    return next((each / FILE for each in above[: root + 1] if os.path.lexists(each / FILE)), folder / FILE)


def _table(path: Path) -> Mapping[str, object]:
    if not os.path.lexists(path):
        return {}
    import tomllib

    from diagnose.collect.input import read_text

    text = read_text(path, _LARGEST)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        why = str(error)
        raise XdiagError(f"`{path}` is not TOML: {why[:1].lower()}{why[1:]}", hint=_TOML) from None
    except (ValueError, RecursionError):  # a number with more digits than Python reads; lists in lists without end
        raise XdiagError(f"`{path}` is not TOML that can be read", hint=_TOML) from None


_LARGEST = 2**20
_TOML = "expected lines such as `timeout = 10`"


def _setting(name: str, path: Path) -> Setting:
    for setting in SETTINGS:
        if setting.name == name:
            return setting
    from difflib import get_close_matches

    known = [*(setting.name for setting in SETTINGS), _ACCOUNTS]
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean `{near[0]}`" if near else f"expected one of {', '.join(known)}"
    raise XdiagError(f"`{path}`: there is no setting `{quotable(name)}`", hint=hint)


def _read(setting: Setting, held: object, base: Path, place: str) -> object:
    try:
        return setting.read(held, base)
    except ValueError as error:
        raise XdiagError(f"{place} cannot be {_words(held)}", hint=f"expected {error}") from None


def _words(held: object) -> str:
    """Quote a value, but for what may be longer than a sentence."""
    if isinstance(held, dict | list):
        return "a table" if isinstance(held, dict) else "such a list"
    return f"`{quotable(str(held))}`"


def _accounts(held: object, origin: str) -> Iterator[tuple[str, Chosen]]:
    if not isinstance(held, dict):
        raise XdiagError(f"{origin}: `{_ACCOUNTS}` is not a table", hint=_EXAMPLE)
    for account, profile in held.items():
        if not re.fullmatch(r"[0-9]{12}", account) or not isinstance(profile, str) or not profile:
            raise XdiagError(
                f"{origin}: `{quotable(account)}` = {_words(profile)} is not an account and its profile", hint=_EXAMPLE
            )
        yield account, Chosen(profile, origin)


_EXAMPLE = (
    'expected `[accounts]`, and below it lines such as `111111111111 = "ours"`; as a variable `111111111111=ours`'
)


def _expanded(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:  # no home
        return Path(path)
