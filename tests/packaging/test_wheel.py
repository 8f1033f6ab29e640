"""A wheel outside the repository: whole, small, and enough for all that needs no extra."""

import csv
import io
import json
import subprocess
import sys
import tarfile
from email.message import Message
from pathlib import Path
from zipfile import ZipFile

import installed
import pyarrow
import pytest
import shell
from packaging.requirements import Requirement
from pyarrow import parquet

import tenor

MODEL = installed.ROOT / "tests" / "formats" / "format-3" / "model"
TEXTS = ("good a b", "bad", "a b c d bad", "", "an <b>unknown</b> good word 🙂")


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    return installed.metadata(wheel)


@pytest.fixture(scope="module")
def core(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> installed.Environment:
    """What `pip install tenor` gives."""
    return installed.environment(tmp_path_factory.mktemp("core") / "environment", wheel)


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(sources: Path, wheel: Path) -> None:
    package = sources / "src"
    # Python writes its own __pycache__ while it builds.
    wanted = {
        str(path.relative_to(package))
        for path in (package / "tenor").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {"tenor/py.typed", "tenor/recipes/fast.yaml", "tenor/data/builtin/movies.jsonl"} <= wanted
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
        listed = archive.read(next(name for name in names if name.endswith(".dist-info/RECORD"))).decode()
    described = {name for name in names if name.split("/")[0] == f"tenor-{tenor.__version__}.dist-info"}
    assert names - described == wanted
    assert {row[0] for row in csv.reader(io.StringIO(listed))} == names
    assert {name.partition("/")[2] for name in described} == {
        *("METADATA", "RECORD", "WHEEL", "entry_points.txt", "top_level.txt", "licenses/LICENSE")
    }


def test_the_source_distribution_holds_what_a_wheel_is_made_of(
    sources: Path, source_distribution: Path
) -> None:
    with tarfile.open(source_distribution) as archive:
        names = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "constraints.txt"} <= names
    assert (sources / "tests").is_dir()
    assert {name.partition("/")[0] for name in names if "/" in name} == {"src"}


def test_the_metadata_say_what_it_is(metadata: Message) -> None:
    assert (metadata["Name"], metadata["Version"]) == ("tenor", tenor.__version__)
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload().startswith("# Tenor\n")
    versions = {line.rpartition(" ")[2] for line in metadata.get_all("Classifier", []) if ":: 3." in line}
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])
    assert metadata["Requires-Python"] == f">={min(versions, key=lambda version: int(version[2:]))}"


def test_all_is_every_extra(metadata: Message) -> None:
    asked = [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]
    (whole,) = (one for one in asked if one.name == "tenor")
    assert str(whole.marker) == 'extra == "all"'
    assert whole.extras == set(metadata.get_all("Provides-Extra", [])) - {"all"}


def test_no_extra_is_in_the_core(core: installed.Environment, tmp_path: Path) -> None:
    extras = (
        "torch",
        "sklearn",
        "matplotlib",
        "datasets",
        "transformers",
        "fastapi",
        "onnxruntime",
        "pytest",
    )
    code = "import sys, importlib.util as i; print(*[n for n in sys.argv[1:] if i.find_spec(n)])"
    assert core.run("python", "-c", code, *extras, folder=tmp_path).stdout.split() == []
    code = "import sys; before = set(sys.modules); import tenor; print(tenor.__file__); "
    code += "print(*{name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names)"
    file, imported = core.run("python", "-c", code, folder=tmp_path).stdout.splitlines()
    assert Path(file).is_relative_to(core.folder)
    assert imported == "tenor"


def test_the_command_says_what_it_can(core: installed.Environment, tmp_path: Path) -> None:
    assert core.run("tenor", "--version", folder=tmp_path).stdout == f"tenor {tenor.__version__}\n"
    assert "predict" in core.run("tenor", "--help", folder=tmp_path).stdout
    # Recipes and built-in corpora are read from the wheel.
    there = json.loads(core.run("tenor", "info", "--json", folder=tmp_path).stdout)
    here = json.loads(shell.tenor("info", "--json").out)
    assert there["recipes"] == here["recipes"]
    shown = core.run("tenor", "data", "movies", "--json", folder=tmp_path)
    assert json.loads(shown.stdout)["dataset"] == "movies"


def test_it_predicts_and_explains_as_here(core: installed.Environment, tmp_path: Path) -> None:
    for command in (("predict", MODEL, *TEXTS), ("explain", MODEL, TEXTS[2])):
        there = core.run("tenor", *command, "--json", folder=tmp_path)
        here = shell.tenor(*command, "--json")
        assert (there.stdout, there.stderr) == (here.out, here.err)


def test_many_texts_are_read_by_code_compiled_there(core: installed.Environment, tmp_path: Path) -> None:
    texts = [f"good a b c d bad good a {number}" for number in range(3000)]
    parquet.write_table(pyarrow.table({"text": texts}), tmp_path / "many.parquet")
    core.run("tenor", "predict", MODEL, "--input", "many.parquet", "--output", "out.csv", folder=tmp_path)
    with (tmp_path / "out.csv").open(newline="") as file:
        found = [float(row["probability_positive"]) for row in csv.DictReader(file)]
    wanted = tenor.load(MODEL).predict_proba(texts)[:, 1]
    assert found == pytest.approx(wanted.tolist(), abs=1e-6)
    assert list((core.packages / "tenor" / "kernels" / "__pycache__").glob("*.nbi"))


@pytest.mark.parametrize(("command", "extra"), [("train", "train"), ("serve", "serve")])
def test_what_is_missing_is_named_with_its_extra(
    core: installed.Environment, tmp_path: Path, command: str, extra: str
) -> None:
    ended = core.run(
        "tenor", command, {"train": "movies", "serve": MODEL}[command], folder=tmp_path, check=False
    )
    assert ended.returncode == 1
    assert f'pip install "tenor[{extra}]"' in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_type_checkers_see_its_types(core: installed.Environment, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("from tenor.errors import TenorError\nnumber: str = TenorError('').exit_status\n")
    command = [sys.executable, "-m", "mypy", "--python-executable", core.python, "--config-file=", script]
    ended = subprocess.run(
        [*command, "--cache-dir", tmp_path / "cache"],
        cwd=tmp_path,
        env=core.variables(tmp_path),
        check=False,
        capture_output=True,
        text=True,
    )
    assert 'expression has type "int", variable has type "str"' in ended.stdout, ended.stdout
    assert "Found 1 error" in ended.stdout
