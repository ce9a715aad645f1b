"""What is presented instead of a signature: a row for each form in which it is given, and single values over all."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct
from msgspec.structs import replace

from diagnose.cli.options import PRESENTED, ends_typed
from diagnose.collect.federation.presented import (
    Presented,
    token_presented,
    with_attributes,
    with_claims,
    workload_presented,
)
from diagnose.collect.federation.workload import WORKLOADS, Details, composed
from diagnose.errors import XdiagError
from diagnose.model.case import Case
from diagnose.model.federation import SamlAssertion
from diagnose.model.pod import POD_IDENTITY


class PresentedFlags(Struct, frozen=True):
    """Flags that give a token, its claims, or an assertion; None gives nothing."""

    github: Annotated[
        str | None,
        typer.Option(metavar="OWNER/REPOSITORY", help="A job of GitHub Actions.", rich_help_panel=PRESENTED),
    ] = None
    gitlab: Annotated[
        str | None, typer.Option(metavar="GROUP/PROJECT", help="A job of GitLab.", rich_help_panel=PRESENTED)
    ] = None
    service_account: Annotated[
        str | None,
        typer.Option(
            metavar="NAMESPACE/NAME",
            help="A pod with this service account; with --cluster or --cluster-issuer. With the source "
            "pods.eks.amazonaws.com it gets its role from EKS Pod Identity.",
            rich_help_panel=PRESENTED,
        ),
    ] = None
    terraform_cloud: Annotated[
        str | None,
        typer.Option(
            metavar="ORGANIZATION/PROJECT/WORKSPACE", help="A run of HCP Terraform.", rich_help_panel=PRESENTED
        ),
    ] = None
    bitbucket: Annotated[
        str | None,
        typer.Option(metavar="WORKSPACE", help="A step of Bitbucket Pipelines.", rich_help_panel=PRESENTED),
    ] = None
    circleci: Annotated[
        str | None,
        typer.Option(metavar="ORG_ID/PROJECT_ID[/USER_ID]", help="A job of CircleCI.", rich_help_panel=PRESENTED),
    ] = None
    buildkite: Annotated[
        str | None,
        typer.Option(metavar="ORGANIZATION/PIPELINE", help="A job of Buildkite.", rich_help_panel=PRESENTED),
    ] = None
    google: Annotated[
        str | None,
        typer.Option(metavar="SUBJECT", help="A Google account, by its unique id.", rich_help_panel=PRESENTED),
    ] = None
    cognito: Annotated[
        str | None,
        typer.Option(
            metavar="POOL_ID/IDENTITY_ID", help="An identity of a Cognito identity pool.", rich_help_panel=PRESENTED
        ),
    ] = None
    ref: Annotated[
        str | None,
        typer.Option(
            metavar="REF", help="What the job runs on: refs/heads/main, refs/tags/v1.", rich_help_panel=PRESENTED
        ),
    ] = None
    environment: Annotated[
        str | None, typer.Option(metavar="NAME", help="The job's environment.", rich_help_panel=PRESENTED)
    ] = None
    pull_request: Annotated[
        bool | None,
        typer.Option("--pull-request", help="The job runs for a pull request.", rich_help_panel=PRESENTED),
    ] = None
    repository_id: Annotated[
        str | None,
        typer.Option(
            metavar="ID", help="Id of the repository (GitLab: the project; Bitbucket: UUID).", rich_help_panel=PRESENTED
        ),
    ] = None
    owner_id: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="Id of the repository's owner (GitLab: the namespace; Bitbucket: the workspace's UUID).",
            rich_help_panel=PRESENTED,
        ),
    ] = None
    immutable_subject: Annotated[
        bool | None,
        typer.Option(
            "--immutable-subject/--no-immutable-subject",
            help="Whether GitHub's subject holds ids: that of repositories created since 2026-07-15 does.",
            show_default=False,
            rich_help_panel=PRESENTED,
        ),
    ] = None
    cluster_issuer: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Who issues the tokens of the pod's cluster.", rich_help_panel=PRESENTED),
    ] = None
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="The pod's EKS cluster, by name or ARN; read live.", rich_help_panel=PRESENTED
        ),
    ] = None
    run_phase: Annotated[
        str | None, typer.Option(metavar="plan|apply", help="Phase of the run.", rich_help_panel=PRESENTED)
    ] = None
    step: Annotated[
        str | None,
        typer.Option(metavar="KEY", help="Key of the step (Bitbucket: UUID).", rich_help_panel=PRESENTED),
    ] = None
    issuer: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Who issues the token, where it is a server of your own.", rich_help_panel=PRESENTED
        ),
    ] = None
    token_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A token. It is read for its claims, and never kept.", rich_help_panel=PRESENTED
        ),
    ] = None
    token: Annotated[
        str | None,
        typer.Option(
            metavar="-|@FILE",
            help="A token from standard input or a file: others can see what stands on a command line.",
            rich_help_panel=PRESENTED,
        ),
    ] = None
    claims: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="All claims of a token, as JSON ('-': standard input).", rich_help_panel=PRESENTED
        ),
    ] = None
    claim: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="A claim; 'NAME=' states that it is absent. Counts before all others. May be repeated.",
            rich_help_panel=PRESENTED,
        ),
    ] = None
    assertion: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A SAML response or assertion: XML, or base64 ('-': standard input). Never kept.",
            rich_help_panel=PRESENTED,
        ),
    ] = None
    saml_attribute: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="A SAML attribute, or Issuer, NameID, Recipient, Audience. May be repeated.",
            rich_help_panel=PRESENTED,
        ),
    ] = None
    saml_provider: Annotated[
        str | None,
        typer.Option(metavar="ARN", help="SAML provider of the assertion.", rich_help_panel=PRESENTED),
    ] = None


class PresentedForm(Struct, frozen=True):
    """A form in which somebody holds what is presented, the field of `PresentedFlags` that gives it, and its reader.

    A reader is given the flags and the ARN of the role, or None.
    """

    flag: str
    read: Callable[[PresentedFlags, str | None], Presented]


def presented_by(
    flags: PresentedFlags, source: str | None, role: str | None, environment: Mapping[str, str]
) -> Presented | None:
    """Give what the flags present; None if nothing. `environment` is where a pod or a pipeline is told its token.

    Raises XdiagError for flags that contradict each other, and for what cannot be read. No error quotes a token.
    """
    source, role = ends_typed(source, role)
    if names_pod(flags, source):
        return None
    given = [form for form in PRESENTED_FORMS if getattr(flags, form.flag) is not None]
    if len(given) > 1:
        raise XdiagError(
            f"`{_option(given[1].flag)}` cannot be used with `{_option(given[0].flag)}`",
            hint="expected one token or one assertion",
        )
    web = bool(flags.claim) or any(form.flag != "assertion" for form in given)
    if web and (flags.saml_attribute or flags.saml_provider or flags.assertion):
        raise XdiagError("a token cannot be used with an assertion", hint="expected one of them")
    _check_details(flags, given[0].flag if given else "")
    presented = given[0].read(flags, role) if given else _from_environment(source, role, environment)
    if flags.claim:
        from diagnose.collect.federation.token import claims_from_pairs

        presented = with_claims(presented, claims_from_pairs(tuple(flags.claim), "--claim"))
    if flags.saml_attribute:
        presented = _with_saml_attributes(presented, flags, role)
    if flags.saml_provider is not None and presented is None:
        presented = Presented(flags.saml_provider, (SamlAssertion(),), over=True)
    if presented is not None and source and not presented.source:
        return replace(presented, source=source)
    return presented


def names_pod(flags: PresentedFlags, source: str | None) -> bool:
    """Say whether the flags name a pod for which EKS Pod Identity assumes the role: it presents nothing to STS."""
    return source == POD_IDENTITY and flags.service_account is not None


def ends_of(
    presented: Presented | None, source: str | None, role: str | None, *, elsewhere: bool = False
) -> tuple[str | None, str | None]:
    """Give source and role. Who presents a token is its issuer, so that a lone argument is the role.

    `elsewhere` says that an error, a record or a profile may tell whose it is. Raises XdiagError where another source
    is named, or none can be told.
    """
    if presented is None:
        return source, role
    source, role = ends_typed(source, role)
    if not presented.source:
        if source is None and role is not None and not elsewhere:
            raise _nobody(presented)
        return source, role
    if source is not None and source != presented.source:
        raise XdiagError(
            f"the source `{source}` is not who issued what is presented", hint=f"that is `{presented.source}`"
        )
    return presented.source, role


def _nobody(presented: Presented) -> XdiagError:
    if isinstance(presented.forms[0], SamlAssertion):
        return XdiagError(
            "it is not known which SAML provider the assertion is for", hint="expected its ARN in `--saml-provider`"
        )
    return XdiagError("it is not known who issued the token", hint="expected its issuer in `--claim iss=https://...`")


def settled(case: Case, presented: Presented | None) -> Case:
    """Leave unknown what is not known of a token's form, if it makes a difference."""
    from diagnose.token_forms import in_every_form

    return in_every_form(case, presented)


