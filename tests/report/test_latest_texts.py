"""What reports remember of documents is bounded by their letters, and nothing is made twice that is at hand."""

from collections.abc import Callable

from diagnose.report.latest_texts import of_latest_texts


def first_letter(made: list[str]) -> Callable[[str], str]:
    """Make a function that writes down of what it was asked, and remembers."""

    @of_latest_texts
    def first(text: str) -> str:
        made.append(text[0])
        return text[0]

    return first


def test_what_is_asked_for_again_is_not_made_again() -> None:
    made: list[str] = []
    first = first_letter(made)
    assert [first(text) for text in ("a", "b", "a", "b")] == ["a", "b", "a", "b"]
    assert made == ["a", "b"]


def test_what_was_not_asked_for_longest_goes_first_where_there_is_no_more_room() -> None:
    made: list[str] = []
    first = first_letter(made)
    for text in ("a" * 150_000, "b" * 150_000, "a" * 150_000, "c" * 150_000, "a" * 150_000, "b" * 150_000):
        assert first(text) == text[0]
    assert made == ["a", "b", "c", "b"]


def test_a_text_longer_than_all_may_be_is_remembered_alone() -> None:
    made: list[str] = []
    first = first_letter(made)
    for text in ("a", "b" * 500_000, "b" * 500_000, "a", "b" * 500_000):
        first(text)
    assert made == ["a", "b", "a", "b"]
