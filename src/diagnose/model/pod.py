"""The pod behind a request: its service account, and what EKS says of the cluster that it runs in."""

from msgspec import Struct

from diagnose.model.evidence import NOT_SUPPLIED, Evidence, Known
from diagnose.model.lazy_pattern import lazy_pattern

POD_IDENTITY = "pods.eks.amazonaws.com"
"""The service that assumes roles for pods: EKS Pod Identity."""

_ISSUER = lazy_pattern(r"(?:https://)?oidc\.eks\.([\w-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)/id/[0-9A-Za-z]+")


class Association(Struct, frozen=True, forbid_unknown_fields=True):
    """An association of EKS Pod Identity: EKS assumes `role_arn` for the pods of a service account.

    `target_role_arn` is a second role, which that one then assumes; None where there is none. `session_tags` says
    whether EKS passes session tags, as it does unless the association switches them off.

    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_PodIdentityAssociation.html
    """

    namespace: str
    service_account: str
    id: str = ""
    role_arn: Evidence[str] = NOT_SUPPLIED
    target_role_arn: Evidence[str | None] = NOT_SUPPLIED
    session_tags: Evidence[bool] = NOT_SUPPLIED


class Cluster(Struct, frozen=True, forbid_unknown_fields=True):
    """An EKS cluster. `issuer` is the URL that its tokens have as `iss`; a cluster that is built anew has another one.

    `associations` are those of all its service accounts.
    """

    arn: str
    issuer: Evidence[str] = NOT_SUPPLIED
    associations: Evidence[tuple[Association, ...]] = NOT_SUPPLIED

    @property
    def name(self) -> str:
        """The cluster's name, unique in its account and Region."""
        return self.arn.rpartition(":cluster/")[2]


class Pod(Struct, frozen=True, forbid_unknown_fields=True):
    """The service account of a pod, and where it is.

    `cluster` is the name or the ARN by which a cluster was asked for, empty where none was named. `clusters` are that
    one alone, or all of an account in a Region. `annotation` is the role in the service account's
    `eks.amazonaws.com/role-arn`: it is in Kubernetes, and no API of AWS shows it.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
    """

    namespace: str
    service_account: str
    cluster: str = ""
    clusters: Evidence[tuple[Cluster, ...]] = NOT_SUPPLIED
    annotation: Evidence[str | None] = NOT_SUPPLIED

    @property
    def own_associations(self) -> tuple[Association, ...]:
        """The associations of its service account that were read, one a cluster."""
        clusters = self.clusters.value if isinstance(self.clusters, Known) else ()
        read = [each.associations.value for each in clusters if isinstance(each.associations, Known)]
        mine = (self.namespace, self.service_account)
        return tuple(one for each in read for one in each if (one.namespace, one.service_account) == mine)


def region_of_issuer(issuer: str) -> str:
    """Name the Region of the cluster that issues under this URL, with or without `https://`; empty if none does."""
    found = _ISSUER.fullmatch(issuer)
    return found[1] if found else ""


def service_account_in(subject: object) -> tuple[str, str] | None:
    """Take namespace and name from the subject of a pod's token."""
    parts = subject.split(":") if isinstance(subject, str) else ()
    if len(parts) != 4 or tuple(parts[:2]) != ("system", "serviceaccount") or not all(parts):
        return None
    return parts[2], parts[3]
