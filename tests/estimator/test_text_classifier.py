"""`TextClassifier`: learning, labels, parameters, repetition, saving."""

import copy
import math
import pickle
import random

import numpy as np
import pytest
import sources
import yaml
from classifiers import small, texts
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags

import tenor
from tenor.config.load import parse, settings, to_values
from tenor.errors import ConfigError, OutputError
from tenor.estimator import SETTINGS, TextClassifier

TRAIN, CODES = texts(80)
NEW, _ = texts(30, seed=1)


@pytest.fixture(scope="module")
def fitted():
    return small().fit(TRAIN, CODES)


@pytest.mark.parametrize(
    "names",
    [
        (0, 1),
        (7, -3),
        (1.0, 2.0),
        (True, False),
        ("dull", "bright"),
        np.array(["n", "p"], dtype=object),
        ("odd", "even", "none"),
        (2, 0, 1),
    ],
    ids=str,
)
def test_learns_and_answers_with_the_labels_it_was_given(names):
    train, codes = texts(120, len(names))
    new, new_codes = texts(30, len(names), seed=1)
    labels = [names[code] for code in codes]
    expected = np.array([names[code] for code in new_codes])
    classifier = small(epochs=10).fit(train, labels)
    found = classifier.predict(new)
    probabilities = classifier.predict_proba(new)
    assert classifier.classes_.tolist() == np.unique(labels).tolist()
    assert found.dtype.kind == expected.dtype.kind
    assert found.tolist() == expected.tolist()
    assert classifier.score(new, expected) == 1.0
    assert probabilities.shape == (30, len(names))
    assert probabilities.sum(axis=1) == pytest.approx(1.0)
    assert classifier.classes_[probabilities.argmax(axis=1)].tolist() == found.tolist()


def test_not_fitted(tmp_path):
    for use in (TextClassifier().predict, TextClassifier().predict_proba):
        with pytest.raises(NotFittedError):
            use(NEW)
    with pytest.raises(NotFittedError):
        TextClassifier().save(tmp_path / "model")


def test_texts_without_a_known_word_are_classified(fitted):
    assert set(fitted.predict(["", "   ", "zzz"])) <= {0, 1}


def test_rows_are_held_out_for_validation_with_the_share_of_each_class():
    classifier = small(validation_fraction=0.25, epochs=1).fit(*texts(90, 3))
    held = classifier.model_.metrics["validation"]
    assert classifier.model_.data["rows"] == {"train": 68, "validation": 22}
    assert sorted(one["support"] for one in held["per_class"]) == [7, 7, 8]
    assert "validation_loss" in classifier.history_[0]


@pytest.mark.parametrize(
    ("labels", "fraction", "held"),
    [
        ([0, 1] * 9, 0.1, 0),  # 1.8 rows for two classes
        ([0, 1] * 10, 0.1, 2),
        ([0, 1] * 10, 0.0, 0),
        ([0] * 19 + [1], 0.1, 2),  # of class 0: the only text of class 1 is learned
        ([0, 1], 0.9, 0),
    ],
)
def test_validation_needs_enough_rows(labels, fraction, held):
    classifier = small(epochs=1, min_count=1, validation_fraction=fraction).fit(TRAIN[: len(labels)], labels)
    assert classifier.model_.data["rows"].get("validation", 0) == held
    assert ("validation_loss" in classifier.history_[0]) == bool(held)


def test_stops_early_and_says_when():
    monitor = {"training": {"monitor": "accuracy"}}
    classifier = small(epochs=40, patience=2, config=monitor).fit(TRAIN, CODES)
    assert classifier.n_iter_ == len(classifier.history_) == classifier.best_epoch_ + 2 < 40
    assert small(epochs=7, patience=math.inf, config=monitor).fit(TRAIN, CODES).n_iter_ == 7


def test_every_parameter_reaches_its_setting(tmp_path):
    vectors = tmp_path / "vectors.txt"
    vectors.write_text("dull 1 2 3\nbright 3 2 1\n")
    given = {
        "tokenizer": "basic_english",
        "vocabulary_size": 9,
        "min_count": 3,
        "max_length": 5,
        "truncation": "tail",
        "vectors": vectors,
        "embedding_size": 3,
        "embedding_dropout": 0.125,
        "hidden_size": 2,
        "layers": 3,
        "dropout": 0.25,
        "output_dropout": 0.375,
        "ensemble": 3,
        "ngrams": True,
        "epochs": 2,
        "batch_size": 11,
        "learning_rate": 0.5,
        "weight_decay": 0.75,
        "validation_fraction": 0.2,
        "patience": 4,
        "device": "cpu",
        "precision": "float32",
        "threads": 1,
    }
    # What training starts from goes with no tokenizer or size of one's own.
    assert given.keys() | {"start"} == SETTINGS.keys()
    defaults = {one.key: one.default for one in settings()}
    config = to_values(TextClassifier(**given).fit(TRAIN, CODES).model_.config)
    for name, key in ((name, key) for name, keys in SETTINGS.items() if name in given for key in keys):
        value, found = given[name], config
        for part in key.split("."):
            found = found[part]
        assert found == (str(vectors) if name == "vectors" else value)
        if name not in {"threads", "precision"}:
            assert defaults[key] != value


