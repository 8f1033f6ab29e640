"""The pages with figures are what the committed results say, whatever is missing among them."""

import copy
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
# All pages in one: what holds for a place holds wherever it stands.
TEMPLATE = "\n".join(
    (ROOT / "benchmarks" / f"{name}.md").read_text("utf-8")
    for name in ("page", "accuracy", "architectures", "attribution", "forecasting", "reference")
)
RESULTS = ROOT / "benchmarks" / "results"


def test_the_page_is_made_from_the_committed_results(publish: ModuleType) -> None:
    results = publish.Results.read(RESULTS)
    assert [page.name for page in publish.PAGES.values()] == [
        "benchmarks.md",
        "accuracy.md",
        "architectures.md",
        "attribution.md",
        "forecasting.md",
        "reference.md",
    ]
    for template, target in publish.PAGES.items():
        made = publish.page(template.read_text("utf-8"), results)
        assert made == target.read_text("utf-8"), "run: python benchmarks/publish.py"


def test_without_results_the_page_says_so_and_holds_no_figure(publish: ModuleType) -> None:
    made = publish.page(TEMPLATE, publish.Results({}))
    assert "{{" not in made
    for name in publish.TABLES:
        if name != "goals":
            assert f"{{{{ {name} }}}}" in TEMPLATE
    assert made.count("Not measured yet") == len(publish.TABLES) - 1
    goals = [line for line in made.splitlines() if line.endswith("|") and "not measured yet" in line]
    assert len(goals) == len(publish.TABLES["goals"](publish.Results({})).splitlines()) - 2


def test_a_changed_figure_changes_the_page(publish: ModuleType) -> None:
    found = {path.stem: json.loads(path.read_text("utf-8")) for path in RESULTS.glob("*.json")}
    before = publish.page(TEMPLATE, publish.Results(found))
    changed = copy.deepcopy(found)
    changed["recipe-chapter"]["figures"]["test_accuracy"]["value"] = 0.1234
    after = publish.page(TEMPLATE, publish.Results(changed))
    lines = set(after.splitlines()) - set(before.splitlines())
    assert any(line.startswith("| chapter on IMDb") and "12.3" in line for line in lines)
    assert any("then 12.3 %" in line for line in lines)  # the prose, too


def test_every_place_names_a_table_or_a_figure_that_is_there(publish: ModuleType) -> None:
    results = publish.Results.read(RESULTS)
    for place in re.findall(r"\{\{(.*?)\}\}", TEMPLATE):
        match place.split():
            case [name]:
                assert name in publish.TABLES
            case [name, path, spec]:
                assert format(results.value(name, path), spec)
            case other:
                pytest.fail(f"no place: {other}")
