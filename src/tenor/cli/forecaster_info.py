"""What `tenor info` says of a forecaster."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenor.cli.console import Terminal
from tenor.config.load import to_values
from tenor.config.names import name_of
from tenor.data.suggestion import listed
from tenor.report import forecast_tables
from tenor.report.numbers import count, percent_share, size

if TYPE_CHECKING:
    from tenor.forecast_model import ForecastModel


def show_forecaster(terminal: Terminal, path: Path, *, json: bool) -> None:
    """Print what the forecaster in a folder is."""
    from tenor.folder import FORECASTER, find, manifest
    from tenor.forecast_model import ForecastModel
    from tenor.report.tables import facts

    model = ForecastModel.load(path)
    bytes_ = sum(file.stat().st_size for file in find(path, FORECASTER).iterdir())
    written = manifest(path)
    if json:
        config = to_values(model.config)
        terminal.json(
            {
                "path": str(path),
                "kind": "forecaster",
                "columns": list(model.columns),
                "targets": list(model.targets),
                "classes": list(model.classes),
                "clock": model.clock.kind,
                "step": str(model.step),
                "calendar": list(model.periods),
                "window": model.config.window.length,
                "horizon": _horizon(model),
                "network": config["network"],
                "parameters": _parameters(model),
                "bytes": bytes_,
                "format": written["format"],
                "tenor": written["tenor"],
                "scalings": {name: one.to_json() for name, one in model.scalings.items()},
                "series": [name for name in model.scalings if name],
                "config": config,
                "metrics": model.metrics,
            }
        )
        return
    window, horizon = model.config.window, _horizon(model)
    reads = ", ".join((*model.columns, *(f"time of the {period}" for period in model.periods)))
    shown = {
        "forecaster": f"{path} ({size(bytes_)}), format {written['format']}, by Tenor {written['tenor']}",
        "network": f"{name_of(model.config.network)}, {count(_parameters(model), 'parameter')}",
        "trained on": model.config.data.source or "a series that was not named",
        **({"series": listed(model.scalings)} if len(model.scalings) > 1 else {}),
        "reads": f"{count(window.length, 'step')} of {model.step}: {reads}",
        "says": (
            f"the state at the last step: {', '.join(model.classes)}"
            if model.classes
            else f"the next {count(horizon, 'step')} of {', '.join(model.targets)}, by "
            f"{model.config.output.kind}"
        ),
        **_figures(model.metrics),
    }
    terminal.show(facts(shown))


def _horizon(model: "ForecastModel") -> int:
    """Return how many steps are forecast; of states, told at the window's last step, none."""
    return 0 if model.classes else model.config.window.horizon


def _parameters(model: "ForecastModel") -> int:
    return sum(array.size for array in model.arrays.values())


def _figures(metrics: Mapping[str, Any]) -> dict[str, str]:
    """Return the test figures of the network and of the baselines; none of a forecaster never judged."""
    shown = {}
    for name, found in metrics.get("test", {}).items():
        if metrics["measure"] == "error rate":
            shown[f"test accuracy, {name}"] = percent_share(found["metrics"]["accuracy"])
        else:
            measure = metrics["measure"]
            shown[f"test {measure}, {name}"] = forecast_tables.interval(found[measure.lower()])
    return shown
