"""`Trainer`: epochs of steps, validation, the best epoch, early stopping, checkpoints."""

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from tenor.config.training import TrainingConfig
from tenor.errors import TrainingError
from tenor.nn.classifier import Classifier
from tenor.nn.forward import autocast, forward
from tenor.text.tokens import Tokens
from tenor.training import optimizers
from tenor.training.averaging import Average
from tenor.training.checkpoint import (
    Checkpoint,
    Progress,
    Row,
    load_optimizer,
    optimizer_tensors,
    random_state,
    set_random_state,
)
from tenor.training.objectives.objective import Carrying, Objective
from tenor.training.reading import Reading, Validation
from tenor.training.runtime import Runtime, applied, flush_denormals, flushes_denormals
from tenor.training.unfreezing import Unfreezing

_Rows = TypeVar("_Rows")


class Observer(Protocol):
    """Whoever watches a training run: a progress bar, a log, nobody."""

    def start(self, *, epochs: int, texts: int, runtime: Runtime, history: Sequence[Row]) -> None:
        """Training starts: so many epochs of so many texts; a resumed run has a history already."""
        ...

    def step(self, progress: Progress) -> None:
        """An optimizer step is done; `progress` holds the sums of its epoch."""
        ...

    def epoch(self, row: Row, *, best: bool) -> None:
        """An epoch is done; `best` if it is the best so far."""
        ...


class Silent:
    """An observer that watches nothing."""

    def start(self, *, epochs: int, texts: int, runtime: Runtime, history: Sequence[Row]) -> None:
        """Ignore."""

    def step(self, progress: Progress) -> None:
        """Ignore."""

    def epoch(self, row: Row, *, best: bool) -> None:
        """Ignore."""


@dataclass(frozen=True)
class Labelled:
    """Texts as ids with their class indices."""

    tokens: Tokens
    targets: npt.NDArray[np.int64]  # (N,)

    def figures(self, module: Classifier, device: torch.device) -> dict[str, float]:
        """Return loss and accuracy."""
        logits = torch.from_numpy(forward(module, self.tokens, device=device))
        targets = torch.from_numpy(self.targets)
        loss = nn.functional.cross_entropy(logits.double(), targets)
        return {"loss": float(loss), "accuracy": float((logits.argmax(-1) == targets).double().mean())}


@dataclass(frozen=True)
class History:
    """One row of figures an epoch, and which epoch (from 1) gave the weights that were kept."""

    rows: tuple[Row, ...]
    best_epoch: int


@dataclass(frozen=True)
class Saving:
    """Where a run keeps its checkpoint, and which run it is."""

    path: Path
    fingerprint: str


# Of the tensors in a checkpoint.
_GROUPS = ("module", "average", "best", "optimizer", "random", "carried")


