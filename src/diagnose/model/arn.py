"""ARNs of callers and of roles, read strictly; whoever wrote a wrong one is told what was probably meant.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""

import re
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from diagnose.errors import XdiagError
from diagnose.model.lazy_pattern import lazy_pattern
from diagnose.model.placeholder import PlaceholderForm, placeholder_in

PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc")
RESERVED_PATH = "/aws-reserved/sso.amazonaws.com/"
RESERVED_NAME = "AWSReservedSSO_"
"""How the path and the name begin of a role that IAM Identity Center makes for a permission set.

Source: https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
"""
HTTPS = "https://"
"""How the URL of a token's issuer begins."""
ROLE_SHAPE = "arn:aws:iam::111111111111:role/path/Name"


class CallerKind(StrEnum):
    """What a caller is, as its ARN says."""

    USER = "user"
    ROLE = "role"
    """A role given by its own ARN: the request is made by a session of it whose name is not known."""
    SESSION = "session"
    ROOT = "root"
    FEDERATED_USER = "federated_user"
    SERVICE = "service"
    WEB_IDENTITY = "web_identity"
    """Whoever presents an OIDC token, given by its issuer's URL."""
    SAML = "saml"
    """Whoever presents a SAML assertion, given by the ARN of the SAML provider in IAM."""


class Arn(Struct, frozen=True):
    """The six parts of an ARN; the resource part keeps its colons."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


class CallerArn(Struct, frozen=True):
    """A caller taken apart. `path` is "/" or "/a/b/", empty where the ARN does not carry one."""

    arn: str
    kind: CallerKind
    partition: str
    account: str
    name: str
    path: str = ""
    session: str = ""


class RoleArn(Struct, frozen=True):
    """A role's ARN taken apart. `path` is "/" or "/a/b/"."""

    arn: str
    partition: str
    account: str
    path: str
    name: str


def split_arn(text: str) -> Arn | None:
    """Take an ARN apart at its first five colons; None where there are fewer, or no `arn:` in front."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        return None
    return Arn(*parts[1:])


def same_entity(one: str, other: str) -> bool:
    """Say whether two ARNs are of one IAM user or role: names are unique in an account, whatever the path.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
    """
    if one.rpartition("/")[2] != other.rpartition("/")[2]:
        return False
    arns = [arn for arn in map(split_arn, (one, other)) if arn is not None and arn.service == "iam"]
    entities = [
        (arn.partition, arn.account, kind, name)
        for arn in arns
        for kind, _, name in (split_path(arn.resource),)
        if kind in ("user", "role")
    ]
    return len(entities) == 2 and entities[0] == entities[1]


def account_of(text: str) -> str:
    """Give the account of an ARN; empty where the ARN has none, or the text is not an ARN."""
    arn = split_arn(text)
    return arn.account if arn else ""


def split_path(resource: str) -> tuple[str, str, str]:
    """Take `role/team/App` apart into its type, path and name: `("role", "/team/", "App")`."""
    kind, _, rest = resource.partition("/")
    path, slash, name = rest.rpartition("/")
    return kind, f"/{path}{slash}", name


def role_of_session(arn: Arn) -> str:
    """Name the role in `assumed-role/Name/session`. Its path is not part of a session's ARN."""
    return arn.resource.split("/")[1]


@lru_cache(maxsize=1)  # what is read is checked, and then decided
def parse_caller(text: str) -> CallerArn:
    """Read the ARN of a caller, the name of a service principal, or the URL of a token's issuer.

    Raises XdiagError, with the nearest right form as its hint.
    """
    if _OF_STS in text:
        if sound := _SOUND_SESSION.fullmatch(text):
            partition, account, role, session = sound.groups()
            return CallerArn(text, _SESSION, partition, account, role, "", session)
    elif sound := _SOUND_ENTITY.fullmatch(text):
        partition, account, kind, path, name = sound.groups()
        return CallerArn(text, _ENTITIES[kind], partition, account, name, path)
    if _SERVICE.fullmatch(text):
        return CallerArn(text, CallerKind.SERVICE, "aws", "", text)
    if text.startswith(HTTPS):
        return CallerArn(text, CallerKind.WEB_IDENTITY, "", "", _issuer(text))
    arn = _checked(text, "source")
    kind, path, name = split_path(arn.resource)
    match (arn.service, kind):
        case ("iam", "user") if name:
            return CallerArn(text, CallerKind.USER, arn.partition, arn.account, name, path)
        case ("iam", "role") if name:
            return CallerArn(text, CallerKind.ROLE, arn.partition, arn.account, name, path)
        case ("iam", "saml-provider") if name:
            return CallerArn(text, CallerKind.SAML, arn.partition, "", name)
        case ("iam", "root"):
            return CallerArn(text, CallerKind.ROOT, arn.partition, arn.account, "root")
        case ("sts", "assumed-role") if arn.resource.count("/") == 2 and name and (role := role_of_session(arn)):
            return CallerArn(text, CallerKind.SESSION, arn.partition, arn.account, role, session=name)
        case ("sts", "federated-user") if name:
            return CallerArn(text, CallerKind.FEDERATED_USER, arn.partition, arn.account, name)
        case ("sts", "assumed-role"):
            raise XdiagError(
                f"the source `{text}` is not a complete session ARN",
                hint="expected `arn:aws:sts::111111111111:assumed-role/RoleName/session-name`, without the role's path",
            )
    raise XdiagError(f"the source `{text}` is not a principal that can sign requests", hint=_other_kind(arn, kind))


