"""The character LSTM learns, goes on as if never stopped, and says what is wrong with a text or a prompt."""

import itertools
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[2] / "examples" / "character_lstm.py"
TINY = ("--hidden", "6", "--steps", "7", "--length", "20", "--report", "20")
RHYME = "one and two and three and four\n" * 40


@pytest.fixture
def module(example: Callable[[str], ModuleType]) -> ModuleType:
    return example("character_lstm")


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "rhyme.txt"
    path.write_text(RHYME, "utf-8")
    return path


@pytest.fixture
def run(module: ModuleType, text: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple]:
    """Run with tiny settings; return the exit status, stdout and stderr."""

    def call(*arguments: object, tiny: bool = True) -> tuple[int, str, str]:
        status = module.main([*(TINY if tiny else ()), "--text", str(text), *map(str, arguments)])
        return status, *capsys.readouterr()

    return call


def test_it_learns_and_says_so(run: Callable[..., tuple], tmp_path: Path) -> None:
    status, out, err = run("--iterations", 400, "--out", tmp_path / "a.json")
    assert (status, err) == (0, "")
    found = json.loads((tmp_path / "a.json").read_text("utf-8"))
    curve = np.array(found["curve"])
    assert curve[:, 0].tolist() == list(range(20, 401, 20))
    guess = np.log2(found["alphabet"])
    assert found["held_out_bits"] < 0.5 * guess
    assert curve[-1, 2] < curve[0, 2] < 1.1 * guess
    assert curve[-1, 1] < curve[0, 1] <= guess
    assert found["characters"] == [len(RHYME) - len(RHYME) // 10, len(RHYME) // 10]
    assert len(found["sample"]) == 21  # begins with the prompt, a line break
    assert out.count("bits per character, smoothed") == len(curve)
    assert f"{found['held_out_bits']:.3f} bits per character" in out.splitlines()[-1]


def test_resumed_is_never_stopped(run: Callable[..., tuple], tmp_path: Path) -> None:
    whole, part = tmp_path / "whole.safetensors", tmp_path / "part.safetensors"
    run("--iterations", 340, "--out-model", whole)  # past the end of the text, and within a passage
    run("--iterations", 200, "--out-model", part)
    status, out, _ = run("--resume", part, "--iterations", 340, "--out-model", part, tiny=False)
    assert status == 0
    assert "iteration 340" in out
    module = sys.modules["character_lstm"]
    one, other = module.Run.read(whole), module.Run.read(part)
    assert one.iteration == other.iteration == 340
    for name in one.weights:
        np.testing.assert_array_equal(one.weights[name], other.weights[name])
        np.testing.assert_array_equal(one.squares[name], other.squares[name])
    np.testing.assert_array_equal(one.state, other.state)
    assert (one.smoothed, one.alphabet) == (other.smoothed, other.alphabet)


@pytest.mark.parametrize("characters", [8, 52, 200])
@pytest.mark.parametrize("passage", [1, 3, 1000])
def test_an_epoch_reads_every_passage_once_and_in_itself_in_order(
    module: ModuleType, characters: int, passage: int
) -> None:
    settings = module.Settings(steps=7, passage=passage)
    length = min(passage, (characters - 1) // 7)
    count = (characters - 1) // 7 // length
    orders = set()
    for epoch in range(20):
        first = epoch * count * length
        places = [module.place(first + number, characters, settings) for number in range(count * length)]
        starts = [start for start, _ in places]
        assert min(starts) >= 0
        assert max(starts) + 7 < characters  # the last character is followed by one
        assert np.diff(sorted(starts)).tolist() == [7] * (len(starts) - 1)
        assert [begins for _, begins in places] == [number % length == 0 for number in range(len(places))]
        assert all(
            after - before == 7
            for number, (before, after) in enumerate(itertools.pairwise(starts), start=1)
            if number % length
        )
        orders.add(tuple(starts))
    assert len(orders) > 1 or characters == 8


def test_the_same_seed_is_the_same_run(run: Callable[..., tuple], tmp_path: Path) -> None:
    files = [tmp_path / name for name in "abc"]
    for file, seed in zip(files, (1, 1, 2), strict=True):
        run("--iterations", 30, "--seed", seed, "--out-model", file)
    first, same, other = (file.read_bytes() for file in files)
    assert first == same != other


def test_a_stored_model_writes_on_from_a_prompt_without_its_text(
    run: Callable[..., tuple], tmp_path: Path
) -> None:
    model = tmp_path / "a.safetensors"
    run("--iterations", 300, "--out-model", model)
    arguments = (
        "--resume",
        model,
        "--iterations",
        0,
        "--text",
        "/nowhere",
        "--prompt",
        "one a",
        "--length",
        9,
    )
    status, out, err = run(*arguments, tiny=False)
    assert (status, err) == (0, "")
    assert out.replace("    ", "").startswith("one a")
    assert out == run(*arguments, tiny=False)[1]
    likeliest = run(*arguments, "--temperature", 0.01, tiny=False)[1]
    assert "one and" in likeliest


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"short", "has 5 characters, 3 of them to learn from; pieces of --steps 7 need 8"),
        ("na\u00efve ".encode("latin-1") * 20, "is not UTF-8 (byte 3)"),
        (None, "cannot be read"),
    ],
)
def test_texts_that_cannot_be_learned(
    run: Callable[..., tuple], text: Path, content: bytes | None, said: str
) -> None:
    text.unlink()
    if content is not None:
        text.write_bytes(content)
    status, out, err = run("--iterations", 10)
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_the_shortest_text_and_one_character_alone(run: Callable[..., tuple], text: Path) -> None:
    for content in (
        "abcdefgh12",
        "a" * 10,
        "\u05e9\u05dc\u05d5\u05dd \U0001f44b\U0001f3fd <b>&\n",
        "a\r\nb\r\n" * 9,
    ):
        text.write_bytes(content.encode())
        status, _, err = run("--iterations", 20)
        assert (status, err) == (0, "")


