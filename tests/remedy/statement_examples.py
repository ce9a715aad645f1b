"""Examples of remedies that put a statement right: its companions, its conditions, a Deny."""

from tests.remedy.broken import DEPLOY, allow, broken, deny, identity, on, trust
from tests.remedy.example import (
    ACCOUNT,
    ALLOWED,
    CLEARS,
    EXTERNAL,
    IDENTITY,
    IDENTITY_DENIES,
    OTHER,
    SOURCE_IDENTITY,
    TAGS,
    USER,
    bounded,
    condition,
    example,
    of_layer,
    with_condition,
    with_scp,
)

from diagnose.model.diagnosis import NotProved
from diagnose.model.trace import Effect, Layer

STATEMENT_EXAMPLES = (
    example(
        "add-companion-to-trust",
        "tags are passed",
        broken("tagged", trust_policy=trust(allow(USER, ["sts:AssumeRole", "sts:SetSourceIdentity"]))),
        of_layer(Layer.TRUST, action=TAGS),
        ALLOWED,
    ),
    example(
        "add-companion-to-trust",
        "the trust policy denies tags",
        broken("tagged", trust_policy=trust(allow(USER), deny("sts:TagSession", Principal=ACCOUNT))),
        of_layer(Layer.TRUST, action=TAGS),
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "add-companion-to-identity",
        "a source identity is passed",
        broken("tagged", identity_policies=identity(on(DEPLOY, ["sts:AssumeRole", "sts:TagSession"]))),
        of_layer(Layer.IDENTITY, action=SOURCE_IDENTITY),
        ALLOWED,
    ),
    example(
        "add-companion-to-identity",
        "the action is no companion",
        broken("tagged", identity_policies=identity(on(OTHER))),
        IDENTITY,
        NotProved.NO_EDIT,
    ),
    example(
        "add-companion-to-boundary",
        "the boundary knows sts:AssumeRole alone",
        bounded(on(DEPLOY, ["sts:AssumeRole", "sts:SetSourceIdentity"])),
        of_layer(Layer.BOUNDARY, action=TAGS),
        ALLOWED,
    ),
    example(
        "add-companion-to-boundary",
        "the boundary denies tags",
        bounded(on(DEPLOY), deny("sts:TagSession", Resource="*")),
        of_layer(Layer.BOUNDARY, action=TAGS),
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "split-companion",
        "tags and an external ID in one statement",
        broken(
            "tagged",
            request={"parameters": {"external_id": "acme-42"}},
            trust_policy=trust(
                allow(USER, ["sts:AssumeRole", "sts:TagSession"], Condition=EXTERNAL),
                allow(USER, "sts:SetSourceIdentity"),
            ),
        ),
        condition("sts:ExternalId", action=TAGS),
        ALLOWED,
    ),
    example(
        "split-companion",
        "the condition is on a tag that was not passed",
        broken(
            "tagged",
            trust_policy=trust(
                allow(USER, "sts:*", Condition={"StringEquals": {"aws:RequestTag/stage": "test"}}),
            ),
        ),
        condition("aws:RequestTag/stage", action=TAGS),
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "correct-condition-value",
        "the path is missing in a condition",
        with_condition(
            {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/App"}},
            "cross-account-role",
            whole_account=True,
        ),
        condition("aws:PrincipalArn"),
        ALLOWED,
    ),
    example(
        "correct-condition-value",
        "MFA is not bent towards the request",
        with_condition({"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        condition("aws:MultiFactorAuthPresent"),
        NotProved.NO_EDIT,
    ),
    example(
        "correct-condition-operator",
        "a wildcard under StringEquals",
        with_condition(
            {"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/team/*"}},
            "cross-account-role",
            whole_account=True,
        ),
        condition("aws:PrincipalArn"),
        ALLOWED,
    ),
    example(
        "correct-condition-operator",
        "the operator is right and the value is not",
        with_condition({"StringEquals": {"sts:ExternalId": "acme-41"}}),
        condition("sts:ExternalId"),
        NotProved.NO_EDIT,
    ),
    example(
        "correct-condition-key",
        "the key is misspelt",
        with_condition({"StringEquals": {"sts:External-Id": "acme-42"}}),
        condition("sts:External-Id"),
        ALLOWED,
    ),
    example(
        "correct-condition-key",
        "the right key has another value",
        with_condition({"StringEquals": {"sts:External-Id": "acme-41"}}),
        condition("sts:External-Id"),
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "set-policy-version-language",
        "variables in the language of 2008",
        broken(
            "cross-account",
            request={"parameters": {"session_name": "builder"}},
            trust_policy=trust(
                allow(USER, Condition={"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}),
                Version="2008-10-17",
            ),
        ),
        condition("sts:RoleSessionName"),
        ALLOWED,
    ),
    example(
        "set-policy-version-language",
        "the session name is another",
        broken(
            "cross-account",
            trust_policy=trust(
                allow(USER, Condition={"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}),
                Version="2008-10-17",
            ),
        ),
        condition("sts:RoleSessionName"),
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "exempt-from-deny",
        "an SCP denies everything outside a Region",
        with_scp(deny("*", Resource="*", Condition={"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}})),
        of_layer(Layer.SCP, effect=Effect.DENY),
        ALLOWED,
    ),
    example(
        "exempt-from-deny",
        "a policy of the user forces MFA",
        broken(
            "cross-account",
            identity_policies=identity(
                on(DEPLOY),
                deny("*", Resource="*", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}),
            ),
        ),
        IDENTITY_DENIES,
        ALLOWED,
    ),
    example(
        "exempt-from-deny",
        "one Deny of two",
        broken(
            "cross-account",
            trust_policy=trust(allow(USER), deny(Principal="*", Sid="One"), deny(Principal=ACCOUNT, Sid="Two")),
        ),
        of_layer(Layer.TRUST, effect=Effect.DENY, index=1),
        CLEARS,
    ),
    example(
        "exempt-from-deny",
        "the Deny names this very caller",
        broken("cross-account", trust_policy=trust(allow(USER), deny(Principal=USER))),
        of_layer(Layer.TRUST, effect=Effect.DENY),
        NotProved.DENY_IS_MEANT,
    ),
    example(
        "exempt-from-deny",
        "the Deny names this very role",
        broken("cross-account", identity_policies=identity(on(DEPLOY), deny(Resource=DEPLOY))),
        IDENTITY_DENIES,
        NotProved.DENY_IS_MEANT,
    ),
)
