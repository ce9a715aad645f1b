"""The lines of the files that the flags name, for reports that point at them."""

import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from diagnose.cli.case_flags import EvidenceFlags
from diagnose.cli.files import InfrastructureFlags, PolicyFlags
from diagnose.model.case import Case
from diagnose.model.diagnosis import Excerpt
from diagnose.model.file_place import FilePlace
from diagnose.model.trace import Layer

NamedFiles = Sequence[tuple[Path, Layer | None]]
"""Files with policies, each with the layer that it was given for; None where it may hold any."""


def named_files(evidence: EvidenceFlags, policies: PolicyFlags, infrastructure: InfrastructureFlags) -> NamedFiles:
    """List the files with policies that flags name, those for one layer first."""
    of_layers = [
        (policies.trust_policy, Layer.TRUST),
        *((path, Layer.IDENTITY) for path in policies.identity_policy or ()),
        (policies.boundary, Layer.BOUNDARY),
        *((path, Layer.SCP) for path in policies.scp or ()),
        *((path, Layer.RCP) for path in policies.rcp or ()),
        *((path, Layer.SESSION) for path in policies.session_policy or ()),
        (policies.endpoint_policy, Layer.ENDPOINT),
    ]
    of_any = [evidence.case_file, *(infrastructure.infrastructure or ()), *(evidence.details or ())]
    every: list[tuple[Path | None, Layer | None]] = [*of_layers, *((path, None) for path in of_any)]
    return [(path, layer) for path, layer in every if path is not None]


def places_in(files: NamedFiles, case: Case) -> Callable[[Excerpt], FilePlace | None]:
    """Give what finds a place of a policy in files. What comes through a pipe is read once, and has no lines."""
    from diagnose.collect.evidence.file_places import FilePlaces, PolicyFileText

    places = FilePlaces([PolicyFileText(path, text, layer) for path, layer, text in _texts(files)])
    source, role = _names(case.source_arn), _names(case.destination_arn)

    def find(excerpt: Excerpt) -> FilePlace | None:
        names = role if excerpt.layer is Layer.TRUST else source
        return places.find(excerpt.layer, excerpt.policy, excerpt.pointer, names)

    return find


def _texts(files: NamedFiles) -> Iterator[tuple[Path, Layer | None, str]]:
    from diagnose.collect.evidence.case_file import LARGEST_FILE

    for path, layer in files:
        try:
            about = path.stat()
            if stat.S_ISREG(about.st_mode) and about.st_size <= LARGEST_FILE:
                yield path, layer, path.read_bytes().decode()
        except (OSError, ValueError):
            continue  # it was read as evidence before; without its text there are no lines


def _names(arn: str) -> tuple[str, ...]:
    return (arn, arn.rpartition("/")[2])
