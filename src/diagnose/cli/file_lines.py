"""The lines of the files that the flags name, for reports that point at them."""

import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from diagnose.cli.case_flags import EvidenceFlags
from diagnose.cli.files import InfrastructureFlags, PolicyFlags
from diagnose.model.case import Case
from diagnose.model.diagnosis import Excerpt
from diagnose.model.file_place import FileEdit, FilePlace
from diagnose.model.trace import Layer
from diagnose.report import Edits, Places

NamedFiles = Sequence[tuple[Path, Layer | None, bool]]
"""Files with policies, each with the layer that it was given for, None where it may hold any, and whether people edit
policies there."""


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
    copies = [evidence.case_file, *(evidence.details or ())]
    every: list[tuple[Path | None, Layer | None, bool]] = [
        *((path, layer, True) for path, layer in of_layers),
        *((path, None, True) for path in infrastructure.infrastructure or ()),
        *((path, None, False) for path in copies),
    ]
    return [(path, layer, edited) for path, layer, edited in every if path is not None]


def places_in(files: NamedFiles, case: Case) -> tuple[Places, Edits]:
    """Give what finds a place of a policy in files, and what edits it there.

    What comes through a pipe is read once, and has no lines.
    """
    from diagnose.collect.evidence.file_places import FilePlaces, PolicyFileText

    places = FilePlaces([PolicyFileText(*each) for each in _texts(files)])
    source, role = _names(case.source_arn), _names(case.destination_arn)

    def names(excerpt: Excerpt) -> tuple[str, ...]:
        return role if excerpt.layer is Layer.TRUST else source

    def find(excerpt: Excerpt) -> FilePlace | None:
        return places.find(excerpt.layer, excerpt.policy, excerpt.pointer, names(excerpt))

    def edit(excerpt: Excerpt, document: str) -> tuple[FileEdit, ...]:
        return places.edits(excerpt.layer, excerpt.policy, document, names(excerpt))

    return find, edit


def _texts(files: NamedFiles) -> Iterator[tuple[Path, str, Layer | None, bool]]:
    from diagnose.collect.input import LARGEST_FILE

    for path, layer, edited in files:
        try:
            about = path.stat()
            if stat.S_ISREG(about.st_mode) and about.st_size <= LARGEST_FILE:
                yield path, path.read_bytes().decode("utf-8-sig"), layer, edited
        except (OSError, ValueError):
            continue  # it was read as evidence before; without its text there are no lines


def _names(arn: str) -> tuple[str, ...]:
    return (arn, arn.rpartition("/")[2])
