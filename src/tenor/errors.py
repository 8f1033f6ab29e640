"""The error tree. Every error says what was found, what is allowed and what to do, in one line."""


class TenorError(Exception):
    """Anything Tenor refuses or fails at; `exit_status` is what the command line ends with."""

    exit_status = 1


class InputError(TenorError, ValueError):
    """What the user gave is wrong: a file, a column, a label, a setting, a folder."""

    exit_status = 2


class DataError(InputError):
    """A file, column, row, label or split that cannot be used."""


class ConfigError(InputError):
    """A setting with an unknown name, a wrong type or a value out of range."""


class ModelError(InputError):
    """A model or run folder that is missing, damaged, of a newer format or made for something else."""


class OutputError(InputError):
    """A place that must not or cannot be written: it exists already, or is no folder."""


class StorageError(TenorError):
    """The disk is full or refused the write; nothing half-written was left behind."""


class MissingExtraError(TenorError):
    """A library that belongs to an optional extra is not installed."""

    def __init__(self, library: str, extra: str) -> None:
        super().__init__(f'{library} is not installed; it comes with: pip install "tenor[{extra}]"')


class TrainingError(TenorError):
    """Training cannot go on: a loss that is not finite, a checkpoint of another run."""


class BehaviourError(TenorError):
    """A model fails its behaviour checks more often than was allowed."""


class Interrupted(TenorError):  # noqa: N818 - a state, not a fault
    """The user pressed Ctrl-C; the message says what was kept and how to go on."""

    exit_status = 130
