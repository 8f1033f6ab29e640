import json
from pathlib import Path

import pytest
import toy

from tenor.errors import DataError
from tenor.experiments.classification import fit
from tenor.inference import files
from tenor.inference.files import TextRows, predict_file
from tenor.inference.predictor import Predictor


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return fit(toy.dataset(), toy.config(training={"epochs": 1})).predictor


def write(path: Path, texts: list[object]) -> Path:
    path.write_text("".join(json.dumps({"n": n, "text": text}) + "\n" for n, text in enumerate(texts)))
    return path


def opened(predictor: Predictor, path: Path) -> TextRows:
    return TextRows.open(predictor, path, text_column=None, encoding="utf-8")


def test_chunks_are_bounded_in_rows_and_in_characters(
    predictor: Predictor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_MOST_ROWS", 4)
    monkeypatch.setattr(files, "_MOST_CHARACTERS", 20)
    source = write(tmp_path / "in.jsonl", ["a good", "b", "c", "d", "e" * 30, "f", "g"])
    chunks = [texts for _, texts in opened(predictor, source).chunks()]
    assert [len(texts) for texts in chunks] == [4, 1, 2]
    assert [text for texts in chunks for text in texts] == ["a good", "b", "c", "d", "e" * 30, "f", "g"]


def test_each_text_is_as_likely_to_be_drawn_and_the_same_are_each_time(
    predictor: Predictor, tmp_path: Path
) -> None:
    texts = [str(n) for n in range(200)]
    source = write(tmp_path / "in.jsonl", ["", *texts, " "])
    drawn = opened(predictor, source).drawn(50)
    assert drawn == opened(predictor, source).drawn(50)
    assert len(set(drawn)) == 50
    assert set(drawn) < set(texts)
    assert 60 < sum(map(int, drawn)) / 50 < 140  # from all over the data
    assert opened(predictor, source).drawn(300) == texts
    with pytest.raises(DataError, match="no text that is not empty"):
        opened(predictor, write(tmp_path / "none.jsonl", ["", " "])).drawn(3)


def test_chunks_do_not_change_what_is_predicted(
    predictor: Predictor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: list[object] = [example.text for example in toy.examples(30, "new", seed=9)]
    source = write(tmp_path / "in.jsonl", texts)
    found = []
    for rows in (7, 4096):
        monkeypatch.setattr(files, "_MOST_ROWS", rows)
        target = tmp_path / f"{rows}.jsonl"
        seen: list[int] = []
        done = predict_file(
            predictor, source, target, text_column=None, encoding="utf-8", advance=seen.append
        )
        assert done.rows == sum(seen) == 30
        found.append([json.loads(line) for line in target.read_text().splitlines()])
    assert [row["n"] for row in found[0]] == list(range(30))
    for one, other in zip(*found, strict=True):
        assert one["label"] == other["label"]
        assert one["probability_positive"] == pytest.approx(other["probability_positive"], abs=1e-5)


def test_numbers_are_texts_and_nothing_is_an_empty_one(predictor: Predictor, tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", ["good", 12, None, float("nan"), ""])
    chunks = list(opened(predictor, source).chunks())
    assert chunks[0][1] == ["good", "12", "", "", ""]


def test_a_list_is_no_text(predictor: Predictor, tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", ["good", ["bad"]])
    target = tmp_path / "out.jsonl"
    with pytest.raises(DataError, match="row 2"):
        predict_file(predictor, source, target, text_column="text", encoding="utf-8")
    assert not target.exists()
