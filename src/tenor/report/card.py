"""The card of a model: a README in the format of the Hugging Face hub, from `ModelCard.to_json` alone."""

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from tenor.report.behaviour_page import behaviour_section
from tenor.report.card_limits import limits
from tenor.report.card_metadata import front_matter, judged
from tenor.report.card_seal import sealed
from tenor.report.confidence import by_split, confidence_table, coverage_sentence, scaling_sentence
from tenor.report.data_section import data_section, warning_section
from tenor.report.distillation import learned_from
from tenor.report.figures_section import figures_sections
from tenor.report.markdown import markdown
from tenor.report.network_words import network_sentence, parts_words
from tenor.report.numbers import percent, percent_share
from tenor.report.page import Page, Section, Table, facts
from tenor.report.run_page import environment_of, environment_section
from tenor.report.run_summary import beside, run_summary

Values = Mapping[str, Any]

_TEXT = "a text"
_MOST_NAMED = 12  # classes; the tables have all


def card_text(values: Values) -> str:
    """Return the README: metadata between two lines of ---, the page in Markdown, a seal."""
    return sealed(f"---\n{front_matter(values)}---\n\n{markdown(card_page(values))}")


def card_page(values: Values) -> Page:
    """Return all that the card says, as a page."""
    split = judged(values)
    classes = values["classes"]
    more = f" and {len(classes) - _MOST_NAMED} more" if len(classes) > _MOST_NAMED else ""
    return Page(
        values["name"],
        f"A {values['network']} network that puts a text into one of {len(classes)} classes: "
        f"{', '.join(classes[:_MOST_NAMED])}{more}. Made with Tenor {values['version']}.",
        [
            _network_section(values),
            warning_section(values["data_report"]),
            *_data_sections(values),
            Section("summary", "How good it is", _summary(values, split)),
            *(figures_sections(values["metrics"][split], split) if split is not None else ()),
            _confidence_section(values, split),
            _abstention_section(values),
            _behaviour_section(values),
            Section("limits", "Limits", limits(values, split)),
            _license_section(values),
            *_use_sections(values),
            *_training_sections(values),
            environment_section({"tenor": values["version"], **environment_of(values["training"], values)}),
            Section(
                "identity",
                "Which model this is",
                text="SHA-256 of its text pipeline and network: models with the same one score the same. "
                f"The folder has format {values['format']} and holds a hash of each of its files.",
                command=values["digest"],
            ),
        ],
    )


def _network_section(values: Values) -> Section:
    text, parts = values["text"], values["parameters"]
    rows = [[name, f"{number:,}"] for name, number in parts.items()]
    part = "" if text["truncation"] == "head" else f" ({text['truncation']})"
    read = "all" if text["max_length"] is None else f"at most {text['max_length']:,}{part}"
    whole = parts_words(values["parts"], values["mixture"])
    return Section(
        "network",
        "What it is",
        text=network_sentence(
            values["settings"], vocabulary=text["vocabulary"], classes=len(values["classes"])
        )
        + (f" The model is {whole}." if whole else ""),
        tables=[
            Table(
                "Parameters",
                ("part", "parameters"),
                [*rows, ["total", f"{sum(parts.values()):,}"]],
            ),
            facts("How it reads a text", [("tokenizer", text["tokenizer"]), ("tokens read", read)]),
        ],
    )


def _data_sections(values: Values) -> Iterator[Section]:
    data = values["data"]
    if not data:
        yield Section("data", "Data", text="The model folder does not say what the model was trained on.")
    else:
        tables = [facts("Source and columns", list(_origin(data)))]
        if rows := data.get("rows"):
            how = data.get("split", {})
            made = [[split, how.get(split, "-"), f"{number:,}"] for split, number in rows.items()]
            tables.append(Table("Splits", ("split", "how it was made", "texts"), made, words=2))
        yield Section("origin", "Where its data comes from", tables=tables)
    if values["data_report"] is not None:
        yield data_section(values["data_report"])
    elif data:
        yield Section(
            "data",
            "Classes and lengths",
            text="The texts of each class in the training split, lengths and duplicates stand in the run "
            "folder, which was not at hand.",
        )


def _origin(data: Values) -> Iterator[tuple[str, str]]:
    names = {
        "source": "source",
        "validation": "validation texts",
        "test": "test texts",
        "text_column": "column of the text",
        "label_column": "column of the label",
        "group_column": "column whose equal values stay in one split",
        "positive_from": "positive from",
        "negative_to": "negative up to",
        "split_seed": "seed of the splits",
        "duplicates": "texts that stand in two splits",
        "fingerprint": "SHA-256 of the training texts and labels",
    }
    for key, name in names.items():
        if data.get(key) is not None:
            yield name, str(data[key])
    if data.get("unlabelled"):
        yield "read without labels", beside(data["unlabelled"])
    if teacher := data.get("teacher"):
        yield "teacher, whose probabilities were learned", learned_from(teacher)
    renamed = [f"{old} = {new}" for old, new in data.get("labels", {}).items() if old != new]
    if renamed:
        yield "labels", ", ".join(renamed)


