"""The file of a template: apart from the report, which reads nothing."""

from pathlib import Path

from diagnose.errors import XdiagError
from diagnose.report.template import Template, own_template


def template_from(path: Path) -> Template:
    """Read the template in a file. Raises XdiagError if it cannot be read, or is wrong."""
    try:
        source = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise XdiagError(f"the template `{path}` is not text in UTF-8", hint="expected a template of Jinja2") from None
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise XdiagError(
            f"the template `{path}` cannot be read: {reason.lower()}", hint="expected a file with a template of Jinja2"
        ) from None
    return own_template(path.name, source)
