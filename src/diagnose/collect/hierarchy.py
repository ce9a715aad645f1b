"""Where an account stands in its organization."""

from msgspec import Struct

from diagnose.collect.administrator import Administrator
from diagnose.model.evidence import Gap, Unread


class Place(Struct, frozen=True):
    """The way to an account: the id of the root, those of the OUs from the top down, and the account itself."""

    root: str
    units: tuple[str, ...]
    account: str

    def path(self, organization: str) -> str:
        """Write the place as `aws:PrincipalOrgPaths` does.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
        """
        return "".join(f"{step}/" for step in (organization, self.root, *self.units))


def place_of(administrator: Administrator, account: str) -> Place | Unread | None:
    """Walk from an account up to the root; None where it is not in the administrator's organization.

    A way that breaks off is unread as a whole: what stands above is not known.

    Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListParents.html
    """
    units: list[str] = []
    child = account
    while True:
        parents = administrator.parents(child)
        if isinstance(parents, Unread):
            return parents
        if parents.value is None and child == account:
            return None
        if parents.value is None or len(parents.value) != 1 or parents.value[0]["Id"] in units:
            return Unread(Gap.UNREACHABLE, f"parent of {child}", detail="AWS does not name the one parent it has")
        [parent] = parents.value
        if parent["Type"] == "ROOT":
            return Place(parent["Id"], tuple(reversed(units)), account)
        child = parent["Id"]
        units.append(child)
