"""`Warned`: an observer of training that is also told what went wrong beside it."""

import warnings
from typing import Protocol

from tenor.training.loop import Observer, Silent


class Warned(Observer, Protocol):
    """An observer of training that is told what went wrong beside it."""

    def warning(self, text: str) -> None:
        """Something went wrong that does not stop training."""
        ...


class SilentWarned(Silent):
    """Watches nothing, and warns as Python does."""

    def warning(self, text: str) -> None:
        """Warn as Python does."""
        warnings.warn(text, RuntimeWarning, stacklevel=2)
