"""A forecasting experiment: resumed = never stopped, saved = trained, and the future changes nothing."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import series

from tenor.data.series.preparing import prepare
from tenor.data.series.reading import read_all, read_series
from tenor.errors import ConfigError, DataError, Interrupted, ModelError
from tenor.experiments.forecasting import SilentSeriesWatcher, fit, forecast
from tenor.experiments.judging import baselines, predictions, wanted
from tenor.experiments.run import stored_as
from tenor.forecast_model import ForecastModel
from tenor.inference.forecasting import next_values
from tenor.nn.build import to_arrays
from tenor.training.checkpoint import Progress


class StopsAt(SilentSeriesWatcher):
    """Presses Ctrl-C after so many steps."""

    def __init__(self, step: int) -> None:
        self.left = step

    def step(self, progress: Progress) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def hourly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return series.hourly(tmp_path_factory.mktemp("series") / "s.csv", 160)


def test_interrupted_and_resumed_is_never_stopped(hourly: Path, tmp_path: Path) -> None:
    config = series.config(hourly, {"data": {"target": ["temp"]}, "training": {"checkpoint_minutes": 0.0}})
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    forecast(config, out=whole)
    with pytest.raises(Interrupted, match=r"tenor forecast --out .*cut --resume"):
        forecast(config, out=cut, watcher=StopsAt(5))
    assert not (cut / "model").exists()
    forecast(stored_as(type(config), cut), out=cut, resume=True)
    weights = "model/weights.safetensors"
    assert (cut / weights).read_bytes() == (whole / weights).read_bytes()
    found = [json.loads((folder / "metrics.json").read_text()) for folder in (whole, cut)]
    assert found[0]["test"] == found[1]["test"]


def test_a_checkpoint_of_another_series_is_refused(hourly: Path, tmp_path: Path) -> None:
    config = series.config(hourly, {"data": {"target": ["temp"]}})
    forecast(config, out=tmp_path / "run")
    with pytest.raises(ConfigError, match="other settings"):
        forecast(replace(config, window=replace(config.window, length=7)), out=tmp_path / "run", resume=True)


def test_training_knows_nothing_of_the_test_and_forecasts_nothing_of_what_comes(hourly: Path) -> None:
    config = series.config(hourly, {"data": {"target": ["temp"]}})
    whole = read_series(config.data)
    before = prepare(whole, config)
    fitted = fit(before, config)
    said = predictions(fitted.module, before, fitted.runtime.torch_device)["test"]
    values = whole.values.copy()
    place = before.members[0].parts.test + 10
    values[place:] *= -3
    after = prepare(replace(whole, values=values), config)
    again = fit(after, config)
    others = predictions(again.module, after, again.runtime.torch_device)["test"]
    arrays = to_arrays(again.module)
    for name, array in to_arrays(fitted.module).items():
        assert (array == arrays[name]).all()
    known = np.flatnonzero(before.windows["test"].ends < place)
    assert len(known) > 5
    assert others[known] == pytest.approx(said[known], rel=1e-6)
    assert others[-1] != pytest.approx(said[-1])


def test_a_saved_forecaster_says_the_same(hourly: Path, tmp_path: Path) -> None:
    config = series.config(hourly, {"data": {"target": ["temp"]}})
    run = forecast(config, out=tmp_path / "run")
    model = ForecastModel.load(tmp_path / "run")
    # The last test window, had the series ended there: the same numbers, now as what comes next.
    lines = hourly.read_text("utf-8").splitlines()
    shorter = tmp_path / "shorter.csv"
    shorter.write_text("\n".join(lines[:-3]) + "\n", "utf-8")
    found = next_values(model, str(shorter))
    assert found.each[0].quantiles == pytest.approx(run.judged.said[-1], rel=1e-5)
    assert [row["time"] for row in found.to_json()["rows"]] == [line.split(",")[0] for line in lines[-3:]]
    assert str(hourly.parent) not in (tmp_path / "run" / "model" / "forecaster.json").read_text()


def test_a_damaged_folder_and_another_series_are_refused(hourly: Path, tmp_path: Path) -> None:
    forecast(series.config(hourly, {"data": {"target": ["temp"]}}), out=tmp_path / "run")
    model = ForecastModel.load(tmp_path / "run")
    days = [f"2020-01-{day:02}" for day in range(1, 29)]
    daily = series.write(tmp_path / "d.csv", {"date": days, "temp": range(28), "wind": range(28)})
    with pytest.raises(DataError, match="step of 1 day"):
        next_values(model, str(daily))
    brief = series.hourly(tmp_path / "b.csv", 5)
    with pytest.raises(DataError, match="reads 6 at a time"):
        next_values(model, str(brief))
    lacking = series.write(tmp_path / "l.csv", {"date": series.hours(30), "temp": range(30)})
    with pytest.raises(DataError, match="'wind'"):
        next_values(model, str(lacking))
    weights = tmp_path / "run" / "model" / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelError, match="damaged"):
        ForecastModel.load(tmp_path / "run")


def test_states_are_told(tmp_path: Path) -> None:
    path = series.machine(tmp_path / "m.csv")
    config = series.config(
        path, {"data": {"label": "state"}, "training": {"epochs": 12, "learning_rate": 0.05}}
    )
    run = forecast(config, out=tmp_path / "run")
    accuracy = run.judged.to_json()["test"]["network"]["metrics"]["accuracy"]["value"]
    assert accuracy > 0.9
    found = next_values(ForecastModel.load(tmp_path / "run"), str(path))
    assert len(found.to_json()["rows"]) == 240 - 5
    shares = found.each[0].probabilities[-len(run.judged.said) :]
    assert shares == pytest.approx(run.judged.said, abs=1e-5)


def test_gaussian_and_several_targets(hourly: Path) -> None:
    config = series.config(hourly, {"data": {"target": ["wind", "temp"]}, "output": {"kind": "gaussian"}})
    judged = forecast(config).judged
    assert judged.measure == "MASE"
    assert judged.said.shape[1:] == (3, 2, 7)
    assert len(judged.to_json()["test"]["network"]["mae_by_target"]) == 2


def test_baselines_of_several_series_are_those_of_each_alone(tmp_path: Path) -> None:
    """Persistence and the last season of one series know nothing of the other."""
    path = series.stations(tmp_path / "s.csv")
    config = series.config(path, {"data": {"series_id": "place", "season": 24}})
    every = read_all(config.data)
    together = prepare(every, config)
    said, _ = baselines(together, config)
    median = config.output.quantiles.index(0.5)
    for number, one in enumerate(every):
        alone = prepare(one, config)
        others, _ = baselines(alone, config)
        for split in ("validation", "test"):
            rows = together.member_of(split) == number
            assert wanted(together, split)[rows] == pytest.approx(wanted(alone, split))
            for name in ("persistence", "seasonal naive"):
                assert said[name][split][rows][..., median] == pytest.approx(
                    others[name][split][..., median], rel=1e-4
                )


def test_several_series_are_trained_saved_and_gone_on_with(tmp_path: Path) -> None:
    path = series.stations(tmp_path / "s.csv")
    config = series.config(path, {"data": {"series_id": "place"}})
    run = forecast(config, out=tmp_path / "run")
    assert run.judged.measure == "MASE"
    values = json.loads((tmp_path / "run" / "forecast.json").read_text("utf-8"))
    assert [one["id"] for one in values["by_series"]] == ["<i>north</i>", "جنوب"]
    total = sum(one["windows"] * one["error"] for one in values["by_series"])
    figure = values["judged"]["test"]["network"]["mase"]["value"]
    assert total / sum(one["windows"] for one in values["by_series"]) == pytest.approx(figure)
    found = next_values(ForecastModel.load(tmp_path / "run"), str(path))
    assert [said.series.id for said in found.each] == ["<i>north</i>", "جنوب"]
    north, south = (said.quantiles[:, 0, 3].mean() for said in found.each)
    assert south > 20 * north  # each in its own units
    other = tmp_path / "other.csv"
    other.write_text(path.read_text("utf-8").replace("جنوب", "east"), "utf-8")
    with pytest.raises(DataError, match="series 'east' is not among the series the model was trained on"):
        next_values(ForecastModel.load(tmp_path / "run"), str(other))
