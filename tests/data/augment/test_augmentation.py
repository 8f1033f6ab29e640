"""Variants: of training rows alone, each text once, labels and kinds in balance, groups kept."""

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tenor.config.augmentation import AugmentConfig
from tenor.config.data import DataConfig
from tenor.data.augment.augmentation import augment, augmented
from tenor.data.duplicates import normalized
from tenor.data.example import Dataset, Example
from tenor.data.load import load
from tenor.errors import ConfigError, DataError

CLASSES = ("negative", "positive")
TONES = {"negative": ("bad", "dull", "boring", "weak"), "positive": ("good", "great", "charming", "funny")}
THINGS = ("film", "cast", "plot", "music", "ending", "dialogue", "pace", "camera")


def rows(count: int, *, films: int = 0, positive: float = 0.5, seed: int = 0) -> tuple[Example, ...]:
    """Return short reviews, in `films` groups."""
    generator = random.Random(seed)
    found = []
    for number in range(count):
        label = CLASSES[number % 100 < 100 * positive]
        word = generator.choice(TONES[label])
        text = f"The {generator.choice(THINGS)} was {word} on day {number}."
        found.append(Example(text, label, f"row-{number}", f"film {number % films}" if films else None))
    return tuple(found)


def dataset(**given: object) -> Dataset:
    splits = {"train": rows(200, **given), "validation": rows(20, seed=1), "test": rows(20, seed=2)}  # type: ignore[arg-type]
    return Dataset("some.csv", CLASSES, splits, ("read.",), {"source": "some.csv"})


SHARE = AugmentConfig(share=0.5)


def test_nothing_is_made_unless_asked_for() -> None:
    data = dataset()
    assert augmented(data, AugmentConfig()) is data
    assert DataConfig().augment.share == 0


def test_variants_join_training_and_nothing_else() -> None:
    data = dataset()
    made = augmented(data, SHARE)
    assert made.split("train")[:200] == data.split("train")
    assert len(made.split("train")) == 300
    assert [made.split(name) for name in ("validation", "test")] == [
        data.split(name) for name in ("validation", "test")
    ]
    assert made.notes[0] == "read."
    assert "100 variants of its 200 rows" in made.notes[1]
    provenance = made.provenance["augment"]
    assert isinstance(provenance, dict)
    assert provenance["rows"] == 100
    assert made.provenance["source"] == "some.csv"


def test_equal_arguments_make_equal_variants_and_other_seeds_others() -> None:
    assert augment(dataset(), SHARE) == augment(dataset(), SHARE)
    one, other = (augment(dataset(), replace(SHARE, seed=seed)) for seed in (0, 1))
    assert {e.text for e in one.examples} != {e.text for e in other.examples}
    assert one.to_json()["fingerprint"] != other.to_json()["fingerprint"]


@pytest.mark.parametrize("positive", [0.5, 0.8])
def test_labels_keep_their_shares_within_each_kind(positive: float) -> None:
    made = augment(dataset(positive=positive), AugmentConfig(share=2.0))
    assert len(made.examples) == 400
    assert len(made.kinds) == 5
    for counts in made.kinds.values():
        assert sum(counts.values()) > 40
        assert abs(counts["positive"] - sum(counts.values()) * positive) <= 1


def test_labels_follow_from_what_stands_in_a_variant() -> None:
    """Which is so for these kinds; others turn a word round."""
    by_kind = {"contrast", "temporal turn"}
    own = {word: label for label, some in TONES.items() for word in some}
    for one in augment(dataset(), AugmentConfig(share=2.0)).examples:
        tones = [
            own[word] for word in one.text.lower().replace(".", " ").replace(",", " ").split() if word in own
        ]
        if one.columns["kind"] in by_kind:
            assert sorted(tones) == list(CLASSES), one.text
        elif one.columns["kind"].startswith("negation"):
            assert set(tones) == {next(label for label in CLASSES if label != one.label)}, one.text
        else:
            assert set(tones) == {one.label}, one.text


def test_no_text_comes_twice_or_stands_in_a_split(tmp_path: Path) -> None:
    file = tmp_path / "t.yaml"
    file.write_text("templates: {plain: ['{Pro}.']}")
    data = dataset()
    data = replace(data, splits={**data.splits, "test": (Example("the film was GOOD on day 1", "positive"),)})
    with pytest.raises(DataError, match="no variants can be made of the 200 training rows"):
        augment(data, replace(SHARE, templates=str(file)))  # each is there already
    made = augment(data, AugmentConfig(share=5))
    texts = [normalized(one.text) for one in made.examples]
    assert len(set(texts)) == len(texts)
    assert not set(texts) & {normalized(row.text) for split in data.splits.values() for row in split}


