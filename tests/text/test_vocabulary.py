import json
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tenor.errors import ConfigError, DataError, ModelError
from tenor.text.vocabulary import PAD, UNKNOWN, Vocabulary, count

TEXTS = [["b", "a", "b"], ["c", "a", "b"], ["d"]]

token_lists = st.lists(
    st.lists(st.sampled_from(["a", "b", "c", "d", "é", PAD, UNKNOWN]), min_size=1), min_size=1
)


def test_frequent_tokens_come_first_then_the_alphabet() -> None:
    assert Vocabulary.build(TEXTS, None, 1).tokens == (PAD, UNKNOWN, "b", "a", "c", "d")


def test_rare_tokens_are_left_out() -> None:
    assert Vocabulary.build(TEXTS, None, 2).tokens == (PAD, UNKNOWN, "b", "a")


def test_the_size_counts_the_specials() -> None:
    assert Vocabulary.build(TEXTS, 3, 1).tokens == (PAD, UNKNOWN, "b")


def test_a_generator_will_do() -> None:
    assert Vocabulary.build((text for text in TEXTS), None, 1) == Vocabulary.build(TEXTS, None, 1)


@given(token_lists, st.integers(3, 8))
def test_every_token_has_one_id_and_back(texts: list[list[str]], max_size: int) -> None:
    ordinary = Counter(token for text in texts for token in text if token not in (PAD, UNKNOWN))
    assume(ordinary)
    vocabulary = Vocabulary.build(texts, max_size, 1)
    assert len(vocabulary) == min(max_size, len(ordinary) + 2)
    kept = [token for token in ordinary if token in vocabulary]
    assert [vocabulary.token(index) for index in vocabulary.ids(kept)] == kept
    left_out = [token for token in ordinary if token not in vocabulary]
    assert all(ordinary[token] <= min(ordinary[other] for other in kept) for token in left_out)
    assert set(vocabulary.ids(left_out)) <= {vocabulary.unknown}


@given(token_lists)
def test_no_text_reaches_padding(texts: list[list[str]]) -> None:
    vocabulary = Vocabulary.build([*texts, ["word"]], None, 1)
    assert vocabulary.pad not in vocabulary.ids([token for text in texts for token in text])
    assert vocabulary.ids([PAD, UNKNOWN, "never seen"]) == [vocabulary.unknown] * 3
    assert PAD not in vocabulary


def test_looking_a_token_up_adds_nothing() -> None:
    vocabulary = Vocabulary.build(TEXTS, None, 1)
    vocabulary.ids(["zebra"])
    assert "zebra" not in vocabulary
    assert len(vocabulary) == 6


def test_saved_and_read_it_is_the_same() -> None:
    vocabulary = Vocabulary.build(TEXTS, None, 1)
    assert Vocabulary.from_json(json.loads(json.dumps(vocabulary.to_json()))) == vocabulary


def test_the_ids_of_the_specials_are_its_own() -> None:
    vocabulary = Vocabulary(("<s>", PAD, "word", UNKNOWN), pad=1, unknown=3)
    assert vocabulary.ids(["word", "<s>", "other", PAD]) == [2, 0, 3, 3]
    assert Vocabulary.from_json(vocabulary.to_json()) == vocabulary


@pytest.mark.parametrize("max_size", [-1, 0, 2])
def test_a_size_without_room_for_words_is_refused(max_size: int) -> None:
    with pytest.raises(ConfigError, match="give 3 or more"):
        Vocabulary.build(TEXTS, max_size, 1)


@pytest.mark.parametrize(
    ("texts", "found"), [([], "0 training texts"), ([[]], "hold 0"), ([["a", "b"]], "hold 2")]
)
def test_texts_that_leave_no_word_are_refused(texts: list[list[str]], found: str) -> None:
    with pytest.raises(DataError, match=found):
        Vocabulary.build(texts, None, 2)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"tokens": ["<pad>", "<unk>"]},
        {"tokens": "abc", "pad": 0, "unknown": 1},
        {"tokens": ["<pad>", 3], "pad": 0, "unknown": 1},
        {"tokens": ["<pad>", "<unk>"], "pad": "0", "unknown": 1},
    ],
)
def test_damaged_json_is_refused(value: object) -> None:
    with pytest.raises(ModelError, match="vocabulary is damaged"):
        Vocabulary.from_json(value)


@pytest.mark.parametrize(("pad", "unknown"), [(0, 0), (0, 2), (-1, 1), (5, 1)])
def test_specials_outside_the_tokens_are_refused(pad: int, unknown: int) -> None:
    with pytest.raises(ModelError, match="two different ids"):
        Vocabulary((PAD, UNKNOWN), pad=pad, unknown=unknown)


def test_a_token_twice_is_refused() -> None:
    with pytest.raises(ModelError, match="'word' more than once"):
        Vocabulary((PAD, UNKNOWN, "word", "word"), pad=0, unknown=1)


def test_extended_keeps_every_id_and_puts_new_tokens_behind() -> None:
    vocabulary = Vocabulary.build(TEXTS, None, 2)
    counts = {"b": 9, "new": 2, "also": 2, "newer": 5, "rare": 1, PAD: 7, UNKNOWN: 7}
    assert vocabulary.extended(counts, None, 2).tokens == (*vocabulary.tokens, "newer", "also", "new")
    assert vocabulary.extended(counts, len(vocabulary) + 1, 1).tokens == (*vocabulary.tokens, "newer")
    assert vocabulary.extended({}, None, 1) == vocabulary


def test_extended_without_room_is_refused() -> None:
    vocabulary = Vocabulary.build(TEXTS, None, 2)
    with pytest.raises(ConfigError, match=r"text\.max_size is 4, .* has 4 tokens already"):
        vocabulary.extended({"new": 9}, 4, 1)


@given(st.lists(st.lists(st.sampled_from("abcdefg"))), st.lists(st.lists(st.sampled_from("defghij"))))
def test_extended_by_the_texts_of_another_knows_both(first: list[list[str]], second: list[list[str]]) -> None:
    vocabulary = Vocabulary.build([*first, ["word"]], None, 1)
    extended = vocabulary.extended(*count(second)[:1], None, 1)
    assert extended.tokens[: len(vocabulary)] == vocabulary.tokens
    assert all(token in extended for tokens in (*first, *second) for token in tokens)
    assert len(set(extended.tokens)) == len(extended)
