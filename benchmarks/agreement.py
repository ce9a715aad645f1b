"""Whether the matrix of a large organization says of each pair what deciding the pair alone says.

    .venv/bin/python benchmarks/agreement.py [PAIRS] [ACCOUNTS]

PAIRS random pairs (200,000 if left out) of an organization of ACCOUNTS accounts (100) with 100 users and roles each,
drawn from all pairs; nearly all of those are denied, so that a tenth as many are drawn from the rows as well. Besides,
every answer that is known from how the organization was made. Fails where there is a difference.
"""

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import organization
from table import show

from diagnose.evaluate.decision import verdict
from diagnose.matrix.accounts import read_dumps
from diagnose.matrix.decide import Matrix
from diagnose.matrix.identities import Identities, case_of_pair, identities
from diagnose.matrix.rows import MatrixRow
from diagnose.model.diagnosis import Verdict

_IDENTITIES = 100
_MOST_PRINTED = 20

_Rows = Mapping[tuple[str, str], MatrixRow]


def main(pairs: int, accounts: int, *, seed: int = 7) -> int:
    """Print how many pairs were compared and how they come out; give the number of differences."""
    with tempfile.TemporaryDirectory() as name:
        known = organization.write(Path(name), accounts=accounts, identities=_IDENTITIES)
        found = identities(read_dumps(Path(name)))
    matrix = Matrix(found.sources, found.destinations)
    rows = {(row.source_arn, row.dest_role_arn): row for row in matrix.rows()}
    compared: Counter[str] = Counter()
    differences = [*_against_deciding(found, rows, pairs, random.Random(seed), compared), *_against_known(known, rows)]
    table = [[each, f"{count:,}"] for each, count in compared.most_common()]
    show(f"{compared.total():,} of {matrix.counts.pairs:,} pairs, decided alone", ["verdict", "pairs"], table)
    print(f"{len(known):,} known answers; {len(differences):,} differences")
    print(*differences[:_MOST_PRINTED], sep="\n", end="\n" if differences else "")
    return len(differences)


def _against_deciding(
    found: Identities, rows: _Rows, pairs: int, chance: random.Random, compared: Counter[str]
) -> Iterator[str]:
    sources = {source.arn: source for source in found.sources}
    roles = {role.arn: role for role in found.destinations}
    arns, role_arns = list(sources), list(roles)
    drawn = [(chance.choice(arns), chance.choice(role_arns)) for _ in range(pairs)]
    drawn += chance.choices(list(rows), k=pairs // 10)
    for pair in drawn:
        alone = Verdict.of(verdict(case_of_pair(sources[pair[0]], roles[pair[1]])))
        compared[alone] += 1
        if alone != _in_matrix(pair, rows):
            yield f"{pair[0]} to {pair[1]}: {alone} alone, {_in_matrix(pair, rows)} in the matrix"


def _against_known(known: Sequence[organization.Answer], rows: _Rows) -> Iterator[str]:
    for answer in known:
        row = rows.get((answer.source_arn, answer.dest_role_arn))
        half_open = row.half_open if row is not None else ""
        said = _in_matrix((answer.source_arn, answer.dest_role_arn), rows)
        if (said, half_open) != (answer.verdict, answer.half_open):
            yield f"{answer.source_arn} to {answer.dest_role_arn}: {said} {half_open}, known to be {answer[2:]}"


def _in_matrix(pair: tuple[str, str], rows: _Rows) -> str:
    row = rows.get(pair)
    return row.verdict if row is not None else Verdict.DENIED


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    sys.exit(1 if main(*(given + [200_000, 100][len(given) :])) else 0)
