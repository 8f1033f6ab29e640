"""`import tenor`: light, and every public name where it says it is."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import tenor


@pytest.mark.parametrize("name", tenor.__all__)
def test_public_names_are_there_and_described(name: str) -> None:
    assert (getattr(tenor, name).__doc__ or "").strip()


def test_names_homes_and_typing_imports_agree() -> None:
    tree = ast.parse(Path(tenor.__file__).read_text("utf-8"))
    typed = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tenor.")
        for alias in node.names
    }
    assert typed == tenor._HOMES
    assert sorted(typed) == tenor.__all__


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = tenor.nonsense


def test_importing_it_imports_nothing_heavy() -> None:
    script = (
        "import sys, tenor; heavy = {'torch', 'sklearn', 'pyarrow', 'matplotlib', 'numpy', 'pydantic'}; "
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert ended.stderr.strip() == ""
    assert ended.returncode == 0
