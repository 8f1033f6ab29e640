"""Baselines: the face of a predictor, the formulas they name, and nothing but the training texts."""

import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from tenor.baselines.baseline import BASELINES
from tenor.baselines.fitting import NBSVM_PENALTIES, TFIDF_PENALTIES
from tenor.config.text import TextConfig
from tenor.errors import DataError, MissingExtraError
from tenor.evaluation.temperature import softmax
from tenor.text.features import counts, inverse_frequencies, tfidf
from tenor.text.ngrams import NGrams
from tenor.text.pipeline import TextPipeline

CLASSES = ("bad", "good", "odd")
TELLING = {"bad": ("dull", "weak"), "good": ("bright", "strong"), "odd": ("strange", "curious")}
LINEAR = [name for name in BASELINES if name != "majority"]
WORDS = TextConfig(tokenizer="words")


def texts(count, classes=2, seed=0):
    """Texts of fill words, one of which tells the class, and the classes in turn."""
    random = np.random.default_rng(seed)
    labels = [CLASSES[i % classes] for i in range(count)]
    made = []
    for label in labels:
        words = random.choice(list("abcdefgh"), random.integers(2, 9)).tolist()
        words.insert(int(random.integers(len(words))), str(random.choice(TELLING[label])))
        made.append(" ".join(words))
    return made, labels


def fitted(name, classes=2, count=60, validation=None):
    return BASELINES[name](
        *texts(count, classes), CLASSES[:classes], validation=validation, text=WORDS, threads=1
    )


@pytest.mark.parametrize("name", BASELINES)
@pytest.mark.parametrize("classes", [2, 3])
def test_the_face_of_a_predictor(name, classes):
    model = fitted(name, classes)
    others, _ = texts(17, classes, seed=1)
    others += ["", "never seen words"]
    probabilities = model.predict_proba(iter(others))
    assert model.classes == CLASSES[:classes]
    assert probabilities.shape == (19, classes)
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert model.predict(others) == [CLASSES[i] for i in probabilities.argmax(axis=1)]
    single = np.concatenate([model.predict_proba([text]) for text in others])
    np.testing.assert_allclose(single, probabilities, atol=1e-12)
    assert model.predict([]) == []
    assert model.predict_proba([]).shape == (0, classes)
    assert model.parameters > 0
    assert model.size_bytes >= 4 * model.parameters
    with pytest.raises(TypeError, match="put it in a list"):
        model.predict("one text")


@pytest.mark.parametrize("name", LINEAR)
@pytest.mark.parametrize("classes", [2, 3])
def test_linear_ones_learn_what_a_word_tells(name, classes):
    others, labels = texts(90, classes, seed=1)
    found = fitted(name, classes, count=300).predict(others)
    assert np.mean(np.array(found) == np.array(labels)) > 0.95


@pytest.mark.parametrize("name", LINEAR)
def test_pairs_of_words_are_read(name):
    made = ["not good", "not bad", "very good", "very bad"] * 10
    labels = ["bad", "good", "good", "bad"] * 10
    model = BASELINES[name](made, labels, CLASSES[:2], text=WORDS, threads=1)
    assert model.predict(made) == labels


def test_a_tokenizer_that_learns_keeps_its_vocabulary():
    made, labels = texts(60)
    text = TextConfig(tokenizer="bpe", max_size=60)
    model = BASELINES["nbsvm"](made, labels, CLASSES[:2], text=text, threads=1)
    assert len(model.pipeline.vocabulary) <= 60
    assert model.predict(made) == labels


@pytest.mark.parametrize("name", LINEAR)
def test_words_that_stand_once_are_read_where_there_are_no_others(name):
    model = BASELINES[name](["bright", "weak"], ["good", "bad"], CLASSES[:2], text=WORDS, threads=1)
    assert model.predict(["weak", "bright"]) == ["bad", "good"]
    repeated = BASELINES[name](["bright on", "weak on"], ["good", "bad"], CLASSES[:2], text=WORDS, threads=1)
    assert "bright" not in repeated.pipeline.vocabulary


def test_majority_says_the_shares():
    model = BASELINES["majority"](["a"] * 4, ["good", "bad", "good", "good"], CLASSES)
    assert model.predict(["x", "y"]) == ["good", "good"]
    assert model.predict_proba(["x"]).tolist() == [[0.25, 0.75, 0.0]]


@pytest.mark.parametrize("name", BASELINES)
def test_equal_texts_make_equal_models(name):
    others, _ = texts(20, 3, seed=1)
    np.testing.assert_array_equal(*(fitted(name, 3).predict_proba(others) for _ in range(2)))


@pytest.mark.parametrize("name", LINEAR)
def test_what_stands_only_in_validation_is_unknown_and_changes_no_coefficient(name):
    made, labels = texts(20, seed=1)
    plain = fitted(name, validation=(made, labels))
    secret = fitted(name, validation=([f"{text} zebra zebra" for text in made], labels))
    assert "zebra" not in secret.pipeline.vocabulary
    assert secret.ngrams.columns == plain.ngrams.columns
    assert secret.penalty == plain.penalty
    np.testing.assert_array_equal(secret.weights, plain.weights)
    np.testing.assert_array_equal(secret.predict_proba(["zebra dull"]), plain.predict_proba(["dull"]))


