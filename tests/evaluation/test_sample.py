"""A sample shows texts exactly as the pipeline encodes them."""

import json

import numpy as np
import pytest

from tenor.config.text import TextConfig
from tenor.evaluation.sample import sample
from tenor.text.pipeline import TextPipeline

TEXTS = ["a good film", "A bad, bad film indeed", ""]


@pytest.fixture(scope="module")
def pipeline():
    return TextPipeline.build(
        ["a good film", "a bad film"], TextConfig(tokenizer="words", min_count=1, max_length=4)
    )


def test_ids_are_those_of_the_pipeline_and_the_mask_marks_the_tokens(pipeline):
    found = sample(TEXTS, pipeline)
    tokens = pipeline.encode(TEXTS)
    assert [len(one.ids) for one in found.texts] == tokens.lengths.tolist()
    assert found.ids.shape == found.mask.shape == (3, 4)
    assert found.ids[found.mask].tolist() == tokens.ids.tolist()
    assert (found.ids[~found.mask] == pipeline.vocabulary.pad).all()
    assert found.mask.sum(axis=1).tolist() == tokens.lengths.tolist()


def test_every_id_has_its_token(pipeline):
    for one in sample(TEXTS, pipeline).texts:
        assert len(one.tokens) == len(one.known) == len(one.ids)
        for token, known, index in zip(one.tokens, one.known, one.ids, strict=True):
            assert known == (token if token in pipeline.vocabulary else "<unk>")
            assert pipeline.vocabulary.token(index) == known


def test_json_holds_the_shape(pipeline):
    data = json.loads(json.dumps(sample(TEXTS, pipeline).to_json()))
    assert data["batch"]["shape"] == list(np.shape(data["batch"]["ids"])) == [3, 4]
    assert data["texts"][0]["text"] == TEXTS[0]


def test_no_texts_make_an_empty_batch(pipeline):
    found = sample([], pipeline)
    assert found.texts == ()
    assert found.ids.size == 0
