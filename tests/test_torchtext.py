"""What users of torchtext knew it by; the table of docs/from-torchtext.md is run row by row."""

import re
from pathlib import Path
from typing import Any

import pytest

from tenor.errors import ConfigError, DataError, InputError
from tenor.torchtext import (
    BucketIterator,
    Vocab,
    build_vocab_from_iterator,
    get_tokenizer,
    get_vecs_by_tokens,
    to_tensor,
    vocab,
)

PAGE = Path(__file__).parent.parent / "docs" / "from-torchtext.md"
ROWS = re.findall(r"^\| .* \| `([^|]+)` \| `([^|]+)` \|$", PAGE.read_text("utf-8"), re.MULTILINE)


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    found: dict[str, Any] = {}
    exec(block, found)
    return found


def test_the_page_has_its_table() -> None:
    table = PAGE.read_text("utf-8").split("| torchtext | now | gives |")[1].split("\n\n")[0]
    assert len(ROWS) == len(table.strip().splitlines()) - 1 > 20


@pytest.mark.parametrize(("call", "gives"), ROWS)
def test_row(call: str, gives: str, names: dict[str, Any]) -> None:
    assert eval(call, names) == eval(gives)


def test_an_unknown_token_is_an_error_until_there_is_a_default() -> None:
    v = Vocab(["a", "b"])
    with pytest.raises(InputError, match="'c' is not among the 2"):
        v(["a", "c"])
    v.set_default_index(-1)
    assert v(["a", "c"]) == [0, -1]
    v.set_default_index(None)
    with pytest.raises(InputError):
        _ = v["c"]


def test_lookups_agree_after_every_insertion() -> None:
    v = Vocab("abc")
    for token, place in (("x", 0), ("y", 2), ("z", 5)):
        v.insert_token(token, place)
        assert v.lookup_token(place) == token
        assert v(v.get_itos()) == list(range(len(v)))


@pytest.mark.parametrize("place", [-1, 4])
def test_a_token_stands_within_or_behind_the_others(place: int) -> None:
    with pytest.raises(InputError, match="give 0 to 3"):
        Vocab("abc").insert_token("d", place)


def test_a_token_has_one_id() -> None:
    with pytest.raises(InputError, match="'b' has the id 1 already"):
        Vocab("abc").append_token("b")
    with pytest.raises(InputError):
        Vocab(["a", "a"])


@pytest.mark.parametrize("index", [-1, 3])
def test_an_id_out_of_range(index: int) -> None:
    with pytest.raises(InputError, match="0 to 2"):
        Vocab("abc").lookup_tokens([index])


def test_specials_are_not_counted_twice_and_leave_room() -> None:
    texts = [["<unk>", "a", "a"], ["b"]]
    assert vocab({"<unk>": 3, "a": 2}, specials=["<unk>"]).get_itos() == ["<unk>", "a"]
    assert build_vocab_from_iterator(texts, specials=["<unk>"]).get_itos() == ["<unk>", "a", "b"]
    with pytest.raises(ConfigError, match="there are 2 specials"):
        build_vocab_from_iterator(texts, specials=["<pad>", "<unk>"], max_tokens=2)


@pytest.mark.parametrize("name", ["spacy", "bpe"])
def test_a_tokenizer_that_is_no_rule(name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        get_tokenizer(name)


def test_a_function_is_a_tokenizer() -> None:
    assert get_tokenizer(list)("ab") == ["a", "b"]


def test_vectors_of_a_file_that_has_specials_as_words(tmp_path: Path) -> None:
    file = tmp_path / "vectors.txt"
    file.write_text("<unk> 1 2\n<pad> 3 4\ncat 5 6\n")
    assert get_vecs_by_tokens(file, ["<pad>", "cat", "\n", "<unk>", "cat", ""]).tolist() == [
        [3, 4], [5, 6], [0, 0], [1, 2], [5, 6], [0, 0],
    ]  # fmt: skip


def test_the_exact_token_goes_before_its_lower_case(tmp_path: Path) -> None:
    file = tmp_path / "vectors.txt"
    file.write_text("Cat 1 2\ncat 3 4\n")
    found = get_vecs_by_tokens(file, ["Cat", "CAT"], lower_case_backup=True)
    assert found.tolist() == [[1, 2], [3, 4]]
    assert get_vecs_by_tokens(file, ["CAT"]).tolist() == [[0, 0]]


def test_vectors_of_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        get_vecs_by_tokens(tmp_path / "none.txt", ["a"])


def _texts() -> tuple[list[list[int]], list[int]]:
    texts = [[row + 1] * (row % 7 + 1) for row in range(23)]
    return texts, list(range(23))


@pytest.mark.parametrize("shuffle", [True, False])
def test_every_text_comes_once_a_pass_with_its_label_and_padding_behind(shuffle: bool) -> None:
    texts, labels = _texts()
    batches = BucketIterator(texts, labels, batch_size=4, shuffle=shuffle, padding_value=99)
    for _ in range(2):
        seen = list(batches)
        assert len(seen) == len(batches) == 6
        rows = [int(row) for batch in seen for row in batch.targets]
        assert sorted(rows) == labels
        for batch in seen:
            for ids, length, row in zip(batch.ids, batch.lengths, batch.targets, strict=True):
                assert ids[:length].tolist() == texts[row]
                assert set(ids[length:].tolist()) <= {99}


def test_passes_differ_and_the_seed_tells_them() -> None:
    texts, labels = _texts()

    def passes(seed: int) -> list[list[int]]:
        batches = BucketIterator(texts, labels, 4, seed=seed)
        return [[int(row) for batch in batches for row in batch.targets] for _ in range(2)]

    first, second = passes(0)
    assert first != second
    assert passes(0) == [first, second]
    assert passes(1) != [first, second]


def test_without_shuffling_the_shortest_come_first() -> None:
    texts, labels = _texts()
    lengths = [int(n) for batch in BucketIterator(texts, labels, 4, shuffle=False) for n in batch.lengths]
    assert lengths == sorted(lengths)


@pytest.mark.parametrize(
    ("texts", "labels", "size", "said"),
    [
        ([[1]], [0, 1], 2, "1 texts and 2 labels"),
        ([[1], []], [0, 1], 2, "text 1 has no tokens"),
        ([[1]], [0], 0, "batch_size is 0"),
    ],
)
def test_what_makes_no_batches(texts: list[list[int]], labels: list[int], size: int, said: str) -> None:
    with pytest.raises(InputError, match=said):
        BucketIterator(texts, labels, size)


def test_no_texts_have_no_batches() -> None:
    assert list(BucketIterator([], [], 2)) == []
    assert list(BucketIterator([], [], 2, shuffle=False)) == []
    assert to_tensor([]).shape == (0, 0)
