"""From a configuration to a network, and between a network and the NumPy tensors of a model folder."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from tenor.config.language_model import OutputConfig, reads_both_ways, refuse_other_ways
from tenor.config.names import unknown_encoder
from tenor.config.network import NetworkConfig
from tenor.errors import ModelError
from tenor.nn import bag, convolution, mingru, pretrained, recurrent, transformer
from tenor.nn.architecture import settled
from tenor.nn.classifier import Classifier, Head
from tenor.nn.encoder import Encoder
from tenor.nn.language_model import LanguageModel, TwoWayLanguageModel
from tenor.nn.pooling import POOLINGS
from tenor.nn.softmax import softmax
from tenor.nn.transformer import Linear
from tenor.text.ratios import LogCountRatios
from tenor.text.vectors import Vectors
from tenor.text.vocabulary import PAD_ID, UNKNOWN_ID

Arrays = Mapping[str, npt.NDArray[np.float32]]

# name -> (config, input size) -> encoder
ENCODERS: dict[str, Callable[[NetworkConfig, int], Encoder]] = {
    "rnn": recurrent.rnn,
    "lstm": recurrent.lstm,
    "gru": recurrent.gru,
    "mingru": mingru.mingru,
    "bag": bag.bag,
    "cnn": convolution.cnn,
    "transformer": transformer.transformer,
    "pretrained": pretrained.pretrained,
}


# name -> how two encoders that read one way become one that reads both, and how the first is had of it again
BOTH_WAYS: dict[str, tuple[Callable[[Arrays, Arrays], Arrays], Callable[[Arrays], Arrays]]] = {
    **dict.fromkeys(("rnn", "lstm", "gru"), (recurrent.both_ways, recurrent.one_way)),
    "mingru": (mingru.both_ways, mingru.one_way),
}
_ENCODER, _BACK_ENCODER, _BACK = "encoder.", "back_encoder.", "back_"


def build(
    config: NetworkConfig,
    *,
    vocabulary_size: int,
    classes: int,
    vectors: Vectors | None = None,
    ratios: LogCountRatios | None = None,
    weights: pretrained.Weights | None = None,
    pad: int = PAD_ID,
    unknown: int = UNKNOWN_ID,
) -> Classifier:
    """Make a network with fresh weights from torch's generator.

    `vectors` are initial word vectors; words without one keep their random start. `ratios` are those the
    configuration asks for; where it does and there are none, they are all 0. `weights` are those a pretrained
    encoder starts with; without them it has only the shape. Before one that is not tuned there is no dropout.
    `pad` and `unknown` are ids of the vocabulary.
    """
    config = settled(config)
    frozen = pretrained.frozen(config)
    embedding = _embedding(config, vocabulary_size, vectors, pad=pad)
    embedding.weight.requires_grad_(not (frozen or config.freeze_embedding))
    if config.ratios.use:
        ratios = ratios or LogCountRatios.none(vocabulary_size, classes)
    encoder = _encoder(config, config.embedding_size + (ratios.size if ratios else 0))
    if weights is not None and isinstance(encoder, pretrained.Pretrained):
        encoder.start(embedding, weights)
    pooling = POOLINGS[config.pooling](encoder.output_size)
    head = Head(pooling.output_size, classes, hidden=config.hidden, dropout=config.output_dropout)
    return Classifier(
        embedding,
        encoder,
        pooling,
        head,
        # A frozen encoder cannot learn to read what noise leaves of a text.
        embedding_dropout=0.0 if frozen else config.embedding_dropout,
        word_dropout=0.0 if frozen else config.word_dropout,
        unknown=unknown,
        ratios=ratios,
    )


def build_language_model(
    config: NetworkConfig,
    output: OutputConfig,
    *,
    vocabulary_size: int,
    vectors: Vectors | None = None,
    unknown: int = UNKNOWN_ID,
) -> LanguageModel:
    """Make a language model with fresh weights from torch's generator; of two ways, if the encoder has both.

    `vectors` are as in `build`. The id of padding is that of the boundary here, and has a vector of its own.
    """
    refuse_other_ways(config)
    if reads_both_ways(config):
        ahead, back = (
            build_language_model(
                replace(config, bidirectional=False),
                output,
                vocabulary_size=vocabulary_size,
                vectors=vectors,
                unknown=unknown,
            )
            for _ in range(2)
        )
        return TwoWayLanguageModel(ahead, back)
    embedding = _embedding(config, vocabulary_size, vectors, pad=None)
    embedding.weight.requires_grad_(not config.freeze_embedding)
    encoder = _encoder(config, config.embedding_size)
    size = config.embedding_size if output.tied else encoder.output_size
    return LanguageModel(
        embedding,
        encoder,
        Linear(encoder.output_size, size) if output.tied else None,
        softmax(output, vocabulary_size, size),
        embedding_dropout=config.embedding_dropout,
        word_dropout=config.word_dropout,
        output_dropout=config.output_dropout,
        unknown=unknown,
    )


def language_arrays(module: LanguageModel, config: NetworkConfig) -> Arrays:
    """Return the tensors as a model folder has them: the encoder's by the names that a classifier's has."""
    arrays = to_arrays(module)
    if not isinstance(module, TwoWayLanguageModel):
        return arrays
    join, _ = BOTH_WAYS[config.encoder]
    both = join(_inside(arrays, _ENCODER), _inside(arrays, _BACK_ENCODER))
    others = {name: a for name, a in arrays.items() if not name.startswith((_ENCODER, _BACK_ENCODER))}
    return {**others, **{_ENCODER + name: array for name, array in both.items()}}


def load_language_model(module: LanguageModel, config: NetworkConfig, arrays: Arrays) -> None:
    """Put what `language_arrays` returned into a language model that reads on; what reads back is left."""
    if reads_both_ways(config):
        _, ahead = BOTH_WAYS[config.encoder]
        others = {name: a for name, a in arrays.items() if not name.startswith((_ENCODER, _BACK))}
        encoder = ahead(_inside(arrays, _ENCODER))
        arrays = {**others, **{_ENCODER + name: array for name, array in encoder.items()}}
    load_arrays(module, arrays)


def _inside(arrays: Arrays, start: str) -> Arrays:
    return {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}


def to_arrays(module: nn.Module) -> dict[str, npt.NDArray[np.float32]]:
    """Return every tensor of the network as float32 NumPy, by name."""
    return {name: tensor.detach().float().cpu().numpy() for name, tensor in module.state_dict().items()}


@torch.no_grad()
def round_vectors(module: Classifier) -> None:
    """Round the word vectors that were trained to half precision, in which a model folder holds them.

    They are most of a small network. What is measured afterwards is measured of the model as it will be read
    again.
    """
    if not isinstance(module.encoder, pretrained.Pretrained) and module.embedding.weight.requires_grad:
        limit = torch.finfo(torch.float16).max
        weight = module.embedding.weight
        weight.copy_(weight.clamp(-limit, limit).half())


def load_arrays(module: nn.Module, arrays: Arrays) -> None:
    """Put `arrays` into the network; names and shapes must be exactly its own."""
    own = module.state_dict()
    shapes = {name: tuple(tensor.shape) for name, tensor in own.items()}
    given = {name: array.shape for name, array in arrays.items()}
    if shapes != given:
        wrong = sorted(n for n in shapes.keys() | given.keys() if shapes.get(n) != given.get(n))
        raise ModelError(
            f"the model's tensors do not fit its configuration: {wrong[0]} has shape {given.get(wrong[0])}, "
            f"expected {shapes.get(wrong[0])}; the folder was changed by hand, take the original"
        )
    module.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in arrays.items()})


def _embedding(
    config: NetworkConfig, vocabulary_size: int, vectors: Vectors | None, *, pad: int | None
) -> nn.Embedding:
    embedding = nn.Embedding(vocabulary_size, config.embedding_size, padding_idx=pad)
    with torch.no_grad():
        embedding.weight.normal_(0.0, config.embedding_scale)
        if vectors is not None:
            embedding.weight[torch.from_numpy(vectors.found)] = torch.from_numpy(
                vectors.matrix[vectors.found]
            )
        if pad is not None:
            embedding.weight[pad] = 0.0
    return embedding


def _encoder(config: NetworkConfig, input_size: int) -> Encoder:
    if config.encoder not in ENCODERS:
        raise unknown_encoder(config.encoder)
    return ENCODERS[config.encoder](config, input_size)
