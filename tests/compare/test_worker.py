"""A process that computes cells: whatever happens to it is a reason, not an end."""

import sys
import textwrap
import threading

import pytest
import toy

from tenor.compare import worker
from tenor.compare.cells import NETWORK, Cell
from tenor.compare.worker import CellFailed, Worker

CELL = Cell("lstm", NETWORK, 0, toy.config())


@pytest.fixture
def made_of(tmp_path, monkeypatch):
    """Let the process be a script of the test's."""

    def make(body):
        script = tmp_path / "process"
        script.write_text(f"#!{sys.executable}\nimport json, os, sys\n{textwrap.dedent(body)}")
        script.chmod(0o755)
        monkeypatch.setattr(worker.sys, "executable", str(script))
        return Worker(tmp_path / "logs" / "worker.log")

    return make


def fails(made, tmp_path):
    shares = []
    with pytest.raises(CellFailed) as caught:
        made.run("train", CELL, tmp_path / "cell", shares.append)
    made.close()
    return str(caught.value), shares


def test_hands_on_shares_and_returns_when_done(made_of, tmp_path):
    made = made_of("""
        for line in sys.stdin:
            for answer in ({"share": 0.25}, {"share": 0.5}, {"done": True}):
                print(json.dumps(answer), flush=True)
    """)
    for _ in range(2):  # one process for both
        shares = []
        made.run("train", CELL, tmp_path, shares.append)
        assert shares == [0.25, 0.5]
    made.close()


def test_a_failure_has_its_reason(made_of, tmp_path):
    made = made_of("""
        sys.stdin.readline()
        print(json.dumps({"failed": "the loss became nan"}), flush=True)
    """)
    assert fails(made, tmp_path) == ("the loss became nan", [])


def test_a_process_that_is_killed(made_of, tmp_path):
    made = made_of("""
        sys.stdin.readline()
        print(json.dumps({"share": 0.5}), flush=True)
        os.kill(os.getpid(), 9)
    """)
    reason, shares = fails(made, tmp_path)
    assert "signal 9, as the system does when memory runs out" in reason
    assert shares == [0.5]


def test_a_process_that_ends_by_itself_says_its_last_line(made_of, tmp_path):
    made = made_of("""
        print("libsomething.so: not found", file=sys.stderr)
        sys.exit(3)
    """)
    assert fails(made, tmp_path)[0] == "its process ended with status 3: libsomething.so: not found"


def test_starts_again_after_a_death(made_of, tmp_path):
    made = made_of(f"""
        sys.stdin.readline()
        if not os.path.exists({str(tmp_path / "mark")!r}):
            open({str(tmp_path / "mark")!r}, "w").close()
            os.kill(os.getpid(), 9)
        print(json.dumps({{"done": True}}), flush=True)
    """)
    fails(made, tmp_path)
    made.run("train", CELL, tmp_path, lambda done: None)
    made.close()


def test_close_ends_a_process_at_work(made_of, tmp_path):
    made = made_of("""
        import time
        sys.stdin.readline()
        print(json.dumps({"share": 0.1}), flush=True)
        time.sleep(600)
    """)
    begun = threading.Event()
    failed = []

    def run():
        try:
            made.run("train", CELL, tmp_path, lambda done: begun.set())
        except CellFailed as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert begun.wait(30)
    made.close()
    thread.join(30)
    assert not thread.is_alive()
    assert len(failed) == 1
