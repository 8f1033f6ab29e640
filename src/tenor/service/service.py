"""`Service`: what the routes have in common."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tenor.config.service import ServiceConfig
from tenor.inference.predictor import Predictor
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
    stopping: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def open(
        cls,
        sources: Sequence[Source],
        config: ServiceConfig,
        *,
        key: str | None = None,
        load: Callable[[Path], Predictor] = load_warm,
    ) -> Self:
        """Load all models.

        Raises:
            ModelError: one of which no version can be loaded.
        """
        metrics, executor = Metrics(), Executor("compute")
        registry = Registry(sources, load, executor, config, metrics)
        registry.load()
        return cls(registry, config, metrics, executor, Executor("background", config.queue_tasks), key)

    @property
    def ready(self) -> bool:
        """Whether it takes requests."""
        return not self.stopping.is_set()

    def checked(self, texts: Sequence[str]) -> Sequence[str]:
        """Return the texts of a request, which may be so many and so long.

        Raises:
            ServiceError: 413, more or longer ones.
        """
        config = self.config
        if len(texts) > config.request_texts:
            raise ServiceError(
                413,
                "too_many_texts",
                f"{len(texts):,} texts came at once, and {config.request_texts:,} may; send them in parts",
            )
        for place, text in enumerate(texts):
            if len(text) > config.text_characters:
                raise ServiceError(
                    413,
                    "text_too_long",
                    f"text {place} has {len(text):,} characters, and {config.text_characters:,} are allowed; "
                    "shorten it",
                )
        return texts

    def close(self) -> None:
        """End the threads."""
        self.executor.close()
        self.background.close()
