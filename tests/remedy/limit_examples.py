"""Examples of remedies of what limits, of settings, and of those that are only said."""

from tests.remedy.broken import allow, broken, deny, document, on, trust
from tests.remedy.example import (
    ALLOWED,
    CLEARS,
    GONE,
    IDENTITY,
    NO_POLICY,
    NOT_TRIED,
    OTHER,
    REFUSED,
    TRUST,
    asked,
    condition,
    example,
    of_gate,
    of_layer,
    with_condition,
    with_scp,
)

from diagnose.model.diagnosis import NotProved
from diagnose.model.trace import Gate, Layer, Subject

LIMIT_EXAMPLES = (
    example(
        "allow-in-boundary",
        "the boundary is for another account",
        broken("guarded", boundary={"value": {"document": document(on("arn:aws:iam::333333333333:role/*"))}}),
        of_layer(Layer.BOUNDARY),
        ALLOWED,
    ),
    example(
        "allow-in-boundary",
        "the boundary denies it and goes on denying it",
        broken("guarded", boundary={"value": {"document": document(on(OTHER), deny(Resource="*"))}}),
        of_layer(Layer.BOUNDARY),
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "allow-in-scp",
        "nothing is attached at one level",
        broken("organization", scps={"value": {"1": {"policies": {"policies": []}}}}),
        Subject(layer=Layer.SCP, level="workloads"),
        ALLOWED,
    ),
    example(
        "allow-in-scp",
        "another level lacks it, too",
        broken(
            "organization",
            scps={"value": {"1": {"policies": {"policies": []}}, "2": {"policies": {"policies": []}}}},
        ),
        Subject(layer=Layer.SCP, level="workloads"),
        CLEARS,
    ),
    example(
        "allow-in-scp",
        "the level denies it",
        with_scp(deny(Resource="*")),
        Subject(layer=Layer.SCP, level="Root"),
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "allow-in-endpoint",
        "the endpoint is for the account's own roles",
        broken(
            "endpoint",
            endpoint={"value": {"policy": {"value": {"document": document(allow("*", Resource=OTHER))}}}},
        ),
        of_layer(Layer.ENDPOINT),
        ALLOWED,
    ),
    example(
        "allow-in-endpoint",
        "the endpoint denies foreign roles",
        broken(
            "endpoint",
            endpoint={
                "value": {
                    "policy": {
                        "value": {"document": document(allow("*", Resource=OTHER), deny(Principal="*", Resource="*"))}
                    }
                }
            },
        ),
        of_layer(Layer.ENDPOINT),
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "allow-in-session",
        "the session was narrowed to S3",
        broken(
            "cross-account-role",
            session={
                "policies": {"policies": [{"name": "inline", "kind": "session", "document": document(on("*", "s3:*"))}]}
            },
        ),
        of_layer(Layer.SESSION),
        ALLOWED,
    ),
    example(
        "allow-in-session",
        "the session policy denies it",
        broken(
            "cross-account-role",
            session={
                "policies": {
                    "policies": [
                        {"name": "inline", "kind": "session", "document": document(on("*", "s3:*"), deny(Resource="*"))}
                    ]
                }
            },
        ),
        of_layer(Layer.SESSION),
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "raise-role-maximum", "two hours are asked for", asked(duration_seconds=7200), of_gate(Gate.DURATION), ALLOWED
    ),
    example(
        "raise-role-maximum",
        "a day is asked for",
        asked(duration_seconds=86400),
        of_gate(Gate.PARAMETERS),
        NotProved.NO_EDIT,
    ),
    example(
        "tag-principal",
        "the tag is missing",
        with_condition({"StringEquals": {"aws:PrincipalTag/team": "red"}}),
        condition("aws:PrincipalTag/team"),
        ALLOWED,
    ),
    example(
        "tag-principal",
        "the session's tag wins over the role's",
        with_condition({"StringEquals": {"aws:PrincipalTag/team": "red"}}, "chained", whole_account=True),
        condition("aws:PrincipalTag/team"),
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "tag-role",
        "the tag is missing",
        with_condition({"StringEquals": {"aws:ResourceTag/stage": "test"}}),
        condition("aws:ResourceTag/stage"),
        ALLOWED,
    ),
    example(
        "tag-role",
        "the tag is missing, under the key that IAM has for it",
        with_condition({"StringEquals": {"iam:ResourceTag/stage": "test"}}),
        condition("iam:ResourceTag/stage"),
        ALLOWED,
    ),
    example(
        "tag-role",
        "a tag that is handed on hides the role's",
        with_condition({"StringEquals": {"aws:ResourceTag/team": "red"}}, "chained", whole_account=True),
        condition("aws:ResourceTag/team"),
        NotProved.CHANGES_NOTHING,
    ),
    example("create-role", "there is no such role", broken("cross-account", **GONE), of_gate(Gate.ROLE), ALLOWED),
    example("create-role", "the role exists", asked(external_id="acme-41"), TRUST, NotProved.NO_EDIT),
    example("wait-for-propagation", "whatever it is", NO_POLICY, IDENTITY, NOT_TRIED),
    example("ask-owner", "whatever it is", NO_POLICY, IDENTITY, NOT_TRIED),
    example(
        "grant-reader-permission",
        "the endpoint was not read",
        broken(
            "cross-account",
            endpoint={"evidence": "unread", "gap": "access_denied", "permission": "ec2:DescribeVpcEndpoints"},
        ),
        Subject(layer=Layer.ENDPOINT),
        NOT_TRIED,
    ),
    example(
        "grant-reader-permission",
        "the caller's tags were not read",
        broken(
            "cross-account",
            principal={"value": {"tags": {"evidence": "unread", "gap": "access_denied", "permission": "iam:GetUser"}}},
        ),
        Subject(),
        NOT_TRIED,
    ),
    example("grant-reader-permission", "everything was read", NO_POLICY, IDENTITY, REFUSED),
    example(
        "give-evidence",
        "the endpoint was not read",
        broken("cross-account", endpoint={"evidence": "unread"}),
        Subject(layer=Layer.ENDPOINT),
        NOT_TRIED,
    ),
    example("give-evidence", "nothing is open", NO_POLICY, IDENTITY, REFUSED),
    example(
        "correct-document",
        "an effect is misspelt",
        broken("cross-account", trust_policy=trust({"Effect": "alow", "Principal": "*", "Action": "sts:AssumeRole"})),
        TRUST,
        NOT_TRIED,
    ),
    example("correct-document", "every document is sound", NO_POLICY, IDENTITY, REFUSED),
)
