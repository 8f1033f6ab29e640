"""`Member`: one of the series that a network reads, whose steps stand in a row with those of the others."""

from dataclasses import dataclass

from tenor.data.series.parts import Parts
from tenor.data.series.scaling import Scaling
from tenor.data.series.series import Floats, Series


@dataclass(frozen=True)
class Member:
    """A series with all that is learned of it before training, each from its own training part."""

    series: Series
    parts: Parts
    scaling: Scaling  # of all columns
    scales: Floats  # (K,), the mean absolute error of the seasonal naive forecast in training
    offset: int  # of its first step among the steps of all
