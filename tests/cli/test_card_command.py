"""The card of a trained model: right, private, and no disturbance to its folder."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from shell import tenor

from tenor.config.load import merge, parse, to_values
from tenor.experiments.model_card import card, card_of_folder
from tenor.model import Model
from tenor.nn.build import build
from tenor.nn.describe import describe

FORMATS = sorted((Path(__file__).parents[1] / "formats").glob("format-*"))


@pytest.fixture
def run(trained: Path, tmp_path: Path) -> Path:
    """A run folder of one's own."""
    return Path(shutil.copytree(trained, tmp_path / "first", ignore=shutil.ignore_patterns("checkpoint*")))


def test_the_card_lies_beside_the_model_and_disturbs_nothing(run: Path) -> None:
    before = Model.load(run).digest
    result = tenor("card", run, "--license", "MIT", "--language", "en")
    path = run / "model" / "README.md"
    assert (result.status, result.out) == (0, f"Saved as {path}\n")
    assert Model.load(run).digest == Model.load(run / "model").digest == before
    assert tenor("predict", run, "great", "--quiet").status == 0
    assert [one.name for one in path.parent.iterdir() if one.name.startswith(".")] == []
    text = path.read_text("utf-8")
    found = pytest.importorskip("huggingface_hub").ModelCard(text).data
    test = json.loads((run / "metrics.json").read_text("utf-8"))["test"]["metrics"]
    assert (found.license, found.language, found.model_name) == ("mit", ["en"], "first")
    assert found.eval_results[0].metric_value == round(test["accuracy"]["value"], 4)
    for expected in ("reviews.csv", "## Limits", "### By place", "### Fairness", "epochs: 6", before):
        assert expected in text


def test_no_path_and_no_text_of_the_data_is_in_it(run: Path, reviews: Path) -> None:
    both = tenor("card", run, "--out", "-").out + tenor("card", run, "--json").out
    assert "reviews.csv" in both
    for private in (str(reviews.parent), str(run.parent), reviews.parent.name, "the film was"):
        assert private not in both


def test_folders_of_word_vectors_and_encoders_are_not_in_it_either(run: Path) -> None:
    model = Model.load(run)
    private = {
        "text": {"vectors": "/home/somebody/glove.txt"},
        "network": {"pretrained": {"folder": "/home/somebody/bert", "architecture": '{"x": "somebody"}'}},
    }
    config = parse(merge(to_values(model.config), private))
    found = json.dumps(card(replace(model, config=config), name="first", version="1", format=3).to_json())
    assert "somebody" not in found
    assert "glove.txt" in found
    assert "bert" in found


def test_the_same_is_said_of_the_model_folder_as_of_its_run(run: Path) -> None:
    assert tenor("card", run, "--out", "-").out == tenor("card", run / "model", "--out", "-").out


def test_json_holds_the_values_and_writes_nothing(run: Path, tmp_path: Path) -> None:
    found = json.loads(tenor("card", run, "--json").out)
    assert found == json.loads(json.dumps(card_of_folder(run).to_json()))
    assert found["behaviour"]["cases"] == 3000
    assert set(found["data_report"]["splits"][0]["classes"]) == {"negative", "positive"}
    assert not (run / "model" / "README.md").exists()
    assert tenor("card", run, "--json", "--out", tmp_path / "card.md").status == 0
    assert tenor("card", run, "--out", tmp_path).status == 0
    assert (tmp_path / "README.md").read_bytes() == (tmp_path / "card.md").read_bytes()


def test_parameters_are_those_of_the_network(run: Path) -> None:
    model = Model.load(run)
    module = build(model.config.network, vocabulary_size=len(model.pipeline.vocabulary), classes=2)
    sections = {part: number for part, number in describe(module).sections.items() if number}
    assert card_of_folder(run).parameters == sections


def test_a_card_that_a_person_changed_is_kept(run: Path) -> None:
    path = run / "model" / "README.md"
    assert tenor("card", run).status == 0
    assert tenor("card", run, "--license", "mit").status == 0  # nobody changed it
    assert "license: mit" in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace("## Limits", "## What to mind"), "utf-8")
    result = tenor("card", run)
    assert result.status == 2
    assert "--force" in result.error
    assert "What to mind" in path.read_text("utf-8")
    assert tenor("card", run, "--force").status == 0
    assert "What to mind" not in path.read_text("utf-8")


def test_without_its_run_a_card_says_less_and_can_be_checked_anew(run: Path, tmp_path: Path) -> None:
    alone = Path(shutil.copytree(run / "model", tmp_path / "alone"))
    text = tenor("card", alone, "--out", "-").out
    assert text.splitlines()[0] == "---"
    assert "\n# alone\n" in text
    for expected in ("which was not at hand", "No behaviour tests were run", "### By place"):
        assert expected in text
    stored = card_of_folder(run).behaviour
    checked = card_of_folder(alone, check=True).behaviour
    assert checked == stored


def test_the_run_of_another_model_is_not_believed(run: Path) -> None:
    metrics = json.loads((run / "metrics.json").read_text("utf-8"))
    metrics["test"]["metrics"]["accuracy"]["value"] = 0.123
    (run / "metrics.json").write_text(json.dumps(metrics), "utf-8")
    found = card_of_folder(run)
    assert found.data_report is None
    assert found.metrics is not None
    assert found.metrics["test"]["metrics"]["accuracy"]["value"] != 0.123


@pytest.mark.parametrize("folder", FORMATS, ids=lambda folder: folder.name)
def test_models_of_older_formats_have_cards(folder: Path) -> None:
    text = tenor("card", folder, "--out", "-").out
    found = pytest.importorskip("huggingface_hub").ModelCard(text).data
    assert found.model_name == folder.name
    assert {one.dataset_split for one in found.eval_results} <= {"test", "validation"}
    assert "does not say what the model was trained on" in text
    assert "language" not in found.to_dict()
    held_out = Model.load(folder).held_out
    assert ("no threshold can be chosen" in text) == (held_out is None)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--license", "no such\nthing"), "licence"),
        (("--language", "English"), "language"),
    ],
)
def test_what_the_hub_would_not_take_is_refused(trained: Path, arguments: tuple[str, ...], said: str) -> None:
    result = tenor("card", trained, *arguments)
    assert result.status == 2
    assert said in result.error
    assert not (trained / "model" / "README.md").exists()


def test_classes_that_the_suite_does_not_speak_of(run: Path, tmp_path: Path) -> None:
    replace(Model.load(run), classes=("bad", "good")).save(tmp_path / "other")
    result = tenor("card", tmp_path / "other", "--check")
    assert result.status == 2
    assert "tenor check MODEL SUITE.yaml" in result.error
    assert tenor("card", tmp_path / "other").status == 0
    assert tenor("card", tmp_path / "nothing").status == 2


def test_a_damaged_run_is_said_in_one_line(run: Path) -> None:
    report = json.loads((run / "report.json").read_text("utf-8"))
    del report["data"]["duplicates"]
    (run / "report.json").write_text(json.dumps(report), "utf-8")
    result = tenor("card", run)
    assert result.status == 2
    assert "damaged" in result.error
    assert not (run / "model" / "README.md").exists()
