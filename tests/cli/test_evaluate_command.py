import json
from pathlib import Path

import pytest
from shell import tenor, write_reviews


def test_without_data_it_is_the_test_split_of_the_training(trained: Path) -> None:
    result = tenor("evaluate", trained, "--json")
    assert result.status == 0, result.err
    found = json.loads(result.out)
    stored = json.loads((trained / "metrics.json").read_text())["test"]
    assert found["split"] == "test"
    assert found["metrics"] == stored["metrics"]
    assert found["slices"] == stored["slices"]


def test_tables_hold_figures_classes_confusion_and_slices(trained: Path, tmp_path: Path) -> None:
    other = write_reviews(tmp_path / "other.csv", 80, seed=1)
    result = tenor("evaluate", trained, other)
    assert result.status == 0, result.err
    assert "80 texts" in result.out
    for expected in ("accuracy", "ROC AUC", "By class", "Confusion", "By place", "By length"):
        assert expected in result.out
    assert result.out.count(" (") >= 9  # intervals


def test_wrong_labels_are_found_and_listed(trained: Path, tmp_path: Path) -> None:
    file = write_reviews(tmp_path / "other.csv", 40, seed=1)
    lines = file.read_text().splitlines()
    lines[1] = lines[1].replace("negative", "positive")
    file.write_text("\n".join(lines))
    found = json.loads(tenor("evaluate", trained, file, "--json").out)
    assert [one["id"] for one in found["suspect_labels"]] == ["row-1"]
    assert found["mistakes"][0]["label"] == "positive"
    shown = tenor("evaluate", trained, file).out
    assert "row-1: positive, rather negative" in shown
    assert json.loads(tenor("evaluate", trained, file, "--errors", 0, "--json").out)["mistakes"] == []


def test_slices_are_those_that_were_asked_for(trained: Path, reviews: Path) -> None:
    found = json.loads(tenor("evaluate", trained, "--slice", "place", "--json").out)
    assert {"place"} <= set(found["slices"]) <= {"place", "length in tokens"}
    wrong = tenor("evaluate", trained, "--slice", "plaice")
    assert wrong.status == 2
    assert "place" in wrong.error


def test_splits_of_the_training_can_be_chosen(trained: Path) -> None:
    assert json.loads(tenor("evaluate", trained, "--split", "validation", "--json").out)["rows"] == 5
    own = tenor("evaluate", trained, "--split", "train", "--json")
    assert any("trained on" in sentence for sentence in json.loads(own.out)["warnings"])
    wrong = tenor("evaluate", trained, "--split", "dev")
    assert wrong.status == 2
    assert "train, validation, test" in wrong.error


def test_out_holds_figures_and_picture(trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "figures"
    assert tenor("evaluate", trained, "--out", out).status == 0
    assert json.loads((out / "metrics.json").read_text())["split"] == "test"
    for picture in ("confusion", "reliability", "risk-coverage"):
        assert (out / f"{picture}.png").read_bytes().startswith(b"\x89PNG")
    again = tenor("evaluate", trained, "--out", out)
    assert again.status == 2
    assert "--force" in again.error
    assert tenor("evaluate", trained, "--out", out, "--force").status == 0


def test_confidence_is_that_of_the_training_and_shown(trained: Path) -> None:
    found = json.loads(tenor("evaluate", trained, "--json").out)["confidence"]
    assert found == json.loads((trained / "metrics.json").read_text())["test"]["confidence"]
    assert found["temperature"] is None
    assert "5 validation texts are too few" in found["reason"]
    shown = tenor("evaluate", trained).out
    for expected in ("expected calibration error", "Brier score", "no temperature: 5 validation texts"):
        assert expected in shown
    assert "held back" not in shown


def test_what_is_kept_is_measured(trained: Path) -> None:
    asked = ("--abstain-below", 0.5)
    found = json.loads(tenor("evaluate", trained, *asked, "--json").out)
    assert found["abstention"]["thresholds"] == [0.5, 0.5]
    assert found["abstention"]["kept"]["coverage"]["value"] == 1
    assert found["abstention"]["kept"]["accuracy"]["value"] == found["metrics"]["accuracy"]["value"]
    by_class = found["abstention"]["kept_by_class"]
    assert sum(one["rows"] for one in by_class.values()) == found["rows"]
    result = tenor("evaluate", trained, "--abstain-below", 1)
    assert "With unsure predictions held back" in result.out
    assert "of 5 validation texts that keeps 0.0 %" in result.err
    assert "abstention" not in json.loads(tenor("evaluate", trained, "--json").out)


def test_bad_thresholds_are_refused(trained: Path) -> None:
    result = tenor("evaluate", trained, "--abstain-below", 2)
    assert result.status == 2
    assert "2 is no probability" in result.error


def test_changed_training_data_is_pointed_out(tmp_path: Path, reviews: Path) -> None:
    from shell import SMALL

    file = write_reviews(tmp_path / "mine.csv")
    run = tmp_path / "run"
    assert tenor("train", file, *SMALL, "--epochs", 1, "--out", run).status == 0
    write_reviews(file, seed=5)
    assert "has changed" in tenor("evaluate", run).err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "does not exist"),
        ("review,sentiment\nfine film,good\nbad film,poor\n", "not classes of the model"),
        ("review,place\n", "no rows"),
    ],
)
def test_data_that_says_nothing_of_the_model(
    trained: Path, tmp_path: Path, content: str | None, said: str
) -> None:
    file = tmp_path / "other.csv"
    if content is not None:
        file.write_text(content)
    result = tenor("evaluate", trained, file)
    assert result.status == 2
    assert said in result.error
    assert result.out == ""
