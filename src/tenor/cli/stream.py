"""`tenor stream`: standard input is read as it arrives, with the prediction of the text so far."""

import codecs
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from io import BufferedReader
from typing import TYPE_CHECKING, Annotated, cast

import typer

from tenor.cli import abstaining, options
from tenor.cli.console import Terminal
from tenor.cli.predict import as_json, tab_cells, tab_columns
from tenor.errors import ConfigError, DataError
from tenor.report.numbers import count, one_line, percent

if TYPE_CHECKING:
    from tenor.inference.predictor import Prediction, Predictor

_MOST_BYTES = 1 << 16  # taken at once, if so many have arrived
_PER_SECOND = 8  # redraws
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True)
class Update:
    """The prediction of a text so far."""

    line: int  # of the input, the last that was read
    key: str | None
    tokens: int
    prediction: "Prediction"
    ended: bool = True  # the line has


Write = Callable[[Update], None]


def stream(
    context: typer.Context,
    *,
    model: options.ModelFolder,
    keys: Annotated[
        bool,
        typer.Option("--keys", help="each line is KEY, a tab, and what comes next in the text of that key"),
    ] = False,
    abstain_below: options.AbstainBelow = None,
    target_accuracy: options.TargetAccuracy = None,
    per_class: options.PerClass = False,
    abstain_unfamiliar: options.AbstainUnfamiliar = False,
    encoding: options.Encoding = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Print the prediction of standard input so far, while it arrives. The model must read one way.

    On a terminal in one line that changes, else in a line for each line of input: with tabs between, or with
    --json as an object. Ctrl-C ends it as the end of the input does.

    With --abstain-below, --target-accuracy or --abstain-unfamiliar, "ambiguous" stands for the label as long
    as it cannot be relied on; JSON keeps the label and says abstained.

    For example: tail -f talk.txt | tenor stream runs/first
    """
    terminal: Terminal = context.obj
    arriving = _arriving(options.encoding(encoding))
    predictor = abstaining.load(context)
    if (reason := predictor.reads_on) is not None:  # before anything is printed
        raise ConfigError(reason)
    updates = _many(predictor, arriving) if keys else _one(predictor, arriving)
    read = False
    # Ctrl-C finds it waiting for input, as a rule; where it does not, what was printed stays.
    with _writer(terminal, predictor, keys=keys, json=json) as write, suppress(KeyboardInterrupt):
        for update in updates:
            read = True
            write(update)
    if not read:
        terminal.warning("standard input was empty; there is nothing to predict")


def _one(predictor: "Predictor", arriving: Iterable[str]) -> Iterator[Update]:
    """Yield an update for each line, and each part of one that arrives."""
    reading = predictor.stream()
    update, line = None, 1
    for text in arriving:
        for piece in _LINE.findall(text):
            prediction = reading.feed(piece)
            update = Update(line, None, reading.tokens, prediction, ended=piece.endswith("\n"))
            yield update
            line += update.ended
    if update is not None and not update.ended:
        yield replace(update, ended=True)


def _many(predictor: "Predictor", arriving: Iterable[str]) -> Iterator[Update]:
    """Yield an update for each line; lines that arrive together are read together."""
    streams = predictor.streams()
    fed: dict[str, tuple[int, str]] = {}  # key -> line, piece

    def updates() -> Iterator[Update]:
        found = streams.feed({key: piece for key, (_, piece) in fed.items()})
        for key, prediction in found.items():
            yield Update(fed[key][0], key, streams.tokens(key), prediction)
        fed.clear()

    rest, number = "", 0
    for text in _closed(arriving):
        *lines, rest = (rest + text).split("\n")
        for line in lines:
            number += 1
            key, tab, piece = line.partition("\t")
            if not tab:
                raise DataError(
                    f"standard input, line {number:,}: no tab in {one_line(line)[:40]!r}; with --keys each "
                    "line is a key, a tab, and what comes next in its text"
                )
            if key in fed:
                yield from updates()
            fed[key] = (number, piece + "\n")
        yield from updates()


def _closed(arriving: Iterable[str]) -> Iterator[str]:
    """Yield the same with a line break at the end, if the last line has none."""
    last = "\n"
    for last in arriving:
        yield last
    if not last.endswith("\n"):
        yield "\n"


def _arriving(encoding: str) -> Iterator[str]:
    """Yield what arrives at standard input, until it ends or Ctrl-C ends it."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError as error:
        raise DataError(f"encoding {encoding!r} is not known; use a name such as utf-8 or latin-1") from error
    read = cast(BufferedReader, sys.stdin.buffer).read1
    more = True
    while more:
        try:
            found = read(_MOST_BYTES)
        except KeyboardInterrupt:
            return
        more = bool(found)
        try:
            text = decoder.decode(found, final=not more)
        except UnicodeDecodeError as error:
            raise DataError(
                f"standard input: byte 0x{error.object[error.start]:02x} is not {encoding}; "
                "name the encoding, for example --encoding latin-1"
            ) from error
        if text:
            yield text


@contextmanager
def _writer(terminal: Terminal, predictor: "Predictor", *, keys: bool, json: bool) -> Iterator[Write]:
    """Yield what writes updates, each at once."""
    if json:
        abstains = predictor.abstains
        yield _whole_lines(lambda update: terminal.json(_described(update, abstains=abstains), indent=None))
    elif not terminal.out.is_terminal:
        names = ("line", *(("key",) if keys else ()), *tab_columns(predictor.classes), "tokens")
        terminal.line("\t".join(names))
        yield _whole_lines(lambda update: terminal.line("\t".join(_cells(update))))
    elif keys or sys.stdin.isatty():
        yield _whole_lines(lambda update: terminal.line(_sentence(update)))
    else:
        from rich.live import Live
        from rich.text import Text

        with Live(console=terminal.out, refresh_per_second=_PER_SECOND) as live:
            yield lambda update: live.update(Text(_sentence(update)))


def _whole_lines(write: Write) -> Write:
    def write_at_once(update: Update) -> None:
        if update.ended:
            write(update)
            sys.stdout.flush()

    return write_at_once


def _described(update: Update, *, abstains: bool) -> dict[str, object]:
    key = {} if update.key is None else {"key": update.key}
    prediction = as_json(update.prediction, abstains=abstains)
    return {"line": update.line, **key, **prediction, "tokens": update.tokens}


def _cells(update: Update) -> tuple[str, ...]:
    key = () if update.key is None else (one_line(update.key),)
    return (str(update.line), *key, *tab_cells(update.prediction), str(update.tokens))


def _sentence(update: Update) -> str:
    said = f"{one_line(abstaining.label(update.prediction))} {percent(update.prediction.probability)}"
    start = "" if update.key is None else f"{one_line(update.key)}: "
    return f"{start}{said}, {count(update.tokens, 'token')}"
