"""Examples of remedies that grant: in the source's own policies and in the trust policy."""

from tests.remedy.broken import APP, BUILDER, DEPLOY, allow, broken, deny, document, identity, on, trust
from tests.remedy.example import (
    ACCOUNT,
    ALLOWED,
    CLEARS,
    EXTERNAL,
    IDENTITY,
    IDLE,
    NO_POLICY,
    OTHER,
    ROOT,
    SAVED,
    TRUST,
    USER,
    WHOM,
    example,
    of_layer,
)

from diagnose.model.diagnosis import NotProved
from diagnose.model.trace import Element, Layer

GRANTING_EXAMPLES = (
    example("allow-role-in-identity", "no policy allows anything", NO_POLICY, IDENTITY, ALLOWED),
    example(
        "allow-role-in-identity",
        "the trust policy does not fit either",
        broken("cross-account", identity_policies={"policies": []}, trust_policy=trust(allow({"AWS": OTHER}))),
        IDENTITY,
        CLEARS,
    ),
    example(
        "allow-role-in-identity",
        "another policy was not read",
        broken("cross-account", identity_policies={"policies": [], "unread": [{"evidence": "unread"}]}),
        IDENTITY,
        CLEARS,
    ),
    example(
        "allow-role-in-identity",
        "a Deny of the same policy stays",
        broken("cross-account", identity_policies=identity(deny(Resource="*"))),
        IDENTITY,
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "correct-resource",
        "the path is missing in the policy",
        broken(
            "cross-account",
            request={"role_arn": "arn:aws:iam::222222222222:role/team/Deploy"},
            role={"value": {"arn": "arn:aws:iam::222222222222:role/team/Deploy"}},
        ),
        of_layer(Layer.IDENTITY, Element.RESOURCE),
        ALLOWED,
    ),
    example(
        "correct-resource",
        "the role is excluded on purpose",
        broken("cross-account", identity_policies=identity(on(OTHER), deny(Resource=DEPLOY))),
        of_layer(Layer.IDENTITY, Element.RESOURCE),
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "correct-action",
        "the action is misspelt",
        broken("cross-account", identity_policies=identity(on(DEPLOY, "sts:AssumesRole"))),
        of_layer(Layer.IDENTITY, Element.ACTION),
        ALLOWED,
    ),
    example(
        "correct-action",
        "the trust policy is for SAML",
        broken("cross-account", trust_policy=trust(allow(USER, "sts:AssumeRoleWithSAML"))),
        of_layer(Layer.TRUST, Element.ACTION),
        ALLOWED,
    ),
    example(
        "correct-action",
        "somebody else is trusted besides",
        broken("cross-account", trust_policy=trust(allow({"AWS": [APP, BUILDER]}, "sts:AssumeRoleWithSAML"))),
        of_layer(Layer.TRUST, Element.ACTION),
        ALLOWED,
    ),
    example(
        "correct-action",
        "the statement is for somebody else",
        broken("cross-account", trust_policy=trust(allow({"AWS": APP}, "sts:AssumeRoleWithSAML"))),
        of_layer(Layer.TRUST, Element.ACTION),
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "correct-action",
        "the boundary denies it as well",
        broken(
            "guarded", boundary={"value": {"document": document(on(DEPLOY, "sts:AssumesRole"), deny(Resource="*"))}}
        ),
        of_layer(Layer.BOUNDARY, Element.ACTION),
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "set-default-version",
        "an older version allows it",
        broken(
            "cross-account",
            identity_policies=identity(
                on(OTHER), **SAVED, other_versions=[{"version": "v1", "document": document(on(DEPLOY))}]
            ),
        ),
        IDENTITY,
        ALLOWED,
    ),
    example(
        "set-default-version",
        "no version allows it, and another policy was not read",
        broken(
            "cross-account",
            identity_policies={
                **identity(on(OTHER), **SAVED, other_versions=[{"version": "v1", "document": document(on(OTHER))}]),
                "unread": [{"evidence": "unread"}],
            },
        ),
        IDENTITY,
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "set-default-version",
        "no version allows it",
        broken(
            "cross-account",
            identity_policies=identity(
                on(OTHER), **SAVED, other_versions=[{"version": "v1", "document": document(on(OTHER))}]
            ),
        ),
        IDENTITY,
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "attach-idle-policy",
        "the user is not in the group",
        broken(
            "cross-account",
            identity_policies={"policies": []},
            idle_policies=[{**IDLE, "document": document(on(DEPLOY))}],
        ),
        IDENTITY,
        ALLOWED,
    ),
    example(
        "attach-idle-policy",
        "the group's policy is for another role",
        broken(
            "cross-account",
            identity_policies={"policies": []},
            idle_policies=[{**IDLE, "document": document(on(OTHER))}],
        ),
        IDENTITY,
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "name-principal-in-trust",
        "the name differs in case",
        broken("cross-account", trust_policy=trust(allow({"AWS": "arn:aws:iam::111111111111:user/Builder"}))),
        WHOM,
        ALLOWED,
    ),
    example(
        "name-principal-in-trust",
        "another account is trusted",
        broken("cross-account", trust_policy=trust(allow({"AWS": "333333333333"}))),
        WHOM,
        ALLOWED,
    ),
    example(
        "name-principal-in-trust",
        "others must pass an external ID, and the caller does not",
        broken(
            "cross-account",
            request={"parameters": {"external_id": None}},
            trust_policy=trust(allow({"AWS": "333333333333"}, Condition=EXTERNAL)),
        ),
        WHOM,
        CLEARS,
    ),
    example("name-principal-in-trust", "the root user can assume nothing", ROOT, TRUST, NotProved.CALLER_NOT_NAMEABLE),
    example(
        "name-principal-in-trust",
        "a Deny of the whole account stays",
        broken("cross-account", trust_policy=trust(allow({"AWS": APP}), deny(Principal=ACCOUNT))),
        WHOM,
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "replace-stale-id",
        "the role was deleted and created again",
        broken("cross-account-role", trust_policy=trust(allow({"AWS": "AROAOLDOLDOLDEXAMPLE"}))),
        WHOM,
        ALLOWED,
    ),
    example(
        "replace-stale-id",
        "the value is no id",
        broken("cross-account-role", trust_policy=trust(allow({"AWS": f"{APP}2"}))),
        WHOM,
        NotProved.NO_EDIT,
    ),
)
