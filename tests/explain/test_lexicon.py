import pytest
import toy

from tenor.errors import InputError
from tenor.explain.lexicon import Lexicon
from tenor.text.pipeline import TextPipeline

TEXTS = ["good film", "a good film", "such a bad film $", "filming badly"]


@pytest.fixture
def lexicon() -> Lexicon:
    return Lexicon(TextPipeline.build(TEXTS, toy.config().text))


def test_first_words_are_the_most_frequent_and_no_specials(lexicon: Lexicon) -> None:
    assert [lexicon.word(index) for index in lexicon.first(3).tolist()] == ["film", "a", "good"]
    every = [lexicon.word(index) for index in lexicon.first().tolist()]
    assert sorted(every) == ["a", "bad", "badly", "film", "filming", "good", "such"]
    assert lexicon.unit == "word"


def test_a_word_is_found_however_it_is_written(lexicon: Lexicon) -> None:
    assert lexicon.word(lexicon.find("Good")) == "good"
    assert lexicon.find(" good! ") == lexicon.find("good")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("fillm", "'fillm'; did you mean 'film'"),
        ("<pad>", "does not know the word 'pad'"),
        ("xyzzy", "give another one"),
        ("good film", r"2 words \(good, film\)"),
        ("", "is no word"),
        ("😀", "is no word"),
    ],
)
def test_others_are_refused_in_one_line(lexicon: Lexicon, word: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        lexicon.find(word)
    assert "\n" not in str(refused.value)


def test_subwords_are_pieces() -> None:
    config = toy.config(text={"tokenizer": "bpe", "max_size": 60})
    lexicon = Lexicon(TextPipeline.build(TEXTS * 3, config.text))
    assert lexicon.unit == "piece"
    assert lexicon.word(lexicon.find("film")) == "▁film"
    with pytest.raises(InputError, match="pieces"):
        lexicon.find("film good")