def test_a_variant_belongs_to_the_group_of_its_rows() -> None:
    data = dataset(films=7)
    home = {row.id: row.group for row in data.split("train")}
    made = augment(data, SHARE)
    sources = [one.columns["source"].split(" + ") for one in made.examples]
    assert max(map(len, sources)) == 2
    for one, rows_of_it in zip(made.examples, sources, strict=True):
        assert {home.get(row) for row in rows_of_it} == {one.group}


def test_rows_that_share_no_group_are_not_put_together() -> None:
    apart = tuple(replace(row, group=row.label) for row in rows(200))
    alone = (*apart[:100], *(replace(row, group=None) for row in apart[100:]))
    for split in (apart, alone):
        data = Dataset("some.csv", CLASSES, {"train": split})
        made = augment(data, SHARE)
        assert all(len(one.columns["source"].split(" + ")) < 2 for one in made.examples)


def test_only_training_rows_go_into_variants() -> None:
    data = dataset()
    other = {
        **data.splits,
        "test": tuple(replace(row, text="The zither was good.") for row in data.split("test")),
    }
    assert not any("zither" in one.text for one in augment(replace(data, splits=other), SHARE).examples)


def test_fewer_than_wanted_are_said(tmp_path: Path) -> None:
    file = tmp_path / "t.yaml"
    file.write_text("templates: {turn: ['It was {con_word}, now it is {pro_word}.']}")
    made = augment(dataset(), replace(SHARE, templates=str(file)))
    assert 2 <= len(made.examples) <= 32
    assert Counter(one.label for one in made.examples).most_common()[0][1] <= len(made.examples) // 2 + 1
    assert "100 variants were wanted" in made.notes[1]
    assert "4 negative and 4 positive adjectives" in made.notes[1]


def test_a_frame_that_one_label_cannot_fill_is_not_used(tmp_path: Path) -> None:
    """Or the frame would tell the label."""
    file = tmp_path / "t.yaml"
    file.write_text(
        "templates: {one: ['Yes, {pro_word}.'], both: ['No, not {con_word}.', 'I mean that {pro}.']}\n"
        "adjectives: [good, great, charming]"
    )
    made = augment(dataset(), replace(SHARE, templates=str(file)))
    assert list(made.kinds) == ["both"]
    assert all(one.text.startswith("I mean") for one in made.examples)


@pytest.mark.parametrize(
    ("classes", "texts", "said"),
    [
        (("a", "b", "c"), ("The film was good.",), "3 classes (a, b, c), and variants need two"),
        (("a", "b"), ("good", "", "😀", "<script>alert(1)</script>"), "0 a and 0 b short sentences"),
    ],
)
def test_what_cannot_be_augmented(classes: tuple[str, ...], texts: tuple[str, ...], said: str) -> None:
    split = tuple(Example(f"{text}", label) for label in classes for text in texts)
    with pytest.raises(DataError) as error:
        augment(Dataset("some.csv", classes, {"train": split}), SHARE)
    assert said in str(error.value)


def test_a_class_without_rows_and_a_share_of_nothing() -> None:
    with pytest.raises(DataError, match="no training row of class 'negative'"):
        augment(Dataset("some.csv", CLASSES, {"train": (Example("The film was good.", "positive"),)}), SHARE)
    with pytest.raises(DataError, match="give a larger one"):
        augment(dataset(), AugmentConfig(share=1e-6))


def test_templates_without_a_share_are_refused() -> None:
    with pytest.raises(ConfigError, match="give a share"):
        augmented(dataset(), AugmentConfig(templates="mine.yaml"))


def test_load_adds_variants_after_splitting_and_keeps_the_fingerprint_of_the_rows(tmp_path: Path) -> None:
    file = tmp_path / "reviews.csv"
    file.write_text(
        "text,label,film\n" + "".join(f"{r.text},{r.label},{r.group}\n" for r in rows(200, films=9))
    )
    plain = DataConfig(source=str(file), group_by="film")
    data, made = load(plain), load(replace(plain, augment=SHARE))
    assert made.provenance["fingerprint"] == data.provenance["fingerprint"]
    assert [len(made.split(n)) - len(data.split(n)) for n in made.splits] == [
        round(0.5 * len(data.split("train"))), 0, 0,
    ]  # fmt: skip
    held = {row.group for name in ("validation", "test") for row in made.split(name)}
    assert not held & {row.group for row in made.split("train")}
