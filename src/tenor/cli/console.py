"""`Terminal`: results on stdout, everything else on stderr, errors in one line."""

import errno
import json
import os
import sys
import traceback
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tenor.errors import MissingExtraError, TenorError
from tenor.report.printable import escaped

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

# Library -> the extra that brings it, for those that a command reaches without asking first.
_EXTRAS = {
    **dict.fromkeys(("torch", "sklearn", "matplotlib", "jinja2"), "train"),
    **dict.fromkeys(("onnx", "onnxruntime", "onnxscript"), "onnx"),
    "datasets": "hub",
}

INTERRUPTED = 130


class Terminal:
    """What a command prints to; `--quiet` and `--debug` set its two flags."""

    def __init__(self) -> None:
        self.quiet = False  # results and errors only
        self.debug = False  # a traceback with every error

    @cached_property
    def out(self) -> "Console":
        """Results."""
        return _console(stderr=False)

    @cached_property
    def err(self) -> "Console":
        """Progress, notes, warnings, errors."""
        return _console(stderr=True)

    def show(self, *results: "RenderableType") -> None:
        """Print tables and lines to stdout."""
        for result in results:
            _print(self.out, result)

    def line(self, text: str) -> None:
        """Print one line to stdout as it is, however long."""
        sys.stdout.write(f"{text}\n")

    def json(self, value: object, *, indent: int | None = 1) -> None:
        """Print a value as JSON to stdout; without `indent` on one line."""
        self.line(escaped(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)))

    def note(self, text: "RenderableType" = "") -> None:
        """Print something to stderr that is no result."""
        if not self.quiet:
            _print(self.err, text)

    def warning(self, text: str) -> None:
        """Print a warning to stderr."""
        if not self.quiet:
            self._labelled("warning:", "yellow", text)

    def error(self, text: str) -> None:
        """Print an error to stderr, in one line."""
        self._labelled("error:", "bold red", " ".join(text.split()))

    def _labelled(self, label: str, style: str, text: str) -> None:
        from rich.text import Text

        # soft_wrap: the terminal breaks the line if it must; a log gets it whole.
        self.err.print(Text.assemble((label, style), " ", text), soft_wrap=True)

    def failure(self, error: BaseException) -> int:
        """Print what went wrong and return the exit status that says so."""
        if self.debug:
            traceback.print_exception(error)
        if isinstance(error, ImportError) and (extra := _EXTRAS.get((error.name or "").partition(".")[0])):
            error = MissingExtraError(str(error.name).partition(".")[0], extra)
        if isinstance(error, TenorError):
            self.error(str(error))
            return error.exit_status
        if isinstance(error, KeyboardInterrupt):
            self.error("interrupted")
            return INTERRUPTED
        if isinstance(error, MemoryError):
            self.error("out of memory; lower training.batch_size or text.max_length, or read less data")
        elif isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            place = error.filename or "the output"
            self.error(f"no space left to write {place}; free some, or write elsewhere")
        else:
            hint = "" if self.debug else "; run again with --debug to see where"
            self.error(f"unexpected {type(error).__name__}: {error}{hint}")
        return 1


def _print(console: "Console", content: "RenderableType") -> None:
    # A terminal gets its lines broken between words; a log or another program gets them whole.
    console.print(content, soft_wrap=isinstance(content, str) and not console.is_terminal)


def _console(*, stderr: bool) -> "Console":
    from rich.console import Console

    # Texts of users hold brackets, colons and numbers; none of them is markup here.
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def tolerant_streams() -> None:
    """Let stdout and stderr print whatever a text holds, in any locale; a closed stream is an empty one."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")
