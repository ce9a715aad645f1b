"""The pod that is asked about: the service account in the flags or in the token, and the cluster that it runs in."""

from msgspec.structs import replace

from diagnose.cli.case_flags import EvidenceFlags
from diagnose.cli.presented import PresentedFlags, names_pod
from diagnose.collect.federation.presented import Presented
from diagnose.collect.federation.workload import WORKLOADS, named
from diagnose.errors import XdiagError
from diagnose.model.arn import account_of
from diagnose.model.evidence import Unread
from diagnose.model.federation import WebIdentity
from diagnose.model.pod import Pod, region_of_issuer, service_account_in


def pod_asked_about(flags: PresentedFlags, presented: Presented | None, source: str | None) -> Pod | None:
    """Give the pod, of which nothing is read yet; None where the question is about none.

    Raises XdiagError for flags that say nothing of a pod for which EKS Pod Identity assumes a role.
    """
    if names_pod(flags, source):
        if flags.cluster_issuer is not None:
            raise XdiagError(
                "`--cluster-issuer` says nothing of EKS Pod Identity, which presents no token to STS",
                hint="expected `--cluster NAME`",
            )
        row = next(row for row in WORKLOADS if row.flag == "service_account")
        namespace, account = named(row, flags.service_account or "")
        return Pod(namespace, account, flags.cluster or "")
    token = presented.forms[0] if presented is not None else None
    if presented is None or not isinstance(token, WebIdentity) or not region_of_issuer(presented.source):
        return None
    found = service_account_in(token.claims.get("sub"))
    return Pod(*found, flags.cluster or "") if found is not None else None


def with_cluster_issuer(flags: PresentedFlags, source: str | None, evidence: EvidenceFlags) -> PresentedFlags:
    """Read who issues the tokens of the cluster that is named, unless that is said too.

    Raises XdiagError where it cannot be read: without it, nobody knows which provider the pod's token is checked by.
    """
    if flags.service_account is None or flags.cluster is None or flags.cluster_issuer is not None:
        return flags
    if names_pod(flags, source) or evidence.case_file is not None:
        return flags
    from diagnose.cli.configured import configured
    from diagnose.cli.opened import opened_profiles
    from diagnose.collect.pod import issuer_of_cluster

    where = configured(evidence, account_of(flags.cluster), "")
    credentials = opened_profiles().profile(where.source_profile, where)
    issuer = issuer_of_cluster(flags.cluster, credentials)
    if isinstance(issuer, Unread):
        needed = f"; needs `{issuer.permission}`" if issuer.permission else ""
        raise XdiagError(
            f"the issuer of the tokens of cluster `{flags.cluster}` could not be read",
            hint=f"{issuer.detail}{needed}; or name it: `--cluster-issuer URL`",
        )
    if issuer.value is None:
        raise XdiagError(
            f"there is no EKS cluster `{flags.cluster}` in the account and Region of {credentials.label}",
            hint="expected its name with `--source-profile` of its account, or its ARN",
        )
    return replace(flags, cluster_issuer=issuer.value)