@lru_cache(maxsize=1)  # as above
def parse_role(text: str) -> RoleArn:
    """Read the ARN of an IAM role.

    Raises XdiagError, with the nearest right form as its hint.
    """
    if sound := _SOUND_ENTITY.fullmatch(text):
        partition, account, kind, path, name = sound.groups()
        if kind == "role":
            return RoleArn(text, partition, account, path, name)
    if _ROLE_NAME.fullmatch(text):
        raise XdiagError(
            f"the destination `{text}` is a bare name, not an ARN",
            hint=f"expected the role's full ARN: `arn:aws:iam::<its account>:role/{text.removeprefix('role/')}`",
        )
    arn = _checked(text, "destination role")
    kind, path, name = split_path(arn.resource)
    if arn.service == "iam" and kind == "role" and name:
        if "//" in path:
            raise XdiagError(
                f"the destination role `{text}` has an empty part in its path",
                hint=f"did you mean `arn:{arn.partition}:iam::{arn.account}:role{re.sub('/+', '/', path)}{name}`",
            )
        return RoleArn(text, arn.partition, arn.account, path, name)
    what = _WHAT_IT_IS.get((arn.service, kind), "not an IAM role")
    raise XdiagError(f"the destination `{text}` is {what}", hint=_nearest_role(arn, kind, name))


def names_service(text: str) -> bool:
    """Say whether a text is the name of a service principal."""
    return _SERVICE.fullmatch(text) is not None


def is_role_arn(text: str) -> bool:
    """Say whether a text is the ARN of an IAM role."""
    try:
        parse_role(text)
    except XdiagError:
        return False
    return True


_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov)")
_ISSUER = lazy_pattern(r"[A-Za-z0-9.-]+(:[0-9]+)?(/[^\s*?#\"'<>]*)?")
_ROLE_NAME = lazy_pattern(r"(role/)?[\w+=,.@/-]+")
# The two colons that stand for the missing Region are the only ones that belong together.
_DOUBLED = lazy_pattern(r"^arn::|^arn:[^:]*::(?!\d{12}:)|\d{12}::|:::")
_ACCOUNT = lazy_pattern(r"[0-9]{12}")
# What nearly all ARNs look like: those that fit need no further check.
_PARTITION = f"({'|'.join(PARTITIONS)})"
_NAME = "[A-Za-z0-9_+=,.@-]++"  # It ends where another sign comes: a shorter one is not worth trying.
_SOUND_ENTITY = re.compile(rf"arn:{_PARTITION}:iam::([0-9]{{12}}):(user|role)(/(?:{_NAME}/)*)({_NAME})")
_SOUND_SESSION = re.compile(rf"arn:{_PARTITION}:sts::([0-9]{{12}}):assumed-role/({_NAME})/({_NAME})")
_OF_STS = ":sts:"
_ENTITIES, _SESSION = {"role": CallerKind.ROLE, "user": CallerKind.USER}, CallerKind.SESSION
_WHAT_IT_IS = {
    ("iam", "user"): "an IAM user, which cannot be assumed",
    ("iam", "instance-profile"): "an instance profile, which only holds a role",
    ("iam", "root"): "an account, not a role in it",
    ("iam", "group"): "an IAM group, which cannot be assumed",
    ("iam", "policy"): "a policy, not a role",
    ("sts", "assumed-role"): "a session of a role, not the role itself",
}
_QUOTES = "\"'`\u201c\u201d\u2018\u2019"


def _issuer(url: str) -> str:
    """Give an issuer's URL without `https://`, which is its name in ARNs and condition keys."""
    name = url.removeprefix(HTTPS)
    if not _ISSUER.fullmatch(name):
        raise XdiagError(
            f"the source `{url}` is not the URL of a token's issuer",
            hint="expected the token's `iss`, such as `https://token.actions.githubusercontent.com`",
        )
    return name


