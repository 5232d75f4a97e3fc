from __future__ import annotations

import pytest

from heling.platform.journal import deliver, wake


@pytest.fixture(autouse=True)
def _own_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """No handler of a context takes part; each test registers its own."""
    monkeypatch.setattr(deliver, "_readers", {})
    monkeypatch.setattr(wake, "wanted", set())
