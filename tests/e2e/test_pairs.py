"""What xdiag computes from both sides, held against what the emulator answers to the live attempt."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from tests.cli.causes import lineage
from tests.cli.program import ALLOWED, DENIED, Program, Run
from tests.e2e.accounts import Account, Keys, write_profiles
from tests.e2e.element_pairs import ANY_CAUSE, ELEMENT_PAIRS
from tests.e2e.pairs import PAIRS, Pair, make

_ALL = (*PAIRS, *ELEMENT_PAIRS)
_EACH = [pytest.param(pair, id=pair.says) for pair in _ALL]
_DENIED = [pytest.param(pair, id=pair.says) for pair in _ALL if pair.cause]


@pytest.fixture(scope="module")
def answers(
    here: Account, there: Account, auditor: Keys, xdiag: Program, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Run]]]:
    """Run every pair, two at a time; a test waits for its own."""
    home_auditor = here.user("home-auditor")
    # The trust policies that name somebody else need that somebody.
    here.user("home-named")

    def answer(pair: Pair) -> Run:
        made = make(pair, here, here if pair.same_account else there)
        folder = tmp_path_factory.mktemp(pair.name)
        files = write_profiles(folder, a=made.source, b=home_auditor if pair.same_account else auditor)
        return _check(xdiag, made.source.arn, made.role_arn, here.url, pair, files)

    with ThreadPoolExecutor(2) as pool:
        yield {pair.name: pool.submit(answer, pair) for pair in _ALL}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("pair", _EACH)
def test_the_answer_is_that_of_the_emulator(pair: Pair, answers: dict[str, Future[Run]]) -> None:
    run = answers[pair.name].result()
    report = run.report
    # Whoever waits for more than five seconds is told for what.
    assert all(line.startswith("xdiag: ") for line in run.err.splitlines()), run.err
    assert report["verdict"] == ("denied" if pair.cause else "allowed")
    assert run.code == (DENIED if pair.cause else ALLOWED)
    assert report["probe"] == ("access_denied" if pair.cause else "assumed")
    assert report["agreement"] == ("settles" if pair.depends_on_address else "agrees")


@pytest.mark.parametrize("pair", _DENIED)
def test_the_first_cause_is_the_one_that_was_planted(pair: Pair, answers: dict[str, Future[Run]]) -> None:
    report = answers[pair.name].result().report
    first = next(cause for cause in report["causes"] if not pair.misnamed or cause["rule"] != "aws-names-layer")
    assert pair.cause == ANY_CAUSE or pair.cause in lineage(first["rule"])
    assert first["layer"] == pair.layer
    if pair.pointer is not None:
        assert pair.pointer in [place["pointer"] for place in first["places"] if place["primary"]]


def test_a_condition_on_an_address_that_nobody_knows_is_a_possible_cause(answers: dict[str, Future[Run]]) -> None:
    report = answers["address-other"].result().report
    places = {
        place["pointer"]: cause["certainty"]
        for cause in report["causes"]
        for place in cause["places"]
        if place["primary"]
    }
    assert places["/Statement/0/Condition/IpAddress/aws:SourceIp"] == "possible"


def _check(xdiag: Program, source: str, role: str, url: str, pair: Pair, files: dict[str, str]) -> Run:
    profiles = ("--source-profile", "a", "--dest-profile", "b", "--endpoint-url", url)
    # The emulator has none of these layers, so that the answer is computed whole, and not only settled by the attempt.
    none = ("--without", "scp", "--without", "rcp", "--without", "endpoint", "--without", "session")
    return xdiag("check", source, role, *profiles, *none, *pair.flags, "--output", "json", env=files)
