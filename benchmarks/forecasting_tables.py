"""The tables of docs/forecasting.md: each series, its networks and baselines, and what beats what."""

from collections.abc import Callable, Mapping
from typing import Any

from results import Results, table

NETWORKS = {"lstm-last": "LSTM", "gru-last": "GRU", "bilstm-last": "bidirectional LSTM"}


def figures(series: str) -> Callable[[Results], str]:
    """Return what makes the table of all models on the test windows of a series."""

    def made(results: Results) -> str:
        found = results.figures(f"forecasting-{series}")
        models = {NETWORKS.get(name, name): one["test"] for name, one in found["networks"].items()}
        models |= {name: [one] for name, one in found["baselines"]["test"].items()}
        rows = []
        for name, trainings in models.items():
            steps = [mean(one["by_step"]["mae"][place] for one in trainings) for place in (0, -1)]
            rows.append(
                [
                    name,
                    *(
                        f"{mean(one[key]['value'] for one in trainings):.3f}"
                        for key in ("mae", "rmse", "mase")
                    ),
                    *(f"{step:.3f}" for step in steps),
                    *(percent(trainings, f"coverage_{level}") for level in (80, 95)),
                    f"{mean(one['width_80']['value'] for one in trainings):.2f}",
                ]
            )
        head = ["model", "MAE", "RMSE", "MASE", "MAE, 1 step ahead", f"MAE, {found['horizon']} steps ahead"]
        head += ["in the 80 % interval", "in the 95 % interval", "width of the 80 % interval"]
        return f"{table(head, rows)}\n\n{results.measured(f'forecasting-{series}')}"

    return made


def gaps(series: str) -> Callable[[Results], str]:
    """Return what makes the table of differences, and a line that says which networks beat all baselines."""

    def made(results: Results) -> str:
        networks: Mapping[str, Any] = results.figures(f"forecasting-{series}")["networks"]
        rows = [
            [NETWORKS.get(name, name), *(difference(gap) for gap in one["gaps"]), verdict(one)]
            for name, one in networks.items()
        ]
        baselines = [gap["baseline"] for gap in next(iter(networks.values()))["gaps"]]
        head = ["MAE of the network minus that of", *baselines, "beats all three"]
        winners = [NETWORKS.get(name, name) for name, one in networks.items() if one["beats_all"]]
        losers = [NETWORKS.get(name, name) for name, one in networks.items() if not one["beats_all"]]
        said = []
        if winners:
            said.append(f"Beats all three baselines: {', '.join(winners)}.")
        if losers:
            said.append(f"Does not beat all three baselines: {', '.join(losers)}.")
        return f"{table(head, rows)}\n\n**{' '.join(said)}**"

    return made


def verdict(network: Mapping[str, Any]) -> str:
    """Say which baselines a network beats."""
    lost = [gap["baseline"] for gap in network["gaps"] if not gap["beaten"]]
    return "yes" if not lost else f"no: not {', '.join(lost)}"


def difference(gap: Mapping[str, Any]) -> str:
    """Return a difference with its interval, in bold where it holds."""
    shown = "{value:+.3f} ({low:+.3f} to {high:+.3f})".format(**gap["difference"])
    return f"**{shown}**" if gap["beaten"] else shown


def mean(values: Any) -> float:
    """Return the mean of some numbers."""
    found = list(values)
    return float(sum(found) / len(found))


def percent(trainings: list[Mapping[str, Any]], key: str) -> str:
    """Return the mean of a share over trainings."""
    return f"{100 * mean(one[key]['value'] for one in trainings):.1f} %"


TABLES = {
    f"forecasting-{series}{part}": build(series)
    for series in ("temperatures", "etth1")
    for part, build in (("", figures), ("-gaps", gaps))
}
