"""Where the scans leave what they pool: places in the first axis of `pooled`."""

MEAN, MAX, LAST = 0, 1, 2

# name of a pooling -> what of it lies side by side; other poolings need the whole sequence
POOLED = {"mean": (MEAN,), "max": (MAX,), "mean-max": (MEAN, MAX), "last": (LAST,)}
