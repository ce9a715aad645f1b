"""Which tool made a session, by the name that it gives where nobody names one."""

import re

from diagnose.errors import XdiagError
from diagnose.model.arn import parse_caller

NAMES = (
    (r"botocore-session-\d{10}", "the AWS CLI or boto3, from a profile without `role_session_name`"),
    (r"AWS-CLI-session-\d{10}", "an AWS CLI from before 2018"),
    (r"aws-go-sdk-\d{19}", "the AWS SDK for Go, as in Terraform and many controllers"),
    (r"\d{19}", "version 1 of the AWS SDK for Go, or aws-vault"),
    (r"aws-sdk-java-\d{13}", "the AWS SDK for Java"),
    (r"aws-sdk-js-(session-)?\d{13}", "the AWS SDK for JavaScript"),
    (r"aws-dotnet-sdk-session-\d{18}", "the AWS SDK for .NET"),
    (r"aws-sdk-php-\d{13}", "the AWS SDK for PHP"),
    (r"token-file-web-identity", "a Go program with a web identity token and no session name"),
    (r"GitHubActions", "the GitHub action configure-aws-credentials"),
    (r"i-0[0-9a-f]{7,16}", "the instance profile of that EC2 instance"),
)
"""Forms of generated session names, and what gives them."""


def maker_of(source: str) -> str:
    """Say in a sentence which tool made a caller's session; empty where its name does not show it."""
    try:
        session = parse_caller(source).session
    except XdiagError:
        return ""
    maker = next((maker for form, maker in NAMES if re.fullmatch(form, session)), "")
    return f"The caller's session was made by {maker}." if maker else ""
