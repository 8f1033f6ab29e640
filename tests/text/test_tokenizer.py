"""What every tokenizer promises, and the dict of them."""

import functools
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenor.errors import ConfigError, ModelError
from tenor.text.tokenizer import TOKENIZERS, Tokenizer, build, from_json

TRAINING = [
    "I didn't like this film at all. It wasn't funny!",
    "I liked this film, and it was unbelievably funny :)",
    "The film was liked by all, unbelievable! İstanbul looks great",
] * 2

# Half of any text is made of what the rules look for, in any order.
FRAGMENTS = [
    *("<br />", '<"br" />', "<b>", "</i>", "<", "&amp;", "&#39;", "&#304;", "&lt;3", "'", "’", '"', ".", ","),
    *(
        ":",
        ";",
        "-",
        ")",
        "(",
        "D",
        "8/10",
        "3.5",
        "don't",
        "İ",
        "Σ",
        "😀",
        "🇩🇪",
        "\u200d",
        "\ud800",
        "_",
        " ",
        "\n",
    ),
    *("Film", "unbelievable"),
]
any_text = st.lists(
    st.one_of(st.sampled_from(FRAGMENTS), st.characters(exclude_categories=[])), max_size=30
).map("".join)


@functools.cache
def made(name: str) -> Tokenizer:
    return build(name, TRAINING, max_size=120, min_count=1)


@pytest.fixture(params=TOKENIZERS, scope="module")
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    return made(request.param)


@given(text=any_text)
def test_spans_are_the_tokens_of_tokenize(tokenizer: Tokenizer, text: str) -> None:
    assert [token.text for token in tokenizer.spans(text)] == tokenizer.tokenize(text)


@given(text=any_text)
def test_offsets_lie_in_the_text_and_never_go_back(tokenizer: Tokenizer, text: str) -> None:
    spans = tokenizer.spans(text)
    starts, ends = [token.start for token in spans], [token.end for token in spans]
    assert all(0 <= start < end <= len(text) for start, end in zip(starts, ends, strict=True))
    assert starts == sorted(starts)
    assert ends == sorted(ends)


@pytest.mark.parametrize("name", [name for name in TOKENIZERS if name != "characters"])
@given(text=any_text)
def test_no_token_is_empty_or_holds_a_space(name: str, text: str) -> None:
    tokenizer = made(name)
    assert all(token and not any(map(str.isspace, token)) for token in tokenizer.tokenize(text))


@given(text=any_text)
def test_saved_and_read_it_does_the_same(tokenizer: Tokenizer, text: str) -> None:
    again = from_json(json.loads(json.dumps(tokenizer.to_json())))
    assert again == tokenizer
    assert again.spans(text) == tokenizer.spans(text)


@pytest.mark.parametrize("name", [name for name in TOKENIZERS if name != "characters"])
@pytest.mark.parametrize("text", ["", " ", "\n\t\u2003"])
def test_a_text_without_words_has_no_tokens(name: str, text: str) -> None:
    tokenizer = made(name)
    assert tokenizer.tokenize(text) == []
    assert tokenizer.spans(text) == []


@pytest.mark.parametrize("name", TOKENIZERS)
def test_a_tokenizer_is_called_what_its_key_says(name: str) -> None:
    assert made(name).name == name
    assert made(name).to_json()["name"] == name


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r'"wrods"; choose one of: words, basic_english, reviews, bpe'):
        build("wrods", TRAINING, max_size=100, min_count=1)


@pytest.mark.parametrize("value", [None, [], "words", {}, {"nome": "words"}])
def test_json_without_a_name_is_refused(value: object) -> None:
    with pytest.raises(ModelError, match="has no name"):
        from_json(value)


@pytest.mark.parametrize("name", ["words2", 3, None, ["words"]])
def test_a_tokenizer_of_another_version_is_refused(name: object) -> None:
    with pytest.raises(ModelError, match="use the version that trained it"):
        from_json({"name": name})


def test_importing_the_text_pipeline_loads_no_heavy_library() -> None:
    code = (
        "import sys, tenor.text.pipeline, tenor.text.vectors, tenor.text.familiarity;"
        "from tenor.config.text import TextConfig;"
        "tenor.text.pipeline.TextPipeline.build(['good good'], TextConfig()).encode(['good']);"
        "print([n for n in ('torch', 'tokenizers', 'pyarrow', 'numba') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
