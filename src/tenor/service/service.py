"""`Service`: what the routes have in common."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Self

from tenor.config.service import ServiceConfig
from tenor.inference.predictor import Predictor
from tenor.kernels.parallel import available_cores
from tenor.service.errors import ServiceError
from tenor.service.executor import Executor
from tenor.service.loading import load_warm
from tenor.service.metrics import Metrics
from tenor.service.registry import Registry
from tenor.service.sources import Source


@dataclass(frozen=True)
class Service:
    """The models that are served, the limits, and the threads that compute."""

    registry: Registry
    config: ServiceConfig
    metrics: Metrics
    executor: Executor  # short work: batches, pieces of streams
    background: Executor  # long work: explanations
    key: str | None = None  # that requests must bring
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def open(
        cls,
        sources: Sequence[Source],
        config: ServiceConfig,
        *,
        key: str | None = None,
        load: Callable[[Path], Predictor] | None = None,
    ) -> Self:
        """Load all models; `load` stands in for `load_warm`.

        Raises:
            ModelError: one of which no version can be loaded.
        """
        batches = config.threads or available_cores()
        metrics, executor = Metrics(), Executor("compute", batches)
        registry = Registry(sources, load or partial(load_warm, batches=batches), executor, config, metrics)
        registry.load()
        return cls(
            registry, config, metrics, executor, Executor("background", most_waiting=config.queue_tasks), key
        )

    @property
    def ready(self) -> bool:
        """Whether it takes requests."""
        return not self.stopping.is_set()

    def checked(self, texts: Sequence[str]) -> Sequence[str]:
        """Return the texts of a request, after making sure that they may be so many and so long.

        Raises:
            ServiceError: 413, more or longer ones.
        """
        most, longest = self.config.request_texts, self.config.text_characters
        if len(texts) > most:
            message = f"{len(texts):,} texts came at once, and {most:,} may; send them in parts"
            raise ServiceError(413, "too_many_texts", message)
        for place, text in enumerate(texts):
            if len(text) > longest:
                message = (
                    f"text {place} has {len(text):,} characters, and {longest:,} are allowed; shorten it"
                )
                raise ServiceError(413, "text_too_long", message)
        return texts

    def close(self) -> None:
        """End the threads."""
        self.executor.close()
        self.background.close()
