import io

import numpy as np
import pytest
from rich.console import Console, RenderableType

from tenor.data.example import Example
from tenor.evaluation.evaluation import Evaluation, evaluate
from tenor.evaluation.mistakes import worst_mistakes
from tenor.report import tables


def shown(content: RenderableType, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, markup=False, highlight=False)
    console.print(content)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def evaluation(classes: int, name: str = "class") -> Evaluation:
    generator = np.random.default_rng(0)
    labels = np.arange(60) % classes
    probabilities = generator.dirichlet(np.ones(classes), 60)
    kinds = ["[plain]" if n % 3 else "hard" for n in range(60)]
    names = [f"{name} {n}" for n in range(classes)]
    return evaluate(labels, probabilities, names, resamples=100, seed=0, slices={"kind": kinds})


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("classes", [2, 3, 8, 20])
def test_tables_fit_the_terminal_and_lose_no_figure(classes: int, width: int) -> None:
    found = evaluation(classes)
    for content in (
        tables.figures(found),
        tables.per_class(found),
        tables.slices("kind", found.slices["kind"]),
    ):
        text = shown(content, width)
        assert max(map(len, text.splitlines())) <= width
        assert "…" not in text
    assert all(f"class {n}" in shown(tables.per_class(found), width) for n in range(classes))


def test_the_confusion_matrix_counts_every_row() -> None:
    found = evaluation(3)
    lines = shown(tables.confusion(found)).splitlines()[-3:]
    cells = [[int(cell) for cell in line.split()[2:]] for line in lines]
    assert cells == found.confusion.tolist()


def test_of_many_classes_the_commonest_confusions_are_shown() -> None:
    found = evaluation(20)
    text = shown(tables.confusion(found))
    worst = found.confusion - np.diag(np.diagonal(found.confusion))
    true, predicted = np.unravel_index(worst.argmax(), worst.shape)
    first = text.splitlines()[3].split()
    assert first == ["class", str(true), "class", str(predicted), str(worst.max())]


def test_long_class_names_are_wrapped_not_lost() -> None:
    found = evaluation(2, name="a class with quite a long name, as people have them")
    assert "people" in shown(tables.per_class(found))


def test_brackets_are_text_and_not_markup() -> None:
    assert "[plain]" in shown(tables.slices("kind", evaluation(2).slices["kind"]))
    labels, probabilities = np.array([0]), np.array([[0.1, 0.9]])
    example = Example("it was [b]fine[/b]", "bad", "row-1")
    listed = tables.mistakes(worst_mistakes(labels, probabilities, 5), [example], ["bad", "good"])
    assert "row-1: bad, predicted good (90.0 %)" in shown(listed)
    assert "[b]fine[/b]" in shown(listed)
