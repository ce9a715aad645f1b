"""A report grows with its case, and not with the square of it."""

from collections.abc import Callable

import pytest
from tests.cases import case, deny, identity, on

from diagnose.loading import load_rules
from diagnose.model.case import Case
from diagnose.pipeline import diagnose
from diagnose.report import Format, render


def _keys(number: int) -> list[str]:
    return [f"aws:PrincipalTag/t{place}" for place in range(number)]


def conditions(number: int) -> Case:
    wanted = dict.fromkeys(_keys(number), "x")
    return case("cross-account", identity_policies=identity(on("*", Condition={"StringEquals": wanted})))


def unknown_conditions(number: int) -> Case:
    wanted = dict.fromkeys(_keys(number), "x")
    return case(
        "cross-account",
        identity_policies=identity(on("*", Condition={"StringEquals": wanted})),
        request={"unknown": _keys(number)},
    )


def unknown_denies(number: int) -> Case:
    denies = [deny(Resource="*", Condition={"StringEquals": {key: "x"}}) for key in _keys(number)]
    return case("cross-account", identity_policies=identity(on("*"), *denies), request={"unknown": _keys(number)})


@pytest.mark.parametrize("many", [conditions, unknown_conditions, unknown_denies])
@pytest.mark.parametrize("form", [Format.TEXT, Format.MARKDOWN, Format.JSON, Format.HTML])
def test_a_report_grows_no_faster_than_its_case(many: Callable[[int], Case], form: Format) -> None:
    small, large = (len(render(diagnose(many(number), load_rules()), form)) for number in (30, 90))
    assert large < 4 * small


def test_what_is_not_told_in_full_is_counted() -> None:
    report = render(diagnose(conditions(90), load_rules()), Format.TEXT)
    words = " ".join(report.split())
    assert "and 81 more" in words
    assert report.count("    Certain.\n") == 20
    assert words.count("Tag the user `builder` with") == 40
    assert "50 more causes of the same kinds" in words


def test_of_a_name_that_aws_would_not_take_the_beginning_is_shown() -> None:
    asked = case("cross-account", request={"parameters": {"session_name": "x" * 100_000}})
    report = render(diagnose(asked, load_rules()), Format.TEXT)
    assert "(100,000 characters)" in " ".join(report.split())
