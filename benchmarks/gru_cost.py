"""What GRU and RNN cost beside an LSTM of the same size, on the CPU: torch's modules, and our own steps.

    python benchmarks/gru_cost.py              three sizes, one and two threads, some minutes
    python benchmarks/gru_cost.py --quick      only to see that it runs

Contestants read the same padded batch in turn. `torch` reads it without packing, each text turned within its
own length for the reverse direction; `tenor` is what training and prediction use. Training is forward and
backward, the input's gradient included, with a loss on every output; inference is forward in inference mode.
Real tokens a second, medians. Denormal numbers are flushed, as in training.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from statistics import median
from typing import Any
from unittest.mock import patch

import record
import torch
from torch import Tensor

from tenor.config.network import RecurrentConfig
from tenor.nn import recurrent
from tenor.nn.encoder import Embedded
from tenor.nn.recurrent import Recurrent
from tenor.training.runtime import Runtime, applied


@dataclass(frozen=True)
class Size:
    """A network and a batch."""

    embedding: int
    hidden: int
    layers: int
    bidirectional: bool
    batch: int
    longest: int = 200  # tokens; texts are at least half as long

    def __str__(self) -> str:
        return (
            f"{self.layers}x{self.hidden}{' both ways' if self.bidirectional else ''}, "
            f"embedding {self.embedding}, batch {self.batch}"
        )


SIZES = (Size(100, 256, 2, True, 64), Size(100, 128, 1, True, 32), Size(20, 64, 1, False, 32))
QUICK = (Size(4, 8, 1, True, 3, longest=6),)

# name -> (cell, whether compiled steps may be used, whether under autocast to bfloat16)
CONTESTANTS = {
    "LSTM, torch": ("lstm", False, False),
    "GRU, torch": ("gru", False, False),
    "GRU, tenor": ("gru", True, False),
    "RNN, torch": ("rnn", False, False),
    "RNN, tenor": ("rnn", True, False),
    "LSTM, torch, bfloat16": ("lstm", False, True),
    "GRU, tenor, bfloat16": ("gru", True, True),
}


def contestant(size: Size, name: str, *, training: bool) -> Callable[[], object]:
    """Return what reads one batch."""
    cell, compiled, half = CONTESTANTS[name]
    torch.manual_seed(0)
    settings = RecurrentConfig(hidden_size=size.hidden, layers=size.layers)
    encoder = Recurrent(cell, size.embedding, settings, bidirectional=size.bidirectional)
    x, mask = batch(size)

    def read() -> Tensor:
        with torch.autocast("cpu", torch.bfloat16) if half else nullcontext():
            sequence: Tensor = encoder(Embedded(x, mask)).sequence
        return sequence.float()

    def train() -> None:
        read().mul(mask[..., None]).square().sum().backward()  # type: ignore[no-untyped-call]
        encoder.zero_grad()
        x.grad = None

    def infer() -> None:
        with torch.inference_mode():
            read()

    x.requires_grad_(training)
    call = train if training else infer
    if compiled:
        return call

    def plainly() -> None:
        with patch.object(recurrent, "compiles", lambda _: False):
            call()

    return plainly


def batch(size: Size) -> tuple[Tensor, Tensor]:
    """Return x (B, T, D) and mask (B, T)."""
    generator = torch.Generator().manual_seed(1)
    lengths = torch.randint(size.longest // 2, size.longest + 1, (size.batch,), generator=generator)
    x = torch.randn(size.batch, size.longest, size.embedding, generator=generator)
    return x, torch.arange(size.longest) < lengths[:, None]


def tokens_per_second(size: Size, readings: int, *, training: bool) -> dict[str, int]:
    """Let all contestants read in turn."""
    calls = {name: contestant(size, name, training=training) for name in CONTESTANTS}
    times: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():  # compiles, and makes oneDNN's kernels
        call()
    for _ in range(readings):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - start)
    tokens = int(batch(size)[1].sum())
    return {name: round(tokens / median(each)) for name, each in times.items()}


@contextmanager
def threads(number: int) -> Iterator[None]:
    """Use so many threads, denormal numbers flushed in all."""
    with applied(Runtime("cpu", "float32", number)):
        yield


def main() -> None:
    """Measure, print and write."""
    parser = record.parser(__doc__, readings=7)
    options = parser.parse_args()
    figures: list[dict[str, Any]] = []
    for number in (1, 2):
        with threads(number):
            for size in QUICK if options.quick else SIZES:
                for training in (True, False):
                    found = tokens_per_second(size, options.readings, training=training)
                    work = "training" if training else "inference"
                    print(f"{size}, {number} thread(s), {work}: {found}", flush=True)
                    figures.append(
                        {"size": str(size), "threads": number, "work": work, "tokens_per_second": found}
                    )
    record.write("gru_cost", figures, record.target(options))


if __name__ == "__main__":
    main()
