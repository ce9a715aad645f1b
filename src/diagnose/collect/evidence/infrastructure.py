"""Infrastructure as code: of which kind a file is, and what it declares of users and roles."""

import codecs
import json
from collections.abc import Mapping, Sequence

from diagnose.collect.evidence.cloudformation import read_template, template_in
from diagnose.collect.evidence.declared import Declaration
from diagnose.collect.evidence.file_kind import FileKind, other_kind
from diagnose.collect.evidence.handed_over import InputFile
from diagnose.collect.evidence.template_text import TemplateText, read_template_text
from diagnose.collect.evidence.terraform import read_terraform
from diagnose.collect.evidence.terraform_json import is_terraform
from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError


def read_infrastructure(
    file: InputFile, *, planned: bool, arns: Sequence[str], parameters: Mapping[str, str]
) -> Declaration:
    """Read what a file declares; of a plan what there is now, or with `planned` what it makes.

    `arns` are those of the caller and the role: a template does not say to which account it is deployed. `parameters`
    are values for the parameters of templates.

    Raises XdiagError for a file that is not infrastructure as code in a form that can be read.
    """
    kind = other_kind(file.data)
    if kind is not None and not kind.declares:
        raise _unfit(file, kind)
    text = read_template_text(file)
    if is_terraform(text.value):
        return read_terraform(json.loads(file.data.removeprefix(codecs.BOM_UTF8)), file.place, planned=planned)
    template = template_in(text.value)
    if isinstance(template, str):
        text = read_template_text(InputFile(file.place, template.encode()))
        template = template_in(text.value)
    if template is None:
        raise XdiagError(f"`{quotable(file.place)}` is not infrastructure as code that can be read", hint=_EXPECTED)
    if planned:
        raise XdiagError(f"`{quotable(file.place)}` is a template, which plans nothing", hint="leave out `--planned`")
    return read_template(TemplateText(template, text.slips), file.place, arns=arns, parameters=parameters)


_EXPECTED = "expected the output of `terraform show -json`, or a template of CloudFormation, SAM or the CDK"


def _unfit(file: InputFile, kind: FileKind) -> XdiagError:
    return XdiagError(f"`{quotable(file.place)}` {kind.what}", hint=kind.instead)
