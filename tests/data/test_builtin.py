import re
import subprocess
import sys
from collections import Counter
from functools import cache

import pytest

from tenor.data.builtin.corpus import BUILTIN, load
from tenor.data.builtin.grammar import prose, read_banks, split_of
from tenor.data.builtin.kinds import KINDS
from tenor.data.example import Dataset, Example
from tenor.errors import DataError

SPLITS = ("train", "validation", "test")
BANKS = {
    "movies": ("common", "movies"),
    **{domain: ("common", "products", domain) for domain in ("electronics", "books", "home")},
}

corpus = cache(load)

every_corpus = pytest.mark.parametrize("name", BUILTIN)
every_bank = pytest.mark.parametrize("domain", BANKS)


def sentences(examples: tuple[Example, ...]) -> set[str]:
    return {sentence for example in examples for sentence in re.split(r"(?<=[.!?:;]) ", example.text)}


def pieces(examples: tuple[Example, ...]) -> set[str]:
    """Whatever of five or more words stands between marks of punctuation."""
    found = {piece.strip().lower() for e in examples for piece in re.split(r"[.,;:!?]", e.text)}
    return {piece for piece in found if len(piece.split()) >= 5}


def made(dataset: Dataset, split: str) -> list[Example]:
    return [example for example in dataset.split(split) if example.columns["source"] == "grammar"]


def written(dataset: Dataset) -> list[Example]:
    return [example for example in dataset.split("test") if example.columns["source"] == "written"]


@every_corpus
def test_has_enough_reviews_in_every_split(name: str) -> None:
    dataset = corpus(name)
    assert len(dataset.split("train")) >= 1200
    assert len(dataset.split("validation")) >= 300
    assert len(made(dataset, "test")) >= 400
    assert len(written(dataset)) >= 60
    assert dataset.classes == ("negative", "positive")


@every_corpus
def test_ids_and_texts_are_unique(name: str) -> None:
    examples = [example for split in SPLITS for example in corpus(name).split(split)]
    assert len({example.id for example in examples}) == len(examples)
    assert len({example.text for example in examples}) == len(examples)
    assert corpus(name).split("train")[0].id == f"{name}-train-0001"


@every_corpus
@pytest.mark.parametrize("split", SPLITS)
def test_every_kind_is_in_every_split_and_labels_are_balanced(name: str, split: str) -> None:
    examples = made(corpus(name), split)
    counts = Counter((example.columns["kind"], example.label) for example in examples)
    for kind in set(KINDS) - {"turn to positive", "turn to negative"}:
        assert counts[kind, "negative"] == counts[kind, "positive"] > 0
    assert counts["turn to positive", "positive"] == counts["turn to negative", "negative"] > 0
    assert counts["turn to positive", "negative"] == counts["turn to negative", "positive"] == 0


@every_corpus
def test_written_reviews_cover_every_kind_with_both_labels(name: str) -> None:
    counts = Counter((example.columns["kind"], example.label) for example in written(corpus(name)))
    for kind in set(KINDS) - {"turn to positive", "turn to negative"}:
        assert counts[kind, "negative"] == counts[kind, "positive"] >= 4
    assert counts["turn to positive", "positive"] == counts["turn to negative", "negative"] >= 4
    assert {kind for kind, _ in counts} == set(KINDS)


@every_corpus
@pytest.mark.parametrize(
    ("one", "other"), [("train", "test"), ("train", "validation"), ("validation", "test")]
)
def test_splits_share_no_sentence(name: str, one: str, other: str) -> None:
    first, second = corpus(name).split(one), corpus(name).split(other)
    assert not sentences(first) & sentences(second)
    # A sentence of several clauses may have a short one in common with another: "for all its charm, ...".
    assert len(pieces(first) & pieces(second)) < 0.02 * len(pieces(second))


@every_corpus
def test_splits_share_their_vocabulary(name: str) -> None:
    counts = {
        split: Counter(
            word for e in made(corpus(name), split) for word in re.findall(r"[\w']+", e.text.lower())
        )
        for split in SPLITS
    }
    for split in ("validation", "test"):
        unknown = sum(count for word, count in counts[split].items() if counts["train"][word] < 2)
        assert unknown < 0.005 * counts[split].total()


@every_corpus
def test_training_texts_are_short_and_varied(name: str) -> None:
    lengths = [len(example.text.split()) for example in corpus(name).split("train")]
    assert sum(lengths) / len(lengths) < 40
    assert min(lengths) <= 5
    assert 60 <= max(lengths) <= 100


def test_products_say_their_domain_and_movies_have_none() -> None:
    counts = Counter(e.columns["domain"] for split in SPLITS for e in corpus("products").split(split))
    assert set(counts) == {"electronics", "books", "home"}
    assert max(counts.values()) < 1.1 * min(counts.values())
    assert not any("domain" in e.columns for split in SPLITS for e in corpus("movies").split(split))


