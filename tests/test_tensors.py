"""Views of a safetensors file are what the library reads, and damage is an error."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from safetensors.numpy import load, save

from tenor.tensors import metadata, narrowed, views, widened

tensors = st.dictionaries(
    st.text(min_size=1, max_size=8).filter(lambda name: name != "__metadata__"),
    st.sampled_from([np.float32, np.float64, np.float16, np.int8, np.int32, np.int64]).flatmap(
        lambda kind: arrays(kind, array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
    ),
    min_size=1,
    max_size=4,
)


@given(given_tensors=tensors)
def test_equal_to_what_the_library_reads(given_tensors: dict[str, np.ndarray]) -> None:
    content = save(given_tensors, {"note": "kept apart"})
    assert metadata(content) == {"note": "kept apart"}
    ours, theirs = views(content), load(content)
    assert ours.keys() == theirs.keys()
    for name, array in ours.items():
        assert (array.dtype, array.shape) == (theirs[name].dtype, theirs[name].shape)
        assert array.tobytes() == theirs[name].tobytes()


def test_they_copy_nothing_and_cannot_be_written() -> None:
    content = save({"a": np.ones(3, np.float32)})
    array = views(content)["a"]
    assert array.base is not None
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 2


@pytest.mark.parametrize("cut", [0, 4, 8, 20, -1])
def test_a_file_that_was_cut_is_refused(cut: int) -> None:
    content = save({"a": np.ones((2, 3), np.float32)})
    with pytest.raises((ValueError, KeyError)):
        views(content[:cut])
    with pytest.raises(KeyError):
        metadata(content)  # there is none


@given(given_tensors=tensors)
def test_in_half_precision_only_where_nothing_is_lost(given_tensors: dict[str, np.ndarray]) -> None:
    found = narrowed(given_tensors)
    assert found.keys() == given_tensors.keys()
    for name, array in given_tensors.items():
        wide = np.float32 if array.dtype == np.float16 else array.dtype
        assert np.array_equal(widened(found)[name], array.astype(wide), equal_nan=array.dtype.kind == "f")


def test_what_half_precision_cannot_hold_stays_as_it_is() -> None:
    given_tensors = {
        "half": np.array([0.5, -65504.0], np.float32),
        "fine": np.array([0.1], np.float32),
        "large": np.array([65520.0], np.float32),
        "small": np.array([1e-9], np.float32),
        "whole": np.array([1, 2], np.int32),
    }
    kinds = {name: array.dtype for name, array in narrowed(given_tensors).items()}
    assert kinds.pop("half") == np.float16
    assert kinds.pop("whole") == np.int32
    assert set(kinds.values()) == {np.dtype(np.float32)}
