"""Tables and sentences of forecasts, from plain values: for a page and for a terminal alike."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tenor.config.forecast import INTERVALS
from tenor.report.numbers import percent, percent_share
from tenor.report.page import Cell, Table

Values = Mapping[str, Any]

_NETWORK = "network"
_MOST_STEPS = 48  # rows of the table by steps; of longer horizons only some are shown


def verdict(values: Values, name: str) -> str:
    """Say in one sentence whether the network `name` beats every baseline on the test windows."""
    judged = values["judged"]
    measure, gaps = judged["measure"], judged["gaps"]
    own = value_of(judged, _NETWORK)
    parts = ", ".join(
        f"{shown(value_of(judged, gap['baseline']), measure)} of {gap['baseline']}" for gap in gaps
    )
    beaten = [gap["baseline"] for gap in gaps if gap["beaten"]]
    if len(beaten) == len(gaps):
        said = f"{name} beats {'both' if len(gaps) == 2 else f'all {len(gaps)}'} baselines"
    elif beaten:
        said = f"{name} does not beat every baseline, only {', '.join(beaten)}"
    else:
        said = f"{name} beats no baseline"
    return f"{said}: {measure} {shown(own, measure)} against {parts}, judged by intervals of the differences."


def value_of(judged: Values, name: str) -> float:
    """Return the test figure of a model in the measure of the gaps."""
    found = judged["test"][name]
    if judged["measure"] == "error rate":
        return 1.0 - float(found["metrics"]["accuracy"]["value"])
    return float(found[judged["measure"].lower()]["value"])


def figures(values: Values, name: str, split: str = "test") -> Table:
    """Return the figures of network and baselines, a row each."""
    judged = values["judged"]
    caption = f"On {count_of(values, split):,} {split} windows"
    if judged["measure"] == "error rate":
        rows = [
            [_named(model, name), *(percent_share(one["metrics"][key]) for key in ("accuracy", "macro_f1"))]
            for model, one in judged[split].items()
        ]
        return Table(caption, ("model", "accuracy", "macro F1"), rows)
    rows = [
        [_named(model, name), interval(one["mae"]), *(number(one[key]["value"]) for key in ("rmse", "mase"))]
        for model, one in judged[split].items()
    ]
    note = (
        "MAE and RMSE are in the units of the series; the MASE is a multiple of the seasonal naive error in "
        f"training. The interval is drawn in blocks of {judged['block']:,} neighbouring windows."
        + (" Of several series, whose units may differ, compare the MASE." if values.get("by_series") else "")
    )
    return Table(caption, ("model", "MAE", "RMSE", "MASE"), rows, note=note)


def widths(values: Values, name: str, split: str = "test") -> Table | None:
    """Return how often values are within the intervals, and how wide these are; of states there is none."""
    judged = values["judged"]
    if judged["measure"] == "error rate":
        return None
    rows = []
    for model, one in judged[split].items():
        row = [_named(model, name)]
        for level in INTERVALS:
            row += [percent(one[f"coverage_{level}"]["value"]), number(one[f"width_{level}"]["value"])]
        rows.append(row)
    columns = ("model", *(f"{level} %: {what}" for level in INTERVALS for what in ("within", "width")))
    note = "The share of values that are within the 80 and the 95 % interval, and the mean width of these."
    return Table("Intervals", columns, rows, note=note)


def gaps(values: Values, name: str) -> Table:
    """Return the differences between network and baselines, a row each."""
    judged = values["judged"]
    measure = judged["measure"]
    rows = [
        [
            gap["baseline"],
            Cell(difference(gap["difference"], measure), marked=gap["beaten"]),
            "beaten" if gap["beaten"] else "better" if gap["difference"]["low"] > 0 else "not told apart",
        ]
        for gap in judged["gaps"]
    ]
    note = "On the same windows. Below 0 the network errs less; bold where the whole interval is below 0."
    return Table(
        f"{measure} of {name} minus that of", ("baseline", "difference", "so it is"), rows, note=note
    )


def steps(values: Values, name: str) -> Table | None:
    """Return the MAE by step ahead, with the difference to each baseline; of states there is none."""
    judged = values["judged"]
    if judged["measure"] == "error rate":
        return None
    of = {model: one["by_step"]["mae"] for model, one in judged["test"].items()}
    horizon = len(of[_NETWORK])
    every = -(-horizon // _MOST_STEPS)
    columns = ["steps ahead", *(_named(model, name) for model in of)]
    columns += [f"minus {gap['baseline']}" for gap in judged["gaps"]]
    rows: list[list[Cell | str]] = [
        [
            str(step + 1),
            *("-" if one[step] is None else number(one[step]["value"]) for one in of.values()),
            *(
                Cell(
                    difference(gap["by_step"][step], judged["measure"]),
                    marked=gap["by_step"][step]["high"] < 0,
                )
                for gap in judged["gaps"]
            ),
        ]
        for step in range(0, horizon, every)
    ]
    note = f"The differences are in {judged['measure']}, with their 95 % intervals."
    return Table("MAE by step ahead", columns, rows, note=note)


def by_class(values: Values) -> Iterator[Table]:
    """Yield figures of each state and the confusions, where states are told."""
    judged = values["judged"]
    if judged["measure"] != "error rate":
        return
    found = judged["test"][_NETWORK]
    rows = [
        [
            one["name"],
            f"{one['support']:,}",
            *(percent_share(one[key]) for key in ("precision", "recall", "f1")),
        ]
        for one in found["per_class"]
    ]
    yield Table("By state", ("state", "windows", "precision", "recall", "F1"), rows)
    if len(found["classes"]) <= 12:
        told = [
            [name, *(Cell(f"{n:,}", n / max(sum(row), 1), i == j) for j, n in enumerate(row))]
            for i, (name, row) in enumerate(zip(found["classes"], found["confusion"], strict=True))
        ]
        yield Table("Confusions", ("true state", *(f"told as {name}" for name in found["classes"])), told)


def by_series(values: Values) -> Table | None:
    """Return the network's mean error on each of several series, the largest first."""
    found = values.get("by_series")
    if not found:
        return None
    measure = values["judged"]["measure"]
    rows = [
        [one["id"], f"{one['steps']:,}", f"{one['windows']:,}", shown(one["error"], measure)]
        for one in sorted(found, key=lambda one: -one["error"])
    ]
    note = "Of the network, on the test windows."
    return Table("By series", ("series", "steps", "test windows", measure), rows, note=note)


