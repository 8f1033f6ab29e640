"""How good predictions are: metrics, intervals, slices, mistakes; and what the data looks like."""
