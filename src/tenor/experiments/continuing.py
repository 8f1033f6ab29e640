"""`continue_training`: a classifier goes on with more labelled data, and is compared with what it was."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tenor.config.classification import ClassificationConfig
from tenor.config.distillation import DistillationConfig
from tenor.config.training import TrainingConfig
from tenor.config.transfer import TransferConfig
from tenor.data.example import Example
from tenor.data.load import load
from tenor.errors import ConfigError, DataError, OutputError
from tenor.evaluation.side_by_side import SideBySide
from tenor.experiments import scoring
from tenor.experiments.classification import Fitted, train
from tenor.experiments.old_data import OldData, trained_on
from tenor.experiments.run import Run
from tenor.experiments.settling import settled
from tenor.experiments.watching import SilentWatcher, Watcher
from tenor.inference.predictor import Predictor
from tenor.inference.predictor import load as load_predictor
from tenor.model import Model

CONTINUED = "continued"  # of report.json
OLD, NEW = "old", "new"  # test texts of the old data, of the new
_ROOM = 10  # a vocabulary that is full grows by one part in so many


@dataclass(frozen=True)
class Continued:
    """A finished run that went on from a classifier, and both models on the same test texts."""

    run: Run
    sides: Mapping[str, SideBySide]  # by `OLD` and `NEW`, where there are such texts
    missing: str | None  # why the old data is not at hand

    def to_json(self) -> dict[str, object]:
        """Return what report.json holds of it."""
        return _described(self.run.config, self.sides, self.missing)


def starting(path: str) -> ClassificationConfig:
    """Return the configuration that going on from the classifier in `path` begins with.

    It is the model's own, with new words, all layers trained at once, and none of the settings that belong to
    a machine or to other files of the old data.

    Raises:
        ModelError: there is no classifier.
    """
    from tenor.training.source import Source

    Source.read(path).settings(head=True)  # refuses what has no head to go on with
    model = Model.load(Path(path).expanduser())
    config = model.config
    size = len(model.pipeline.vocabulary)
    usual = TrainingConfig()
    full = config.text.max_size is not None and config.text.max_size <= size
    return replace(
        config,
        description="",
        data=replace(config.data, validation=None, test=None),
        text=replace(
            config.text,
            pretrained=None,
            vectors=None,
            max_size=size + size // _ROOM + 1 if full else config.text.max_size,
        ),
        unlabelled=replace(config.unlabelled, sources=()),
        distillation=DistillationConfig(),
        transfer=TransferConfig(source=path, head=True, extend_vocabulary=True, unfreeze=0.0, factor=1.0),
        training=replace(config.training, track=usual.track, device=usual.device, threads=usual.threads),
    )


def continue_training(
    config: ClassificationConfig,
    *,
    out: Path | None = None,
    resume: bool = False,
    force: bool = False,
    watcher: Watcher | None = None,
) -> Continued:
    """Train the classifier of `config.transfer.source` on with `config.data`; the old one is left as it is.

    Old training texts are replayed by `config.transfer.replay` where they are at hand; else the watcher is
    warned. Arguments and errors are those of `train`.

    Raises:
        ConfigError: nothing says what to go on from.
        DataError: as `load`; labels that are no classes of the model.
        ModelError: the model cannot be gone on with.
        OutputError: as `train`; `out` is where the old model is.
    """
    if config.transfer.source is None or not config.transfer.head:
        raise ConfigError("there is no model to go on from; name one (--continue MODEL)")
    watcher = watcher or SilentWatcher()
    place = Path(config.transfer.source).expanduser()
    _refuse_place(out, place)
    config = settled(config)
    before = load_predictor(place)
    if config.data.source == before.model.config.data.source:
        raise DataError(
            f"{config.data.source} is what the model was trained on; give the rows that are new in a file of "
            "their own, or train anew on all of it"
        )
    new = load(config.data, trained_on(before.model))
    dataset, tests, missing = new, {NEW: new.split("test")}, None
    try:
        past = OldData.of(before.model)
    except DataError as error:
        missing = str(error)
        watcher.warning(_not_at_hand(missing))
        config = replace(config, transfer=replace(config.transfer, replay=0.0))
    else:
        dataset = past.joined(new, config.transfer.replay, config.training.seed)
        tests = {NEW: past.apart(new)[0]["test"], OLD: past.dataset.split("test")}
    sides: dict[str, SideBySide] = {}

    def beside(fitted: Fitted) -> Mapping[str, object]:
        sides.update(_compared(before, fitted.predictor, tests, config))
        return {CONTINUED: _described(config, sides, missing)}

    run = train(config, out=out, dataset=dataset, resume=resume, force=force, watcher=watcher, beside=beside)
    return Continued(run, sides, missing)


def _compared(
    before: Predictor,
    after: Predictor,
    tests: Mapping[str, tuple[Example, ...]],
    config: ClassificationConfig,
) -> dict[str, SideBySide]:
    found = {}
    for name, examples in tests.items():
        if not examples:
            continue
        sides = []
        for predictor in (before, after):
            scored = scoring.predict(predictor, examples)
            evaluation = scoring.score(scored, examples, predictor.model, config.evaluation)
            sides.append((scored, evaluation))
        (old, old_figures), (new, new_figures) = sides
        found[name] = SideBySide.of(
            old.labels,
            (old.probabilities, old_figures),
            (new.probabilities, new_figures),
            resamples=config.evaluation.resamples,
            seed=config.evaluation.seed,
        )
    return found


def _described(
    config: ClassificationConfig, sides: Mapping[str, SideBySide], missing: str | None
) -> dict[str, object]:
    return {
        "from": config.transfer.source,
        "digest": config.transfer.digest,
        "replay": config.transfer.replay,
        "missing": missing,
        "sides": {name: side.to_json() for name, side in sides.items()},
    }


def _not_at_hand(reason: str) -> str:
    return (
        f"the data that the model was trained on is not at hand ({reason}): none of it is trained on again, "
        "so the model may forget it, which cannot be seen here; and its texts may stand in the new test split"
    )


def _refuse_place(out: Path | None, model: Path) -> None:
    """The old model stays: nothing may be written into its folder, or in place of one that holds it."""
    if out is None:
        return
    new, old = out.expanduser().resolve(), model.resolve()
    if new == old or new in old.parents or old in new.parents:
        raise OutputError(f"{out} is where the old model is, which stays as it is; name another folder")
