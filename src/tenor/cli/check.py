"""`tenor check`: what a model does with texts that are made to ask one thing at a time."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenor.cli import options
from tenor.cli.console import Terminal
from tenor.cli.extras import require
from tenor.errors import BehaviourError, ConfigError, OutputError
from tenor.files import atomic_file
from tenor.report.numbers import percent

if TYPE_CHECKING:
    from tenor.evaluation.behaviour.result import BehaviourResult
    from tenor.evaluation.behaviour.suite import Suite


def check(
    context: typer.Context,
    *,
    model: Annotated[
        str | None,
        typer.Argument(metavar="MODEL", help=f"{options.MODEL}; not with --list", show_default=False),
    ] = None,
    suite: Annotated[
        Path | None,
        typer.Argument(
            metavar="SUITE.yaml", help="your own tests; without it those for sentiment", show_default=False
        ),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(
            "--labels",
            metavar="LABEL=CLASS,...",
            help="which class of the model each label of the suite is, such as negative=bad,positive=good; "
            "without it that of the same name",
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="NAME", help="a test, or all about one thing; may be given again"),
    ] = None,
    examples: Annotated[
        int, typer.Option("--examples", min=0, help="most failures of each test that are shown")
    ] = 1,
    fail_above: Annotated[
        float | None,
        typer.Option(
            "--fail-above",
            metavar="RATE",
            min=0,
            max=1,
            help="end with status 1 if any test has a failure rate above it, such as 0.2",
        ),
    ] = None,
    fail_above_overall: Annotated[
        float | None,
        typer.Option(
            "--fail-above-overall",
            metavar="RATE",
            min=0,
            max=1,
            help="end with status 1 if the failure rate of all cases together is above it",
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="write the result as a page, too")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="replace the file given by --html")] = False,
    listed: Annotated[
        bool,
        typer.Option(
            "--list", help="show the tests of SUITE.yaml and some cases of each; runs nothing, needs no MODEL"
        ),
    ] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Run behaviour tests against MODEL: negation, contrast, spelling, fairness and more, or your own.

    For example: tenor check runs/first --only negation --examples 3
    """
    terminal: Terminal = context.obj
    if listed and model is not None and suite is None and not Path(model).is_dir():
        suite = Path(model)

    from tenor.evaluation.behaviour.reading import builtin, load

    chosen = builtin() if suite is None else load(suite)
    if only:
        chosen = chosen.only(only)
    if listed:
        _list(terminal, chosen, examples, json=json)
        return
    if model is None:
        raise ConfigError(
            "no model to check; name a run folder or a model folder, or see the tests with --list"
        )
    if html is not None:
        require("jinja2")
        if html.exists() and not force:
            raise OutputError(f"{html} exists already; replace it (--force), or name another file")

    from tenor.evaluation.behaviour.checking import check as run
    from tenor.inference.predictor import load as load_predictor

    predictor = load_predictor(model)
    result = run(
        chosen, predictor.predict_proba, predictor.classes, labels=_labels(labels), examples=examples
    )
    if html is not None:
        _write(html, result, model)
    excess = _excess(result, fail_above, fail_above_overall)
    if json:
        terminal.json({"model": model, **result.to_json(), "passed": not excess})
    else:
        _show(terminal, result, html)
    if excess:
        raise BehaviourError(excess)


def _labels(text: str | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in (text or "").split(",") if text is not None else ():
        label, equals, name = (piece.strip() for piece in part.partition("="))
        if not (label and equals and name) or label in found:
            raise ConfigError(
                f"--labels {text!r} is not of the form LABEL=CLASS,LABEL=CLASS with each label once"
            )
        found[label] = name
    return found


def _excess(result: "BehaviourResult", each: float | None, overall: float | None) -> str:
    """Say which limits are exceeded; nothing where none is."""
    said = []
    if each is not None and (above := result.above(each)):
        worst = ", ".join(f"{one.test.name} ({percent(one.rate.value)})" for one in above[:3])
        more = f" and {len(above) - 3} more" if len(above) > 3 else ""
        said.append(f"{len(above)} of {len(result.tests)} tests fail above {percent(each)}: {worst}{more}")
    if overall is not None and result.rate.value > overall:
        said.append(f"{percent(result.rate.value)} of all cases fail, above {percent(overall)}")
    return "; ".join(said)


def _write(path: Path, result: "BehaviourResult", model: str) -> None:
    from tenor.report.behaviour_page import behaviour_page

    page = behaviour_page(result.to_json(), Path(model).resolve().name)
    with atomic_file(path) as temporary:
        temporary.write_text(page, "utf-8")


def _show(terminal: Terminal, result: "BehaviourResult", html: Path | None) -> None:
    from tenor.report import behaviour_tables

    values = result.to_json()
    terminal.show(behaviour_tables.results(values), "")
    for shown in behaviour_tables.examples(values):
        terminal.show(shown)
    terminal.show("", behaviour_tables.headline(values))
    if html is not None:
        terminal.line(f"Saved as {html}")


def _list(terminal: Terminal, suite: "Suite", examples: int, *, json: bool) -> None:
    from tenor.report import behaviour_tables

    values = suite.to_json()
    if json:
        terminal.json(values)
    else:
        terminal.show(*behaviour_tables.listing(values, examples))
