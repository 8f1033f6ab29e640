"""N-grams: those that stand in the texts, counted as by hand, none across texts or over unknown words."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenor.text.ngrams import NGrams
from tenor.text.tokens import Tokens

VOCABULARY = 6

texts = st.lists(st.lists(st.integers(0, VOCABULARY - 1), min_size=1, max_size=9), min_size=1, max_size=8)


def runs(text, longest):
    """Runs of up to `longest` words of a text, padding (0) and unknown (1) being no words."""
    found = [tuple(text[i : i + n]) for n in range(1, longest + 1) for i in range(len(text) - n + 1)]
    return [run for run in found if min(run) > 1]


def named(given_texts, ngrams, longest):
    """Which run each column is, read off texts that hold one run each."""
    names = {}
    for run in {run for text in given_texts for run in runs(text, longest)}:
        columns, _ = ngrams.find(Tokens.of([list(run)]))
        shorter = {c for n in range(len(run)) for c in ngrams.find(Tokens.of([list(run[:n] or [1])]))[0]}
        names |= {int(c): run for c in columns.tolist() if c not in shorter and _last(ngrams, c) == len(run)}
    return names


def _last(ngrams, column):
    """How many words the run of a column has."""
    ends, first = [ngrams.vocabulary_size - 2], ngrams.vocabulary_size - 2
    for keys in ngrams.keys:
        first += len(keys)
        ends.append(first)
    return next(n for n, end in enumerate(ends, 1) if column < end)


@settings(max_examples=80, deadline=None)
@given(texts, texts, st.integers(1, 3), st.integers(1, 3))
def test_columns_are_the_frequent_runs_of_training_counted_by_hand(training, others, longest, min_count):
    ngrams = NGrams.of(Tokens.of(training), VOCABULARY, longest, min_count)
    counts = Counter(run for text in training for run in runs(text, longest))
    known = {run for run, count in counts.items() if len(run) == 1 or count >= min_count}
    longer = sum(len(run) > 1 for run in known)
    assert ngrams.columns == VOCABULARY - 2 + longer
    names = named(training, ngrams, longest)
    assert set(names.values()) == known
    columns, starts = ngrams.find(Tokens.of(others))
    for row, text in enumerate(others):
        found = columns[starts[row] : starts[row + 1]].tolist()
        expected = Counter(run for run in runs(text, longest) if run in known)
        assert Counter(names[c] for c in found if c in names) == expected
        # A word of the vocabulary that no training text of this test holds has a column all the same.
        assert all(c < VOCABULARY - 2 for c in found if c not in names)


def test_no_run_crosses_texts_or_an_unknown_word():
    ngrams = NGrams.of(Tokens.of([[2, 3], [4, 1, 5]]), VOCABULARY, 3, 1)
    assert [len(keys) for keys in ngrams.keys] == [1, 0]
    columns, starts = ngrams.find(Tokens.of([[1], [2, 1, 3], [4, 5]]))
    assert columns.tolist() == [0, 1, 2, 3]
    assert starts.tolist() == [0, 0, 2, 4]


@pytest.mark.parametrize("longest", [1, 2, 3])
def test_one_word_texts_have_words_alone(longest):
    ngrams = NGrams.of(Tokens.of([[2], [3]]), VOCABULARY, longest, 1)
    assert ngrams.columns == VOCABULARY - 2
    assert ngrams.find(Tokens.of([[3]]))[0].tolist() == [1]
