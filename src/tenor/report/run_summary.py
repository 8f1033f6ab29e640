"""What a run shows, in sentences made from its numbers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tenor.report.distillation import difference_sentence, learned_from
from tenor.report.numbers import count, percent, percent_share, points
from tenor.report.run_pictures import History, series

_FEW = 20  # rows below which a slice says too little to be called the weakest
_RISEN = 1.05  # validation loss at the end against the lowest, from which on it is called risen
_APART = 0.05  # training accuracy above validation accuracy, from which on it is worth a sentence


def run_summary(values: Mapping[str, Any], split: str | None) -> list[str]:
    """Return the sentences of a run whose `metrics` hold the evaluation of `split`."""
    metrics = values["metrics"]
    return [
        *(_warned(values)),
        *(_accuracy(metrics[split], split) if split is not None else _unjudged()),
        *_start(values),
        *training_sentences(values["history"], metrics.get("best_epoch")),
        *(_weakest(metrics[split]) if split is not None else ()),
    ]


def started_from(start: Mapping[str, Any]) -> str:
    """Return what training started from, as the provenance of a run or model has it under `start`."""
    trained = f", trained on {start['trained_on']}" if start.get("trained_on") else ""
    return f"the {start['kind']} in {start['source']}{trained} (SHA-256 {start['digest'][:12]}...)"


def beside(unlabelled: Mapping[str, Any]) -> str:
    """Return what was learned from without labels, as the provenance has it under `unlabelled`."""
    return f"{count(unlabelled['rows'], 'text')} of {', '.join(unlabelled['sources'])}"


def _start(values: Mapping[str, Any]) -> Iterator[str]:
    provenance = (values.get("report") or {}).get("provenance") or {}
    if start := provenance.get("start"):
        yield f"Training started from {started_from(start)}."
    if teacher := provenance.get("teacher"):
        yield f"It learned what its teacher says of the texts, {learned_from(teacher)}."
    if beside := values.get("teacher"):
        yield f"{difference_sentence(beside)}."


def _warned(values: Mapping[str, Any]) -> Iterator[str]:
    data = (values.get("report") or {}).get("data") or {}
    doubts = len(data.get("warnings", ()))
    found = data.get("duplicates", {})
    leaked = sum(one["rows"] for kind in ("texts", "groups") for one in found.get(kind, ()))
    if leaked:
        yield (
            f"{count(leaked, 'row')} of one split {'stands' if leaked == 1 else 'stand'} in another as well, "
            "by text or by group, so that the figures flatter the model; see the warnings above."
        )
    elif doubts:
        there = "is a warning" if doubts == 1 else f"are {doubts:,} warnings"
        yield f"There {there} about the data; see above."


def _unjudged() -> Iterator[str]:
    yield "There was no validation and no test split, so nothing says how good the model is."


def _accuracy(found: Mapping[str, Any], split: str) -> Iterator[str]:
    accuracy = found["metrics"]["accuracy"]
    yield (
        f"The model reads {percent_share(accuracy)} of {count(found['rows'], f'{split} text')} right."
        + (" These texts chose the best epoch, so the figure is too kind." if split != "test" else "")
    )
    largest = max(found["per_class"], key=lambda one: one["support"])
    share = largest["support"] / found["rows"]
    always = f"Always answering “{largest['name']}”, the largest class, would be right in {percent(share)}"
    if accuracy["low"] > share:
        yield f"{always}: the model is clearly better ({points(accuracy['value'] - share)})."
    elif accuracy["high"] < share:
        yield f"{always}: the model is worse than that."
    else:
        yield f"{always}, which lies within the interval: the model is not clearly better than that."


def training_sentences(history: History, best: int | None) -> Iterator[str]:
    """Say which epoch was the best, and what the losses say of those after it."""
    if not history or best is None:
        return
    if members := len({row["member"] for row in history if "member" in row}):
        epochs = count(len(history), "epoch")
        yield f"It is the mean of {count(members, 'network')}, trained for {epochs} in all."
        return
    losses = series(history, "validation_loss")
    last = int(history[-1]["epoch"] or 0)
    if not losses:
        yield f"It was trained for {count(last, 'epoch')}, without validation: the last epoch was kept."
        return
    if best == last:
        yield (
            f"The best epoch was the last, {best} of {last}: more epochs might help."
            if last > 1
            else "It was trained for one epoch; more might help."
        )
    else:
        yield f"The best of {last} epochs was epoch {best}."
    lowest, final = min(value for _, value in losses), losses[-1][1]
    trained = dict(series(history, "train_loss"))
    if final > _RISEN * lowest and trained.get(last, 0.0) < trained.get(best, float("-inf")):
        yield (
            f"A sign of overfitting: after its lowest, the validation loss rose from {lowest:.3f} to "
            f"{final:.3f} while the training loss went on falling."
        )
    at = {split: dict(series(history, f"{split}_accuracy")).get(best) for split in ("train", "validation")}
    if at["train"] is not None and at["validation"] is not None and at["train"] - at["validation"] > _APART:
        yield (
            f"In the best epoch it read {percent(at['train'])} of the training texts right and "
            f"{percent(at['validation'])} of the validation texts."
        )


def _weakest(found: Mapping[str, Any]) -> Iterator[str]:
    classes: Sequence[Mapping[str, Any]] = [one for one in found["per_class"] if one["support"]]
    if len(classes) > 1:
        weakest, strongest = (of(classes, key=lambda one: one["f1"]["value"]) for of in (min, max))
        if weakest["f1"]["value"] < strongest["f1"]["value"]:
            yield (
                f"The weakest class is “{weakest['name']}”: F1 {percent_share(weakest['f1'])}, recall "
                f"{percent_share(weakest['recall'])}."
            )
    accuracy = found["metrics"]["accuracy"]["value"]
    parts = [
        (one, column)
        for column, rows in found.get("slices", {}).items()
        for one in rows
        if _FEW <= one["rows"] < found["rows"]
    ]
    if parts:
        one, column = min(parts, key=lambda part: part[0]["accuracy"]["value"])
        below = one["accuracy"]["high"] < accuracy
        if one["accuracy"]["value"] < accuracy:
            yield (
                f"The weakest part is {column} = {one['value']}: {percent_share(one['accuracy'])} of "
                f"{count(one['rows'], 'text')} right, {'' if below else 'not '}clearly below all texts."
            )
