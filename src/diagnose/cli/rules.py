"""`xdiag rules`, `xdiag explain` and `xdiag facts`: the rules that name causes, and what they match."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from diagnose.causes.rule import Rule
from diagnose.cli.completion import rule_ids
from diagnose.cli.help import GroupedCommand, help_text
from diagnose.cli.options import RuleFolders
from diagnose.errors import XdiagError

rules = typer.Typer(
    help=help_text(
        """
        List, show, check and draft the rules that name causes.

            xdiag rules list

            xdiag rules new trust-tag-missing --case ticket.json

        Exit codes: 0 done, 1 an example fails, 2 bad usage or input.
        """
    ),
    no_args_is_help=True,
    rich_markup_mode=None,
)


RuleId = Annotated[
    str, typer.Argument(metavar="RULE", help="A rule's id; see 'xdiag rules list'.", autocompletion=rule_ids)
]


def list_rules(folders: RuleFolders = None) -> None:
    """List every rule with its cause.

        xdiag rules list --rules our-rules/

    Exit codes: 0 listed, 2 bad usage or a broken rule.
    """
    from diagnose.causes.sentences import title_of
    from diagnose.cli.output import print_result
    from diagnose.loading import load_rules
    from diagnose.report.safe_text import visible

    known = load_rules(folders or ())
    longest = max((len(rule.id) for rule in known), default=0)
    print_result("\n".join(f"{rule.id:<{longest}}  {visible(title_of(rule.title))}" for rule in known))


def show_rule(name: RuleId, folders: RuleFolders = None) -> None:
    """Print the file of one rule.

        xdiag rules show external-id-differs

    Exit codes: 0 printed, 2 bad usage or no such rule.
    """
    from diagnose.causes.rule import rule_by_id
    from diagnose.causes.rule_file import rule_files
    from diagnose.causes.rule_folders import rule_folders
    from diagnose.cli.output import print_result
    from diagnose.loading import load_rules

    known = load_rules(folders or ())
    rule = rule_by_id(known, name)
    if rule is None:
        raise unknown_rule(name, known)
    path = next(path for path in rule_files(rule_folders(folders or ())) if path.stem == rule.id)
    _print_new_id(name, rule.id)
    print_result(_shown(path.read_text(encoding="utf-8")))


def check_rules(
    folders: Annotated[list[Path] | None, typer.Argument(metavar="[DIR]...", help="Folders of your own rules.")] = None,
) -> None:
    """Run the examples of your rules, or of all rules.

    Reads every rule, too, and makes sure that none fires in a world in which AWS allows the request.

        xdiag rules check our-rules/

    Exit codes: 0 all examples pass, 1 an example fails, 2 bad usage or a broken rule.
    """
    from diagnose.authoring.examples import try_rules
    from diagnose.causes.rule_file import load_examples
    from diagnose.causes.rule_folders import rule_folders
    from diagnose.cli.output import print_result
    from diagnose.loading import load_rules
    from diagnose.report.safe_text import visible

    known = load_rules(folders or ())
    examples = load_examples(folders or rule_folders())
    for rule in known:
        for note in rule.notes:
            print_result(visible(f"{rule.id}: note: {note}"))
    faults = list(try_rules(known, examples))
    for fault in faults:
        print_result(visible(f"{fault.rule or 'worlds'}: {fault.example}: {fault.message}"))
    tried = sum(map(len, examples.values()))
    counted = f"{len(faults)} fault" if len(faults) == 1 else f"{len(faults)} faults"
    print_result(f"{len(examples)} of {len(known)} rules, {tried} examples, {counted}")
    raise typer.Exit(1 if faults else 0)


def new_rule(
    name: Annotated[str, typer.Argument(metavar="RULE", help="The new rule's id, such as trust-tag-missing.")],
    folder: Annotated[
        Path, typer.Option("--to", metavar="DIR", help="Folder to write it to; made if it does not exist.")
    ] = Path("our-rules"),
    case_file: Annotated[
        Path | None, typer.Option("--case", metavar="FILE", help="A case that the rule should explain.")
    ] = None,
) -> None:
    """Draft a rule, with the facts of a case to choose from.

        xdiag rules new trust-tag-missing --case ticket.json

    Exit codes: 0 written, 2 bad usage or input.
    """
    import re
    from shlex import quote

    from diagnose.authoring.draft import drafted
    from diagnose.loading import load_case

    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name):
        raise XdiagError(
            f"`{name}` is not a rule id", hint="expected lower-case words joined by dashes, such as `trust-tag-missing`"
        )
    path = folder / f"{name}.yaml"
    text = drafted(name, load_case(case_file) if case_file else None)
    try:
        if not folder.exists():
            folder.mkdir()
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise XdiagError(f"`{path}` already exists", hint="choose another id, or edit that file") from None
    except OSError as error:
        raise XdiagError(f"`{path}` cannot be written", hint=f"{error.strerror or error}".lower()) from None
    typer.echo(f"wrote {path}; finish it, then run `xdiag rules check {quote(str(folder))}`", err=True)


def explain(name: RuleId, folders: RuleFolders = None) -> None:
    """Explain one cause: what it is, what it looks like, how to fix it.

        xdiag explain external-id-differs

    Exit codes: 0 explained, 2 bad usage or no such rule.
    """
    from diagnose.authoring.cause_pages import page
    from diagnose.causes.rule import rule_by_id
    from diagnose.causes.rule_file import load_examples
    from diagnose.causes.rule_folders import rule_folders
    from diagnose.cli.output import print_result
    from diagnose.loading import load_rules

    known = load_rules(folders or ())
    rule = rule_by_id(known, name)
    if rule is None:
        raise unknown_rule(name, known)
    _print_new_id(name, rule.id)
    print_result(_shown(page(rule, known, load_examples(rule_folders(folders or ()))[rule.id])))


def facts(
    case_file: Annotated[Path, typer.Argument(metavar="CASE", help="A case file ('-': standard input).")],
) -> None:
    """Print the facts of a case in the form that a rule's `when` takes.

    To write a rule, delete the lines that are not the cause.

        xdiag facts ticket.json

    Exit codes: 0 whatever the verdict, 2 bad usage or input.
    """
    from diagnose.causes.gather import gather_facts
    from diagnose.causes.vocabulary import facts_as_yaml
    from diagnose.cli.output import print_result
    from diagnose.evaluate.decision import decide
    from diagnose.loading import load_case

    case = load_case(case_file)
    print_result(facts_as_yaml(gather_facts(case, decide(case))) or "# allowed: there is nothing to explain\n")


def unknown_rule(name: str, known: Sequence[Rule]) -> XdiagError:
    """Say that no rule is called so, and which one may be meant."""
    from difflib import get_close_matches

    close = get_close_matches(name, [rule.id for rule in known], n=1)
    hint = f"did you mean `{close[0]}`" if close else "see `xdiag rules list`"
    shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}..."
    return XdiagError(f"there is no rule `{shown}`", hint=hint)


_LONGEST_NAME = 200


def _shown(text: str) -> str:
    """Escape what does not show in lines: a rule may be somebody else's."""
    from diagnose.report.safe_text import visible

    return "\n".join(map(visible, text.split("\n")))


def _print_new_id(name: str, now: str) -> None:
    if name != now:
        typer.echo(f"the rule `{name}` is now called `{now}`", err=True)


for command, name in ((list_rules, "list"), (show_rule, "show"), (check_rules, "check"), (new_rule, "new")):
    rules.command(name, help=help_text(command.__doc__ or ""), cls=GroupedCommand)(command)
