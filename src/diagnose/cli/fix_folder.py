"""Where the files of a fix are written: all of them or none."""

import contextlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from diagnose.errors import XdiagError


def write_files(files: Mapping[str, str], folder: Path) -> None:
    """Write files into a new folder that only its owner may read; scripts can be run.

    The folder appears with all of its files. Raises XdiagError if there is something at its place, or if it cannot be
    written.
    """
    require_new(folder)
    part = folder.parent / f".xdiag-{os.urandom(8).hex()}.part"
    try:
        part.mkdir(mode=0o700)
        for name, text in files.items():
            mode = 0o700 if name.endswith(".sh") else 0o600
            with open(os.open(part / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
                file.write(text)
        os.rename(part, folder)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise XdiagError(
            f"`{folder}` cannot be written: {reason.lower()}", hint="expected a new folder in one that you may write to"
        ) from None
    finally:
        with contextlib.suppress(OSError, ValueError):
            shutil.rmtree(part)


def require_new(folder: Path) -> None:
    """Raise XdiagError for a folder with anything in it: what an earlier run left would pass for a part of this fix."""
    if os.path.lexists(folder) and (folder.is_symlink() or not os.path.isdir(folder) or any(folder.iterdir())):
        raise XdiagError(f"`{folder}` exists already", hint="expected the name of a new folder for the fix")
