"""Shared by all tests: no network, and small thread pools, since tests run side by side."""

import os

import pytest
import torch

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_OFFLINE", "1")


@pytest.fixture(autouse=True)
def _same_start() -> None:
    """Random tests start from the same place, whatever ran before them."""
    torch.manual_seed(0)
