"""Shared by all tests: no network, and small thread pools, since tests run side by side."""

import os

# Before torch is imported: one thread a worker, and threads that sleep while they wait.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_OFFLINE", "1")

import pytest
import torch


@pytest.fixture(autouse=True)
def _same_start() -> None:
    """Random tests start from the same place, whatever ran before them."""
    torch.manual_seed(0)