def _summary(values: Values, split: str | None) -> list[str]:
    if values["metrics"] is None:
        return ["The model folder holds no figures; measure it with: tenor evaluate."]
    run = {
        "metrics": {**values["metrics"], **values["training"]},
        "history": values["history"],
        "report": {"data": values["data_report"]},
    }
    return run_summary(run, split)


def _confidence_section(values: Values, split: str | None) -> Section:
    found = by_split(values["metrics"] or {})
    if not found:
        said = f"How far its probabilities can be trusted was not measured; {values['scaling']['reason']}."
        return Section("confidence", "Confidence", text=said if values["scaling"]["reason"] else "")
    shown = found.get("test") or found["validation"]
    return Section(
        "confidence",
        "Confidence",
        [coverage_sentence(shown)],
        text=scaling_sentence(shown, tested="test" in found),
        tables=[confidence_table(found)],
    )


def _abstention_section(values: Values) -> Section:
    title = "Holding back what it is unsure of"
    if values["abstention"] is None:
        return Section(
            "abstention",
            title,
            text="The folder holds no validation data, so no threshold can be chosen by the accuracy wanted.",
        )
    rows = []
    for one in values["abstention"]:
        rule = one["rule"]
        if rule is None:
            rows.append([percent(one["target"]), "not reached", "-", "-"])
        else:
            kept = rule["validation"]
            shares = [percent_share(kept[name]) for name in ("coverage", "accuracy")]
            rows.append([percent(one["target"]), f"{rule['thresholds'][0]:.4g}", *shares])
    return Section(
        "abstention",
        title,
        text="With --target-accuracy, predictions below a probability are called ambiguous. It is the lowest "
        "at which the lower end of the interval reaches the target, on validation texts.",
        tables=[Table("Thresholds", ("target accuracy", "probability", "kept", "of the kept, right"), rows)],
    )


def _behaviour_section(values: Values) -> Section:
    if values["behaviour"] is not None:
        return behaviour_section(values["behaviour"])
    return Section(
        "behaviour",
        "Behaviour",
        text="No behaviour tests were run. Where the classes are negative and positive, tenor card --check "
        "runs those for sentiment.",
    )


def _license_section(values: Values) -> Section:
    if values["license"] is not None:
        said = f"{values['license']}, as whoever wrote this card says."
    else:
        said = (
            "Unknown, since nobody said it. Before others use the model, choose one, with the licence of the "
            "training texts in mind, and write the card again: tenor card --license ID."
        )
    return Section("license", "Licence", text=said)


def _use_sections(values: Values) -> Iterator[Section]:
    folder = shlex.quote(values["name"])
    extra = "[train]" if values["needs_torch"] else ""
    yield Section(
        "use",
        "How to use it",
        text=f"{values['name']} stands for the model folder, which is all that is needed"
        + (", with torch (the extra train)." if extra else "; torch is not."),
        command=f"tenor predict {folder} {shlex.quote(_TEXT)}\n"
        f"tenor explain {folder} {shlex.quote(_TEXT)}\n"
        f"tenor evaluate {folder} labelled.csv",
        language="sh",
    )
    yield Section(
        "python",
        "From Python",
        command=f"import tenor\n\npredictor = tenor.load({json.dumps(values['name'], ensure_ascii=False)})\n"
        f'predictor.predict(["{_TEXT}"])  # labels\n'
        f'predictor.predict_proba(["{_TEXT}"])  # a row a text, a column a class of predictor.classes',
        language="python",
    )
    yield Section(
        "serve",
        "As a service, and elsewhere",
        text="The service needs the extra serve. The ONNX file, for other runtimes, is made with the extra "
        "onnx; what cannot be exported is refused.",
        command=f"tenor serve {folder}\ntenor export {folder} --onnx",
        language="sh",
    )


def _training_sections(values: Values) -> Iterator[Section]:
    import yaml

    nested: dict[str, Any] = {}
    for key, value in values["changed"].items():
        *sections, name = key.split(".")
        inner = nested
        for section in sections:
            inner = inner.setdefault(section, {})
        inner[name] = value
    yield Section(
        "training",
        "How it was trained",
        text="Its data, and the settings that differ from the defaults of the Tenor that wrote this card. "
        "Files and folders are named without where they lie.",
        command=yaml.safe_dump(nested, sort_keys=False, allow_unicode=True),
        language="yaml",
    )
    yield Section(
        "again",
        "How to train it again",
        text="With these settings in settings.yaml, and the same texts.",
        command=f"tenor train --config settings.yaml --out {shlex.quote(values['name'] + '-again')}",
        language="sh",
    )
