"""The parts of messages that list and suggest."""

from tenor.data.suggestion import listed, suggestion


def test_the_nearest_option_whatever_its_case() -> None:
    assert suggestion("TEXTT", ["label", "Text"]) == "; did you mean 'Text'?"
    assert suggestion("zzz", ["label", "Text"]) == ""
    assert suggestion("text", []) == ""


def test_long_lists_are_cut() -> None:
    assert listed(["a", 1]) == "a, 1"
    assert listed(range(1005), 2) == "0, 1 and 1,003 more"
    assert listed(range(3), 3) == "0, 1, 2"
