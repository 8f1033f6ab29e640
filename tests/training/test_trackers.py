"""Trackers watch a run: they see every epoch once, change no bit of it and cannot stop it."""

import os
import re
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import toy

from tenor.config.classification import ClassificationConfig
from tenor.errors import ConfigError, Interrupted, MissingExtraError
from tenor.experiments.classification import train
from tenor.experiments.run import stored_config
from tenor.experiments.watching import SilentWatcher
from tenor.training import trackers
from tenor.training.checkpoint import Progress, Row
from tenor.training.trackers import TRACKERS, Tracker, Tracking

EPOCHS = 3


def config(*track: str, **training: object) -> ClassificationConfig:
    values = {"epochs": EPOCHS, "checkpoint_minutes": 0.0, **training}
    return toy.config(training={**values, "track": list(track)})


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MLFLOW_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nobody tracks."""
    out = tmp_path_factory.mktemp("plain") / "run"
    train(config(), dataset=toy.dataset(), out=out)
    return out


class StopsAt(SilentWatcher):
    """Presses Ctrl-C after so many steps, and keeps what it is warned of."""

    def __init__(self, step: int = -1) -> None:
        self.left = step
        self.warnings: list[str] = []

    def step(self, progress: Progress) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt

    def warning(self, text: str) -> None:
        self.warnings.append(text)


class Seen:
    """A tracker that notes what it is told, and fails where it is asked to."""

    def __init__(self, fails: str = "") -> None:
        self.fails = fails
        self.told: list[tuple[str, Any]] = []

    def begin(self, values: Mapping[str, Any], folder: Path, history: Sequence[Row]) -> None:
        self._note("begin", len(history))

    def epoch(self, row: Row) -> None:
        self._note("epoch", row["epoch"])

    def end(self, figures: Mapping[str, float] | None) -> None:
        self._note("end", figures)

    def _note(self, what: str, value: Any) -> None:
        self.told.append((what, value))
        if what == self.fails:
            raise OSError("the disk\nis full")


def weights(run: Path) -> bytes:
    return (run / "model" / "weights.safetensors").read_bytes()


def scalars(run: Path) -> dict[str, dict[int, float]]:
    """Read event files as TensorBoard does: tag -> step -> value.

    A start at a step drops what is there from it on, but for the first start.
    """
    from tensorboardX.proto.event_pb2 import Event

    found: dict[str, dict[int, float]] = {}
    starts = 0
    for file in sorted((run / "tensorboard").iterdir(), key=lambda file: int(file.name.rpartition(".")[2])):
        data = file.read_bytes()
        while data:
            (length,) = struct.unpack("<Q", data[:8])
            event = Event.FromString(data[12 : 12 + length])
            data = data[16 + length :]
            starts += event.HasField("session_log")
            if event.HasField("session_log") and starts > 1:
                for steps in found.values():
                    for step in [step for step in steps if step >= event.step]:
                        del steps[step]
            for value in event.summary.value:
                if value.HasField("simple_value"):
                    assert event.step not in found.setdefault(value.tag, {})
                    found[value.tag][event.step] = value.simple_value
    return found


def logged(run: Path) -> tuple[list[str], dict[str, dict[int, float]]]:
    """Return the status of every run in the local MLflow store, and its metrics by name and step."""
    with sqlite3.connect(run / "mlflow" / "mlflow.db") as database:
        statuses = [status for (status,) in database.execute("select status from runs")]
        rows = database.execute("select key, step, value from metrics").fetchall()
    database.close()
    found: dict[str, dict[int, float]] = {}
    for name, step, value in rows:
        assert step not in found.setdefault(name, {})
        found[name][step] = value
    return statuses, found


READERS = {"tensorboard": scalars, "mlflow": lambda run: logged(run)[1]}


def test_every_tracker_has_a_reader_here() -> None:
    assert READERS.keys() == TRACKERS.keys()


@pytest.mark.parametrize("name", TRACKERS)
def test_the_same_weights_come_out_and_every_epoch_is_seen(tmp_path: Path, plain: Path, name: str) -> None:
    out = tmp_path / "run"
    run = train(config(name), dataset=toy.dataset(), out=out)
    assert weights(out) == weights(plain)
    seen = READERS[name](out)
    for row in run.history.rows:
        for figure, value in row.items():
            if figure != "epoch":
                assert seen[figure][int(row["epoch"])] == pytest.approx(value)
    assert set(seen["train_loss"]) == {1, 2, 3}
    accuracy = run.evaluations["test"].metrics["accuracy"]
    assert accuracy is not None
    assert seen["test/accuracy"] == {0: pytest.approx(accuracy.value)}


@pytest.mark.parametrize("name", TRACKERS)
@pytest.mark.parametrize("first", [True, False], ids=["from the start", "from the middle"])
def test_a_resumed_run_is_one_run(tmp_path: Path, plain: Path, name: str, first: bool) -> None:
    out = tmp_path / "run"
    with pytest.raises(Interrupted):
        train(config(*[name] * first), dataset=toy.dataset(), out=out, watcher=StopsAt(12))
    if name == "mlflow" and first:
        assert logged(out)[0] == ["KILLED"]
    run = train(config(name), dataset=toy.dataset(), out=out, resume=True)
    assert weights(out) == weights(plain)
    assert stored_config(out).training.track == (name,)
    seen = READERS[name](out)
    losses = [row["validation_loss"] for row in run.history.rows]
    assert [seen["validation_loss"][epoch] for epoch in (1, 2, 3)] == pytest.approx(losses)
    if name == "mlflow":
        assert logged(out)[0] == ["FINISHED"]


@pytest.mark.parametrize("name", TRACKERS)
def test_epochs_without_the_tracker_are_told_later_and_nothing_twice(tmp_path: Path, name: str) -> None:
    out, data = tmp_path / "run", toy.dataset()
    with pytest.raises(Interrupted):
        train(config(name), dataset=data, out=out, watcher=StopsAt(12))
    with pytest.raises(Interrupted):
        train(config(), dataset=data, out=out, resume=True, watcher=StopsAt(8))
    run = train(config(name), dataset=data, out=out, resume=True)
    losses = {int(row["epoch"]): pytest.approx(row["validation_loss"]) for row in run.history.rows}
    assert set(losses) == {1, 2, 3}
    before = READERS[name](out)
    assert before["validation_loss"] == losses
    train(config(name), dataset=data, out=out, resume=True)  # a finished run
    assert READERS[name](out) == before  # the readers refuse a figure that is there twice


def test_event_files_name_no_machine(tmp_path: Path) -> None:
    train(config("tensorboard", epochs=1), dataset=toy.dataset(), out=tmp_path / "run")
    (file,) = (tmp_path / "run" / "tensorboard").iterdir()
    assert re.fullmatch(r"events\.out\.tfevents\.\d+", file.name)


def test_the_address_of_a_server_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may hold a password; the run is found again all the same."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/password.db")
    for epoch in (1.0, 2.0):
        tracking = Tracking(["mlflow"])
        tracking.begin({}, tmp_path / "run", [], pytest.fail)
        tracking.epoch({"epoch": epoch, "train_loss": 0.5})
        tracking.end(None)
    kept = [file.read_text() for file in (tmp_path / "run").rglob("*") if file.is_file()]
    assert len(kept) == 1
    assert "password" not in kept[0]
    with sqlite3.connect(tmp_path / "password.db") as database:
        assert len(database.execute("select * from runs").fetchall()) == 1
    database.close()


def test_a_changed_login_is_the_same_server() -> None:
    one, other = (trackers._fingerprint(f"https://me:{word}@example.org/a") for word in ("old", "new"))
    assert one == other
    assert one != trackers._fingerprint("https://me:old@example.org/b")


def test_an_epoch_that_is_run_again_is_there_once(tmp_path: Path) -> None:
    """Killed after the trackers were told and before the checkpoint was written."""
    row = {"epoch": 1.0, "train_loss": 0.5}
    for name, read in READERS.items():
        for _ in range(2):
            tracking = Tracking([name])
            tracking.begin({}, tmp_path, [], pytest.fail)
            tracking.epoch(row)
            tracking.end(None)
        assert read(tmp_path)["train_loss"] == {1: 0.5}


def test_a_run_can_be_resumed_without_its_tracker(tmp_path: Path, plain: Path) -> None:
    out = tmp_path / "run"
    with pytest.raises(Interrupted):
        train(config("tensorboard"), dataset=toy.dataset(), out=out, watcher=StopsAt(12))
    train(config(), dataset=toy.dataset(), out=out, resume=True)
    assert weights(out) == weights(plain)


@pytest.mark.parametrize("fails", ["begin", "epoch", "end"])
def test_a_failing_tracker_warns_once_and_training_goes_on(
    tmp_path: Path, plain: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    failing, other = Seen(fails), Seen()
    chosen: dict[str, Tracker] = {"tensorboard": failing, "mlflow": other}
    for name, tracker in chosen.items():
        monkeypatch.setitem(TRACKERS, name, lambda tracker=tracker: tracker)
    watcher = StopsAt()
    train(config(*chosen), dataset=toy.dataset(), out=tmp_path / "run", watcher=watcher)
    assert weights(tmp_path / "run") == weights(plain)
    (warning,) = watcher.warnings
    assert "tensorboard failed" in warning
    assert "OSError: the disk is full" in warning
    assert [what for what, _ in failing.told].count(fails) == 1
    assert [what for what, _ in other.told] == ["begin", *["epoch"] * EPOCHS, "end"]
    assert other.told[-1][1]["test/accuracy"] >= 0


def test_a_stopped_run_is_said_to_be_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tracker = Seen()
    monkeypatch.setitem(TRACKERS, "mlflow", lambda: tracker)
    with pytest.raises(Interrupted):
        train(config("mlflow"), dataset=toy.dataset(), out=tmp_path / "run", watcher=StopsAt(12))
    assert tracker.told == [("begin", 0), ("epoch", 1), ("end", None)]


def test_an_unknown_tracker_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"tensorbord.*did you mean 'tensorboard'"):
        train(config("tensorbord"), dataset=toy.dataset(), out=tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", TRACKERS)
def test_a_missing_library_names_its_extra_before_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(trackers.importlib.util, "find_spec", lambda library: None)
    with pytest.raises(MissingExtraError, match=rf"tenor\[{name}\]"):
        train(config(name), dataset=toy.dataset(), out=tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_tracking_needs_a_folder() -> None:
    with pytest.raises(ConfigError, match=r"training\.track needs a run folder"):
        train(config("tensorboard"), dataset=toy.dataset())


def test_mlflow_reports_nothing_and_opens_no_connection(tmp_path: Path) -> None:
    """In a process of its own: MLflow decides once, when it is first imported."""
    code = f"""
import socket
def refused(*arguments):
    raise SystemExit("a connection was opened")
socket.socket.connect = refused
socket.getaddrinfo = refused
from pathlib import Path
from tenor.training.trackers import Tracking
tracking = Tracking(["mlflow"])
tracking.begin({{}}, Path({str(tmp_path)!r}), [], lambda text: exit(text))
tracking.epoch({{"epoch": 1.0, "train_loss": 0.5}})
tracking.end({{}})
from mlflow.telemetry import get_telemetry_client
assert get_telemetry_client() is None
"""
    marks = {"PYTEST_CURRENT_TEST", "CI", "GITHUB_ACTIONS", "DO_NOT_TRACK"}  # MLflow is silent where they are
    kept = {name: value for name, value in os.environ.items() if name not in marks}
    ended = subprocess.run(
        [sys.executable, "-c", code], env=kept, capture_output=True, text=True, check=False, timeout=60
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
