"""Mistakes made on purpose are wrong in just that way, and their figures say what they cost."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from tenor.batching import Batch, collate
from tenor.config.network import NetworkConfig, RecurrentConfig
from tenor.nn.build import build
from tenor.nn.classifier import Classifier
from tenor.text.tokens import Tokens

Script = Callable[[str], ModuleType]

TOKENS = Tokens.of([[2, 3, 4], [5, 6, 7, 8, 2], [3, 3]])
WIDTH = 6  # that the fixed readings pad to
WRONG = ["last place", "last place, fixed width", "mean of places, fixed width"]


@pytest.fixture
def misreading(script: Script) -> ModuleType:
    return script("peers.misreading")


@pytest.fixture
def figures(script: Script) -> ModuleType:
    return script("mistake_figures")


def classifier(misreading: ModuleType, reading: str) -> Classifier:
    torch.manual_seed(0)
    config = NetworkConfig(
        encoder="lstm",
        bidirectional=False,
        pooling=misreading.READINGS[reading].pooling,
        embedding_size=4,
        embedding_scale=1.0,
        recurrent=RecurrentConfig(hidden_size=5),
    )
    module = build(config, vocabulary_size=9, classes=2)
    misreading.READINGS[reading].put_into(module, WIDTH)
    return module.double().eval()


def padded(width: int, rows: list[int] | None = None) -> Batch:
    return collate(TOKENS if rows is None else TOKENS.select(np.array(rows)), width=width)


@torch.no_grad()
def logits(module: Classifier, batch: Batch) -> torch.Tensor:
    return torch.as_tensor(module(batch))


@pytest.mark.parametrize("reading", ["last", "mean", "mean-max"])
def test_the_right_readings_do_not_see_padding(reading: str, misreading: ModuleType) -> None:
    module = classifier(misreading, reading)
    assert torch.allclose(logits(module, padded(5)), logits(module, padded(9)), atol=1e-12)


def test_the_last_place_is_that_of_the_longest_text_beside_it(misreading: ModuleType) -> None:
    wrong, right = (classifier(misreading, reading) for reading in ("last place", "last"))
    narrow, wide = logits(wrong, padded(5)), logits(wrong, padded(9))
    # Places that no text of the batch reaches are ours, not the mistake's.
    assert torch.allclose(narrow, wide, atol=1e-12)
    assert torch.equal(narrow[1], logits(right, padded(5))[1])  # the longest has no padding
    alone = logits(wrong, padded(3, rows=[0]))
    assert torch.allclose(alone, logits(right, padded(3, rows=[0])))
    assert not torch.allclose(alone, narrow[:1], atol=1e-4)  # the company of a text decides


@pytest.mark.parametrize("reading", ["last place, fixed width", "mean of places, fixed width"])
@pytest.mark.parametrize("width", [5, 6, 9])
def test_a_fixed_width_is_that_of_every_batch(reading: str, width: int, misreading: ModuleType) -> None:
    module = classifier(misreading, reading)
    assert torch.allclose(logits(module, padded(width)), logits(module, padded(WIDTH)), atol=1e-12)
    alone = [logits(module, padded(5, rows=[row])) for row in range(len(TOKENS))]
    assert torch.allclose(torch.cat(alone), logits(module, padded(5)), atol=1e-12)


def test_the_places_read_are_those_of_the_lstm_run_on_over_padding(misreading: ModuleType) -> None:
    of_last = classifier(misreading, "last place, fixed width")
    of_mean = classifier(misreading, "mean of places, fixed width")
    lstm = of_last.encoder.encoder.layers[0][0]  # type: ignore[attr-defined]
    with torch.no_grad():
        outputs = lstm(of_last.embedding(padded(WIDTH).ids))[0]  # (B, WIDTH, H): padding is read as zeros
        assert torch.allclose(of_last.head(outputs[:, -1]), logits(of_last, padded(5)))
        assert torch.allclose(of_mean.head(outputs.sum(1) / WIDTH), logits(of_mean, padded(5)))


@pytest.mark.parametrize("reading", WRONG)
def test_a_wrong_network_starts_with_the_weights_of_the_right_one(
    reading: str, misreading: ModuleType
) -> None:
    right = "mean" if reading.startswith("mean") else "last"
    pairs = zip(
        classifier(misreading, reading).parameters(),
        classifier(misreading, right).parameters(),
        strict=True,
    )
    assert all(torch.equal(a, b) for a, b in pairs)


def test_films_stay_together_only_where_they_should(script: Script) -> None:
    mistaken = script("peers.mistaken")
    films = [str(row // 10) for row in range(400)]
    reviews = mistaken.Reviews([""] * 400, np.arange(400) % 2, films)
    split = reviews.split(seed=3)
    parts = [split.train, split.by_film, split.at_random]
    assert sorted(np.concatenate(parts).tolist()) == list(range(400))
    of_train, by_film, at_random = ({films[row] for row in part} for part in parts)
    assert not by_film & (of_train | at_random)
    assert at_random & of_train


def test_only_wrong_vocabularies_and_ratios_know_test_texts(script: Script) -> None:
    mistaken = script("peers.mistaken")
    words = ["good", "fine", "bad", "dull"] * 50
    train = mistaken.Reviews(words, np.array([1, 1, 0, 0] * 50), [str(row) for row in range(200)])
    test = mistaken.Reviews(["odd odd", "wry wry", "odd", "wry"], np.array([1, 0, 1, 0]), list("abcd"))
    clean, leaky = (mistaken.Data.make(train, test, 0, test_seen=seen) for seen in (False, True))
    assert leaky.vocabulary_size == clean.vocabulary_size + 2
    assert set(clean.test.tokens.ids.tolist()) == {1}  # unknown

    def right(*, seen: bool) -> float:
        request = mistaken.Request("any", kind=mistaken.RATIOS, test_seen=seen)
        return float(mistaken.judge_by_ratios(request, leaky)["right test"].mean())

    assert right(seen=False) == 0.5
    assert right(seen=True) == 1.0


def test_a_training_reads_every_epoch_that_may_be_chosen(script: Script) -> None:
    mistaken = script("peers.mistaken")
    texts = ["a good film", "a bad film"] * 40
    reviews = mistaken.Reviews(texts, np.arange(80) % 2 == 0, [str(row // 2) for row in range(80)])
    reviews = mistaken.Reviews(texts, reviews.labels.astype(np.int64), reviews.films)
    data = mistaken.Data.make(reviews, reviews, 0, test_seen=False)
    found = mistaken.train(mistaken.Request("any", epochs=3, rate=0.05), data)
    for part in (mistaken.BY_FILM, mistaken.AT_RANDOM):
        assert found[f"right {part}"].shape == (3, 16 if part == mistaken.BY_FILM else 13)
        assert int(np.argmin(found[f"loss {part}"])) in found["epochs read"]
    assert 2 in found["epochs read"]
    assert found["right test"][-1].mean() == 1.0


def test_validating_by_the_rows_trained_on_is_optimistic(figures: ModuleType) -> None:
    random = np.random.default_rng(0)

    def validated(share: float) -> list[Any]:
        films = np.arange(3000) // 5
        tested = random.random(4000) < 0.8
        return [figures.Validated(films, random.random(3000) < share, tested) for _ in range(3)]

    found = figures.optimism(validated(0.9), validated(0.8), films=600)
    assert found["difference"]["value"] == pytest.approx(found["wrong"]["value"] - found["right"]["value"])
    assert found["difference"]["low"] < 0.1 < found["difference"]["high"]
    assert found["difference"]["low"] > 0
    for way in ("wrong", "right"):
        assert found[way]["value"] == pytest.approx(found[way]["validation"] - found[way]["test"])
    assert found["right"]["low"] < 0 < found["right"]["high"]


def test_choosing_on_few_texts_is_more_optimistic_than_on_many(figures: ModuleType) -> None:
    # Candidates that are all alike: what the best of them is ahead by is chance.
    tested = np.random.default_rng(0).random((20, 4000)) < 0.8
    few, many = (figures.choosing(tested, np.zeros(20), size=size, draws=50, seed=0) for size in (200, 2000))
    assert few["difference"]["value"] > many["difference"]["value"] > 0.005
    for one in (few, many):
        assert abs(one["validation"]["difference"]["value"]) < 0.01
        assert one["difference"]["low"] < one["difference"]["value"] < one["difference"]["high"]


def test_a_cost_is_wrong_minus_right(figures: ModuleType) -> None:
    random = np.random.default_rng(0)
    wrong, right = (random.random((3, 2000)) < share for share in (0.6, 0.8))
    found = figures.cost(wrong, right)
    assert found["difference"]["value"] == pytest.approx(wrong.mean() - right.mean())
    assert found["difference"]["high"] < 0
    assert found["wrong"]["value"] == pytest.approx(wrong.mean())
    assert found["right"]["seeds"] == pytest.approx(right.mean(1).tolist())


def test_seeds_are_compared_each_with_itself(figures: ModuleType) -> None:
    # Trainings far apart from each other, each of which the mistake costs the same tenth of the texts.
    random = np.random.default_rng(0)
    right = random.random((3, 2000)) < np.array([[0.6], [0.75], [0.9]])
    wrong = right & (np.arange(2000) % 10 > 0)
    found = figures.cost(wrong, right)
    assert found["difference"]["high"] < 0
    assert found["difference"]["seeds"] == pytest.approx((wrong.mean(1) - right.mean(1)).tolist())
    assert found["right"]["both"]["low"] < found["wrong"]["value"] < found["right"]["both"]["high"]


def test_every_mistake_has_a_row_and_every_figure_is_shown(script: Script, publish: ModuleType) -> None:
    mistake_table = script("mistake_table")

    def figure(value: float) -> dict[str, float]:
        return {"value": value, "low": value - 0.01, "high": value + 0.01}

    def mistake(number: int) -> dict[str, Any]:
        return {
            "wrong": figure(0.5),
            "right": figure(0.5 + number / 100),
            "difference": figure(-number / 100),
        }

    made: dict[str, Any] = {name: mistake(number) for number, name in enumerate(mistake_table.MISTAKES, 1)}
    validation = {"reported": figure(0.71), "fresh": figure(0.72)}
    made["chosen-on-test"] = [
        {**mistake(number), "texts": 1000 * number, "candidates": 45, "validation": validation,
         "gain_on_fresh": figure(0.003)}
        for number in (1, 2)
    ]  # fmt: skip
    place = {"time": "2000-01-01", "cores": 1, "processor": "any", "python": "3",
             "versions": {"torch": "1", "numpy": "1"}}  # fmt: skip
    found = {"seeds": [0, 1], "epochs": 5, "batch_size": 32, "full_batches": 0.99, "mistakes": made}
    shown = publish.TABLES["mistakes"](
        publish.Results({"mistakes": {"environment": place, "figures": found}})
    )
    rows = [line for line in shown.splitlines() if line.startswith("|")][2:]
    assert len(rows) == len(mistake_table.MISTAKES) + 1
    assert rows[0].endswith("| 50.00 | 51.00 | -1.00 (-2.00 to +0.00) |")
    assert any("best of 45 candidates, read on the 2,000 test texts" in row for row in rows)
    for part in (
        "Seeds: 0, 1; 5 epochs",
        "71.00 %",
        "72.00 %",
        "+0.30 (-0.70 to +1.30)",
        "Measured 2000-01-01",
    ):
        assert part in shown


def test_the_summary_has_every_mistake_of_the_table(script: Script, tmp_path: Path) -> None:
    mistakes, mistake_table = script("mistakes"), script("mistake_table")
    mistaken = script("peers.mistaken")
    random = np.random.default_rng(0)
    train = mistaken.Reviews([""] * 200, np.arange(200) % 2, [str(row // 4) for row in range(200)])
    asked = mistakes.requests(2, 3)
    assert len({one.name for one in asked}) == len(asked)
    for one in asked:
        arrays: dict[str, Any] = {"right test": random.random((1, 60)) < 0.8, "epochs read": np.array([0])}
        if one.kind != mistaken.RATIOS:
            split = train.split(one.seed)
            arrays = {"right test": random.random((3, 60)) < 0.8, "epochs read": np.arange(3)}
            for part, rows in ((mistaken.BY_FILM, split.by_film), (mistaken.AT_RANDOM, split.at_random)):
                arrays[f"right {part}"] = random.random((3, len(rows))) < 0.8
                arrays[f"loss {part}"] = random.random(3)
        np.savez(tmp_path / f"{one.name}.npz", **arrays)
    made = mistakes.summary(mistakes.Readings(tmp_path, 2), train, 60)
    assert made.keys() == mistake_table.MISTAKES.keys()
    assert [one["texts"] for one in made["chosen-on-test"]] == [30]
    assert made["chosen-on-test"][0]["candidates"] == 27
    assert mistakes.estimate(asked, 16_000, 25_000, 2) < 25 * 60
