"""A language model's run: whole, resumable, better than counting single words, and honest about it."""

import csv
import json
from pathlib import Path

import languages
import numpy as np
import pytest

import tenor
from tenor import TextClassifier
from tenor.config.language_model import ONE_WAY, LanguageModelConfig
from tenor.data.texts import load_texts
from tenor.errors import ConfigError, DataError, Interrupted, OutputError, TrainingError
from tenor.experiments.language_modelling import SilentWatcher, pretrain
from tenor.experiments.run import stored_as, stored_config
from tenor.pretrained_model import PretrainedModel
from tenor.training.checkpoint import Progress


class StopsAt(SilentWatcher):
    """Presses Ctrl-C after so many steps."""

    def __init__(self, step: int) -> None:
        self.left = step

    def step(self, progress: Progress) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return languages.write(tmp_path / "texts.txt")


def history(run: Path) -> list[dict[str, str]]:
    """Return history.csv without what depends on the clock."""
    with (run / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    times = ("seconds", "texts_per_second", "tokens_per_second")
    return [{name: value for name, value in row.items() if name not in times} for row in rows]


@pytest.mark.parametrize("encoder", ONE_WAY)
def test_interrupted_and_resumed_is_never_stopped(source: Path, tmp_path: Path, encoder: str) -> None:
    """It stops between two chunks of the same texts, so that the carried state must be in the checkpoint."""
    network = {"encoder": encoder, "mingru": {"hidden_size": 5}, "bag": {"ngrams": 2, "buckets": 50}}
    config = languages.config(
        languages.write(source, 30),
        network={**network, "cnn": {"filters": 4}},
        training={"checkpoint_minutes": 0.0, "epochs": 2},
    )
    stopped_and_resumed(config, tmp_path)


@pytest.mark.parametrize("encoder", ["lstm", "mingru"])
def test_both_ways_are_resumed_alike(source: Path, tmp_path: Path, encoder: str) -> None:
    network = {"encoder": encoder, "bidirectional": True, "recurrent": {"layers": 1, "hidden_size": 5}}
    config = languages.config(
        languages.write(source, 30),
        network={**network, "mingru": {"hidden_size": 5}},
        training={"checkpoint_minutes": 0.0, "epochs": 2},
    )
    stopped_and_resumed(config, tmp_path)


def stopped_and_resumed(config: LanguageModelConfig, tmp_path: Path) -> None:
    """Compare a run that was stopped and resumed with one that was not."""
    whole = pretrain(config, out=tmp_path / "whole")
    with pytest.raises(Interrupted, match=r"tenor pretrain --out .* --resume"):
        pretrain(config, out=tmp_path / "cut", watcher=StopsAt(14))
    stored = stored_as(LanguageModelConfig, tmp_path / "cut")
    resumed = pretrain(stored, out=tmp_path / "cut", resume=True)
    for name, array in whole.model.arrays.items():
        assert np.array_equal(resumed.model.arrays[name], array), name
    assert history(tmp_path / "cut") == history(tmp_path / "whole")
    assert resumed.model.metrics == whole.model.metrics


def test_the_run_folder(source: Path, tmp_path: Path) -> None:
    run = pretrain(languages.config(source), out=tmp_path / "run")
    names = {entry.name for entry in run.path.iterdir()}
    assert names == {
        *("config.yaml", "history.csv", "curves.png", "metrics.json", "report.json", "report.html"),
        *("model", "checkpoint.safetensors"),
    }
    assert stored_as(LanguageModelConfig, run.path) == run.config
    metrics = json.loads((run.path / "metrics.json").read_text())
    assert metrics["test"]["perplexity"]["value"] == run.figures["test"].perplexity.value
    assert set(metrics["test"]["baselines"]) == {"unigram", "3-gram"}
    assert metrics["test"]["texts"] == 8
    loaded = PretrainedModel.load(run.path)
    assert loaded.digest == run.model.digest
    assert loaded.metrics == run.model.metrics
    with pytest.raises(OutputError, match="exists already"):
        pretrain(run.config, out=run.path)
    with pytest.raises(OutputError, match="holds a run of tenor pretrain"):
        stored_config(run.path)
    with pytest.raises(ConfigError, match="started with other settings"):
        pretrain(languages.config(source, chunk=9), out=run.path, resume=True)


def test_what_the_page_is_made_of(source: Path, tmp_path: Path) -> None:
    run = pretrain(languages.config(source), out=tmp_path / "run")
    found = json.loads((tmp_path / "run" / "report.json").read_text("utf-8"))
    assert [one["seed"] for one in found["written"]] == [0, 1, 2]
    assert found["written"][1]["text"] == tenor.generate(run.path, tokens=60, temperature=0.8, seed=1)
    texts = [example.text for example in load_texts(run.config.data).split("test")]
    for one in found["next"]:
        assert any(text.startswith(f"{one['beginning']} {one['came']}") for text in texts)
        chances = [word["probability"] for word in one["next"]]
        assert chances == sorted(chances, reverse=True)
    assert found["texts"]["test"] == {"texts": 8, "tokens": run.figures["test"].tokens}
    assert found["vocabulary"] == len(run.model.pipeline.vocabulary)


def test_a_checkpoint_of_other_word_vectors_is_refused(source: Path, tmp_path: Path) -> None:
    """They are named by a path, under which other content may lie tomorrow."""
    vectors = tmp_path / "vectors.txt"
    vectors.write_text(f"the {' 0.5' * 8}\n".replace("  ", " "), "utf-8")
    config = languages.config(
        source, text={"vectors": str(vectors)}, training={"checkpoint_minutes": 0.0, "epochs": 1}
    )
    with pytest.raises(Interrupted):
        pretrain(config, out=tmp_path / "run", watcher=StopsAt(2))
    vectors.write_text(vectors.read_text("utf-8").replace("0.5", "0.6"), "utf-8")
    with pytest.raises(TrainingError, match="belongs to other settings or other data"):
        pretrain(config, out=tmp_path / "run", resume=True)


def test_it_learns_what_a_unigram_model_cannot_know(source: Path) -> None:
    config = languages.config(
        source, training={"epochs": 12, "learning_rate": 0.03}, network={"recurrent": {"hidden_size": 16}}
    )
    run = pretrain(config)
    assert run.figures["test"].perplexity.high < run.baselines["test"]["unigram"].perplexity.low
    assert run.figures["test"].ratios["unigram"].high < 1


@pytest.mark.parametrize("tokenizer", ["bpe", "characters"])
def test_pieces_and_characters(source: Path, tokenizer: str) -> None:
    run = pretrain(languages.config(source, text={"tokenizer": tokenizer, "max_size": 60}))
    figures = run.figures["test"]
    assert (figures.word_perplexity is not None) == (tokenizer == "bpe")
    assert (figures.bits_per_character is not None) == (tokenizer == "characters")
    assert set(run.baselines["test"]) == {"unigram", "3-gram" if tokenizer == "bpe" else "6-gram"}
    if figures.bits_per_character is not None:
        letters = sum(len(text) + 1 for text in held_out(run.config))
        assert figures.tokens == letters
        bits = figures.bits_per_character.value
        assert 2**bits == pytest.approx(figures.perplexity.value)


def held_out(config: LanguageModelConfig) -> list[str]:
    return [example.text for example in load_texts(config.data).split("test")]


def test_a_running_text(tmp_path: Path) -> None:
    book = tmp_path / "book.txt"
    book.write_text("\n".join(languages.SENTENCES * 30), "utf-8")
    run = pretrain(languages.config(book, data={"stream": True}, text={"tokenizer": "characters"}))
    assert run.figures["test"].texts >= 50
    assert run.figures["test"].tokens == len(held_out(run.config)[0])


@pytest.mark.parametrize("text", ["x", "a b c"])
def test_a_text_shorter_than_a_chunk_and_a_vocabulary_of_one_word(tmp_path: Path, text: str) -> None:
    (tmp_path / "tiny.txt").write_text(f"{text}\n" * 12, "utf-8")
    config = languages.config(tmp_path / "tiny.txt", data={"duplicates": "keep"}, chunk=64)
    run = pretrain(config)
    assert len(run.model.pipeline.vocabulary) == 2 + len(text.split())
    assert np.isfinite(run.figures["test"].perplexity.value)


def test_a_single_character_of_running_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tiny.txt").write_text("x", "utf-8")
    nothing = {"stream": True, "test_fraction": 0.0, "validation_fraction": 0.0}
    with pytest.raises(DataError, match="a single token, and there is nothing to learn"):
        pretrain(languages.config(tmp_path / "tiny.txt", data=nothing))


def test_without_held_out_texts_there_are_no_figures(source: Path) -> None:
    nothing = {"test_fraction": 0.0, "validation_fraction": 0.0}
    run = pretrain(languages.config(source, data=nothing))
    assert run.figures == {}
    assert run.history.best_epoch == 3


@pytest.mark.parametrize("training", [{"monitor": "accuracy"}, {"class_weights": "balanced"}])
def test_settings_of_a_classifier_are_refused(source: Path, training: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="a language model has no classes"):
        pretrain(languages.config(source, training=training))


def test_what_reads_both_ways_learns_both_and_starts_a_classifier(source: Path, tmp_path: Path) -> None:
    network = {"bidirectional": True, "recurrent": {"layers": 1, "hidden_size": 16}}
    config = languages.config(source, network=network, training={"epochs": 12, "learning_rate": 0.02})
    run = pretrain(config, out=tmp_path / "lm")
    unigram = run.baselines["test"]["unigram"].perplexity.value
    assert run.figures["test"].perplexity.value < unigram / 3
    assert run.model.metrics["test"]["back"]["perplexity"] < unigram / 3
    classifier = TextClassifier(start=tmp_path / "lm", epochs=4)
    texts = [f"{number} {languages.SENTENCES[number % 5]}" for number in range(40)]
    labels = [int("market" in text or "station" in text) for text in texts]
    assert classifier.fit(texts, labels).model_.config.network.bidirectional


def test_a_running_text_is_not_read_back(source: Path) -> None:
    network = {"bidirectional": True, "recurrent": {"layers": 1}}
    with pytest.raises(ConfigError, match="a running text is read on alone"):
        pretrain(languages.config(source, data={"stream": True}, network=network))