def test_samples_command_no_terminal(run: Callable[..., tuple], text: Path) -> None:
    text.write_text("\x1b[31m\u202e" * 30, "utf-8")
    _, out, _ = run("--iterations", 20)
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_a_prompt_of_unknown_characters(run: Callable[..., tuple]) -> None:
    status, out, err = run("--iterations", 10, "--prompt", "One \u20ac")
    assert (status, out) == (2, "")
    assert "2 character(s) are not in the text that was learned, such as 'O', '\u20ac'" in err


def test_what_does_not_fit_the_stored_training(run: Callable[..., tuple], text: Path, tmp_path: Path) -> None:
    model = tmp_path / "a.safetensors"
    run("--iterations", 10, "--out-model", model)
    resume = ("--resume", model, "--iterations", 20)
    status, _, err = run(*resume, "--hidden", 9, tiny=False)
    assert status == 2
    assert f"--hidden is 9, but 6 in {model}" in err
    text.write_text(RHYME.upper(), "utf-8")
    assert "was trained on another text" in run(*resume, tiny=False)[2]
    whole = model.read_bytes()
    for broken in (
        b"",
        b"no tensors at all",
        whole[:-40],
        whole.replace(b"character_lstm", b"something_else"),
    ):
        model.write_bytes(broken)
        status, _, err = run(*resume, tiny=False)
        assert status == 2
        assert "is not a whole file of --out-model" in err
    assert "cannot be read" in run("--resume", tmp_path / "b", tiny=False)[2]


def test_a_loss_that_is_no_number(run: Callable[..., tuple]) -> None:
    status, _, err = run("--iterations", 50, "--learning-rate", 1e38)
    assert status == 1
    assert "try a --learning-rate below 1e+38" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [("--steps", "0"), ("--temperature", "0"), ("--clip", "nan"), ("--seed", "x")]
)
def test_wrong_numbers(run: Callable[..., tuple], arguments: tuple[str, str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(*arguments)
    assert ended.value.code == 2


def test_ctrl_c_says_how_to_go_on(
    run: Callable[..., tuple], module: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, step, steps = tmp_path / "a.safetensors", module.Run.step, iter(range(30))

    def stopped(self: object, text: object) -> None:
        if next(steps, None) is None:
            raise KeyboardInterrupt
        step(self, text)

    monkeypatch.setattr(module.Run, "step", stopped)
    status, _, err = run("--iterations", 50, "--out-model", model)
    assert status == 130
    assert f"--resume {model}" in err
    assert module.Run.read(model).iteration == 20


def test_the_command_as_it_is_written() -> None:
    """Also: the built-in text, and no torch."""
    code = f"import runpy, sys; sys.argv = ['x', '--iterations', '2', '--hidden', '4', '--length', '5']; \
sys.modules['torch'] = None; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "held out, all of it" in done.stdout
