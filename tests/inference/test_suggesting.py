"""What is suggested for labelling: uncertain, unlike each other, never twice, in any pieces."""

import csv
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import toy

from tenor.config.suggestion import SuggestionConfig, parse_suggestion
from tenor.data.duplicates import near, words
from tenor.errors import ConfigError, DataError, OutputError
from tenor.experiments.classification import fit
from tenor.inference import files, suggesting
from tenor.inference.badge import Gradients
from tenor.inference.files import TextRows
from tenor.inference.predictor import Predictor, load
from tenor.inference.suggesting import suggest, suggest_file
from tenor.inference.uncertainty import UNCERTAINTIES

MINGRU = {"encoder": "mingru", "pooling": "mean", "mingru": {"hidden_size": 6, "layers": 1}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = toy.config(network=MINGRU, training={"epochs": 6, "learning_rate": 0.05})
    fitted = fit(toy.dataset(train=128), config)
    path = tmp_path_factory.mktemp("model") / "model"
    replace(fitted.model, data={"text_column": "text", "label_column": "sentiment"}).save(path)
    return path


@pytest.fixture(scope="module")
def predictor(folder: Path) -> Predictor:
    return load(folder)


def rows(*texts: str) -> TextRows:
    return TextRows("new", "text", [{"text": text, "place": number} for number, text in enumerate(texts)])


SURE = [f"good good {a} good" for a in "abcdefgh"] + [f"bad {a} bad bad" for a in "abcdefgh"]
TORN = ["good bad", "a b c d", "h g", "bad f good", "e e e e"]


def test_uncertainties_are_those_of_their_definitions() -> None:
    given = np.array([[0.5, 0.5], [1.0, 0.0], [0.7, 0.3]])
    assert UNCERTAINTIES["entropy"](given) == pytest.approx([1.0, 0.0, 0.8812909])
    assert UNCERTAINTIES["margin"](given) == pytest.approx([1.0, 0.0, 0.6])
    three = np.array([[0.5, 0.5, 0.0], [0.34, 0.33, 0.33]])
    assert UNCERTAINTIES["entropy"](three).argmax() == 1
    assert UNCERTAINTIES["margin"](three).argmax() == 0


def test_gradients_are_those_of_the_outer_products() -> None:
    generator = np.random.default_rng(0)
    probabilities = generator.dirichlet(np.ones(3), 20)
    vectors = generator.normal(size=(20, 4)).astype(np.float32)
    found = Gradients.of(probabilities, vectors)
    residuals = probabilities - np.eye(3)[probabilities.argmax(1)]
    outer = np.einsum("nc,nh->nch", residuals, vectors.astype(float)).reshape(20, -1)
    assert found.squares == pytest.approx((outer**2).sum(1))
    assert found.distances(7) == pytest.approx(((outer - outer[7]) ** 2).sum(1), abs=1e-9)
    drawn = found.drawn(20, 0, lambda _: False)
    assert drawn[0] == found.squares.argmax()
    assert sorted(drawn) == list(range(20))
    assert drawn == found.drawn(20, 0, lambda _: False) != found.drawn(20, 1, lambda _: False)


def test_one_of_two_equal_gradients_is_drawn_last() -> None:
    probabilities = np.array([[0.5, 0.5], [0.5, 0.5], [0.6, 0.4], [0.9, 0.1]])
    vectors = np.array([[1, 0], [1, 0], [0, 1], [1, 1]], np.float32)
    for seed in range(20):
        drawn = Gradients.of(probabilities, vectors).drawn(4, seed, lambda _: False)
        assert drawn[0] == 0
        assert drawn[-1] == 1


def test_what_is_unsure_comes_before_what_is_sure(predictor: Predictor) -> None:
    found = suggest(predictor, rows(*SURE, *TORN), SuggestionConfig(count=5, diverse=False))
    uncertain = UNCERTAINTIES["entropy"](predictor.predict_proba([*SURE, *TORN]))
    assert [one.number - 1 for one in found.rows] == np.argsort(-uncertain, kind="stable")[:5].tolist()
    assert found.rows[0].row["text"] == found.rows[0].text
    assert " % or " in found.rows[0].why
    drawn = suggest(predictor, rows(*SURE, *TORN), SuggestionConfig(count=5))
    mean = np.mean([one.uncertainty for one in drawn.rows])
    assert mean > uncertain.mean()


def test_no_text_comes_twice_nor_nearly(predictor: Predictor) -> None:
    near_ones = ["a b c d e f g h good", "A b c d e f g  h", "h g f e d c b a bad"]
    given = ["GOOD  bad", "good bad", "", "  ", *near_ones, "e e e e"]
    for diverse in (True, False):
        found = suggest(
            predictor, rows(*given), SuggestionConfig(count=8, diverse=diverse), known=["E E e e"]
        )
        assert (found.read, found.empty, found.known) == (8, 2, 1)
        texts = [one.text for one in found.rows]
        assert len(texts) == 2
        assert found.repeated == 3
        assert texts.count("GOOD  bad") == 1


def test_nearness_is_a_share_of_the_words() -> None:
    assert near(words("a fine, fine film of its kind"), words("A fine film of its kind!"))
    assert not near(words("the film was great"), words("the film was dull"))
    assert not near(words("😀😀"), words("😀"))


def test_small_pieces_and_a_small_pool_change_nothing(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = list(dict.fromkeys(one.text for one in toy.examples(200, "pool")))
    choice = SuggestionConfig(count=5)
    monkeypatch.setattr(suggesting, "_FEWEST_KEPT", 40)
    monkeypatch.setattr(suggesting, "_KEPT_EACH", 1)
    whole = suggest(predictor, rows(*texts), choice)
    monkeypatch.setattr(files, "_MOST_ROWS", 7)
    pieces = suggest(predictor, rows(*texts), choice)
    assert [one.number for one in pieces.rows] == [one.number for one in whole.rows]
    ranked = np.sort(UNCERTAINTIES["entropy"](predictor.predict_proba(texts)))[::-1]
    assert min(one.uncertainty for one in pieces.rows) >= ranked[39] - 1e-6


def test_memory_does_not_grow_with_the_file(predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held is the pool and a piece, however many rows go by."""
    monkeypatch.setattr(suggesting, "_FEWEST_KEPT", 20)
    monkeypatch.setattr(files, "_MOST_ROWS", 50)
    pool = suggesting.Pool(predictor, SuggestionConfig(count=1))

    def many() -> Iterator[dict[str, object]]:
        for one in toy.examples(500, "flow"):
            yield {"text": one.text}
            assert len(pool._rows) <= 20

    for chunk, texts in TextRows("new", "text", many()).chunks():
        pool.add(chunk, texts)
    assert pool.read == 500
    assert len(pool._rows) == len(pool._there) == 20


def test_a_file_to_fill_in_is_written(predictor: Predictor, tmp_path: Path) -> None:
    target = tmp_path / "to-label.csv"
    suggest_file(predictor, rows(*SURE, *TORN), target, SuggestionConfig(count=3))
    with target.open(newline="") as file:
        found = list(csv.DictReader(file))
    assert list(found[0]) == [
        *("text", "place", "sentiment", "rank", "why"),
        *("probability_negative", "probability_positive"),
    ]
    assert [one["rank"] for one in found] == ["1", "2", "3"]
    assert {one["sentiment"] for one in found} == {""}
    with pytest.raises(OutputError, match="exists already"):
        suggest_file(predictor, rows(*TORN), target, SuggestionConfig(count=3))
    twice = tmp_path / "twice.jsonl"
    taken = TextRows("new", "text", [{"text": "good bad", "rank": 1}])
    with pytest.raises(DataError, match="has a column 'rank' already"):
        suggest_file(predictor, taken, twice, SuggestionConfig())
    assert not twice.exists()


@pytest.mark.parametrize(
    "text", ["zzz", "good " * 100_000, "😀🎬", "فيلم جميل", "<b>good</b> <script>", "\x00 bad"]
)
def test_any_text_may_be_suggested(predictor: Predictor, text: str) -> None:
    found = suggest(predictor, rows(text), SuggestionConfig(count=3))
    assert found.rows[0].text == text


def test_nothing_to_label_is_said(predictor: Predictor) -> None:
    with pytest.raises(DataError, match="of 2 rows 1 are empty and 1 labelled already"):
        suggest(predictor, rows("", "good"), SuggestionConfig(), known=["GOOD"])
    with pytest.raises(ConfigError, match="count is 0"):
        parse_suggestion({"count": 0})
    with pytest.raises(ConfigError, match="by is 'chance'"):
        parse_suggestion({"by": "chance"})


def test_a_fast_model_needs_no_torch(folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "new.csv"
    source.write_text("text\n" + "\n".join(TORN) + "\n")
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from tenor.cli.main import run\n"
        f"sys.exit(run(['suggest', {str(folder)!r}, {str(source)!r}, '--count', '2', '--out', "
        f"{str(tmp_path / 'out.csv')!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.csv").read_text().count("\n") == 3
