"""What happens, one JSON object a line; texts, keys and addresses asked for are in none of them."""

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

_LOGGER = logging.getLogger("tenor.service")
_NOTED: ContextVar[dict[str, Any] | None] = ContextVar("noted", default=None)
_FRAMES = 3  # innermost ones of an unexpected error


def install(stream: TextIO) -> None:
    """Have events, and warnings of the server and of asyncio, written to `stream`."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_JsonLines())
    for name, level in (
        ("tenor.service", logging.INFO),
        ("uvicorn", logging.WARNING),
        ("asyncio", logging.WARNING),
    ):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(level)
        logger.propagate = False


def event(name: str, *, level: int = logging.INFO, **fields: Any) -> None:
    """Log one event with plain values."""
    _LOGGER.log(level, name, extra={"fields": fields})


@contextmanager
def noting() -> Iterator[dict[str, Any]]:
    """Collect what `note` is given meanwhile, for the line of a request."""
    noted: dict[str, Any] = {}
    token = _NOTED.set(noted)
    try:
        yield noted
    finally:
        _NOTED.reset(token)


def note(**fields: Any) -> None:
    """Add plain values to the line of the request that is answered."""
    noted = _NOTED.get()
    if noted is not None:
        noted.update(fields)


def unexpected(error: Exception, **fields: Any) -> None:
    """Log an error of ours: its type and where it arose, not its message, which may hold a text."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    event("error", level=logging.ERROR, type=type(error).__name__, where=where, **fields)


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return a record on one line.

        Of what others log it is the first one of theirs: exceptions stand in the next, and may hold a text.
        """
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        said = {
            "time": time,
            "level": record.levelname.lower(),
            "event": record.getMessage().partition("\n")[0],
        }
        return json.dumps({**said, **getattr(record, "fields", {})}, default=str)
