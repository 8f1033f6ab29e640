import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenor.errors import ConfigError, ModelError
from tenor.text.bpe import UNKNOWN, Bpe
from tenor.text.tokenizer import from_json

TEXTS = ["low lower lowest", "new newer newest", "wide wider widest", "Low new wide, isn't it?"] * 3
BPE = Bpe.build(TEXTS, max_size=60, min_count=2)


@settings(max_examples=10)
@given(st.permutations(TEXTS))
def test_the_same_texts_in_any_order_give_the_same_tokenizer(texts: list[str]) -> None:
    assert Bpe.build(texts, max_size=60, min_count=2) == BPE


def test_other_texts_give_another_tokenizer() -> None:
    assert Bpe.build(["quite different"] * 3, max_size=60, min_count=2) != BPE


@pytest.mark.parametrize("max_size", [30, 35, 40])
def test_it_makes_as_many_tokens_as_the_vocabulary_will_hold(max_size: int) -> None:
    state = Bpe.build(TEXTS, max_size=max_size, min_count=2).to_json()["tokenizer"]
    assert isinstance(state, dict)
    assert len(state["model"]["vocab"]) == max_size - 1  # all but padding


def test_pairs_seen_too_seldom_are_not_merged() -> None:
    assert len(Bpe.build(TEXTS, max_size=1000, min_count=100).tokenize("low")) == 4  # ▁ l o w
    assert len(Bpe.build(TEXTS, max_size=1000, min_count=2).tokenize("low")) == 1


def test_a_word_never_seen_is_made_of_known_pieces() -> None:
    tokens = BPE.tokenize("Widow newton")
    assert "".join(tokens) == "▁widow▁newton"
    assert UNKNOWN not in BPE.tokenize("lowwide")


def test_a_character_never_seen_is_unknown_and_alone() -> None:
    text = "low 日 new"
    assert UNKNOWN in BPE.tokenize(text)
    assert [text[token.start : token.end] for token in BPE.spans(text) if token.text == UNKNOWN] == ["日"]


def test_half_a_surrogate_pair_is_a_character_like_any_other() -> None:
    text = "low \ud83d new"
    assert [text[token.start : token.end] for token in BPE.spans(text) if token.text == UNKNOWN] == ["\ud83d"]
    Bpe.build(["a\ud83d"], max_size=60, min_count=1)


def test_tags_are_dropped_and_words_keep_apostrophes() -> None:
    assert BPE.tokenize("low<br />new") == BPE.tokenize("low new")
    assert "".join(BPE.tokenize("Isn’t")) == "▁isn't"


@given(st.text(st.sampled_from("LOWlownewid ?'’")))
def test_pieces_are_what_stands_at_their_place(text: str) -> None:
    for token in BPE.spans(text):
        here = text[token.start : token.end].lower().replace("’", "'")
        assert token.text in (here, f"▁{here}", UNKNOWN, "▁")


def test_without_a_size_it_asks_for_one() -> None:
    with pytest.raises(ConfigError, match=r"set text\.max_size"):
        Bpe.build(TEXTS, max_size=None, min_count=2)


@pytest.mark.parametrize("state", [{}, {"model": {"type": "BPE"}}, {"model": 3}])
def test_a_damaged_state_is_refused(state: object) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        from_json({"name": "bpe", "tokenizer": state})


@pytest.mark.parametrize("value", [{"name": "bpe"}, {"name": "bpe", "tokenizer": "x"}])
def test_a_missing_state_is_refused(value: object) -> None:
    with pytest.raises(ModelError, match="no part called tokenizer"):
        from_json(value)


def test_the_json_form_is_plain_json() -> None:
    assert json.loads(json.dumps(BPE.to_json())) == BPE.to_json()
