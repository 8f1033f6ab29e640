"""`tenor forecast`: what it prints and writes, its bad input, and the next values of a saved forecaster."""

import csv
import json
from pathlib import Path

import markup
import pytest
import series
from shell import tenor


@pytest.fixture(scope="module")
def hourly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return series.hourly(tmp_path_factory.mktemp("series") / "s.csv", 160)


@pytest.fixture(scope="module")
def run(hourly: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "run"
    result = tenor(
        "forecast", hourly, "--target", "temp", "--network", "bigru-mean", *series.SMALL_OPTIONS, "--out", out
    )
    assert result.status == 0, result.err
    assert "160 steps of 1 hour: temp, wind" in result.err
    for part in ("train", "validation", "test"):
        assert any(line.startswith(part) and "windows" in line for line in result.err.splitlines())
    for name in ("bigru-mean", "persistence", "seasonal naive", "autoregression"):
        assert any(line.startswith(name) for line in result.out.splitlines())
    assert "baseline" in result.out
    assert str(out) in result.out
    return out


def test_the_run_folder_and_its_page(run: Path, tmp_path: Path) -> None:
    there = {path.name for path in run.iterdir()}
    assert {
        "config.yaml",
        "history.csv",
        "metrics.json",
        "forecast.json",
        "forecast.png",
        "report.html",
    } <= there
    again = tmp_path / "again.html"
    assert tenor("report", run, "--out", again).status == 0
    assert again.read_text("utf-8") == (run / "report.html").read_text("utf-8")
    page = markup.read(again.read_text("utf-8"))
    for said in (
        "bigru-mean",
        "Forecasts",
        "MAE by step ahead",
        "seasonal naive",
        "Parts, in the order of time",
    ):
        assert said in page.text


def test_metrics_hold_differences_to_every_baseline(run: Path) -> None:
    found = json.loads((run / "metrics.json").read_text())
    assert [gap["baseline"] for gap in found["gaps"]] == ["persistence", "seasonal naive", "autoregression"]
    assert found["beats_all"] == all(gap["difference"]["high"] < 0 for gap in found["gaps"])
    assert all(len(gap["by_step"]) == 3 for gap in found["gaps"])


def test_what_comes_next(run: Path, hourly: Path, tmp_path: Path) -> None:
    result = tenor("forecast", hourly, "--model", run)
    assert result.status == 0, result.err
    assert "2020-01-07 16:00" in result.out
    out = tmp_path / "next.csv"
    assert tenor("forecast", hourly, "--model", run, "--output", out).status == 0
    rows = list(csv.DictReader(out.read_text("utf-8").splitlines()))
    assert [row["time"] for row in rows] == [f"2020-01-07 {hour}:00" for hour in (16, 17, 18)]
    values = json.loads(tenor("forecast", hourly, "--model", run, "--json").out)
    assert [float(row["forecast"]) for row in rows] == [row["quantiles"][3] for row in values["rows"]]
    assert "exists already" in tenor("forecast", hourly, "--model", run, "--output", out).error


def test_states_in_any_script_and_as_json(tmp_path: Path) -> None:
    path = series.machine(tmp_path / "m.csv")
    text = path.read_text("utf-8").replace("runs", "يعمل 🙂")
    path.write_text(text, "utf-8")
    out = tmp_path / "run"
    result = tenor("forecast", path, "--label", "state", *series.SMALL_OPTIONS, "--out", out, "--json")
    assert result.status == 0, result.err
    found = json.loads(result.out)
    assert found["measure"] == "error rate"
    assert [gap["baseline"] for gap in found["gaps"]] == ["majority", "logistic regression"]
    page = (out / "report.html").read_text("utf-8")
    assert "<b>stands</b>" not in page
    assert "&lt;b&gt;stands&lt;/b&gt;" in page
    next_file = tmp_path / "next.csv"
    assert tenor("forecast", path, "--model", out, "--output", next_file).status == 0
    shown = " ".join(tenor("info", out).out.split())
    assert "the state at the last step: <b>stands</b>, يعمل 🙂" in shown
    assert "test accuracy, network" in shown
    rows = list(csv.DictReader(next_file.read_text("utf-8").splitlines()))
    assert list(rows[0]) == ["time", "state", "probability_<b>stands</b>", "probability_يعمل 🙂"]


def test_settings_beat_options_and_the_file(hourly: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    recipe = tmp_path / "c.yaml"
    recipe.write_text("window: {length: 9, horizon: 5}\noutput: {kind: gaussian}\n", "utf-8")
    command = (
        "forecast",
        hourly,
        "--target",
        "temp",
        "--config",
        recipe,
        *series.SMALL_OPTIONS,
        "--out",
        out,
    )
    result = tenor(*command, "--set", "window.horizon=2", "--json")
    assert result.status == 0, result.err
    stored = (out / "config.yaml").read_text("utf-8")
    assert "length: 6" in stored
    assert "horizon: 2" in stored
    assert "kind: gaussian" in stored


def test_several_series_in_one_file(tmp_path: Path) -> None:
    path = series.stations(tmp_path / "s.csv")
    out, options = tmp_path / "run", (*series.SMALL_OPTIONS, "--series-id", "place")
    result = tenor("forecast", path, *options, "--out", out)
    assert result.status == 0, result.err
    assert "260 steps of 1 hour in 2 series: temp" in result.err
    assert "MASE" in result.out
    page = (out / "report.html").read_text("utf-8")
    assert "<i>north</i>" not in page
    shown = markup.read(page).text
    assert "By series" in shown
    assert "Forecasts of temp of جنوب" in shown
    assert "series" in tenor("info", out).out
    next_file = tmp_path / "next.csv"
    assert tenor("forecast", path, "--model", out, "--output", next_file).status == 0
    rows = list(csv.DictReader(next_file.read_text("utf-8").splitlines()))
    assert [row["series"] for row in rows] == ["<i>north</i>"] * 3 + ["جنوب"] * 3
    assert "جنوب" in tenor("forecast", path, "--model", out).out
    without = tenor("forecast", path, *series.SMALL_OPTIONS, "--out", tmp_path / "b")
    assert "(--series-id)" in without.error


def test_bad_input_is_one_line(hourly: Path, run: Path, tmp_path: Path) -> None:
    one = tmp_path / "one.csv"
    one.write_text("v\n1\n2\n", "utf-8")
    cases = {
        "no series is named": ("forecast",),
        "one column only": ("forecast", one),
        "does not exist": ("forecast", tmp_path / "none.csv"),
        "name the one to forecast": ("forecast", hourly),
        "not one window": ("forecast", hourly, "--target", "temp", "--window", 150),
        "does not suit a series": ("forecast", hourly, "--target", "temp", "--network", "bag"),
        "both a label": ("forecast", hourly, "--target", "temp", "--label", "wind"),
        "unknown setting": ("forecast", hourly, "--set", "window.lenght=3"),
        "is for training": ("forecast", hourly, "--model", run, "--epochs", 3),
        "give its file": ("forecast", "--model", run),
        "--model FOLDER": ("forecast", hourly, "--output", tmp_path / "n.csv"),
        "has no model in it": ("forecast", hourly, "--model", tmp_path),
    }
    for said, command in cases.items():
        result = tenor(*command, "--out", tmp_path / "out") if "--model" not in command else tenor(*command)
        assert result.status == 2
        assert said in result.error


def test_a_forecaster_is_no_classifier(run: Path) -> None:
    assert "holds a forecaster" in tenor("predict", run, "a text").error


def test_info(run: Path, hourly: Path) -> None:
    shown = tenor("info", run).out
    for said in ("bigru-mean", "s.csv", "6 steps of 1 hour: temp, wind", "the next 3 steps of temp"):
        assert said in " ".join(shown.split())
    for name in ("network", "persistence", "seasonal naive", "autoregression"):
        assert f"test MAE, {name}" in shown
    found = json.loads(tenor("info", run / "model", "--json").out)
    assert (found["kind"], found["window"], found["horizon"]) == ("forecaster", 6, 3)
    assert (found["columns"], found["targets"], found["classes"]) == (["temp", "wind"], ["temp"], [])
    assert found["config"]["data"]["source"] == hourly.name  # and not where it lay
    assert (
        found["metrics"]["test"]["network"]
        == json.loads((run / "metrics.json").read_text())["test"]["network"]
    )
    assert "this is a forecaster" in tenor("info", run, "--against", "gru").error
