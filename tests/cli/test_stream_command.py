import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import toy
from rich.console import Console
from shell import tenor

import tenor as package
from tenor.cli.console import Terminal
from tenor.experiments.classification import fit

LINES = ("good a b", "a <b c", "> 😀 bad &lt;", "", "x good")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that reads one way."""
    network = {"encoder": "mingru", "bidirectional": False, "mingru": {"hidden_size": 5}}
    config = toy.config(network=network, text={"tokenizer": "reviews"}, training={"epochs": 1})
    path = tmp_path_factory.mktemp("one-way") / "model"
    fit(toy.dataset(), config).model.save(path)
    return path


def objects(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("last", ["\n", ""])
def test_each_line_has_the_prediction_of_all_so_far(model: Path, last: str) -> None:
    found = objects(tenor("stream", model, "--json", stdin="\n".join(LINES) + last).out)
    assert [one["line"] for one in found] == [1, 2, 3, 4, 5]
    predictor = package.load(model)
    for one, whole in zip(
        found, predictor.predictions("\n".join(LINES[: n + 1]) for n in range(5)), strict=True
    ):
        assert one["probabilities"] == pytest.approx(whole.probabilities, abs=1e-5)
        assert one["label"] == whole.label
    assert found[-1]["tokens"] == len(predictor.model.pipeline.tokenizer.tokenize("\n".join(LINES)))


def test_a_pipe_gets_columns_with_tabs(model: Path) -> None:
    header, *rows = [
        line.split("\t") for line in tenor("stream", model, stdin="good\nbad\n").out.splitlines()
    ]
    assert header[:3] == ["line", "label", "probability"]
    assert header[-2:] == ["unknown_share", "tokens"]
    assert [row[0] for row in rows] == ["1", "2"]
    assert [row[-1] for row in rows] == ["1", "2"]
    assert all(len(row) == len(header) for row in rows)


def test_many_texts_by_key(model: Path) -> None:
    text = "one\tgood a\ntwo\tbad\none\tb\n\tempty key\none\t\ntwo\tc\ttab\n"
    found = objects(tenor("stream", model, "--keys", "--json", stdin=text).out)
    assert [(one["line"], one["key"]) for one in found] == [
        (1, "one"), (2, "two"), (3, "one"), (4, ""), (5, "one"), (6, "two"),
    ]  # fmt: skip
    wholes = ["good a", "bad", "good a\nb", "empty key", "good a\nb\n", "bad\nc\ttab"]
    for one, whole in zip(found, package.load(model).predictions(wholes), strict=True):
        assert one["probabilities"] == pytest.approx(whole.probabilities, abs=1e-5)
    table = tenor("stream", model, "--keys", stdin="k\tgood").out.splitlines()
    assert table[0].split("\t")[1] == "key"
    assert table[1].split("\t")[1] == "k"


def test_a_line_without_a_key_is_an_error(model: Path) -> None:
    result = tenor("stream", model, "--keys", stdin="one\tgood\nno key\n")
    assert result.status == 2
    assert "line 2: no tab in 'no key'" in result.error


def test_nothing_and_undecodable_input(model: Path) -> None:
    result = tenor("stream", model, "--json", stdin="")
    assert (result.status, result.out) == (0, "")
    assert "standard input was empty" in result.err
    assert "byte 0xff is not utf-8" in tenor("stream", model, stdin=b"good \xff").error
    assert tenor("stream", model, "--encoding", "latin-1", "--json", stdin=b"good \xff").status == 0
    assert "encoding 'none' is not known" in tenor("stream", model, "--encoding", "none", stdin="a").error


def test_a_model_that_reads_both_ways_is_refused(trained: Path) -> None:
    result = tenor("stream", trained, stdin="great")
    assert (result.status, result.out) == (2, "")  # before the names of the columns
    assert "network.bidirectional=false" in result.error


def test_a_terminal_gets_one_line_that_changes(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    consoles = []

    def terminal(self: Terminal) -> Console:
        consoles.append(Console(force_terminal=True, markup=False, highlight=False))
        return consoles[-1]

    monkeypatch.setattr(Terminal.out, "func", terminal)
    shown = tenor("stream", model, stdin="good a\nb\n").out
    assert "3 tokens" in shown
    assert "\t" not in shown
    assert "ambiguous" in tenor("stream", model, "--abstain-below", 1, stdin="good a\nb\n").out


def test_unsure_predictions_are_called_ambiguous_as_long_as_they_are(model: Path) -> None:
    plain = objects(tenor("stream", model, "--json", stdin="\n".join(LINES)).out)
    assert not any("abstained" in one for one in plain)
    sureness = sorted({float(str(one["probability"])) for one in plain})
    threshold = sum(sureness[:2]) / 2
    asked = ("--abstain-below", threshold)
    result = tenor("stream", model, *asked, "--json", stdin="\n".join(LINES))
    assert f"ambiguous is what is less probable than {threshold:.4g}" in result.err
    found = objects(result.out)
    assert found == [
        {**one, "abstained": float(str(one["probability"])) < threshold, "tokens": one["tokens"]}
        for one in plain
    ]
    assert {one["abstained"] for one in found} == {True, False}
    rows = [
        line.split("\t") for line in tenor("stream", model, *asked, stdin="\n".join(LINES)).out.splitlines()
    ]
    labels = ["ambiguous" if one["abstained"] else one["label"] for one in found]
    assert [row[1] for row in rows[1:]] == labels
    keyed = tenor("stream", model, "--abstain-below", 1, "--keys", stdin="k\tgood\n").out.splitlines()
    assert keyed[1].split("\t")[2] == "ambiguous"


def test_a_text_is_ambiguous_as_long_as_it_is_unfamiliar(model: Path) -> None:
    text = "xyzzy\n" + "good a b\n" * 60  # at last less than 1 % of its words are unknown
    found = objects(tenor("stream", model, "--abstain-unfamiliar", "--json", stdin=text).out)
    assert [one["abstained"] for one in found] == [float(str(one["unknown_share"])) > 0.01 for one in found]
    assert (found[0]["abstained"], found[-1]["abstained"]) == (True, False)


def test_a_target_accuracy_chooses_the_same_threshold_as_for_whole_texts(model: Path) -> None:
    target = ("--target-accuracy", 0.1, "--per-class", "--json")
    streamed = objects(tenor("stream", model, *target, stdin="good a b").out)[-1]
    whole = objects(tenor("predict", model, *target, "good a b").out)[-1]
    assert streamed["abstained"] == whole["abstained"]
    assert "give one of them" in tenor("stream", model, "--abstain-below", 0.5, *target, stdin="a").error


PIPED = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from tenor.cli.main import main
main()
"""


def test_predictions_come_while_input_arrives_and_ctrl_c_ends_it(model: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PIPED, "stream", str(model), "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("good a\nhalf")
    process.stdin.flush()
    first = json.loads(process.stdout.readline())  # the input has not ended
    assert (first["line"], first["tokens"]) == (1, 2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert [one["line"] for one in objects(out)] in ([], [2])  # whether the half line had been read by then
