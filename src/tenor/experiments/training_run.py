"""One training in a run folder, whatever is trained: the folder, the checkpoint, the runtime, the trainer."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
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
from tenor.training.objectives import Objective
from tenor.training.reading import Reading, Validation
from tenor.training.runtime import Runtime, Step, resolve
from tenor.training.unfreezing import Unfreezing

_Rows = TypeVar("_Rows")


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


def train(
    module: nn.Module,
    objective: Objective[Any, Any],
    config: TrainingConfig,
    batches: Reading[_Rows],
    validation: Validation | None,
    *,
    folder: RunFolder | None,
    watcher: Warned,
    fingerprint: Callable[[], str],
    check: Callable[[], Step],
    unfreezing: Unfreezing | None = None,
) -> tuple[History, Runtime]:
    """Train from the beginning, or from the folder's checkpoint; the module then has its best weights.

    `fingerprint` is what a checkpoint must agree with, and is asked for where there is a folder. `check`
    makes the start-up check of the precision; a resumed run has its runtime already. torch's generator is
    seeded: whoever calls keeps the state it had.
    """
    saving, checkpoint = None, None
    if folder is not None:
        saving = Saving(folder.checkpoint, fingerprint())
        checkpoint = Checkpoint.load(saving.path, saving.fingerprint) if folder.resumes else None
    if checkpoint is not None:
        runtime = checkpoint.runtime
    else:
        runtime = resolve(config, check())
        torch.manual_seed(config.seed)
    if folder is not None:
        folder.begin()
    trainer = Trainer(
        module,
        objective,
        config,
        runtime,
        observer=watcher if folder is None else folder.recording(watcher),
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
