"""Small text classifiers with the face of scikit-learn, and nonsense texts they learn in a blink."""

import random

from tenor.estimator import TextClassifier

TELLING = ("dull", "bright", "odd")  # the word that tells class 0, 1, 2


def texts(count, classes=2, seed=0):
    """Return nonsense texts of one to nine words, one of which tells the class, and the classes in turn."""
    generator = random.Random(seed)
    made = []
    for number in range(count):
        words = [generator.choice("abcdefgh") for _ in range(generator.randrange(9))]
        words.insert(generator.randint(0, len(words)), TELLING[number % classes])
        made.append(" ".join(words))
    return made, [number % classes for number in range(count)]


def small(**changes):
    given = {
        "model": "gru-max",
        "tokenizer": "words",
        "embedding_size": 6,
        "hidden_size": 6,
        "epochs": 6,
        "batch_size": 8,
        "learning_rate": 0.05,
        "random_state": 0,
        "threads": 1,
    }
    return TextClassifier(**{**given, **changes})
