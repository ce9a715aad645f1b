"""Examples of remedies that change the request."""

from msgspec.structs import replace
from tests.remedy.broken import APP, allow, broken, trust
from tests.remedy.example import (
    ALLOWED,
    CLEARS,
    EXTERNAL,
    NO_POLICY,
    NO_TROUBLE,
    NOT_TRIED,
    SOURCE_IDENTITY,
    TAGS,
    USER,
    asked,
    condition,
    example,
    of_gate,
    of_layer,
    with_condition,
)

from diagnose.model.diagnosis import NotProved
from diagnose.model.trace import Gate, Layer, Subject

REFUSED_LONGER = replace(broken("cross-account"), message="The requested DurationSeconds exceeds the maximum")
REQUEST_EXAMPLES = (
    example(
        "pass-external-id",
        "another one was passed",
        asked(external_id="acme-41"),
        condition("sts:ExternalId"),
        ALLOWED,
    ),
    example(
        "pass-external-id",
        "the case says that none is sent",
        broken("cross-account", request={"context": {"STS:externalid": []}}),
        condition("sts:ExternalId"),
        ALLOWED,
    ),
    example(
        "pass-external-id",
        "the case says that nobody knows it",
        broken("cross-account", request={"unknown": ["sts:externalID"]}),
        condition("sts:ExternalId"),
        ALLOWED,
    ),
    example(
        "pass-external-id",
        "the finding is about the key, wherever it stands",
        broken("cross-account", request={"unknown": ["sts:ExternalId"]}),
        Subject(),
        ALLOWED,
    ),
    example(
        "pass-external-id",
        "the condition is on something else",
        with_condition({"StringEquals": {"aws:RequestTag/stage": "test"}}),
        condition("aws:RequestTag/stage"),
        NotProved.NO_EDIT,
    ),
    example(
        "pass-external-id",
        "the console cannot pass one",
        with_condition(EXTERNAL, "console"),
        condition("sts:ExternalId"),
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "pass-mfa",
        "a user without MFA",
        with_condition({"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        condition("aws:MultiFactorAuthPresent"),
        ALLOWED,
    ),
    example(
        "pass-mfa",
        "no session of a role can",
        with_condition({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, "cross-account-role", whole_account=True),
        condition("aws:MultiFactorAuthPresent"),
        NotProved.NO_EDIT,
    ),
    example(
        "pass-tags",
        "the tag brings sts:TagSession with it",
        with_condition({"StringEquals": {"aws:RequestTag/stage": "test"}}),
        condition("aws:RequestTag/stage"),
        CLEARS,
    ),
    example(
        "pass-tags",
        "any value would do, so none is made up",
        with_condition({"StringLike": {"aws:RequestTag/stage": "te*"}}),
        condition("aws:RequestTag/stage"),
        NotProved.NO_EDIT,
    ),
    example(
        "pass-session-name",
        "the name begins with the user's",
        with_condition({"StringLike": {"sts:RoleSessionName": "${aws:username}-*"}}),
        condition("sts:RoleSessionName"),
        ALLOWED,
    ),
    example(
        "pass-session-name",
        "the wanted name is no session name",
        with_condition({"StringEquals": {"sts:RoleSessionName": "a name"}}),
        condition("sts:RoleSessionName"),
        NotProved.BREAKS_SOMETHING_ELSE,
    ),
    example(
        "pass-source-identity",
        "the source identity brings its action with it",
        with_condition({"StringEquals": {"sts:SourceIdentity": "builder"}}),
        condition("sts:SourceIdentity"),
        CLEARS,
    ),
    example(
        "pass-source-identity",
        "the session's own cannot be changed",
        with_condition({"StringEquals": {"sts:SourceIdentity": "somebody"}}, "console"),
        condition("sts:SourceIdentity"),
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "drop-tags",
        "the trust policy knows no tags",
        broken("tagged", trust_policy=trust(allow(USER, ["sts:AssumeRole", "sts:SetSourceIdentity"]))),
        of_layer(Layer.TRUST, action=TAGS),
        ALLOWED,
    ),
    example(
        "drop-tags",
        "the tags are the session's",
        broken(
            "chained",
            trust_policy=trust(allow({"AWS": APP}, ["sts:AssumeRole", "sts:SetSourceIdentity"])),
        ),
        of_layer(Layer.TRUST, action=TAGS),
        NotProved.NO_EDIT,
    ),
    example(
        "drop-source-identity",
        "the trust policy knows no source identity",
        broken("tagged", trust_policy=trust(allow(USER, ["sts:AssumeRole", "sts:TagSession"]))),
        of_layer(Layer.TRUST, action=SOURCE_IDENTITY),
        ALLOWED,
    ),
    example(
        "drop-source-identity",
        "the source identity is the session's",
        broken("chained", trust_policy=trust(allow({"AWS": APP}, ["sts:AssumeRole", "sts:TagSession"]))),
        of_layer(Layer.TRUST, action=SOURCE_IDENTITY),
        NotProved.NO_EDIT,
    ),
    example(
        "shorten-duration", "over the role's maximum", asked(duration_seconds=7200), of_gate(Gate.DURATION), ALLOWED
    ),
    example(
        "shorten-duration",
        "the role's maximum was not read",
        broken(
            "cross-account",
            request={"parameters": {"duration_seconds": 7200}},
            role={"value": {"max_session_seconds": {"evidence": "unread"}}},
        ),
        of_gate(Gate.DURATION),
        ALLOWED,
    ),
    example(
        "shorten-duration",
        "only the error speaks of a duration",
        REFUSED_LONGER,
        Subject(),
        NOT_TRIED,
    ),
    example("shorten-duration", "nothing speaks of a duration", broken("cross-account"), Subject(), NotProved.NO_EDIT),
    example("shorten-duration", "the duration is no trouble", NO_POLICY, NO_TROUBLE, NotProved.NO_EDIT),
    example(
        "correct-parameter",
        "spaces in the session name",
        asked(session_name="my name"),
        of_gate(Gate.PARAMETERS),
        ALLOWED,
    ),
    example(
        "correct-parameter",
        "an external ID with a `#`",
        asked(external_id="acme#42"),
        of_gate(Gate.PARAMETERS),
        NotProved.NO_EDIT,
    ),
    example(
        "correct-parameter",
        "a session name and tags beside an assertion",
        broken("saml", request={"parameters": {"session_name": "mara", "tags": {"team": "a"}}}),
        of_gate(Gate.PARAMETERS),
        ALLOWED,
    ),
    example(
        "correct-parameter",
        "a provider's id beside a signed request",
        asked(provider_id="www.amazon.com"),
        of_gate(Gate.PARAMETERS),
        ALLOWED,
    ),
)
