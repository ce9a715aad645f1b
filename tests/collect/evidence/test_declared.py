"""What is said where files declare neither side."""

import pytest

from diagnose.collect.evidence.declared import Declaration, Declared, not_declared

SOURCE, ROLE = "arn:aws:iam::111111111111:role/App", "arn:aws:iam::222222222222:role/Deploy"


@pytest.mark.parametrize(
    ("entities", "hint"),
    [
        pytest.param((), "it declares no role", id="nothing"),
        pytest.param((Declared("user", "aws_iam_user.a", name="a"),), "it declares no role", id="a user"),
        pytest.param(
            (
                Declared("role", "aws_iam_role.a", arn="arn:aws:iam::333333333333:role/A", name="A"),
                Declared("role", "aws_iam_role.b", name="B"),
                Declared("role", "aws_iam_role.c"),
            ),
            "its roles are `arn:aws:iam::333333333333:role/A`, `B`, `aws_iam_role.c`",
            id="each by the best that is known",
        ),
        pytest.param(
            tuple(Declared("role", "x", name=name) for name in "ABCDE"),
            "its roles are `A`, `B`, `C`, `D`, `E`",
            id="as many as are named",
        ),
        pytest.param(
            tuple(Declared("role", "x", name=name) for name in "ABCDEF"),
            "its roles are `A`, `B`, `C`, `D`, `E` ...",
            id="more than are named",
        ),
    ],
)
def test_its_roles_are_named(entities: tuple[Declared, ...], hint: str) -> None:
    error = not_declared((Declaration("state.json", "a state", entities),), SOURCE, ROLE)
    assert str(error) == f"`state.json` declares neither `{SOURCE}` nor `{ROLE}`"
    assert error.hint == hint


def test_every_file_is_named() -> None:
    files = [Declaration(place, "a state", ()) for place in ("a.json", "b.json")]
    assert str(not_declared(files, SOURCE, ROLE)).startswith("`a.json`, `b.json` declares neither")
