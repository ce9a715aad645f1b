"""A real browser, where there is one: Chromium, or Chrome, or what `XDIAG_BROWSER` names."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def browser_path() -> str | None:
    """Find a browser's program. Raises ValueError if the one that is named is not there: it is not to be skipped."""
    named = os.environ.get("XDIAG_BROWSER")
    if named:
        if shutil.which(named) is None:
            raise ValueError(f"XDIAG_BROWSER names `{named}`, which is not a program")
        return shutil.which(named)
    return next(filter(None, map(shutil.which, NAMES)), None)
