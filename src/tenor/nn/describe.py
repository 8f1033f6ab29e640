"""`describe`: the layers of a network with their output shapes and parameters, without training it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from tenor.batching import collate
from tenor.config.network import NetworkConfig
from tenor.nn.build import build
from tenor.nn.encoder import Encoded
from tenor.text.tokens import Tokens

# Texts and tokens of the batch that is sent through; large primes, so that no size of a layer equals them
# and an axis can be told to be the batch or the time.
_BATCH, _TIME = 3, 7919
_AXES = {_BATCH: "B", _TIME: "T"}
