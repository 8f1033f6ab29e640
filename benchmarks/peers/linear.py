"""The linear peers of scikit-learn: TF-IDF with logistic regression, and NB-SVM.

    python -m peers.linear NAME train.parquet test.parquet           trains, tests, prints JSON
    python -m peers.linear NAME train.parquet test.parquet --serve   trains, then answers serving requests

TF-IDF: sublinear term frequencies, words in two texts or more, C = 10. NB-SVM (Wang & Manning 2012): presence
of 1- to 3-grams, each weighted by its naive Bayes log-count ratio, then logistic regression, as Mesnil et al.
(2015) have it. No setting was chosen by test figures.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import texts

PEERS = ("tfidf-unigrams", "tfidf-bigrams", "nb-svm")

Predict = Callable[[list[str]], Sequence[object]]


def fit(name: str, train: Sequence[str], labels: Sequence[int]) -> Predict:
    """Train the peer called `name`; return what predicts labels."""
    return _nb_svm(train, labels) if name == "nb-svm" else _tfidf(train, labels, longest=_LONGEST[name])


_LONGEST = {"tfidf-unigrams": 1, "tfidf-bigrams": 2}  # n-grams


def _tfidf(train: Sequence[str], labels: Sequence[int], *, longest: int) -> Predict:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    vectorizer = TfidfVectorizer(ngram_range=(1, longest), min_df=2, sublinear_tf=True)
    model = make_pipeline(vectorizer, LogisticRegression(C=10, max_iter=1000)).fit(train, labels)
    predict: Predict = model.predict
    return predict


def _nb_svm(train: Sequence[str], labels: Sequence[int]) -> Predict:
    import numpy as np
    from scipy.sparse import diags
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = CountVectorizer(ngram_range=(1, 3), min_df=2, binary=True, dtype=np.float32)
    present = vectorizer.fit_transform(train)  # (N, F)
    positive = np.asarray(labels) == 1
    counts = [1.0 + np.asarray(present[rows].sum(0)).ravel() for rows in (positive, ~positive)]
    ratio = np.log(counts[0] / counts[0].sum()) - np.log(counts[1] / counts[1].sum())  # (F,)
    weights = diags(ratio)
    model = LogisticRegression(solver="liblinear").fit(present @ weights, labels)

    def predict(given: list[str]) -> Any:
        return model.predict(vectorizer.transform(given) @ weights)

    return predict


def main() -> None:
    """Do as the arguments say."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=PEERS)
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--serve", action="store_true")
    options = parser.parse_args()
    predict = fit(options.name, *texts.read(options.train))
    test, labels = texts.read(options.test)
    if options.serve:
        from peers import serving

        serving.serve(predict, test)
    else:
        right = sum(int(str(a)) == b for a, b in zip(predict(test), labels, strict=True))
        print(json.dumps({"right": right, "rows": len(labels)}))


if __name__ == "__main__":
    main()
