"""A case exceeds its bound if the least of its three runs does: what else a machine does only ever adds."""

import pytest

from tests.fuzz.fuzz_bounds import least_of_three


@pytest.mark.parametrize(
    ("runs", "given"),
    [
        pytest.param([(1, 0.9)], (1, [0.9]), id="one that is soon over is not run again"),
        pytest.param([(1, 1.3), (1, 0.8)], (1, [1.3, 0.8]), id="nor is one that is soon over the second time"),
        pytest.param([(1, 1.3), (1, 1.2), (1, 1.1)], (1, [1.3, 1.2, 1.1]), id="three runs are all there are"),
        pytest.param([(2, 1.3)], (2, [1.3]), id="a wrong exit code is told at once"),
        pytest.param([(1, 1.3), (70, 1.2)], (70, [1.3, 1.2]), id="also that of a later run"),
    ],
)
def test_a_case_is_run_again_while_it_takes_too_long(
    runs: list[tuple[int, float]], given: tuple[int, list[float]]
) -> None:
    assert least_of_three(iter(runs).__next__, 1.0) == given
