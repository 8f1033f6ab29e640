"""What a linear model sees of texts: n-grams that are there, or their TF-IDF, as sparse matrices (N, F)."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tenor.errors import MissingExtraError
from tenor.text.ngrams import NGrams
from tenor.text.tokens import Tokens

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float64]


def counts(ngrams: NGrams, tokens: Tokens) -> "csr_matrix":
    """Return how often each n-gram stands in each text; `MissingExtraError` without scikit-learn."""
    try:
        from scipy import sparse  # comes with scikit-learn
    except ImportError as error:
        raise MissingExtraError("scikit-learn", "train") from error
    columns, starts = ngrams.find(tokens)
    ones, shape = np.ones(len(columns)), (len(tokens), ngrams.columns)
    found = sparse.csr_matrix((ones, columns.astype(np.int32), starts), shape=shape)
    found.sum_duplicates()
    return found


def presence(ngrams: NGrams, tokens: Tokens) -> "csr_matrix":
    """Return 1 for each n-gram that stands in a text, however often."""
    found = counts(ngrams, tokens)
    found.data[:] = 1.0
    return found


def inverse_frequencies(counted: "csr_matrix") -> Floats:
    """Return 1 + log (1 + N) / (1 + n) of each n-gram (F,), where n of the N texts hold it."""
    held = np.bincount(counted.indices, minlength=counted.shape[1])
    return np.asarray(1 + np.log((1 + counted.shape[0]) / (1 + held)))


def tfidf(counted: "csr_matrix", inverse: Floats) -> "csr_matrix":
    """Return (1 + log count) times `inverse` (F,), each text scaled to length 1.

    A text without a known n-gram stays 0.
    """
    found = counted.copy()
    found.data = (1 + np.log(found.data)) * inverse[found.indices]
    rows = np.repeat(np.arange(found.shape[0]), np.diff(found.indptr))
    found.data /= np.sqrt(np.bincount(rows, found.data**2, minlength=found.shape[0]))[rows]
    return found
