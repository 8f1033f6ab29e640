"""Attribution methods by their names, and which of them is taken where none is named."""

from collections.abc import Mapping
from typing import Literal

MethodName = Literal["integrated-gradients", "gradient-x-input", "occlusion", "phrase-occlusion", "attention"]

# encoder -> the method whose scores such models bear out best on validation reviews
# (benchmarks/faithfulness.py); of encoders that are not named here it is `DEFAULT_METHOD`.
DEFAULT_METHODS: Mapping[str, MethodName] = {"lstm": "integrated-gradients", "mingru": "occlusion"}
DEFAULT_METHOD: MethodName = "occlusion"
