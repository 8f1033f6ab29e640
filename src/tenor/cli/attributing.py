"""What `tenor explain` shows with --method and with --faithfulness."""

from collections.abc import Iterable
from pathlib import Path
from typing import get_args

from tenor.cli.console import Terminal
from tenor.cli.progress import counting
from tenor.config.attribution import MethodName
from tenor.errors import ConfigError, InputError
from tenor.files import atomic_file

AUTO = "auto"
CHOICES = (AUTO, *get_args(MethodName))


def check(method: str | None, label: str | None, png: Path | None) -> None:
    """Raise where an option is of no known value, or does not go with another."""
    if method is None and label is not None:
        raise InputError(f"--class is for --method; name one, such as --method {AUTO}")
    if method is not None and method not in CHOICES:
        raise ConfigError(f"no attribution method is called {method!r}; choose one of: {', '.join(CHOICES)}")
    if method is not None and png is not None:
        raise InputError("--png draws the prediction after each word; leave out --method, or write --html")


def show_attributions(
    terminal: Terminal,
    model: str,
    texts: Iterable[str],
    *,
    method: str,
    label: str | None,
    html: Path | None,
    json: bool,
) -> None:
    """Show what each word of each text adds to the prediction, by `method`, one of `CHOICES`."""
    from tenor.explain.attribution import attribute
    from tenor.inference.predictor import load
    from tenor.report.attribution_terminal import attribution_parts

    predictor = load(model)
    chosen = method != AUTO
    kept = []
    for number, text in enumerate(texts):
        found = attribute(predictor, text, method if chosen else None, label)
        if html is not None:
            kept.append(found)
        if json:
            terminal.json(found.to_json(), indent=None)
            continue
        if number:
            terminal.show("")
        for part in attribution_parts(found, chosen=chosen):
            terminal.show(part if terminal.out.is_terminal else part.plain)
    if html is not None and kept:
        from tenor.report.attribution_page import attribution_page

        with atomic_file(html) as temporary:
            temporary.write_text(attribution_page(kept, Path(model).resolve().name, chosen=chosen), "utf-8")
        terminal.note(f"Saved as {html}")


def show_faithfulness(
    terminal: Terminal, model: str, source: Path, *, most: int, encoding: str, json: bool
) -> None:
    """Show how faithful every method of a model is on texts of a file, `most` of them drawn at random."""
    from tenor.explain.attribution import default_method
    from tenor.explain.faithfulness import faithfulness
    from tenor.inference.files import TextRows
    from tenor.inference.predictor import load
    from tenor.report.faithfulness_table import faithfulness_sentences, faithfulness_table

    predictor = load(model)
    rows = TextRows.open(predictor, source, text_column=None, encoding=encoding)
    texts = rows.drawn(most)
    with counting(terminal, "texts") as advance:
        found = faithfulness(predictor, texts, advance=advance)
    default = default_method(predictor.model)
    if json:
        terminal.json({**found.to_json(), "default": default})
        return
    terminal.show(faithfulness_table(found))
    for sentence in faithfulness_sentences(found, default):
        terminal.show(sentence)
