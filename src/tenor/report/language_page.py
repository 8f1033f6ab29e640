"""The page of a language model's run, from plain values: what its folder holds (`run_files.run_values`).

Runs of older versions have no `report`; their page has figures, curves and settings alone.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tenor.config.language_model import LanguageModelConfig
from tenor.config.load import parse_as, settings_in
from tenor.config.names import reader_name
from tenor.evaluation.language import LanguageFigures
from tenor.report import language_tables as tables
from tenor.report import run_pictures
from tenor.report.numbers import count, excerpt
from tenor.report.page import QUOTED, Page, Quote, Section, Table, facts
from tenor.report.run_page import again_section, environment_of, environment_section, settings_section
from tenor.report.run_summary import training_sentences

Values = Mapping[str, Any]

_SPLITS = ("test", "validation")


def is_language_run(config: object) -> bool:
    """Whether config.yaml is that of a language model: only its data has several sources."""
    data = config.get("data") if isinstance(config, Mapping) else None
    return isinstance(data, Mapping) and "sources" in data


def language_page(values: Values, *, texts: bool = True) -> str:
    """Return the page as HTML; without `texts`, none of the data is quoted and nothing the model wrote.

    Raises `MissingExtraError` without Jinja2 or matplotlib.
    """
    metrics, report = values["metrics"], values.get("report") or {}
    network = reader_name(parse_as(LanguageModelConfig, values["config"]).network)
    splits = [split for split in _SPLITS if split in metrics]
    found = {split: LanguageFigures.from_json(metrics[split]) for split in splits}
    made = [_figures(found[split], metrics[split], network, split) for split in splits]
    sources = ", ".join(values["config"]["data"]["sources"])
    judged = f", judged on held-out {splits[0]} texts" if splits else ""
    history, best = values["history"], metrics.get("best_epoch")
    return Page(
        f"Run {values['name']}",
        f"A language model ({network}) trained on {sources}{judged}.",
        [
            Section(
                "summary",
                "Summary",
                [
                    *(_headline(found[splits[0]], splits[0]) if splits else [_UNJUDGED]),
                    *training_sentences(history, best),
                ],
            ),
            Section(
                "figures",
                "Figures",
                text=_COMPARABLE if splits else "",
                tables=made[:1],
                folded=made[1:],
                folded_title="On the validation texts, which chose the best epoch",
            ),
            Section(
                "training",
                "Training",
                pictures=list(
                    run_pictures.curves(tables.with_perplexity(history), best, figures=("loss", "perplexity"))
                ),
            ),
            *_writing(report, quoted=texts),
            _data(report),
            settings_section(values["config"], settings_in(LanguageModelConfig())),
            environment_section(environment_of(metrics, report)),
            again_section("tenor pretrain", values["name"]),
        ],
    ).render()


_UNJUDGED = "No text was held out, so nothing says how good the model is."
_COMPARABLE = (
    "Figures of different vocabularies cannot be compared: a smaller one has more unknown words, which are "
    "easily said."
)
_NEXT = "Beginnings of held-out texts, the word that came, and the words that the model thought likeliest."
_WRITTEN = "Texts that the model wrote without a prompt, as they came; each seed writes another."
_NO_TEXTS = "What the model wrote and what it was given were left out of this page."


def _headline(found: LanguageFigures, split: str) -> Iterator[str]:
    name, figure = found.headline
    shown = [tables.perplexity(value) for value in (figure.value, figure.low, figure.high)]
    too_kind = " These texts chose the best epoch, so the figure is too kind." if split != "test" else ""
    yield f"The {split} texts have {name} {shown[0]} ({shown[1]}-{shown[2]}).{too_kind}"
    yield from tables.sentences(found)


def _figures(found: LanguageFigures, metrics: Values, network: str, split: str) -> Table:
    baselines = {name: LanguageFigures.from_json(one) for name, one in metrics["baselines"].items()}
    return tables.figures(found, baselines, network, split)


def _writing(report: Values, *, quoted: bool) -> Iterator[Section]:
    written, beginnings = report.get("written") or (), report.get("next") or ()
    if not quoted:
        yield Section("writing", "Writing", text=_NO_TEXTS if written or beginnings else "")
        return
    yield Section(
        "next",
        "What comes next",
        text=_NEXT if beginnings else "",
        tables=[tables.next_words(beginnings)] if beginnings else (),
    )
    yield Section(
        "writing",
        "Writing",
        text=_WRITTEN if written else "",
        quotes=[
            Quote(
                excerpt(one["text"], QUOTED) or "(The text ended before its first word.)",
                "",
                (),
                f"seed {one['seed']}, temperature {one['temperature']:g}",
            )
            for one in written
        ],
    )


def _data(report: Values) -> Section:
    if "texts" not in report:
        return Section("data", "Data")
    rows = [[split, f"{one['texts']:,}", f"{one['tokens']:,}"] for split, one in report["texts"].items()]
    origin = [
        (name, str(value))
        for name, value in report.get("provenance", {}).items()
        if isinstance(value, str | int) and value != ""
    ]
    return Section(
        "data",
        "Data",
        list(report.get("notes", ())),
        text=f"Tokenizer {report['tokenizer']}, vocabulary {count(report['vocabulary'], report['unit'])}.",
        tables=[Table("Splits", ("split", "texts", f"{report['unit']}s, ends of texts among them"), rows)],
        folded=[facts("Where the texts come from", origin)] if origin else (),
        folded_title="Where the texts come from",
    )
