"""Writing with a language model: the same again, never the unknown word, and what comes next."""

from dataclasses import replace
from pathlib import Path

import languages
import numpy as np
import pytest
import torch

import tenor
from tenor.errors import ConfigError, ModelError
from tenor.experiments.language_modelling import pretrain
from tenor.inference.generation import TextGenerator, load
from tenor.inference.sampling import Sampling

TOKENIZERS = ["basic_english", "bpe", "characters"]


@pytest.fixture(scope="module", params=TOKENIZERS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with rare words left out, so that the unknown one is likely."""
    path = tmp_path_factory.mktemp(request.param)
    config = languages.config(
        languages.write(path / "texts.txt"),
        text={"tokenizer": request.param, "max_size": 50, "min_count": 2},
        output={"softmax": "adaptive", "cutoffs": [9, 20]},
        network={
            "embedding_size": 16,
            "recurrent": {"hidden_size": 32, "layers": 1},
            **{f"{place}_dropout": 0.0 for place in ("embedding", "output", "word")},
        },
        chunk=16,
        training={"epochs": 30, "learning_rate": 0.03},
    )
    pretrain(config, out=path / "run")
    return path / "run"


def words(folder: Path) -> Path:
    if folder.parent.name.startswith("basic"):
        return folder
    pytest.skip("of words")


def test_the_same_seed_writes_the_same_after_loading_again(folder: Path) -> None:
    one, other = load(folder), load(folder / "model")
    written = ["".join(one.generate("the cat", tokens=30, seed=seed)) for seed in range(8)]
    again = ["".join(other.generate("the cat", tokens=30, seed=seed)) for seed in range(8)]
    assert written == again
    assert len(set(written)) > 1
    whole = tenor.generate(folder, "the cat", tokens=30, seed=5)
    assert whole == "the cat" + written[5]


def test_it_draws_nothing_from_torch(folder: Path) -> None:
    state = torch.get_rng_state()
    _ = "".join(load(folder).generate(tokens=5))
    assert torch.equal(torch.get_rng_state(), state)


def test_the_unknown_token_is_never_written(folder: Path) -> None:
    generator = load(folder)
    for seed in range(20):
        text = "".join(generator.generate("", tokens=20, seed=seed, sampling=Sampling(temperature=3.0)))
        assert "<unk>" not in text
        assert "<pad>" not in text


def test_no_more_tokens_than_asked_for_and_an_end(folder: Path) -> None:
    generator = load(folder)
    counts = [len(list(generator.generate("", tokens=40, seed=seed))) for seed in range(20)]
    assert max(counts) <= 40
    assert min(counts) < 40
    assert len(list(generator.generate("", tokens=1, seed=0))) <= 1
    with pytest.raises(ConfigError, match="0 tokens were asked for"):
        generator.generate("", tokens=0)


def test_greedy_writes_the_likeliest(folder: Path) -> None:
    generator = load(folder)
    texts = {"".join(generator.generate("the", sampling=Sampling(0.0), seed=seed)) for seed in range(3)}
    assert len(texts) == 1


def test_next_words_are_sorted_and_possible(folder: Path) -> None:
    found = load(folder).next_words("I am going to the ", 5)
    chances = [word.probability for word in found.words]
    assert chances == sorted(chances, reverse=True)
    assert 1 <= len(chances) <= 5
    assert sum(chances) + found.end + found.unknown <= 1 + 1e-6
    assert all(word.text.strip() and word.text not in ("<unk>", "<pad>") for word in found.words)


def test_what_was_read_most_often_comes_next(folder: Path) -> None:
    """Only two words stood after these."""
    best = load(words(folder)).next_words("I am going to the", 2)
    assert {word.text for word in best.words} == {"market", "station"}


def test_words_of_pieces_have_the_probability_of_all_their_pieces(folder: Path) -> None:
    """Found by search, and computed from the losses of the whole."""
    generator = load(folder)
    if generator.unit != "piece":
        pytest.skip("of pieces")
    vocabulary = generator.model.pipeline.vocabulary
    begins = np.array([token.startswith("▁") for token in vocabulary.tokens])
    begins[vocabulary.pad] = True
    prompt = generator.prompt("the dog sat on the").ids
    for word in generator.next_words("the dog sat on the", 3).words:
        ids = vocabulary.ids(generator.model.pipeline.tokenizer.tokenize(word.text))
        assert vocabulary.unknown not in ids
        wanted = 1.0
        for place, index in enumerate(ids):
            wanted *= np.exp(generator._read((*prompt, *ids[:place])).log_probabilities)[index]
        wanted *= np.exp(generator._read((*prompt, *ids)).log_probabilities)[begins].sum()
        assert word.probability >= wanted * (1 - 1e-4)  # other pieces may spell it as well


def test_what_a_prompt_holds_that_the_model_does_not_know(folder: Path) -> None:
    generator = load(folder)
    found = generator.prompt("the ☃ cat ☃ <b>")
    assert "☃" in "".join(found.unknown)
    assert len(set(found.unknown)) == len(found.unknown)
    assert generator.prompt("").unknown == ()
    assert isinstance("".join(generator.generate("☃", tokens=3)), str)


@pytest.mark.parametrize("prompt", ["", "☃", "א ב ג", "<script>", "word " * 3000])
def test_any_prompt_will_do(folder: Path, prompt: str) -> None:
    generator = load(folder)
    assert len(list(generator.generate(prompt, tokens=2))) <= 2
    assert generator.next_words(prompt, 1).words


def test_reading_on_is_reading_all(folder: Path) -> None:
    """A text written so far, given as a prompt, is gone on with in the same way."""
    generator = load(words(folder))
    written = list(generator.generate("the cat", tokens=6, sampling=Sampling(0.0)))
    begun = "the cat" + "".join(written[:2])
    assert list(generator.generate(begun, tokens=4, sampling=Sampling(0.0))) == written[2:]


def test_a_running_text_without_a_prompt_begins_with_a_word(folder: Path) -> None:
    """Its rows began anywhere, so that what the model says first may be the rest of a word."""
    known = load(folder)
    running = TextGenerator.of(replace(known.model, data={"stream": True}))
    vocabulary = known.model.pipeline.vocabulary
    assert known.prompt("").ids == (vocabulary.pad,)
    if running.unit == "character":
        boundary, space = running.prompt("").ids
        assert (boundary, vocabulary.token(space)) == (
            vocabulary.pad,
            " ",
        )  # no line break was in these texts
        assert running.prompt("").text == ""
    elif running.unit == "piece":
        firsts = [list(running.generate(seed=seed, tokens=1, sampling=Sampling(9.0))) for seed in range(40)]
        inner = {token for token in vocabulary.tokens if not token.startswith("▁")}
        begun = {token.removeprefix("▁") for token in vocabulary.tokens if token.startswith("▁")}
        assert inner - begun
        assert {first[0] for first in firsts} <= begun
    # With a prompt nothing is different.
    assert list(running.generate("the cat", tokens=5)) == list(known.generate("the cat", tokens=5))
    assert sum(word.probability for word in running.next_words("", 3).words) <= 1 + 1e-6


def test_a_place_without_a_language_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="tenor pretrain"):
        load(tmp_path)
    assert TextGenerator.__doc__
