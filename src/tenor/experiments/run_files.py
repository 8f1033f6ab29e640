"""The files of a run folder that say how its run went, and the page that is made of them, without torch."""

import csv
import json
from pathlib import Path
from typing import Any

from tenor.errors import ModelError
from tenor.report.language_page import is_language_run, language_page
from tenor.report.run_page import run_page

CONFIG, HISTORY, METRICS = "config.yaml", "history.csv", "metrics.json"
REPORT, PAGE = "report.json", "report.html"
TEACHER = "teacher.json"


def run_values(folder: Path) -> dict[str, Any]:
    """Return what a run folder says of its run, as `run_page` takes it.

    Raises:
        ModelError: the folder holds no finished run, or a file of it is damaged.
    """
    import yaml

    for name in (CONFIG, METRICS):
        if not (folder / name).is_file():
            raise ModelError(f"{folder} holds no finished run: it has no {name}; train one with: tenor train")
    try:
        return {
            "name": folder.resolve().name,
            "config": yaml.safe_load((folder / CONFIG).read_text("utf-8")),
            "metrics": json.loads((folder / METRICS).read_text("utf-8")),
            "history": _history(folder / HISTORY),
            "report": _where_there(folder / REPORT),
            "teacher": _where_there(folder / TEACHER),
        }
    except (ValueError, yaml.YAMLError) as error:
        raise ModelError(f"{folder} is damaged, its figures cannot be read: {error}") from error


def page_of_run(folder: Path, *, texts: bool = True) -> str:
    """Return the page of the run in `folder` as HTML; without `texts`, none of the data is quoted.

    Raises:
        ModelError: as `run_values`, or what its files hold does not fit together.
    """
    values = run_values(folder)
    page = language_page if is_language_run(values["config"]) else run_page
    try:
        return page(values, texts=texts)
    except (KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{folder} is damaged, its figures are not complete: {error!r}") from error


def _where_there(path: Path) -> Any:
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def _history(path: Path) -> list[dict[str, float | None]]:
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [
            {name: float(value) if value else None for name, value in row.items()}
            for row in csv.DictReader(file)
        ]