def _from_workload(flag: str) -> Callable[[PresentedFlags, str | None], Presented]:
    row = next(row for row in WORKLOADS if row.flag == flag)

    def read(flags: PresentedFlags, _: str | None) -> Presented:
        return workload_presented(composed(row, getattr(flags, flag), _details(flags)))

    return read


def _from_token_file(flags: PresentedFlags, _: str | None) -> Presented:
    assert flags.token_file is not None
    return _token_in(flags.token_file, current=True)


def _from_token(flags: PresentedFlags, _: str | None) -> Presented:
    """Read a token from where it is said to be. One on the command line is read, too: the harm is done."""
    from diagnose.collect.federation.token import is_token, token_from

    assert flags.token is not None
    if flags.token == "-" or (flags.token.startswith("@") and len(flags.token) > 1):
        return _token_in(Path(flags.token.removeprefix("@")))
    if not is_token(flags.token):
        raise XdiagError(
            "`--token` was given neither a token nor where one is", hint="expected `--token -` or `--token @FILE`"
        )
    typer.echo(
        "xdiag: the token stands on the command line, where other users and the shell's history can see it\n"
        "  pass it with `--token -`, `--token @FILE` or `--token-file FILE`",
        err=True,
    )
    return token_presented(token_from(flags.token.encode(), "--token"))


