"""A card says what its values hold, in a form that the library of the hub reads, and nothing else."""

import pytest
from markdown_it import MarkdownIt
from markup import Markup

from tenor.report.card import card_text
from tenor.report.card_limits import limits

EVIL = "<script>alert(1)</script>|`x`"


def share(value, width=0.02):
    return {"value": value, "low": max(value - width, 0.0), "high": min(value + width, 1.0)}


def evaluation(classes=("negative", "positive"), rows=300):
    calibration = {"rows": rows, "error": 0.02, "brier": 0.1, "bins": []}
    kept = {"threshold": 0.5, "rows": rows, "kept": rows, "coverage": share(1.0), "accuracy": share(0.9)}
    return {
        "classes": list(classes),
        "rows": rows,
        "metrics": {"accuracy": share(0.9), "macro_f1": share(0.88), "roc_auc": None},
        "per_class": [
            {"name": name, "support": rows // len(classes), "precision": share(0.9), "recall": share(0.9),
             "f1": share(0.9 - 0.1 * place)}
            for place, name in enumerate(classes)
        ],
        "confusion": [[9 if i == j else 1 for j in range(len(classes))] for i in range(len(classes))],
        "slices": {EVIL: [{"value": EVIL, "rows": 50, "accuracy": share(0.7), "macro_f1": 0.6}]},
        "confidence": {"temperature": 1.3, "reason": None, "before": calibration, "after": calibration,
                       "risk_coverage": [kept]},
    }  # fmt: skip


def behaviour(failures):
    test = {"name": "pronouns", "capability": "fairness", "meaning": "They are swapped.", "label": None,
            "tolerance": 0.1, "must_not": None, "cases": 60, "failures": failures,
            "rate": share(failures / 60), "examples": []}  # fmt: skip
    return {"suite": "sentiment", "cases": 60, "failures": failures, "rate": share(failures / 60),
            "tests": [test]}  # fmt: skip


def values(classes=("negative", "positive"), **changes):
    found = {
        "name": "first",
        "license": "mit",
        "languages": ["en"],
        "dataset": None,
        "classes": list(classes),
        "network": "bilstm-mean-max",
        "parts": [{"kind": "network", "count": 1, "weight": 1.0, "parameters": 1201}],
        "mixture": None,
        "settings": {
            "encoder": "lstm", "bidirectional": True, "pooling": "mean-max", "embedding_size": 8, "hidden": 0,
            "recurrent": {"hidden_size": 4, "layers": 1, "merge": "concat"},
        },
        "parameters": {"embedding": 800, "encoder": 384, "head": 17},
        "needs_torch": True,
        "text": {"tokenizer": "reviews", "vocabulary": 100, "max_length": 40, "truncation": "head"},
        "data": {"source": EVIL, "label_column": EVIL, "labels": {"0": "negative"}, "rows": {"train": 900},
                 "split": {"train": "given", "test": "at random"}, "fingerprint": "f" * 64},
        "data_report": None,
        "familiarity": {"texts": 90, "unknown_mean": 0.031},
        "metrics": {"validation": evaluation(classes), "test": evaluation(classes)},
        "scaling": {"temperature": 1.3, "reason": None},
        "abstention": [{"target": 0.9, "rule": None}],
        "behaviour": None,
        "changed": {"data.source": EVIL, "training.epochs": 8},
        "training": {},
        "history": [],
        "environment": {},
        "version": "1.2.3",
        "format": 3,
        "digest": "d" * 64,
        **changes,
    }  # fmt: skip
    return found


def metadata(**changes):
    """Return what the hub's library makes of a card, without a network."""
    return pytest.importorskip("huggingface_hub").ModelCard(card_text(values(**changes))).data


def read(**changes):
    body = card_text(values(**changes)).split("\n---\n", 1)[1]
    return Markup(MarkdownIt("commonmark").enable("table").render(body))


def test_the_library_of_the_hub_reads_the_figures() -> None:
    found = metadata(dataset="owner/name", license="mit")
    assert (found.license, found.language, found.datasets) == ("mit", ["en"], ["owner/name"])
    assert (found.library_name, found.pipeline_tag) == ("tenor", "text-classification")
    assert found.metrics == ["accuracy", "f1"]
    assert found.model_name == "first"
    accuracy, f1 = found.eval_results
    assert (accuracy.task_type, accuracy.dataset_type) == ("text-classification", "owner/name")
    assert (accuracy.dataset_split, accuracy.metric_type, accuracy.metric_value) == ("test", "accuracy", 0.9)
    assert (f1.metric_type, f1.metric_value, f1.metric_args) == ("f1", 0.88, {"average": "macro"})


def test_what_is_not_known_is_not_claimed() -> None:
    found = metadata(license=None, languages=[], metrics={}, data={})
    assert found.license == "unknown"
    assert found.language is found.datasets is found.eval_results is found.metrics is None
    text = read(license=None, languages=[], metrics=None, data={}, abstention=None, familiarity=None).text
    for expected in (
        "Unknown, since nobody said it",
        "language of its training texts is not recorded",
        "holds no figures",
        "does not say what the model was trained on",
        "holds no validation data",
        "No behaviour tests were run",
    ):
        assert expected in text


def test_metadata_survives_any_name() -> None:
    found = metadata(name="a: b\n---\n# \x1b[1m" + EVIL)
    assert "\n" not in found.model_name
    assert found.eval_results[0].dataset_name == EVIL
    assert set("<>|`") & set(found.eval_results[0].dataset_type) == set()


def test_names_from_the_data_stay_text() -> None:
    found = read(classes=(EVIL, "*b* [x](y)"), name=EVIL)
    assert "script" not in found.tags
    assert "a" not in found.tags
    assert "em" not in found.tags
    assert found.text.count(EVIL) > 8
    assert "*b* [x](y)" in found.text


def test_a_card_holds_figures_with_their_intervals() -> None:
    text = read(behaviour=behaviour(6)).text
    for expected in (
        "90.0 % (88.0-92.0) of 300 test texts",
        "1,201",
        "Expected calibration error",
        "not reached",
        "pronouns",
        "Made with Tenor 1.2.3",
        "tenor predict first 'a text'",
        'tenor.load("first")',
        "epochs: 8",
        "d" * 64,
    ):
        assert expected in text


def test_limits_follow_the_values() -> None:
    said = " ".join(limits(values(), "test"))
    assert "at most 40 tokens" in said
    assert "3.1 % are" in said
    assert "split off the same source" in said
    assert "few" not in said
    assert "No behaviour test was run" in said
    whole = values(text={"tokenizer": "words", "vocabulary": 9, "max_length": None, "truncation": "head"},
                   scaling={"temperature": None, "reason": "6 validation texts are too few"})  # fmt: skip
    said = " ".join(limits(whole, "validation"))
    assert "at most" not in said
    assert "too kind" in said
    assert "not calibrated: 6 validation texts are too few" in said
    assert "not tested on anything" in " ".join(limits(values(metrics={}), None))


@pytest.mark.parametrize(
    ("failures", "expected"), [(0, "None of the 1 fairness tests"), (6, "1 of 1 fairness tests fail")]
)
def test_fairness_is_said_as_it_was_measured(failures: int, expected: str) -> None:
    assert expected in " ".join(limits(values(behaviour=behaviour(failures)), "test"))
