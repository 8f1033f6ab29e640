"""A whole classification experiment: one section a concern."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from typing_extensions import Doc

from tenor.config.data import DataConfig
from tenor.config.distillation import DistillationConfig
from tenor.config.ensemble import EnsembleConfig
from tenor.config.evaluation import EvaluationConfig
from tenor.config.network import NetworkConfig
from tenor.config.text import TextConfig
from tenor.config.training import TrainingConfig
from tenor.config.transfer import TransferConfig
from tenor.config.unlabelled import UnlabelledConfig


@dataclass(frozen=True)
class ClassificationConfig:
    """What `tenor train` runs; recipes are YAML files of this shape."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    description: Annotated[str, Doc("what this configuration is and where it comes from")] = ""
    data: Annotated[DataConfig, Doc("source, columns, splits")] = field(default_factory=DataConfig)
    text: Annotated[TextConfig, Doc("tokenizer, vocabulary, truncation")] = field(default_factory=TextConfig)
    network: Annotated[NetworkConfig, Doc("embedding, encoder, pooling, head")] = field(
        default_factory=NetworkConfig
    )
    ensemble: Annotated[EnsembleConfig, Doc("several networks, and n-grams beside them")] = field(
        default_factory=EnsembleConfig
    )
    transfer: Annotated[TransferConfig, Doc("what training starts from, and how that is unfrozen")] = field(
        default_factory=TransferConfig
    )
    unlabelled: Annotated[UnlabelledConfig, Doc("texts without labels, and what is learned from them")] = (
        field(default_factory=UnlabelledConfig)
    )
    distillation: Annotated[
        DistillationConfig, Doc("a teacher whose probabilities are learned, and how much of them")
    ] = field(default_factory=DistillationConfig)
    training: Annotated[TrainingConfig, Doc("batches, optimizer, schedule, device")] = field(
        default_factory=TrainingConfig
    )
    evaluation: Annotated[EvaluationConfig, Doc("intervals")] = field(default_factory=EvaluationConfig)