def _checked(text: str, what: str) -> Arn:
    """Split an ARN whose first five parts have the right shape."""
    unfilled = placeholder_in(text)
    if unfilled is not None and "${" not in unfilled.text:
        fault, hint = "was never filled in", f"put in what `{unfilled.text}` stands for"
        if unfilled.form is PlaceholderForm.MASKED:
            fault, hint = "is masked", "put in the real value"
        raise XdiagError(f"the {what} `{text}` has `{unfilled.text}` in it, which {fault}", hint=hint)
    if text != text.strip() or re.search(r"\s", text):
        raise XdiagError(
            f"the {what} `{text}` contains spaces", hint=f"did you mean `{re.sub(chr(92) + 's+', '', text)}`"
        )
    if not text.isprintable():
        cleaned = "".join(character for character in text if character.isprintable())
        raise XdiagError(f"the {what} contains invisible characters", hint=f"did you mean `{cleaned}`")
    if text.startswith(tuple(_QUOTES)):
        raise XdiagError(f"the {what} `{text}` has quotes around it", hint=f"did you mean `{text.strip(_QUOTES)}`")
    if "*" in text:
        raise XdiagError(f"the {what} `{text}` contains a wildcard", hint=f"expected one such as `{ROLE_SHAPE}`")
    if "${" in text:
        raise XdiagError(
            f"the {what} `{text}` contains a template variable",
            hint="put in the value that the variable stands for, such as `aws` for `${AWS::Partition}`",
        )
    arn = split_arn(text)
    if arn is None:
        raise XdiagError(f"the {what} `{text}` is not an ARN", hint=_with_right_colons(text))
    if arn.service in ("iam", "sts", "aws", "") and _DOUBLED.search(text):
        raise XdiagError(f"the {what} `{text}` has an extra colon", hint=_with_right_colons(text))
    if arn.partition not in PARTITIONS:
        raise XdiagError(
            f"the {what} `{text}` names the partition `{arn.partition}`, which does not exist",
            hint=f"expected one of {', '.join(PARTITIONS)}",
        )
    if arn.region:
        raise XdiagError(f"the {what} `{text}` is not an ARN of IAM or STS", hint=_without_region(arn))
    if not _ACCOUNT.fullmatch(arn.account):
        raise XdiagError(f"the {what} `{text}` does not have an account id of twelve digits", hint=_account_hint(arn))
    return arn


def _with_right_colons(text: str) -> str:
    """Propose an ARN for one that lost a colon or its beginning."""
    end = re.search(r"(\d{12}):*((?:role|user|assumed-role|federated-user)/.+|root)$", text)
    if not end:
        return f"expected an ARN such as `{ROLE_SHAPE}`"
    partition = next((part for part in sorted(PARTITIONS, key=len, reverse=True) if f":{part}:" in text), "aws")
    service = "sts" if end[2].startswith(("assumed-role/", "federated-user/")) else "iam"
    return f"did you mean `arn:{partition}:{service}::{end[1]}:{end[2]}`"


def _without_region(arn: Arn) -> str:
    """Propose an ARN for one with something between the two colons after the service."""
    if _ACCOUNT.fullmatch(arn.region):
        resource = arn.account + ":" + arn.resource if arn.account else arn.resource
        return f"a colon is missing: did you mean `arn:{arn.partition}:{arn.service}::{arn.region}:{resource}`"
    if arn.service in ("iam", "sts"):
        return (
            f"its ARNs name no Region: did you mean `arn:{arn.partition}:{arn.service}::{arn.account}:{arn.resource}`"
        )
    return f"expected an ARN such as `{ROLE_SHAPE}`"


def _account_hint(arn: Arn) -> str:
    """Propose an account id for one with dashes, or say what is wrong with it."""
    digits = re.sub(r"[\s-]", "", arn.account)
    if _ACCOUNT.fullmatch(digits):
        return f"did you mean `arn:{arn.partition}:{arn.service}::{digits}:{arn.resource}`"
    if arn.account.isdigit():
        return f"`{arn.account}` has {len(arn.account)} digits; leading zeros count, too"
    return f"`{arn.account}` is not an account id; expected twelve digits, as in `{ROLE_SHAPE}`"


def _nearest_role(arn: Arn, kind: str, name: str) -> str:
    """Propose the role ARN that was probably meant."""
    match (arn.service, kind):
        case ("sts", "assumed-role"):
            return (
                f"did you mean `arn:{arn.partition}:iam::{arn.account}:role/{role_of_session(arn)}`, "
                "with the role's path if it has one"
                if "/" in arn.resource
                else f"expected a role, such as `{ROLE_SHAPE}`"
            )
        case ("iam", "instance-profile"):
            return "pass its role; `aws iam get-instance-profile` names it, and it often has the same name"
        case ("iam", "Role" | "roles" | "ROLE"):
            return f"did you mean `arn:{arn.partition}:iam::{arn.account}:role/{name}`"
        case ("sts", "role"):
            return f"did you mean `arn:{arn.partition}:iam::{arn.account}:{arn.resource}`"
    return f"expected a role, such as `{ROLE_SHAPE}`"


def _other_kind(arn: Arn, kind: str) -> str:
    """Say what form of source was probably meant."""
    match (arn.service, kind):
        case ("iam", "assumed-role"):
            return f"did you mean `arn:{arn.partition}:sts::{arn.account}:{arn.resource}`"
        case ("iam", "instance-profile"):
            return "pass the role of the instance profile"
        case ("iam", "group"):
            return "a group cannot sign requests; pass one of its users"
        case ("sts", "role" | "user"):
            return f"did you mean `arn:{arn.partition}:iam::{arn.account}:{arn.resource}`"
    return (
        "expected an IAM user, an IAM role, an assumed-role session, an account's root, a federated user, "
        "or a service principal such as `ec2.amazonaws.com`"
    )
