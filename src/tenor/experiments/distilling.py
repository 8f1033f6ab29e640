"""Distillation: the probabilities of a trained model, learned by a small one."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tenor.config.classification import ClassificationConfig
from tenor.config.load import Values, merge, parse, read, recipes
from tenor.data.example import Dataset
from tenor.errors import OutputError
from tenor.experiments.classification import train
from tenor.experiments.run import Run
from tenor.experiments.settling import adopted
from tenor.experiments.teacher import Teacher
from tenor.experiments.watching import Watcher

RECIPE = "fast"  # of a student, unless told otherwise


def distil(
    teacher: str | Path,
    data: str | Path | Dataset | None = None,
    *,
    unlabelled: Sequence[str | Path] = (),
    config: str | Mapping[str, Any] = RECIPE,
    out: str | Path | None = None,
    resume: bool = False,
    force: bool = False,
    watcher: Watcher | None = None,
) -> Run:
    """Train a student on what a teacher says of texts, evaluate and save it.

    Args:
        teacher: a run or model folder of a classifier, or an exported model.
        data: labelled texts, whose validation split chooses the epoch; None: what the teacher was trained on.
        unlabelled: files of texts without labels that the teacher answers as well; those that stand in the
            data, too, are left out.
        config: a recipe, a YAML file, or settings in sections; `distillation` has those of the lesson.
        out: the run folder, in which the student is also compared with its teacher; None: nothing is kept.
        resume: go on with the run in `out`.
        force: replace it.
        watcher: told of every epoch.

    Raises:
        ModelError: no such teacher, a damaged one, or one that is no classifier.
        DataError: other classes than the teacher's, training texts that have changed since it was trained,
            files without texts.
        ConfigError: a setting that cannot be; a teacher that does not know its data, and no `data`.
        OutputError: `out` is there already, or is around the teacher.
    """
    said = {
        "distillation": {"teacher": str(teacher)},
        "unlabelled": {"sources": [str(file) for file in unlabelled]},
    }
    named = {"data": {"source": str(data)}} if isinstance(data, str | Path) else {}
    values = merge(chosen(config) if isinstance(config, str) else config, named, said)
    place = None if out is None else Path(out)
    return train(
        student(values, place=place, adopt_data=not isinstance(data, Dataset)),
        out=place,
        dataset=data if isinstance(data, Dataset) else None,
        resume=resume,
        force=force,
        watcher=watcher,
    )


def chosen(config: str) -> Values:
    """Return the values of a YAML file, or of a recipe without its data: the teacher's are meant."""
    values = read(config)
    if config in recipes():
        values.pop("data", None)
    return values


def student(
    values: Mapping[str, Any], *, place: Path | None = None, adopt_data: bool = True
) -> ClassificationConfig:
    """Return the configuration of a student, of nested values that were set, a teacher among them.

    The teacher's tokenizer is taken where none is set, and the settings of its data where the source is not
    set, or is the teacher's. `place` is where the run will be.

    Raises:
        ModelError: there is no such teacher, or it is no classifier.
        ConfigError: as `distil`.
        OutputError: the teacher lies in `place`, and would be replaced with it.
    """
    path = parse({"distillation": values["distillation"]}).distillation.teacher
    assert path is not None, "a student has a teacher"  # noqa: S101
    teacher = Teacher.read(path)
    if place is not None and Path(path).expanduser().resolve().is_relative_to(place.expanduser().resolve()):
        raise OutputError(f"{place} holds the teacher; name another folder for the student")
    found = merge(values)
    text = found.setdefault("text", {})
    elsewhere = text.get("pretrained") or found.get("transfer", {}).get("source")
    if "tokenizer" not in text and elsewhere is None and teacher.tokenizer is not None:
        text["tokenizer"] = teacher.tokenizer
    source = found.get("data", {}).get("source")
    if adopt_data and (source is None or teacher.was_trained_on(source)):
        found["data"] = merge(teacher.settings(), found.get("data", {}))
    return parse(adopted(found))
