"""How faithful attribution methods are, as a table in a terminal."""

from typing import TYPE_CHECKING

from tenor.explain.faithfulness import Faithfulness
from tenor.report.numbers import count, decimal_interval
from tenor.report.tables import table, titled

if TYPE_CHECKING:
    from rich.console import RenderableType


def faithfulness_table(found: Faithfulness) -> "RenderableType":
    """Show each method with its scores, the best first and bold, the random order last."""
    made = table("method", "score", "deletion", "insertion", "behind the best", "a text")
    for one in found.methods:
        best = one.method == found.best
        made.add_row(
            one.method,
            decimal_interval(one.score),
            f"{one.deletion.value:.3f}",
            f"{one.insertion.value:.3f}",
            decimal_interval(one.behind),
            f"{1000 * one.seconds_a_text:,.0f} ms" if one.seconds_a_text else "-",
            style="bold" if best else None,
        )
    title = f"What the model bears out, over {count(found.texts, 'text')} (0: chance, higher is better)"
    return titled(title, made)


def faithfulness_sentences(found: Faithfulness, default: str) -> list[str]:
    """Say which method won and which is taken where none is named."""
    behind = found.methods[1].behind if len(found.methods) > 1 else None
    clear = "" if behind is None else ", clearly" if behind.low > 0 else ", though not clearly"
    return [
        f"On these texts {found.best} is ahead{clear}. The default for models of this kind is {default}.",
        "Score: half of what lies between the curves of insertion and of deletion, in probability of the "
        "predicted class (docs/attribution.md).",
    ]
