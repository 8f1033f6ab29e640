"""What a model is not good for, or was never asked, in sentences made from the values of its card."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tenor.report.numbers import count, percent, percent_share

Values = Mapping[str, Any]

_FAIRNESS = "fairness"  # the capability of behaviour tests that swap names, pronouns, places, groups
_FEW = 200  # texts, below which a split says little
_MOST_NAMED = 5
_PARTS = {"head": "from its beginning", "tail": "up to its end", "head+tail": "from both its ends"}


def limits(values: Values, split: str | None) -> list[str]:
    """Return the sentences; `split` is the one whose figures the card shows, None without any."""
    return [
        *_language(values),
        *_classes(values["classes"]),
        *_judged(values, split),
        *_reading(values, split),
        *_confidence(values),
        *_behaviour(values["behaviour"]),
    ]


def _language(values: Values) -> Iterator[str]:
    if values["languages"]:
        named = ", ".join(values["languages"])
        yield f"Its training texts are in these languages: {named}. It was not measured on any other."
    else:
        yield (
            "The language of its training texts is not recorded. Texts in another language are read as "
            "unknown words, and labelled all the same."
        )


def _classes(classes: Sequence[str]) -> Iterator[str]:
    yield (
        f"It knows {count(len(classes), 'class', 'classes')} and answers every text with one of them, also "
        "an empty one, one about something else, and one that belongs to none."
    )


def _judged(values: Values, split: str | None) -> Iterator[str]:
    if split is None:
        yield "No figures say how good it is; it was not tested on anything."
        return
    found, how = values["metrics"][split], values["data"].get("split", {}).get(split)
    same = "" if how in (None, "given") else ", split off the same source as the training texts"
    few = ", which are few" if found["rows"] < _FEW else ""
    texts = count(found["rows"], f"{split} text")
    yield f"It was judged by {texts}{few}{same}; on texts from elsewhere it was not tested."
    if split != "test":
        yield "There was no test split. The validation texts chose the epoch, so the figures are too kind."
    yield (
        "The intervals say how far other texts of the same kind could move a figure. They say nothing of "
        "another training, which would give another model."
    )


def _reading(values: Values, split: str | None) -> Iterator[str]:
    text, familiar = values["text"], values["familiarity"]
    if text["max_length"] is not None:
        where = _PARTS.get(text["truncation"], text["truncation"])
        most = count(text["max_length"], "token")
        yield f"Of a text it reads at most {most}, {where}{_cut(values, split)}."
    vocabulary = count(text["vocabulary"], "entry", "entries")
    said = f"Its vocabulary has {vocabulary}, and all other words are one and the same to it"
    if familiar is not None:
        share = percent(familiar["unknown_mean"])
        said += (
            f"; of the words of {count(familiar['texts'], 'text')} like those it was made with, {share} are"
        )
    yield f"{said}."


def _cut(values: Values, split: str | None) -> str:
    """Say how many texts are longer than what is read, where the data report is there."""
    for one in (values["data_report"] or {}).get("splits", ()):
        if one["name"] == split:
            return f"; that cuts {percent(one['cut_texts'])} of the {split} texts"
    return ""


def _confidence(values: Values) -> Iterator[str]:
    if values["scaling"]["temperature"] is None:
        yield f"Its probabilities were not calibrated: {values['scaling']['reason']}."


def _behaviour(behaviour: Values | None) -> Iterator[str]:
    if behaviour is None:
        yield (
            "No behaviour test was run: nothing says what negation, contrast or a typing mistake do to it, "
            "nor whether names and groups of people change its answer."
        )
        return
    yield f"It fails {percent_share(behaviour['rate'])} of the cases of its behaviour tests; see there which."
    tests = [one for one in behaviour["tests"] if one["capability"] == _FAIRNESS]
    failing = sorted((one for one in tests if one["failures"]), key=lambda one: -one["rate"]["value"])
    if tests and not failing:
        yield (
            f"None of the {len(tests)} fairness tests failed in any case. They swap some names, pronouns, "
            "places and groups of people in some sentences, and say nothing of others; an answer that never "
            "changes passes them as well."
        )
    elif failing:
        named = "; ".join(f"{one['name']} {percent_share(one['rate'])}" for one in failing[:_MOST_NAMED])
        yield (
            f"{len(failing)} of {len(tests)} fairness tests fail in some cases ({named}): whom a text is "
            "about can change its answer."
        )
