from dataclasses import replace

import pytest
import torch
from small import CLASSES, SMALL, VOCABULARY

from tenor.config.names import apply_name
from tenor.nn.build import ENCODERS, build
from tenor.nn.describe import describe


@pytest.mark.parametrize("pooling", ["last", "mean-max", "attention"])
@pytest.mark.parametrize("encoder", [*ENCODERS, "bilstm"])
def test_parts_cover_every_parameter_and_shapes_are_symbols(encoder: str, pooling: str) -> None:
    module = build(apply_name(SMALL, f"{encoder}-{pooling}"), vocabulary_size=VOCABULARY, classes=CLASSES)
    found = describe(module)
    assert sum(found.sections.values()) == found.parameters
    assert found.parameters == sum(p.numel() for p in module.parameters()) == found.trainable
    width = module.encoder.output_size
    outputs = {part.name: part.output for part in found.parts}
    words = ("U",) if encoder == "mingru" else ("B", "T")
    assert outputs["embedding"] == (*words, str(SMALL.embedding_size))
    assert outputs["encoder"] == ("B", "T", str(width))
    assert outputs["pooling"] == ("B", str(module.pooling.output_size))
    assert outputs["head"] == ("B", str(CLASSES))


@pytest.mark.parametrize(
    ("encoder", "field"), [("cnn", 5), ("bag", 3), ("lstm", None), ("transformer", None)]
)
def test_how_far_an_encoder_sees(encoder: str, field: int | None) -> None:
    found = describe(build(apply_name(SMALL, encoder), vocabulary_size=VOCABULARY, classes=CLASSES))
    assert found.receptive_field == found.to_json()["receptive_field"] == field


def test_few_positions_are_enough_to_be_described() -> None:
    network = replace(SMALL, encoder="transformer", transformer=replace(SMALL.transformer, most_positions=1))
    found = describe(build(network, vocabulary_size=VOCABULARY, classes=CLASSES))
    assert next(part for part in found.parts if part.name == "encoder").output == ("B", "T", "4")


def test_a_token_beside_those_of_the_text_is_told() -> None:
    found = describe(build(replace(SMALL, encoder="transformer"), vocabulary_size=VOCABULARY, classes=2))
    assert {part.output for part in found.parts if "blocks" in part.name} >= {("B", "T+1", "4")}
    assert all(not part.output or part.output[0] in "UB" for part in found.parts)


def test_describing_changes_nothing() -> None:
    module = build(SMALL, vocabulary_size=VOCABULARY, classes=2).train()
    before = torch.get_rng_state()
    describe(module)
    assert module.training
    assert torch.equal(torch.get_rng_state(), before)
    assert not any(part._forward_hooks for part in module.modules())


@pytest.mark.parametrize("classes", [2, 3, 4, 5])
def test_the_classes_are_never_taken_for_the_batch(classes: int) -> None:
    module = build(SMALL, vocabulary_size=VOCABULARY, classes=classes)
    head = next(part for part in describe(module).parts if part.name == "head")
    assert head.output == ("B", str(classes))
