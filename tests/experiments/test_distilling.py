"""A student: what it learns from, what is refused, and that stopping it changes nothing."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sources
import toy

from tenor.config.load import Values, parse, to_values
from tenor.config.unlabelled import UnlabelledConfig
from tenor.data.example import Dataset
from tenor.data.fingerprint import fingerprint
from tenor.data.unlabelled_texts import load_unlabelled
from tenor.errors import ConfigError, DataError, Interrupted, ModelError, OutputError
from tenor.evaluation.temperature import softmax
from tenor.experiments.classification import SilentWatcher, fit, train
from tenor.experiments.distilling import chosen, distil, student
from tenor.experiments.model_card import card
from tenor.experiments.run import decisive
from tenor.experiments.settling import settled
from tenor.experiments.teacher import Teacher
from tenor.experiments.teaching import ANSWERS, Lesson, Teaching
from tenor.inference.predictor import load
from tenor.model import Model
from tenor.training.checkpoint import Progress
from tenor.training.loop import Labelled

SECRET = "zebra"


def known(given: Dataset, source: str = "toy texts") -> Dataset:
    """Return the data with the provenance that reading a file gives it."""
    told = {"source": source, "fingerprint": fingerprint(given.split("train"))}
    return replace(given, provenance=told)


def settings(**sections: dict[str, object]) -> Values:
    """Return the sections of toy.config that a student is told."""
    values = to_values(toy.config(**sections))
    return {name: values[name] for name in ("text", "network", "training", "evaluation")}


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("teacher") / "run"
    learned = toy.config(training={"epochs": 8, "learning_rate": 0.03})
    train(learned, dataset=known(toy.dataset(train=128, validation=60)), out=folder)
    return folder


@pytest.fixture(scope="module")
def more(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("more") / "more.txt"
    file.write_text("\n".join(one.text for one in toy.examples(240, "more")))
    return file


class StopsAt(SilentWatcher):
    def __init__(self, step: int) -> None:
        self.left = step

    def step(self, progress: Progress) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def weights(run: Path) -> bytes:
    return (run / "model" / "weights.safetensors").read_bytes()


def test_unlabelled_text_teaches_what_few_labels_do_not(teacher: Path, more: Path, tmp_path: Path) -> None:
    few = toy.dataset(train=8, validation=16, test=60)
    config = settings(training={"epochs": 5, "learning_rate": 0.03})
    run = distil(teacher, few, unlabelled=[more], config=config, out=tmp_path / "run")
    alone = fit(few, parse(config)).evaluations["test"].metrics["accuracy"]
    found = run.beside_teacher
    assert alone is not None
    assert found is not None
    assert found.student.accuracy.value > max(0.9, alone.value)
    assert found.difference.value == pytest.approx(
        found.student.accuracy.value - found.teacher.accuracy.value
    )
    assert (found.split, found.rows) == ("test", 60)
    assert found.student.bytes == sum(file.stat().st_size for file in (tmp_path / "run" / "model").iterdir())
    assert json.loads((tmp_path / "run" / "teacher.json").read_text()) == found.to_json()


def test_the_model_and_the_run_name_the_teacher(teacher: Path, more: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    config = settings(training={"epochs": 1})
    run = distil(teacher, toy.dataset(), unlabelled=[more], config=config, out=out)
    model = Model.load(out)
    assert model.data is not None
    said = model.data["teacher"]
    assert said["digest"] == Model.load(teacher).digest == run.config.distillation.digest
    assert said["texts"]["labelled"] == 64
    assert 0 < said["texts"]["unlabelled"] == model.data["unlabelled"]["rows"] < 240
    assert said["accuracy"]["test"] == Model.load(teacher).metrics["test"]["metrics"]["accuracy"]
    page = (out / "report.html").read_text()
    assert "Beside its teacher" in page
    assert said["digest"][:12] in page
    # An ordinary model: it is loaded without its teacher.
    assert load(out).classes == toy.CLASSES


def test_stopped_and_resumed_is_never_stopped_and_the_teacher_is_asked_once(
    teacher: Path, more: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(training={"epochs": 2, "checkpoint_minutes": 0.0})
    given: dict[str, Any] = {"unlabelled": [more], "config": config}
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    distil(teacher, toy.dataset(), **given, out=whole)
    with pytest.raises(Interrupted, match="--resume"):
        distil(teacher, toy.dataset(), **given, out=cut, watcher=StopsAt(50))
    assert not (cut / "model").exists()
    assert (cut / ANSWERS).read_bytes() == (whole / ANSWERS).read_bytes()

    def refuse(*_: object) -> None:
        raise AssertionError("asked again")

    monkeypatch.setattr(Teacher, "answers", refuse)
    distil(teacher, toy.dataset(), **given, out=cut, resume=True)
    assert weights(cut) == weights(whole)


def test_answers_of_other_texts_or_damaged_ones_are_had_again(teacher: Path, tmp_path: Path) -> None:
    config = replace(toy.config().distillation, teacher=str(teacher))
    teaching = Teaching.of(toy.dataset(), config)
    assert teaching is not None
    answers = teaching.asked()
    file = tmp_path / "answers"
    answers.save(file)
    same = teaching.asked(file)
    assert same.fingerprint == answers.fingerprint
    np.testing.assert_array_equal(same.logits["train"], answers.logits["train"])
    other = Teaching.of(toy.dataset(train=32), config)
    assert other is not None
    assert len(other.asked(file).logits["train"]) == 32
    file.write_bytes(file.read_bytes()[:9])
    np.testing.assert_array_equal(teaching.asked(file).logits["train"], answers.logits["train"])


def test_neither_test_nor_validation_texts_teach(teacher: Path, tmp_path: Path) -> None:
    held_out = {
        split: tuple(replace(one, text=f"{one.text} {SECRET}") for one in toy.dataset().split(split))
        for split in ("validation", "test")
    }
    data = replace(toy.dataset(), splits={**toy.dataset().splits, **held_out})
    file = tmp_path / "more.txt"
    file.write_text("\n".join(["a new one", *(one.text for split in held_out.values() for one in split)]))
    run = distil(teacher, data, unlabelled=[file], config=settings(training={"epochs": 1}))
    assert SECRET not in run.model.pipeline.vocabulary
    assert "new" in run.model.pipeline.vocabulary
    assert run.model.data is not None
    assert run.model.data["teacher"]["texts"]["unlabelled"] == 1


def lesson_of(
    teacher: Path, data: Dataset, more: Path | None = None, **given: Any
) -> tuple[Teaching, Lesson]:
    config = replace(toy.config().distillation, teacher=str(teacher), **given)
    beyond = None if more is None else load_unlabelled(UnlabelledConfig((str(more),)), data, train_too=False)
    teaching = Teaching.of(data, config, () if beyond is None else beyond.texts)
    assert teaching is not None
    pipeline = teaching.teacher.predictor.model.pipeline
    tokens = pipeline.encode([one.text for one in data.split("train")])
    targets = np.array([data.classes.index(str(one.label)) for one in data.split("train")])
    beside = pipeline.encode(teaching.unlabelled)
    return teaching, Lesson.of(teaching, Labelled(tokens, targets), beside, teaching.asked())


def test_the_targets_are_the_softened_answers_in_the_order_of_the_classes(teacher: Path, more: Path) -> None:
    data = toy.dataset()
    turned = replace(data, classes=data.classes[::-1])
    _, plain = lesson_of(teacher, data, more, temperature=3.0)
    _, other = lesson_of(teacher, turned, more, temperature=3.0)
    np.testing.assert_array_equal(other.shares, plain.shares[:, ::-1])
    predictor = load(teacher)
    tokens = predictor.model.pipeline.encode([one.text for one in data.split("train")])
    own = predictor.model.temperature or 1.0
    expected = softmax(predictor.logits(tokens), own * 3.0)
    np.testing.assert_allclose(plain.shares[:64], expected, atol=1e-6)
    assert plain.labelled.tolist() == [True] * 64 + [False] * (len(plain.shares) - 64)
    # Without a label the likeliest class stands in.
    np.testing.assert_array_equal(plain.texts.targets[64:], plain.shares[64:].argmax(1))


def test_of_texts_it_has_seen_the_teacher_is_made_as_sure_as_of_validation(teacher: Path) -> None:
    data = known(toy.dataset(train=128, validation=60))
    teaching, lesson = lesson_of(teacher, data, temperature=1.0)
    assert teaching.seen
    logits, own = lesson.answers.logits, teaching.teacher.temperature
    sureness = {name: softmax(some, own).max(1).mean() for name, some in logits.items()}
    assert lesson.shares.max(1).mean() <= max(sureness["validation"], sureness["train"]) + 1e-5
    assert lesson.temperatures["train"] >= own
    # An answer to validation texts is needed for nothing else, and a given switch leaves it out.
    _, plain = lesson_of(teacher, data, temperature=1.0, match_seen=False)
    assert set(plain.answers.logits) == {"train"}
    assert plain.temperatures == {"train": own}


def test_a_student_takes_data_and_tokenizer_of_its_teacher_where_nothing_is_said(tmp_path: Path) -> None:
    data = tmp_path / "reviews.csv"
    rows = [f"{one.text},{one.label}" for one in toy.examples(60, "file")]
    data.write_text("\n".join(["text,label", *rows]))
    config = toy.config(data={"source": str(data), "split_seed": 7}, training={"epochs": 1})
    train(config, out=tmp_path / "teacher")
    named = {"distillation": {"teacher": str(tmp_path / "teacher")}}
    found = student({**chosen("fast"), **named})
    assert found.data == config.data
    assert found.text.tokenizer == "words"
    assert found.network.encoder == "mingru"
    said = student({**chosen("fast"), **named, "data": {"source": "movies"}, "text": {"tokenizer": "bpe"}})
    assert (said.data.source, said.data.split_seed, said.text.tokenizer) == ("movies", 0, "bpe")
    # The same file by another name is the teacher's data, too.
    linked = tmp_path / "linked.csv"
    os.link(data, linked)
    assert student({**named, "data": {"source": str(linked)}}).data.split_seed == 7
    run = distil(tmp_path / "teacher", config=settings(training={"epochs": 1}))
    assert run.model.data is not None
    assert run.model.data["teacher"]["seen"]
    data.write_text(data.read_text().replace("bad", "sad", 20))
    with pytest.raises(DataError, match="are not those that the teacher"):
        distil(tmp_path / "teacher", config=settings(training={"epochs": 1}), out=tmp_path / "student")
    assert not (tmp_path / "student").exists()


def test_what_cannot_teach_is_refused(teacher: Path, tmp_path: Path) -> None:
    config = settings(training={"epochs": 1})
    sources.write(tmp_path / "lm")
    with pytest.raises(ModelError, match="holds a language model, which says no class"):
        distil(tmp_path / "lm", toy.dataset(), config=config)
    with pytest.raises(ModelError, match="does not exist"):
        distil(tmp_path / "none", toy.dataset(), config=config)
    names = {"negative": "bad", "positive": "good"}
    splits = {
        split: tuple(replace(one, label=names[str(one.label)]) for one in rows)
        for split, rows in toy.dataset().splits.items()
    }
    named = replace(toy.dataset(), classes=("bad", "good"), splits=splits)
    with pytest.raises(DataError, match=r"classes of toy are bad, good, .* are negative, positive"):
        distil(teacher, named, config=config)
    with pytest.raises(DataError, match="has no training examples"):
        distil(teacher, replace(toy.dataset(), splits={"test": toy.examples(4, "test")}), config=config)
    digest = {**config, "distillation": {"digest": "0" * 64}}
    with pytest.raises(ConfigError, match=r"distillation\.digest is 0000"):
        distil(teacher, toy.dataset(), config=digest)
    with pytest.raises(ConfigError, match=r"distillation\.labels is 1"):
        distil(teacher, toy.dataset(), config={**config, "distillation": {"labels": 1.0}})
    with pytest.raises(ConfigError, match=r"leave out unlabelled\.objective"):
        distil(teacher, toy.dataset(), config={**config, "unlabelled": {"objective": {"entropy": 0.1}}})
    with pytest.raises(OutputError, match="holds the teacher"):
        distil(teacher / "model", toy.dataset(), config=config, out=teacher, force=True)
    with pytest.raises(ConfigError, match="does not say what it was trained on"):
        fit(toy.dataset(), toy.config(training={"epochs": 1})).model.save(tmp_path / "nameless")
        distil(tmp_path / "nameless", config=config)


def test_a_run_without_a_teacher_counts_as_before_and_the_place_of_one_does_not_count(
    teacher: Path, tmp_path: Path
) -> None:
    assert "distillation" not in decisive(toy.config())
    config = settled(toy.config(distillation={"teacher": str(teacher)}))
    assert config.distillation.digest == Model.load(teacher).digest
    moved = replace(config, distillation=replace(config.distillation, teacher=str(tmp_path)))
    assert decisive(moved) == decisive(config) != decisive(toy.config())


def test_ratios_count_texts_without_labels_by_the_answer(teacher: Path, more: Path) -> None:
    network = {**to_values(sources.network("mingru")), "ratios": {"use": True, "min_count": 1}}
    config = settings(network=network, training={"epochs": 1})
    few = toy.dataset(train=8)
    plain = distil(teacher, few, config=config).model
    beside = distil(teacher, few, unlabelled=[more], config=config).model
    sizes = []
    for model in (plain, beside):
        assert model.ratios is not None
        good, bad = model.pipeline.vocabulary.ids(["good", "bad"])
        sizes.append(float(model.ratios.words[good, 0] - model.ratios.words[bad, 0]))
    assert sizes[1] > sizes[0] > 0


def test_a_student_may_have_several_parts(teacher: Path, more: Path, tmp_path: Path) -> None:
    parts = {"ensemble": {"members": 2, "ngrams": {"use": True, "min_count": 1}}}
    config = {**settings(training={"epochs": 1}), **parts}
    run = distil(teacher, toy.dataset(train=8), unlabelled=[more], config=config, out=tmp_path / "run")
    assert run.model.parts[0].count == 2
    assert [part.kind for part in run.model.parts] == ["network", "n-grams"]
    # The n-grams learn from more than eight labels, too.
    assert run.model.ngrams is not None
    alone = fit(toy.dataset(train=8), parse(config)).model.ngrams
    assert alone is not None
    assert len(run.model.ngrams.weights) > len(alone.weights)


def test_the_card_names_a_teacher_without_any_place(teacher: Path) -> None:
    config = settings(training={"epochs": 1})
    model = distil(teacher, toy.dataset(), config=config).model
    assert model.data is not None
    told = {**model.data["teacher"], "trained_on": "/home/somebody/secret/reviews.csv"}
    told_model = replace(model, data={**model.data, "teacher": told})
    text = json.dumps(card(told_model, name="small", version="0", format=3).to_json())
    assert '"trained_on": "reviews.csv"' in text
    assert "/home" not in text
    assert str(teacher.parent) not in text
