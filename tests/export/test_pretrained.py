"""What torch's exporter cannot do for a pretrained encoder is refused."""

from dataclasses import replace

import onnx
import pytest
import torch
from exported import model
from onnx import helper
from small import SMALL

from tenor.errors import MissingExtraError, ModelError
from tenor.export import classifier

PRETRAINED = replace(SMALL, encoder="pretrained")


def test_an_encoder_that_torch_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object, **others: object) -> None:
        raise RuntimeError("no such operator\nand a long report")

    monkeypatch.setattr(torch.onnx, "export", refuse)
    with pytest.raises(
        ModelError, match=r"torch's exporter refuses it \(no such operator\); models"
    ) as caught:
        classifier.network(model(PRETRAINED))
    assert "\n" not in str(caught.value)


def test_operators_that_are_not_onnx(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = helper.make_graph([], "g", [], [])
    foreign = helper.make_model(graph, opset_imports=[helper.make_opsetid("com.example", 1)])

    class Program:
        model_proto: onnx.ModelProto = foreign

    monkeypatch.setattr(torch.onnx, "export", lambda *given, **others: Program())
    with pytest.raises(ModelError, match="operators for it that are not ONNX's own"):
        classifier.network(model(PRETRAINED))


def test_a_missing_library_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "onnxscript", None)
    with pytest.raises(MissingExtraError, match=r"onnxscript is not installed.*tenor\[onnx\]"):
        classifier.network(model(PRETRAINED))


def test_nothing_tells_where_the_code_of_an_operator_lies() -> None:
    made = classifier.network(model(PRETRAINED))
    assert not any(node.doc_string or node.metadata_props for node in made.graph.node)
    assert b".py" not in made.SerializeToString()
