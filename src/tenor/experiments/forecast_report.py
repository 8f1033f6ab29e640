"""What the page of a forecasting run is made of: the values of forecast.json."""

from typing import TYPE_CHECKING, Any

import numpy as np

from tenor.config.load import to_values
from tenor.data.series.parts import NAMES
from tenor.data.series.preparing import Prepared
from tenor.evaluation.metrics import Floats
from tenor.experiments.machine import environment

if TYPE_CHECKING:
    from tenor.experiments.forecasting import ForecastRun

_SHOWN_STEPS = 120  # steps of a picture, about
_SHOWN_TARGETS = 4


def report_values(run: "ForecastRun") -> dict[str, Any]:
    """Return what forecast.json holds, beside what the training cost; of the series only what is drawn."""
    prepared, series = run.prepared, run.prepared.series
    return {
        "config": to_values(run.config),
        "history": [dict(row) for row in run.history.rows],
        "judged": run.judged.to_json(),
        "series": {
            "where": series.where,
            "step": str(series.step),
            "steps": len(series),
            "first": series.shown(0),
            "last": series.shown(len(series) - 1),
            "columns": list(series.columns),
            "targets": list(series.targets),
            "classes": list(series.classes),
            "periods": list(prepared.periods),
            "season": prepared.season,
            "notes": list(series.notes),
            "parts": [_part(prepared, name) for name in NAMES],
        },
        "pictures": []
        if series.classes
        else pictures(prepared, run.judged.said, run.config.output.quantiles),
        "environment": environment(),
    }


def pictures(prepared: Prepared, said: Floats, levels: tuple[float, ...]) -> list[dict[str, Any]]:
    """Return, for each target, the last test windows that follow each other without overlap.

    `said` are the test quantiles (N, H, K, Q).
    """
    series, windows = prepared.series, prepared.windows["test"]
    horizon = windows.horizon
    count = max(1, _SHOWN_STEPS // horizon)
    rows = np.arange(len(windows))[::-1]
    # Every horizon-th window from the last on, as far as none was left out between them.
    rows = rows[(windows.ends[-1] - windows.ends[rows]) % horizon == 0][:count][::-1]
    first = int(windows.ends[rows[0]]) + 1
    last = int(windows.ends[rows[-1]]) + 1 + horizon
    shown = []
    for place, target in enumerate(series.targets[:_SHOWN_TARGETS]):
        quantiles = said[rows][:, :, place]  # (n, H, Q)
        shown.append(
            {
                "target": target,
                "times": [series.shown(step) for step in range(first, last)],
                "values": [None if np.isnan(v) else float(v) for v in series.values[first:last, place]],
                "starts": [int(windows.ends[row]) + 1 - first for row in rows],
                "levels": list(levels),
                "quantiles": quantiles.tolist(),
            }
        )
    return shown


def _part(prepared: Prepared, name: str) -> dict[str, Any]:
    first, last = prepared.parts.bounds(name)
    series = prepared.series
    return {
        "name": name,
        "first": series.shown(first),
        "last": series.shown(last - 1),
        "steps": last - first,
        "windows": len(prepared.windows[name]),
    }
