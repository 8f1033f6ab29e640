"""Files of sentence vectors: whole or absent, of one model, and searched as the texts themselves."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import toy
from numpy.testing import assert_allclose

from tenor.errors import DataError, OutputError
from tenor.experiments.classification import fit
from tenor.inference import files
from tenor.inference.files import TextRows
from tenor.inference.predictor import Predictor
from tenor.inference.vectors import (
    Query,
    embed,
    holds_vectors,
    nearest,
    read_vectors,
    rows_queried,
    write_vectors,
)
from tenor.text.tokens import Tokens

TEXTS = ["a good b", "bad c", "", "<script>good</script>", "טוב good", "😀", *"abcdefgh"]


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return fit(toy.dataset(), toy.config(training={"epochs": 1})).predictor


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
    return path


def opened(predictor: Predictor, data: object) -> TextRows:
    return TextRows.of(predictor, str(data), text_column=None, encoding="utf-8")


def test_a_file_holds_texts_labels_and_vectors(
    predictor: Predictor, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_MOST_ROWS", 5)
    target, seen = tmp_path / "out.parquet", []
    done = write_vectors(predictor, opened(predictor, source), target, advance=seen.append)
    expected = predictor.vectors(TEXTS)
    assert (done.rows, done.empty, done.size) == (len(TEXTS), 1, expected.shape[1])
    assert seen == [5, 5, 4]
    table = pq.read_table(target)
    assert table.schema.field("vector").type == pa.list_(pa.float32())
    assert table["id"].to_pylist() == [str(n) for n in range(1, len(TEXTS) + 1)]
    assert table["text"].to_pylist() == TEXTS
    assert table["label"].to_pylist() == predictor.predict(TEXTS)
    assert_allclose(np.array(table["vector"].to_pylist()), expected, atol=1e-5)
    read = list(read_vectors(predictor, target))
    assert_allclose(np.concatenate([chunk.vectors for chunk in read]), expected, atol=1e-5)


def test_ids_are_those_of_the_data(predictor: Predictor) -> None:
    chunk = next(embed(predictor, opened(predictor, "movies")))
    assert len(set(chunk.ids)) == len(chunk.ids)
    assert not chunk.ids[0].isdigit()


def test_a_file_is_searched_like_the_texts(predictor: Predictor, source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    write_vectors(predictor, opened(predictor, source), target)
    assert holds_vectors(str(target))
    queries = [Query("bad c"), Query("xyzzy")]
    of_texts = nearest(predictor, queries, embed(predictor, opened(predictor, source)), 3)
    of_file = nearest(predictor, queries, read_vectors(predictor, target), 3)
    assert [[one.id for one in found] for found in of_file] == [[o.id for o in found] for found in of_texts]
    assert (of_file[0][0].text, of_file[0][0].id) == ("bad c", "2")
    assert of_file[0][0].similarity == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("encoder", ["lstm", "mingru"])
def test_each_text_is_read_once(source: Path, monkeypatch: pytest.MonkeyPatch, encoder: str) -> None:
    predictor = fit(toy.dataset(), toy.config(network={"encoder": encoder}, training={"epochs": 1})).predictor
    labels, vectors = predictor.predict(TEXTS), predictor.vectors(TEXTS)
    engine, read = predictor._engine, []

    def counted(tokens: Tokens) -> np.ndarray:
        read.append(len(tokens))
        return type(engine).vectors(engine, tokens)

    monkeypatch.setattr(engine, "vectors", counted, raising=False)
    monkeypatch.setattr(engine, "logits", None, raising=False)
    (chunk,) = embed(predictor, opened(predictor, source))
    assert read == [len(TEXTS)]
    assert chunk.labels == labels
    assert_allclose(chunk.vectors, vectors, atol=1e-5)
    none, names = predictor.labelled_vectors([])
    assert (none.shape, names) == ((0, vectors.shape[1]), [])


def test_a_row_of_the_data_is_searched_for_and_not_found_itself(
    predictor: Predictor, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_MOST_ROWS", 5)

    def texts() -> Iterator[list[str]]:
        return (some for _, some in opened(predictor, source).chunks())

    queries = rows_queried(texts(), [7, 2, 7], "data")
    assert queries == [Query(TEXTS[6], 7), Query(TEXTS[1], 2), Query(TEXTS[6], 7)]
    every = len(TEXTS)
    found = nearest(
        predictor, [*queries, Query(TEXTS[6])], embed(predictor, opened(predictor, source)), every
    )
    assert sorted(one.row for one in found[0]) == [row for row in range(1, every + 1) if row != 7]
    assert found[0] == found[2] == [one for one in found[3] if one.row != 7]
    assert [len(some) for some in found] == [every - 1, every - 1, every - 1, every]
    assert all(one.text == TEXTS[one.row - 1] for one in found[1])
    with pytest.raises(DataError, match="has no row 15; its rows have the numbers 1 to 14"):
        rows_queried(texts(), [1, 15], "data")


def test_vectors_of_another_model_are_refused(predictor: Predictor, source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    write_vectors(predictor, opened(predictor, source), target)
    other = fit(toy.dataset(), toy.config(training={"epochs": 1, "seed": 5})).predictor
    with pytest.raises(DataError, match="another model"):
        list(read_vectors(other, target))


def test_vectors_that_were_cut_are_refused(predictor: Predictor, source: Path, tmp_path: Path) -> None:
    target, cut = tmp_path / "out.parquet", tmp_path / "cut.parquet"
    write_vectors(predictor, opened(predictor, source), target)
    table = pq.read_table(target)
    short = pa.array([vector[1:] for vector in table["vector"].to_pylist()], pa.list_(pa.float32()))
    pq.write_table(table.set_column(3, table.schema.field("vector"), short), cut)
    with pytest.raises(DataError, match="another size"):
        list(read_vectors(predictor, cut))
    pq.write_table(table.drop_columns(["label"]), cut)
    with pytest.raises(DataError, match="no readable file of vectors"):
        list(read_vectors(predictor, cut))


@pytest.mark.parametrize("content", [b"", b"PAR1 nonsense PAR1"])
def test_a_damaged_file_holds_no_vectors(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "out.parquet"
    path.write_bytes(content)
    assert not holds_vectors(str(path))
    assert not holds_vectors(str(tmp_path / "none.parquet"))


def test_nothing_is_left_of_a_file_that_fails(predictor: Predictor, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "good"}\n{"text": ["bad"]}\n')
    target = tmp_path / "out.parquet"
    with pytest.raises(DataError, match="row 2"):
        write_vectors(predictor, opened(predictor, source), target)
    assert sorted(tmp_path.iterdir()) == [source]


def test_names_that_cannot_be_written(predictor: Predictor, source: Path, tmp_path: Path) -> None:
    for name, said in (("out.csv", "end it in .parquet"), ("folder.parquet", "is a folder")):
        (tmp_path / "folder.parquet").mkdir(exist_ok=True)
        with pytest.raises(OutputError, match=said):
            write_vectors(predictor, opened(predictor, source), tmp_path / name)
    there = tmp_path / "there.parquet"
    there.write_text("mine")
    with pytest.raises(OutputError, match="--force"):
        write_vectors(predictor, opened(predictor, source), there)
    assert there.read_text() == "mine"
    write_vectors(predictor, opened(predictor, source), there, force=True)
    assert holds_vectors(str(there))
