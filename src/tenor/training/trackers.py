"""Trackers: programs that show a run while it goes on, TensorBoard and MLflow.

history.csv is always written; a tracker is asked for by `training.track`. It only watches: with or without
it the same weights come out. What it needs lies in the run folder, unless the user named an MLflow server.
"""

import contextlib
import hashlib
import importlib.util
import json
import logging
import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from tenor.config.dotted import flat
from tenor.data.suggestion import suggestion
from tenor.errors import ConfigError, MissingExtraError
from tenor.files import atomic_file
from tenor.training.checkpoint import Row

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient
    from tensorboardX.record_writer import RecordWriter

Figures = Mapping[str, float]  # such as test/accuracy
_MLFLOW_MOST = 100  # parameters that MLflow takes at once
_MLFLOW_LENGTH = 500  # characters of a parameter that every version of it takes


class Tracker(Protocol):
    """Something that is told of a run as it goes on; it may raise whatever it likes."""

    def begin(self, values: Mapping[str, Any], folder: Path, history: Sequence[Row]) -> None:
        """A run with these nested settings begins in `folder`, or goes on after the epochs of `history`."""
        ...

    def epoch(self, row: Row) -> None:
        """An epoch is done."""
        ...

    def end(self, figures: Figures | None) -> None:
        """The run is finished and evaluated, or (None) it was stopped and may be resumed."""
        ...


class TensorBoard:
    """Event files in FOLDER/tensorboard; shown by: tensorboard --logdir FOLDER.

    Written at once and not by the library's thread, so that a full disk is met where it can be handled, and
    record by record, since the library's files have the name of the machine in theirs.
    """

    def __init__(self) -> None:
        self._writer: RecordWriter | None = None

    def begin(self, values: Mapping[str, Any], folder: Path, history: Sequence[Row]) -> None:
        """Open a new event file and write into it what there is so far; it replaces those before.

        They may lack epochs that were run without TensorBoard, hold one that was never saved, or the figures
        of the end already.
        """
        from tensorboardX.proto.event_pb2 import Event, SessionLog
        from tensorboardX.record_writer import RecordWriter
        from tensorboardX.summary import text

        path = folder / "tensorboard"
        path.mkdir(parents=True, exist_ok=True)
        self._writer = RecordWriter(str(path / f"events.out.tfevents.{time.time_ns()}"))
        self._write(Event(file_version="brain.Event:2"))
        # Whoever reads the files in turn drops what is there at every start but the first.
        self._write(Event(session_log=SessionLog(status=SessionLog.START), step=0))
        lines = (f"    {name}: {value}" for name, value in flat(values).items())
        self._write(Event(summary=text("settings", "\n".join(lines)), step=0))
        for row in history:
            self.epoch(row)
        self._flush()

    def epoch(self, row: Row) -> None:
        """Write the figures of an epoch."""
        self._scalars(_named(row), int(row["epoch"]))

    def end(self, figures: Figures | None) -> None:
        """Write the last figures and close the file."""
        if figures is not None:
            self._scalars(figures, 0)
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _scalars(self, figures: Figures, step: int) -> None:
        from tensorboardX.proto.event_pb2 import Event
        from tensorboardX.proto.summary_pb2 import Summary

        values = [Summary.Value(tag=name, simple_value=value) for name, value in figures.items()]
        self._write(Event(summary=Summary(value=values), step=step))
        self._flush()

    def _write(self, event: Any) -> None:
        assert self._writer is not None  # noqa: S101 - begin comes first
        event.wall_time = time.time()
        self._writer.write(event.SerializeToString())

    def _flush(self) -> None:
        assert self._writer is not None  # noqa: S101
        self._writer.flush()


