"""How figures are written in tables and sentences."""

from collections.abc import Mapping

from tenor.evaluation.intervals import Interval
from tenor.report.printable import printable


def percent(share: float) -> str:
    """Return a share as "91.3 %"."""
    return f"{100 * share:.1f} %"


def percent_interval(figure: Interval | None) -> str:
    """Return a share with its 95 % interval as "91.3 % (89.0-93.2)"; "-" where it is not defined."""
    if figure is None:
        return "-"
    return f"{percent(figure.value)} ({100 * figure.low:.1f}-{100 * figure.high:.1f})"


def percent_share(figure: Mapping[str, float] | None) -> str:
    """Return an interval as it stands in JSON like `percent_interval`, with no interval where it has none."""
    if figure is None or figure.get("low") is None or figure.get("high") is None:
        return "-" if figure is None else percent(figure["value"])
    return percent_interval(Interval(figure["value"], figure["low"], figure["high"]))


def points(difference: float) -> str:
    """Return a difference of two shares as "+1.2 points", "-0.4 points"."""
    shown = f"{100 * difference:+.1f}".replace("-0.0", "+0.0")
    return f"{shown} {'point' if shown in {'+1.0', '-1.0'} else 'points'}"


def decimal_interval(figure: Interval | None) -> str:
    """Return a figure that is no share as "0.246 (0.201-0.294)"; "-" where it is not defined."""
    return "-" if figure is None else f"{figure.value:.3f} ({figure.low:.3f}-{figure.high:.3f})"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return "1 text", "1,200 texts"."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def duration(seconds: float) -> str:
    """Return "1.8 s", "12 s", "3:05 min" or "1:02:03 h"."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    minutes, hours = whole // 60, whole // 3600
    if hours:
        return f"{hours}:{minutes % 60:02}:{whole % 60:02} h"
    return f"{minutes}:{whole % 60:02} min" if minutes else f"{whole} s"


def size(bytes_: int) -> str:
    """Return "12 KB", "3.4 MB"."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("KB", 1e3)):
        if bytes_ >= scale:
            return f"{bytes_ / scale:.1f} {unit}"
    return f"{bytes_} bytes"


def one_line(text: str) -> str:
    """Return a text, printable, with every run of white space as one space: it fits a table or a line."""
    return " ".join(printable(text).split())


def excerpt(text: str, length: int = 280) -> str:
    """Return a text as one line, both ends of it where it is longer than `length` characters."""
    line = one_line(text)
    if len(line) <= length:
        return line
    half = length // 2
    start, end = line[:half].rpartition(" ")[0] or line[:half], line[-half:].partition(" ")[2] or line[-half:]
    return f"{start} ... {end}"


def change(ours: int, theirs: int) -> str:
    """Say how `ours` compares with `theirs`: "25 % fewer", "4 % more", "as many"."""
    if ours == theirs:
        return "as many"
    if theirs == 0:
        return f"{ours:,} more"
    share = abs(ours - theirs) / theirs
    shown = f"{100 * share:.0f} %" if share >= 0.01 else f"{100 * share:.2g} %"
    return f"{shown} {'fewer' if ours < theirs else 'more'}"
