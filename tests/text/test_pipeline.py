import json
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenor.config.text import TextConfig, TokenizerName
from tenor.errors import ConfigError, DataError, ModelError
from tenor.text.pipeline import TextPipeline
from tenor.text.tokenizer import TOKENIZERS
from tenor.text.tokens import Tokens

TEXTS = ["A good, good film!", "A bad film. Isn't it bad?", "Not a good book"]
CONFIG = TextConfig(tokenizer="reviews", max_size=100, min_count=1, max_length=4, truncation="head")
PIPELINE = TextPipeline.build(TEXTS, CONFIG)

texts = st.lists(
    st.sampled_from(["good", "film", "Bad", "zebra", "!", "<br />", "isn't", "İ"]), max_size=8
).map(" ".join)


def built(tokenizer: TokenizerName) -> TextPipeline:
    return TextPipeline.build(TEXTS, replace(CONFIG, tokenizer=tokenizer))


def test_the_tokenizers_are_those_of_the_configuration() -> None:
    assert set(TOKENIZERS) == set(get_args(TokenizerName))


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
@pytest.mark.parametrize("truncation", ["head", "tail", "head+tail"])
@given(text=texts)
def test_spans_are_the_tokens_behind_the_ids(tokenizer: TokenizerName, truncation: str, text: str) -> None:
    pipeline = replace(PIPELINES[tokenizer], truncation=truncation)
    spans = pipeline.spans(text)
    assert pipeline.vocabulary.ids([token.text for token in spans]) == pipeline.encode([text]).ids.tolist()
    assert all(0 <= token.start <= token.end <= len(text) for token in spans)


PIPELINES = {name: built(name) for name in get_args(TokenizerName)}


@given(st.lists(texts))
def test_texts_together_are_the_texts_one_by_one(batch: list[str]) -> None:
    together = PIPELINE.encode(batch)
    assert len(together) == len(batch)
    for row, text in enumerate(batch):
        alone = PIPELINE.encode([text])
        here = together.ids[together.offsets[row] : together.offsets[row + 1]]
        assert here.tolist() == alone.ids.tolist()


def test_a_text_without_tokens_is_one_unknown_token() -> None:
    tokens, lengths = PIPELINE.encode_with_lengths(["", "<br />", "good"])
    assert tokens.lengths.tolist() == [1, 1, 1]
    assert lengths.tolist() == [0, 0, 1]
    assert tokens.ids[:2].tolist() == [PIPELINE.vocabulary.unknown] * 2
    assert PIPELINE.spans("<br />") == [("<unk>", 0, 6)]


def test_lengths_before_truncation_say_what_was_cut() -> None:
    tokens, lengths = PIPELINE.encode_with_lengths(["a good film", "a good film and a bad book"])
    assert lengths.tolist() == [3, 7]
    assert (lengths - tokens.lengths).tolist() == [0, 3]


def test_without_a_length_nothing_is_cut() -> None:
    whole = replace(PIPELINE, max_length=None)
    assert whole.encode(["good " * 1000]).lengths.tolist() == [1000]


def test_no_texts_are_no_tokens() -> None:
    tokens = PIPELINE.encode([])
    assert len(tokens) == 0
    assert PIPELINE.unknown_share(tokens).shape == (0,)


def test_the_share_of_unknown_tokens_of_each_text() -> None:
    tokens = PIPELINE.encode(["good film", "", "good zebra", "zebra good bad film"])
    np.testing.assert_array_equal(PIPELINE.unknown_share(tokens), [0, 1, 0.5, 0.25])


def test_training_texts_know_all_their_words() -> None:
    assert PIPELINE.unknown_share(PIPELINE.encode(TEXTS)).max() == 0
    assert PIPELINE.encode(TEXTS).ids.min() > PIPELINE.vocabulary.unknown


def test_the_configuration_reaches_the_vocabulary() -> None:
    assert len(TextPipeline.build(TEXTS, replace(CONFIG, max_size=5)).vocabulary) == 5
    frequent = TextPipeline.build(TEXTS, replace(CONFIG, min_count=3)).vocabulary
    assert set(frequent.tokens[2:]) == {"a", "good"}


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
def test_saved_and_read_it_is_the_same(tokenizer: TokenizerName) -> None:
    again = TextPipeline.from_json(json.loads(json.dumps(PIPELINES[tokenizer].to_json())))
    assert again == PIPELINES[tokenizer]


@pytest.mark.parametrize("missing", ["tokenizer", "vocabulary", "max_length", "truncation"])
def test_json_without_a_part_is_refused(missing: str) -> None:
    value = PIPELINE.to_json()
    del value[missing]
    with pytest.raises(ModelError, match="text pipeline is damaged"):
        TextPipeline.from_json(value)


@pytest.mark.parametrize("value", [None, [], "x", {**PIPELINE.to_json(), "max_length": "4"}])
def test_other_json_is_refused(value: object) -> None:
    with pytest.raises(ModelError, match="text pipeline is damaged"):
        TextPipeline.from_json(value)


def test_an_unknown_truncation_is_refused_when_the_pipeline_is_made() -> None:
    with pytest.raises(ConfigError, match="middle"):
        TextPipeline.from_json({**PIPELINE.to_json(), "truncation": "middle"})


def test_texts_without_frequent_words_are_refused() -> None:
    with pytest.raises(DataError, match=r"lower text\.min_count"):
        TextPipeline.build(["each word once"], replace(CONFIG, min_count=2))


def test_ids_are_tokens() -> None:
    assert isinstance(PIPELINE.encode(TEXTS), Tokens)
    assert PIPELINE.encode(TEXTS).ids.dtype == np.int32


@pytest.mark.parametrize("tokenizer", ["words", "characters"])
def test_extended_knows_the_new_texts_and_reads_the_old_as_before(tokenizer: TokenizerName) -> None:
    pipeline = built(tokenizer)
    new = ["zebra zebra crossing", "a zebra"]
    extended = pipeline.extended(new, CONFIG)
    assert (pipeline.encode(new).ids == pipeline.vocabulary.unknown).any()
    assert not (extended.encode(new).ids == pipeline.vocabulary.unknown).any()
    assert extended.encode(TEXTS).ids.tolist() == pipeline.encode(TEXTS).ids.tolist()
    assert TextPipeline.from_json(extended.to_json()) == extended
    assert pipeline.extended(new, replace(CONFIG, min_count=9)) == pipeline
