"""What an agent hands over: documents by value, and files by name, as far as whoever runs the server lets it."""

import json
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

from msgspec import Struct

from diagnose.collect.evidence.handed_over import Document
from diagnose.collect.input import LARGEST_FILE, read_bytes
from diagnose.errors import XdiagError

DocumentOrFile: TypeAlias = dict[str, Any] | list[Any] | str
"""JSON, its text, or the name of a file."""


class ReadableFolders(Struct, frozen=True):
    """The folders that agents may name files of."""

    folders: tuple[Path, ...] = ()

    def document(self, given: DocumentOrFile, name: str) -> Document:
        """Give what stands in an argument: what begins as JSON does is the document, other text names a file.

        Raises XdiagError for a file that cannot be read.
        """
        if not isinstance(given, str):
            return Document.of(json.dumps(given).encode(), name)
        if given.lstrip().startswith(("{", "[")):
            return Document.of(given.encode(errors="surrogatepass"), name)
        return self.file(given, name)

    def file(self, given: str, name: str) -> Document:
        """Read a file whose name stands in an argument. It is not quoted where it may not be read: it may be a secret.

        Links are followed first: it counts where the file is, not where it is named.

        Raises XdiagError for a file outside of the folders, and for what is no file, such as a pipe.
        """
        try:
            path = Path(given).resolve()
            within = any(path.is_relative_to(folder.resolve()) for folder in self.folders)
            ordinary = within and stat.S_ISREG(os.stat(path).st_mode)
        except FileNotFoundError:
            raise XdiagError(f"`{name}`: there is no such file", hint=self._hint) from None
        except (OSError, ValueError, RuntimeError):
            raise XdiagError(f"`{name}` is not the name of a file that can be read", hint=self._hint) from None
        if not within:
            raise XdiagError(f"`{name}` names a file that this server may not read", hint=self._hint)
        if not ordinary:
            raise XdiagError(f"`{name}` names what is not a file", hint=self._hint)
        return Document.of(read_bytes(path, LARGEST_FILE), str(path))

    @property
    def _hint(self) -> str:
        where = ", ".join(f"`{folder}`" for folder in self.folders)
        if where:
            return f"expected a file below {where}"
        return "give the document itself; whoever runs the server can start it with `--files DIR`"


def readable(folders: Sequence[Path]) -> ReadableFolders:
    """Let agents name files of these folders. Raises XdiagError for one that is not there."""
    for folder in folders:
        if not os.path.isdir(folder):
            raise XdiagError(f"`{folder}` is not a folder", hint="expected the folder whose files agents may name")
    return ReadableFolders(tuple(folder.resolve() for folder in folders))
