"""The page of one run, from plain values: what its folder holds, no more.

`values` has `name` (of the run), `config` (as in config.yaml), `metrics` (as in metrics.json), `history` (the
rows of history.csv as numbers) and `report` (as in report.json, or None: runs of older versions have none).
"""

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tenor.config.load import Setting, settings
from tenor.report import run_pictures
from tenor.report.behaviour_page import behaviour_section
from tenor.report.confidence import confidence_section
from tenor.report.data_section import data_section, warning_section
from tenor.report.inspection_page import learned_section
from tenor.report.numbers import count, duration, excerpt, percent, percent_share
from tenor.report.page import QUOTED, Cell, Page, Quote, Reading, Section, Table, facts
from tenor.report.run_summary import run_summary

_SHARES = {
    "accuracy": "accuracy",
    "macro_precision": "macro precision",
    "macro_recall": "macro recall",
    "macro_f1": "macro F1",
    "weighted_f1": "weighted F1",
}
_DECIMALS = {"roc_auc": "ROC AUC", "log_loss": "log loss"}
_MOST_CLASSES = 12  # more columns than that are no table
_MOST_CONFUSIONS = 20
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
            Section("training", "Training", pictures=list(_curves(values))),
            *(_figures(found, str(split)) if found is not None else ()),
            behaviour_section(report.get("behaviour"), quoted=texts),
            confidence_section(metrics),
            *_texts(report, quoted=texts),
            learned_section(report.get("learned") if texts else None),
            data_section(report.get("data"), report.get("provenance")),
            settings_section(values["config"]),
            environment_section(_environment(metrics, report)),
            Section("again", "How to do it again", command=_command(values["name"])),
        ],
    ).render()


def settings_section(config: Mapping[str, Any], every: Iterable[Setting] | None = None) -> Section:
    """Return the settings: those that differ from their defaults, then all of them behind a line.

    `every` are those there are; None: those of a classifier.
    """
    known = {setting.key: setting for setting in (settings() if every is None else every)}
    rows, changed = [], []
    for key, value in _flat(config):
        meaning = known[key].meaning if key in known else ""
        row = [key, _shown(value), meaning]
        rows.append(row)
        default = _plain(known[key].default) if key in known else None
        if key != "description" and value != default:
            changed.append([*row[:2], _shown(default) if key in known else "-", meaning])
    columns = ("setting", "value", "meaning")
    differing = Table(
        "Settings that differ from the defaults", ("setting", "value", "default", "meaning"), changed, words=4
    )
    return Section(
        "settings",
        "Settings",
        text="" if changed or not rows else "All settings have their defaults.",
        tables=[differing] if changed else (),
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


def _figures(found: Mapping[str, Any], split: str) -> Iterator[Section]:
    metrics = found["metrics"]
    averaged = [[shown, percent_share(metrics.get(name))] for name, shown in _SHARES.items()]
    averaged += [[shown, _decimals(metrics.get(name))] for name, shown in _DECIMALS.items()]
    by_class = [
        [
            one["name"],
            f"{one['support']:,}",
            *(percent_share(one[name]) for name in ("precision", "recall", "f1")),
        ]
        for one in found["per_class"]
    ]
    yield Section(
        "figures",
        "Figures",
        tables=[
            Table(
                f"Figures on {count(found['rows'], f'{split} text')}", ("figure", "95 % interval"), averaged
            ),
            Table("By class", ("class", "texts", "precision", "recall", "F1"), by_class),
        ],
    )
    yield Section("confusion", "Confusions", tables=[_confusion(found)])
    yield Section(
        "slices",
        "Parts of the data",
        tables=[_slices(column, rows) for column, rows in found.get("slices", {}).items()],
    )


def _confusion(found: Mapping[str, Any]) -> Table:
    classes, counts = found["classes"], found["confusion"]
    if len(classes) <= _MOST_CLASSES:
        rows = [
            [
                name,
                *(
                    Cell(f"{cell:,} ({percent(cell / max(sum(row), 1))})", cell / max(sum(row), 1), i == j)
                    for j, cell in enumerate(row)
                ),
            ]
            for i, (name, row) in enumerate(zip(classes, counts, strict=True))
        ]
        return Table(
            "Confusion matrix",
            ("true class", *(f"read as {name}" for name in classes)),
            rows,
            note="Texts, and their share of the true class, which the colour shows. Right readings are bold.",
        )
    wrong = [
        (cell, classes[i], classes[j])
        for i, row in enumerate(counts)
        for j, cell in enumerate(row)
        if i != j and cell
    ]
    wrong.sort(key=lambda one: -one[0])
    commonest = [[true, read, f"{cell:,}"] for cell, true, read in wrong[:_MOST_CONFUSIONS]]
    return Table("Commonest confusions", ("true class", "read as", "texts"), commonest, words=2)


def _slices(column: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    shown = [
        [one["value"], f"{one['rows']:,}", percent_share(one["accuracy"]), percent(one["macro_f1"])]
        for one in rows
    ]
    return Table(f"By {column}", (column, "texts", "accuracy", "macro F1"), shown)


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


def _environment(metrics: Mapping[str, Any], report: Mapping[str, Any]) -> dict[str, Any]:
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


def _command(name: str) -> str:
    config, again = shlex.quote(f"{name}/config.yaml"), shlex.quote(f"{name}-again")
    return f"tenor train --config {config} --out {again}"


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _plain(value: object) -> Any:
    return json.loads(json.dumps(value))


def _shown(value: object) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def _decimals(figure: Mapping[str, float] | None) -> str:
    return "-" if figure is None else f"{figure['value']:.3f} ({figure['low']:.3f}-{figure['high']:.3f})"
