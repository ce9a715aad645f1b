"""A paste out of a terminal: an ARN is read on across a break inside of it, and never into the sentence behind."""

import re

import pytest

from diagnose.model.error_text.paste import MOST_CHARACTERS, arn_at, clean_paste, loose_pattern

USER, ROLE = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"
# As wide as a line that a terminal has broken.
BEFORE = "An error occurred (AccessDenied): User: "
FULL = f"{BEFORE}arn:aws:iam::222222222222:role/Dep"


@pytest.mark.parametrize(
    ("paste", "arn"),
    [
        pytest.param(f"{USER} is not authorized", USER, id="a sentence goes on"),
        pytest.param(f"{USER}.", USER, id="a sentence ends"),
        pytest.param(f'"{USER}", "x"', USER, id="in quotes"),
        pytest.param(f"{USER}</Message>", USER, id="in XML"),
        pytest.param(f"{USER}\nis not authorized", USER, id="a break behind it"),
        pytest.param(f"{BEFORE}{USER}\nis not authorized", USER, id="a break behind it, in a full line"),
        pytest.param(f"{BEFORE}{USER}\nPlease", f"{USER}Please", id="a word that may be the rest of a name"),
        pytest.param(f"{USER}\nPlease", USER, id="a word behind a line that no terminal broke"),
        pytest.param(f"{BEFORE}{USER}\n(request", USER, id="no rest of a name"),
        pytest.param(f"{USER} is\nnot", USER, id="a break further on"),
        pytest.param(f"{FULL}\nloy", ROLE, id="broken in its name"),
        pytest.param("arn:aws:iam::2222\n22222222:role/Deploy with an explicit deny", ROLE, id="broken in its account"),
        pytest.param("arn:aws:iam::222222222222:\nrole/Deploy with", ROLE, id="broken before its kind"),
        pytest.param("arn:aws:iam::222222222222:role/\nDeploy with", ROLE, id="broken before its name"),
        pytest.param("arn:aws:iam::1 is\nnot", "arn:aws:iam::1", id="no whole ARN, in a sentence that goes on"),
        pytest.param("arn:aws:\niam::222222222222\n:role/Deploy", ROLE, id="broken twice"),
    ],
)
def test_an_arn_ends_where_it_ends(paste: str, arn: str) -> None:
    assert arn_at(paste, paste.index("arn:")) == arn


@pytest.mark.parametrize(
    ("paste", "clean"),
    [
        pytest.param("\x1b[31mAccess\x1b[0m  denied\r", "Access denied", id="colours"),
        pytest.param("\x1b]8;;https://example.com\x07Access\x1b]8;;\x07", "Access", id="a link"),
        pytest.param("│ Access │\n│ denied │", "Access\ndenied", id="a frame"),
        pytest.param("> Access\n> denied", "Access\ndenied", id="quoted"),
        pytest.param("-----\nAccess\n=====", "Access", id="lines"),
        pytest.param("Acc\u00adess\u200b", "Access", id="what nobody sees"),
        pytest.param('{\\"Message\\": \\"Access\\ndenied\\"}', '{"Message": "Access\ndenied"}', id="JSON in a text"),
        pytest.param("a &lt;b&gt; &amp; c", "a <b> & c", id="HTML"),
        pytest.param("<Error><Code>AccessDenied</Code></Error>", "Code: AccessDenied", id="XML"),
        pytest.param("a \n \n b", "a\nb", id="empty lines"),
    ],
)
def test_a_paste_is_cleaned_of_what_is_not_text(paste: str, clean: str) -> None:
    assert clean_paste(paste) == clean


def test_of_a_long_paste_beginning_and_end_are_read() -> None:
    clean = clean_paste(f"begin{'x' * MOST_CHARACTERS}end")
    assert clean.startswith("begin")
    assert clean.endswith("end")
    assert "\n...\n" in clean
    assert len(clean) <= MOST_CHARACTERS + 5


def test_a_phrase_is_found_across_a_break_and_without_its_spaces() -> None:

    for text in ("is not authorized", "is not autho\nrized", "isnotauthorized"):
        assert re.search(loose_pattern("is not authorized"), text)
    assert not re.search(loose_pattern("is not authorized"), "is now authorized")
