from pathlib import Path

import pytest

from tenor.config.load import settings
from tenor.experiments.public import PATHS, Public, hub_id, public_name


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("movies", "movies"),
        ("/home/somebody/secret/reviews.csv", "reviews.csv"),
        ("/home/somebody/imdb/", "imdb"),
        ("C:\\Users\\somebody\\reviews.csv", "reviews.csv"),
        ("hub:stanfordnlp/imdb", "hub:stanfordnlp/imdb"),
        ("hub:glue:sst2", "hub:glue:sst2"),
        ("hub:/home/somebody/saved", "saved"),
        ("hub:../saved", "saved"),
        ("/", "data"),
    ],
)
def test_only_the_name_of_a_file_or_folder_is_public(source: str, name: str) -> None:
    assert public_name(source) == name


def test_a_folder_is_no_data_set_of_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert hub_id("hub:owner/name") == "owner/name"
    assert hub_id("owner/name") is None
    Path("owner/name").mkdir(parents=True)
    assert hub_id("hub:owner/name") is None
    assert public_name("hub:owner/name") == "name"


def test_paths_are_replaced_wherever_they_stand() -> None:
    found = Public(["/home/a", "/home/a/b.csv", "plain.csv"]).of(
        {"x": "read /home/a/b.csv", "y": ["/home/a", ("plain.csv", 1, None)], "z": {"w": 0.5}}
    )
    assert found == {"x": "read b.csv", "y": ["a", ["plain.csv", 1, None]], "z": {"w": 0.5}}
    assert Public([]).of("as it is") == "as it is"


def test_every_setting_that_names_a_file_or_folder_is_known() -> None:
    speaking = {one.key for one in settings() if {"file", "folder"} & set(one.meaning.lower().split())}
    # The first is not shown at all, the second says file of what is written.
    harmless = {"network.pretrained.architecture", "training.track"}
    assert speaking - harmless <= set(PATHS)
    assert set(PATHS) <= {one.key for one in settings()}
