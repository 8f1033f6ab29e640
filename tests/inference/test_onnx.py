"""A model that was exported is read with care, and predicts as the folder does."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from exported import model
from onnx import helper
from small import SMALL, wider

import tenor
from tenor.config.network import RecurrentConfig, TransformerConfig
from tenor.errors import ConfigError, InputError, MissingExtraError, ModelError
from tenor.evaluation.held_out import HeldOut
from tenor.export.onnx import export
from tenor.inference.onnx import OnnxEngine
from tenor.inference.onnx_file import read
from tenor.text.tokens import Tokens

FORMATS = Path(__file__).parents[1] / "formats"
TEXTS = ["a b c", "", "zzz", "a", "d e f g h " * 30, "😀 <b>a</b>", "ق a", "b b b"]


@pytest.fixture(scope="module")
def saved() -> tenor.Model:
    held_out = HeldOut(
        np.arange(60, dtype=np.int32) % 3, np.random.default_rng(0).normal(size=(60, 3)).astype("f4")
    )
    return model(replace(SMALL, bidirectional=False), temperature=1.3, held_out=held_out)


@pytest.fixture
def path(saved: tenor.Model, tmp_path: Path) -> Path:
    export(saved, tmp_path / "m.onnx")
    return tmp_path / "m.onnx"


def test_predictions_are_those_of_the_folder(saved: tenor.Model, path: Path, tmp_path: Path) -> None:
    saved.save(tmp_path / "folder")
    ours, theirs = tenor.load(path), tenor.load(tmp_path / "folder")
    np.testing.assert_allclose(ours.predict_proba(TEXTS), theirs.predict_proba(TEXTS), atol=1e-5)
    np.testing.assert_allclose(ours.vectors(TEXTS), theirs.vectors(TEXTS), atol=1e-5)
    assert ours.predict(TEXTS) == theirs.predict(TEXTS)
    assert ours.predict([]) == []
    assert ours.vectors([]).shape == (0, theirs.vectors(["a"]).shape[1])
    assert ours.model.digest == theirs.model.digest
    assert ours.model.config == theirs.model.config
    for one in (ours, theirs):
        assert one.model.held_out is not None
    np.testing.assert_array_equal(ours.model.held_out.logits, theirs.model.held_out.logits)
    again = tenor.load(path, abstain_below=0.9)
    assert all(one.abstained for one in again.predictions(TEXTS))


@pytest.mark.parametrize("int8", [False, True])
def test_batch_is_single_and_order_is_kept(tmp_path: Path, int8: bool) -> None:
    """In whole numbers, too, where a scale for a batch would make texts depend on each other."""
    large = replace(wider(SMALL, 64), recurrent=RecurrentConfig(hidden_size=64), encoder="lstm")
    export(model(large), tmp_path / "m.onnx", int8=int8)
    predictor = tenor.load(tmp_path / "m.onnx")
    together = predictor.predict_proba(TEXTS)
    alone = np.concatenate([predictor.predict_proba([text]) for text in TEXTS])
    np.testing.assert_allclose(alone, together, atol=1e-6)
    np.testing.assert_allclose(predictor.predict_proba(TEXTS[::-1]), together[::-1], atol=1e-6)


def test_any_number_of_threads(path: Path) -> None:
    file = read(path)
    tokens = Tokens.of([[2, 3, 4]] * 3 + [[5]])
    found = [OnnxEngine(file, threads=threads).logits(tokens) for threads in (1, 3)]
    np.testing.assert_allclose(*found, atol=1e-6)


def test_what_needs_the_network_is_refused_in_a_sentence(path: Path) -> None:
    predictor = tenor.load(path)
    assert predictor.reads_on is not None
    with pytest.raises(ConfigError, match="an exported model reads whole texts only"):
        predictor.stream()
    with pytest.raises(ModelError, match="give the model folder it was exported from"):
        _ = predictor.networks
    with pytest.raises(ModelError, match="give the model folder it was exported from"):
        predictor.model.save(path.parent / "again")
    assert not (path.parent / "again").exists()


def test_a_text_longer_than_the_positions_is_refused(tmp_path: Path) -> None:
    learned = TransformerConfig(
        hidden_size=4, layers=1, heads=1, feedforward=4, positions="learned", most_positions=5
    )
    export(model(replace(SMALL, encoder="transformer", transformer=learned)), tmp_path / "m.onnx")
    predictor = tenor.load(tmp_path / "m.onnx")
    assert len(predictor.predict(["a b c d e"])) == 1
    with pytest.raises(InputError, match="a text has 6 tokens, and the exported model reads at most 5"):
        predictor.predict(["a", "a b c d e f"])


@pytest.mark.parametrize("folder", sorted(FORMATS.glob("onnx-*")), ids=lambda folder: folder.name)
def test_every_format_is_read_for_good(folder: Path) -> None:
    said = json.loads((folder / "predictions.json").read_text("utf-8"))
    found = tenor.load(folder / "model.onnx").predict_proba(said["texts"])
    np.testing.assert_allclose(found, said["probabilities"], atol=1e-5)
    of_folder = json.loads((FORMATS / "format-3" / "predictions.json").read_text("utf-8"))
    np.testing.assert_allclose(found, of_folder["probabilities"], atol=1e-5)


CHANGES = {
    "newer": lambda values: values.update(format=99),
    "temperature": lambda values: values.update(temperature=-1),
    "longest": lambda values: values["onnx"].update(longest="5"),
    "more words": lambda values: values["text"]["vocabulary"]["tokens"].extend(["of", "another"]),
    "fewer classes": lambda values: values.update(classes=values["classes"][:2], validation=None),
}


def damaged(path: Path, how: str) -> None:
    beside = path.with_suffix(".json")
    described = json.loads(beside.read_text("utf-8"))
    if how == "no file":
        path.unlink()
    elif how == "no json":
        beside.unlink()
    elif how == "another graph":
        path.write_bytes(path.read_bytes() + b"\n")
    elif how == "no values":
        beside.write_text("[]")
    elif how == "half":
        beside.write_bytes(beside.read_bytes()[:-100])
    elif how == "deep":
        beside.write_text("[" * 100_000)
    else:
        change = CHANGES.get(how, lambda values: values.pop(how))
        change(described)
        beside.write_text(json.dumps(described))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("no file", "m.onnx does not exist"),
        ("no json", "m.json does not exist"),
        ("another graph", "is not the file that m.json was written for"),
        ("no values", "m.json is damaged"),
        ("half", "m.json is damaged"),
        ("deep", "m.json is damaged"),
        ("newer", "has format 99"),
        ("temperature", "cannot be read as a model"),
        ("classes", "cannot be read as a model"),
        ("text", "cannot be read as a model"),
        ("onnx", "cannot be read as a model"),
        ("longest", "cannot be read as a model"),
        ("more words", "cannot read the words of its JSON"),
        ("fewer classes", r"logits of the shape \[1, 3\] for one text, and its JSON names 2 classes"),
    ],
)
def test_damage_is_said_in_one_line(path: Path, how: str, said: str) -> None:
    damaged(path, how)
    with pytest.raises(ModelError, match=said) as caught:
        tenor.load(path)
    assert "\n" not in str(caught.value)


def rewritten(path: Path, proto: onnx.ModelProto) -> None:
    """Put another graph in the place of an exported one, with a JSON that says it is right."""
    import hashlib

    content = proto.SerializeToString()
    path.write_bytes(content)
    beside = path.with_suffix(".json")
    described = json.loads(beside.read_text("utf-8"))
    described["onnx"]["sha256"] = hashlib.sha256(content).hexdigest()
    beside.write_text(json.dumps(described))


def inside(node: onnx.NodeProto) -> onnx.NodeProto:
    """Return an operator that holds another one in a graph of its own."""
    body = helper.make_graph([node], "body", [], [])
    return helper.make_node("If", ["c"], ["y"], then_branch=body, else_branch=body)


@pytest.mark.parametrize("nested", [False, True])
def test_operators_of_others_are_refused(path: Path, nested: bool) -> None:
    proto = onnx.load(path)
    node = helper.make_node("Anything", ["ids"], ["z"], domain="com.example")
    proto.graph.node.append(inside(node) if nested else node)
    rewritten(path, proto)
    with pytest.raises(
        ModelError, match=r"the operator Anything of 'com\.example', which is none of ONNX's own"
    ):
        tenor.load(path)


@pytest.mark.parametrize("location", ["../secret", "beside.bin"])
def test_data_in_other_files_is_refused(path: Path, location: str) -> None:
    proto = onnx.load(path)
    tensor = proto.graph.initializer[0]
    onnx.external_data_helper.set_external_data(tensor, location)
    tensor.ClearField("raw_data")
    rewritten(path, proto)
    with pytest.raises(ModelError, match="keeps data in other files"):
        tenor.load(path)


def test_a_sparse_constant_with_data_in_another_file_is_refused(path: Path) -> None:
    proto = onnx.load(path)
    values = onnx.TensorProto(name="v", data_type=onnx.TensorProto.FLOAT, dims=[1])
    values.data_location = onnx.TensorProto.EXTERNAL
    values.external_data.add(key="location", value="../secret")
    places = helper.make_tensor("i", onnx.TensorProto.INT64, [1], [0])
    sparse = onnx.SparseTensorProto(values=values, indices=places, dims=[4])
    proto.graph.node.append(helper.make_node("Constant", [], ["z"], sparse_value=sparse))
    rewritten(path, proto)
    with pytest.raises(ModelError, match="keeps data in other files"):
        tenor.load(path)


def test_functions_of_a_file_are_refused(path: Path) -> None:
    proto = onnx.load(path)
    proto.functions.append(helper.make_function("own", "f", ["x"], ["y"], [], []))
    rewritten(path, proto)
    with pytest.raises(ModelError, match="functions of its own"):
        tenor.load(path)


def test_what_is_no_graph_of_ours_is_refused(path: Path) -> None:
    proto = onnx.load(path)
    proto.graph.output[0].name = proto.graph.node[-3].output[0] = "other"
    rewritten(path, proto)
    with pytest.raises(ModelError, match="returns other, probabilities, vectors, and logits and vectors are"):
        tenor.load(path)
    path.write_bytes(b"\xff\xff no graph")
    described = json.loads(path.with_suffix(".json").read_text("utf-8"))
    import hashlib

    described["onnx"]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_suffix(".json").write_text(json.dumps(described))
    with pytest.raises(ModelError, match="no readable ONNX file"):
        tenor.load(path)


@pytest.mark.parametrize("library", ["onnx", "onnxruntime"])
def test_a_missing_library_names_its_extra(path: Path, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, library, None)
    with pytest.raises(MissingExtraError, match=rf'{library} is not installed.*"tenor\[onnx\]"'):
        tenor.load(path)


def test_no_torch_is_needed(path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; sys.modules['torch'] = None\n"
        f"import tenor; print(tenor.load({str(path)!r}).predict(['a b', '']))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == str(tenor.load(path).predict(["a b", ""]))
