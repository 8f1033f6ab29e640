"""How faithful attribution methods are, as a table in a terminal."""

from typing import TYPE_CHECKING

from tenor.explain.faithfulness import Faithfulness
from tenor.report.numbers import count, decimal_interval
from tenor.report.tables import table, titled

if TYPE_CHECKING:
    from rich.console import RenderableType


def faithfulness_table(found: Faithfulness) -> "RenderableType":
    """Show each method with its scores, the best first and bold, the random order last."""
    made = table("method", "score", "deletion", "insertion", "behind", "a text")
    for one in found.methods:
        best = one.method == found.best
        made.add_row(
            one.method,
            decimal_interval(one.score),
            f"{one.deletion.value:.3f}",
            f"{one.insertion.value:.3f}",
            "-" if one.behind is None else f"{one.behind.value:.3f}",
            f"{1000 * one.seconds_a_text:,.0f} ms" if one.seconds_a_text else "-",
            style="bold" if best else None,
        )
    title = f"What the model bears out, over {count(found.texts, 'text')} (0: chance, higher is better)"
    return titled(title, made)


def faithfulness_sentences(found: Faithfulness, default: str) -> list[str]:
    """Say which method won and which is taken where none is named."""
    level = [one.method for one in found.methods if one.behind is not None and one.behind.low <= 0]
    clear = f"; not clearly behind it: {', '.join(level)}" if level else ""
    return [
        f"On these texts {found.best} is ahead{clear}. The default for models of this kind is {default}.",
        "Score: half of what lies between the curves of insertion and of deletion, in probability of the "
        "predicted class (docs/attribution.md).",
    ]