def test_model_name_random_state_and_source_reach_their_settings():
    config = small(model="birnn-mean", random_state=5, epochs=1).fit(TRAIN, CODES).model_.config
    network = config.network
    assert (network.encoder, network.bidirectional, network.pooling) == ("rnn", True, "mean")
    assert config.training.seed == config.data.split_seed == 5
    assert config.data.source == "memory"


@pytest.mark.parametrize("form", ["values", "object", "file"])
def test_parameters_are_laid_over_the_configuration(form, tmp_path):
    values = {"network": {"recurrent": {"forget_bias": 0.5}}, "training": {"epochs": 9, "decay": "none"}}
    (tmp_path / "base.yaml").write_text(yaml.safe_dump(values))
    base = {"values": values, "object": parse(values), "file": tmp_path / "base.yaml"}[form]
    config = small(config=base, epochs=1).fit(TRAIN, CODES).model_.config
    assert (config.training.epochs, config.training.decay) == (1, "none")
    assert config.network.recurrent.forget_bias == 0.5
    assert config.network.recurrent.hidden_size == 6


def test_settings_of_the_encoder_reach_whichever_is_chosen():
    config = small(model="mingru", hidden_size=3, layers=2, epochs=1).fit(TRAIN, CODES).model_.config
    assert (config.network.mingru.hidden_size, config.network.mingru.layers) == (3, 2)


def test_a_recipe_is_a_base():
    classifier = small(config="session", epochs=1, model=None, layers=1).fit(TRAIN, CODES)
    expected = parse(tenor.config.load.read("session")).training.decay
    assert classifier.model_.config.training.decay == expected != parse({}).training.decay


def test_a_quality_chooses_the_base():
    classifier = small(quality="fast", epochs=1, model=None).fit(TRAIN, CODES)
    expected = parse(tenor.config.load.read("few"))
    assert classifier.model_.config.network.ratios == expected.network.ratios
    assert classifier.model_.config.description.startswith("Chosen by itself: recipe few")
    with pytest.raises(ConfigError, match="quality chooses what is trained, and model says it"):
        small(quality="fast", model="lstm").fit(TRAIN, CODES)


def test_infinity_is_no_limit_and_numpy_numbers_are_numbers():
    classifier = small(
        vocabulary_size=math.inf,
        max_length=np.inf,
        patience=math.inf,
        epochs=np.int64(1),
        dropout=np.float32(0),
    )
    config = classifier.fit(TRAIN, CODES).model_.config
    assert (config.text.max_size, config.text.max_length, config.training.patience) == (None, None, None)
    assert type(config.training.epochs) is int


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epochs": 0}, "training.epochs"),
        ({"epochs": math.inf}, "training.epochs"),
        ({"hidden_size": 2.5}, "hidden_size"),
        ({"model": "lstn"}, "did you mean lstm"),
        ({"model": "lstm-median"}, "poolings are"),
        ({"model": 3}, "model is 3"),
        ({"config": 3}, "config is of type int"),
        ({"config": "sesion"}, "did you mean session"),
        ({"config": {"training": {"epoch": 3}}}, "training.epoch"),
        ({"class_weight": "even"}, "class_weights"),
        ({"random_state": -1}, "seed"),
    ],
    ids=repr,
)
def test_wrong_parameters_are_refused_by_fit(changes, message):
    classifier = small(**changes)
    with pytest.raises(ConfigError, match=message):
        classifier.fit(TRAIN, CODES)


def test_class_weight_moves_the_predictions():
    generator = random.Random(0)
    noise = [" ".join(generator.choices("abcdefgh", k=4)) for _ in range(60)]
    labels = [("no", "yes", "yes")[number % 3] for number in range(60)]
    for label, weight in (("no", {"no": 50.0}), ("yes", {"yes": 50.0})):
        assert set(small(class_weight=weight, epochs=2).fit(noise, labels).predict(noise)) == {label}


def test_class_weight_in_the_order_of_the_classes():
    labels = ["b" if code else "a" for code in CODES]
    for given, stored in (({"b": 3.0}, (1.0, 3.0)), ({"b": 3, "a": 2}, (2.0, 3.0)), ("balanced", "balanced")):
        classifier = small(class_weight=given, epochs=1).fit(TRAIN, labels)
        assert classifier.model_.config.training.class_weights == stored
    with pytest.raises(ValueError, match="class_weight"):
        small(class_weight={"c": 3.0}).fit(TRAIN, labels)