class MLflow:
    """A run of MLflow: on the server MLFLOW_TRACKING_URI names, else in FOLDER/mlflow/mlflow.db (SQLite).

    Shown by: mlflow ui --backend-store-uri sqlite:///FOLDER/mlflow/mlflow.db. Nothing is sent anywhere but to
    that server; MLflow's own usage reports are switched off unless the user switched them on.
    """

    def __init__(self) -> None:
        self._client: MlflowClient | None = None
        self._run = ""
        self._done = 0  # epochs that are logged already

    def begin(self, values: Mapping[str, Any], folder: Path, history: Sequence[Row]) -> None:
        """Make a run, or find the one that this folder's run has had."""
        # Read when MLflow is first imported.
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        with _quiet():
            from mlflow.tracking import MlflowClient

            local = (folder / "mlflow").resolve()
            local.mkdir(parents=True, exist_ok=True)
            uri = os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{local / 'mlflow.db'}"
            self._client = client = MlflowClient(tracking_uri=uri, registry_uri=uri)
            note = local / "run.json"  # which run it is, for --resume
            stored = json.loads(note.read_text("utf-8")) if note.is_file() else {}
            server = _fingerprint(uri)
            if stored.get("server") == server:
                self._run = str(stored["run"])
                client.update_run(self._run, status="RUNNING")
                steps = client.get_metric_history(self._run, "train_loss")
                self._done = max((metric.step for metric in steps), default=0)
            else:
                self._run = self._new(client, values, folder, local)
                with atomic_file(note) as temporary:
                    temporary.write_text(json.dumps({"server": server, "run": self._run}), "utf-8")
        for row in history:
            self.epoch(row)

    def epoch(self, row: Row) -> None:
        """Log the figures of an epoch; one that a killed run had logged is the same again."""
        if row["epoch"] > self._done:
            self._log(_named(row), int(row["epoch"]))

    def end(self, figures: Figures | None) -> None:
        """Log the last figures; a stopped run is KILLED until it is resumed."""
        if self._client is not None:
            with _quiet():
                if figures is not None:  # those that a finished run has had are the same again
                    there = self._client.get_run(self._run).data.metrics
                    self._log({name: value for name, value in figures.items() if name not in there}, 0)
                self._client.set_terminated(self._run, "KILLED" if figures is None else "FINISHED")

    def _new(self, client: "MlflowClient", values: Mapping[str, Any], folder: Path, local: Path) -> str:
        from mlflow.entities import Param

        name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or "tenor"
        found = client.get_experiment_by_name(name)
        if found is not None:
            experiment = found.experiment_id
        else:
            # A server has a place for files of its own.
            place = None if os.environ.get("MLFLOW_TRACKING_URI") else (local / "artifacts").as_uri()
            experiment = client.create_experiment(name, artifact_location=place)
        run: str = client.create_run(experiment, run_name=folder.resolve().name).info.run_id
        params = [Param(key, str(value)[:_MLFLOW_LENGTH]) for key, value in flat(values).items()]
        for start in range(0, len(params), _MLFLOW_MOST):
            client.log_batch(run, params=params[start : start + _MLFLOW_MOST])
        return run

    def _log(self, figures: Figures, step: int) -> None:
        with _quiet():
            from mlflow.entities import Metric

            now = time.time_ns() // 1_000_000
            metrics = [Metric(name, value, now, step) for name, value in figures.items()]
            assert self._client is not None  # noqa: S101 - begin comes first
            self._client.log_batch(self._run, metrics=metrics)


TRACKERS: dict[str, Callable[[], Tracker]] = {"tensorboard": TensorBoard, "mlflow": MLflow}

# Tracker -> the libraries it needs; its extra has its name.
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "tensorboard": ("tensorboardX",),
    "mlflow": ("mlflow", "sqlalchemy", "alembic"),
}


def require(names: Sequence[str]) -> None:
    """Refuse an unknown tracker (`ConfigError`) and one whose library is missing (`MissingExtraError`)."""
    for name in names:
        if name not in TRACKERS:
            raise ConfigError(
                f"training.track names {name!r}; trackers are {', '.join(TRACKERS)}"
                + suggestion(name, TRACKERS)
            )
        for library in _NEEDS[name]:
            if importlib.util.find_spec(library) is None:
                raise MissingExtraError(library, name)


class Tracking:
    """The trackers of one run. One that fails is left out from then on, which is said once by `warn`."""

    def __init__(self, names: Sequence[str]) -> None:
        require(names)
        self._names = tuple(names)
        self._trackers: dict[str, Tracker] = {}
        self._warn: Callable[[str], None] = warnings.warn

    def begin(
        self,
        values: Mapping[str, Any],
        folder: Path,
        history: Sequence[Row],
        warn: Callable[[str], None],
    ) -> None:
        """Begin with every tracker; `warn` is told of failures, now and later."""
        self._warn = warn
        self._trackers = {name: TRACKERS[name]() for name in self._names}
        self._each(lambda tracker: tracker.begin(values, folder, history))

    def epoch(self, row: Row) -> None:
        """Hand on an epoch."""
        self._each(lambda tracker: tracker.epoch(row))

    def end(self, figures: Figures | None) -> None:
        """End what has begun; only the first call counts."""
        self._each(lambda tracker: tracker.end(figures))
        self._trackers = {}

    def _each(self, tell: Callable[[Tracker], None]) -> None:
        for name, tracker in list(self._trackers.items()):
            try:
                tell(tracker)
            except Exception as error:  # whatever it is, it must not stop training
                del self._trackers[name]
                reason = " ".join(f"{type(error).__name__}: {error}".split())
                self._warn(f"{name} failed and is not told anything more; training goes on ({reason})")


def _fingerprint(uri: str) -> str:
    """Return a SHA-256 that tells a server without naming it; who logs in there is no part of it."""
    parts = urlsplit(uri)
    server = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return hashlib.sha256(server.encode()).hexdigest()


def _named(row: Row) -> dict[str, float]:
    """Return the figures of an epoch by their names in history.csv, without its number."""
    return {name: value for name, value in row.items() if name != "epoch"}


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep a library's own notes and deprecation warnings off the screen; errors are still raised."""
    level = logging.root.manager.disable
    logging.disable(max(level, logging.INFO))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
