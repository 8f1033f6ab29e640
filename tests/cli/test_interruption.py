"""Ctrl-C, kill -9 and a full disk: what is kept is whole, and goes on as if it had never been stopped."""

import signal
import subprocess
import time
from pathlib import Path

import pytest
from shell import SMALL, start, tenor

EPOCHS = 60
LONG = [*SMALL, "--epochs", str(EPOCHS), "--set", "training.batch_size=2"]

# Python ignores SIGXFSZ, so a write past the limit fails as one to a full disk does.
SMALL_DISK = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))"


def wait_for(file: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not file.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.002)


def weights(run: Path) -> bytes:
    return (run / "model" / "weights.safetensors").read_bytes()


@pytest.fixture(scope="module")
def whole(reviews: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was never stopped."""
    run = tmp_path_factory.mktemp("whole") / "run"
    assert tenor("train", reviews, *LONG, "--out", run).status == 0
    return run


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)], ids=["ctrl-c", "kill"]
)
def test_a_stopped_run_goes_on_as_if_it_never_was(
    reviews: Path, whole: Path, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    run = tmp_path / "run"
    process = start("train", reviews, *LONG, "--out", run)
    wait_for(run / "checkpoint.safetensors", process)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == status
    assert out == ""
    assert "Traceback" not in err
    if number == signal.SIGINT:
        assert f"tenor train --out {run} --resume" in err.splitlines()[-1]
    assert not (run / "model").exists()
    resumed = tenor("train", "--out", run, "--resume")
    assert resumed.status == 0, resumed.err
    assert weights(run) == weights(whole)


def test_a_full_disk_is_said_and_leaves_no_half_of_a_file(reviews: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    # Enough for the configuration, too little for a checkpoint.
    process = start("train", reviews, *LONG, "--out", run, before=SMALL_DISK.format(limit=4096))
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert err.splitlines()[-1].startswith("error: no space left")
    assert "Traceback" not in err
    assert {file.name for file in run.iterdir()} <= {"config.yaml", "history.csv"}


def test_ctrl_c_while_predicting_leaves_no_file(trained: Path, tmp_path: Path) -> None:
    source, target = tmp_path / "many.csv", tmp_path / "predicted.csv"
    source.write_text("text\n" + "the film was great and the cast was awful\n" * 200_000)
    process = start("predict", trained, "--input", source, "--output", target)
    deadline = time.monotonic() + 60
    while len(list(tmp_path.iterdir())) == 1:  # until the temporary file is there
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "error: interrupted"
    assert list(tmp_path.iterdir()) == [source]


def test_a_disk_full_of_predictions(trained: Path, tmp_path: Path) -> None:
    source, target = tmp_path / "some.csv", tmp_path / "predicted.csv"
    source.write_text("text\n" + "the film was great\n" * 2000)
    arguments = ("predict", trained, "--input", source, "--output", target)
    process = start(*arguments, before=SMALL_DISK.format(limit=20_000))
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.splitlines()[-1].startswith("error: no space left")
    assert list(tmp_path.iterdir()) == [source]
