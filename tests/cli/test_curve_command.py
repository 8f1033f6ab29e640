"""`tenor curve` on the command line, with workers of its own."""

import json
from pathlib import Path

import pytest
from shell import SMALL, tenor


def test_a_curve_is_drawn_and_gone_on_with(reviews: Path, tmp_path: Path) -> None:
    out = tmp_path / "curve"
    given = ["curve", reviews, *SMALL, "--epochs", 1, "--validation", "0.3", "--out", out, "--jobs", 1]
    first = tenor(*given, "--sizes", "8,16", "--seeds", 1)
    assert first.status == 0, first.err
    assert "cannot be told: 2 sizes are too few" in " ".join(first.out.split())
    again = tenor(*given, "--sizes", "8,16", "--seeds", 1, "--resume", "--json")
    assert again.status == 0, again.err
    found = json.loads(again.out)
    assert found["sentence"].startswith("Whether more labels would help cannot be told")
    assert found["sizes"] == [8, 16]
    assert "4 of 4 pieces of work are done already" in again.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--sizes", "many"], "are no numbers of rows"),
        (["--sizes", "0"], "sizes is"),
        (["--sizes", "1000"], "fewer than 1,000"),
        (["--resume", "--force"], "give one of them"),
        (["--text-column", "none"], "no column 'none'"),
    ],
)
def test_bad_input_is_refused_in_one_line(
    reviews: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    result = tenor("curve", reviews, *SMALL, "--out", tmp_path / "curve", *arguments)
    assert result.status == 2
    assert said in result.error
    assert not (tmp_path / "curve").exists()
