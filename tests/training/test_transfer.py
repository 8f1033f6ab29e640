"""Weights of a trained network in a new classifier: all that both have, and nothing else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sources
import torch

from tenor.config.network import HAS_DIRECTIONS, SEES_ALL_AT_ONCE, NetworkConfig, RatioConfig
from tenor.errors import ModelError
from tenor.nn.build import build
from tenor.nn.classifier import Classifier
from tenor.training.source import Source
from tenor.training.transfer import transfer

ENCODERS = [name for name in HAS_DIRECTIONS if name not in SEES_ALL_AT_ONCE]


def read(folder: Path, config: NetworkConfig) -> Source:
    return Source.read(str(sources.write(folder, config)))


def fresh(source: Source, *, more: int = 0, classes: int = 3, **settings: object) -> Classifier:
    config = replace(source.network, **settings)
    return build(config, vocabulary_size=len(source.pipeline.vocabulary) + more, classes=classes)


def state(module: Classifier) -> dict[str, np.ndarray]:
    return {name: tensor.clone().numpy() for name, tensor in module.state_dict().items()}


@pytest.mark.parametrize("name", ENCODERS)
def test_vectors_and_encoder_are_those_of_the_source(tmp_path: Path, name: str) -> None:
    source = read(tmp_path, sources.network(name))
    module = fresh(source, pooling="attention", hidden=4)
    before = state(module)
    transfer(module, source)
    pad = source.pipeline.vocabulary.pad
    for key, array in state(module).items():
        if key.startswith(("pooling.", "head.")):
            assert np.array_equal(array, before[key]), key
        elif key == "embedding.weight":
            assert np.array_equal(np.delete(array, pad, 0), np.delete(source.arrays[key], pad, 0))
            assert not array[pad].any()
        else:
            assert np.array_equal(array, source.arrays[key]), key


def test_new_words_keep_the_start_they_have_anyway(tmp_path: Path) -> None:
    source = read(tmp_path, sources.network())
    module = fresh(source, more=4)
    before = state(module)["embedding.weight"][-4:]
    transfer(module, source)
    assert np.array_equal(state(module)["embedding.weight"][-4:], before)
    assert before.any(axis=1).all()


@pytest.mark.parametrize("name", ENCODERS)
def test_inputs_beside_the_word_vectors_keep_theirs(tmp_path: Path, name: str) -> None:
    source = read(tmp_path, sources.network(name))
    module = fresh(source, ratios=RatioConfig(use=True))
    before = state(module)
    transfer(module, source)
    changed = 0
    for key, array in state(module).items():
        if not key.startswith("encoder."):
            continue
        given = source.arrays[key]
        if array.shape == given.shape:
            assert np.array_equal(array, given)
            continue
        changed += 1
        axis = next(axis for axis in range(array.ndim) if array.shape[axis] != given.shape[axis])
        own, beside = np.split(array, [given.shape[axis]], axis)
        assert np.array_equal(own, given)
        assert np.array_equal(beside, np.split(before[key], [given.shape[axis]], axis)[1])
        assert beside.any()
    assert changed or name == "bag"


def test_tensors_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    source = read(tmp_path, sources.network())
    arrays = dict(source.arrays)
    del arrays["encoder.layers.0.0.bias_hh_l0"]
    with pytest.raises(ModelError, match="has no tensor encoder"):
        transfer(fresh(source), replace(source, arrays=arrays))
    wide = {**source.arrays, "embedding.weight": np.zeros((99, 7), np.float32)}
    with pytest.raises(ModelError, match=r"embedding\.weight has shape"):
        transfer(fresh(source), replace(source, arrays=wide))


def test_it_draws_nothing(tmp_path: Path) -> None:
    source = read(tmp_path, sources.network())
    module = fresh(source)
    before = torch.get_rng_state()
    transfer(module, source)
    assert torch.equal(torch.get_rng_state(), before)
