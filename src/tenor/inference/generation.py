"""`TextGenerator`: a language model that goes on with a text, and says what may come next.

The unknown token is never said: it stands for words the model cannot spell. Its probability goes to all
others in proportion. A text ends where the model says its end.

A running text (`tenor pretrain --stream`) was read in rows that begin anywhere, in the middle of a word as
well, so what follows the boundary there is no beginning. Without a prompt a word begins all the same: a model
of characters first reads a line break, of pieces the first is one that begins a word.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from tenor.errors import ConfigError
from tenor.inference.next_words import NextWord, NextWords, Point, last_word, whole_words
from tenor.inference.sampling import TOKENS, Sampling
from tenor.nn.build import build_language_model, load_language_model
from tenor.nn.encoder import State
from tenor.nn.language_model import LanguageModel
from tenor.pretrained_model import PretrainedModel, unit_of
from tenor.text.bpe import BEGINS_WORD
from tenor.text.joining import Joiner
from tenor.text.vocabulary import SPECIALS

_OPENINGS = ("\n", " ")  # behind which a word begins


@dataclass(frozen=True)
class Prompt:
    """A text as the model reads it."""

    text: str  # behind which the model's is written
    ids: tuple[int, ...]  # the boundary first
    unknown: tuple[str, ...]  # what the vocabulary does not hold, each once, in order


class TextGenerator:
    """What `load` returns. On the CPU, in float32."""

    def __init__(self, model: PretrainedModel, module: LanguageModel) -> None:
        self.model = model
        self.unit = unit_of(model.pipeline)
        self._module = module.eval()
        self._running = bool((model.data or {}).get("stream"))

    @classmethod
    def of(cls, model: PretrainedModel) -> "TextGenerator":
        """Build the network of a model at rest."""
        vocabulary = model.pipeline.vocabulary
        with torch.random.fork_rng():
            module = build_language_model(
                replace(model.config, bidirectional=False),  # texts are written from left to right
                model.output,
                vocabulary_size=len(vocabulary),
                unknown=vocabulary.unknown,
            )
        load_language_model(module, model.config, model.arrays)
        return cls(model, module)

    def prompt(self, text: str) -> Prompt:
        """Return a text as the model reads it; nothing of it is cut off."""
        vocabulary, tokenizer = self.model.pipeline.vocabulary, self.model.pipeline.tokenizer
        spans = tokenizer.spans(text)
        ids = vocabulary.ids(token.text for token in spans)
        unknown = [
            text[token.start : token.end]
            for token, index in zip(spans, ids, strict=True)
            if index == vocabulary.unknown
        ]
        if not ids and self._running and self.unit == "character":
            ids = vocabulary.ids([mark for mark in _OPENINGS if mark in vocabulary][:1])
        # Between words there is a space anyway.
        written = text if self.unit == "character" else text.rstrip()
        return Prompt(written, (vocabulary.pad, *ids), tuple(dict.fromkeys(unknown)))

    def generate(
        self, prompt: str = "", *, tokens: int = TOKENS, sampling: Sampling | None = None, seed: int = 0
    ) -> Iterator[str]:
        """Yield what is written after the prompt, token by token: `tokens` of them, or to the text's end.

        The same model, prompt, settings and seed write the same text.

        Raises:
            ConfigError: fewer than one token.
        """
        if tokens < 1:
            raise ConfigError(f"{tokens} tokens were asked for; it must be 1 or more")
        return self._generate(self.prompt(prompt), tokens, sampling or Sampling(), seed)

    def _generate(self, prompt: Prompt, tokens: int, sampling: Sampling, seed: int) -> Iterator[str]:
        vocabulary = self.model.pipeline.vocabulary
        generator = np.random.Generator(np.random.PCG64(seed))
        joiner = Joiner(self.unit)
        for index in prompt.ids[1:]:
            joiner.write(vocabulary.token(index))
        point = self._after(prompt)
        for _ in range(tokens):
            drawn = sampling.draw(self._sayable(point.log_probabilities), generator)
            if drawn == vocabulary.pad:
                return
            yield joiner.write(vocabulary.token(drawn))
            point = self._read((drawn,), point.state)

    def next_words(self, prompt: str = "", count: int = 5) -> NextWords:
        """Return the likeliest words after a prompt, at most `count`, with their probabilities.

        Pieces and characters are put together to words: the probability of a word is that of its pieces and
        of a word's end behind them. A prompt that ends within a word is completed, if the model sees it so.

        Raises:
            ConfigError: a count below 1.
        """
        if count < 1:
            raise ConfigError(f"{count} words were asked for; it must be 1 or more")
        vocabulary = self.model.pipeline.vocabulary
        point = self._after(self.prompt(prompt))
        found = np.exp(point.log_probabilities.astype(np.float64))
        if self.unit == "word":
            words = found.copy()
            words[[vocabulary.pad, vocabulary.unknown]] = 0.0
            best = np.argsort(-words, kind="stable")[: min(count, len(words) - SPECIALS)]
            likeliest = [NextWord(vocabulary.token(index), float(words[index])) for index in best.tolist()]
        else:
            partial = last_word(prompt, self.model.pipeline.tokenizer)
            likeliest = whole_words(
                self._read, point, vocabulary, unit=self.unit, partial=partial, count=count
            )
        return NextWords(tuple(likeliest), float(found[vocabulary.unknown]), float(found[vocabulary.pad]))

    def _after(self, prompt: Prompt) -> Point:
        """Read a prompt; where a running text of pieces has none, what comes next begins a word."""
        point = self._read(prompt.ids)
        if len(prompt.ids) > 1 or not self._running or self.unit != "piece":
            return point
        tokens = self.model.pipeline.vocabulary.tokens
        begins = np.array([token.startswith(BEGINS_WORD) for token in tokens])
        if not begins.any():
            return point
        found = np.where(begins, point.log_probabilities.astype(np.float64), -np.inf)
        return Point((found - np.logaddexp.reduce(found)).astype(np.float32), point.state)

    def _read(self, ids: Sequence[int], state: State | None = None) -> Point:
        with torch.inference_mode():
            before = self._module.initial_state(1) if state is None else state
            found, after = self._module.next_log_probabilities(torch.tensor([list(ids)]), before)
        return Point(found[0].numpy(), after)

    def _sayable(self, log_probabilities: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return log p without the unknown token."""
        found = log_probabilities.copy()
        found[self.model.pipeline.vocabulary.unknown] = -np.inf
        return found


def load(path: str | Path) -> TextGenerator:
    """Read a language model's folder, or the run folder that holds it.

    Raises:
        ModelError: there is none, it is damaged, or a classifier's.
    """
    return TextGenerator.of(PretrainedModel.load(Path(path)))


def generate(
    path: str | Path,
    prompt: str = "",
    *,
    tokens: int = TOKENS,
    temperature: float = Sampling.temperature,
    top_k: int | None = Sampling.top_k,
    top_p: float = Sampling.top_p,
    seed: int = 0,
) -> str:
    """Return a prompt and what a language model writes after it; see `TextGenerator.generate`.

    Raises:
        ConfigError: a setting out of range.
        ModelError: as `load`.
    """
    sampling = Sampling(temperature, top_k, top_p)
    generator = load(path)
    written = generator.generate(prompt, tokens=tokens, sampling=sampling, seed=seed)
    return generator.prompt(prompt).text + "".join(written)
