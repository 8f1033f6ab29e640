"""Training with texts without labels: what it changes, what it must not, and that it can be stopped."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sources
import toy

from tenor.config.classification import ClassificationConfig
from tenor.data.example import Dataset
from tenor.errors import ConfigError, Interrupted
from tenor.experiments.classification import train
from tenor.experiments.preparing import prepare
from tenor.experiments.run import decisive
from tenor.experiments.watching import SilentWatcher
from tenor.model import Model
from tenor.training.checkpoint import Progress

NETWORKS = {
    "lstm": {},
    "mingru": {
        "encoder": "mingru",
        "mingru": {"hidden_size": 4, "width": 2},
        "ratios": {"use": True, "min_count": 1},
    },
}


class StopsAt(SilentWatcher):
    """Presses Ctrl-C after so many steps."""

    def __init__(self, step: int) -> None:
        self.left = step

    def step(self, progress: Progress) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("unlabelled") / "texts.txt"
    made = [example.text for example in toy.examples(40, "unlabelled")]
    path.write_text("\n".join(f"{text} zebra" for text in made), "utf-8")
    return str(path)


def config(encoder: str = "mingru", **sections: dict[str, object]) -> ClassificationConfig:
    training = {"epochs": 2, "checkpoint_minutes": 0.0, **sections.pop("training", {})}
    return toy.config(network=NETWORKS[encoder], training=training, **sections)


def model(found: ClassificationConfig, dataset: Dataset | None = None, **options: object) -> Model:
    return train(found, dataset=dataset or toy.dataset(), **options).model


def same(one: Model, other: Model) -> bool:
    return all(np.array_equal(array, other.arrays[name]) for name, array in one.arrays.items())


def test_weights_of_0_change_not_a_bit() -> None:
    nothing = {"adversarial": 0.0, "virtual_adversarial": 0.0, "entropy": 0.0, "epsilon": 1.0}
    given = config(unlabelled={"objective": nothing})
    assert same(model(config()), model(given))


@pytest.mark.parametrize("encoder", NETWORKS)
def test_each_part_changes_what_is_learned(encoder: str, texts: str) -> None:
    plain = model(config(encoder))
    parts: list[dict[str, object]] = [
        {"objective": {"adversarial": 1.0}},
        {"objective": {"virtual_adversarial": 1.0}},
        {"sources": [texts]},
        {"sources": [texts], "objective": {"virtual_adversarial": 0.0, "entropy": 0.5}},
        {"sources": [texts], "objective": {"perturb": "token"}, "batch_size": 5, "steps": 3},
    ]
    found = [model(config(encoder, unlabelled=part)) for part in parts]
    assert not any(same(plain, one) for one in found)
    assert not same(found[1], found[2])
    assert all(np.isfinite(array).all() for one in found for array in one.arrays.values())
    assert all(one.pipeline == plain.pipeline for one in found)  # no word of the unlabelled texts


@pytest.mark.parametrize(("encoder", "step"), [("lstm", 5), ("mingru", 11)])
def test_interrupted_and_resumed_is_never_stopped(
    encoder: str, step: int, texts: str, tmp_path: Path
) -> None:
    given = config(
        encoder,
        training={"average": 0.9},
        unlabelled={"sources": [texts], "steps": 7, "objective": {"adversarial": 0.5, "entropy": 0.1}},
    )
    whole = model(given)
    with pytest.raises(Interrupted, match="--resume"):
        train(given, dataset=toy.dataset(), out=tmp_path / "cut", watcher=StopsAt(step))
    resumed = model(given, out=tmp_path / "cut", resume=True)
    assert same(whole, resumed)
    assert whole.metrics == resumed.metrics


def test_their_words_are_known_only_if_asked_for(texts: str) -> None:
    given = config(unlabelled={"sources": [texts]})
    prepared = prepare(toy.dataset(), given.text, given.transfer, given.unlabelled)
    assert "zebra" not in prepared.pipeline.vocabulary
    assert prepared.unlabelled is not None
    assert len(prepared.unlabelled) == 40
    assert any("40 texts are learned from" in note for note in prepared.dataset.notes)
    asked = replace(given.unlabelled, vocabulary=True)
    prepared = prepare(toy.dataset(), given.text, given.transfer, asked)
    assert "zebra" in prepared.pipeline.vocabulary


def test_no_word_of_validation_or_test_is_learned_from_unlabelled_texts(tmp_path: Path) -> None:
    dataset = toy.dataset()
    held_out = [example.text for split in ("validation", "test") for example in dataset.split(split)]
    secret = replace(
        dataset,
        splits={
            name: tuple(replace(row, text=f"{row.text} secret") if name != "train" else row for row in rows)
            for name, rows in dataset.splits.items()
        },
    )
    file = tmp_path / "all.txt"
    file.write_text("\n".join([*(f"{text} secret" for text in held_out), "a new text"]), "utf-8")
    given = config(unlabelled={"sources": [str(file)], "vocabulary": True})
    prepared = prepare(secret, given.text, given.transfer, given.unlabelled)
    assert prepared.unlabelled is not None
    assert len(prepared.unlabelled) == 1
    assert "secret" not in prepared.pipeline.vocabulary


def test_training_starts_from_a_language_model_beside_unlabelled_texts(texts: str, tmp_path: Path) -> None:
    folder = sources.write(tmp_path / "lm")
    shared = {"training": {"epochs": 2}, "transfer": {"unfreeze": 0.5}}
    given = sources.started(folder, unlabelled={"sources": [texts]}, **shared)
    assert not same(model(given), model(sources.started(folder, **shared)))


def test_averaged_weights_are_those_that_are_validated_and_kept() -> None:
    plain = train(config(training={"average": None}), dataset=toy.dataset())
    averaged = train(config(training={"average": 0.99}), dataset=toy.dataset())
    assert not same(plain.model, averaged.model)
    assert plain.history.rows[0]["train_loss"] == averaged.history.rows[0]["train_loss"]
    best = averaged.history.rows[averaged.history.best_epoch - 1]["validation_accuracy"]
    assert averaged.evaluations["validation"].metrics["accuracy"].value == pytest.approx(best)


@pytest.mark.parametrize(
    ("encoder", "section", "message"),
    [
        ("lstm", {"objective": {"perturb": "word"}}, "only mingru computes once for each word"),
        ("mingru", {"objective": {"virtual_adversarial": 0.0}}, "nothing is learned from them"),
    ],
)
def test_settings_that_cannot_be_are_one_line(
    encoder: str, section: dict[str, object], message: str, texts: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        model(config(encoder, unlabelled={"sources": [texts], **section}))


def test_settings_that_say_nothing_are_no_part_of_what_decides() -> None:
    assert "unlabelled" not in decisive(toy.config())
    assert "average" not in decisive(toy.config())["training"]
    assert decisive(toy.config(training={"average": 0.9}))["training"]["average"] == 0.9
    assert "unlabelled" in decisive(toy.config(unlabelled={"vocabulary": True}))
