"""The page of a run: its sentences follow its numbers, and whatever is missing is left out."""

import copy

import pytest
from markup import read

from tenor.report.run_page import run_page

EVIL = "<script>alert('x')</script>"


def share(value, width=0.02):
    return {"value": value, "low": max(value - width, 0.0), "high": min(value + width, 1.0)}


def values(accuracy=0.9, supports=(50, 50), names=("negative", "positive"), losses=(0.5, 0.4, 0.3), best=3):
    rows = sum(supports)
    f1 = [share(accuracy - 0.05 * place) for place in range(len(names))]
    return {
        "name": "movies-lstm",
        "config": {"description": "", "data": {"source": "movies"}, "training": {"epochs": 3, "seed": 0}},
        "history": [
            {"epoch": float(epoch), "train_loss": 0.5 / epoch, "train_accuracy": 0.8,
             "validation_loss": loss, "validation_accuracy": 0.79}
            for epoch, loss in enumerate(losses, 1)
        ],
        "metrics": {
            "test": {
                "classes": list(names),
                "rows": rows,
                "metrics": {"accuracy": share(accuracy), "macro_f1": share(accuracy), "roc_auc": None},
                "per_class": [
                    {"name": name, "support": support, "precision": f, "recall": f, "f1": f}
                    for name, support, f in zip(names, supports, f1, strict=True)
                ],
                "confusion": [[s if i == j else 1 for j in range(len(names))]
                              for i, s in enumerate(supports)],
                "slices": {
                    "kind": [
                        {"value": "easy", "rows": rows - 30, "accuracy": share(0.93), "macro_f1": 0.9},
                        {"value": "hard", "rows": 25, "accuracy": share(accuracy - 0.3), "macro_f1": 0.5},
                        {"value": "tiny", "rows": 5, "accuracy": share(0.0), "macro_f1": 0.0},
                    ]
                },
            },
            "runtime": {"device": "cpu", "precision": "float32", "threads": 1},
            "epochs": len(losses), "best_epoch": best, "training_seconds": 12.0, "wall_seconds": 15.0,
            "peak_memory_mib": 400.0,
        },
        "report": {
            "split": "test",
            "texts": [{"id": "1", "text": EVIL, "label": "positive", "predicted": "negative",
                       "probability": 0.7, "tokens": 9, "read": 4, "unknown": ["alert"]}],
            "mistakes": [],
            "data": {
                "dataset": "movies", "classes": list(names), "vocabulary_size": 900, "max_length": 4,
                "truncation": "head", "notes": ["a note"], "warnings": [],
                "splits": [{"name": "test", "rows": rows, "classes": dict(zip(names, supports, strict=True)),
                            "unlabelled": 0, "empty": 0, "lengths": None, "cut_texts": 0.1, "cut_tokens": 0.2,
                            "unknown_tokens": 0.0}],
                "duplicates": {"repeated": {"test": 0}, "texts": [], "groups": [],
                               "conflicts": {"texts": 0, "rows": 0, "examples": []}},
            },
            "provenance": {"source": "movies"},
            "environment": {"tenor": "0.1", "python": "3.11", "cores": 2, "libraries": {"torch": "2.5"}},
        },
    }  # fmt: skip


def said(**changes):
    return read(run_page(values(**changes))).text


def test_everything_is_on_the_page():
    text = said()
    for expected in (
        "90.0 % (88.0-92.0) of 100 test texts",
        "4 of 9 tokens read; unknown: alert",
        EVIL,
        "torch 2.5",
        "tenor train --config movies-lstm/config.yaml",
        "precision float32",
    ):
        assert expected in text


@pytest.mark.parametrize(
    ("accuracy", "expected"),
    [
        (0.9, "clearly better (+30.0 points)"),
        (0.61, "not clearly better"),
        (0.4, "the model is worse than that"),
    ],
)
def test_accuracy_is_held_against_the_largest_class(accuracy, expected):
    text = said(accuracy=accuracy, supports=(40, 60))
    assert "“positive”, the largest class, would be right in 60.0 %" in text
    assert expected in text


def test_overfitting_is_said_only_where_it_is_seen():
    risen = said(losses=(0.5, 0.3, 0.6), best=2)
    assert "rose from 0.300 to 0.600" in risen
    assert "The best of 3 epochs was epoch 2" in risen
    falling = said(losses=(0.5, 0.4, 0.3), best=3)
    assert "overfitting" not in falling
    assert "more epochs might help" in falling


def test_the_weakest_class_and_the_weakest_part_of_some_size_are_named():
    text = said()
    assert "The weakest class is “positive”" in text
    assert "The weakest part is kind = hard" in text
    assert "clearly below all texts" in text


def test_leaks_come_before_everything_else():
    given = values()
    given["report"]["data"]["warnings"] = ["2 test texts also stand in train (a, b)"]
    given["report"]["data"]["duplicates"]["texts"] = [
        {"split": "test", "other": "train", "rows": 2, "examples": ["a", "b"]}
    ]
    text = read(run_page(given)).text
    assert text.index("2 test texts also stand in train (a, b).") < text.index(
        "the figures flatter the model"
    )
    assert text.index("the figures flatter the model") < text.index("The model reads")


def test_three_classes_and_long_names():
    names = ("a" * 90, "b <i>", "c")
    text = said(names=names, supports=(30, 30, 40))
    assert "b <i>" in text
    assert "“c”, the largest class" in text


def test_many_classes_have_the_commonest_confusions_instead_of_a_matrix():
    names = tuple(f"class {number}" for number in range(30))
    text = said(names=names, supports=(5,) * 30)
    assert "Commonest confusions" in text
    assert "Confusion matrix" not in text


def test_settings_that_differ_stand_first():
    text = said()
    differing, everything = text.split("All 4 settings")
    assert "training.epochs" in differing
    assert "training.seed" not in differing
    assert "training.seed" in everything


def test_a_run_of_an_older_version_or_without_evaluation_still_has_a_page():
    given = values()
    del given["report"]
    assert "90.0 %" in read(run_page(given)).text
    bare = copy.deepcopy(given)
    del bare["metrics"]["test"]
    bare["history"] = []
    assert "nothing says how good the model is" in read(run_page(bare)).text


def test_texts_can_be_left_out():
    page = run_page(values(), texts=False)
    assert "alert" not in read(page).text
    assert "The texts were left out" in page
