"""`tenor generate`: a language model goes on with a text, or says which words are likeliest next."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from tenor.cli import options
from tenor.cli.console import Terminal
from tenor.errors import InputError
from tenor.inference.sampling import TOKENS, Sampling
from tenor.report.numbers import percent

if TYPE_CHECKING:
    from tenor.inference.generation import TextGenerator

_MOST_NAMED = 5  # unknown words that a warning names


def generate(
    context: typer.Context,
    *,
    model: Annotated[
        str,
        typer.Argument(
            metavar="FOLDER", help="the run folder of tenor pretrain, or its model folder", show_default=False
        ),
    ],
    prompt: Annotated[
        str, typer.Option("--prompt", metavar="TEXT", help="text to go on with", show_default=False)
    ] = "",
    tokens: Annotated[
        int, typer.Option("--tokens", min=1, help="words, pieces or characters to write, at most")
    ] = TOKENS,
    temperature: Annotated[
        float,
        typer.Option(
            "--temperature", min=0, help="below 1 likelier tokens become likelier still; 0: the likeliest"
        ),
    ] = Sampling.temperature,
    top_k: Annotated[
        int | None, typer.Option("--top-k", min=1, metavar="K", help="draw from the K likeliest tokens only")
    ] = Sampling.top_k,
    top_p: Annotated[
        float,
        typer.Option(
            "--top-p", metavar="P", help="draw from the fewest tokens that together have this probability"
        ),
    ] = Sampling.top_p,
    seed: Annotated[int, typer.Option("--seed", min=0, help="another seed, another text")] = 0,
    next_words: Annotated[
        int | None,
        typer.Option(
            "--next", min=1, metavar="N", help="write nothing; list the N likeliest next words instead"
        ),
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Write on with the language model in FOLDER, until a text's end or --tokens.

    The same model, prompt, settings and seed write the same text. The unknown word is never written.

    For example: tenor generate runs/language --prompt "I am going to the" --next 5
    """
    terminal: Terminal = context.obj
    from tenor.inference.generation import load

    sampling = Sampling(temperature, top_k, top_p)
    if next_words is not None and sampling != Sampling():
        raise InputError("--next lists words and draws none; leave out --temperature, --top-k and --top-p")
    generator = load(model)
    begun = generator.prompt(prompt)
    if begun.unknown:
        _warn(terminal, generator, begun.unknown)
    if next_words is not None:
        found = generator.next_words(prompt, next_words)
        if json:
            terminal.json({"prompt": prompt, "unknown_in_prompt": list(begun.unknown), **found.to_json()})
            return
        _list(terminal, [(word.text, word.probability) for word in found.words], found.unknown, found.end)
        return
    written = generator.generate(prompt, tokens=tokens, sampling=sampling, seed=seed)
    if json:
        pieces = list(written)
        terminal.json(
            {
                "prompt": prompt,
                "unknown_in_prompt": list(begun.unknown),
                "text": begun.text + "".join(pieces),
                "written": "".join(pieces),
                "tokens": len(pieces),
                "ended": len(pieces) < tokens,
                "seed": seed,
            }
        )
        return
    sys.stdout.write(begun.text)
    for piece in written:
        sys.stdout.write(piece)
        sys.stdout.flush()
    sys.stdout.write("\n")


def _warn(terminal: Terminal, generator: "TextGenerator", unknown: tuple[str, ...]) -> None:
    """Say what of a prompt the model cannot read, and what it reads instead."""
    named = ", ".join(repr(one) for one in unknown[:_MOST_NAMED])
    more = f" and {len(unknown) - _MOST_NAMED:,} more" if len(unknown) > _MOST_NAMED else ""
    noun = f"{generator.unit}{'s' if len(unknown) > 1 else ''}"
    terminal.warning(
        f"the model's vocabulary does not hold the {noun} {named}{more}; what is not known is read as the "
        f"unknown {generator.unit}, and the text goes on from there"
    )


def _list(terminal: Terminal, words: list[tuple[str, float]], unknown: float, end: float) -> None:
    from rich.text import Text

    from tenor.report.tables import table

    made = table("next word", "probability")
    for text, probability in words:
        made.add_row(Text(text if text.isprintable() else repr(text)), percent(probability))
    made.add_section()
    made.add_row("(a word that is not in the vocabulary)", percent(unknown))
    made.add_row("(the text ends)", percent(end))
    terminal.show(made)