def _from_claims(flags: PresentedFlags, _: str | None) -> Presented:
    from diagnose.collect.federation.token import LONGEST_TOKEN, claims_from_json
    from diagnose.collect.input import input_name, read_bytes

    assert flags.claims is not None
    return token_presented(claims_from_json(read_bytes(flags.claims, LONGEST_TOKEN), input_name(flags.claims)))


def _from_assertion(flags: PresentedFlags, role: str | None) -> Presented:
    from diagnose.collect.federation.assertion import LONGEST_ASSERTION, assertion_from, provider_of
    from diagnose.collect.input import input_name, read_bytes

    assert flags.assertion is not None
    assertion = assertion_from(read_bytes(flags.assertion, LONGEST_ASSERTION), input_name(flags.assertion))
    provider = flags.saml_provider or provider_of(assertion, role)
    return Presented(provider or "", (assertion,), told=("The assertion's signature was not checked.",))


PRESENTED_FORMS = (
    *(PresentedForm(workload.flag, _from_workload(workload.flag)) for workload in WORKLOADS),
    PresentedForm("token_file", _from_token_file),
    PresentedForm("token", _from_token),
    PresentedForm("claims", _from_claims),
    PresentedForm("assertion", _from_assertion),
)
"""Every form."""


def _with_saml_attributes(presented: Presented | None, flags: PresentedFlags, role: str | None) -> Presented:
    from diagnose.collect.federation.assertion import assertion_from_pairs, provider_of

    given = assertion_from_pairs(flags.saml_attribute or (), "--saml-attribute")
    presented = with_attributes(presented, given)
    provider = flags.saml_provider or presented.source or provider_of(given, role) or ""
    return replace(presented, source=provider)


def _from_environment(source: str | None, role: str | None, environment: Mapping[str, str]) -> Presented | None:
    """Take the token that a pod is given, where the question is whether it can be exchanged for its own role.

    Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
    """
    file = environment.get("AWS_WEB_IDENTITY_TOKEN_FILE", "")
    if not file or source is not None or role is None or environment.get("AWS_ROLE_ARN", role) != role:
        return None
    return _token_in(Path(file), current=True, told="The token is that of AWS_WEB_IDENTITY_TOKEN_FILE.")


def _token_in(file: Path, *, current: bool = False, told: str = "") -> Presented:
    from diagnose.collect.federation.token import LONGEST_TOKEN, token_from
    from diagnose.collect.input import input_name, read_bytes

    token = token_from(read_bytes(file, LONGEST_TOKEN), input_name(file))
    return token_presented(token, current=current, told=(told,) if told else ())


def _details(flags: PresentedFlags) -> Details:
    return Details(**{field: getattr(flags, field) for field in Details.__struct_fields__})


def _check_details(flags: PresentedFlags, form: str) -> None:
    """Raise XdiagError for a detail of a workload where none is named: it would have no effect."""
    given = [field for field in Details.__struct_fields__ if getattr(flags, field) is not None]
    if given and form not in {workload.flag for workload in WORKLOADS}:
        raise XdiagError(
            f"`{_option(given[0])}` belongs to a workload, and none is named",
            hint="expected it with an option such as `--github OWNER/REPOSITORY`",
        )


def _option(flag: str) -> str:
    return f"--{flag.replace('_', '-')}"
