"""The process around the application."""

import pytest

from tenor.service import server


def test_as_many_files_may_be_open_as_the_system_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    before, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    low = 512 if most == resource.RLIM_INFINITY else min(512, most)
    monkeypatch.setattr(server, "_FILES", low)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (low - 1, most))
        server.more_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (low, most)
        monkeypatch.setattr(server, "_FILES", low - 1)
        server.more_files()  # takes nothing away
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (low, most)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before, most))
