"""Slips: what is so nearly a word of AWS's that it was meant for it, and gives nobody away."""


def within_a_slip(text: str, word: str) -> bool:
    """Say whether a text is a word, but for one letter changed, missing or too many, or two neighbours swapped."""
    if abs(len(text) - len(word)) > 1:
        return False
    start = next((place for place, letter in enumerate(word) if text[place : place + 1] != letter), len(word))
    rest, right = text[start:], word[start:]
    if len(text) != len(word):
        return rest[1:] == right if len(text) > len(word) else rest == right[1:]
    return rest[1:] == right[1:] or (rest[:2] == right[1::-1] and rest[2:] == right[2:])
