"""The recurrence of minGRU over ragged texts, forward and backward, without padding.

    z_t = sigmoid(a_t)      a_t = sum_j P[r_{t-j}, j, 0] + s_{t-j} L[j, 0]      j = 0 .. K-1, within the text
    c_t = tanh(b_t)         b_t = sum_j P[r_{t-j}, j, 1] + s_{t-j} L[j, 1]
    h_t = (1 - z_t) h_{t-1} + z_t c_t,  h before the first token 0

(Feng et al. 2024, "Were RNNs all we needed?", with the tanh of Bradbury et al. 2017, whose QRNN with
f-pooling this is for width > 1.) The gates' products P are a table: one row a distinct word, or one a token;
r_t is the row of token t. s_t are a few numbers of the token that no row can hold, such as those of the
bigram it ends, and L their weights. The second direction reads each text from its end. Pooling happens while
h is still in the cache.

Reading is bound by memory, not by arithmetic. So nothing is kept for the way back, which reads each text
again into room that stays in the cache, and adds the gradients of a and b to the rows of the table at once.
Units know nothing of each other: threads take directions and blocks of units, all texts each, so no thread
adds where another one does, and sums have one order for any number of threads.

Axes: U rows of the table, K = width, D directions, 2 gates, H units, F numbers a token, N tokens, B texts.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.kernels.activations import sigmoid, tanh
from tenor.kernels.compiled import compiled
from tenor.kernels.pooling import LAST, MAX, MEAN

Array = npt.NDArray[Any]

# Gradients that have vanished are set to zero before they become denormal numbers, which are slow.
_VANISHED = 1e-30


@compiled(allocates=False)
def forward(
    table: Array,
    rows: Array,
    numbers: Array,
    lift: Array,
    offsets: Array,
    first: int,
    end: int,
    direction: int,
    h: Array,
    pooled: Array,
    at: Array,
    work: Array,
    where: Array,
) -> None:
    """Read texts `first` to `end` in one direction.

    table (U, K, D, 2, H), rows (N,) int32, numbers (N, F), lift (K, F, D, 2, H), offsets (B+1,) int64;
    written: h (N, D, H), pooled (3, B, D, H) mean, maximum and last h, at (B, D, H) int32 where each maximum
    stands, counted from the start of the text. An h of one row is written again and again. work (5, H) and
    where (H,) int32 are room to work in.
    """
    size, plain = table.shape[4], table.shape[1] == 1 and numbers.shape[1] == 0
    a, b, state, total, highest = work[0], work[1], work[2], work[3], work[4]
    h_step = 1 if h.shape[0] > 1 else 0
    for text in range(first, end):
        start, stop = offsets[text], offsets[text + 1]
        state[:] = 0
        total[:] = 0
        highest[:] = -np.inf
        where[:] = 0
        for step in range(stop - start):
            t = start + step if direction == 0 else stop - 1 - step
            out = h[t * h_step, direction]
            if plain:
                own = table[rows[t], 0, direction]
                _advance(own[0], own[1], state, total, highest, where, out, t - start)
            else:
                _sums(table, rows, numbers, lift, t, step, direction, 0, size, a, b)
                _advance(a, b, state, total, highest, where, out, t - start)
        length = table.dtype.type(stop - start)
        for i in range(size):
            pooled[MEAN, text, direction, i] = total[i] / length
            pooled[MAX, text, direction, i] = highest[i]
            pooled[LAST, text, direction, i] = state[i]
            at[text, direction, i] = where[i]


@compiled(allocates=False)
def _sums(
    table: Array,
    rows: Array,
    numbers: Array,
    lift: Array,
    t: int,
    step: int,
    direction: int,
    low: int,
    high: int,
    a: Array,
    b: Array,
) -> None:
    """Compute a and b of token t, the one numbered `step` in its direction, for units `low` to `high`."""
    width, count = table.shape[1], numbers.shape[1]
    own = table[rows[t], 0, direction]
    if width > 1 and step > 0:
        other = table[rows[t - 1 if direction == 0 else t + 1], 1, direction]
        _sum(a, own[0][low:high], other[0][low:high])
        _sum(b, own[1][low:high], other[1][low:high])
    else:
        _copy(a, own[0][low:high])
        _copy(b, own[1][low:high])
    for back in range(2, min(width, step + 1)):
        other = table[rows[t - back if direction == 0 else t + back], back, direction]
        _add(a, other[0][low:high])
        _add(b, other[1][low:high])
    for back in range(min(width, step + 1) if count > 0 else 0):
        s = t - back if direction == 0 else t + back
        for f in range(count):
            if numbers[s, f] != 0:
                weights = lift[back, f, direction]
                _add_times(a, numbers[s, f], weights[0][low:high])
                _add_times(b, numbers[s, f], weights[1][low:high])


@compiled(allocates=False)
def _advance(
    a: Array, b: Array, state: Array, total: Array, highest: Array, where: Array, out: Array, place: int
) -> None:
    """Take one step for all units."""
    for i in range(state.shape[0]):
        value = state[i] + sigmoid(a[i]) * (tanh(b[i]) - state[i])
        state[i] = value
        out[i] = value
        total[i] += value
        where[i] = place if value > highest[i] else where[i]
        highest[i] = value if value > highest[i] else highest[i]


@compiled(allocates=False)
def backward(
    table: Array,
    rows: Array,
    numbers: Array,
    lift: Array,
    offsets: Array,
    direction: int,
    low: int,
    high: int,
    d_pooled: Array,
    d_sequence: Array,
    at: Array,
    d_table: Array,
    d_lift: Array,
    kept: Array,
    work: Array,
) -> None:
    """Go back through all texts in one direction, for units `low` to `high`.

    d_pooled (3, B, D, H) and d_sequence (N, D, H) or (0, D, H) are the gradients of what `forward` returned;
    added to: d_table (U, K, D, 2, H) and d_lift (K, F, D, 2, H). kept (T + 1, 3, high - low), T the length of
    the longest text, and work (6, high - low) are room to work in.
    """
    number = table.dtype.type
    width, plain = table.shape[1], table.shape[1] == 1 and numbers.shape[1] == 0
    a, b, grad, share, d_a, d_b = work[0], work[1], work[2], work[3], work[4], work[5]
    with_sequence, count = d_sequence.shape[0] > 0, numbers.shape[1]
    kept[0] = 0  # before the first token
    for text in range(offsets.shape[0] - 1):
        start, stop = offsets[text], offsets[text + 1]
        for step in range(stop - start):
            t = start + step if direction == 0 else stop - 1 - step
            if plain:
                own = table[rows[t], 0, direction]
                _keep(own[0][low:high], own[1][low:high], kept[step], kept[step + 1])
            else:
                _sums(table, rows, numbers, lift, t, step, direction, low, high, a, b)
                _keep(a, b, kept[step], kept[step + 1])
        _copy(grad, d_pooled[LAST, text, direction][low:high])
        mean = d_pooled[MEAN, text, direction][low:high]
        for i in range(share.shape[0]):
            share[i] = mean[i] / number(stop - start)
        highest, where = d_pooled[MAX, text, direction][low:high], at[text, direction][low:high]
        for step in range(stop - start - 1, -1, -1):
            t = start + step if direction == 0 else stop - 1 - step
            if with_sequence:
                _add(grad, d_sequence[t, direction][low:high])
            _retreat(grad, share, highest, where, t - start, kept[step], kept[step + 1], d_a, d_b)
            for back in range(min(width, step + 1)):
                s = t - back if direction == 0 else t + back
                part = d_table[rows[s], back, direction]
                _add(part[0][low:high], d_a)
                _add(part[1][low:high], d_b)
                for f in range(count):
                    if numbers[s, f] != 0:
                        weights = d_lift[back, f, direction]
                        _add_times(weights[0][low:high], numbers[s, f], d_a)
                        _add_times(weights[1][low:high], numbers[s, f], d_b)


@compiled(allocates=False)
def _keep(a: Array, b: Array, before: Array, kept: Array) -> None:
    """Take one step and keep h, z and c of it."""
    state, h, z, c = before[0], kept[0], kept[1], kept[2]
    for i in range(a.shape[0]):
        gate = sigmoid(a[i])
        candidate = tanh(b[i])
        z[i] = gate
        c[i] = candidate
        h[i] = state[i] + gate * (candidate - state[i])


@compiled(allocates=False)
def _retreat(
    grad: Array,
    share: Array,
    highest: Array,
    where: Array,
    place: int,
    before: Array,
    kept: Array,
    d_a: Array,
    d_b: Array,
) -> None:
    """Take one step back."""
    number = grad.dtype.type
    one, vanished = number(1), number(_VANISHED)
    state, z, c = before[0], kept[1], kept[2]
    for i in range(grad.shape[0]):
        g = grad[i] + share[i] + (highest[i] if where[i] == place else number(0))
        gate, candidate = z[i], c[i]
        moved = g * gate
        d_a[i] = moved * (one - gate) * (candidate - state[i])
        d_b[i] = moved * (one - candidate * candidate)
        left = g - moved
        grad[i] = left if abs(left) > vanished else number(0)


@compiled(allocates=False)
def _sum(total: Array, one: Array, other: Array) -> None:
    for i in range(total.shape[0]):
        total[i] = one[i] + other[i]


@compiled(allocates=False)
def _copy(to: Array, value: Array) -> None:
    for i in range(to.shape[0]):
        to[i] = value[i]


@compiled(allocates=False)
def _add(total: Array, value: Array) -> None:
    for i in range(total.shape[0]):
        total[i] += value[i]


@compiled(allocates=False)
def _add_times(total: Array, factor: float, value: Array) -> None:
    for i in range(total.shape[0]):
        total[i] += factor * value[i]


@compiled
def distinct(ids: Array, number: Array, words: Array, rows: Array) -> int:
    """Number the distinct ids in order of appearance; return how many there are.

    ids (N,) int32; number (V,) int32 must be -1 everywhere and is so again afterwards; written: words (N,)
    int32, of which the first so many are set, and rows (N,) int32 with words[rows] == ids.
    """
    count = 0
    for t in range(ids.shape[0]):
        row = number[ids[t]]
        if row < 0:
            row = count
            number[ids[t]] = row
            words[row] = ids[t]
            count += 1
        rows[t] = row
    for row in range(count):
        number[words[row]] = -1
    return count
