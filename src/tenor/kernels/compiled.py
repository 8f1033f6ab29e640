"""`compiled`: Numba's compiler with the choices all kernels share, and a cache that is never required.

Importing this module imports Numba (about 0.4 s), so whoever uses a compiled function imports its module
where it is needed.
"""

import contextlib
import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, overload

import numba
from numba.core.caching import FunctionCache

_Function = TypeVar("_Function", bound=Callable[..., Any])


class _Cache(FunctionCache):
    """Numba's cache on disk, which may fail without a word, and which knows what a function is made of.

    Numba throws compiled code away when the function's own file has changed, but not when a file has changed
    from which it calls. Here the whole folder counts.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)  # type: ignore[no-untyped-call]
        own = self._cache_file._source_stamp
        self._cache_file._source_stamp = (own, _stamp(Path(function.__code__.co_filename).parent))

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        # A damaged file may raise anything; the function is then compiled as if there were none.
        try:
            return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        except Exception:
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        # A full disk, or a damaged index in the way. The function in memory is not concerned.
        try:
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]
        except Exception:
            return


@functools.cache
def _stamp(folder: Path) -> str:
    """Return a hash of the Python files of a folder."""
    whole = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


@overload
def compiled(function: _Function) -> _Function: ...


@overload
def compiled(
    *, parallel: bool = False, fastmath: bool = False, allocates: bool = True
) -> Callable[[_Function], _Function]: ...


def compiled(
    function: _Function | None = None,
    *,
    parallel: bool = False,
    fastmath: bool = False,
    allocates: bool = True,
) -> _Function | Callable[[_Function], _Function]:
    """Return `function` compiled in nopython mode; it releases the interpreter lock while it runs.

    The code is kept on disk if there is a place for it: `NUMBA_CACHE_DIR`, `__pycache__` beside the source,
    or the user's cache folder. Without one each process compiles anew. A function may call compiled ones of
    its own folder only, since the cache looks no further for changes; what else it needs (tables, sizes) it
    takes as arguments. `parallel` and `fastmath` are Numba's. A function that makes no arrays, and calls none
    that does, may say so by `allocates=False`: then references to arrays are not counted, which for views of
    short rows takes as long as the work on them. Usable with and without brackets.
    """
    if function is None:
        return functools.partial(_compiled, parallel=parallel, fastmath=fastmath, allocates=allocates)
    return _compiled(function, parallel=parallel, fastmath=fastmath, allocates=allocates)


def _compiled(function: _Function, *, parallel: bool, fastmath: bool, allocates: bool) -> _Function:
    # NumPy's errors: a division by zero is infinite. Python's would put a branch into each such loop.
    options: dict[str, Any] = {} if allocates else {"_nrt": False}
    made: Any = numba.njit(nogil=True, error_model="numpy", parallel=parallel, fastmath=fastmath, **options)(
        function
    )
    if made is not function:  # with NUMBA_DISABLE_JIT=1 it is
        # RuntimeError: no folder can be written to; AttributeError: a Numba that is built differently.
        with contextlib.suppress(RuntimeError, AttributeError):
            made._cache = _Cache(function)
    kept: _Function = made
    return kept
