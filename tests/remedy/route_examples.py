"""Examples of remedies that change the way a request is made."""

from tests.remedy.broken import BUILDER, about, allow, broken, deny, identity, on, trust
from tests.remedy.example import (
    ALLOWED,
    CLEARS,
    EXTERNAL,
    GONE,
    NO_POLICY,
    NO_TROUBLE,
    NOT_TRIED,
    ROOT,
    TRUST,
    USER,
    asked,
    condition,
    example,
    of_gate,
    of_layer,
    with_condition,
    with_scp,
)

from diagnose.model.diagnosis import NotProved
from diagnose.model.trace import Effect, Element, Gate, Layer

ROUTE_EXAMPLES = (
    example(
        "correct-role-arn",
        "the role's path is missing",
        broken(
            "cross-account",
            role={"value": {"arn": "arn:aws:iam::222222222222:role/team/Deploy"}},
            identity_policies=identity(on("arn:aws:iam::222222222222:role/*")),
        ),
        of_gate(Gate.ROLE),
        ALLOWED,
    ),
    example(
        "correct-role-arn",
        "no role has a name like it",
        broken("cross-account", **GONE),
        of_gate(Gate.ROLE),
        NotProved.NO_EDIT,
    ),
    example(
        "correct-source-arn",
        "there is no such user",
        broken("cross-account", principal={"value": None}),
        of_gate(Gate.CALLER),
        NOT_TRIED,
    ),
    example(
        "use-region",
        "an SCP keeps to one Region",
        with_scp(deny("*", Resource="*", Condition={"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}})),
        lambda case: about(case, Layer.SCP, effect=Effect.DENY),
        ALLOWED,
    ),
    example(
        "use-region",
        "any Region that begins so would do",
        with_condition({"StringLike": {"aws:RequestedRegion": "us-*"}}),
        condition("aws:RequestedRegion"),
        NotProved.NO_EDIT,
    ),
    example(
        "use-region",
        "the trust policy wants another Region",
        with_condition({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}),
        condition("aws:RequestedRegion"),
        ALLOWED,
    ),
    example(
        "use-endpoint",
        "the trust policy wants a VPC endpoint, whose policy nobody has read",
        with_condition({"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"}}),
        condition("aws:SourceVpce"),
        CLEARS,
    ),
    example(
        "use-endpoint",
        "an endpoint hides the address that the trust policy wants",
        with_condition({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, "endpoint", whole_account=True),
        condition("aws:SourceIp"),
        CLEARS,
    ),
    example(
        "use-endpoint",
        "the key is of another kind",
        with_condition({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}),
        condition("aws:SourceIp"),
        NotProved.NO_EDIT,
    ),
    example(
        "use-api-instead-of-console",
        "the external ID cannot be sent from the console",
        with_condition(EXTERNAL, "console", request={"parameters": {"external_id": "acme-42"}}),
        condition("sts:ExternalId"),
        ALLOWED,
    ),
    example(
        "use-api-instead-of-console",
        "the external ID is passed along",
        with_condition(EXTERNAL, "console"),
        condition("sts:ExternalId"),
        ALLOWED,
    ),
    example(
        "use-api-instead-of-console",
        "what is missing cannot be passed along",
        with_condition({"StringEquals": {"aws:PrincipalTag/team": "red"}}, "console"),
        condition("aws:PrincipalTag/team"),
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "use-api-instead-of-console",
        "it was no console",
        asked(external_id="acme-41"),
        condition("sts:ExternalId"),
        NotProved.NO_EDIT,
    ),
    example(
        "use-identity",
        "the trust policy names somebody else",
        broken("cross-account", trust_policy=trust(allow({"AWS": f"{BUILDER}2"}))),
        of_layer(Layer.TRUST, Element.PRINCIPAL),
        NOT_TRIED,
    ),
    example("use-identity", "the root user calls", ROOT, of_gate(Gate.CALLER), NOT_TRIED),
    example("use-other-role", "any other role", NO_POLICY, NO_TROUBLE, NOT_TRIED),
    example(
        "drop-hop",
        "a role in between",
        broken("cross-account-role", trust_policy=trust(allow(USER))),
        TRUST,
        NOT_TRIED,
    ),
)
