"""`Registry`: the models that are served, by name and version, and how new versions take their place."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tenor.config.names import name_of
from tenor.config.service import ServiceConfig
from tenor.errors import ModelError, TenorError
from tenor.inference.predictor import Predictor
from tenor.service import logs
from tenor.service.batcher import Batcher
from tenor.service.errors import ServiceError
from tenor.service.executor import Executor
from tenor.service.metrics import Metrics
from tenor.service.sources import Found, Source

Load = Callable[[Path], Predictor]

_SHOWN = 80  # characters of a name that does not exist


@dataclass(frozen=True, eq=False)
class Served:
    """A version of a model that takes texts. Whoever holds it can use it, also after it was replaced."""

    name: str
    version: str
    predictor: Predictor
    batcher: Batcher
    found: Found

    @property
    def encoder(self) -> str:
        """Name of the network, such as bilstm-attention."""
        return name_of(self.predictor.model.config.network)


class Registry:
    """Names -> versions -> `Served`; the first name is the default, the highest version that of its name."""

    def __init__(
        self,
        sources: Sequence[Source],
        load: Load,
        executor: Executor,
        config: ServiceConfig,
        metrics: Metrics,
    ) -> None:
        self._sources = sources
        self._load = load
        self._executor = executor
        self._config = config
        self._metrics = metrics
        self._models: dict[str, dict[str, Served]] = {}
        self._failed: dict[tuple[str, str], Found] = {}

    @property
    def names(self) -> list[str]:
        """Names of all models, the default one first."""
        return [source.name for source in self._sources]

    @property
    def default(self) -> str:
        """Name of the model that is taken where none is named."""
        return self._sources[0].name

    def versions(self, name: str) -> list[str]:
        """Versions of a model, the newest last."""
        return sorted(self._models[name], key=int)

    def get(self, name: str | None = None, version: str | None = None) -> Served:
        """Return a model: the default one and its newest version where nothing else is asked for.

        Raises:
            ServiceError: 404, there is no such model or version.
        """
        found = self._models.get(self.default if name is None else name)
        if found is None:
            raise ServiceError(
                404,
                "unknown_model",
                f"there is no model {str(name)[:_SHOWN]!r}; there are {', '.join(self.names)}",
            )
        if version is None:
            return found[max(found, key=int)]
        if version not in found:
            known = ", ".join(sorted(found, key=int))
            raise ServiceError(
                404, "unknown_version", f"the model has no version {version[:_SHOWN]!r}; there are {known}"
            )
        return found[version]

    def load(self) -> None:
        """Load whatever is there; a damaged version is logged if its model has another.

        Raises:
            ModelError: a model of which no version can be loaded.
        """
        for source in self._sources:
            errors: list[TenorError] = []
            found = self._loaded(source, {}, errors)
            if not found:
                raise errors[0] if errors else ModelError(f"{source.path} holds no model")
            self._put(source, found)

    async def watch(self) -> None:
        """Look for new versions again and again."""
        while True:
            await asyncio.sleep(self._config.poll_seconds)
            await self.refresh()

    async def refresh(self) -> None:
        """Serve what is new, once it is loaded, and what is gone no longer; what fails changes nothing."""
        for source in self._sources:
            current = self._models[source.name]
            try:
                found = await asyncio.to_thread(self._loaded, source, current, [])
            except Exception as error:
                logs.unexpected(error, model=source.name)
                continue
            if found and found != current:
                self._put(source, found)

    def _loaded(
        self, source: Source, current: dict[str, Served], errors: list[TenorError]
    ) -> dict[str, Served]:
        """Return what is to be served of a source: what is served and still there, and what is new."""
        try:
            lying = source.versions()
        except (TenorError, OSError) as error:
            errors.append(error if isinstance(error, TenorError) else ModelError(f"{source.path}: {error}"))
            return {}
        found = {}
        for version, one in _labelled(lying, current).items():
            old = current.get(version)
            if old is not None and old.found.fingerprint == one.fingerprint:
                found[version] = old
                continue
            made = self._made(source, version, one, errors) or old
            if made is not None:
                found[version] = made
        return found

    def _made(self, source: Source, version: str, one: Found, errors: list[TenorError]) -> Served | None:
        if self._failed.get((source.name, version)) == one:
            return None
        try:
            predictor = self._load(one.path)
        except TenorError as error:
            self._failed[source.name, version] = one
            errors.append(error)
            logs.event(
                "version_failed", level=logging.ERROR, model=source.name, version=version, reason=str(error)
            )
            return None
        self._failed.pop((source.name, version), None)
        batcher = Batcher(
            source.name,
            lambda texts: list(predictor.predictions(texts)),
            self._executor,
            self._config,
            self._metrics,
        )
        return Served(source.name, version, predictor, batcher, one)

    def _put(self, source: Source, found: dict[str, Served]) -> None:
        before = self._models.get(source.name, {})
        self._models[source.name] = found
        for version in before.keys() - found.keys():
            self._metrics.models.remove(source.name, version)
            logs.event("version_gone", model=source.name, version=version)
        for version, served in found.items():
            if before.get(version) is not served:
                self._metrics.models.labels(source.name, version).set(1)
                logs.event("version_served", model=source.name, version=version)


def _labelled(lying: dict[str, Found] | Found, current: dict[str, Served]) -> dict[str, Found]:
    """Return versions by their labels; a model without any has a new one whenever it was replaced."""
    if isinstance(lying, dict):
        return lying
    newest = max(current, key=int, default="0")
    if newest in current and current[newest].found.fingerprint == lying.fingerprint:
        return {newest: lying}
    return {str(int(newest) + 1): lying}