def test_same_random_state_same_model_and_another_another(fitted):
    again, other = small().fit(TRAIN, CODES), small(random_state=1).fit(TRAIN, CODES)
    expected = fitted.predict_proba(NEW)
    assert (again.predict_proba(NEW) == expected).all()
    assert (other.predict_proba(NEW) != expected).any()
    refitted = other.set_params(random_state=0).fit(TRAIN, CODES)
    assert (refitted.predict_proba(NEW) == expected).all()


def test_without_random_state_the_seeds_are_those_of_the_configuration(fitted):
    base = {"training": {"seed": 0}, "data": {"split_seed": 0}}
    same = small(random_state=None, config=base).fit(TRAIN, CODES)
    assert (same.predict_proba(NEW) == fitted.predict_proba(NEW)).all()


def test_a_random_state_is_drawn_from():
    source = np.random.RandomState(3)
    seeds = [small(random_state=source, epochs=1).fit(TRAIN, CODES).model_.config.training.seed for _ in "ab"]
    again = small(random_state=np.random.RandomState(3), epochs=1).fit(TRAIN, CODES)
    assert seeds[0] != seeds[1]
    assert again.model_.config.training.seed == seeds[0]


def test_precision_is_not_left_to_the_clock():
    chosen = small(epochs=1, precision="auto").fit(TRAIN, CODES).model_.config.training.precision
    assert chosen == "float32"


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
@pytest.mark.parametrize("tokenizer", ["words", "bpe"])
def test_a_copy_predicts_the_same(copied, tokenizer):
    classifier = small(tokenizer=tokenizer, vocabulary_size=40, epochs=2).fit(TRAIN, CODES)
    other = copied(classifier)
    assert (other.predict_proba(NEW) == classifier.predict_proba(NEW)).all()
    assert other.get_params() == classifier.get_params()


def test_what_is_pickled_holds_no_network(fitted):
    fitted.predict(NEW)
    assert b"torch" not in pickle.dumps(fitted)


def test_clone_is_not_fitted():
    classifier = small(config=parse({"training": {"decay": "none"}}), epochs=1).fit(TRAIN, CODES)
    other = clone(classifier)
    assert other.get_params() == classifier.get_params()
    with pytest.raises(NotFittedError):
        other.predict(NEW)


def test_a_saved_model_predicts_the_same_by_name(fitted, tmp_path):
    path = tmp_path / "model"
    small(epochs=1).fit(TRAIN, CODES).save(path)
    fitted.save(str(path))  # an older model is replaced
    predictor = tenor.load(path)
    assert predictor.classes == ("0", "1")
    assert (predictor.predict_proba(NEW) == fitted.predict_proba(NEW)).all()
    assert predictor.predict(NEW) == [str(label) for label in fitted.predict(NEW)]


def test_saving_replaces_nothing_but_a_model(fitted, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    run = tmp_path / "run"
    fitted.save(run / "model")
    for path in (tmp_path, tmp_path / "notes.txt", run):
        with pytest.raises(OutputError, match="another place"):
            fitted.save(path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    (tmp_path / "empty").mkdir()
    fitted.save(tmp_path / "empty")
    assert tenor.load(tmp_path / "empty").classes == ("0", "1")


def test_verbose_prints_a_line_an_epoch(capsys):
    small(epochs=3, patience=math.inf).fit(TRAIN, CODES)
    assert capsys.readouterr().out == ""
    small(epochs=3, patience=math.inf, verbose=True).fit(TRAIN, CODES)
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("epoch ") for line in lines) == 3


def test_tags_say_that_it_reads_texts():
    tags = get_tags(TextClassifier())
    assert tags.estimator_type == "classifier"
    assert tags.input_tags.string and tags.input_tags.one_d_array and not tags.input_tags.two_d_array
    assert tags.target_tags.required


def test_public_name():
    assert tenor.TextClassifier is TextClassifier


def test_start_takes_vocabulary_and_network_and_refuses_others(tmp_path):
    folder = sources.write(tmp_path)
    given = {"start": folder, "epochs": 2, "threads": 1, "random_state": 0}
    more = {"transfer": {"unfreeze": 0.5}}
    model = TextClassifier(config=more, **given).fit(TRAIN, CODES).model_
    assert model.pipeline.vocabulary == sources.language_model().pipeline.vocabulary
    assert model.config.transfer.digest == sources.language_model().digest
    assert len(model.arrays["embedding.weight"][0]) == 6
    for name, other in (("embedding_size", 9), ("hidden_size", 9), ("tokenizer", "bpe"), ("model", "bilstm")):
        with pytest.raises(ConfigError, match="and that of the language model in"):
            TextClassifier(config=more, **given, **{name: other}).fit(TRAIN, CODES)
