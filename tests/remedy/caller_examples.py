"""Examples of remedies that depend on who calls and with which credentials, and of Deny statements that are met."""

from msgspec.structs import replace
from tests.remedy.broken import APP, BUILDER, DEPLOY, allow, broken, deny, document, identity, on, trust
from tests.remedy.example import (
    ACCOUNT,
    ALLOWED,
    CLEARS,
    IDENTITY_DENIES,
    NOT_TRIED,
    condition,
    example,
    of_layer,
    with_condition,
)

from diagnose.model.diagnosis import NotProved
from diagnose.model.trace import Effect, Element, Layer, Subject

NAMED_LIKE_A_USER = {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}
BY_NAME = {"AWS": APP}
TRUST_DENIES = of_layer(Layer.TRUST, effect=Effect.DENY)
DENY_ALL = {"name": "AWSDenyAll", "kind": "managed", "arn": "arn:aws:iam::aws:policy/AWSDenyAll"}
REVOKED = {"DateLessThan": {"aws:TokenIssueTime": "2026-03-02T09:15:00Z"}}
OLD_SESSION = broken(
    "cross-account-role",
    trust_policy=trust(allow(BY_NAME), deny(Principal="*", Condition=REVOKED)),
)
NODE = broken(
    "cross-account-role",
    session={"origin": {"evidence": "known", "value": "ec2"}},
    trust_policy=trust(
        allow(
            {"Federated": "arn:aws:iam::222222222222:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"},
            "sts:AssumeRoleWithWebIdentity",
            Condition={
                "StringEquals": {
                    "oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub": "system:serviceaccount:prod:reader",
                }
            },
        )
    ),
)
EXPIRED = replace(
    broken("cross-account"),
    message="An error occurred (ExpiredToken): The security token included in the request is expired",
)

CALLER_EXAMPLES = (
    example(
        "pass-transitive-tags",
        "the tag is passed, but not as transitive",
        broken(
            "tagged",
            identity_policies=identity(
                on(
                    DEPLOY,
                    ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
                    Condition={"ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "team"}},
                )
            ),
            request={"parameters": {"transitive_tag_keys": []}},
        ),
        condition("sts:TransitiveTagKeys", Layer.IDENTITY),
        CLEARS,
    ),
    example(
        "pass-transitive-tags",
        "a tag that is not passed has no value",
        with_condition({"ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "cost"}}),
        condition("sts:TransitiveTagKeys"),
        NotProved.NO_EDIT,
    ),
    example(
        "correct-variable",
        "a tag of the role has the value",
        broken(
            "cross-account-role",
            trust_policy=trust(allow(BY_NAME, Condition=NAMED_LIKE_A_USER)),
            principal={"value": {"tags": {"evidence": "known", "value": {"owner": "release-42"}}}},
        ),
        condition("sts:RoleSessionName"),
        ALLOWED,
    ),
    example(
        "correct-variable",
        "no tag has the value",
        with_condition(NAMED_LIKE_A_USER, "cross-account-role", whole_account=True),
        condition("sts:RoleSessionName"),
        NotProved.NO_EDIT,
    ),
    example(
        "drop-condition",
        "no session of a role has a user's name",
        broken("cross-account-role", trust_policy=trust(allow(BY_NAME, Condition=NAMED_LIKE_A_USER))),
        condition("sts:RoleSessionName"),
        ALLOWED,
    ),
    example(
        "drop-condition",
        "a condition that the caller could meet stays",
        with_condition({"StringEquals": {"sts:RoleSessionName": "nightly"}}),
        condition("sts:RoleSessionName"),
        NotProved.NO_EDIT,
    ),
    example(
        "lift-deny",
        "the caller alone is denied",
        broken("cross-account", trust_policy=trust(allow(ACCOUNT), deny(Principal={"AWS": BUILDER}))),
        TRUST_DENIES,
        ALLOWED,
    ),
    example(
        "lift-deny",
        "a policy of AWS denies",
        broken(
            "cross-account",
            identity_policies={"policies": {"1": {**DENY_ALL, "document": document(deny("*", Resource="*"))}}},
        ),
        IDENTITY_DENIES,
        ALLOWED,
    ),
    example(
        "lift-deny",
        "others are denied, too",
        broken("cross-account", trust_policy=trust(allow(ACCOUNT), deny(Principal="*"))),
        TRUST_DENIES,
        NotProved.NO_EDIT,
    ),
    example(
        "use-network",
        "from the office alone",
        with_condition({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}}),
        condition("aws:SourceIp"),
        ALLOWED,
    ),
    example(
        "use-network",
        "AWS never sees a private address",
        with_condition({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
        condition("aws:SourceIp"),
        NotProved.NO_EDIT,
    ),
    example(
        "renew-session",
        "older sessions were revoked",
        OLD_SESSION,
        lambda case: Subject(
            layer=Layer.TRUST,
            statement=TRUST_DENIES(case).statement,
            element=next(each for each in TRUST_DENIES(case).statement.elements if each.element is Element.CONDITION),
        ),
        ALLOWED,
    ),
    example(
        "renew-session",
        "an access key has no time of issue",
        broken("cross-account", trust_policy=trust(allow(ACCOUNT), deny(Principal="*"))),
        TRUST_DENIES,
        NotProved.NO_EDIT,
    ),
    example("renew-credentials", "they have expired", EXPIRED, Subject(), NOT_TRIED),
    example("use-own-credentials", "a pod calls as its node", NODE, of_layer(Layer.TRUST), NOT_TRIED),
)
