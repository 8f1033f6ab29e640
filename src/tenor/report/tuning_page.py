"""The page of a search over settings, from the values of its trials.json."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tenor.report import pictures, tuning
from tenor.report.numbers import count, duration, percent
from tenor.report.page import Page, Picture, Section, Table, facts

Values = Mapping[str, Any]

_HEIGHT, _BAR = 240, 26  # units of a picture, and of a bar in one


def tuning_page(values: Values, *, recipe: str) -> str:
    """Return the page of a search as HTML; `recipe` is the file of the best settings.

    Raises `MissingExtraError` without Jinja2 or matplotlib.
    """
    trials, best = values["trials"], values["best"]
    highest = tuning.is_highest(values["measure"])
    return Page(
        f"{count(len(trials), 'trial')} of settings",
        f"Judged by {values['measure']}; the test split was not read.",
        [
            Section("summary", "Summary", list(_summary(values, highest))),
            Section("best", "The best recipe", tables=[_best(best)], command=_command(recipe)),
            Section(
                "trials",
                "Trials",
                pictures=list(_history(values, highest)),
                tables=[_trials(values, highest)],
            ),
            Section("importance", "What mattered", pictures=list(_importance(values))),
        ],
    ).render()  # fmt: skip


def _summary(values: Values, highest: bool) -> Iterator[str]:
    trials, best = values["trials"], values["best"]
    states = {state: sum(one["state"] == state for one in trials) for state in ("pruned", "failed")}
    beside = [f"{number:,} {name}" for state, name in _STATES.items() if (number := states[state])]
    yield (
        f"Trial {best['number']} is best: {values['measure']} {tuning.shown(best['figure'], highest)}. "
        "That is flattering, since it was chosen by it; the test split says what the recipe is worth."
    )
    first = trials[0]
    if first["state"] == "complete" and first["number"] != best["number"]:
        yield f"Trial 1, with the settings as they were given, had {tuning.shown(first['figure'], highest)}."
    spent = duration(sum(one["seconds"] for one in trials))
    took = f"{count(len(trials), 'trial')} took {spent}"
    yield f"{', '.join([took, *beside])}."
    if values["importance"]:
        name, share = next(iter(values["importance"].items()))
        yield f"{name} mattered most: {percent(share)} of the variance."
    else:
        yield "Too few trials came to an end to say which settings mattered."


_STATES = {"pruned": "given up early", "failed": "failed"}


def _command(recipe: str) -> str:
    return f"tenor train --config {shlex.quote(recipe)}"


def _best(best: Values) -> Table:
    said = [(name, tuning.setting(value)) for name, value in best["settings"].items()]
    return facts("What was searched, and what was best", said, "setting", "value")


def _history(values: Values, highest: bool) -> Iterator[Picture]:
    trials = values["trials"]
    if not any(one["figure"] is not None for one in trials):
        return
    figure = pictures.canvas(_HEIGHT)
    axes = figure.subplots()
    tuning.draw_history(axes, trials, [one["number"] for one in trials], highest=highest)
    axes.set_xlabel("trial")
    axes.set_ylabel(values["measure"])
    pictures.plain(axes)
    figure.legend(
        *axes.get_legend_handles_labels(),
        loc="outside lower center",
        ncols=3,
        frameon=False,
        fontsize=pictures.SMALL,
        labelcolor=pictures.INK,
    )
    caption = "Each trial and the best so far."
    yield Picture(pictures.svg(figure, "history", "Trials of the search", caption), caption)


def _importance(values: Values) -> Iterator[Picture]:
    shares: Mapping[str, float] = values["importance"]
    if not shares:
        return
    figure = pictures.canvas(70 + _BAR * len(shares))
    axes = figure.subplots()
    names = list(shares)[::-1]  # the largest on top
    bars = axes.barh(
        [pictures.shortened(name.rpartition(".")[2]) for name in names],
        [shares[name] for name in names],
        color=pictures.BLUE,
        height=0.62,
    )
    axes.bar_label(
        bars, labels=[percent(shares[name]) for name in names], padding=3, fontsize=pictures.SMALL,
        color=pictures.INK,
    )  # fmt: skip
    pictures.plain(axes, grid="x")
    axes.set_xticks([])
    axes.margins(x=0.22)
    said = "; ".join(f"{name} {percent(share)}" for name, share in shares.items())
    caption = f"Share of each setting in the variance of {values['measure']}."
    yield Picture(pictures.svg(figure, "importance", "What mattered", f"{caption} {said}."), caption)


def _trials(values: Values, highest: bool) -> Table:
    trials: Sequence[Values] = values["trials"]
    names = list(dict.fromkeys(name for one in trials for name in one["settings"]))
    rows = [
        [
            str(one["number"]),
            one["reason"] or one["state"],
            "-" if one["figure"] is None else tuning.shown(one["figure"], highest),
            str(one["epochs"]),
            duration(one["seconds"]),
            *(tuning.setting(one["settings"].get(name, "-")) for name in names),
        ]
        for one in trials
    ]
    columns = ("trial", "what came of it", values["measure"], "epochs", "time", *names)
    return Table("All trials", columns, rows, words=2)
