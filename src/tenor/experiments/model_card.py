"""`ModelCard`: all that the card of a model says, as values that may be published.

They come from the model folder and, where there is one, the run folder around it. No text of the data is
among them, and no path of the machine: files and folders are reduced to their names.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tenor.config.dotted import flat
from tenor.config.load import changed, parse, to_values
from tenor.config.names import name_of
from tenor.data.builtin.corpus import BUILTIN
from tenor.errors import ConfigError, InputError
from tenor.evaluation.abstention import reaching
from tenor.evaluation.behaviour.checking import check_builtin
from tenor.evaluation.behaviour.result import BehaviourResult
from tenor.evaluation.temperature import softmax
from tenor.experiments.public import Public, hub_id, paths_in
from tenor.experiments.run_files import CONFIG, METRICS, run_values
from tenor.folder import find, manifest
from tenor.inference.predictor import ENGINES, load
from tenor.model import Model

TARGETS = (0.9, 0.95, 0.98, 0.99)  # accuracies that thresholds are shown for

# What a card says of the data; what else a model folder stores of it is of no use to a reader, or quotes it.
_DATA = (
    *("source", "text_column", "label_column", "positive_from", "negative_to", "labels", "group_column"),
    *("validation", "test", "rows", "split", "split_seed", "duplicates", "fingerprint"),
    *("unlabelled", "teacher"),
)
_TRAINING = ("epochs", "best_epoch", "runtime", "training_seconds", "wall_seconds", "peak_memory_mib")
_BUILTIN_LANGUAGE = "en"
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?|multilingual")
_LICENSE = re.compile(r"[a-z0-9][a-z0-9.+-]*")


@dataclass(frozen=True)
class ModelCard:
    """The values of a card; mappings are JSON-ready, and empty or None where nothing is known."""

    name: str
    license: str | None  # as the hub calls it
    languages: tuple[str, ...]  # of the training texts, ISO 639; empty: not known
    dataset: str | None  # the training texts on the hub, OWNER/NAME
    classes: tuple[str, ...]
    network: str  # its name, such as bilstm-mean-max
    parts: tuple[Mapping[str, Any], ...]  # what the model is the sum of, `Part`
    mixture: Mapping[str, Any] | None  # `Mixture`; None without n-grams
    settings: Mapping[str, Any]  # of the network, as `NetworkConfig`
    parameters: Mapping[str, int]  # by part: embedding, encoder, pooling, head
    needs_torch: bool  # to predict
    text: Mapping[str, Any]  # tokenizer, vocabulary, max_length, truncation
    data: Mapping[str, Any]  # source, columns, rows, split
    data_report: Mapping[str, Any] | None  # `DataReport`
    familiarity: Mapping[str, Any] | None  # `Familiarity`
    metrics: Mapping[str, Any] | None  # by split, `Evaluation`; None: the folder holds none
    scaling: Mapping[str, Any]  # temperature, or the reason why there is none
    abstention: tuple[Mapping[str, Any], ...] | None  # by target, the rule; None without validation data
    behaviour: Mapping[str, Any] | None  # `BehaviourResult` without examples
    changed: Mapping[str, Any]  # the source, and settings that differ from their defaults, by dotted key
    training: Mapping[str, Any]  # epochs, best_epoch, runtime, seconds
    history: Sequence[Mapping[str, Any]]  # a row an epoch
    environment: Mapping[str, Any]  # versions, processor
    version: str  # of the Tenor that wrote the model
    format: int
    digest: str  # `Model.digest`

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        return asdict(self)


def card_of_folder(
    path: Path,
    *,
    name: str | None = None,
    license: str | None = None,
    languages: Sequence[str] = (),
    check: bool = False,
) -> ModelCard:
    """Return the card of a model folder, or of the model of a run folder.

    Args:
        path: either folder; a run folder around a model folder is used where it is that of the model.
        name: what the model is called; None: as its folder, or as the run folder around it.
        license: an identifier of the hub, such as apache-2.0.
        languages: codes of the training texts; of a built-in corpus they are known.
        check: run the behaviour suite for sentiment now, whatever the run says.

    Raises:
        ModelError: as `Model.load`, or a damaged run.
        InputError: a licence or language that is no identifier; `check` where the suite does not speak of
            the classes.
    """
    model, folder = Model.load(path), find(path).resolve()
    behaviour = _checked(folder, model.classes) if check else None
    written = manifest(folder)
    return card(
        model,
        _run_of(model, folder.parent),
        name=name or (folder.parent.name if folder.name == "model" else folder.name),
        license=license,
        languages=languages,
        behaviour=behaviour,
        version=str(written["tenor"]),
        format=int(written["format"]),
    )


def card(
    model: Model,
    run: Mapping[str, Any] | None = None,
    *,
    name: str,
    version: str,
    format: int,
    license: str | None = None,
    languages: Sequence[str] = (),
    behaviour: BehaviourResult | None = None,
) -> ModelCard:
    """Return the card of a model, with what `run_values` says of its run.

    `behaviour` is taken instead of what the run holds. Raises `InputError` as `card_of_folder`.
    """
    config = to_values(model.config)
    # A remark, and what is read from the folder of the encoder again: neither says anything to a reader.
    del config["description"], config["network"]["pretrained"]["architecture"]
    data = {key: value for key, value in (model.data or {}).items() if key in _DATA}
    run = run or {}
    report, metrics = run.get("report") or {}, run.get("metrics") or {}
    teacher = data.get("teacher", {})
    told = (teacher.get(key) for key in ("source", "trained_on"))
    public = Public([*paths_in(flat(config)), *(path for path in told if path is not None)])
    pipeline = model.pipeline
    source = str(data.get("source", ""))
    return ModelCard(
        name=name,
        license=_license(license),
        languages=_languages(languages) or ((_BUILTIN_LANGUAGE,) if source in BUILTIN else ()),
        dataset=hub_id(source),
        classes=model.classes,
        network=name_of(model.config.network),
        parts=tuple(asdict(part) for part in model.parts),
        mixture=None if model.mixture is None else model.mixture.to_json(),
        settings=public.of(config["network"]),
        parameters=_parameters(model),
        needs_torch=model.config.network.encoder not in ENGINES,
        text={
            "tokenizer": pipeline.tokenizer.name,
            "vocabulary": len(pipeline.vocabulary),
            "max_length": pipeline.max_length,
            "truncation": pipeline.truncation,
        },
        data=public.of(data),
        data_report=public.of(report.get("data")),
        familiarity=None if model.familiarity is None else model.familiarity.to_json(),
        metrics=model.metrics,
        scaling=asdict(model.scaling),
        abstention=_abstention(model),
        behaviour=_without_examples(report.get("behaviour") if behaviour is None else behaviour.to_json()),
        changed=public.of({"data.source": model.config.data.source, **changed(config)}),
        training={key: metrics[key] for key in _TRAINING if key in metrics},
        history=run.get("history", ()),
        environment=report.get("environment", {}),
        version=version,
        format=format,
        digest=model.digest,
    )


def _run_of(model: Model, folder: Path) -> Mapping[str, Any] | None:
    """Return what a folder says of the run of this model; None where it holds none, or that of another."""
    if not all((folder / name).is_file() for name in (CONFIG, METRICS)):
        return None
    run = run_values(folder)
    try:
        same = parse(run["config"]) == model.config
    except ConfigError:
        return None
    figures = model.metrics or {}
    return run if same and all(run["metrics"].get(split) == one for split, one in figures.items()) else None


def _checked(folder: Path, classes: Sequence[str]) -> BehaviourResult:
    found = check_builtin(load(folder).predict_proba, classes, examples=0)
    if found is None:
        raise InputError(
            f"the behaviour suite speaks of negative and positive, and the classes are {', '.join(classes)}; "
            "leave out --check, or write a suite for them: tenor check MODEL SUITE.yaml"
        )
    return found


def _without_examples(behaviour: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return behaviour and {**behaviour, "tests": [{**test, "examples": []} for test in behaviour["tests"]]}


def _abstention(model: Model) -> tuple[Mapping[str, Any], ...] | None:
    """Return the rule that reaches each target, or None where no threshold does."""
    if model.held_out is None:
        return None
    labels, probabilities = model.held_out.labels, softmax(model.held_out.logits, model.temperature)

    def rule(target: float) -> Mapping[str, Any] | None:
        try:
            return reaching(target, labels, probabilities, model.classes).to_json()
        except ConfigError:
            return None

    return tuple({"target": target, "rule": rule(target)} for target in TARGETS)


def _parameters(model: Model) -> dict[str, int]:
    parts: Counter[str] = Counter()
    for member in model.members:
        for name, array in member.arrays.items():
            parts[name.partition(".")[0]] += array.size
    if model.ngrams is not None:
        parts["n-grams"] = model.parts[1].parameters
    return dict(parts)


def _license(given: str | None) -> str | None:
    if given is None:
        return None
    if not _LICENSE.fullmatch(found := given.strip().lower()):
        raise InputError(
            f"{given!r} is no identifier of a licence; give one of the hub's, such as apache-2.0, mit, other"
        )
    return found


def _languages(given: Sequence[str]) -> tuple[str, ...]:
    for code in given:
        if not _LANGUAGE.fullmatch(code):
            raise InputError(f"{code!r} is no code of a language; give one such as en, deu or zh-Hant")
    return tuple(given)
