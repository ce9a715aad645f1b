"""The kinds of remedy that a rule may name. The set is closed."""

from enum import StrEnum


class Kind(StrEnum):
    """What is changed. Each kind has exactly one author in `edits`."""

    # The source's own policies
    ALLOW_ROLE_IN_IDENTITY = "allow-role-in-identity"
    CORRECT_RESOURCE = "correct-resource"
    CORRECT_ACTION = "correct-action"
    SET_DEFAULT_VERSION = "set-default-version"
    ATTACH_IDLE_POLICY = "attach-idle-policy"

    # The trust policy
    NAME_PRINCIPAL_IN_TRUST = "name-principal-in-trust"
    REPLACE_STALE_ID = "replace-stale-id"

    # The companions of sts:AssumeRole
    ADD_COMPANION_TO_TRUST = "add-companion-to-trust"
    ADD_COMPANION_TO_IDENTITY = "add-companion-to-identity"
    ADD_COMPANION_TO_BOUNDARY = "add-companion-to-boundary"
    SPLIT_COMPANION = "split-companion"

    # Any policy
    CORRECT_CONDITION_VALUE = "correct-condition-value"
    CORRECT_CONDITION_OPERATOR = "correct-condition-operator"
    CORRECT_CONDITION_KEY = "correct-condition-key"
    SET_POLICY_VERSION_LANGUAGE = "set-policy-version-language"
    EXEMPT_FROM_DENY = "exempt-from-deny"

    # What limits
    ALLOW_IN_BOUNDARY = "allow-in-boundary"
    ALLOW_IN_SCP = "allow-in-scp"
    ALLOW_IN_ENDPOINT = "allow-in-endpoint"
    ALLOW_IN_SESSION = "allow-in-session"

    # The request
    PASS_EXTERNAL_ID = "pass-external-id"
    PASS_MFA = "pass-mfa"
    PASS_TAGS = "pass-tags"
    PASS_SESSION_NAME = "pass-session-name"
    PASS_SOURCE_IDENTITY = "pass-source-identity"
    DROP_TAGS = "drop-tags"
    DROP_SOURCE_IDENTITY = "drop-source-identity"
    SHORTEN_DURATION = "shorten-duration"
    CORRECT_PARAMETER = "correct-parameter"
    CORRECT_ROLE_ARN = "correct-role-arn"
    CORRECT_SOURCE_ARN = "correct-source-arn"
    USE_REGION = "use-region"
    USE_ENDPOINT = "use-endpoint"
    USE_API_INSTEAD_OF_CONSOLE = "use-api-instead-of-console"
    USE_IDENTITY = "use-identity"
    USE_OTHER_ROLE = "use-other-role"
    DROP_HOP = "drop-hop"

    # What is set on a user or a role
    RAISE_ROLE_MAXIMUM = "raise-role-maximum"
    TAG_PRINCIPAL = "tag-principal"
    TAG_ROLE = "tag-role"
    CREATE_ROLE = "create-role"

    # What no edit of a case expresses
    WAIT_FOR_PROPAGATION = "wait-for-propagation"
    ASK_OWNER = "ask-owner"
    GRANT_READER_PERMISSION = "grant-reader-permission"
    GIVE_EVIDENCE = "give-evidence"
    CORRECT_DOCUMENT = "correct-document"


REMEDIES: frozenset[str] = frozenset(kind.value for kind in Kind)
