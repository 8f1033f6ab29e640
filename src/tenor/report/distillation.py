"""What a model learned from a teacher, and how it does beside it: sentences, and the section of a page."""

from collections.abc import Mapping
from typing import Any

from tenor.report.numbers import count, percent, percent_share, points, size
from tenor.report.page import Section, Table


def learned_from(teacher: Mapping[str, Any]) -> str:
    """Return who the teacher was, as the provenance of a run or model has it under `teacher`."""
    trained = f", trained on {teacher['trained_on']}" if teacher.get("trained_on") else ""
    figures = teacher.get("accuracy") or {}
    known = next(((split, figures[split]) for split in ("test", "validation") if figures.get(split)), None)
    judged = "" if known is None else f", {known[0]} accuracy {percent(known[1]['value'])}"
    digest = teacher["digest"][:12]
    return f"the {teacher['network']} in {teacher['source']}{trained} (SHA-256 {digest}...){judged}"


def difference_sentence(values: Mapping[str, Any]) -> str:
    """Return what the student gives up or gains; `values` are `BesideTeacher.to_json`."""
    found = values["difference"]
    spread = f"{100 * found['low']:+.1f} to {100 * found['high']:+.1f}"
    return (
        f"Student minus teacher: {points(found['value'])} ({spread}) on "
        f"{count(values['rows'], '{} text'.format(values['split']))}"
    )


def beside_table(values: Mapping[str, Any]) -> Table:
    """Return both models side by side; `values` are `BesideTeacher.to_json`."""
    return Table(
        f"Teacher and student on {count(values['rows'], '{} text'.format(values['split']))}",
        ("model", "accuracy", "files", "texts/s"),
        [
            [
                name,
                percent_share(values[name]["accuracy"]),
                size(values[name]["bytes"]),
                f"{values[name]['texts_per_second']:,.0f}",
            ]
            for name in ("teacher", "student")
        ],
        note="Texts a second are those of one reading on the machine of the run.",
    )


def beside_section(values: Mapping[str, Any] | None) -> Section:
    """Return the section of a page; empty without a teacher."""
    title = "Beside its teacher"
    if not values:
        return Section("teacher", title)
    origin = values["origin"]
    sentences = [f"The teacher is {learned_from(origin)}.", f"{difference_sentence(values)}."]
    texts = origin["texts"]
    said = f"It answered {count(texts['labelled'], 'labelled text')}"
    said += f" and {count(texts['unlabelled'], 'text')} without labels" if texts["unlabelled"] else ""
    sentences.append(
        f"{said}. Its answers were softened by {origin['softened_by']:g}, and the label of a text weighed "
        f"{origin['weight_of_labels']:g}."
    )
    before, own = origin["temperatures"]["train"], origin["temperature"] or 1.0
    if before > own:
        sentences.append(
            f"It was surer of the texts it was trained on than of validation texts; there its logits were "
            f"divided by {before:.3g} instead of {own:.3g} first."
        )
    return Section("teacher", title, sentences, tables=[beside_table(values)])