class Trainer:
    """Trains a network; afterwards the module holds the weights of its best epoch.

    With `training.average` these are averaged weights, which validation is done with as well. Resumed from a
    checkpoint, the run is bit for bit the one that was never stopped: the state covers weights and their
    average, optimizer, generators, what the objective carries from batch to batch, the place in the epoch and
    its sums; order and rate follow from those.
    """

    def __init__(
        self,
        module: nn.Module,
        objective: Objective[Any, Any],
        config: TrainingConfig,
        runtime: Runtime,
        *,
        observer: Observer | None = None,
        saving: Saving | None = None,
        unfreezing: Unfreezing | None = None,
    ) -> None:
        self._config = config
        self._runtime = runtime
        self._device = runtime.torch_device
        self._module = module.to(self._device)
        self._objective = objective
        self._unfreezing = unfreezing or Unfreezing()
        self._optimizer = optimizers.build(module, config, self._unfreezing)
        self._observer = observer or Silent()
        self._saving = saving
        self._average = None if config.average is None else Average.of(self._module, config.average)
        self._best: dict[str, Tensor] = {}
        self._progress = Progress()

    def restore(self, checkpoint: Checkpoint) -> None:
        """Take up a run where `checkpoint` left it."""
        groups: dict[str, dict[str, Tensor]] = {name: {} for name in _GROUPS}
        for name, tensor in checkpoint.tensors.items():
            group, _, rest = name.partition("/")
            groups[group][rest] = tensor
        self._module.load_state_dict(groups["module"])
        if self._average is not None:
            self._average.restore(groups["average"])
        load_optimizer(self._optimizer, groups["optimizer"])
        self._best = groups["best"]
        self._progress = checkpoint.progress
        set_random_state(groups["random"], self._device)
        if isinstance(self._objective, Carrying):
            self._objective.carry({name: part.to(self._device) for name, part in groups["carried"].items()})

    def fit(self, train: Reading[_Rows], validation: Validation | None) -> History:
        """Train to the end or until validation stops getting better."""
        with applied(self._runtime):
            return self._fit(train, validation)

    def _fit(self, train: Reading[_Rows], validation: Validation | None) -> History:
        config, progress = self._config, self._progress
        self._observer.start(
            epochs=config.epochs,
            texts=train.total,
            runtime=self._runtime,
            history=progress.history,
        )
        while not progress.finished:
            self._epoch(train)
            # Time may have run out within the epoch.
            read = progress.texts / train.total
            with self._averaged():
                row = self._figures(
                    validation, texts=read * len(train.tokens), tokens=round(read * len(train.tokens.ids))
                )
                progress.epoch += 1
                progress.batch, progress.loss, progress.correct, progress.texts = 0, 0.0, 0, 0
                progress.seconds = 0.0
                progress.history.append(row)
                best = self._keep_best(row)
            waited = progress.epoch - progress.best_epoch
            stopped = config.patience is not None and validation is not None and waited >= config.patience
            progress.finished = stopped or progress.epoch >= config.epochs or self._time_share() >= 1
            self._observer.epoch(row, best=best)
            self._save()
        self._module.load_state_dict(self._best)
        self._unfreezing.apply(self._module, epochs=math.inf)
        self._module.eval()
        return History(tuple(progress.history), progress.best_epoch)

    def _epoch(self, train: Reading[_Rows]) -> None:
        """Run the rest of the epoch under way, of which a resumed run may have done every step."""
        config, progress = self._config, self._progress
        total = config.epochs * len(train)
        saved = time.monotonic()
        if not flushes_denormals():  # whoever else runs in this process may have cleared the flag
            flush_denormals(True, self._runtime.threads)
        self._module.train()
        for rows in train.order(progress.epoch)[progress.batch :]:
            time_share = self._time_share()
            if time_share >= 1:
                if train.whole_epochs:
                    self._refuse_less_than_an_epoch(train.total)
                break
            start = time.perf_counter()
            step_number = max(progress.step, time_share * total)  # whichever is nearer to its end
            progress.rate = optimizers.set_rate(self._optimizer, config, step=step_number, total=total)
            # By steps alone: how much of a time limit is used up must not decide what was trained.
            self._unfreezing.apply(self._module, epochs=progress.step / len(train))
            batch = train.batch(rows).to(self._device)
            with autocast(self._device, self._runtime.dtype):
                step = self._objective(self._module, batch)
            loss = step.loss.item()
            if not math.isfinite(loss):
                raise TrainingError(
                    f"the loss became {loss} in epoch {progress.epoch + 1}, step {progress.step + 1}; "
                    "lower training.learning_rate or training.gradient_clip"
                )
            self._optimizer.zero_grad(set_to_none=True)
            step.loss.backward()  # type: ignore[no-untyped-call]
            if config.gradient_clip is not None:
                nn.utils.clip_grad_norm_(self._module.parameters(), config.gradient_clip)
            self._optimizer.step()
            progress.step += 1
            if self._average is not None:
                self._average.update(self._module, progress.step)
            progress.batch += 1
            progress.loss += loss * len(batch)
            progress.correct += 0 if step.correct is None else int(step.correct)
            progress.texts += len(batch)
            progress.seconds += time.perf_counter() - start
            self._observer.step(progress)
            if time.monotonic() - saved > 60 * config.checkpoint_minutes:
                self._save()
                saved = time.monotonic()

    def _averaged(self) -> AbstractContextManager[None]:
        """Return a context in which the network has the weights that are to be kept."""
        return nullcontext() if self._average is None else self._average.in_place(self._module)

    def _time_share(self) -> float:
        """Share of the time given that is used up; 0 without a limit."""
        progress, minutes = self._progress, self._config.minutes
        seconds = sum(row["seconds"] for row in progress.history) + progress.seconds
        return 0.0 if minutes is None else seconds / (60 * minutes)

    def _refuse_less_than_an_epoch(self, texts: int) -> None:
        progress, minutes = self._progress, self._config.minutes
        if progress.epoch == 0 and minutes is not None:
            needed = minutes * texts / max(progress.texts, 1)
            raise TrainingError(
                f"the {60 * minutes:.3g} s of training given ended after {progress.texts / texts:.0%} of the "
                f"first epoch; give {60 * needed * 1.2:.2g} s or more, or fewer texts"
            )

    def _figures(self, validation: Validation | None, *, texts: float, tokens: int) -> Row:
        progress = self._progress
        row: Row = {"epoch": progress.epoch + 1, "train_loss": progress.loss / progress.texts}
        if self._objective.counts_correct:
            row["train_accuracy"] = progress.correct / progress.texts
        if validation is not None:
            found = validation.figures(self._module, self._device)
            row |= {f"validation_{name}": figure for name, figure in found.items()}
        row["learning_rate"] = progress.rate
        row["seconds"] = progress.seconds
        row["texts_per_second"] = texts / max(progress.seconds, 1e-9)
        row["tokens_per_second"] = tokens / max(progress.seconds, 1e-9)
        return row

    def _keep_best(self, row: Row) -> bool:
        """Remember this epoch's weights if it is the best; without validation the last epoch is."""
        progress = self._progress
        # Without validation the number of epochs stands in: later is better.
        sign = 1.0 if self._config.monitor == "accuracy" else -1.0
        figure = sign * row.get(f"validation_{self._config.monitor}", sign * progress.epoch)
        if progress.best_figure is not None and figure <= progress.best_figure:
            return False
        progress.best_figure, progress.best_epoch = figure, progress.epoch
        self._best = {name: tensor.detach().clone() for name, tensor in self._module.state_dict().items()}
        return True

    def _save(self) -> None:
        if self._saving is None:
            return
        Checkpoint(self._progress, self._runtime, self._saving.fingerprint, dict(self._tensors())).save(
            self._saving.path
        )

    def _tensors(self) -> Iterator[tuple[str, Tensor]]:
        groups = {
            "module": self._module.state_dict(),
            "average": {} if self._average is None else self._average.weights,
            "best": self._best,
            "optimizer": optimizer_tensors(self._optimizer),
            "random": random_state(self._device),
            "carried": self._objective.carried() if isinstance(self._objective, Carrying) else {},
        }
        for group, tensors in groups.items():
            for name, tensor in tensors.items():
                yield f"{group}/{name}", tensor
