"""Checks gradients made by hand against finite differences.

The derivative of a loss L by one number a is, but for terms of the order of the step d squared,

    (L(a + d) - L(a - d)) / 2d

Rounding adds an error of about 1e-16 L / d, so in float64 the sum of both is least, some 1e-10, where d is
about 1e-5.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np

from tenor.reference.activations import Array

STEP = 1e-5


def numeric_gradient(loss: Callable[[], float], array: Array, step: float = STEP) -> Array:
    """Return the gradient of `loss` by each entry of `array`, which the loss reads; float64."""
    found = np.zeros_like(array)
    for place in np.ndindex(array.shape):
        kept = array[place]
        array[place] = kept + step
        above = loss()
        array[place] = kept - step
        found[place] = (above - loss()) / (2 * step)
        array[place] = kept
    return found


def relative_error(found: Array, expected: Array) -> float:
    """Return the largest difference over the largest entry of either; 0 where all are 0.

    Entry by entry it would say nothing: of an entry near 0 the rounding of a difference is all there is.
    """
    largest = max(np.abs(found).max(initial=0), np.abs(expected).max(initial=0))
    return float(np.abs(found - expected).max(initial=0) / largest) if largest else 0.0


def gradient_errors(layer: Callable[..., tuple[Any, ...]], *arrays: Array, seed: int = 0) -> dict[str, float]:
    """Return the relative error of each gradient of a layer, by its name.

    The loss is a random sum of all outputs. `layer(*arrays)` returns its outputs and the way back, which
    takes the gradients of the outputs and returns those of `arrays` in their order, as every layer here does.
    """
    *outputs, backward = layer(*arrays)
    generator = np.random.default_rng(seed)
    factors = [generator.normal(size=output.shape) for output in outputs]

    def loss() -> float:
        pairs = zip(layer(*arrays), factors, strict=False)  # the way back comes last
        return float(sum((output * factor).sum() for output, factor in pairs))

    found = backward(*factors)
    return {
        field.name: relative_error(getattr(found, field.name), numeric_gradient(loss, array))
        for field, array in zip(fields(found), arrays, strict=True)
    }
