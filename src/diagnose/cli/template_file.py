"""The file of a template: apart from the report, which reads nothing."""

from pathlib import Path

from diagnose.collect.input import read_text
from diagnose.errors import XdiagError
from diagnose.report.template import Template, own_template


def template_from(path: Path) -> Template:
    """Read the template in a file. Raises XdiagError if it cannot be read, or is wrong."""
    try:
        source = read_text(path, _LARGEST)
    except XdiagError as error:
        raise XdiagError(error.message, hint="expected a file with a template of Jinja2") from None
    return own_template(path.name, source)


_LARGEST = 2**20
