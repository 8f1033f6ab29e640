"""The page and the pictures of a comparison, from the values of its comparison.json."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tenor.report import comparison_pictures as drawn
from tenor.report import pictures
from tenor.report.comparison_behaviour import behaviour_section
from tenor.report.comparison_summary import BASELINE, accuracy_of, comparison_summary, differing
from tenor.report.comparison_tables import ranked
from tenor.report.data_section import warning_section
from tenor.report.numbers import count, duration, excerpt, percent, percent_share, points, size
from tenor.report.page import QUOTED, Cell, Page, Picture, Quote, Reading, Section, Table, facts
from tenor.report.run_page import environment_section, settings_section

Model = Mapping[str, Any]

ACCURACY_PICTURE, COST_PICTURE = "accuracy.png", "cost.png"
_TRAINING, _LATENCY = "seconds of training", "milliseconds for one text (median)"


def comparison_page(values: Mapping[str, Any], *, texts: bool = True) -> str:
    """Return the page of a comparison as HTML; without `texts`, none of the data is quoted.

    Raises `MissingExtraError` without Jinja2 or matplotlib.
    """
    models = ranked(values)
    data, sweep = values["data"], values.get("sweep")
    tested = count(data["rows"]["test"], "test text")
    return Page(
        f"{count(len(values['models']), 'model')} compared on {data['source']}",
        f"The same {tested}, splits, vocabulary and budget for each model; what is its own, its name says.",
        [
            warning_section(data),
            Section("summary", "Summary", comparison_summary(values)),
            Section(
                "accuracy",
                "Accuracy",
                pictures=[drawn.accuracy_picture(models)] if models else (),
                tables=[_accuracy(models)] if models else (),
            ),
            _differences(values, models),
            Section(
                "cost", "Cost", pictures=list(_costs(models)), tables=[_cost_table(models)] if models else ()
            ),
            Section(
                "sweep",
                "Sweep",
                pictures=list(drawn.sweep_picture(models, sweep["key"])) if sweep else (),
            ),
            Section("slices", "Parts of the data", tables=list(_slices(models))),
            behaviour_section(values, models),
            Section(
                "curves",
                "Learning curves",
                text="Validation accuracy over the epochs, one line a training, on the same axes."
                if models
                else "",
                pictures=list(drawn.curve_pictures(models)),
            ),
            _texts(values, models, quoted=texts),
            _failures(values),
            _terms(values),
            settings_section(values["settings"]),
            environment_section(values["environment"]),
        ],
    ).render()


def comparison_plots(values: Mapping[str, Any], folder: Path) -> tuple[Path, ...]:
    """Write accuracy.png and cost.png into `folder` and return their paths; none without a trained model.

    Raises:
        StorageError: the folder cannot be written.
    """
    models = ranked(values)
    if not models:
        return ()
    accuracy, cost = folder / ACCURACY_PICTURE, folder / COST_PICTURE
    pictures.png(drawn.accuracy_figure(models), accuracy)
    there = [model for model in drawn.shown(models) if model["training_seconds"] > 0]
    if not there:
        return (accuracy,)
    pictures.png(
        drawn.cost_figure(there, lambda model: float(model["training_seconds"]), _TRAINING, names=True), cost
    )
    return accuracy, cost


def _accuracy(models: Sequence[Model]) -> Table:
    rows = [
        [
            model["name"],
            "baseline" if model["kind"] == BASELINE else "network",
            accuracy_of(model),
            _ends(model["accuracy"]["over_texts"]),
            _ends(model["accuracy"]["over_seeds"]),
            " ".join(f"{100 * one:.1f}" for one in model["accuracy"]["each"]),
            percent_share({"value": model["macro_f1"]["value"], **model["macro_f1"]["both"]}),
            f"{model['calibration_error']:.3f}",
        ]
        for model in models
    ]
    columns = ("model", "kind", "accuracy", "over texts", "over trainings", "each training", "macro F1")
    return Table(
        "Accuracy, best first",
        (*columns, "calibration error"),
        rows,
        words=2,
        note="The interval beside a figure is over texts and trainings together.",
    )


def _differences(values: Mapping[str, Any], models: Sequence[Model]) -> Section:
    if not values["differences"]:
        return Section("differences", "Which differences hold")
    widest = max(abs(one["difference"]["value"]) for one in values["differences"]) or 1.0
    rows: list[list[Cell | str]] = [
        [row["name"], *(_difference(values, row["name"], column["name"], widest) for column in models)]
        for row in models
    ]
    matrix = Table(
        "Accuracy of the row minus that of the column, in points",
        ("model", *(model["name"] for model in models)),
        rows,
        note="Coloured and with a ● where the difference holds (paired tests, corrected for their number).",
    )
    pairs = [
        [
            f"{one['a']} minus {one['b']}",
            f"{points(one['difference']['value'])} ({_ends(one['difference'], signed=True)})",
            f"{one['p_mcnemar']:.3g}",
            f"{one['p_bootstrap']:.3g}",
            f"{one['adjusted']:.3g}",
            "holds" if one["holds"] else "-",
        ]
        for one in values["differences"]
    ]
    columns = ("pair", "difference", "p, McNemar (first training)", "p, bootstrap", "corrected p", "verdict")
    return Section(
        "differences",
        "Which differences hold",
        tables=[matrix],
        folded=[Table("Every pair", columns, pairs)],
        folded_title=f"All {count(len(pairs), 'pair')} with intervals and p-values",
    )


def _difference(values: Mapping[str, Any], row: str, column: str, widest: float) -> Cell:
    found = differing(values, row, column)
    if found is None:
        return Cell("")
    difference, holds = found
    shown = f"{100 * difference:+.1f}".replace("-0.0", "+0.0")
    if not holds:
        return Cell(shown)
    return Cell(f"{shown} ●", 0.3 + 0.7 * abs(difference) / widest, marked=True, tip="holds")


def _costs(models: Sequence[Model]) -> Iterator[Picture]:
    yield from drawn.cost_picture(models, "cost-training", lambda model: model["training_seconds"], _TRAINING)
    yield from drawn.cost_picture(
        models, "cost-latency", lambda model: (model["latency_ms"] or {}).get("p50"), _LATENCY
    )


def _cost_table(models: Sequence[Model]) -> Table:
    rows = []
    for model in models:
        latency, memory, speed = model["latency_ms"], model["peak_memory_mib"], model["texts_per_second"]
        rows.append(
            [
                model["name"],
                percent(model["accuracy"]["value"]),
                f"{model['parameters']:,}",
                f"{model['learning_rate']:g}" if model.get("learning_rate") else "-",
                duration(model["training_seconds"]),
                f"{model['epochs']:.1f}" if model["epochs"] else "-",
                "-" if memory is None else f"{memory:,.0f}",
                "-" if latency is None else f"{latency['p50']:.2f} / {latency['p99']:.2f}",
                "-" if speed is None else f"{speed:,.0f}",
                size(model["size_bytes"]),
            ]
        )
    columns = (
        *("model", "accuracy", "parameters", "learning rate", "training", "epochs", "peak MiB"),
        *("ms a text, p50 / p99", "texts a second", "size"),
    )
    return Table("What the models cost, most accurate first", columns, rows)


def _slices(models: Sequence[Model]) -> Iterator[Table]:
    for column in dict.fromkeys(name for model in models for name in model["slices"]):
        there = [model for model in models if column in model["slices"]]
        parts = there[0]["slices"][column]
        rows: list[list[Cell | str]] = []
        for model in there:
            found = [one["accuracy"]["value"] for one in model["slices"][column]]
            worst = min(found)
            rows.append(
                [
                    model["name"],
                    *(
                        Cell(f"▼ {percent(one)}", 1.0 - one, marked=True, tip="worst of the row")
                        if one == worst and len(set(found)) > 1
                        else Cell(percent(one), 1.0 - one)
                        for one in found
                    ),
                ]
            )
        yield Table(
            f"Accuracy by {column}",
            ("model", *(f"{one['value']} ({count(one['rows'], 'text')})" for one in parts)),
            rows,
            note="The deeper the colour, the more errors; ▼ is the worst part of each model.",
        )


def _texts(values: Mapping[str, Any], models: Sequence[Model], *, quoted: bool) -> Section:
    if not quoted and values["texts"]:
        return Section("texts", "The same texts, read by all", text="The texts were left out of this page.")
    quotes = []
    for one in values["texts"]:
        read = one["predictions"]
        readings = [
            Reading(name, read[name]["label"], read[name]["probability"], read[name]["label"] == one["label"])
            for name in (model["name"] for model in models)
            if name in read
        ]
        wrong = sum(not reading.right for reading in readings)
        remark = f"Read wrong by {wrong} of {len(readings)}." if wrong else "Read right by all."
        quotes.append(Quote(excerpt(one["text"], QUOTED), one["label"], readings, remark))
    return Section("texts", "The same texts, read by all", quotes=quotes)


def _failures(values: Mapping[str, Any]) -> Section:
    failed = [
        [one["model"], str(one["seed"]), str(one.get("work", "train")), one["reason"]]
        for one in values["failures"]
    ]
    table = Table("What failed, and why", ("model", "seed", "work", "reason"), failed, words=4)
    return Section("failures", "Failures", tables=[table] if failed else ())


def _terms(values: Mapping[str, Any]) -> Section:
    data, terms = values["data"], values["terms"]
    budget, epochs = terms.get("budget_seconds"), terms.get("epochs")
    sweep = values.get("sweep")
    limit = f"{duration(budget)} each" if budget else f"{count(epochs or 0, 'epoch')} at most"
    rates = terms.get("rates") or []
    said = [
        ("training", limit),
        *([("learning rates tried", ", ".join(f"{rate:g}" for rate in rates))] if rates else []),
        ("seeds", ", ".join(map(str, terms["seeds"]))),
        *(
            (name, str(terms[name]))
            for name in ("jobs", "threads", "precision")
            if terms.get(name) is not None
        ),
        *([("sweep", f"{sweep['key']}: {', '.join(map(str, sweep['values']))}")] if sweep else []),
        ("source", data["source"]),
        ("classes", ", ".join(data["classes"])),
        *((f"{name} texts", f"{rows:,}") for name, rows in data["rows"].items()),
    ]
    return Section(
        "terms", "Terms and data", list(data["notes"]), tables=[facts("The same for every model", said)]
    )


def _ends(interval: Mapping[str, float] | None, *, signed: bool = False) -> str:
    if interval is None:
        return "-"
    if signed:
        return f"{100 * interval['low']:+.1f} to {100 * interval['high']:+.1f}"
    return f"{100 * interval['low']:.1f}-{100 * interval['high']:.1f}"
