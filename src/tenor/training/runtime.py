"""`Runtime`: device, precision and threads, resolved once, printed and stored with the run."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from tenor.config.training import TrainingConfig
from tenor.errors import ConfigError

# A denormal and the number of them that makes every thread of the pool take part.
_DENORMAL, _MANY = 1e-39, 1 << 20
# bfloat16 must be clearly faster, and the gradient of every parameter close to that in float32. Seen:
# below 1 % with the last state of 2 x 256 units, but 6 to 14 % in word vectors under mean-max pooling.
_FASTER, _CLOSE = 1.15, 0.02

# Runs one training step at a precision and returns the gradient of each parameter.
Step = Callable[[torch.dtype], list[torch.Tensor]]

PRECISIONS: dict[str, torch.dtype] = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclass(frozen=True, slots=True)
class Runtime:
    """Where and how a network is computed."""

    device: str  # cpu, cuda, mps
    precision: str  # float32, bfloat16
    threads: int  # CPU threads

    @property
    def torch_device(self) -> torch.device:
        """The device as torch has it."""
        return torch.device(self.device)

    @property
    def dtype(self) -> torch.dtype:
        """The precision of matrix products."""
        return PRECISIONS[self.precision]

    def __str__(self) -> str:
        return f"{self.device}, {self.precision}, {self.threads} thread{'s' if self.threads > 1 else ''}"


def resolve(config: TrainingConfig, step: Step) -> Runtime:
    """Choose device, threads and precision once.

    `step` is a representative one, on the CPU; it is only called when the precision is left open and the
    processor has bfloat16 products.
    """
    device = _device(config.device)
    threads = config.threads or available_cores()
    precision = config.precision
    if precision == "auto":
        precision = "float32"
        if device == "cpu" and _has_bfloat16():
            with applied(Runtime(device, precision, threads)):
                precision = "bfloat16" if _pays(step) else "float32"
    return Runtime(device, precision, threads)


@contextmanager
def applied(runtime: Runtime) -> Iterator[None]:
    """Use the threads of `runtime`, denormal numbers flushed in all of them; afterwards all is as before.

    From the last state of a long text back, gradients vanish into denormals, on which processors are ten
    and more times slower.
    """
    threads, flushing = torch.get_num_threads(), bool((torch.full((1,), _DENORMAL) * 1.0 == 0).all())
    flush_denormals(True, runtime.threads)
    try:
        yield
    finally:
        flush_denormals(flushing, threads)


def flush_denormals(flush: bool, threads: int) -> None:
    """Set the flag in every thread of torch's pool, and the size of the pool.

    The flag belongs to a thread, and new threads inherit it from the one that starts them; so the pool is
    ended and started again.
    """
    torch.set_num_threads(1)
    torch.set_flush_denormal(flush)
    torch.set_num_threads(threads)


def flushes_denormals() -> bool:
    """Whether every thread of torch's pool treats denormal numbers as zero."""
    return bool((torch.full((_MANY,), _DENORMAL) * 1.0 == 0).all())


def available_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _device(name: str) -> str:
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return next(device for device in ("cuda", "mps", "cpu") if available[device])
    if not available[name]:
        there = ", ".join(device for device, is_there in available.items() if is_there)
        raise ConfigError(f"device {name} is not available here; there is {there} (training.device)")
    return name


def _has_bfloat16() -> bool:
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


def _pays(step: Step) -> bool:
    """Whether bfloat16 gradients are close to the float32 ones and come clearly sooner."""
    exact, rounded = step(torch.float32), step(torch.bfloat16)  # also warms both up
    close = (bool((a - b).norm() <= _CLOSE * a.norm()) for a, b in zip(exact, rounded, strict=True))
    if not all(close):
        return False
    seconds: dict[torch.dtype, list[float]] = {torch.float32: [], torch.bfloat16: []}
    for _ in range(3):
        for dtype, times in seconds.items():
            start = time.perf_counter()
            step(dtype)
            times.append(time.perf_counter() - start)
    return sorted(seconds[torch.float32])[1] > _FASTER * sorted(seconds[torch.bfloat16])[1]
