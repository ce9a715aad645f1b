"""A run of `xdiag paths`: from a folder of dumps to the ways between two of its identities."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from diagnose.cli.matrix_run import Narrowing, read_identities
from diagnose.cli.organization_flags import FirstCallFlags, PathsForm
from diagnose.cli.output import output_width, print_result, progress
from diagnose.cli.request import RequestFlags, request_from_flags
from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError
from diagnose.matrix.identities import Destination, Source, source_of
from diagnose.matrix.path_report import paths_json, paths_text
from diagnose.matrix.paths import SearchLimits, ways_between
from diagnose.model.arn import CallerKind, parse_caller, parse_role, same_entity
from diagnose.model.case import Parameters, Request
from diagnose.model.evidence import Known
from diagnose.model.tri import Tri


class PathsQuestion(Struct, frozen=True):
    """What is asked."""

    source_arn: str
    role_arn: str
    first: FirstCallFlags
    max_hops: int
    limit: int


def write_paths(question: PathsQuestion, folder: Path, *, form: PathsForm, without: Sequence[str]) -> tuple[Tri, int]:
    """Write the ways, and say on standard error what was left out; give the answer, and how much that is.

    Raises XdiagError if nothing can be read, or if the source or the role is not in the dumps.
    """
    parse_caller(question.source_arn)
    parse_role(question.role_arn)
    with progress() as step:
        step("reading the dumps")
        found, _, mistakes = read_identities(folder, without, Narrowing())
        role = _role(found.destinations, question.role_arn)
        source = _with_mfa(_source(found.sources, question.source_arn), question.first.mfa)
        step(f"looking for ways over {len(found.destinations):,} roles")
        ways = ways_between(
            source,
            role,
            (found.sources, found.destinations),
            sent=_sent(question),
            limits=SearchLimits(calls=question.max_hops, ways=question.limit),
        )
    match form:
        case PathsForm.TEXT:
            print_result(paths_text(ways, question.max_hops, output_width()))
        case PathsForm.JSON:
            print_result(paths_json(ways, question.max_hops))
    return ways.verdict, mistakes


def _source(sources: Sequence[Source], arn: str) -> Source:
    """Find who calls first; of a session, the role that it is of."""
    caller = parse_caller(arn)
    for source in sources:
        if source.arn == arn:
            return source
    if caller.kind is CallerKind.SESSION:
        for source in sources:
            if (source.account, source.name) == (caller.account, caller.name) and ":role/" in source.arn:
                return source_of(replace(source.side, arn=arn))
    raise _not_in_dumps("user or role", arn, [source.arn for source in sources])


def _role(roles: Sequence[Destination], arn: str) -> Destination:
    for role in roles:
        if role.arn == arn:
            return role
    raise _not_in_dumps("role", arn, [role.arn for role in roles])


def _not_in_dumps(what: str, arn: str, others: Sequence[str]) -> XdiagError:
    near = next((other for other in others if same_entity(other, arn)), "")
    hint = f"did you mean `{quotable(near)}`" if near else "expected the ARN of one that has a dump of its account"
    return XdiagError(f"no {what} in the dumps has the ARN `{quotable(arn)}`", hint=hint)


def _with_mfa(source: Source, mfa: bool | None) -> Source:
    if mfa is None:
        return source
    if parse_caller(source.arn).kind is not CallerKind.USER:
        raise XdiagError(
            f"`--mfa` is about an IAM user, and `{source.arn}` is not one", hint="the session of a role carries no MFA"
        )
    session = replace(source.side.session, mfa=Known(mfa, "stated on the command line"))
    return source_of(replace(source.side, session=session))


def _sent(question: PathsQuestion) -> Parameters:
    flags = question.first
    sent = RequestFlags(
        tags=flags.tags, transitive_tag_keys=flags.transitive_tag_keys, source_identity=flags.source_identity
    )
    return request_from_flags(Request(question.role_arn), sent).parameters
