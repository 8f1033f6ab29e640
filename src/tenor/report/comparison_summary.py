"""What a comparison shows, in sentences made from its numbers."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

from tenor.report.comparison_tables import ranked
from tenor.report.numbers import change, count, duration, percent, percent_share, points

Model = Mapping[str, Any]

BASELINE, MAJORITY = "baseline", "majority"
_RECURRENT = ("rnn", "lstm", "gru", "mingru")
_BLIND = ("bag",)  # and the baselines: they know words, and their neighbours at most
_MANY = 5  # trainings, from which on one knows how they scatter
_FEW = 20  # texts below which a part of the data says too little


def comparison_summary(values: Mapping[str, Any]) -> list[str]:
    """Return the sentences of a comparison."""
    models = ranked(values)
    return [
        *(_warned(values)),
        *(_leader(values, models) if models else ("No model could be trained.",)),
        *_against_baseline(values, models),
        *_cheapest(models),
        *_order(values, models),
        *_behaviour(models),
        *_gru_against_lstm(values, models),
        *_failures(values),
    ]


def differing(values: Mapping[str, Any], one: str, other: str) -> tuple[float, bool] | None:
    """Return by how much `one` is better than `other`, and whether that holds; None if it was not tested."""
    for found in values["differences"]:
        if (found["a"], found["b"]) == (one, other):
            return found["difference"]["value"], found["holds"]
        if (found["a"], found["b"]) == (other, one):
            return -found["difference"]["value"], found["holds"]
    return None


def listed(names: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def accuracy_of(model: Model) -> str:
    """Return the accuracy of a model with its interval over texts and trainings."""
    return percent_share({"value": model["accuracy"]["value"], **model["accuracy"]["both"]})


def _warned(values: Mapping[str, Any]) -> Iterator[str]:
    if doubts := len(values["data"]["warnings"]):
        there = "is a warning" if doubts == 1 else f"are {doubts:,} warnings"
        yield f"There {there} about the data; see above."


def _leader(values: Mapping[str, Any], models: Sequence[Model]) -> Iterator[str]:
    best = models[0]
    first = [model for model in models if model["accuracy"]["value"] == best["accuracy"]["value"]]
    texts, trainings = count(values["data"]["rows"]["test"], "test text"), count(best["seeds"], "training")
    if len(models) == 1:
        yield f"{best['name']} reads {accuracy_of(best)} of {texts} right; no other model was trained."
        return
    if len(first) > 1:
        yield (
            f"{listed([model['name'] for model in first])} lead together: each reads {accuracy_of(best)} of "
            f"{texts} right ({trainings})."
        )
    else:
        yield f"{best['name']} leads: it reads {accuracy_of(best)} of {texts} right ({trainings})."
    below: dict[bool, list[str]] = {True: [], False: []}
    for model in models[len(first) :]:
        if (found := differing(values, best["name"], model["name"])) is not None:
            below[found[1]].append(f"{model['name']} ({points(found[0])})")
    tests = len(values["differences"])
    if below[True]:
        yield f"The lead of {best['name']} over {listed(below[True])} holds."
    if below[False]:
        seeds = (
            min(model["seeds"] for model in models if model["kind"] != BASELINE) if best["seeds"] > 1 else 0
        )
        more = "; more trainings (--seeds) would tell" if 1 < seeds < _MANY else ""
        yield f"The lead of {best['name']} over {listed(below[False])} is not shown: it may be chance{more}."
    if tests:
        held = sum(one["holds"] for one in values["differences"])
        verb = "holds" if held == 1 else "hold"
        yield f"Of {count(tests, 'difference')} between models, {held:,} {verb}, corrected for their number."
    if max(model["seeds"] for model in models) < 2:
        yield "Each model was trained once: nothing here says how it would do from another seed."


def _against_baseline(values: Mapping[str, Any], models: Sequence[Model]) -> Iterator[str]:
    networks = [model for model in models if model["kind"] != BASELINE]
    baselines = [model for model in models if model["kind"] == BASELINE]
    if not networks or not baselines:
        return
    network, baseline = networks[0], baselines[0]
    found = differing(values, network["name"], baseline["name"])
    difference = network["accuracy"]["value"] - baseline["accuracy"]["value"]
    holds = "" if found is None else ", which holds" if found[1] else ", which is not shown"
    how = "better than" if difference > 0 else "worse than" if difference < 0 else "as good as"
    yield (
        f"The best network, {network['name']}, is {how} the best baseline, {baseline['name']} "
        f"({points(difference)}{holds})."
    )


def _cheapest(models: Sequence[Model]) -> Iterator[str]:
    if len(models) < 2:
        return
    best = models[0]
    within = [model for model in models if model["accuracy"]["value"] >= best["accuracy"]["both"]["low"]]
    cheapest = min(within, key=lambda model: model["training_seconds"])
    seconds, most = cheapest["training_seconds"], best["training_seconds"]
    if cheapest is best:
        yield f"No cheaper model comes within the interval of {best['name']}."
        return
    times = f", {most / seconds:.1f} times as fast to train" if seconds > 0 and most / seconds >= 1.05 else ""
    yield (
        f"The cheapest within the interval of {best['name']} is {cheapest['name']}: "
        f"{percent(cheapest['accuracy']['value'])} after {duration(seconds)} of training instead of "
        f"{duration(most)}{times}."
    )


def _order(values: Mapping[str, Any], models: Sequence[Model]) -> Iterator[str]:
    """Compare models that see no order with recurrent ones where the former are worst."""
    blind = [model for model in models if _is_blind(model)]
    recurrent = [model for model in models if _is_recurrent(model)]
    if not blind or not recurrent:
        return
    texts = values["data"]["rows"]["test"]
    parts = [
        (_mean(blind, column, place), column, place)
        for column, rows in blind[0]["slices"].items()
        for place, one in enumerate(rows)
        if _FEW <= one["rows"] < texts and all(column in model["slices"] for model in (*blind, *recurrent))
    ]
    if not parts:
        return
    _, column, place = min(parts)
    part = blind[0]["slices"][column][place]
    low, high = (
        [model["slices"][column][place]["accuracy"] for model in group] for group in (blind, recurrent)
    )
    apart = max(one["high"] for one in low) < min(one["low"] for one in high)
    yield (
        f"Models that see no word order, or that of neighbours alone ({listed([m['name'] for m in blind])}), "
        f"are worst on {column} = {part['value']} ({count(part['rows'], 'text')}): {_range(low)}. There, "
        f"recurrent ones ({listed([m['name'] for m in recurrent])}) reach {_range(high)}; the intervals "
        f"{'do not overlap' if apart else 'overlap'}."
    )


def _behaviour(models: Sequence[Model]) -> Iterator[str]:
    """Name the models that fail the fewest and the most of the behaviour cases."""
    rates = {
        model["name"]: found["overall"]["value"] for model in models if (found := model.get("behaviour"))
    }
    if len(set(rates.values())) > 1:
        least, most = min(rates, key=rates.__getitem__), max(rates, key=rates.__getitem__)
        yield (
            f"Of the behaviour cases {least} fails the fewest, {percent(rates[least])}, and {most} the most, "
            f"{percent(rates[most])}."
        )


def _gru_against_lstm(values: Mapping[str, Any], models: Sequence[Model]) -> Iterator[str]:
    there = {model["name"]: model for model in models}
    for gru_name, gru in there.items():
        lstm_name = gru_name.replace("gru", "lstm")
        lstm = there.get(lstm_name)
        if lstm is None or gru_name == lstm_name or gru_name.startswith("mingru"):
            continue
        found = differing(values, gru_name, lstm_name)
        difference = gru["accuracy"]["value"] - lstm["accuracy"]["value"]
        holds = "" if found is None else ", which holds" if found[1] else ", which is not shown"
        said = [f"{change(gru['parameters'], lstm['parameters'])} parameters"]
        if lstm["training_seconds"] > 0:
            said.append(f"{gru['training_seconds'] / lstm['training_seconds']:.2f} times the training time")
        if gru["peak_memory_mib"] and lstm["peak_memory_mib"]:
            said.append(f"{gru['peak_memory_mib'] / lstm['peak_memory_mib']:.2f} times the memory")
        yield f"{gru_name} against {lstm_name}: {', '.join(said)}, accuracy {points(difference)}{holds}."


def _failures(values: Mapping[str, Any]) -> Iterator[str]:
    if failures := values["failures"]:
        names = list(dict.fromkeys(one["model"] for one in failures))
        yield f"{listed(names)} failed {count(len(failures), 'time')}; the reasons stand in the report."


def _is_blind(model: Model) -> bool:
    name = str(model["name"])
    return name.startswith(_BLIND) or (model["kind"] == BASELINE and name != MAJORITY)


def _is_recurrent(model: Model) -> bool:
    name = str(model["name"]).removeprefix("bi")
    return model["kind"] != BASELINE and name.startswith(_RECURRENT)


def _mean(models: Sequence[Model], column: str, place: int) -> float:
    return fmean(model["slices"][column][place]["accuracy"]["value"] for model in models)


def _range(found: Sequence[Mapping[str, float]]) -> str:
    low, high = (of(one["value"] for one in found) for of in (min, max))
    return percent(low) if percent(low) == percent(high) else f"{percent(low)} to {percent(high)}"
