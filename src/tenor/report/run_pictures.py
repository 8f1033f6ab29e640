"""Pictures in the page of a run: loss, accuracy and other figures over the epochs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tenor.report import pictures
from tenor.report.numbers import percent
from tenor.report.page import Picture

History = Sequence[Mapping[str, float | None]]

# Of each split: colour, marker, dashes.
_STYLES = {"train": (pictures.BLUE, "o", "-"), "validation": (pictures.ORANGE, "s", "--")}


def curves(
    history: History, best_epoch: int | None, *, figures: Sequence[str] = ("loss", "accuracy")
) -> Iterator[Picture]:
    """Yield loss and accuracy, or other figures, over the epochs, the best epoch marked."""
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    for what in figures:
        lines = {split: series(history, f"{split}_{what}") for split in _STYLES}
        if not any(lines.values()):
            continue
        figure = pictures.canvas(210)
        axes = figure.subplots()
        pictures.plain(axes)
        for split, found in lines.items():
            colour, marker, dashes = _STYLES[split]
            if found:
                axes.plot(*zip(*found, strict=True), color=colour, marker=marker, linestyle=dashes,
                          linewidth=2, markersize=4.5, label=split)  # fmt: skip
        if best_epoch is not None:
            axes.axvline(best_epoch, color=pictures.MUTED, linestyle=":", linewidth=1.4, label="best epoch")
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        if what == "accuracy":
            axes.yaxis.set_major_formatter(PercentFormatter(xmax=1.0, symbol=" %"))
        figure.legend(loc="outside upper left", ncols=3, frameon=False, fontsize=pictures.SMALL,
                      labelcolor=pictures.INK, handlelength=1.6, columnspacing=1.2)  # fmt: skip
        title = f"{what.capitalize()} over the epochs"
        yield Picture(
            pictures.svg(figure, f"curve-{what}", title, _told(what, lines, best_epoch)), f"{title}."
        )


def series(history: History, key: str) -> list[tuple[int, float]]:
    """Return (epoch, value) of the rows that have the value."""
    return [(int(row["epoch"] or 0), value) for row in history if (value := row.get(key)) is not None]


def _told(what: str, lines: Mapping[str, Sequence[tuple[int, float]]], best_epoch: int | None) -> str:
    show: Any = percent if what == "accuracy" else "{:.3f}".format
    told = [
        f"{split} {what} from {show(found[0][1])} in epoch {found[0][0]} to {show(found[-1][1])} in epoch "
        f"{found[-1][0]}"
        for split, found in lines.items()
        if found
    ]
    best = "" if best_epoch is None else f" The best epoch was {best_epoch}."
    return f"{'; '.join(told)}.{best}"