@pytest.mark.parametrize(("name", "grid"), [("tfidf", TFIDF_PENALTIES), ("nbsvm", NBSVM_PENALTIES)])
def test_the_penalty_is_the_one_best_on_validation(name, grid, monkeypatch):
    assert fitted(name).settings["C"] == grid[0]
    # Labels turned at random are learned by heart with a weak penalty, and by none of the others so well.
    made, labels = texts(80)
    noisy = np.random.default_rng(0).permutation(labels).tolist()
    validation = (made[:60], noisy[:60])
    right = {}
    for penalty in grid:
        monkeypatch.setattr(f"tenor.baselines.fitting.{name.upper()}_PENALTIES", (penalty,))
        model = BASELINES[name](made, noisy, CLASSES[:2], text=WORDS, threads=1)
        right[penalty] = sum(a == b for a, b in zip(model.predict(made[:60]), noisy[:60], strict=True))
    monkeypatch.setattr(f"tenor.baselines.fitting.{name.upper()}_PENALTIES", grid)
    chosen = BASELINES[name](made, noisy, CLASSES[:2], validation=validation, text=WORDS, threads=1)
    assert len(set(right.values())) > 1
    assert right[chosen.settings["C"]] == max(right.values())


def test_tfidf_is_that_of_scikit_learn():
    made, _ = texts(40)
    pipeline = TextPipeline.build(made, TextConfig(tokenizer="words", min_count=1), threads=1)
    tokens = pipeline.encode(made, threads=1)
    counted = counts(NGrams.of(tokens, len(pipeline.vocabulary), 2, 1), tokens)
    ours = tfidf(counted, inverse_frequencies(counted)).toarray()
    theirs = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\w+").fit_transform(made)
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours @ ours.T, (theirs @ theirs.T).toarray(), atol=1e-12)


def test_log_count_ratios_by_hand():
    from tenor.baselines.fitting import _Counted

    made, labels = ["fine fine film", "dull film", "fine", "dull dull"], ["good", "bad", "good", "bad"]
    counted = _Counted.of(made, labels, CLASSES[:2], WORDS, 1, longest=1, weigh=False)
    words = {word: counted.model.pipeline.vocabulary.ids([word])[0] - 2 for word in ("fine", "dull", "film")}
    good = {"fine": 1 + 2, "dull": 1 + 0, "film": 1 + 1}  # texts that hold it, smoothed by 1
    bad = {"fine": 1 + 0, "dull": 1 + 2, "film": 1 + 1}
    ratios = counted.ratios()
    for word, column in words.items():
        expected = np.log(good[word] / sum(good.values())) - np.log(bad[word] / sum(bad.values()))
        assert ratios[column, 0] == pytest.approx(expected)


@pytest.mark.parametrize("name", LINEAR)
def test_a_class_without_training_texts_is_never_predicted(name):
    made, labels = texts(60, 2)
    model = BASELINES[name](made, labels, CLASSES, text=WORDS, threads=1)
    assert set(Counter(model.predict(made))) == {"bad", "good"}
    assert (model.predict_proba(made)[:, 2] < 0.2).all()


@pytest.mark.parametrize("name", BASELINES)
@pytest.mark.parametrize(
    ("made", "labels", "said"),
    [
        ([], [], "0 texts and 0 labels"),
        (["a"], [], "1 texts and 0 labels"),
        (["a", "b"], ["good", "fine"], "'fine' is none of the classes bad, good"),
    ],
)
def test_unusable_training_texts_are_refused(name, made, labels, said):
    with pytest.raises(DataError, match=said):
        BASELINES[name](made, labels, CLASSES[:2])


@pytest.mark.parametrize("name", LINEAR)
def test_one_class_is_not_enough(name):
    with pytest.raises(DataError, match="all 2 training texts are labelled 'bad'"):
        BASELINES[name](["a a", "b b"], ["bad", "bad"], CLASSES[:2])


@pytest.mark.parametrize("library", ["scipy", "sklearn.linear_model"])
def test_without_scikit_learn_the_extra_is_named(library, monkeypatch):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingExtraError, match=r"scikit-learn is not installed; .*tenor\[train\]"):
        fitted("tfidf")
    assert fitted("majority").predict(["x"]) == ["bad"]


def test_importing_loads_neither_scikit_learn_nor_torch():
    code = "import sys, tenor.baselines.baseline; assert not {'sklearn', 'scipy', 'torch'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("name", LINEAR)
@pytest.mark.parametrize("classes", [2, 3])
def test_validation_texts_give_a_temperature_that_changes_no_label(name, classes):
    some, labels = texts(90, classes, seed=3)
    labels[1::9] = [CLASSES[0]] * 10
    model = fitted(name, classes, validation=(some, labels))
    assert model.temperature is not None
    assert model.settings["temperature"] == model.temperature
    logits = model.logits(model.features(some))
    np.testing.assert_allclose(model.predict_proba(some), softmax(logits, model.temperature))
    assert model.predict(some) == [CLASSES[place] for place in logits.argmax(axis=1)]
    true = np.array([CLASSES.index(label) for label in labels])
    before, after = (
        -np.log(softmax(logits, one)[np.arange(90), true]).mean() for one in (None, model.temperature)
    )
    assert after < before
    assert fitted(name, classes).temperature is None
