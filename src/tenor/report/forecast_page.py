"""The page of a forecasting run, from the values of its forecast.json."""

from collections.abc import Iterator, Mapping
from typing import Any

from tenor.config.forecast import ForecastConfig, forecast_settings, parse_forecast
from tenor.config.names import name_of
from tenor.report import forecast_tables as tables
from tenor.report import run_pictures
from tenor.report.forecast_pictures import forecast_pictures, step_pictures
from tenor.report.numbers import duration
from tenor.report.page import Page, Section, Table, facts
from tenor.report.run_page import again_section, environment_section, settings_section

Values = Mapping[str, Any]


def forecast_page(values: Values) -> str:
    """Return the page as HTML. Raises `MissingExtraError` without Jinja2 or matplotlib."""
    series, name = values["series"], network_name(values)
    states = bool(series["classes"])
    what = f"the state {values['config']['data']['label']}" if states else ", ".join(series["targets"])
    test = next(part for part in series["parts"] if part["name"] == "test")
    by_step, widths, by_series = (
        tables.steps(values, name),
        tables.widths(values, name),
        tables.by_series(values),
    )
    return Page(
        f"Forecast {values['name']}",
        f"{name} on {series['where']}: {what}, judged on {test['windows']:,} windows from {test['first']} to "
        f"{test['last']}.",
        [
            Section("summary", "Summary", [tables.verdict(values, name), *_intervals(values)]),
            Section("forecasts", "Forecasts", pictures=list(forecast_pictures(values))),
            Section(
                "figures",
                "Figures",
                text=_STATE if states else "",
                pictures=list(step_pictures(values, name)),
                tables=[
                    tables.figures(values, name),
                    tables.gaps(values, name),
                    *([] if widths is None else [widths]),
                    *([] if by_series is None else [by_series]),
                    *tables.by_class(values),
                ],
                folded=[] if by_step is None else [by_step],
                folded_title="By step ahead",
            ),
            Section("series", "The series", list(tables.notes(values)), tables=list(_series(values))),
            Section(
                "training",
                "Training",
                pictures=list(run_pictures.curves(values["history"], values["cost"].get("best_epoch"))),
            ),
            settings_section(values["config"], forecast_settings()),
            environment_section(_environment(values)),
            again_section("tenor forecast", values["name"]),
        ],
    ).render()


_STATE = "A window is told by the state at its last step: the state then, not a later one."


def network_name(values: Values) -> str:
    """Return the name of a run's network, such as bilstm-last."""
    config: ForecastConfig = parse_forecast(values["config"])
    return name_of(config.network)


def _intervals(values: Values) -> Iterator[str]:
    found = values["judged"]["test"]["network"]
    if "coverage_80" not in found:
        return
    parts = " and ".join(
        f"{100 * found[f'coverage_{level}']['value']:.0f} % of values in its {level} % interval"
        for level in (80, 95)
    )
    yield f"On the test windows the network has {parts}."


def _series(values: Values) -> Iterator[Table]:
    series = values["series"]
    rows = [
        [part["name"], part["first"], part["last"], f"{part['steps']:,}", f"{part['windows']:,}"]
        for part in series["parts"]
    ]
    yield Table("Parts, in the order of time", ("part", "from", "to", "steps", "windows"), rows, words=3)
    read = [
        ("columns read", ", ".join(series["columns"])),
        ("calendar", ", ".join(series["periods"]) or "none"),
    ]
    baselines = [
        (name, ", ".join(f"{key} {value}" for key, value in chosen.items()))
        for name, chosen in values["judged"]["baselines"].items()
        if chosen
    ]
    yield facts("What is read, and what was chosen for the baselines", [*read, *baselines])


def _environment(values: Values) -> dict[str, Any]:
    cost = values["cost"]
    return {
        **values["environment"],
        **cost["runtime"],
        "training": duration(cost["training_seconds"]),
        "whole run": duration(cost["wall_seconds"]),
        "epochs": cost["epochs"],
        "peak memory": f"{cost['peak_memory_mib']:,.0f} MiB",
    }
