"""The page of one run, from plain values: what its folder holds, no more.

`values` has `name` (of the run), `config` (as in config.yaml), `metrics` (as in metrics.json), `history` (the
rows of history.csv as numbers), `report` (as in report.json, or None: runs of older versions have none) and
`teacher` (as in teacher.json, or None: of a run without a teacher).
"""

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tenor.config.dotted import flat
from tenor.config.load import Setting, changed, settings
from tenor.report import run_pictures
from tenor.report.behaviour_page import behaviour_section
from tenor.report.confidence import confidence_section
from tenor.report.data_section import data_section, warning_section
from tenor.report.distillation import beside_section
from tenor.report.figures_section import figures_sections
from tenor.report.inspection_page import learned_section
from tenor.report.numbers import count, duration, excerpt
from tenor.report.page import QUOTED, Page, Quote, Reading, Section, Table, facts
from tenor.report.run_summary import run_summary
from tenor.report.side_by_side import side_section

_NO_TEXTS = "The texts were left out of this page."


def run_page(values: Mapping[str, Any], *, texts: bool = True) -> str:
    """Return the page of a run as HTML; without `texts`, none of the data is quoted.

    Raises `MissingExtraError` without Jinja2 or matplotlib.
    """
    metrics, report = values["metrics"], values.get("report") or {}
    split = next((name for name in ("test", "validation") if name in metrics), None)
    found = metrics[split] if split is not None else None
    source = values["config"].get("data", {}).get("source", "")
    judged = "" if found is None else f", judged on {count(found['rows'], f'{split} text')}"
    return Page(
        f"Run {values['name']}",
        f"A classifier trained on {source or 'texts'}{judged}.",
        [
            warning_section(report.get("data")),
            Section("summary", "Summary", run_summary(values, split)),
            side_section(report.get("continued")),
            Section("training", "Training", pictures=list(_curves(values))),
            beside_section(values.get("teacher")),
            *(figures_sections(found, str(split)) if found is not None else ()),
            behaviour_section(report.get("behaviour"), quoted=texts),
            confidence_section(metrics),
            *_texts(report, quoted=texts),
            learned_section(report.get("learned") if texts else None),
            data_section(report.get("data"), report.get("provenance")),
            settings_section(values["config"]),
            environment_section(environment_of(metrics, report)),
            again_section("tenor train", values["name"]),
        ],
    ).render()


def settings_section(config: Mapping[str, Any], every: Iterable[Setting] | None = None) -> Section:
    """Return the settings: those that differ from their defaults, then all of them behind a line.

    `every` are those there are; None: those of a classifier.
    """
    known = {setting.key: setting for setting in (settings() if every is None else every)}
    meanings = {key: setting.meaning for key, setting in known.items()}
    rows = [[key, _shown(value), meanings.get(key, "")] for key, value in flat(config).items()]
    differing = [
        [key, _shown(value), _shown(known[key].default) if key in known else "-", meanings.get(key, "")]
        for key, value in changed(config, known.values()).items()
        if key != "description"
    ]
    columns = ("setting", "value", "meaning")
    table = Table(
        "Settings that differ from the defaults",
        ("setting", "value", "default", "meaning"),
        differing,
        words=4,
    )
    return Section(
        "settings",
        "Settings",
        text="" if differing or not rows else "All settings have their defaults.",
        tables=[table] if differing else (),
        folded=[Table("All settings", columns, rows, words=3)] if rows else (),
        folded_title=f"All {len(rows)} settings",
    )


def environment_section(found: Mapping[str, Any]) -> Section:
    """Return where and with what it ran; libraries stand one by one, what is not known is left out."""
    every: dict[str, Any] = {}
    for name, value in found.items():
        every.update(value if isinstance(value, Mapping) else {name: value})
    shown = [(name, str(value)) for name, value in every.items() if value not in (None, "")]
    tables = [facts("Machine and libraries", shown)] if shown else ()
    return Section("environment", "Environment", tables=tables)


def _curves(values: Mapping[str, Any]) -> Iterator[Any]:
    yield from run_pictures.curves(values["history"], values["metrics"].get("best_epoch"))


def _texts(report: Mapping[str, Any], *, quoted: bool) -> Iterator[Section]:
    parts = (
        ("errors", "Worst errors", report.get("mistakes") or ()),
        ("texts", "Test texts", report.get("texts") or ()),
    )
    if not quoted and any(rows for _, _, rows in parts):
        yield Section("texts", "Test texts", text=_NO_TEXTS)
        return
    said = {
        "errors": "Wrong readings, the surest first.",
        "texts": "Texts from all over the split, and what the model read of them.",
    }
    for name, title, rows in parts:
        yield Section(name, title, text=said[name] if rows else "", quotes=[_quote(one) for one in rows])


def _quote(one: Mapping[str, Any]) -> Quote:
    right = one["predicted"] == one["label"]
    return Quote(
        excerpt(one["text"], QUOTED),
        one["label"],
        [Reading("", one["predicted"], one["probability"], right)],
        _read(one),
    )


def _read(one: Mapping[str, Any]) -> str:
    """Say what the model was given of a text."""
    if "tokens" not in one:
        return ""
    if not one["tokens"]:
        return "No token of it was read."
    of = "" if one["read"] == one["tokens"] else f" of {one['tokens']:,}"
    unknown = ", ".join(one["unknown"])
    return f"{one['read']:,}{of} tokens read; " + (f"unknown: {unknown}" if unknown else "none unknown")


def environment_of(metrics: Mapping[str, Any], report: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a run was computed on and what it took, from what is in metrics.json and report.json."""
    runtime = metrics.get("runtime", {})
    memory = metrics.get("peak_memory_mib")
    times = {
        "training": metrics.get("training_seconds"),
        "whole run": metrics.get("wall_seconds"),
    }
    return {
        **report.get("environment", {}),
        **runtime,
        **{name: duration(seconds) for name, seconds in times.items() if seconds is not None},
        "epochs": metrics.get("epochs"),
        "peak memory": None if memory is None else f"{memory:,.0f} MiB",
    }


def again_section(command: str, name: str) -> Section:
    """Return how a run of that name is made once more."""
    config, again = shlex.quote(f"{name}/config.yaml"), shlex.quote(f"{name}-again")
    return Section("again", "How to do it again", command=f"{command} --config {config} --out {again}")


def _shown(value: object) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
