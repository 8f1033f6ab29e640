"""The recurrence of minGRU over ragged texts, forward and backward, without padding.

    z_t = sigmoid(a_t)      a_t = sum_j P[r_{t-j}, j, 0] + s_{t-j} L[j, 0]      j = 0 .. K-1, within the text
    c_t = tanh(b_t)         b_t = sum_j P[r_{t-j}, j, 1] + s_{t-j} L[j, 1]
    h_t = (1 - z_t) h_{t-1} + z_t c_t,  h before the first token 0

(Feng et al. 2024, "Were RNNs all we needed?", with the tanh of Bradbury et al. 2017, whose QRNN with
f-pooling this is for width > 1.) The gates' products P are a table: one row a distinct word, or one a token;
r_t is the row of token t. s_t are a few numbers of the token that no row can hold, such as those of the
bigram it ends, and L their weights. The second direction reads each text from its end. Pooling happens while
h is still in the cache; the backward pass writes the gradients of a and b by token, and `gather` sums them
by row in a fixed order, so that no thread adds where another one does.

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
    gates: Array,
    pooled: Array,
    at: Array,
    work: Array,
    where: Array,
) -> None:
    """Read texts `first` to `end` in one direction.

    table (U, K, D, 2, H), rows (N,) int32, numbers (N, F), lift (K, F, D, 2, H), offsets (B+1,) int64;
    written: h (N, D, H), gates (N, D, 2, H) as z and c, pooled (3, B, D, H) mean, maximum and last h, at
    (B, D, H) int32 where each maximum stands, counted from the start of the text. Of an h or gates of one
    row that row is written again and again. work (5, H) and where (H,) int32 are room to work in.
    """
    width, count = table.shape[1], numbers.shape[1]
    a, b, state, total, highest = work[0], work[1], work[2], work[3], work[4]
    h_step = 1 if h.shape[0] > 1 else 0
    gates_step = 1 if gates.shape[0] > 1 else 0
    for text in range(first, end):
        start, stop = offsets[text], offsets[text + 1]
        state[:] = 0
        total[:] = 0
        highest[:] = -np.inf
        where[:] = 0
        for step in range(stop - start):
            t = start + step if direction == 0 else stop - 1 - step
            z, c = gates[t * gates_step, direction, 0], gates[t * gates_step, direction, 1]
            out = h[t * h_step, direction]
            own = table[rows[t], 0, direction]
            if width == 1 and count == 0:
                _advance(own[0], own[1], z, c, state, total, highest, where, out, t - start)
                continue
            if width > 1 and step > 0:
                other = table[rows[t - 1 if direction == 0 else t + 1], 1, direction]
                _sum(a, b, own, other)
            else:
                _copy(a, own[0])
                _copy(b, own[1])
            for back in range(2, min(width, step + 1)):
                other = table[rows[t - back if direction == 0 else t + back], back, direction]
                _add(a, other[0])
                _add(b, other[1])
            for back in range(min(width, step + 1) if count > 0 else 0):
                s = t - back if direction == 0 else t + back
                for f in range(count):
                    if numbers[s, f] != 0:
                        _add_times(a, numbers[s, f], lift[back, f, direction, 0])
                        _add_times(b, numbers[s, f], lift[back, f, direction, 1])
            _advance(a, b, z, c, state, total, highest, where, out, t - start)
        length = table.dtype.type(stop - start)
        for i in range(state.shape[0]):
            pooled[MEAN, text, direction, i] = total[i] / length
            pooled[MAX, text, direction, i] = highest[i]
            pooled[LAST, text, direction, i] = state[i]
            at[text, direction, i] = where[i]


@compiled(allocates=False)
def _advance(
    a: Array,
    b: Array,
    z: Array,
    c: Array,
    state: Array,
    total: Array,
    highest: Array,
    where: Array,
    out: Array,
    place: int,
) -> None:
    """Take one step for all units."""
    for i in range(state.shape[0]):
        gate = sigmoid(a[i])
        candidate = tanh(b[i])
        z[i] = gate
        c[i] = candidate
        value = state[i] + gate * (candidate - state[i])
        state[i] = value
        out[i] = value
        total[i] += value
        where[i] = place if value > highest[i] else where[i]
        highest[i] = value if value > highest[i] else highest[i]


@compiled(allocates=False)
def backward(
    d_pooled: Array,
    d_sequence: Array,
    at: Array,
    h: Array,
    gates: Array,
    numbers: Array,
    offsets: Array,
    first: int,
    end: int,
    direction: int,
    d_gates: Array,
    d_lift: Array,
    work: Array,
) -> None:
    """Go back through texts `first` to `end` in one direction.

    d_pooled (3, B, D, H) and d_sequence (N, D, H) or (0, D, H) are the gradients of what `forward` returned;
    written: d_gates (N, D, 2, H), the gradients of a and b, and d_lift (B, K, F, D, 2, H), zero before, each
    text's part of the gradient of L. work (3, H) is room to work in.
    """
    number = h.dtype.type
    grad, share, nothing = work[0], work[1], work[2]
    nothing[:] = 0
    with_sequence = d_sequence.shape[0] > 0
    width, count = d_lift.shape[1], d_lift.shape[2]
    for text in range(first, end):
        start, stop = offsets[text], offsets[text + 1]
        for i in range(grad.shape[0]):
            share[i] = d_pooled[MEAN, text, direction, i] / number(stop - start)
        highest, where = d_pooled[MAX, text, direction], at[text, direction]
        _copy(grad, d_pooled[LAST, text, direction])
        for step in range(stop - start - 1, -1, -1):
            t = start + step if direction == 0 else stop - 1 - step
            if with_sequence:
                _add(grad, d_sequence[t, direction])
            before, z_and_c, made = (
                t - 1 if direction == 0 else t + 1,
                gates[t, direction],
                d_gates[t, direction],
            )
            if step == 0:
                _retreat(grad, share, highest, where, t - start, nothing, z_and_c, made)
            else:
                _retreat(grad, share, highest, where, t - start, h[before, direction], z_and_c, made)
            for back in range(min(width, step + 1) if count > 0 else 0):
                s = t - back if direction == 0 else t + back
                for f in range(count):
                    if numbers[s, f] != 0:
                        part = d_lift[text, back, f, direction]
                        _add_times(part[0], numbers[s, f], made[0])
                        _add_times(part[1], numbers[s, f], made[1])


@compiled(allocates=False)
def _retreat(
    grad: Array,
    share: Array,
    highest: Array,
    where: Array,
    place: int,
    previous: Array,
    gates: Array,
    d_gates: Array,
) -> None:
    """Take one step back for all units."""
    number = grad.dtype.type
    one, vanished = number(1), number(_VANISHED)
    z, c, d_a, d_b = gates[0], gates[1], d_gates[0], d_gates[1]
    for i in range(grad.shape[0]):
        g = grad[i] + share[i] + (highest[i] if where[i] == place else number(0))
        gate, candidate = z[i], c[i]
        moved = g * gate
        d_a[i] = moved * (one - gate) * (candidate - previous[i])
        d_b[i] = moved * (one - candidate * candidate)
        kept = g - moved
        grad[i] = kept if abs(kept) > vanished else number(0)


@compiled(allocates=False)
def gather(
    d_gates: Array,
    order: Array,
    starts: Array,
    text_of: Array,
    offsets: Array,
    first: int,
    end: int,
    d_table: Array,
) -> None:
    """Sum the gradients of a and b over the tokens of table rows `first` to `end`: d_table (U, K, D, 2H).

    d_gates (N, D, 2H); row u stands at the tokens `order[starts[u]:starts[u + 1]]`; text_of (N,) int32.
    """
    width, directions = d_table.shape[1], d_table.shape[2]
    for row in range(first, end):
        d_table[row] = 0
        for place in range(starts[row], starts[row + 1]):
            s = order[place]
            text = text_of[s]
            for back in range(width):
                if s + back < offsets[text + 1]:
                    _add(d_table[row, back, 0], d_gates[s + back, 0])
                if directions == 2 and s - back >= offsets[text]:
                    _add(d_table[row, back, 1], d_gates[s - back, 1])


@compiled(allocates=False)
def _sum(a: Array, b: Array, own: Array, other: Array) -> None:
    for i in range(a.shape[0]):
        a[i] = own[0, i] + other[0, i]
    for i in range(b.shape[0]):
        b[i] = own[1, i] + other[1, i]


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
def order_by_row(
    rows: Array, count: int, order: Array, starts: Array, offsets: Array, text_of: Array
) -> None:
    """Sort tokens by their row: order (N,) int32, starts (count+1,) int64; and note text_of (N,) int32."""
    starts[:] = 0
    for t in range(rows.shape[0]):
        starts[rows[t] + 1] += 1
    for row in range(count):
        starts[row + 1] += starts[row]
    for t in range(rows.shape[0]):
        order[starts[rows[t]]] = t
        starts[rows[t]] += 1
    for row in range(count, 0, -1):
        starts[row] = starts[row - 1]
    starts[0] = 0
    for text in range(offsets.shape[0] - 1):
        text_of[offsets[text] : offsets[text + 1]] = text


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
