"""`TextClassifier` inside scikit-learn's pipelines, cross-validation and searches."""

import pandas as pd
import pytest
from classifiers import small, texts
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer


def reviews(count, seed=0):
    found, codes = texts(count, seed=seed)
    return found, ["no" if code == 0 else "yes" for code in codes]


def separated(joined):
    return [text.replace("_", " ") for text in joined]


def test_pipeline_hands_on_texts():
    train, labels = reviews(80)
    new, expected = reviews(20, seed=1)
    joined, joined_new = ([text.replace(" ", "_") for text in some] for some in (train, new))
    pipeline = make_pipeline(FunctionTransformer(separated), small(epochs=10)).fit(joined, labels)
    assert pipeline.score(joined_new, expected) == 1.0
    assert pipeline.classes_.tolist() == ["no", "yes"]
    plain = small(epochs=10).fit(train, labels)
    assert (pipeline.predict_proba(joined_new) == plain.predict_proba(new)).all()


@pytest.mark.parametrize("columns", ["text", ["text"]])
def test_column_transformer_hands_on_a_column(columns):
    train, labels = reviews(80)
    new, expected = reviews(20, seed=1)
    choose = ColumnTransformer([("text", FunctionTransformer(pd.DataFrame), columns)])
    pipeline = make_pipeline(choose, small(epochs=10))
    pipeline.fit(pd.DataFrame({"stars": range(80), "text": train}), labels)
    assert pipeline.score(pd.DataFrame({"stars": range(20), "text": new}), expected) == 1.0


def test_cross_validation():
    train, labels = reviews(90)
    scores = cross_val_score(small(epochs=10), train, labels, cv=3, scoring="neg_log_loss")
    assert len(scores) == 3
    assert (scores > -0.3).all()
    assert cross_val_predict(small(epochs=10), pd.Series(train), labels, cv=3).tolist() == labels


def test_grid_search_over_settings_and_models():
    train, labels = reviews(80)
    new, expected = reviews(20, seed=1)
    grid = {
        "learning_rate": [1e-6, 0.05],
        "model": ["gru-max", "birnn-mean"],
        "config": [None, {"training": {"decay": "none"}}],
    }
    search = GridSearchCV(small(epochs=10), grid, cv=2, error_score="raise", scoring="neg_log_loss").fit(
        train, labels
    )
    assert search.best_params_["learning_rate"] == 0.05
    assert search.best_estimator_.model_.config.training.learning_rate == 0.05
    assert (search.predict(new) == expected).mean() > 0.9
    tried = {one["model"] for one in search.cv_results_["params"]}
    assert tried == set(grid["model"])
