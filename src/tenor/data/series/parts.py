"""Which steps are for training, validation and test: one after the other in time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenor.config.forecast import SeriesConfig, WindowConfig
from tenor.data.series.series import Series
from tenor.errors import DataError

NAMES = ("train", "validation", "test")


@dataclass(frozen=True)
class Parts:
    """Steps [0, validation) train, [validation, test) choose, [test, end) are what a model is judged by."""

    validation: int
    test: int
    end: int

    @classmethod
    def of(cls, series: Series, config: SeriesConfig) -> "Parts":
        """Return the parts by dates where they are named, else by shares.

        Raises:
            DataError: a time that cannot be read, or parts that are empty or out of order.
        """
        end = len(series)

        def at(text: str | None, setting: str, otherwise: int) -> int:
            return otherwise if text is None else series.before(series.clock.named(text, setting))

        test = at(config.test_from, "data.test_from", end - round(config.test_fraction * end))
        validation = at(
            config.validation_from,
            "data.validation_from",
            test - round(config.validation_fraction * test),
        )
        if not 0 < validation < test < end:
            raise DataError(
                f"{series.where} goes from {series.shown(0)} to {series.shown(end - 1)}, and with validation "
                f"from {series.shown(validation)} and test from {series.shown(test)} a part has no steps; "
                "name other times (data.validation_from, data.test_from) or shares"
            )
        return cls(validation, test, end)

    def bounds(self, part: str) -> tuple[int, int]:
        """Return the first step of a part and the first after it."""
        edges = (0, self.validation, self.test, self.end)
        place = NAMES.index(part)
        return edges[place], edges[place + 1]

    def ends(self, part: str, window: WindowConfig, *, ahead: int) -> npt.NDArray[np.int64]:
        """Return the last step of each window of a part, (N,).

        All that is told, `ahead` steps after it or with 0 the step itself, is of the part; what is read may
        reach back before the part, since it is past by then. Training windows are `stride` apart.
        """
        first, last = self.bounds(part)
        begin = max(first - min(ahead, 1), window.length - 1)
        stride = window.stride if part == "train" else 1
        return np.arange(begin, last - ahead, stride, dtype=np.int64)
