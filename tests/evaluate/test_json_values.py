"""Values of a document: the place of every text."""

from diagnose.evaluate.json_values import Texts


def test_each_text_has_its_place() -> None:
    assert list(Texts(("a",), "/here", alone=True)) == [("a", "/here")]
    assert list(Texts(("a", "b"), "/here", alone=False)) == [("a", "/here/0"), ("b", "/here/1")]
    assert list(Texts((), "/here", alone=False)) == []
