"""One training in a run folder, whatever is trained: the folder, the checkpoint, the runtime, the trainer."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from tenor.config.training import TrainingConfig
from tenor.errors import ConfigError, Interrupted
from tenor.experiments.run import RunConfig, RunFolder, decisive
from tenor.experiments.watching import Warned
from tenor.training.checkpoint import Checkpoint
from tenor.training.loop import History, Saving, Trainer
from tenor.training.objectives.objective import Objective
from tenor.training.reading import Reading, Validation
from tenor.training.runtime import Runtime, Step, resolve
from tenor.training.unfreezing import Unfreezing

_Rows = TypeVar("_Rows")


@dataclass(frozen=True)
class Keeping:
    """Where the training of a network keeps its checkpoint, and whether it goes on from the one there."""

    checkpoint: Path
    resumes: bool
    begin: Callable[[], None]  # is called once nothing stands in the way of training

    @classmethod
    def of(cls, folder: RunFolder | None) -> "Keeping | None":
        """Return what a run of one network keeps."""
        return None if folder is None else cls(folder.checkpoint, folder.resumes, folder.begin)


@contextmanager
def run_folder(
    out: Path | None, config: RunConfig, *, resume: bool, force: bool
) -> Iterator[RunFolder | None]:
    """Give the folder of a run while it goes on, None if it was not asked for.

    Raises:
        OutputError, ConfigError: as `RunFolder.open`; trackers without a folder to write to.
        Interrupted: the user pressed Ctrl-C within; its line says what is kept.
    """
    folder = None if out is None else RunFolder.open(out, config, resume=resume, force=force)
    if folder is None and config.training.track:
        raise ConfigError("training.track needs a run folder to write to; give one, or set training.track=[]")
    try:
        yield folder
    except KeyboardInterrupt:
        raise Interrupted(
            "interrupted; nothing was saved, since no --out was given" if folder is None else folder.kept()
        ) from None
    finally:
        if folder is not None:
            folder.tracking.end(None)  # of a run that stopped; one that finished has ended already


def recorded(folder: RunFolder | None, watcher: Warned) -> Warned:
    """Return a watcher that also writes down, where there is a folder, what it is told."""
    return watcher if folder is None else folder.recording(watcher)


def train(
    module: nn.Module,
    objective: Objective[Any, Any],
    config: TrainingConfig,
    batches: Reading[_Rows],
    validation: Validation | None,
    *,
    keeping: Keeping | None,
    observer: Warned,
    fingerprint: Callable[[], str],
    check: Callable[[], Step],
    starting: Callable[[Runtime], None] | None = None,
    runtime: Runtime | None = None,
    unfreezing: Unfreezing | None = None,
) -> tuple[History, Runtime]:
    """Train from the beginning, or from a checkpoint; the module then has its best weights.

    `fingerprint` is what a checkpoint must agree with, and is asked for where one is kept. `check` makes the
    start-up check of the precision; a resumed run has its runtime already, and so may whoever calls.
    `starting` is told the runtime of a training that begins anew. torch's generator is seeded: whoever calls
    keeps the state it had.
    """
    saving, checkpoint = None, None
    if keeping is not None:
        saving = Saving(keeping.checkpoint, fingerprint())
        if keeping.resumes and saving.path.is_file():
            checkpoint = Checkpoint.load(saving.path, saving.fingerprint)
    if checkpoint is not None:
        runtime = checkpoint.runtime
    else:
        runtime = runtime or resolve(config, check())
        if starting is not None:
            starting(runtime)
        torch.manual_seed(config.seed)
    if keeping is not None:
        keeping.begin()
    trainer = Trainer(
        module,
        objective,
        config,
        runtime,
        observer=observer,
        saving=saving,
        unfreezing=unfreezing,
    )
    if checkpoint is not None:
        trainer.restore(checkpoint)
    return trainer.fit(batches, validation), runtime


def fingerprint(
    config: RunConfig, arrays: Iterable[npt.NDArray[Any]], files: Mapping[str, str] | None = None
) -> str:
    """Return the SHA-256 of what a checkpoint must agree with to be resumed.

    That is the configuration, the content of the `files` it names (as `files_of` has it), and what is read.
    """
    digest = hashlib.sha256(json.dumps(decisive(config), sort_keys=True).encode())
    for name, content in (files or {}).items():
        digest.update(f"{name} {content}".encode())
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
