"""Parts, windows, scaling, season, calendar: and that nothing looks ahead."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import series

from tenor.config.forecast import SeriesConfig, WindowConfig
from tenor.data.series.calendar import calendar, periods
from tenor.data.series.dates import Clock
from tenor.data.series.parts import NAMES, Parts
from tenor.data.series.preparing import prepare
from tenor.data.series.reading import read_all, read_series
from tenor.data.series.regularity import Step
from tenor.data.series.scaling import Scaling
from tenor.data.series.season import find_season
from tenor.data.series.series import Series
from tenor.errors import DataError

HOUR = 3_600_000_000


def made(values: Any, step: Step | None = None) -> Series:
    columns = np.asarray(values, np.float64).reshape(len(values), -1)
    names = tuple("abc"[: columns.shape[1]])
    clock = Clock("number" if step and step.unit == "number" else "date")
    return Series("s", clock, step or Step(HOUR), 0, names, names[:1], columns)


def test_parts_follow_each_other_and_windows_stay_in_them() -> None:
    whole, window = made(np.arange(100.0)), WindowConfig(length=8, horizon=4)
    parts = Parts.of(whole, SeriesConfig(test_fraction=0.2, validation_fraction=0.25))
    assert (parts.validation, parts.test, parts.end) == (60, 80, 100)
    told = {part: parts.ends(part, window, ahead=4) for part in NAMES}
    for part, ends in told.items():
        first, last = parts.bounds(part)
        assert ends[0] + 1 == max(first, window.length)
        assert ends[-1] + 4 == last - 1
    assert set(np.diff(parts.ends("train", replace(window, stride=3), ahead=4))) == {3}
    states = parts.ends("test", window, ahead=0)
    assert (states[0], states[-1]) == (80, 99)


def test_parts_by_dates() -> None:
    whole = made(np.arange(100.0), Step(24 * HOUR))
    config = SeriesConfig(validation_from="1970-02-01", test_from="1970-03-01")
    assert Parts.of(whole, config) == Parts(31, 59, 100)
    with pytest.raises(DataError, match="a part has no steps"):
        Parts.of(whole, replace(config, test_from="1975-01-01"))


def test_windows_hold_what_was_and_what_came(tmp_path: Path) -> None:
    path = series.hourly(tmp_path / "s.csv", 120)
    config = series.config(path, {"data": {"target": ["temp"], "calendar": False}})
    found = read_series(config.data)
    prepared = prepare(found, config)
    scaled = prepared.members[0].scaling.scale(found.values)
    for windows in prepared.windows.values():
        for row, end in enumerate(windows.ends):
            assert windows.features([row])[0] == pytest.approx(scaled[end - 5 : end + 1], abs=1e-5)
            assert windows.wanted([row])[0] == pytest.approx(scaled[end + 1 : end + 4, :1], abs=1e-5)


def test_the_future_changes_nothing_before_it(tmp_path: Path) -> None:
    path = series.hourly(tmp_path / "s.csv", 240)
    config = series.config(path, {"data": {"target": ["temp"]}})
    whole = read_series(config.data)
    rng = np.random.default_rng(0)
    before = prepare(whole, config)
    for first in (before.members[0].parts.validation, before.members[0].parts.test, 200):
        values = whole.values.copy()
        values[first:] = 1000 * rng.random(values[first:].shape)
        values[first::3] = np.nan
        after = prepare(replace(whole, values=values), config)
        assert after.members[0].scaling.to_json() == before.members[0].scaling.to_json()
        assert after.season == before.season
        assert after.members[0].scales.tolist() == before.members[0].scales.tolist()
        assert (after.windows["train"].inputs[:first] == before.windows["train"].inputs[:first]).all()
        for part, windows in before.windows.items():
            known = windows.ends + windows.horizon < first
            rows = np.flatnonzero(known)
            if len(rows):
                others = after.windows[part]
                assert (others.ends[rows] == windows.ends[rows]).all()
                assert (others.features(rows) == windows.features(rows)).all()
                assert np.array_equal(others.wanted(rows), windows.wanted(rows), equal_nan=True)


def test_windows_of_which_nothing_is_known_are_left_out(tmp_path: Path) -> None:
    values: list[object] = list(series.waves(120))
    values[100:106] = [""] * 6
    path = series.write(tmp_path / "s.csv", {"date": series.hours(120), "v": values})
    config = series.config(path)
    windows = prepare(read_series(config.data), config).windows["test"]
    wanted = windows.wanted(np.arange(len(windows)))
    assert np.isnan(wanted).any()
    assert not np.isnan(wanted).all(axis=(1, 2)).any()
    assert not np.isnan(windows.features(np.arange(len(windows)))).any()


@pytest.mark.parametrize(("length", "horizon"), [(200, 3), (6, 90)])
def test_a_series_shorter_than_window_and_horizon(tmp_path: Path, length: int, horizon: int) -> None:
    path = series.hourly(tmp_path / "s.csv", 120)
    config = series.config(
        path, {"data": {"target": ["temp"]}, "window": {"length": length, "horizon": horizon}}
    )
    with pytest.raises(DataError, match="not one window") as error:
        prepare(read_series(config.data), config)
    assert "--window" in str(error.value)


def test_scaling_is_of_measured_values() -> None:
    values = np.array([[1.0, 5.0, np.nan], [3.0, 5.0, np.nan], [np.nan, 5.0, np.nan]])
    scaling = Scaling.fitted(values)
    assert scaling.mean.tolist() == [2.0, 5.0, 0.0]
    assert scaling.spread.tolist() == [1.0, 1.0, 1.0]  # a column that never changes is not divided by 0
    assert Scaling.from_json(scaling.to_json()).scale(values)[:2, 0].tolist() == [-1.0, 1.0]


@pytest.mark.parametrize(
    ("step", "season", "steps"),
    [
        (Step(HOUR), 24, 240),
        (Step(24 * HOUR), 7, 200),
        (Step(1, "month"), 12, 96),
        (Step(1, "number"), 17, 200),
    ],
)
def test_a_season_is_found(step: Step, season: int, steps: int) -> None:
    values = series.waves(steps, season=season) + 0.01 * np.arange(steps)
    found = made(values, step)
    assert find_season(found, found.values[:, 0]) == season


def test_of_seasons_that_are_alike_the_shortest_is_found() -> None:
    found = made(series.waves(24 * 60))
    assert find_season(found, found.values[:, 0]) == 24


def test_noise_and_what_drifts_have_no_season() -> None:
    noise = np.random.default_rng(3).normal(size=400)
    for values in (noise, noise.cumsum()):
        found = made(values)
        assert find_season(found, found.values[:, 0]) == 1


def test_the_calendar_is_a_circle_that_closes() -> None:
    found = made(np.zeros(24 * 14))
    names = periods(found)
    assert names == ("day", "week", "year")
    circles = calendar(found, names)
    assert circles[:24, 0] == pytest.approx(circles[24:48, 0], abs=1e-9)
    assert circles[: 24 * 7, 1] == pytest.approx(circles[24 * 7 :, 1], abs=1e-9)
    assert circles[:, 0] ** 2 + circles[:, 3] ** 2 == pytest.approx(1)
    assert periods(made(np.zeros(9), Step(1, "number"))) == ()


@pytest.mark.parametrize(
    "step", [Step(HOUR), Step(3, "month"), Step(2, "number"), Step(1, "month", end=True)]
)
def test_steps_add_up(step: Step) -> None:
    start = Clock("date").read("2019-01-31") if step.unit == "month" else 40
    assert start is not None
    if step.unit == "month" and not step.end:
        start = Clock("date").read("2019-01-15 06:00") or 0
    assert step.after(step.after(start, 3), 5) == step.after(start, 8)
    assert step.after(start, 0) == start


def test_windows_of_several_series_never_cross(tmp_path: Path) -> None:
    path = series.stations(tmp_path / "s.csv")
    config = series.config(path, {"data": {"series_id": "place"}})
    every = read_all(config.data)
    prepared = prepare(every, config)
    for part in NAMES:
        windows, of = prepared.windows[part], prepared.member_of(part)
        assert set(of) == {0, 1}
        for row, number in enumerate(of):
            member = prepared.members[number]
            first, last = member.parts.bounds(part)
            end = windows.ends[row] - member.offset
            assert end >= windows.length - 1
            assert first <= end + 1
            assert end + windows.horizon < last
            scaled = member.scaling.scale(member.series.values)[:, :1]
            assert windows.features([row])[0, :, :1] == pytest.approx(scaled[end - 5 : end + 1], abs=1e-5)
            assert windows.wanted([row])[0] == pytest.approx(scaled[end + 1 : end + 4], abs=1e-5)


def test_each_series_is_scaled_as_if_it_were_alone(tmp_path: Path) -> None:
    path = series.stations(tmp_path / "s.csv")
    config = series.config(path, {"data": {"series_id": "place", "season": 24}})
    every = read_all(config.data)
    together = prepare(every, config)
    for one, member in zip(every, together.members, strict=True):
        (alone,) = prepare(one, config).members
        assert member.scaling.to_json() == alone.scaling.to_json()
        assert member.scales.tolist() == alone.scales.tolist()
        assert member.parts == alone.parts


def test_a_series_that_is_too_short_is_named(tmp_path: Path) -> None:
    path = series.stations(tmp_path / "s.csv", (150, 12))
    config = series.config(path, {"data": {"series_id": "place"}})
    with pytest.raises(DataError, match=r"series 'جنوب': the train part has .* not one window"):
        prepare(read_all(config.data), config)
