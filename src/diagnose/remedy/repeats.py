"""Which kinds of remedy come to the same as a smaller edit of the same statement."""

from diagnose.model.trace import Element, Subject
from diagnose.remedy.kinds import Kind

_OF_ACTION = {
    Kind.NAME_PRINCIPAL_IN_TRUST: Kind.CORRECT_ACTION,
    Kind.ALLOW_ROLE_IN_IDENTITY: Kind.CORRECT_ACTION,
}
_OF_RESOURCE = {
    Kind.ALLOW_IN_BOUNDARY: Kind.CORRECT_RESOURCE,
    Kind.ALLOW_IN_ENDPOINT: Kind.CORRECT_RESOURCE,
    Kind.ALLOW_IN_SCP: Kind.CORRECT_RESOURCE,
}


def repeated(kind: Kind, subject: Subject) -> Kind | None:
    """Name the kind that lets in the same callers by a smaller edit of the faulty value; None where there is none.

    INVARIANT: a rule that names `kind` for such a fault names the other kind before it.
    """
    element = subject.element
    if element is None or element.negated:
        return None
    match element.element:
        case Element.ACTION:
            return _OF_ACTION.get(kind)
        case Element.RESOURCE:
            return _OF_RESOURCE.get(kind)
        case Element.CONDITION if kind is Kind.NAME_PRINCIPAL_IN_TRUST and element.key.lower() == "aws:principalarn":
            return Kind.CORRECT_CONDITION_VALUE
        case Element.CONDITION if kind is Kind.ADD_COMPANION_TO_IDENTITY:
            return Kind.SPLIT_COMPANION
    return None
