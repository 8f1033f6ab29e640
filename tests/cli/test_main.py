import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from shell import tenor

from tenor import __version__
from tenor.cli import completion

COMMANDS = (
    *(
        "demo",
        "data",
        "augment",
        "train",
        "evaluate",
        "compare",
        "tune",
        "predict",
        "stream",
        "suggest",
        "curve",
        "explain",
        "check",
    ),
    *(
        "serve",
        "inspect",
        "embed",
        "pretrain",
        "generate",
        "forecast",
        "probe",
        "export",
        "report",
        "card",
        "info",
    ),
)


def python(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
        timeout=60,
    )


def test_help_of_every_command_is_printed_without_torch() -> None:
    code = (
        "import sys; from tenor.cli.main import run\n"
        f"for command in {COMMANDS}: assert run([command, '--help']) == 0\n"
        "heavy = {'torch', 'pyarrow', 'sklearn', 'matplotlib', 'tokenizers'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    result = python(code)
    assert result.returncode == 0, result.stderr
    for command in COMMANDS:
        assert f"Usage: tenor {command}" in result.stdout


def test_version() -> None:
    assert tenor("--version").out.strip() == f"tenor {__version__}"


def test_closed_streams_are_empty_ones() -> None:
    closed = "import sys; sys.stdin = sys.stdout = None\n"
    code = closed + "from tenor.cli.main import run; sys.exit(run(['info', '--json']))"
    result = python(code)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_without_a_command_the_commands_are_listed() -> None:
    result = tenor()
    assert result.status == 0
    assert all(command in result.out for command in COMMANDS)


def test_help_breaks_lines_where_the_terminal_ends_and_nowhere_else() -> None:
    said = [line for line in tenor("stream", "--help").out.splitlines() if line.startswith(" ")]
    paragraph = next(line for line in said if line.strip().startswith("On a terminal"))
    assert len(paragraph.rstrip()) > 85  # of 100 columns; the next word has no room


def test_training_help_ends_with_every_setting_and_recipe() -> None:
    shown = tenor("train", "--help").out
    settings = shown[shown.index("Settings for --set") :]
    for setting in tenor_settings():
        assert setting in settings
    for recipe in completion.recipe_names(""):
        assert recipe in settings


def tenor_settings() -> list[str]:
    return [key.rstrip("=") for key in completion.setting_keys("")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("trian",), "Did you mean 'train'"),
        (("train", "--epoch", "3"), "--epoch"),
        (("train", "--epochs", "three"), "--epochs"),
        (("predict",), "MODEL"),
        (("evaluate", "x", "--errors", "-1"), "--errors"),
    ],
)
def test_a_command_line_that_makes_no_sense(arguments: tuple[str, ...], said: str) -> None:
    result = tenor(*arguments)
    assert result.status == 2
    assert said in result.error
    assert "--help" in result.error
    assert result.out == ""


def test_unexpected_errors_are_one_line_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenor.config.load.parse", None)
    monkeypatch.setattr("tenor.cli.options.parse", None)
    result = tenor("data", "movies")
    assert result.status == 1
    assert "--debug" in result.error
    for arguments in (("--debug", "data"), ("data", "--debug")):
        shown = tenor(*arguments)
        assert shown.status == 1
        assert "Traceback" in shown.err
        assert shown.err.rstrip().splitlines()[-1].startswith("error: ")


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (MemoryError(), 1, "out of memory"),
        (OSError(28, "No space left on device"), 1, "no space left"),
        (ModuleNotFoundError("No module named 'torch'", name="torch"), 1, 'pip install "tenor[train]"'),
    ],
)
def test_what_can_happen_anywhere(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, status: int, said: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("tenor.data.load.load", fails)
    result = tenor("data", "movies")
    assert result.status == status
    assert said in result.error


def test_training_asks_for_torch_before_it_begins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = tenor("train", "movies", "--out", tmp_path / "run")
    assert result.status == 1
    assert result.error == 'error: torch is not installed; it comes with: pip install "tenor[train]"'
    assert not (tmp_path / "run").exists()


def test_a_reader_who_leaves_is_no_error(reviews: Path) -> None:
    script = "from tenor.cli.main import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", script, "data", str(reviews)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
        process.wait(timeout=60)
    assert err == b""


def test_no_colours_in_a_pipe_and_none_with_no_color(reviews: Path) -> None:
    code = "from tenor.cli.main import main; main()"
    assert "\x1b" not in python(code, "data", str(reviews)).stdout
    assert "\x1b[3" not in python(code, "data", "nothing.csv", NO_COLOR="1", FORCE_COLOR="1").stderr


def test_completion_knows_names_without_torch() -> None:
    code = (
        "import sys; from tenor.cli import completion as c\n"
        "print(*c.model_names('bilstm-a'), *c.sources('mo'))\n"
        "print(*c.recipe_names('bigru'), *c.setting_keys('text.v'))\n"
        "sys.exit('torch' in sys.modules)"
    )
    result = python(code)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["bilstm-attention", "movies", "bigru-mean", "text.vectors="]


def test_the_shell_completes_recipes_and_names() -> None:
    code = "from tenor.cli.main import main; main()"
    shown = python(
        code, _TENOR_COMPLETE="complete_bash", COMP_WORDS="tenor train --config bi", COMP_CWORD="3"
    )
    assert shown.stdout.split() == ["bigru-mean", "bilstm-attention"]
    assert shown.stderr == ""


def test_every_completed_name_is_a_model() -> None:
    from tenor.config.names import apply_name
    from tenor.config.network import HAS_DIRECTIONS, NetworkConfig

    names = completion.model_names("")
    assert {apply_name(NetworkConfig(), name).encoder for name in names} == set(HAS_DIRECTIONS)
    assert {"bilstm", "cnn-max", "transformer"} <= set(names)
    assert "bicnn" not in names


def test_every_shortcut_is_a_setting() -> None:
    from tenor.cli import options

    assert set(options.SHORTCUTS.values()) <= set(options.SETTINGS)


def test_json_is_all_there_is_on_stdout(reviews: Path) -> None:
    assert json.loads(tenor("data", reviews, "--json").out)["dataset"] == "reviews.csv"
    assert json.loads(tenor("info", "--json").out)["tenor"] == __version__


def test_without_torch_a_model_is_described_and_the_rest_says_what_to_install(trained: Path) -> None:
    start = "import sys; sys.modules['torch'] = None; from tenor.cli.main import main; main()"
    described = python(start, "info", str(trained))
    assert described.returncode == 0, described.stderr
    assert "negative, positive" in described.stdout
    for command in (("train",), ("demo",), ("predict", str(trained), "x"), ("evaluate", str(trained))):
        refused = python(start, *command)
        assert refused.returncode == 1
        assert refused.stderr.startswith("error: torch is not installed"), refused.stderr
        assert refused.stderr.count("\n") == 1
