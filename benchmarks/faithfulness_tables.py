"""The tables of docs/attribution.md: how faithful each attribution method is, and which one was chosen."""

from collections.abc import Mapping
from typing import Any

from results import Results, table

NETWORKS = {"lstm": "LSTM", "bilstm-attention": "bidirectional LSTM, attention", "mingru": "minGRU"}


def faithfulness(results: Results) -> str:
    """Every method on the test reviews, network by network."""
    rows = []
    for name, shown in _networks(results).items():
        found = results.figures("faithfulness")[name]["test"]
        rows += [
            (shown, f"**{one['method']}**" if one["method"] == found["best"] else one["method"],
             *(_figure(one[part]) for part in ("score", "deletion", "insertion")),
             _figure(one["behind"]) if one["behind"] else "", f"{1000 * one['seconds_a_text']:,.0f} ms")
            for one in found["methods"]
        ]  # fmt: skip
    head = ("network", "method", "score", "deletion", "insertion", "behind the best", "a text")
    texts = results.figures("faithfulness")[next(iter(_networks(results)))]["test"]["texts"]
    made = table(head, rows, left=2)
    return f"{made}\n\n{texts:,} test reviews.\n\n{results.measured('faithfulness')}"


def choice(results: Results) -> str:
    """What won on the validation reviews, and what is taken where no method is named."""
    rows = []
    for name, shown in _networks(results).items():
        found = results.figures("faithfulness")[name]
        ranked = found["validation"]["methods"]
        second = next((one for one in ranked if one["behind"]), None)
        rows.append(
            (shown, found["validation"]["best"], _figure(ranked[0]["score"]),
             f"{second['method']}, {_figure(second['behind'])} behind" if second else "",
             found["validation"]["choice"], found["default"])
        )  # fmt: skip
    head = ("network", "best on validation reviews", "score", "second", "choice", "default")
    return f"{table(head, rows, left=6)}\n\n{results.measured('faithfulness')}"


def _networks(results: Results) -> dict[str, str]:
    found = results.figures("faithfulness")
    return {name: shown for name, shown in NETWORKS.items() if name in found}


def _figure(figure: Mapping[str, Any]) -> str:
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"


TABLES = {"faithfulness": faithfulness, "attribution-default": choice}
