"""Records of CloudTrail as AWS documents them, to be wrapped and changed."""

from typing import Any

SESSION = "arn:aws:sts::111111111111:assumed-role/billing/s-1"
USER = "arn:aws:iam::111111111111:user/eu/ines"
ROLE = "arn:aws:iam::222222222222:role/Ledger"


def of_user(**changes: Any) -> dict[str, Any]:
    """A call of a user with an access key, which AWS allowed."""
    return {
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": USER,
            "accountId": "111111111111",
            "accessKeyId": "AKIAEXAMPLE",
        },
        "eventTime": "2026-03-02T09:30:00Z",
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "198.51.100.24",
        "userAgent": "Boto3/1.40.12",
        "requestParameters": {"roleArn": ROLE, "roleSessionName": "ines", "externalId": "p-9", "durationSeconds": 900},
        "requestID": "r-1",
        "eventID": "e-1",
        **changes,
    }


def refused(why: str = "", **changes: Any) -> dict[str, Any]:
    """The same, refused: its parameters are not in the record."""
    said = f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {ROLE}{why}"
    return of_user(**{"requestParameters": None, "errorCode": "AccessDenied", "errorMessage": said, **changes})


def identity(**changes: Any) -> dict[str, Any]:
    """The caller of a record that is a role's session."""
    return {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLE:s-1",
        "arn": SESSION,
        "accountId": "111111111111",
        "sessionContext": {
            "sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111111111111:role/svc/billing"},
            "attributes": {"creationDate": "2026-03-02T08:55:00Z", "mfaAuthenticated": "false"},
        },
        **changes,
    }
