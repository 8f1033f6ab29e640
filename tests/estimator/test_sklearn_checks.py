"""scikit-learn's own checks of an estimator. They feed numbers, so each row is written out as words first."""

from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import validate_data

from tenor.estimator import TextClassifier


class NumberClassifier(TextClassifier):
    """`TextClassifier` over rows of numbers: column 1 with the value 0.4 is the word "c1x4".

    What scikit-learn demands of numeric input alone (its width, NaN, sparse matrices) is left to its own
    `validate_data`; all else the checks ask is asked of `TextClassifier`.
    """

    def fit(self, X, y):  # noqa: N803
        return super().fit(as_words(validate_data(self, X, ensure_min_samples=0)), y)

    def predict_proba(self, X):  # noqa: N803
        return super().predict_proba(as_words(validate_data(self, X, reset=False)))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.one_d_array = False
        tags.input_tags.string = False
        return tags


def as_words(rows):
    return [" ".join(f"c{i}x{round(value * 2)}" for i, value in enumerate(row)) for row in rows]


SMALL = {
    "model": "lstm-max",
    "tokenizer": "words",
    "min_count": 1,
    "embedding_size": 4,
    "hidden_size": 4,
    "epochs": 8,
    "learning_rate": 0.1,
    "validation_fraction": 0.0,
    "threads": 1,
}


# scikit-learn skips an estimator that takes text alone, with a warning; hence `NumberClassifier`. Through it
# every check holds, so there is no `expected_failed_checks` to name.
@parametrize_with_checks([NumberClassifier(**SMALL)])
def test_sklearn_check(estimator, check):
    check(estimator)
