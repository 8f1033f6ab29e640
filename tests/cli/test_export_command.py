import json
from pathlib import Path

import pytest
from shell import tenor


@pytest.fixture(scope="module")
def exported(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    result = tenor("export", trained, "--onnx", "--out", folder)
    assert result.status == 0, result.err
    assert "logits" in result.out
    assert "model.onnx" in result.err
    return folder / "model.onnx"


def test_json_says_what_was_written_and_what_it_costs(
    trained: Path, reviews: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = tenor("export", trained, "--onnx", "--data", reviews, "--json")
    assert result.status == 0, result.err
    said = json.loads(result.out)
    assert said["onnx"] == f"{trained.name}.onnx"
    assert Path(said["json"]).is_file()
    assert said["precision"] == "float32"
    assert set(said["parity"]["differences"]) == {"logits", "probabilities", "vectors"}
    cost = said["cost"]
    assert cost["difference"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert (cost["changed_labels"], cost["accuracy_of_export"]) == (0, cost["accuracy_of_network"])


def test_the_cost_is_told_to_readers_too(trained: Path, reviews: Path, tmp_path: Path) -> None:
    result = tenor(
        "export", trained, "--onnx", "--data", reviews, "--split", "train", "--out", tmp_path / "m.onnx"
    )
    assert result.status == 0, result.err
    assert "difference +0.0 points (+0.0 to +0.0), 0 texts with another label" in result.out


def test_the_file_is_a_model_for_other_commands(
    trained: Path, exported: Path, reviews: Path, tmp_path: Path
) -> None:
    ours, theirs = (
        [json.loads(line) for line in tenor("predict", one, "great", "dull", "--json").out.splitlines()]
        for one in (exported, trained)
    )
    assert [one["label"] for one in ours] == [one["label"] for one in theirs] == ["positive", "negative"]
    evaluated = tenor("evaluate", exported, reviews, "--json")
    assert evaluated.status == 0, evaluated.err
    assert json.loads(evaluated.out) == json.loads(tenor("evaluate", trained, reviews, "--json").out) or (
        json.loads(evaluated.out)["metrics"]["accuracy"]
        == json.loads(tenor("evaluate", trained, reviews, "--json").out)["metrics"]["accuracy"]
    )
    checked = tenor("check", exported, "--json")
    assert checked.status == 0, checked.err
    embedded = tenor("embed", exported, reviews, "--out", tmp_path / "v.parquet")
    assert embedded.status == 0, embedded.err
    searched = tenor("embed", trained, tmp_path / "v.parquet", "--nearest", "great", "--json")
    assert searched.status == 0, searched.err  # vectors of the same model


@pytest.mark.parametrize("command", ["stream", "explain", "inspect"])
def test_what_a_graph_cannot_do_is_refused_or_done_otherwise(exported: Path, command: str) -> None:
    arguments = {
        "stream": [],
        "explain": ["great", "--method", "integrated-gradients"],
        "inspect": [],
    }
    result = tenor(command, exported, *arguments[command], stdin="great\n")
    assert result.status == 2
    assert "give the model folder it was exported from" in result.error


def test_a_trajectory_needs_no_network(trained: Path, exported: Path) -> None:
    ours, theirs = (
        json.loads(tenor("explain", one, "the film was great", "--json").out) for one in (exported, trained)
    )
    assert ours["words"] == theirs["words"]
    assert ours["probability"] == pytest.approx(theirs["probability"], abs=1e-5)


def test_words_are_weighed_by_what_needs_no_network(exported: Path, reviews: Path) -> None:
    result = tenor("explain", exported, "the film was great", "--method", "auto", "--json")
    assert result.status == 0, result.err
    assert json.loads(result.out)["method"] == "occlusion"
    measured = tenor("explain", exported, "--faithfulness", reviews, "--texts", 5, "--json")
    assert measured.status == 0, measured.err
    assert json.loads(measured.out)["default"] == "occlusion"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name the format to export to: --onnx"),
        (["--onnx", "--out", "m.pt"], "m.pt is no name for an exported model"),
        (["--onnx", "--split", "test"], "give --data as well"),
        (["--onnx", "--int8", "--out", "small.onnx"], "export it without --int8"),
    ],
)
def test_bad_input_is_refused_in_one_line(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = tenor("export", trained, *arguments)
    assert result.status == 2
    assert said in result.error
    assert not list(tmp_path.iterdir())


def test_what_is_exported_already_is_refused(exported: Path, tmp_path: Path) -> None:
    result = tenor("export", exported, "--onnx", "--out", tmp_path / "m.onnx")
    assert result.status == 2
    assert "give the model folder it was exported from" in result.error


def test_an_existing_file_is_kept(trained: Path, exported: Path) -> None:
    before = exported.read_bytes()
    result = tenor("export", trained, "--onnx", "--out", exported)
    assert "exists already" in result.error
    assert exported.read_bytes() == before
    assert tenor("export", trained, "--onnx", "--out", exported, "--force").status == 0


def test_the_file_is_described(trained: Path, exported: Path) -> None:
    ours, theirs = (json.loads(tenor("info", one, "--json").out) for one in (exported, trained))
    assert ours["bytes"] == sum(file.stat().st_size for file in exported.parent.iterdir())
    for key in ("classes", "model", "network", "config", "vocabulary"):
        assert ours[key] == theirs[key]
