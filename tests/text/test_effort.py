from tenor.text.effort import Effort


def weighed(effort: Effort, texts: list[str]) -> bool:
    """Return what is decided, having seen that nothing is lost."""
    same, many = effort.weigh(iter(texts))
    assert list(same) == texts
    return many


def test_many_characters_are_read_at_once() -> None:
    assert not weighed(Effort(10, 5, 3), ["12345", "1234"])
    assert weighed(Effort(10, 5, 3), ["12345", "12345", "1"])


def test_what_was_read_before_counts_but_a_short_text_never_is_the_reason_to_load() -> None:
    effort = Effort(10, 5, 3)
    assert not weighed(effort, ["123456"])
    assert not weighed(effort, ["1234"])
    assert not weighed(effort, ["1234"])
    assert weighed(effort, ["12345"])


def test_once_loaded_less_is_enough() -> None:
    effort = Effort(10, 5, 3)
    assert weighed(effort, ["1234567890"])
    assert weighed(effort, ["12", "3"])
    assert not weighed(effort, ["12"])
