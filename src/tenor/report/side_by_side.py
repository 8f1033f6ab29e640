"""What an old and a new model make of the same texts, from plain values: sentences, a table, a section.

`found` is what report.json holds under "continued".
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tenor.report.numbers import count, percent, percent_share, points
from tenor.report.page import Section, Table

_TEXTS = {"new": "new", "old": "old"}


def side_sentences(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the figures say: is the new model better, and did it forget?"""
    for name, side in found["sides"].items():
        texts = count(
            side["rows"], f"test text of the {_TEXTS[name]} data", f"test texts of the {_TEXTS[name]} data"
        )
        old, new = (side[which]["accuracy"]["value"] for which in ("old", "new"))
        low, high = (100 * side["difference"][end] for end in ("low", "high"))
        figures = (
            f"{percent(new)} right, before {percent(old)} ({points(side['difference']['value'])}, "
            f"95 % interval {low:+.1f} to {high:+.1f})"
        )
        yield f"On {texts} {_verdict(name, low, high)}: {figures}."
    if "new" not in found["sides"]:
        yield "The new data has no test texts, so whether the new model is better on such texts is not known."
    if "old" not in found["sides"]:
        yield "No test text of the old data is at hand, so whether the new model forgot is not known."


def side_table(found: Mapping[str, Any]) -> Table:
    """Return the figures of both models."""
    rows = []
    for name, side in found["sides"].items():
        for figure, shown in (("accuracy", "accuracy"), ("macro_f1", "macro F1")):
            rows.append(
                [
                    f"{_TEXTS[name]} ({side['rows']:,})",
                    shown,
                    *(percent_share(side[which][figure]) for which in ("old", "new")),
                ]
            )
        rows.append(
            [
                f"{_TEXTS[name]} ({side['rows']:,})",
                "log loss",
                *(f"{side[which]['log_loss']['value']:.3f}" for which in ("old", "new")),
            ]
        )
    return Table(
        "The old and the new model on the same test texts",
        ("test texts of data", "figure", "old model", "new model"),
        rows,
        words=2,
    )


def side_section(found: Mapping[str, Any] | None) -> Section:
    """Return the section of a page; empty for a run that did not go on from a classifier."""
    if found is None:
        return Section("continued", "Before and after")
    missing = f" The old data is not at hand: {found['missing']}." if found["missing"] else ""
    return Section(
        "continued",
        "Before and after",
        text=f"Training went on from {found['from']}.{missing}",
        sentences=list(side_sentences(found)),
        tables=[side_table(found)] if found["sides"] else (),
    )


def _verdict(name: str, low: float, high: float) -> str:
    if low > 0:
        return "the new model is better"
    if high < 0:
        return "the new model is worse: it forgot" if name == "old" else "the new model is worse"
    return "no forgetting is certain" if name == "old" else "neither model is certainly better"
