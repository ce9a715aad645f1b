"""The AWS profiles of this machine, by name; apart from `session`, which opens one and costs a start of boto3."""

import os

import botocore.session
from botocore.exceptions import BotoCoreError

from diagnose.aws.configuration import check_sizes
from diagnose.errors import XdiagError


def profile_names() -> list[str]:
    """List the profiles of both files; none where the files cannot be read."""
    try:
        check_sizes(os.environ)
        return list(botocore.session.Session().available_profiles)
    except (BotoCoreError, OSError, ValueError, XdiagError):
        return []
