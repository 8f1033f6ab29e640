"""A classifier that starts from a trained model: vocabulary, provenance, learning, resuming."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import sources
import toy

from tenor.config.load import parse, to_values
from tenor.config.network import RatioConfig
from tenor.data.example import Dataset, Example
from tenor.errors import ConfigError, DataError, Interrupted, TrainingError
from tenor.experiments.classification import SilentWatcher, fit, train
from tenor.experiments.named_files import files_of
from tenor.experiments.preparing import prepare
from tenor.experiments.run import decisive, stored_config
from tenor.experiments.settling import adopted, settled
from tenor.model import Model
from tenor.training.checkpoint import Progress
from tenor.training.source import Source


class StopsAt(SilentWatcher):
    """Presses Ctrl-C after so many steps."""

    def __init__(self, step: int) -> None:
        self.left = step

    def step(self, progress: Progress) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


class Warned(SilentWatcher):
    def __init__(self) -> None:
        self.said: list[str] = []

    def warning(self, text: str) -> None:
        self.said.append(text)


def weights(run: Path) -> bytes:
    return (run / "model" / "weights.safetensors").read_bytes()


def test_what_is_not_set_is_taken_and_what_contradicts_is_refused(tmp_path: Path) -> None:
    folder = sources.write(tmp_path)
    named = {"transfer": {"source": str(folder)}}
    config = parse(adopted(named))
    source = Source.read(str(folder))
    assert config.text.tokenizer == "words"
    assert (config.network.encoder, config.network.bidirectional) == ("lstm", False)
    assert config.network.embedding_size == source.network.embedding_size
    assert config.network.recurrent.hidden_size == source.network.recurrent.hidden_size
    assert config.transfer.digest == source.digest
    assert settled(config) == config
    for given in ({"network": {"bidirectional": True}}, {"text": {"tokenizer": "reviews"}}):
        with pytest.raises(ConfigError, match="and that of the language model in"):
            adopted(named | given)
    # Whoever writes a whole configuration has set all of it.
    with pytest.raises(ConfigError, match=r"text\.tokenizer is reviews, and that of"):
        settled(parse(named))
    assert adopted({"training": {"epochs": 3}}) == {"training": {"epochs": 3}}


def test_tokenizer_and_vocabulary_are_taken_over_in_a_visible_line(tmp_path: Path) -> None:
    config = sources.started(sources.write(tmp_path), text={"max_length": 7})
    found = prepare(toy.dataset(), config.text, config.transfer)
    theirs = sources.language_model().pipeline
    assert found.pipeline.vocabulary == theirs.vocabulary
    assert found.pipeline.max_length == 7
    line = found.dataset.notes[-1]
    assert line.startswith(f"Tokenizer (words) and vocabulary ({len(theirs.vocabulary)}) are those of the")
    share = np.mean(found.encoded["train"][0].ids == theirs.vocabulary.unknown)
    assert 0.01 < share < 0.5
    assert f"{share:.1%}".removesuffix("%") in line
    assert "transfer.extend_vocabulary" in line
    assert line in found.report.notes


def test_the_vocabulary_is_extended_when_asked(tmp_path: Path) -> None:
    folder = sources.write(tmp_path)
    config = sources.started(folder)
    transfer = {
        "transfer": {"source": str(folder), "extend_vocabulary": True, "digest": None, "unfreeze": 0.5}
    }
    extended = settled(parse(to_values(config) | transfer))
    theirs = sources.language_model().pipeline.vocabulary
    found = prepare(toy.dataset(), extended.text, extended.transfer)
    assert found.pipeline.vocabulary.tokens == (*theirs.tokens, "good")
    assert "with 1 word of the training texts added; 0.0 %" in found.dataset.notes[-1]
    model = fit(toy.dataset(), extended, prepared=found).model
    assert len(model.arrays["embedding.weight"]) == len(theirs) + 1


def test_no_room_for_new_words_is_said(tmp_path: Path) -> None:
    folder = sources.write(tmp_path)
    values = to_values(sources.started(folder, text={"max_size": 10}))
    values["transfer"]["extend_vocabulary"] = True
    with pytest.raises(ConfigError, match=r"text.max_size is 10, .* set text.max_size to more"):
        fit(toy.dataset(), parse(values))


def test_the_run_and_its_model_say_what_they_started_from(tmp_path: Path) -> None:
    folder, out = sources.write(tmp_path / "lm"), tmp_path / "run"
    config = sources.started(folder, training={"epochs": 2}, transfer={"unfreeze": 0.25})
    train(config, dataset=toy.dataset(), out=out)
    digest = sources.language_model().digest
    model = Model.load(out)
    assert model.config.transfer.digest == digest
    assert model.data is not None
    assert model.data["start"] == Source.read(str(folder)).provenance()
    page = (out / "report.html").read_text()
    assert f"Training started from the language model in {folder}" in page
    assert digest in page
    assert json.loads((out / "report.json").read_text())["provenance"]["start"]["digest"] == digest
    # The source is needed no more.
    shutil.rmtree(folder)
    assert Model.load(out).digest == model.digest


def test_a_frozen_encoder_is_the_one_of_the_source(tmp_path: Path) -> None:
    """One epoch with a group more every epoch trains the head alone, and that is said."""
    folder = sources.write(tmp_path)
    watcher = Warned()
    model = fit(toy.dataset(), sources.started(folder, training={"epochs": 1}), watcher=watcher).model
    source = Source.read(str(folder))
    for name, array in model.arrays.items():
        if name.startswith("encoder."):
            assert np.array_equal(array, source.arrays[name])
    (said,) = watcher.said
    assert "never train encoder layer 2, encoder layer 1, word vectors" in said
    assert "transfer.unfreeze" in said


def test_a_trained_encoder_is_worth_having(tmp_path: Path) -> None:
    """From a classifier of the same words the head alone learns what a fresh network does not by then."""
    learned = toy.config(training={"epochs": 12, "learning_rate": 0.03})
    fit(toy.dataset(train=128), learned).model.save(tmp_path / "learned")
    quick = {"training": {"epochs": 2, "learning_rate": 0.03}}
    config = sources.started(tmp_path / "learned", **quick, transfer={"unfreeze": 0.5})
    kept = fit(toy.dataset(), config).evaluations["test"].metrics["accuracy"]
    fresh = fit(toy.dataset(), toy.config(**quick)).evaluations["test"].metrics["accuracy"]
    assert kept is not None
    assert fresh is not None
    assert kept.value > max(0.9, fresh.value)


@pytest.mark.parametrize("name", ["mingru", "bigru", "cnn-max"])
@pytest.mark.parametrize("ratios", [False, True])
def test_other_encoders_and_ratios(tmp_path: Path, name: str, ratios: bool) -> None:
    network = sources.network(name.partition("-")[0])
    folder = sources.write(tmp_path, network)
    config = sources.started(
        folder,
        network={"ratios": {"use": ratios}, "mingru": to_values(network)["mingru"]},
        training={"epochs": 2},
        transfer={"unfreeze": 0.5},
    )
    fitted = fit(toy.dataset(), config)
    source = Source.read(str(folder))
    moved = [
        name
        for name, array in fitted.model.arrays.items()
        if name.startswith("encoder.")
        and not np.array_equal(array[..., : source.arrays[name].shape[-1]], source.arrays[name])
    ]
    assert moved
    assert (fitted.model.ratios is not None) == ratios
    assert fitted.model.config.network.ratios == RatioConfig(use=ratios)


# An epoch has 8 steps: within that of the head, and right before and after a layer begins to be trained.
@pytest.mark.parametrize("step", [5, 8, 9, 16, 17, 27])
def test_interrupted_and_resumed_is_never_stopped(tmp_path: Path, step: int) -> None:
    folder = sources.write(tmp_path / "lm")
    config = sources.started(folder, training={"checkpoint_minutes": 0.0})
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    train(config, dataset=toy.dataset(), out=whole)
    with pytest.raises(Interrupted, match="--resume"):
        train(config, dataset=toy.dataset(), out=cut, watcher=StopsAt(step))
    train(stored_config(cut), dataset=toy.dataset(), out=cut, resume=True)
    assert weights(cut) == weights(whole)


def test_resuming_wants_the_same_source_wherever_it_lies(tmp_path: Path) -> None:
    first, out = sources.write(tmp_path / "lm"), tmp_path / "run"
    settings = {"training": {"epochs": 1}, "transfer": {"unfreeze": 0.0}}
    config = sources.started(first, **settings)
    train(config, dataset=toy.dataset(), out=out)
    before = weights(out)
    moved = first.rename(tmp_path / "moved")
    train(sources.started(moved, **settings), dataset=toy.dataset(), out=out, resume=True)
    assert weights(out) == before
    other = sources.write(moved, seed=6)
    with pytest.raises(ConfigError, match="not what training started from"):
        train(stored_config(out), dataset=toy.dataset(), out=out, resume=True)
    with pytest.raises(ConfigError, match=r"other settings \(transfer\)"):
        train(sources.started(other, **settings), dataset=toy.dataset(), out=out, resume=True)
    with pytest.raises(ConfigError, match="other settings"):
        train(toy.config(training={"epochs": 1}), dataset=toy.dataset(), out=out, resume=True)


def test_settings_that_decide_nothing_without_a_source_are_no_part_of_it() -> None:
    config = toy.config(transfer={"factor": 3.0})
    assert decisive(config) == decisive(toy.config())
    assert "transfer" not in decisive(config)


def test_resuming_with_other_word_vectors_under_the_same_name_is_refused(tmp_path: Path) -> None:
    file, out = tmp_path / "vectors.txt", tmp_path / "run"
    file.write_text("good 1 2 3 4 5 6\nbad 6 5 4 3 2 1\n")
    config = toy.config(text={"vectors": str(file)}, training={"epochs": 1})
    train(config, dataset=toy.dataset(), out=out)
    train(config, dataset=toy.dataset(), out=out, resume=True)
    file.write_text("good 1 2 3 4 5 6\nbad 6 5 4 3 2 0\n")
    with pytest.raises(TrainingError, match="other settings or other data"):
        train(config, dataset=toy.dataset(), out=out, resume=True)


def test_files_are_named_by_setting_and_told_by_content(tmp_path: Path) -> None:
    def found_for(file: Path | None) -> dict[str, str]:
        config = toy.config(text={"vectors": None if file is None else str(file)})
        return files_of(config.text, config.network)

    assert found_for(None) == {}
    one, two = (tmp_path / name / "v.txt" for name in ("a", "b"))
    for file, text in ((one, "x"), (two, "x")):
        file.parent.mkdir()
        file.write_text(text)
    found = [found_for(file) for file in (one, two)]
    assert found[0] == found[1]
    assert list(found[0]) == ["text.vectors v.txt"]
    one.write_text("other")
    assert found_for(one) != found[0]
    with pytest.raises(DataError, match="cannot be read"):
        found_for(tmp_path / "none.txt")


def test_odd_texts_are_read_with_the_vocabulary_of_the_source(tmp_path: Path) -> None:
    settings = {"training": {"epochs": 1}, "transfer": {"unfreeze": 0.0}}
    config = sources.started(sources.write(tmp_path), **settings)
    odd = ["", "neverseen", "🙂 שלום", "<b>a</b>", "b " * 5000, "c d"]
    examples = tuple(Example(text, toy.CLASSES[row % 2], str(row)) for row, text in enumerate(odd))
    data = Dataset("odd", toy.CLASSES, {"train": examples})
    predictor = fit(data, config).predictor
    assert np.isfinite(predictor.predict_proba(odd)).all()
