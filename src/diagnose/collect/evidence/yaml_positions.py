"""The values of a file in YAML, and where in it each stands.

Apart from `positions`, which everything that points at files imports: the library costs more than a diagnosis.
"""

import yaml

from diagnose.collect.evidence.spot import Spot, is_function


def spot_of_yaml(text: str) -> Spot | None:
    """Read the value of a file; None for what is not YAML, and for an empty file."""
    try:
        node = yaml.compose(text, Loader=_LOADER)
        return None if node is None else _of_node(node, set())
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _of_node(node: yaml.Node, around: set[int]) -> Spot:
    if id(node) in around:
        raise ValueError("it refers to itself")
    start, end = node.start_mark.index, node.end_mark.index
    tagged = node.tag.startswith("!")
    match node:
        case yaml.ScalarNode():
            return Spot(start, end, str(node.value), open=tagged)
        case yaml.SequenceNode():
            return Spot(start, end, [_of_node(item, around | {id(node)}) for item in node.value], open=tagged)
        case yaml.MappingNode():
            members = {str(key.value): _of_node(value, around | {id(node)}) for key, value in node.value}
            return Spot(start, end, members, open=tagged or is_function(members))
    raise ValueError("it cannot be read")


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one in C takes a tenth of the time."""
