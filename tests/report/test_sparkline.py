"""Lines of blocks: as high as the values, the border at one half."""

import numpy as np
import pytest

from tenor.report.sparkline import ASCII, BLOCKS, columns, sparkline


@pytest.mark.parametrize("blocks", [BLOCKS, ASCII])
def test_the_border_between_the_lines_is_one_half(blocks: str) -> None:
    upper, lower = sparkline(np.array([0.0, 0.25, 0.5, 0.75, 1.0]), blocks)
    full, half = blocks[-1], blocks[len(blocks) // 2]
    assert upper == f"   {half}{full}"
    assert lower == f"{blocks[1]}{half}{full}{full}{full}"


@pytest.mark.parametrize("values", [1, 2, 10, 60, 61, 5000])
def test_columns_show_the_first_and_the_last_value(values: int) -> None:
    found = columns(values, 60)
    assert len(found) <= 60
    assert (found[0], found[-1]) == (0, values - 1)
    assert (np.diff(found) >= 0).all()
    assert values > 60 or set(found.tolist()) == set(range(values))
