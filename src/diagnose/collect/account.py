"""The parts of an account's authorization details that decide about roles, as AWS names and prints them.

What is not listed here is passed over.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from msgspec import Raw, Struct


class Tag(Struct, rename="pascal"):
    """A tag of a user or a role."""

    key: str
    value: str


class Attached(Struct, rename="pascal"):
    """A managed policy that is attached."""

    policy_arn: str


class Inline(Struct, rename="pascal"):
    """An inline policy. Its document is an object, or a percent-encoded string."""

    policy_name: str
    policy_document: Raw


class Boundary(Struct, rename="pascal"):
    """A permissions boundary, by its ARN alone."""

    permissions_boundary_arn: str


class Group(Struct, rename="pascal"):
    """A group and its policies."""

    group_name: str
    arn: str
    group_policy_list: tuple[Inline, ...] = ()
    attached_managed_policies: tuple[Attached, ...] = ()


class User(Struct, rename="pascal"):
    """A user, its own policies, and the names of its groups. `tags` is None where the file does not tell."""

    user_name: str
    user_id: str
    arn: str
    create_date: str | float = ""
    user_policy_list: tuple[Inline, ...] = ()
    group_list: tuple[str, ...] = ()
    attached_managed_policies: tuple[Attached, ...] = ()
    permissions_boundary: Boundary | None = None
    tags: tuple[Tag, ...] | None = None


class RoleDetail(Struct, rename="pascal"):
    """A role and its policies. `tags` is None where the file does not tell."""

    role_name: str
    role_id: str
    arn: str
    assume_role_policy_document: Raw
    create_date: str | float = ""
    role_policy_list: tuple[Inline, ...] = ()
    attached_managed_policies: tuple[Attached, ...] = ()
    permissions_boundary: Boundary | None = None
    tags: tuple[Tag, ...] | None = None


class Version(Struct, rename="pascal"):
    """A version of a managed policy."""

    version_id: str
    document: Raw
    is_default_version: bool = False


class Managed(Struct, rename="pascal"):
    """A managed policy with all its versions."""

    policy_name: str
    arn: str
    policy_version_list: tuple[Version, ...] = ()


class Printed(Struct, rename="pascal"):
    """The whole answer, or a page of it."""

    user_detail_list: tuple[User, ...] = ()
    group_detail_list: tuple[Group, ...] = ()
    role_detail_list: tuple[RoleDetail, ...] = ()
    policies: tuple[Managed, ...] = ()
    is_truncated: bool = False
    next_token: str | None = None
