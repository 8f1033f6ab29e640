"""`subset`: a data set with fewer training rows, nested: a smaller one is part of every larger one."""

from dataclasses import replace

from tenor.config.subset import SubsetConfig
from tenor.data.example import Dataset
from tenor.data.growing import growing_order
from tenor.errors import DataError


def subset(dataset: Dataset, config: SubsetConfig) -> Dataset:
    """Return the data set with `config.rows` training rows, or as it is where that is None.

    Rows of a group (`data.group_by`) are drawn together; the other splits stay.

    Raises:
        DataError: there are fewer rows; or a class would have none.
    """
    if config.rows is None:
        return dataset
    rows = dataset.split("train")
    if config.rows > len(rows):
        raise DataError(
            f"{dataset.name} has {len(rows):,} training rows, fewer than {config.rows:,}; ask for fewer"
        )
    groups = [row.group for row in rows]
    order = growing_order(
        [str(row.label) for row in rows],
        seed=config.seed,
        groups=groups if any(group is not None for group in groups) else None,
    )
    kept = tuple(rows[place] for place in sorted(order[: config.rows].tolist()))
    if missing := sorted({str(row.label) for row in rows} - {str(row.label) for row in kept}):
        raise DataError(
            f"{config.rows:,} of {len(rows):,} training rows have none of class {missing[0]!r}; take more"
        )
    return replace(dataset, splits={**dataset.splits, "train": kept})
