"""`require`: ask for the libraries of an extra before work begins, not after."""

import importlib.util

from tenor.errors import MissingExtraError

TRAINING = ("torch", "matplotlib", "jinja2")


def require(*libraries: str, extra: str = "train") -> None:
    """Raise `MissingExtraError` for the first library that is not installed."""
    for library in libraries:
        if importlib.util.find_spec(library) is None:
            raise MissingExtraError(library, extra)