def next_values(values: Values) -> Table:
    """Return what comes after a series, as `NextValues.to_json` has it."""
    several = ["series"] if any("series" in row for row in values["rows"]) else []
    words = [*several, "time", "state" if values["classes"] else "target"]
    named = [[row[name] for name in words] for row in values["rows"]]
    if values["classes"]:
        rows = [
            [*name, percent(row["probabilities"][row["state"]])]
            for name, row in zip(named, values["rows"], strict=True)
        ]
        caption = f"States at the end of the last {len(rows):,} windows"
        return Table(caption, (*words, "probability"), rows, words=len(words))
    levels = values["levels"]
    ends = [f"{100 * level:g} %" for level in levels]
    rows = [
        [*name, *(number(row["quantiles"][place]) for place in range(len(levels)))]
        for name, row in zip(named, values["rows"], strict=True)
    ]
    return Table("What comes next, by its quantiles", (*words, *ends), rows, words=len(words))


def count_of(values: Values, split: str) -> int:
    """Return how many windows a split has."""
    return next(int(part["windows"]) for part in values["series"]["parts"] if part["name"] == split)


def number(value: float) -> str:
    """Return a figure with four digits that count."""
    return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def interval(figure: Values | None) -> str:
    """Return a figure with its interval as "1.703 (1.631 to 1.778)"; "-" where there is none."""
    if figure is None:
        return "-"
    return f"{number(figure['value'])} ({number(figure['low'])} to {number(figure['high'])})"


def shown(value: float, measure: str) -> str:
    """Return a figure in its measure."""
    return percent(value) if measure == "error rate" else number(value)


def difference(figure: Values, measure: str) -> str:
    """Return a difference with its interval and signs."""
    scale, unit = (100, " points") if measure == "error rate" else (1, "")
    value, low, high = (scale * figure[key] for key in ("value", "low", "high"))
    return f"{value:+.3g}{unit} ({low:+.3g} to {high:+.3g})"


def _named(model: str, name: str) -> str:
    return name if model == _NETWORK else model


def notes(values: Values) -> Sequence[str]:
    """Return what reading the series did, and what its parts are, in sentences."""
    series = values["series"]
    several = series.get("ids", ())
    of = f" in {len(several):,} series" if several else ""
    told = [
        f"{series['steps']:,} steps of {series['step']}{of}, from {series['first']} to {series['last']}.",
        *series["notes"],
    ]
    if several:
        told.append("Each series is split by time and scaled by itself; no window reaches into another.")
    if not series["classes"]:
        season = series["season"]
        told.append(
            f"A season has {season:,} steps."
            if season > 1
            else "No season was found; the naive forecast has none."
        )
    return told