@every_corpus
def test_words_alone_tell_plain_reviews_but_not_the_others(name: str) -> None:
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    dataset = corpus(name)
    for weights in (CountVectorizer(), TfidfVectorizer()):
        features = weights.fit_transform([example.text for example in dataset.split("train")])
        model = LogisticRegression(max_iter=1000).fit(features, [e.label for e in dataset.split("train")])

        def accuracy(examples: list[Example], weights=weights, model=model) -> float:
            predicted = model.predict(weights.transform([example.text for example in examples]))
            return sum(p == e.label for p, e in zip(predicted, examples, strict=True)) / len(examples)

        hard = [e for e in dataset.split("test") if e.columns["kind"] != "plain"]
        assert accuracy(hard) < 0.75
        assert accuracy([e for e in hard if e.columns["source"] == "grammar"]) < 0.75
        assert accuracy([e for e in made(dataset, "test") if e.columns["kind"] == "plain"]) > 0.8


@every_corpus
def test_length_tells_nothing(name: str) -> None:
    from sklearn.linear_model import LogisticRegression

    def lengths(split: str) -> list[list[float]]:
        return [[len(e.text) / 100, len(e.text.split()) / 10] for e in made(corpus(name), split)]

    labels = {split: [e.label for e in made(corpus(name), split)] for split in ("train", "test")}
    model = LogisticRegression().fit(lengths("train"), labels["train"])
    assert model.score(lengths("test"), labels["test"]) < 0.6


@every_corpus
@pytest.mark.parametrize("split", SPLITS)
def test_texts_are_well_formed(name: str, split: str) -> None:
    for example in corpus(name).split(split):
        text = example.text
        assert text.isascii()
        assert not re.search(r"[<>_]|  |\s[.,;!?]|^\s|\s$", text), text
        assert re.search(r"[.!?]$", text), text
        assert not re.search(r"(?:^|[.!?] )[a-z]", text), text
        assert not re.search(r"\b[Aa] (?:[aeio]|u(?!se|ni))", text), text
        assert not re.search(r"\b[Aa]n [^aeiou]", re.sub("[Aa]n hour", "", text)), text


@every_bank
def test_every_polar_bank_has_both_tones_and_no_word_in_both(domain: str) -> None:
    banks = read_banks(*BANKS[domain])
    for name, words in {**banks.polar, **banks.groups}.items():
        assert words["good"], name
        assert words["bad"], name
    good, bad = (
        {word for words in (*banks.polar.values(), *banks.groups.values()) for word in words[tone]}
        for tone in ("good", "bad")
    )
    assert not good & bad


@every_bank
def test_every_word_of_the_banks_is_text(domain: str) -> None:
    banks = read_banks(*BANKS[domain])
    lists = [
        banks.frames,
        banks.words,
        banks.joins,
        banks.items,
        *banks.polar.values(),
        *banks.groups.values(),
    ]
    entries = [entry for bank in lists for words in bank.values() for entry in words]
    assert {type(entry) for entry in entries} == {str}  # YAML reads yes, no, on and off as truth values


@every_bank
def test_every_slot_is_known(domain: str) -> None:
    banks = read_banks(*BANKS[domain])
    known = {"thing", "whole", "con", "pro", *banks.words, *banks.forms}
    for frame in [frame for frames in (*banks.frames.values(), *banks.joins.values()) for frame in frames]:
        for sign, slot in re.findall(r"<([+-]?)([^<>]+)>", frame):
            assert slot in (banks.polar if sign else known), frame


def test_prose_adds_stops_capitals_and_articles() -> None:
    said = prose(["a awful film", "it is a useful one", "what a ending!", "so? an end", "a one-liner"])
    assert said == "An awful film. It is a useful one. What an ending! So? An end. An one-liner."


def test_a_clause_has_one_split_on_every_machine() -> None:
    assert split_of("the plot is dull") in SPLITS
    assert Counter(split_of(f"clause {i}") for i in range(1000))["train"] > 500


@every_corpus
def test_the_same_in_another_process(name: str) -> None:
    code = (
        "import hashlib; from tenor.data.builtin.corpus import load; "
        f"d = load({name!r}); rows = [repr((e.id, e.text, e.label, dict(e.columns))) "
        "for s in d.splits.values() for e in s]; "
        "print(hashlib.sha256('\\n'.join(rows).encode()).hexdigest())"
    )
    hashes = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(hashes) == 1
    assert load(name) == corpus(name)


def test_an_unknown_corpus_is_refused_with_the_known_ones() -> None:
    with pytest.raises(DataError, match=r"'films'.*movies, products"):
        load("films")
