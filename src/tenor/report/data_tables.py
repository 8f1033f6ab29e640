"""Tables of a data report and of a sample for a terminal."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tenor.evaluation.data_report import DataReport
from tenor.evaluation.sample import Sample
from tenor.report.numbers import percent
from tenor.report.tables import table, titled

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

_EXAMPLES = 3
MOST_COLUMNS = 4  # classes that have a column beside the other figures of a split


def headline(report: DataReport) -> str:
    """What the dataset is and how texts are read, in one line."""
    names = ", ".join(report.classes) if len(report.classes) <= MOST_COLUMNS else ""
    part = "" if report.truncation == "head" else f" ({report.truncation})"
    read = "all tokens" if report.max_length is None else f"at most {report.max_length:,} tokens{part}"
    return (
        f"{report.dataset}: {len(report.classes)} classes{names and f' ({names})'}, "
        f"vocabulary {report.vocabulary_size:,}, {read} of a text"
    )


def splits(report: DataReport) -> "Table":
    """One row a split: texts, classes where they are few, lengths, what is cut and what is unknown."""
    few = report.classes if len(report.classes) <= MOST_COLUMNS else ()
    made = table("split", "texts", *few, "median", "longest", "cut", "unknown")
    for split in report.splits:
        lengths = split.lengths
        made.add_row(
            split.name,
            f"{split.rows:,}",
            *(f"{split.classes[name]:,}" for name in few),
            *(["-"] * 2 if lengths is None else map(_round, (lengths.median, lengths.longest))),
            percent(split.cut_tokens),
            percent(split.unknown_tokens),
        )
    return made


def classes(report: DataReport) -> "RenderableType":
    """One row a class: its texts in each split and their share."""
    made = table("class", *(split.name for split in report.splits))
    for name in report.classes:
        made.add_row(
            name,
            *(
                f"{split.classes[name]:,} ({percent(split.classes[name] / max(split.rows, 1))})"
                for split in report.splits
            ),
        )
    return titled("Classes", made)


def lengths(report: DataReport) -> "RenderableType":
    """One row a split: how long its texts are, in tokens, and how many are empty."""
    made = table("split", "shortest", "median", "mean", "90 %", "99 %", "longest", "cut texts", "empty")
    for split in report.splits:
        if split.lengths is None:
            continue
        one = split.lengths
        numbers = (one.shortest, one.median, one.mean, one.percentile_90, one.percentile_99, one.longest)
        made.add_row(split.name, *map(_round, numbers), percent(split.cut_texts), f"{split.empty:,}")
    return titled("Lengths in tokens", made)


def duplicates(report: DataReport) -> "RenderableType":
    """What stands twice: within a split, in two splits, with two labels; groups in two splits."""
    found = report.duplicates
    rows = [
        *((f"repeated within {split}", rows, ()) for split, rows in found.repeated.items() if rows),
        *((f"{one.split} texts also in {one.other}", one.rows, one.examples) for one in found.texts),
        *((f"{one.split} rows of a group of {one.other}", one.rows, one.examples) for one in found.groups),
    ]
    if found.conflicts.rows:
        rows.append(("same text, different labels", found.conflicts.rows, found.conflicts.examples))
    if not rows:
        return titled("Duplicates", "none, within splits or across")
    made = table("what", "rows")
    made.columns[0].no_wrap = True
    made.add_column("such as")
    for what, number, examples in rows:
        made.add_row(what, f"{number:,}", ", ".join(examples[:_EXAMPLES]))
    return titled("Duplicates", made)


def sample_texts(sample: Sample, width: int) -> list[str]:
    """Lines that show, for each text, its tokens above their ids, as many as fit into `width` characters."""
    lines = []
    for one in sample.texts:
        pairs = zip(one.tokens, map(str, one.ids), strict=True)
        tokens, ids = _aligned(list(pairs), width)
        lines += [tokens, ids, ""]
    return lines


def sample_batch(sample: Sample, width: int) -> list[str]:
    """Lines that show the padded batch: its shape, and ids from both ends of each row."""
    texts, longest = sample.ids.shape
    cell = len(str(int(sample.ids.max()))) + 1
    fit = max(2, (width - len(" ...")) // cell)
    lines = [f"one padded batch: ids ({texts}, {longest}) int64, lengths {sample.mask.sum(axis=1).tolist()}"]
    for row in sample.ids.tolist():
        if longest <= fit:
            lines.append(_cells(row, cell))
        else:
            start, end = row[: (fit + 1) // 2], row[-(fit // 2) :]
            lines.append(_cells(start, cell) + " ..." + _cells(end, cell))
    return lines


def _cells(ids: Iterable[int], width: int) -> str:
    return "".join(f"{i:>{width}}" for i in ids)


def _aligned(pairs: list[tuple[str, str]], width: int) -> tuple[str, str]:
    above, below = "", ""
    for token, number in pairs:
        wide = max(len(token), len(number)) + 1
        if len(above) + wide > width - len("..."):
            return above + "...", below + "..."
        above, below = above + token.ljust(wide), below + number.ljust(wide)
    return above, below


def _round(number: float) -> str:
    return f"{number:,.0f}"
