"""Texts from standard input, one a line."""

import sys
from collections.abc import Iterator

from tenor.errors import DataError


def lines(encoding: str) -> Iterator[str]:
    """Yield the lines of standard input; `DataError` for one in another encoding, or an unknown one."""
    raw = sys.stdin.buffer
    for number, line in enumerate(raw, 1):
        try:
            yield line.decode(encoding).rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise DataError(
                f"standard input, line {number:,}: byte 0x{error.object[error.start]:02x} is not {encoding}; "
                "name the encoding, for example --encoding latin-1"
            ) from error
        except LookupError as error:
            raise DataError(
                f"encoding {encoding!r} is not known; use a name such as utf-8 or latin-1"
            ) from error
