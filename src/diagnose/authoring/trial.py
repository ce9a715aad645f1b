"""Rules on trial: each example is decided for real, and must come out as it says."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from diagnose.authoring.worlds import case_of, worlds
from diagnose.causes.rule import Example, Rule, named
from diagnose.model.diagnosis import Certainty, Finding
from diagnose.pipeline import diagnose


class Fault(Struct, frozen=True):
    """What an example does not bear out. `rule` is empty where it is about a world."""

    rule: str
    example: str
    message: str


def try_rules(rules: Sequence[Rule], examples: Mapping[str, Sequence[Example]]) -> Iterator[Fault]:
    """Try every example of every rule, and every world as it is. `examples` go by the rule's id."""
    for world in worlds():
        untouched = Example("as it is", world, {}, "silent")
        told = ", ".join(finding.rule for finding in findings(rules, untouched))
        if told:
            yield Fault("", world, f"the world `{world}` is allowed, and yet explained by {told}")
    for rule, tried in examples.items():
        for example in tried:
            yield from (Fault(rule, example.name, message) for message in _try(rules, rule, example))


def findings(rules: Sequence[Rule], example: Example) -> tuple[Finding, ...]:
    """Say what the rules find in an example."""
    return diagnose(case_of(example), rules).findings


def _try(rules: Sequence[Rule], rule: str, example: Example) -> Iterator[str]:
    told = {finding.rule: finding for finding in findings(rules, example)}
    found = told[rule].certainty.value if rule in told else "silent"
    if found != example.then:
        yield f"expected `{example.then}`, found `{found}`"
    certain = {finding.rule for finding in told.values() if finding.certainty is Certainty.CERTAIN}
    also = {getattr(named(rules, other), "id", other) for other in example.also}
    if others := certain - {rule} - also:
        yield f"certain as well, and not listed under `also`: {', '.join(sorted(others))}"
    if missing := also - certain:
        yield f"listed under `also`, and not certain: {', '.join(sorted(missing))}"
    if example.then == "certain" and rule in told and not told[rule].remedies:
        yield "none of its remedies holds: nothing would be proposed"
