"""No policy stands twice in a ticket."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES
from tests.report.test_lengths import diagnosed, every_case

from diagnose.model.diagnosis import Diagnosis
from diagnose.report import Format, render
from diagnose.report.blocks import Block, Folded, Listing, Paragraph, Section
from diagnose.report.once import each_once
from diagnose.report.outline import outline

POLICY = '{\n  "Version": "2012-10-17"\n}'
OTHER = '{\n  "Version": "2008-10-17"\n}'
DOCUMENT = Listing("policy `p`", "json", POLICY)
COMMAND = Listing("AWS CLI", "sh", f"aws iam put <<X\n{POLICY}\nX")
TEMPLATE = Listing("CloudFormation", "yaml", '{"a":\n    {\n      "Version": "2012-10-17"\n    }}')
LETTER = Listing("message", "text", f"Please change it to:\n\n{POLICY}")
QUESTION = Listing("message", "text", "Is it meant so?")
PLAIN = Listing("Terraform", "hcl", "seconds = 3600")


def _named(titles: str) -> Paragraph:
    return Paragraph(f"As files of `--write-fix DIR`: {titles}.")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param([Folded((PLAIN, DOCUMENT))], [Folded((PLAIN, DOCUMENT))], id="nothing is repeated"),
        pytest.param(
            [Folded((COMMAND, TEMPLATE, DOCUMENT))],
            [Folded((COMMAND,)), _named("CloudFormation, policy `p`")],
            id="the first that holds it is shown",
        ),
        pytest.param(
            [Folded((COMMAND, DOCUMENT, LETTER))],
            [
                Folded((COMMAND, Listing("message", "text", "Please change it to:\n\n(It stands above.)"))),
                _named("policy `p`"),
            ],
            id="a message keeps its words",
        ),
        pytest.param(
            [Folded((COMMAND, DOCUMENT, replace(LETTER, beside="As above.")))],
            [Folded((COMMAND, Listing("message", "text", "As above.", "As above."))), _named("policy `p`")],
            id="a message has words of its own for what stands above it",
        ),
        pytest.param(
            [Folded((replace(LETTER, beside="As above."),))],
            [Folded((replace(LETTER, beside="As above."),))],
            id="a message encloses what stands nowhere else",
        ),
        pytest.param([Folded((replace(QUESTION, beside=""),))], [], id="a message of which all is said above"),
        pytest.param(
            [Section("a", (DOCUMENT,)), Section("b", (Folded((TEMPLATE,)),))],
            [Section("a", (DOCUMENT,)), Section("b", (_named("CloudFormation"),))],
            id="in another section",
        ),
        pytest.param(
            [Folded((DOCUMENT,)), Folded((Listing("policy `q`", "json", OTHER),))],
            [Folded((DOCUMENT,)), Folded((Listing("policy `q`", "json", OTHER),))],
            id="another policy",
        ),
        pytest.param(
            [Folded((DOCUMENT,)), Folded((PLAIN, COMMAND), spare=True)],
            [Folded((DOCUMENT,)), _named("Terraform, AWS CLI")],
            id="of a fix that another one spares",
        ),
    ],
)  # fmt: skip
def test_a_document_is_shown_once(before: list[Block], after: list[Block]) -> None:
    assert each_once(before) == tuple(after)


@every_case
def test_no_policy_stands_twice_in_markdown(path: Path) -> None:
    _stands_once(diagnosed(path))


@pytest.mark.parametrize("name", EVERY)
def test_no_policy_of_a_story_stands_twice(name: str) -> None:
    _stands_once(EVERY[name](NAMES))


def test_there_are_policies_to_show() -> None:
    assert list(_documents(outline(EVERY["wrong-principal"](NAMES)).blocks))


def _stands_once(diagnosis: Diagnosis) -> None:
    written = "".join(render(diagnosis, Format.MARKDOWN).split())
    for document in set(_documents(outline(diagnosis).blocks)):
        assert written.count("".join(document.split())) == 1


def _documents(blocks: Iterable[Block]) -> Iterable[str]:
    for block in blocks:
        match block:
            case Section():
                yield from _documents(block.blocks)
            case Folded(spare=False):
                yield from _documents(block.listings)
            case Listing(language="json"):
                yield block.text
