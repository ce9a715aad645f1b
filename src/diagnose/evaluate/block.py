"""Condition blocks: operator to key to one or many values, compiled into tests.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
"""

from diagnose.evaluate.condition import Test, parse_operator
from diagnose.evaluate.flaws import Flaw, Flaws
from diagnose.evaluate.kept import Kept
from diagnose.model.json_text import encode_json, repeated_keys
from diagnose.model.pointer import escaped


class Block:
    """A compiled block: its tests, all of which must hold, and whether a flaw keeps it from being told."""

    __slots__ = ("_flaws", "broken", "tests")

    def __init__(self, tests: list[Test], flaws: Flaws) -> None:
        """Take what was read; operands are compiled, and found malformed, when they are first looked at."""
        self.tests, self.broken, self._flaws = tests, flaws.broken, flaws.found

    @property
    def flaws(self) -> list[Flaw]:
        """What AWS would not accept of it."""
        malformed = [
            Flaw(operand.pointer, f"`{test.written}` cannot compare `{operand.text.written}`")
            for test in self.tests
            for operand in test.operands
            if operand.malformed
        ]
        return self._flaws + malformed


_blocks: Kept[Block] = Kept()


def compile_block(read: object, pointer: str, *, variables: bool) -> Block:
    """Compile a block, or take what was compiled before of the same block in the same place and language.

    A condition on the organization, say, stands in documents that are otherwise all different.
    """
    content = encode_json(read)
    if b"null" in content or _repeats(read):
        # Written anew, a key that is repeated stands once, and infinity, which JSON does not have, is null.
        return _compile(read, pointer, variables=variables)
    key = (pointer, variables, content)
    return _blocks.find(key) or _blocks.offer(key, _compile(read, pointer, variables=variables), len(content))


def _repeats(read: object) -> bool:
    """Say whether a block repeats an operator, or a key under one."""
    return bool(repeated_keys(read)) or any(map(repeated_keys, read.values() if isinstance(read, dict) else ()))


def _compile(read: object, pointer: str, *, variables: bool) -> Block:
    tests: list[Test] = []
    flaws = Flaws()
    if not isinstance(read, dict):
        flaws.add(pointer, "expected an object of condition operators")
        return Block(tests, flaws)
    repeated = flaws.repeated(read, pointer)
    for written, tested in read.items():
        where = f"{pointer}/{escaped(written)}"
        if not isinstance(tested, dict):
            flaws.add(where, "expected an object of condition keys")
            continue
        if parse_operator(written)[1] is None:
            flaws.note(where, f"AWS knows no condition operator `{written}`")
        repeated = flaws.repeated(tested, where) or repeated
        for key, given in tested.items():
            place = f"{where}/{escaped(key)}"
            values = flaws.texts(given, place, unquoted=True)
            tests.append(Test(written, key, values, place, variables=variables))
    return Block([] if repeated else tests, flaws)
