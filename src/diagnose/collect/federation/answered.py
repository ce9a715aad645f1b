"""The caller that AWS's answer tells of: who was refused with a token or an assertion is not whoever signs requests.

People name the identity that they see, such as the role of the pod's node; the call that failed was made without it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from diagnose.errors import XdiagError
from diagnose.model.arn import HTTPS, CallerKind, is_role_arn, parse_caller
from diagnose.model.aws_error import AwsError
from diagnose.model.case import Case, Parameters, ProbeOutcome, SourceSide
from diagnose.model.evidence import Known
from diagnose.model.issuers import issuer_of, name_meant
from diagnose.model.operation import FEDERATED, Operation
from diagnose.model.policy import Policy, document_text


def federated_operation(message: str) -> Operation | None:
    """Name the operation that an error text is about, where that is one which a token or an assertion is sent with.

    None where the text also tells of a call that was signed: then it is not known which of them is asked about.
    """
    if not message:
        return None
    # Imported here: few checks have an error, and the parser is a third of a start without one.
    from diagnose.model.error_text.parser import parse_errors

    about = [error for error in parse_errors(message) if _about_a_role(error)]
    operations = {_FEDERATED.get(error.operation) for error in about}
    return operations.pop() if len(operations) == 1 else None


def source_answered(message: str, trust: Policy | None) -> str:
    """Give the issuer's URL or the provider's ARN of the call that an error is about.

    An error names the issuer where IAM has no provider for it. Otherwise it is the one that the trust policy names:
    empty where that names none or several, and where the trust policy is not known.
    """
    operation = federated_operation(message)
    if operation is None:
        return ""
    if named := _ISSUER.search(message):
        return named[1].rstrip("./")
    sources = sources_trusted(trust, operation)
    return sources[0] if len(sources) == 1 else ""


def sources_trusted(trust: Policy | None, operation: Operation) -> tuple[str, ...]:
    """List the issuers or the SAML providers that a trust policy lets in; none where it is not known."""
    if trust is None:
        return ()
    return tuple(dict.fromkeys(filter(None, (_source(name, operation) for name in _providers(trust)))))


def as_answered(case: Case) -> Case:
    """Give a case whose source signs, and whose error is about a token or an assertion, as a case of that call.

    Nothing is known of what was presented but whose it was. A case stays as it is where that cannot be told, and where
    AWS was asked with the source's credentials.
    """
    tried = case.probe is not None and case.probe.outcome is not ProbeOutcome.NOT_MADE
    if case.request.operation is not Operation.ASSUME_ROLE or tried:
        return case
    operation, trust = federated_operation(case.message), case.snapshot.destination.trust_policy
    source = source_answered(case.message, trust.value if isinstance(trust, Known) else None)
    if operation is None or not source:
        return case
    sent, web = case.request.parameters, operation is Operation.WITH_WEB_IDENTITY
    parameters = Parameters(session_name=sent.session_name if web else None, duration_seconds=sent.duration_seconds)
    return replace(
        case,
        request=replace(
            case.request,
            operation=operation,
            parameters=parameters,
            signed_in_as=None,
            asked_as=case.snapshot.source.arn,
        ),
        snapshot=replace(case.snapshot, source=SourceSide(source)),
        note=" ".join(filter(None, (case.note, _said(case.snapshot.source.arn, operation, source)))),
    )


_FEDERATED: Mapping[str, Operation] = {str(operation): operation for operation in FEDERATED}
_ISSUER = re.compile(r"provider found in your account for\s?(https://[^\s\"'`,;()<>]{1,300})")


def _about_a_role(error: AwsError) -> bool:
    return error.operation in (Operation.ASSUME_ROLE, *_FEDERATED) or is_role_arn(error.resource)


def _providers(trust: Policy) -> Iterator[str]:
    """List whom the Allow statements of a trust policy name as `Federated`."""
    try:
        document = json.loads(document_text(trust.document))
    except (ValueError, RecursionError):
        return
    for statement in _several(document.get("Statement") if isinstance(document, dict) else None):
        if not isinstance(statement, dict) or statement.get("Effect") != "Allow":
            continue
        principal = statement.get("Principal")
        names = principal.get("Federated") if isinstance(principal, dict) else None
        yield from (name for name in _several(names) if isinstance(name, str))


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _source(name: str, operation: Operation) -> str:
    """Give the source that a `Federated` principal stands for; empty where it does not present this."""
    if operation is Operation.WITH_SAML:
        return name if ":saml-provider/" in name else ""
    _, provider, host = name.partition(":oidc-provider/")
    host = name_meant(host if provider else name)
    source = HTTPS + host
    if not provider and not issuer_of(host).built_in:
        return ""
    try:
        return source if parse_caller(source).kind is CallerKind.WEB_IDENTITY else ""
    except XdiagError:
        return ""


def _said(signer: str, operation: Operation, source: str) -> str:
    what = "a token" if operation is Operation.WITH_WEB_IDENTITY else "an assertion"
    return (
        f"The error is about {operation}, which is sent with {what} and not signed by {signer}: decided for {what} of "
        f"{source}, of which nothing else is known."
    )
