"""`--without`: layers of which the user states that they have no policies."""

from collections.abc import Sequence

from msgspec.structs import replace

from diagnose.errors import XdiagError
from diagnose.model.case import Case, Session
from diagnose.model.evidence import Known
from diagnose.model.policy import NO_POLICIES_SUPPLIED, PolicySet

_LAYERS = ("identity", "scp", "rcp", "boundary", "endpoint", "session")


def refuse_unknown_layers(layers: Sequence[str]) -> None:
    """Raise XdiagError for a layer that nobody can state to be empty."""
    for layer in layers:
        if layer not in _LAYERS:
            raise XdiagError(
                f"`--without {layer}`: there is no such layer",
                hint=f"expected {', '.join(_LAYERS[:-1])} or {_LAYERS[-1]}",
            )


def without_layers(case: Case, layers: Sequence[str]) -> Case:
    """Record the user's statement that some layers have no policies."""
    source, destination, endpoint = case.snapshot.source, case.snapshot.destination, case.snapshot.endpoint
    stated = "stated on the command line"
    for layer in layers:
        match layer:
            case "scp":
                source = replace(source, scps=Known((), stated))
            case "rcp":
                destination = replace(destination, rcps=Known((), stated))
            case "identity":
                # A source that has some says itself which others there may be.
                if source.identity_policies == NO_POLICIES_SUPPLIED:
                    source = replace(source, identity_policies=PolicySet())
            case "boundary":
                source = replace(source, boundary=Known(None, stated))
            case "endpoint":
                endpoint = Known(None, stated)
            case "session":
                source = replace(source, session=_sends_nothing_more(source.session, stated))
    return replace(case, snapshot=replace(case.snapshot, source=source, destination=destination, endpoint=endpoint))


def _sends_nothing_more(session: Session, stated: str) -> Session:
    """Return the session without a session policy; tags and source identity are absent unless they are known."""
    none: Known[tuple[str, ...]] = Known((), stated)
    return replace(
        session,
        policies=PolicySet(),
        tags=session.tags if isinstance(session.tags, Known) else Known({}, stated),
        transitive_tag_keys=session.transitive_tag_keys if isinstance(session.transitive_tag_keys, Known) else none,
        source_identity=session.source_identity if isinstance(session.source_identity, Known) else Known(None, stated),
    )
