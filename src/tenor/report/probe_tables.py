"""Tables of a memory probe for a terminal; they render what `ProbeResult.to_json` returns."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tenor.report.numbers import count
from tenor.report.tables import table, titled

if TYPE_CHECKING:
    from rich.console import RenderableType


def accuracy(values: Mapping[str, Any]) -> "list[RenderableType]":
    """Accuracy in per cent by distance, a table for each task, the farthest distance reached at its end."""
    parts: list[RenderableType] = []
    for task in values["tasks"]:
        distances = sorted({row["distance"] for model in task["models"] for row in model["accuracy"]})
        if not distances:
            continue
        made = table("model", *(f"{distance:,}" for distance in distances), "reaches", "parameters")
        for model in task["models"]:
            found = {row["distance"]: row["value"] for row in model["accuracy"]}
            made.add_row(
                model["name"],
                *(f"{100 * found[distance]:.0f}" for distance in distances),
                reached(model["reach"]),
                f"{model['parameters']:,}",
            )
        parts += [titled(f"{task['name']}: {task['meaning']}", made), ""]
    if parts:
        parts.append(_how_to_read(values))
    return parts


def reached(distance: int | None) -> str:
    """Return the farthest distance at which a model was right often enough, or a dash."""
    return "-" if distance is None else f"{distance:,}"


def _how_to_read(values: Mapping[str, Any]) -> str:
    settings = values["settings"]
    return (
        f"Accuracy in % on {count(settings['test_texts'] * settings['seeds'], 'text')} at each distance; "
        f"{100 * values['chance']:.0f} is chance. A model reaches the distance up to which it is "
        f"right {100 * values['reached']:.0f} times in 100 or more."
    )
