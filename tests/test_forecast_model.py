"""The folder of a forecaster: every format is still read, and one that was changed is refused."""

import json
import shutil
from pathlib import Path

import pytest

from tenor import folder
from tenor.errors import ModelError
from tenor.forecast_model import FORMAT, ForecastModel
from tenor.inference.forecasting import next_values

FORMATS = Path(__file__).parent / "formats"
KEPT = FORMATS / f"forecaster-{FORMAT}"
FILES = ["forecaster.json", "manifest.json", "weights.safetensors"]


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_every_format_is_still_read(number: int) -> None:
    """A forecaster of each format is kept with what it said of a series when it was written."""
    kept = FORMATS / f"forecaster-{number}"
    expected = json.loads((kept / "next.json").read_text())["rows"]
    found = next_values(ForecastModel.load(kept / "model"), str(kept / "series.csv")).to_json()["rows"]
    assert [(row["time"], row["target"]) for row in found] == [
        (row["time"], row["target"]) for row in expected
    ]
    for row, wanted in zip(found, expected, strict=True):
        assert row["quantiles"] == pytest.approx(wanted["quantiles"], abs=1e-4)


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_refused(tmp_path: Path, name: str) -> None:
    shutil.copytree(KEPT / "model", tmp_path / "model")
    assert sorted(file.name for file in (tmp_path / "model").iterdir()) == FILES
    assert folder.kind_of(tmp_path) == folder.FORECASTER
    content = bytearray((tmp_path / "model" / name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "model" / name).write_bytes(bytes(content))
    with pytest.raises(ModelError) as caught:
        ForecastModel.load(tmp_path)
    assert "\n" not in str(caught.value)
