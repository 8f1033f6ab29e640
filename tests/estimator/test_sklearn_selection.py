"""`TextClassifier` inside scikit-learn's pipelines, cross-validation and searches."""

import random

import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from tenor.estimator import TextClassifier


def reviews(count, seed=0):
    """Return texts that hold "dull" or "bright" among other words, with the labels no and yes."""
    generator = random.Random(seed)
    labels = ["no", "yes"] * (count // 2)
    found = []
    for label in labels:
        words = generator.choices("abcdefgh", k=generator.randint(1, 6))
        words.insert(0, "dull" if label == "no" else "bright")
        generator.shuffle(words)
        found.append(" ".join(words))
    return found, labels


def small(**changes):
    given = {
        "tokenizer": "words",
        "embedding_size": 6,
        "hidden_size": 6,
        "epochs": 10,
        "batch_size": 8,
        "learning_rate": 0.05,
        "threads": 1,
    }
    return TextClassifier("lstm-max", **{**given, **changes})


def separated(texts):
    return [text.replace("_", " ") for text in texts]


def test_pipeline_hands_on_texts():
    texts, labels = reviews(80)
    new, expected = reviews(20, seed=1)
    joined, joined_new = ([text.replace(" ", "_") for text in some] for some in (texts, new))
    pipeline = make_pipeline(FunctionTransformer(separated), small()).fit(joined, labels)
    assert pipeline.score(joined_new, expected) == 1.0
    assert pipeline.classes_.tolist() == ["no", "yes"]
    plain = small().fit(texts, labels)
    assert (pipeline.predict_proba(joined_new) == plain.predict_proba(new)).all()


@pytest.mark.parametrize("columns", ["text", ["text"]])
def test_column_transformer_hands_on_a_column(columns):
    texts, labels = reviews(80)
    new, expected = reviews(20, seed=1)
    choose = ColumnTransformer([("text", FunctionTransformer(pd.DataFrame), columns)])
    pipeline = make_pipeline(choose, small())
    pipeline.fit(pd.DataFrame({"stars": range(80), "text": texts}), labels)
    assert pipeline.score(pd.DataFrame({"stars": range(20), "text": new}), expected) == 1.0


def test_cross_validation():
    texts, labels = reviews(90)
    scores = cross_val_score(small(), texts, labels, cv=3, scoring="neg_log_loss")
    assert len(scores) == 3
    assert (scores > -0.3).all()
    assert cross_val_predict(small(), pd.Series(texts), labels, cv=3).tolist() == labels


def test_grid_search_over_settings_and_models():
    texts, labels = reviews(80)
    new, expected = reviews(20, seed=1)
    grid = {
        "learning_rate": [1e-6, 0.05],
        "model": ["gru-max", "birnn-mean"],
        "config": [None, {"training": {"decay": "none"}}],
    }
    search = GridSearchCV(small(), grid, cv=2, error_score="raise", scoring="neg_log_loss").fit(texts, labels)
    assert search.best_params_["learning_rate"] == 0.05
    assert search.best_estimator_.model_.config.training.learning_rate == 0.05
    assert (search.predict(new) == expected).mean() > 0.9
    tried = {one["model"] for one in search.cv_results_["params"]}
    assert tried == set(grid["model"])
