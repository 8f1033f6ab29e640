"""Word vectors from the text files of GloVe and word2vec."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from tenor.errors import DataError
from tenor.text.tokens import Tokens
from tenor.text.vocabulary import SPECIALS, Vocabulary

_ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Vectors:
    """What a file holds for a vocabulary of V tokens; whoever uses them fills the rows not found."""

    matrix: npt.NDArray[np.float32]  # (V, D), finite, zero where not found
    found: npt.NDArray[np.bool_]  # (V,), False for padding and unknown

    @property
    def coverage(self) -> float:
        """Share of the vocabulary, without its specials, that has a vector."""
        return float(self.found.sum()) / max(len(self.found) - SPECIALS, 1)

    def coverage_of(self, tokens: Tokens) -> float:
        """Share of the tokens of some texts that have a vector."""
        return float(self.found[tokens.ids].mean()) if len(tokens.ids) else 0.0


def read(path: Path, vocabulary: Vocabulary, dim: int | None) -> Vectors:
    """Read the vectors of the vocabulary's tokens, a line at a time, from a text file or its .gz.

    A line is a token and D numbers, separated by single spaces; the token may hold spaces (GloVe 840B). A
    first line of two whole numbers is word2vec's header: number of vectors, D. Where a token comes twice the
    first line counts. `dim` is the D that is wanted, None takes the file's. Numbers are parsed, and checked,
    on the lines that are wanted; the others must only be long enough. Raises `DataError`, with the number of
    the line where one is to blame.
    """
    rows = {_bytes(token): row for row, token in enumerate(vocabulary.tokens) if token in vocabulary}
    with _opened(path) as file:
        first = file.readline()
        announced, size = _shape(path, first)
        if dim is not None and size != dim:
            raise DataError(
                f"{path} holds vectors of {size} numbers, and embedding_size is {dim}: "
                f"set network.embedding_size to {size}, or choose another file"
            )
        matrix = np.zeros((len(vocabulary), size), dtype=np.float32)
        found = np.zeros(len(vocabulary), dtype=np.bool_)
        seen = 0
        for number, line in _lines(file, first if announced is None else None):
            content = line.rstrip()
            if not content:
                continue
            seen += 1
            if content.count(b" ") < size:
                raise DataError(
                    f"{path}, line {number}: expected a token and {size} numbers, separated by spaces, found "
                    f"{content.count(b' ') + 1} fields; the file may be cut off or damaged, get it again"
                )
            if content[: content.index(b" ")] not in rows:  # tokens of the vocabulary hold no spaces
                continue
            token, *numbers = content.rsplit(b" ", size)
            row = rows.get(token)
            if row is not None and not found[row]:
                matrix[row] = _floats(path, number, numbers)
                found[row] = True
    if announced is not None and seen < announced:
        raise DataError(f"{path} announces {announced} vectors and holds {seen}; it is cut off, get it again")
    return Vectors(matrix, found)


def _lines(file: BinaryIO, first: bytes | None) -> Iterator[tuple[int, bytes]]:
    """Yield the lines with their numbers; `first` is line 1 where that is not the header."""
    if first is not None:
        yield 1, first
    yield from enumerate(file, start=2)


def _shape(path: Path, first: bytes) -> tuple[int | None, int]:
    """Return the number of vectors, where the first line announces it, and the numbers of each."""
    fields = first.rstrip().split(b" ")
    if first.startswith(_ZIP):
        raise DataError(f"{path} is a ZIP archive; unpack it, and give the text file inside")
    if len(fields) == 2 and all(field.isdigit() for field in fields):
        return int(fields[0]), int(fields[1])
    # The token may hold spaces: the numbers are what can be read from the end.
    size = 0
    for field in reversed(fields[1:]):
        if not _is_number(field):
            break
        size += 1
    if size == 0:
        raise DataError(
            f"{path}, line 1: expected a token and its numbers, separated by spaces; "
            "give a text file of GloVe or word2vec (plain or .gz), not a binary one"
        )
    return None, size


def _floats(path: Path, number: int, fields: list[bytes]) -> npt.NDArray[np.float32]:
    try:
        with np.errstate(over="ignore"):  # becomes infinite, and is refused below
            values = np.array([float(field) for field in fields], dtype=np.float32)
    except ValueError:
        wrong = next(field for field in fields if not _is_number(field))
        raise DataError(
            f"{path}, line {number}: {wrong[:40].decode(errors='replace')!r} is no number; "
            "correct the line, or get the file again"
        ) from None
    if not np.isfinite(values).all():
        raise DataError(
            f"{path}, line {number}: a number is infinite or not a number; correct the line, or remove it"
        )
    return values


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _bytes(token: str) -> bytes:
    return token.encode(errors="surrogatepass")


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a plain or gzipped file for reading; what goes wrong meanwhile becomes a `DataError`."""
    try:
        # gzip's file reads like any other, though its type is another.
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            yield file  # type: ignore[misc]
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path} is no complete gzip file ({error}); get it again") from error
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror}); give a text file of word vectors (plain or .gz)"
        ) from error
