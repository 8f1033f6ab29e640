"""The data in a page: warnings that must not be overlooked, and the data report."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tenor.report.numbers import percent
from tenor.report.page import Section, Table, facts

_MOST_CLASSES = 30  # a longer table helps nobody


def warning_section(data: Mapping[str, Any] | None) -> Section:
    """Return what is doubtful about the data, leaks first; `data` is a `DataReport` as JSON, or None."""
    warnings = [_sentence(one) for one in (data or {}).get("warnings", ())]
    return Section("warnings", "Read this first: the data", warnings, kind="warning")


def data_section(data: Mapping[str, Any] | None, provenance: Mapping[str, Any] | None = None) -> Section:
    """Return splits, classes, lengths and duplicates of a data report, and where the data comes from."""
    if not data:
        return Section("data", "Data")
    limit = data.get("max_length")
    read = "all tokens of a text" if limit is None else f"at most {limit:,} tokens of a text"
    origin = [
        (name, str(value)) for name, value in (provenance or {}).items() if isinstance(value, str | int)
    ]
    return Section(
        "data",
        "Data",
        [_sentence(note) for note in data.get("notes", ())],
        text=f"{data['dataset']}: vocabulary {data['vocabulary_size']:,}, {read}.",
        tables=list(_tables(data)),
        folded=[facts("Where the data comes from", origin)] if origin else (),
        folded_title="Where the data comes from",
    )


def _tables(data: Mapping[str, Any]) -> Iterator[Table]:
    splits = data["splits"]
    yield Table(
        "Splits and lengths in tokens",
        ("split", "texts", "median", "90 %", "longest", "cut texts", "cut tokens", "unknown", "empty"),
        [
            [
                one["name"],
                f"{one['rows']:,}",
                *_lengths(one.get("lengths")),
                percent(one["cut_texts"]),
                percent(one["cut_tokens"]),
                percent(one["unknown_tokens"]),
                f"{one['empty']:,}",
            ]
            for one in splits
        ],
    )
    classes = data["classes"]
    yield Table(
        "Classes",
        ("class", *(one["name"] for one in splits)),
        [[name, *(_class_share(one, name) for one in splits)] for name in classes[:_MOST_CLASSES]],
        note="" if len(classes) <= _MOST_CLASSES else f"The first {_MOST_CLASSES} of {len(classes)}.",
    )
    if twice := list(_duplicates(data["duplicates"])):
        yield Table("What stands twice", ("what", "rows"), twice)


def _duplicates(found: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    for split, rows in found["repeated"].items():
        if rows:
            yield f"repeated within {split}", f"{rows:,}"
    for one in found["texts"]:
        yield f"{one['split']} texts also in {one['other']}", f"{one['rows']:,}"
    for one in found["groups"]:
        yield f"{one['split']} rows of a group of {one['other']}", f"{one['rows']:,}"
    if found["conflicts"]["rows"]:
        yield "same text, different labels", f"{found['conflicts']['rows']:,}"


def _lengths(lengths: Mapping[str, float] | None) -> list[str]:
    names = ("median", "percentile_90", "longest")
    return ["-"] * len(names) if lengths is None else [f"{lengths[name]:,.0f}" for name in names]


def _class_share(split: Mapping[str, Any], name: str) -> str:
    rows = split["classes"].get(name, 0)
    return f"{rows:,} ({percent(rows / max(split['rows'], 1))})"


def _sentence(text: str) -> str:
    """Return a note as a sentence."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
