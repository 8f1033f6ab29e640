"""Tenor as a scikit-learn classifier: cross-validation over two encoders."""

from sklearn.model_selection import GridSearchCV

from tenor import TextClassifier
from tenor.data.builtin.corpus import load

reviews = load("products").split("train")[:600]
texts, labels = [review.text for review in reviews], [review.label for review in reviews]

search = GridSearchCV(TextClassifier(epochs=3, random_state=0), {"model": ["bilstm-max", "gru-mean"]}, cv=3)
search.fit(texts, labels)
for model, score in zip(
    search.cv_results_["param_model"], search.cv_results_["mean_test_score"], strict=True
):
    print(f"{model}: {score:.1%}")
