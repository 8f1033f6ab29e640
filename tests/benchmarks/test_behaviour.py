"""The table of behaviours: every training kept, the summary that of its numbers."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tenor.data.augment.polarity import Polarity
from tenor.data.example import Example

Script = Callable[[str], ModuleType]


def one(model: str, seed: int, share: float, failures: int, accuracy: float) -> dict[str, object]:
    return {
        "model": model,
        "seed": seed,
        "share": share,
        "accuracy": {"value": accuracy},
        "failures": {"negation": failures, "words": 0},
        "cases": {"negation": 40, "words": 60},
    }


def test_the_summary_is_of_the_means_over_seeds(script: Script) -> None:
    results = [
        *(one("lstm", seed, 0.0, failures, 0.9) for seed, failures in enumerate((20, 24, 28))),
        *(one("lstm", seed, 0.3, failures, 0.8) for seed, failures in enumerate((10, 14, 18))),
        *(one("tfidf", 0, share, 30, 0.7) for share in (0.0, 0.3)),
    ]
    found = script("behaviour").summary(results)
    lstm = found["lstm"]
    assert lstm["without"]["tests"]["negation"]["value"] == pytest.approx(24 / 40)
    assert lstm["with"]["overall"]["value"] == pytest.approx(14 / 100)
    assert lstm["change"]["accuracy"]["value"] == pytest.approx(-0.1)
    assert lstm["change"]["overall"] == pytest.approx({"value": -0.1, "low": -0.1, "high": -0.1})
    assert lstm["change"]["tests"]["words"]["value"] == 0
    assert found["tfidf"]["change"]["overall"] == {"value": 0, "low": None, "high": None}


def test_a_change_that_differs_by_seed_has_a_wide_interval(script: Script) -> None:
    results = [
        one("lstm", seed, share, 20 + 5 * seed * (share > 0), 0.9) for share in (0.0, 0.3) for seed in (0, 1)
    ]
    change = script("behaviour").summary(results)["lstm"]["change"]["tests"]["negation"]
    assert change["low"] < 0 < change["value"] < change["high"]


def test_models_differ_in_their_variants_alone(script: Script) -> None:
    behaviour = script("behaviour")
    for name, part in behaviour.parts(3, 2.0).items():
        asked = behaviour.trainings(name, part, behaviour.MODELS)
        without, beside = ([one for one in asked if bool(one.share) == side] for side in (False, True))
        assert [behaviour.configuration(one, part) for one in without] == [
            behaviour.configuration(one, part) for one in beside
        ]
        assert len({one.file for one in asked}) == len(asked)
        assert {one.model for one in asked} == set(behaviour.MODELS)


def test_quick_trains_once_and_reads_what_is_kept(
    script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    behaviour = script("behaviour")
    monkeypatch.setattr(script("record"), "RUNS", tmp_path / "runs")
    monkeypatch.setattr(sys, "argv", ["behaviour.py", "--quick", "--out", str(tmp_path)])
    behaviour.main()
    first = json.loads((tmp_path / "behaviour-movies.json").read_text())["figures"]
    assert set(first["models"]) == {"tfidf", "bag-mean"}
    assert [(one["share"], one["variants"]) for one in first["trainings"]] == [
        *[(0.0, 0)] * 2,
        *[(0.3, 120)] * 2,
    ]
    assert "negated praise" in capsys.readouterr().out
    pages = script("results").Results(
        {
            f"behaviour-{name}": json.loads((tmp_path / "behaviour-movies.json").read_text())
            for name in ("imdb", "movies", "products")
        }
    )
    made = script("behaviour_tables")
    tables = [made.overview(pages), *(made.by_test(name)(pages) for name in made.CORPORA)]
    assert all("bag-mean" in made for made in tables)
    assert "| IMDb | tfidf |" in tables[0]
    assert all(" → " in made for made in tables[1:])
    monkeypatch.setattr(behaviour, "result", None)  # would be called to train
    behaviour.main()
    again = json.loads((tmp_path / "behaviour-movies.json").read_text())["figures"]
    assert again == first


def test_the_rule_for_labels_is_counted_right(script: Script) -> None:
    polarity = Polarity(("negative", "positive"), {"dull": -2.5, "superb": 2.5}, {"dull": 0.3, "superb": 0.3})
    texts = {
        "the cast was superb .": "positive",
        "The plot was dull.": "negative",
        "It was superb, thanks.": "negative",  # what irony does
        "The film was long.": "negative",
        "superb": "positive",
    }
    found = script("variant_labels").figures([Example(*row) for row in texts.items()], polarity)
    assert {key: found[key] for key in ("sentences", "labelled", "right")} == {
        "sentences": 5,
        "labelled": 3,
        "right": 2,
    }


def test_labels_of_sentences_quickly(
    script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["variant_labels.py", "--quick", "--out", str(tmp_path)])
    script("variant_labels").main()
    assert "of 200 sentences labelled" in capsys.readouterr().out
    pages = script("results").Results(
        {"variant-labels": json.loads((tmp_path / "variant-labels.json").read_text())}
    )
    assert "| movies | 200 |" in script("behaviour_tables").labels(pages)
