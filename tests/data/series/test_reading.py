"""Reading a series: columns found, order, gaps, and one clear line for whatever cannot be used."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import series

from tenor.config.forecast import SeriesConfig
from tenor.data.series.reading import read_all, read_series
from tenor.errors import DataError

DAYS = [f"2021-03-{day:02}" for day in range(1, 13)]


def read(path: Path, **settings: Any) -> Any:
    return read_series(SeriesConfig(source=str(path), **settings))


def text(path: Path, content: str) -> Path:
    path.write_text(content, "utf-8")
    return path


def test_the_only_column_of_numbers_is_forecast(tmp_path: Path) -> None:
    found = read(series.write(tmp_path / "s.csv", {"Date": DAYS, "note": ["x"] * 12, "v": range(12)}))
    assert (found.columns, found.targets) == (("v",), ("v",))
    assert found.values[:, 0].tolist() == list(range(12))
    assert str(found.step) == "1 day"
    assert any("'note'" in note for note in found.notes)


def test_targets_come_first_and_all_numbers_are_read(tmp_path: Path) -> None:
    path = series.write(tmp_path / "s.csv", {"a": range(12), "ds": DAYS, "b": range(1, 13), "c": range(12)})
    found = read(path, target=("c",))
    assert (found.columns, found.targets) == (("c", "a", "b"), ("c",))
    assert read(path, target=("c",), inputs=()).columns == ("c",)
    assert read(path, target=("c",), inputs=("b",)).columns == ("c", "b")


def test_dates_come_before_numbers_that_are_called_like_times(tmp_path: Path) -> None:
    columns = {"month": [3] * 12, "jour": DAYS, "v": range(12)}
    found = read(series.write(tmp_path / "s.csv", columns), target=("v",))
    assert found.columns == ("v", "month")
    assert found.shown(0) == DAYS[0]


def test_unsorted_rows_are_sorted_and_it_is_said(tmp_path: Path) -> None:
    path = series.write(tmp_path / "s.csv", {"date": DAYS[::-1], "v": range(12)})
    found = read(path)
    assert found.values[:, 0].tolist() == list(range(11, -1, -1))
    assert any("sorted" in note for note in found.notes)


def test_gaps_are_missing_and_filled_from_before_only(tmp_path: Path) -> None:
    values: list[object] = ["", "1", "2", "n/a", "", "5", "6", "7", "8", "9", "10", "11"]
    dates = [day for day in DAYS if day != "2021-03-08"]  # where 7 stood
    kept = [value for day, value in zip(DAYS, values, strict=True) if day in dates]
    found = read(series.write(tmp_path / "s.csv", {"date": dates, "v": kept}))
    assert found.shown(0) == "2021-03-02"  # nothing is known before
    assert np.isnan(found.values[:, 0]).nonzero()[0].tolist() == [2, 3, 6]
    assert found.filled()[:, 0].tolist() == [1, 2, 2, 2, 5, 6, 6, 8, 9, 10, 11]
    assert any("1 of 12 steps" in note for note in found.notes)
    assert any("3 of 11 values are missing" in note for note in found.notes)


@pytest.mark.parametrize(
    ("dates", "step"),
    [
        (["2020-01", "2020-02", "2020-03", "2020-05"], "1 month"),
        (["2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30"], "1 month"),
        (["2019/1/1", "2019/4/1", "2019/7/1", "2019/10/1"], "3 months"),
        (["2020-01-01 00:15", "2020-01-01 00:30", "2020-01-01T00:45", "2020-01-01 01:15"], "15 minutes"),
        (["2020-03-29T00:00+01:00", "2020-03-29T01:00+01:00", "2020-03-29T03:00+02:00"], "1 hour"),
        (["2020-01-06", "2020-01-13", "2020-01-20"], "1 week"),
        (["20200101", "20200102", "20200103"], "1 day"),
        (["1", "3", "5", "9"], "2"),
    ],
)
def test_steps_of_many_kinds(tmp_path: Path, dates: list[str], step: str) -> None:
    found = read(series.write(tmp_path / "s.csv", {"time": dates, "v": range(len(dates))}))
    assert str(found.step) == step
    assert found.clock.read(dates[-1]) == found.time(len(found) - 1)


def test_formats_agree(tmp_path: Path) -> None:
    columns = {"date": DAYS, "v": [value / 4 for value in range(12)]}
    whole = read(series.write(tmp_path / "s.csv", columns))
    rows = "\n".join(f"{day};{value}" for day, value in zip(*columns.values(), strict=True))
    other = text(tmp_path / "o.csv", f"date;v\n{rows}\n")
    stamps = pa.array(np.array(DAYS, "datetime64[us]"))
    pq.write_table(pa.table({"date": stamps, "v": columns["v"]}), tmp_path / "s.parquet")
    for found in (read(other), read(tmp_path / "s.parquet")):
        assert found.values.tolist() == whole.values.tolist()
        assert (found.start, found.step) == (whole.start, whole.step)


def test_labels(tmp_path: Path) -> None:
    states = ["on", "off", ""] * 4
    path = series.write(tmp_path / "s.csv", {"date": DAYS, "load": range(12), "state": states})
    found = read(path, label="state")
    assert found.classes == ("off", "on")
    assert found.labels.tolist() == [1, 0, -1] * 4
    assert (found.columns, found.targets) == (("load",), ())


def test_until_leaves_later_steps_out(tmp_path: Path) -> None:
    found = read(series.write(tmp_path / "s.csv", {"date": DAYS, "v": range(12)}), until="2021-03-10")
    assert len(found) == 9
    assert any("3 steps from 2021-03-10 on" in note for note in found.notes)


BAD = {
    "one column": ("v\n1\n2\n", {}, "one column only"),
    "no dates": ("a,b\n1.5,2\n2.5,3\n", {}, "no column of dates", "--time"),
    "no numbers": ("date,b\n2021-01-01,x\n2021-01-02,y\n", {}, "no column of numbers"),
    "two targets": ("date,a,b\n2021-01-01,1,2\n2021-01-02,3,4\n", {}, "a, b", "--target"),
    "no such column": ("date,temp\n2021-01-01,1\n", {"target": ("tmep",)}, "'tmep'", "did you mean 'temp'"),
    "words": (
        "date,v\n2021-01-01,1\n\n2021-01-02,2\n2021-01-03,warm\n2021-01-04,2\n", {}, "line 5", "'warm'"
    ),
    "decimal comma": ('date,v\n2021-01-01,1\n2021-01-02,2\n2021-01-03,"3,5"\n', {}, "line 4", "20.7"),
    "infinite": ("date,v\n2021-01-01,1\n2021-01-02,2\n2021-01-03,inf\n", {}, "line 4", "no number"),
    "no date": ("date,v\n2021-01-01,1\n2021-01-02,1\n31.01.2021,2\n", {"time": "date"}, "neither dates"),
    "repeated": (
        "date,v\n2021-01-02,1\n2021-01-01,2\n2021-01-02,3\n", {}, "2021-01-02", "lines 2 and 4", "once"
    ),
    "irregular": (
        "date,v\n2021-01-01,1\n2021-01-02,2\n2021-01-03,2\n2021-01-03 12:30,3\n",
        {}, "no regular step", "2021-01-03 12:30", "750 minutes",
    ),
    "far apart": ("date,v\n2021-01-01,1\n2021-01-02,2\n2021-01-03,2\n2121-01-03,3\n", {}, "there should be"),
    "too short": ("date,v\n2021-01-01,1\n2021-01-02,1\n", {}, "three times at least"),
    "empty column": ("date,v,w\n2021-01-01,1,\n2021-01-02,2,\n2021-01-03,2,\n", {"target": ("v",), "inputs":
                     ("w",)}, "'w'", "no value at all"),
    "one class": ("date,v,s\n2021-01-01,1,a\n2021-01-02,2,a\n2021-01-03,2,a\n", {"label": "s"},
    "1 different"), "bad bound": ("date,v\n2021-01-01,1\n2021-01-02,1\n2021-01-03,2\n", {"until": "soon"},
    "'soon'", "1989-01-01"), "empty file": ("", {}, "empty"),
    "header alone": ("date,v\n", {}, "no rows"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_used_is_said_in_one_line(tmp_path: Path, name: str) -> None:
    content, settings, *said = BAD[name]
    with pytest.raises(DataError) as error:
        read(text(tmp_path / "s.csv", str(content)), **settings)  # type: ignore[arg-type]
    assert "\n" not in str(error.value)
    for part in said:
        assert str(part) in str(error.value)


def test_several_series_are_told_apart(tmp_path: Path) -> None:
    path = series.stations(tmp_path / "s.csv", (30, 20))
    found = read_all(SeriesConfig(source=str(path), series_id="place"))
    assert [one.id for one in found] == ["<i>north</i>", "جنوب"]
    assert [len(one) for one in found] == [30, 20]
    assert [one.columns for one in found] == [("temp",)] * 2
    for number, one in enumerate(found):
        assert one.values[:, 0] == pytest.approx(100**number * series.waves(len(one), seed=number))


def test_numbers_may_tell_series_apart_and_are_not_read(tmp_path: Path) -> None:
    columns = {"id": [2] * 12 + [1] * 12, "date": DAYS * 2, "v": range(24)}
    found = read_all(SeriesConfig(source=str(series.write(tmp_path / "s.csv", columns)), series_id="id"))
    assert [(one.id, one.columns, one.values[0, 0]) for one in found] == [("1", ("v",), 12), ("2", ("v",), 0)]


@pytest.mark.parametrize(
    ("columns", "series_id", "said"),
    [
        ({"id": ["a"] * 12, "date": DAYS, "v": range(12)}, "ID", "has no column 'ID'"),
        (
            {"id": ["a"] * 11 + [""], "date": DAYS, "v": range(12)},
            "id",
            "line 13: 'id' is '', so the row is of",
        ),
        ({"id": ["a"] * 12, "date": DAYS, "v": range(12)}, "date", "no column of dates among id, v;"),
        ({"id": ["a"] * 11 + ["b"], "date": DAYS, "v": range(12)}, "id", "series 'b' has 1 rows"),
        ({"id": ["a", "a"] * 6, "date": DAYS[:6] * 2, "v": range(12)}, "id", "series 'a': 'date' is"),
        (
            {"id": ["a"] * 6 + ["b"] * 6, "date": [*DAYS[:6], *DAYS[::2]], "v": range(12)},
            "id",
            "bring all series to one step",
        ),
        (
            {"id": ["a"] * 6 + ["b"] * 6, "date": DAYS, "v": [*range(6), *["NA"] * 6]},
            "id",
            "series 'b': column 'v' holds no value",
        ),
    ],
)
def test_series_that_cannot_be_told_apart(
    tmp_path: Path, columns: dict[str, Any], series_id: str, said: str
) -> None:
    path = series.write(tmp_path / "s.csv", columns)
    with pytest.raises(DataError) as caught:
        read_all(SeriesConfig(source=str(path), series_id=series_id))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
