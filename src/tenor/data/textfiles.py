"""Text files, plain or gzip, in any encoding; what cannot be read becomes one clear `DataError`."""

import codecs
import contextlib
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from tenor.errors import DataError

_CHUNK = 1 << 16
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@contextlib.contextmanager
def open_text(path: Path, encoding: str) -> Iterator[TextIO]:
    """Open a text file for reading, unzipped when its name ends in .gz, with line ends as they are.

    Raises `DataError` (also while the file is read inside the `with`) for an unknown encoding, a byte that
    does not fit it, a damaged gzip file and a file that may not be read.
    """
    codec = _codec(encoding)
    try:
        with _open_bytes(path) as raw, io.TextIOWrapper(raw, encoding=codec, newline="") as text:
            yield text
    except UnicodeError as error:
        raise DataError(_misfit(path, encoding, codec)) from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path} is no whole gzip file ({error}); copy or compress it again") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror or error})") from error


def read_text(path: Path, encoding: str) -> str:
    """Return the whole text of a file."""
    with open_text(path, encoding) as file:
        return file.read()


def _codec(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        io.TextIOWrapper(io.BytesIO(), encoding=name)  # refuses codecs that are no text encodings, as rot13
    except LookupError as error:
        raise DataError(
            f"encoding {encoding!r} is not known; use a name such as utf-8, latin-1 or cp1252"
        ) from error
    # The mark that Windows programs put before UTF-8 is no part of the first column's name.
    return "utf-8-sig" if name == "utf-8" else name


def _open_bytes(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if path.suffix.lower() == ".gz" else path.open("rb")


def _misfit(path: Path, encoding: str, codec: str) -> str:
    """Say where the first byte stands that `codec` cannot read: a second pass, taken only on failure."""
    decoder = codecs.getincrementaldecoder(codec)()
    line, found = 1, "the end of the file"
    with _open_bytes(path) as raw:
        start = raw.read(2)
        raw.seek(0)
        try:
            while chunk := raw.read(_CHUNK):
                line += decoder.decode(chunk).count("\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            decoded = error.object[: error.start].decode(codec, errors="ignore")
            line, found = line + decoded.count("\n"), f"byte 0x{error.object[error.start]:02x}"
        except UnicodeError as error:
            found = str(error)
    hint = "utf-16" if start in _UTF16_MARKS else "latin-1"
    return (
        f"{path}, line {line:,}: {found} is not {encoding}; "
        f"name the file's encoding, for example --encoding {hint} (data.encoding)"
    )
