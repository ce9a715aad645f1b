"""Infrastructure as code: of which kind a file is, and what it declares of users and roles."""

import json

from diagnose.collect.evidence.declared import Declaration
from diagnose.collect.evidence.handed_over import InputFile
from diagnose.collect.evidence.policy_file import raise_if_other_kind
from diagnose.collect.evidence.terraform import is_terraform, read_terraform
from diagnose.collect.json_errors import not_json, quotable
from diagnose.errors import XdiagError


def read_infrastructure(file: InputFile, *, planned: bool) -> Declaration:
    """Read what a file declares; of a plan what there is now, or with `planned` what it makes.

    Raises XdiagError for a file that is not infrastructure as code in a form that can be read.
    """
    data = file.data.removeprefix(b"\xef\xbb\xbf")
    if data.lstrip()[:1] == b"{":
        try:
            value = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise_if_other_kind(data, file.place)
            raise not_json(data, error, file.place) from None
        if is_terraform(value):
            return read_terraform(value, file.place, planned=planned)
    raise_if_other_kind(data, file.place)
    raise XdiagError(f"`{quotable(file.place)}` is not infrastructure as code that can be read", hint=_EXPECTED)


_EXPECTED = "expected the output of `terraform show -json`, or a template of CloudFormation, SAM or the CDK"
