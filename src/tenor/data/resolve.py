"""`read_source`: what a user calls a source -> its raw rows."""

from pathlib import Path

from tenor.data.example import Dataset
from tenor.data.folders import read_folder
from tenor.data.hub import PREFIX, is_saved, read_hub, read_saved
from tenor.data.readers import READERS, Row, file_suffix, read_rows
from tenor.data.source import UNSPLIT, Source
from tenor.data.suggestion import listed, suggestion
from tenor.errors import DataError


def read_source(name: str, encoding: str = "utf-8") -> Source:
    """Read a built-in corpus by its name, a data set of the hub by hub:NAME, a folder or a file.

    A built-in name comes first: write ./movies for a folder called movies.

    Raises:
        DataError: there is nothing of that name, or it cannot be read.
    """
    from tenor.data.builtin import corpus

    if name in corpus.BUILTIN:
        return _builtin(corpus.load(name))
    if name.startswith(PREFIX):
        return read_hub(name.removeprefix(PREFIX))
    path = Path(name)
    if name and path.is_dir():
        return read_saved(path) if is_saved(path) else read_folder(path, encoding)
    if (name and path.exists()) or file_suffix(path) is not None:
        return Source(path.resolve().name, {UNSPLIT: list(read_rows(path, encoding))})
    raise DataError(
        f"{name!r} is no built-in corpus ({listed(corpus.BUILTIN)}), no folder and no file (ending in "
        f"{listed(READERS)}); data sets of the hub are called {PREFIX}NAME{suggestion(name, corpus.BUILTIN)}"
    )


def _builtin(dataset: Dataset) -> Source:
    """Turn the examples back into rows, so that every setting means the same for every source."""
    splits: dict[str, list[Row]] = {
        split: [
            {**example.columns, "text": example.text, "label": example.label, "id": example.id}
            for example in examples
        ]
        for split, examples in dataset.splits.items()
    }
    return Source(dataset.name, splits, "text", "label", notes=dataset.notes)
