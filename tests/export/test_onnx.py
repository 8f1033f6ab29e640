"""What is written, and when nothing is."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from exported import engine, model
from small import SMALL, wider

import tenor
from tenor.config.network import RecurrentConfig
from tenor.errors import ModelError, OutputError
from tenor.export import onnx as exporting
from tenor.export.classifier import network
from tenor.export.onnx import export, target_of
from tenor.export.parity import Parity, compare, made_up
from tenor.inference.onnx_file import OnnxFile, companion, read

# Large enough that whole numbers save something.
LARGE = replace(wider(SMALL, 64), encoder="lstm", recurrent=RecurrentConfig(hidden_size=64))


def test_file_and_json_are_written_and_belong_together(tmp_path: Path) -> None:
    saved = model(temperature=1.5)
    done = export(saved, tmp_path / "some" / "m.onnx")
    assert sorted(file.name for file in (tmp_path / "some").iterdir()) == ["m.json", "m.onnx"]
    assert done.bytes == done.float32_bytes == (tmp_path / "some" / "m.onnx").stat().st_size
    assert done.parity.largest < 1e-5
    described = json.loads((tmp_path / "some" / "m.json").read_text("utf-8"))
    assert described["classes"] == list(saved.classes)
    assert described["model"] == saved.digest
    assert described["text"]["vocabulary"]["tokens"] == list(saved.pipeline.vocabulary.tokens)
    assert json.dumps(done.to_json())
    proto = onnx.load(tmp_path / "some" / "m.onnx")
    assert [one.name for one in proto.graph.input] == ["ids", "lengths"]
    assert [one.name for one in proto.graph.output] == ["logits", "probabilities", "vectors"]


def test_int8_is_smaller_and_near(tmp_path: Path) -> None:
    saved = model(LARGE)
    done = export(saved, tmp_path / "m.onnx", int8=True)
    assert done.int8 is not None
    assert done.bytes < 0.5 * done.float32_bytes
    assert done.parity.largest < 1e-5 < done.int8.largest < 0.1
    file = read(tmp_path / "m.onnx")
    assert file.by_batch
    assert file.model.held_out is None
    assert file.model.digest != saved.digest  # it says other things


def test_int8_that_saves_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="export it without --int8"):
        export(model(), tmp_path / "m.onnx", int8=True)
    assert not list(tmp_path.iterdir())


def test_a_graph_that_differs_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = exporting.network

    def wrong(saved, **given):
        changed = {name: a + np.float32(name.endswith("bias") * 1e-3) for name, a in saved.arrays.items()}
        return honest(replace(saved, arrays=changed), **given)

    monkeypatch.setattr(exporting, "network", wrong)
    (tmp_path / "m.onnx").write_text("older")
    with pytest.raises(ModelError, match=r"differs from the network by .* nothing was written"):
        export(model(), tmp_path / "m.onnx", force=True)
    assert [file.read_text() for file in tmp_path.iterdir()] == ["older"]


@pytest.mark.parametrize("there", ["m.onnx", "m.json"])
def test_files_are_replaced_only_when_told(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("older")
    with pytest.raises(OutputError, match=f"{there} exists already"):
        export(model(), tmp_path / "m.onnx")
    assert (tmp_path / there).read_text() == "older"
    export(model(), tmp_path / "m.onnx", force=True)
    assert tenor.load(tmp_path / "m.onnx").predict(["a"])


def test_a_model_folder_is_no_place_for_it(tmp_path: Path) -> None:
    model().save(tmp_path / "model")
    with pytest.raises(OutputError, match="a model folder"):
        export(model(), target_of(tmp_path / "model"), force=True)
    assert tenor.load(tmp_path / "model").predict(["a"])


def test_what_out_stands_for(tmp_path: Path) -> None:
    assert target_of(tmp_path / "x.onnx") == tmp_path / "x.onnx"
    assert target_of(tmp_path) == tmp_path / "model.onnx"
    assert companion(target_of(tmp_path / "new")) == tmp_path / "new" / "model.json"
    (tmp_path / "file").write_text("")
    for name in ("file", "x.pt"):
        with pytest.raises(OutputError, match=r"end it in \.onnx, or name a folder"):
            target_of(tmp_path / name)


def test_made_up_texts_are_as_long_as_the_model_reads() -> None:
    short = replace(model(), pipeline=replace(model().pipeline, max_length=7))
    for saved, longest, expected in ((model(), None, 301), (model(), 12, 12), (short, None, 7)):
        assert made_up(saved, longest).lengths.max() == expected
        assert made_up(saved, longest).lengths.min() == 1


def test_what_is_no_number_never_agrees() -> None:
    assert not Parity(1, {"logits": float("inf")}).holds
    assert Parity(1, {"logits": 9e-5}).holds
    assert not Parity(1, {"logits": 0.0, "vectors": 2e-4}).holds
    saved = model()
    file = OnnxFile.of(Path("m.onnx"), network(saved).SerializeToString(), saved, None)

    class Nothing:
        def logits(self, tokens):
            return np.full((len(tokens), 3), np.nan, np.float32)

        def vectors(self, tokens):
            return engine(saved).vectors(tokens)

    assert not compare(file, Nothing()).holds
