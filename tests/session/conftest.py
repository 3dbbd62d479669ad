from __future__ import annotations

import pytest

from demo_app.session import clock as session_clock


class Clock:
    """The time of ``demo_app.session``, moved by hand: milliseconds since the epoch."""

    at = 1_800_000_000_000


@pytest.fixture
def clock(monkeypatch):
    held = Clock()
    monkeypatch.setattr(session_clock, "now", lambda: held.at)
    return held
