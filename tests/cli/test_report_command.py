import json
import shutil
from pathlib import Path

import pytest
from comparisons import comparison, model
from markup import read
from shell import SMALL, tenor


def test_a_run_has_a_page_and_it_can_be_made_again(trained: Path, tmp_path: Path) -> None:
    first = (trained / "report.html").read_text("utf-8")
    text = read(first).text
    for expected in ("Read this first", "The model reads", "By place", "tokens read", "Python".lower()):
        assert expected in text
    out = tmp_path / "page.html"
    result = tenor("report", trained, "--out", out)
    assert (result.status, result.out.strip()) == (0, f"Saved as {out}")
    assert out.read_text("utf-8") == first
    (trained / "report.html").unlink()
    assert tenor("report", trained, "--quiet").status == 0
    assert (trained / "report.html").read_text("utf-8") == first


def test_report_json_holds_texts_with_what_was_read_of_them(trained: Path) -> None:
    found = json.loads((trained / "report.json").read_text("utf-8"))
    assert found["split"] == "test"
    assert len(found["texts"]) == 6  # there are no more
    for one in found["texts"]:
        assert one["predicted"] in {"positive", "negative"}
        assert 0.5 <= one["probability"] <= 1
        assert one["read"] == one["tokens"] == 4
    assert found["data"]["splits"][0]["name"] == "train"
    assert found["environment"]["python"]


def test_a_run_of_an_older_version_has_a_page_too(trained: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    shutil.copytree(trained, old, ignore=shutil.ignore_patterns("report.*", "model", "checkpoint*"))
    assert tenor("report", old).status == 0
    assert "The model reads" in read((old / "report.html").read_text("utf-8")).text


def test_texts_are_left_out_of_the_page_or_of_the_run(trained: Path, reviews: Path, tmp_path: Path) -> None:
    words = ("great", "lovely", "superb", "awful", "dull", "weak")
    out = tmp_path / "page.html"
    assert any(word in (trained / "report.html").read_text("utf-8") for word in words)
    assert tenor("report", trained, "--out", out, "--no-texts").status == 0
    assert not any(word in out.read_text("utf-8") for word in words)
    run = tmp_path / "run"
    result = tenor("train", reviews, *SMALL, "--epochs", 1, "--set", "evaluation.texts=0", "--out", run)
    assert result.status == 0, result.err
    for name in ("report.json", "report.html"):
        assert not any(word in (run / name).read_text("utf-8") for word in words)


def test_a_comparison_has_a_page(tmp_path: Path) -> None:
    (tmp_path / "comparison.json").write_text(json.dumps(comparison([model("gru", 0.9), model("rnn", 0.8)])))
    result = tenor("report", tmp_path, "--json")
    assert json.loads(result.out) == {"path": str(tmp_path / "report.html")}
    assert "gru leads" in read((tmp_path / "report.html").read_text("utf-8")).text


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "holds no finished run"),
        ({"config.yaml": "a: 1", "metrics.json": "{"}, "damaged"),
        ({"config.yaml": "a: 1", "metrics.json": '{"test": {}}'}, "damaged"),
        ({"comparison.json": "[]"}, "damaged"),
    ],
)
def test_a_folder_that_is_no_run_is_refused_in_one_line(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    result = tenor("report", tmp_path)
    assert result.status == 2
    assert said in result.error
    assert not (tmp_path / "report.html").exists()


def test_an_existing_file_is_replaced_only_by_force(trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    out.write_text("mine")
    assert tenor("report", trained, "--out", out).status == 2
    assert out.read_text() == "mine"
    assert tenor("report", trained, "--out", out, "--force").status == 0
    assert out.read_text() != "mine"
    assert tenor("report", tmp_path / "nothing").status == 2
