import gzip
from pathlib import Path

import numpy as np
import pytest

from tenor.errors import DataError
from tenor.text.tokens import Tokens
from tenor.text.vectors import read
from tenor.text.vocabulary import PAD, UNKNOWN, Vocabulary

VOCABULARY = Vocabulary((PAD, UNKNOWN, "good", "bad", "at", "café"), pad=0, unknown=1)
LINES = ["the 0 0 0", "good 1 2.5 -3e-1", "café 4 5 6", "zebra 7 8 9"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "vectors.txt"


def write(file: Path, lines: list[str], end: str = "\n") -> Path:
    file.write_bytes((end.join(lines) + end).encode())
    return file


def test_words_of_the_vocabulary_get_their_vectors(file: Path) -> None:
    vectors = read(write(file, LINES), VOCABULARY, 3)
    assert vectors.matrix.dtype == np.float32
    assert vectors.found.tolist() == [False, False, True, False, False, True]
    np.testing.assert_allclose(vectors.matrix[2], [1, 2.5, -0.3], rtol=1e-6)
    np.testing.assert_array_equal(vectors.matrix[5], [4, 5, 6])
    np.testing.assert_array_equal(vectors.matrix[~vectors.found], 0)


@pytest.mark.parametrize("end", ["\n", "\r\n", " \n"])
@pytest.mark.parametrize("head", [[], ["4 3"]])
@pytest.mark.parametrize("dim", [3, None])
def test_header_line_ends_and_wanted_size_change_nothing(
    file: Path, end: str, head: list[str], dim: int | None
) -> None:
    vectors = read(write(file, head + LINES, end), VOCABULARY, dim)
    np.testing.assert_array_equal(vectors.matrix, read(write(file, LINES), VOCABULARY, 3).matrix)


def test_a_gzip_file_reads_like_the_plain_one(file: Path) -> None:
    packed = file.with_suffix(".txt.gz")
    packed.write_bytes(gzip.compress(write(file, LINES).read_bytes()))
    np.testing.assert_array_equal(read(packed, VOCABULARY, 3).matrix, read(file, VOCABULARY, 3).matrix)


@pytest.mark.parametrize("first", [True, False])
def test_a_token_with_spaces_is_not_its_first_word(file: Path, first: bool) -> None:
    spaced = ["at name@example.org 1 1 1", ". . . 2 2 2"]
    lines = [*spaced, *LINES] if first else [*LINES, *spaced]
    vectors = read(write(file, lines), VOCABULARY, 3)
    assert not vectors.found[4]
    assert vectors.found[2]


def test_other_spaces_are_part_of_a_token(file: Path) -> None:
    vectors = read(write(file, ["x\u00a0y 1 1 1", "\u0085 1 1 1", "at\u2028 1 1 1", *LINES]), VOCABULARY, 3)
    assert vectors.found.sum() == 2


def test_the_first_token_may_be_a_number_and_lines_may_be_blank(file: Path) -> None:
    assert read(write(file, ["7 1 1 1", "", *LINES, "", ""]), VOCABULARY, None).matrix.shape == (6, 3)


def test_the_first_of_two_vectors_counts(file: Path) -> None:
    assert read(write(file, [*LINES, "good 9 9 9"]), VOCABULARY, 3).matrix[2, 0] == 1


def test_specials_get_no_vector(file: Path) -> None:
    assert not read(write(file, ["<unk> 1 1 1", "<pad> 1 1 1"]), VOCABULARY, 3).found.any()


def test_coverage_of_words_and_of_what_texts_use(file: Path) -> None:
    vectors = read(write(file, LINES), VOCABULARY, 3)
    assert vectors.coverage == 0.5  # good and café, of four
    assert vectors.coverage_of(Tokens.of([[2, 2, 2], [3, 1]])) == pytest.approx(0.6)
    assert vectors.coverage_of(Tokens.of([])) == 0


@pytest.mark.parametrize("head", [[], ["4 3"]])
def test_another_size_is_refused_with_both(file: Path, head: list[str]) -> None:
    with pytest.raises(DataError, match="vectors of 3 numbers, and embedding_size is 100"):
        read(write(file, head + LINES), VOCABULARY, 100)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("bad 1 2", "line 5: expected a token and 3 numbers, separated by spaces, found 3 fields"),
        ("zebra 1", "line 5: expected a token and 3 numbers"),
        ("zebra", "found 1 fields"),
        ("bad 1 two 3", "line 5: 'two' is no number"),
        ("bad 1 nan 3", "line 5: a number is infinite or not a number"),
        ("bad 1 2 inf", "line 5: a number is infinite"),
        ("bad 1 2 1e39", "line 5: a number is infinite"),
    ],
)
@pytest.mark.parametrize("header", [False, True])
def test_a_malformed_line_is_named(file: Path, line: str, found: str, header: bool) -> None:
    lines = [*LINES, line]
    if header:
        lines, found = ["5 3", *lines], found.replace("line 5", "line 6")
    with pytest.raises(DataError, match=found):
        read(write(file, lines), VOCABULARY, 3)


def test_a_file_that_ends_early_is_refused(file: Path) -> None:
    with pytest.raises(DataError, match="announces 400 vectors and holds 4"):
        read(write(file, ["400 3", *LINES]), VOCABULARY, 3)


def test_a_gzip_file_that_ends_early_is_refused(file: Path) -> None:
    packed = file.with_suffix(".gz")
    packed.write_bytes(gzip.compress("\n".join(LINES).encode())[:-12])
    with pytest.raises(DataError, match="no complete gzip file"):
        read(packed, VOCABULARY, 3)


def test_a_plain_file_called_gz_is_refused(file: Path) -> None:
    with pytest.raises(DataError, match="no complete gzip file"):
        read(write(file.with_suffix(".gz"), LINES), VOCABULARY, 3)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "line 1: expected a token and its numbers"),
        (b"good\n", "line 1: expected a token and its numbers"),
        (b"word,1,2,3\n", "line 1: expected a token and its numbers"),
        (b"\x80\x02}q\x00(X\x05\x00", "not a binary one"),
        (b"PK\x03\x04rest", "unpack it"),
    ],
)
def test_another_kind_of_file_is_refused(file: Path, content: bytes, found: str) -> None:
    file.write_bytes(content)
    with pytest.raises(DataError, match=found):
        read(file, VOCABULARY, None)


def test_word2vecs_binary_form_is_refused(file: Path) -> None:
    rows = b"".join(word + b" " + np.ones(3, np.float32).tobytes() + b"\n" for word in (b"good", b"bad"))
    file.write_bytes(b"2 3\n" + rows)
    with pytest.raises(DataError, match="line 2: expected a token and 3 numbers"):
        read(file, VOCABULARY, 3)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.txt", tmp_path / "missing.gz", tmp_path):
        with pytest.raises(DataError, match="cannot be read"):
            read(path, VOCABULARY, 3)
