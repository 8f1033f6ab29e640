"""Every script says what it does, and the small parts they are made of do what they say."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

Script = Callable[[str], ModuleType]

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SCRIPTS = sorted(
    path.stem
    for path in BENCHMARKS.glob("*.py")
    if f"python benchmarks/{path.name}" in path.read_text("utf-8").split('"""')[1]
)
TEXTS = ["A dull film, and not a short one.", "Bright & quick: 8/10!", "", "I didn't like it.<br />At all"]


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_has_help(
    name: str, script: Script, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [f"{name}.py", "--help"])
    with pytest.raises(SystemExit) as ended:
        script(name).main()
    assert ended.value.code == 0
    assert "python benchmarks/" in capsys.readouterr().out


def test_make_bench_runs_every_script_and_publishes_last() -> None:
    makefile = (BENCHMARKS.parent / "Makefile").read_text("utf-8").replace("\\\n", "")
    line = next(line for line in makefile.splitlines() if line.startswith("BENCHMARKS :="))
    assert sorted([*line.partition(":=")[2].split(), "publish"]) == SCRIPTS
    assert "$(BENCHMARKS) publish" in makefile


def test_quick_results_go_nowhere_unless_a_folder_is_named(script: Script, tmp_path: Path) -> None:
    record = script("record")
    parser = record.parser("")
    assert record.target(parser.parse_args(["--quick"])) is None
    assert record.target(parser.parse_args([])) == record.RESULTS
    out = record.target(parser.parse_args(["--quick", "--out", str(tmp_path)]))
    record.write("nothing", {"a": 1}, None)
    record.write("some", {"a": 1}, out)
    assert [path.name for path in tmp_path.iterdir()] == ["some.json"]
    assert json.loads((tmp_path / "some.json").read_text())["figures"] == {"a": 1}


def test_contestants_take_turns(script: Script) -> None:
    measure = script("measure")
    seen: list[str] = []
    found = measure.interleaved(
        {name: lambda number, n=name: seen.append(f"{n}{number}") or number * 2 for name in "ab"}, 3
    )
    assert seen == ["a0", "b0", "a1", "b1", "a2", "b2"]
    assert found == {"a": [0, 2, 4], "b": [0, 2, 4]}


def test_medians_are_of_numbers_alone(script: Script) -> None:
    measure = script("measure")
    assert measure.medians([{"s": 3.0, "n": "x"}, {"s": 1.0, "n": "y"}, {"s": 2.0, "n": "z"}]) == {"s": 2.0}


def test_a_process_is_read_and_its_own_memory_counted(script: Script) -> None:
    measure = script("measure")
    small = measure.process([sys.executable, "-c", "print('x'); print('{\"a\": 1}')"])
    large = measure.process([sys.executable, "-c", "b = bytearray(200 * 2**20); print(len(b))"])
    assert small.json == {"a": 1}
    assert small.seconds > 0
    assert large.peak_mib > small.peak_mib + 150


def test_a_process_that_fails_stops_the_benchmark(script: Script) -> None:
    measure = script("measure")
    with pytest.raises(SystemExit, match="ended with 3"):
        measure.process([sys.executable, "-c", "raise SystemExit(3)"])


def test_serving_answers_both_kinds_of_request() -> None:
    code = "from peers.serving import serve; serve(lambda texts: [1] * len(texts), ['a', 'b', 'c'], name='n')"
    asked = [{"kind": "all"}, {"kind": "single", "texts": 2}]
    ended = subprocess.run(
        [sys.executable, "-c", code],
        input="".join(json.dumps(request) + "\n" for request in asked),
        cwd=BENCHMARKS,
        check=True,
        capture_output=True,
        text=True,
    )
    ready, whole, single = map(json.loads, ended.stdout.splitlines())
    assert ready == {"ready": True, "name": "n"}
    assert whole["texts_per_second"] * whole["seconds"] == pytest.approx(3)
    assert 0 < single["p50_ms"] <= single["p99_ms"]


