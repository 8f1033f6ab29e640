"""The data report counts what the pipeline reads and says in plain sentences what is doubtful."""

import json

import pytest

from tenor.config.text import TextConfig
from tenor.data.example import Dataset, Example
from tenor.evaluation.data_report import data_report, encode_splits
from tenor.text.pipeline import TextPipeline


def report(max_length=None, classes=("bad", "good"), **splits):
    dataset = Dataset("toy", classes, {name: tuple(rows) for name, rows in splits.items()})
    config = TextConfig(tokenizer="words", min_count=1, max_length=max_length)
    texts = [example.text for example in dataset.split("train")]
    pipeline = TextPipeline.build(texts, config)
    return data_report(dataset, pipeline, encode_splits(dataset, pipeline))


def balanced(rows=20):
    return [Example(f"word{i} film", ("bad", "good")[i % 2]) for i in range(rows)]


def test_figures_of_a_split():
    found = report(
        max_length=4,
        train=balanced(),
        test=[
            Example("film film film film film film", "good"),  # 6 tokens, 2 of them cut
            Example("film never", "good"),  # 1 of 2 unknown
            Example("  ", None),
        ],
    )
    test = found.splits[1]
    assert (test.name, test.rows, test.classes, test.unlabelled) == ("test", 3, {"bad": 0, "good": 2}, 1)
    assert test.empty == 1
    assert (test.lengths.shortest, test.lengths.median, test.lengths.longest) == (0, 2.0, 6)
    assert test.lengths.mean == pytest.approx(8 / 3)
    assert test.cut_texts == pytest.approx(1 / 3)
    assert test.cut_tokens == pytest.approx(2 / 8)
    assert test.unknown_tokens == pytest.approx(1 / 6)
    assert found.vocabulary_size == 2 + 21


def test_clean_data_gives_no_warning():
    test = [Example("film word1 word2", "good"), Example("word3 film word4", "bad")]
    assert report(train=balanced(), test=test).warnings() == []


def test_without_a_maximum_length_nothing_is_cut():
    train = report(train=balanced()).splits[0]
    assert train.cut_texts == train.cut_tokens == 0.0


@pytest.mark.parametrize(
    ("splits", "sentence"),
    [
        (
            {"test": [Example("Word1  film", "good"), Example("word0 film", "bad")]},
            "2 test texts also stand in train (such as test[0], test[1])",
        ),
        (
            {"test": [Example("word1 film", "good", id="t9")]},
            "1 test text also stands in train (such as t9)",
        ),
        (
            {"test": [Example("word1 film", "bad")]},
            "1 text stands there with different labels, in 2 rows (such as train[1], test[0])",
        ),
        (
            {
                "train": [*balanced(), Example("new film", "bad", group="g")],
                "test": [Example("film", "bad", group="g")],
            },
            "1 test text belongs to a group that train has as well (such as test[0])",
        ),
        ({"train": [*balanced(), *balanced(4)]}, "4 train texts repeat an earlier one of train"),
        ({"test": [Example("film", "bad")]}, 'no test text is labelled "good"'),
        ({"test": []}, "test has no texts"),
        ({"test": [Example("film"), Example("film word1", "good")]}, "1 test text has no label"),
        ({"train": [*balanced(), Example("", "bad")]}, "1 train text is empty"),
        ({"train": balanced(12)}, 'only 6 train texts are labelled "bad"'),
        (
            {"train": [*balanced(), *(Example(f"more{i}", "good") for i in range(200))]},
            "the largest class of train has 21 times the texts of the smallest; "
            "look at macro figures, not at accuracy",
        ),
        (
            {"test": [Example("film film film film film film", "good"), Example("film", "bad")]},
            "43% of the tokens of test, in 50% of its texts, are cut off by the maximum length of 3",
        ),
        (
            {"test": [Example("unheard words film", "good")]},
            "67% of the tokens of test are not in the vocabulary",
        ),
    ],
)
def test_each_doubt_is_one_sentence(splits, sentence):
    found = report(max_length=3, **({"train": balanced()} | splits))
    assert sentence in found.warnings()
    assert all("\n" not in one for one in found.warnings())


def test_what_reading_warned_of_comes_first():
    dataset = Dataset("toy", ("bad", "good"), {"train": tuple(balanced(4))}, warnings=("split at random",))
    pipeline = TextPipeline.build(["film"], TextConfig(tokenizer="words", min_count=1))
    found = data_report(dataset, pipeline, encode_splits(dataset, pipeline))
    assert found.warnings()[0] == found.to_json()["warnings"][0] == "split at random"
    assert len(found.warnings()) > 1


def test_unlabelled_data_is_said_once():
    found = report(train=balanced(), test=[Example("film"), Example("word1")])
    assert [one for one in found.warnings() if "label" in one] == ["2 test texts have no label"]


def test_json_is_strict_and_holds_the_warnings():
    found = report(max_length=3, train=balanced(), test=[Example("word1 film", "good")], validation=[])
    data = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert data["warnings"] == found.warnings() != []
    assert [split["name"] for split in data["splits"]] == ["train", "test", "validation"]
    assert data["splits"][2]["lengths"] is None
    assert data["splits"][0]["classes"] == {"bad": 10, "good": 10}
    assert data["duplicates"]["texts"][0]["rows"] == 1
