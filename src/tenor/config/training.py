"""How the network is trained, and on what."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Gt, Le, Lt
from typing_extensions import Doc

DeviceName = Literal["auto", "cpu", "cuda", "mps"]
PrecisionName = Literal["auto", "float32", "bfloat16"]


@dataclass(frozen=True)
class TrainingConfig:
    """Batches, optimizer, schedule, stopping, device."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    epochs: Annotated[int, Ge(1), Doc("passes over the training data, at most")] = 10
    minutes: Annotated[
        float | None,
        Gt(0),
        Doc("training ends after so many minutes, and the rate falls by then; null: no limit"),
    ] = None
    batch_size: Annotated[int, Ge(1), Doc("texts a step")] = 32
    optimizer: Annotated[
        Literal["adamw", "adam"], Doc("Kingma & Ba 2015; with decoupled decay Loshchilov & Hutter 2019")
    ] = "adamw"
    learning_rate: Annotated[float, Gt(0), Doc("highest rate of the schedule")] = 4e-3
    embedding_rate: Annotated[
        float, Ge(0), Doc("learning rate of the word vectors, as a factor of learning_rate")
    ] = 1.0
    weight_decay: Annotated[float, Ge(0), Doc("decay of weight matrices, not of biases")] = 0.01
    gradient_clip: Annotated[
        float | None, Gt(0), Doc("largest gradient norm (Pascanu et al. 2013); null: no clipping")
    ] = 1.0
    warmup: Annotated[float, Ge(0), Lt(1), Doc("share of all steps in which the rate rises from 0")] = 0.05
    decay: Annotated[Literal["none", "linear", "cosine"], Doc("how the rate falls after warm-up")] = "linear"
    class_weights: Annotated[
        Literal["off", "balanced"] | tuple[float, ...],
        Doc("weight of each class in the loss: off, balanced (inverse frequency) or one number a class"),
    ] = "off"
    monitor: Annotated[Literal["loss", "accuracy"], Doc("validation figure that chooses the best epoch")] = (
        "loss"
    )
    patience: Annotated[
        int | None, Ge(1), Doc("epochs without a better validation figure before stopping; null: never stop")
    ] = 3
    average: Annotated[
        float | None,
        Ge(0),
        Lt(1),
        Doc(
            "decay of the moving average of the weights, such as 0.999, which is then validated and kept; "
            "null: the weights themselves are"
        ),
    ] = None
    seed: Annotated[int, Ge(0), Doc("seed of weights, order and dropout")] = 0
    device: Annotated[DeviceName, Doc("auto: cuda, then mps, then cpu")] = "auto"
    precision: Annotated[
        PrecisionName, Doc("auto: bfloat16 where a self-check shows it right and faster, else float32")
    ] = "auto"
    threads: Annotated[int | None, Ge(1), Doc("CPU threads; null: all cores this process may use")] = None
    checkpoint_minutes: Annotated[
        float, Ge(0), Le(1440), Doc("longest time between checkpoints inside an epoch")
    ] = 5.0
    track: Annotated[
        tuple[str, ...],
        Doc("programs told of every epoch beside history.csv: tensorboard, mlflow; they need a run folder"),
    ] = ()