@pytest.mark.parametrize("name", ["lstm", "bilstm", "gru", "bigru"])
def test_the_notebook_has_the_same_network(name: str, script: Script) -> None:
    training = script("peers.training")
    notebook = script("peers.notebook")
    from tenor.batching import collate
    from tenor.config.names import apply_name
    from tenor.config.network import NetworkConfig, RecurrentConfig
    from tenor.nn.build import build
    from tenor.text.tokens import Tokens

    config = NetworkConfig(
        embedding_size=4, pooling="last", hidden=3, recurrent=RecurrentConfig(hidden_size=5, layers=2)
    )
    config = apply_name(config, name)
    ours = build(config, vocabulary_size=9, classes=2).double()
    theirs = notebook.Notebook(9, config).double()
    tokens = Tokens.of([[2, 3, 4], [5], [6, 7, 8, 2, 3]])
    batch = collate(tokens, np.array([0, 1, 1]))
    apart = training.differences(ours, theirs, batch)
    assert apart["loss_difference"] > 1e-6  # other weights
    ours.zero_grad()
    theirs.zero_grad()
    notebook.from_tenor(theirs, ours.state_dict())
    same = training.differences(ours, theirs, batch)
    assert same["loss_difference"] < 1e-12
    assert same["gradient_difference"] < 1e-12 < same["largest_gradient"]
    back = notebook.to_tenor(theirs)
    assert back.keys() == ours.state_dict().keys()
    assert all(torch.equal(back[key], value) for key, value in ours.state_dict().items())


@pytest.mark.parametrize("name", ["tfidf-unigrams", "tfidf-bigrams", "nb-svm"])
def test_the_linear_peers_learn(name: str, script: Script) -> None:
    linear = script("peers.linear")
    train = ["a good film", "good fun", "a bad film", "bad and dull", "good film", "a bad one"]
    predict = linear.fit(name, train, [1, 1, 0, 0, 1, 0])
    assert [int(label) for label in predict(["such a good thing", "it is bad"])] == [1, 0]


def test_fasttext_gets_lower_case_with_marks_apart(script: Script) -> None:
    process = script("peers.fasttext_process")
    assert process.normalised("Good,\nbad!<br />So").split() == ["good", ",", "bad", "!", "so"]


@pytest.mark.parametrize("name", ["words", "basic_english", "reviews"])
def test_both_ways_to_ids_are_read(name: str, script: Script) -> None:
    found = script("text_to_ids").figures(name, TEXTS * 3, 1)
    assert found["texts"] == len(TEXTS) * 3
    assert all(found[way]["megabytes_per_second"] > 0 for way in ("reference", "fast", "vocabulary"))


def test_the_exponent_of_a_power_is_found(script: Script) -> None:
    growth = script("growth")
    x = [1, 2, 4, 8]
    assert growth.exponent(x, [3 * value**1.5 for value in x]) == pytest.approx(1.5)


def test_speed_is_that_of_texts_of_the_mean_length(script: Script) -> None:
    summary = script("training_speed").summary
    answers = [{"tokens": 100, "texts": 1, "seconds": s} for s in (1.0, 4.0, 2.0)]
    assert summary(answers, 10.0)["tokens_per_second"] == 50.0
    assert summary(answers, 10.0)["texts_per_second"] == 5.0


def test_streams_are_measured_and_compared(script: Script) -> None:
    streaming = script("streaming")
    found = streaming.figures("mingru-mean-max", streaming.QUICK, 1)
    assert found["alone"]["microseconds_per_token"] > 0
    many = found["together"]
    assert many["streams"] == 30
    assert many["tokens"] >= 30  # a word may be of no token, or of several
    assert 0 < many["bytes_state"] < many["bytes_saved"]
    assert found["cuts"]["cuts"] >= 30
    assert found["cuts"]["largest_difference"] < 1e-5
