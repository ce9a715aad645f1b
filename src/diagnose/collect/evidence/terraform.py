"""Users and roles out of states and plans of Terraform and OpenTofu.

States and plans hold secrets: only what is said of IAM is read, and nothing else is quoted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Raw, Struct

from diagnose.collect.evidence.declared import Declaration, Declared, name_of
from diagnose.collect.evidence.declared_limits import LIMIT_KINDS, limits_in
from diagnose.collect.evidence.declared_provider import PROVIDER_KINDS, providers_in
from diagnose.collect.evidence.partial_document import UnknownValue, Written
from diagnose.collect.evidence.terraform_json import References, Resource, objects_in, references_in, resources_in
from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError
from diagnose.model.arn import split_arn
from diagnose.model.evidence import Evidence, Known, Unread
from diagnose.model.policy import Attachment, AttachmentKind, Policy, PolicyKind, PolicySet, raw_document


def read_terraform(value: Mapping[str, Written], place: str, *, planned: bool) -> Declaration:
    """Read a state or a plan; of a plan what there is now, or with `planned` what it makes.

    Raises XdiagError for a version of the format that is not known, and for a state that is `planned`.
    """
    _check_version(value, place)
    is_plan = "planned_values" in value or "resource_changes" in value
    if planned and not is_plan:
        raise XdiagError(f"`{quotable(place)}` is a state, which plans nothing", hint="leave out `--planned`")
    state = f"{place}, {'after' if planned else 'before'} apply" if is_plan else place
    file = _File(place, tuple(resources_in(value, planned=planned)), references_in(value.get("configuration")))
    providers = tuple(providers_in(file.arguments_of(PROVIDER_KINDS), place))
    limits = limits_in(file.arguments_of(LIMIT_KINDS), place)
    return Declaration(place, state, tuple(file.entities()), providers=providers, limits=limits)


def _check_version(value: Mapping[str, Written], place: str) -> None:
    version = str(value.get("format_version", value.get("version", "")))
    if version.split(".")[0] not in ("0", "1", "4"):
        raise XdiagError(
            f"`{quotable(place)}` is in version {quotable(version)} of Terraform's format, which is not known",
            hint="expected the output of `terraform show -json` in version 1, or a state in version 4",
        )


_KINDS = {"aws_iam_role": "role", "aws_iam_user": "user", "aws_iam_group": "group"}


_HOLDERS = {
    **{f"aws_iam_{kind}_policy": {kind: kind} for kind in _KINDS.values()},
    **{f"aws_iam_{kind}_policy_attachment": {kind: kind} for kind in _KINDS.values()},
    "aws_iam_policy_attachment": {kind: f"{kind}s" for kind in _KINDS.values()},
}
"""The argument that says whom a policy is for, by the type of resource and the kind of its holder."""


class _File(Struct, frozen=True):
    """The resources of one file, and what they refer to."""

    place: str
    resources: tuple[Resource, ...]
    references: References

    def entities(self) -> Iterator[Declared]:
        account = self._account()
        for one in self._of(*_KINDS):
            yield self._entity(one, _KINDS[one.type], account)

    def arguments_of(self, kinds: Iterable[str]) -> Iterator[tuple[str, Callable[[str], Written]]]:
        """Give the types of resources that are there, and what looks up their arguments."""
        return ((one.type, one.get) for one in self._of(*kinds) if not one.gone and not one.absent)

    def _of(self, *types: str) -> Iterator[Resource]:
        return (one for one in self.resources if one.type in types)

    def _account(self) -> str:
        """Give the one account that the file is about; "" where there are several or none."""
        arns = [one.text("arn") for one in self.resources if one.type.startswith("aws_iam_")]
        accounts = {arn.account for arn in map(split_arn, arns) if arn is not None and arn.account.isdigit()}
        accounts |= {one.text("account_id") for one in self.resources if one.type == "aws_caller_identity"} - {""}
        return accounts.pop() if len(accounts) == 1 else ""

    def _entity(self, one: Resource, kind: str, account: str) -> Declared:
        name, path = one.text("name"), one.text("path") or "/"
        arn = one.text("arn") or (f"arn:aws:iam::{account}:{kind}{path}{name}" if account and name else "")
        longest = one.get("max_session_duration")
        return Declared(
            kind,
            one.address,
            arn,
            name,
            path,
            one.text("unique_id"),
            trust=self._document(one, "assume_role_policy"),
            tags=_tags(one),
            max_session_seconds=Known(longest, self.place) if isinstance(longest, int) else Unread(),
            boundary=self._boundary(one),
            policies=self._policies(one, kind),
            gone=one.gone,
            absent=f"`{quotable(self.place)}` creates it; with `--planned` what will be counts" if one.absent else "",
        )

    def _document(self, one: Resource, key: str) -> Raw | UnknownValue | None:
        """Give a document, which states and plans hold as text."""
        value = one.get(key)
        if isinstance(value, UnknownValue):
            references = [name for name in self.references.get((one.configured_at, key), ()) if name.count(".") > 1]
            on = f": depends on {', '.join(f'`{name}`' for name in references[:3])}" if references else ""
            return UnknownValue(f"{value.why}{on}")
        return raw_document(value) if isinstance(value, str | dict) and value else None

    def _boundary(self, one: Resource) -> Evidence[Policy | None]:
        match one.get("permissions_boundary"):
            case UnknownValue(why=why):
                referred = self._referred(one, "permissions_boundary", "aws_iam_policy")
                policy = self._policy_of(referred, "") if referred else None
                return Known(policy, self.place) if isinstance(policy, Policy) else Unread(detail=why)
            case str(arn) if arn:
                policy = self._managed(arn, "")
                return Known(policy, self.place) if isinstance(policy, Policy) else policy
        return Known(None, self.place)

    def _policies(self, holder: Resource, kind: str, attached_to: str = "") -> PolicySet:
        parts: list[Policy | Unread] = [
            *(
                Policy(str(each.get("name") or ""), raw_document(each["policy"]), attached_to=attached_to)
                for each in objects_in(holder.get("inline_policy"))
                if each.get("policy")
            ),
            *self._left_open(holder, kind),
            *(
                self._inline(one, attached_to)
                for one in self._of(f"aws_iam_{kind}_policy")
                if self._is_for(one, kind, holder)
            ),
            *(self._managed(arn, attached_to) for arn in _texts(holder.get("managed_policy_arns"))),
            *(
                self._attached(one, attached_to)
                for one in self._of(f"aws_iam_{kind}_policy_attachment")
                if self._is_for(one, kind, holder)
            ),
            *(
                self._attached(one, attached_to)
                for one in self._of("aws_iam_policy_attachment")
                if self._is_for(one, f"{kind}s", holder)
            ),
        ]
        if kind == "user":
            for group in self._groups_of(holder):
                of_group = self._policies(group, "group", str(Attachment(AttachmentKind.GROUP, group.text("name"))))
                parts += [*of_group.policies, *of_group.unread]
        distinct = {(part.arn or part.name) if isinstance(part, Policy) else part.subject: part for part in parts}
        return PolicySet(
            tuple(part for part in distinct.values() if isinstance(part, Policy)),
            tuple(part for part in distinct.values() if isinstance(part, Unread)),
        )

    def _left_open(self, holder: Resource, kind: str) -> Iterator[Unread]:
        """Name what may be a policy of a user, role or group, and is not known yet."""
        if holder.data:
            yield Unread(subject=f"policies of {holder.address}", detail="a data source does not hold them")
        for key in ("inline_policy", "managed_policy_arns"):
            if holder.knows_in_part(key):
                yield Unread(subject=f"{key} of {holder.address}", detail="known after apply only")
        for one in self.resources:
            key = _HOLDERS.get(one.type, {}).get(kind, "")
            known = one.gone or one.absent or not one.knows_in_part(key) or (one.configured_at, key) in self.references
            if key and not known:
                yield Unread(subject=f"the policy of {one.address}", detail="whom it is for is known after apply only")

    def _is_for(self, one: Resource, key: str, holder: Resource) -> bool:
        """Say whether an argument names a user, role or group: by its name, or by what the configuration refers to.

        What is not there, or there no more, is for nobody.
        """
        if one.gone or one.absent:
            return False
        value = one.get(key)
        if isinstance(value, UnknownValue) or (one.knows_in_part(key) and self._refers(one, key, holder)):
            return self._refers(one, key, holder)
        return holder.text("name") in _texts(value) if holder.text("name") else self._refers(one, key, holder)

    def _refers(self, one: Resource, key: str, other: Resource) -> bool:
        names = self.references.get((one.configured_at, key), ())
        return any(name == other.configured_at or name.startswith(f"{other.configured_at}.") for name in names)

    def _referred(self, one: Resource, key: str, kind: str) -> Resource | None:
        """Find the one resource that an argument refers to."""
        found = [other for other in self._of(kind) if self._refers(one, key, other)]
        return found[0] if len(found) == 1 else None

    def _groups_of(self, user: Resource) -> Iterator[Resource]:
        for group in self._of("aws_iam_group"):
            for one in self._of("aws_iam_user_group_membership"):
                if self._is_for(one, "user", user) and self._is_for(one, "groups", group):
                    yield group
            for one in self._of("aws_iam_group_membership"):
                if self._is_for(one, "users", user) and self._is_for(one, "group", group):
                    yield group

    def _inline(self, one: Resource, attached_to: str) -> Policy | Unread:
        document = self._document(one, "policy")
        name = one.text("name") or one.address
        if isinstance(document, UnknownValue) or document is None:
            return Unread(subject=f"inline policy {name}", detail=document.why if document else "")
        return Policy(name, document, attached_to=attached_to)

    def _attached(self, one: Resource, attached_to: str) -> Policy | Unread:
        arn = one.get("policy_arn")
        if isinstance(arn, str):
            return self._managed(arn, attached_to)
        referred = self._referred(one, "policy_arn", "aws_iam_policy")
        return self._policy_of(referred, attached_to) if referred else Unread(subject=f"the policy of {one.address}")

    def _managed(self, arn: str, attached_to: str) -> Policy | Unread:
        """Find a managed policy by its ARN. That of AWS is in no file, except where it is read as data."""
        for one in self.resources:
            if one.type == "aws_iam_policy" and one.text("arn") == arn:
                return self._policy_of(one, attached_to)
        return Unread(
            subject=arn, permission="iam:GetPolicyVersion", detail=f"its document is not in {quotable(self.place)}"
        )

    def _policy_of(self, one: Resource, attached_to: str) -> Policy | Unread:
        document, arn = self._document(one, "policy"), one.text("arn")
        if isinstance(document, UnknownValue) or document is None:
            return Unread(subject=arn or one.address, detail=document.why if document else "")
        return Policy(one.text("name") or name_of(arn) or one.address, document, PolicyKind.MANAGED, arn, attached_to)


def _tags(one: Resource) -> Evidence[Mapping[str, str]]:
    tags = one.get("tags_all")
    if tags is None:
        tags = one.get("tags")
    if isinstance(tags, UnknownValue):
        return Unread(detail=tags.why)
    if any(value is True for value in (one.unknown.get("tags_all"), one.unknown.get("tags"))):
        return Unread(detail=f"the tags of `{one.address}` are known after apply only")
    return Known({str(key): str(value) for key, value in tags.items()}) if isinstance(tags, dict) else Known({})


def _texts(value: Written) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, str)]
