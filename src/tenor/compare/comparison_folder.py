"""The folder of a comparison: what may be written there, its settings and its results.

comparison.yaml     what is compared, on what terms
cells/NAME/         a folder for each training: its model, result and, until it is finished, its checkpoint
comparison.json     the whole result; comparison.csv its main table
report.html         the page; accuracy.png and cost.png its main pictures
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tenor.compare.comparison import Comparison
from tenor.config.classification import ClassificationConfig
from tenor.config.comparison import ComparisonConfig
from tenor.config.load import parse, to_values
from tenor.errors import ConfigError, DataError, OutputError
from tenor.files import atomic_file

SETTINGS, CELLS, LOGS = "comparison.yaml", "cells", "logs"
RESULT, TABLE, PAGE = "comparison.json", "comparison.csv", "report.html"
# Settings of a comparison that may differ when it is gone on with: finished cells stay what they are.
_MAY_DIFFER = ("models", "baselines", "seeds", "jobs", "costs", "values")


def check_folder(
    out: Path, base: ClassificationConfig, comparison: ComparisonConfig, *, resume: bool, force: bool
) -> None:
    """Raise where a comparison can neither be begun nor, with `resume`, gone on with.

    Raises:
        OutputError: `out` holds something else, or a comparison that neither flag speaks of.
        ConfigError: a comparison on other terms.
    """
    there = out.exists() and (not out.is_dir() or any(out.iterdir()))
    if resume and not (out / SETTINGS).is_file():
        raise OutputError(f"{out} holds no comparison to go on with; start one without --resume")
    if resume:
        stored, given = _read_settings(out), _terms(base, comparison)
        kept = {key: stored["comparison"].get(key) for key in given["comparison"]}
        # A setting that is newer than the comparison had its default.
        sections = parse({section: stored[section] for section in to_values(base) if section in stored})
        stored = {**to_values(sections), "comparison": kept}
        if other := sorted(key for key in given if stored.get(key) != given[key]):
            raise ConfigError(
                f"{out} was begun on other terms ({', '.join(other)}); go on with those, "
                "or start anew with --force"
            )
    elif there and not force:
        raise OutputError(
            f"{out} exists already; go on with its comparison (--resume), replace it (--force), "
            "or name another folder"
        )
    elif there and not (out / SETTINGS).is_file():
        raise OutputError(f"{out} holds no comparison, so --force will not replace it; name another folder")


def _terms(base: ClassificationConfig, comparison: ComparisonConfig) -> dict[str, Any]:
    """Return what must not change when a comparison is gone on with."""
    # How many run at once decides how far each comes in its time.
    may_differ = [key for key in _MAY_DIFFER if key != "jobs" or comparison.budget_seconds is None]
    rest = {key: value for key, value in asdict(comparison).items() if key not in may_differ}
    terms: dict[str, Any] = json.loads(json.dumps({**to_values(base), "comparison": rest}))
    return terms


def write_settings(
    out: Path, base: ClassificationConfig, comparison: ComparisonConfig, fingerprint: str, *, resume: bool
) -> None:
    """Write what is compared; without `resume`, in place of whatever is there. `DataError` for other data."""
    import yaml

    if resume:
        if _read_settings(out).get("data_fingerprint") != fingerprint:
            raise DataError(f"the data has changed since {out} was begun; start anew with --force")
    elif out.exists():
        shutil.rmtree(out)
    values = {
        **to_values(base),
        "comparison": json.loads(json.dumps(asdict(comparison))),
        "data_fingerprint": fingerprint,
    }
    _write(out / SETTINGS, yaml.safe_dump(values, sort_keys=False, allow_unicode=True))


def _read_settings(out: Path) -> Mapping[str, Any]:
    import yaml

    try:
        found = yaml.safe_load((out / SETTINGS).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise OutputError(f"{out / SETTINGS} cannot be read ({error}); start anew with --force") from None
    if not isinstance(found, dict) or not isinstance(found.get("comparison"), dict):
        raise OutputError(f"{out / SETTINGS} is damaged; start anew with --force")
    return found


def _write(path: Path, text: str) -> None:
    with atomic_file(path) as temporary:
        temporary.write_text(text, "utf-8")


def save(comparison: Comparison, out: Path) -> None:
    """Write figures, pictures and the page."""
    from tenor.report import comparison_page
    from tenor.report.comparison_csv import comparison_csv

    values = comparison.to_json()
    _write(out / RESULT, json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False))
    _write(out / TABLE, comparison_csv(values))
    comparison_page.comparison_plots(values, out)
    _write(out / PAGE, comparison_page.comparison_page(values))
