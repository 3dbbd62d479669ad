from __future__ import annotations

from datetime import timedelta

import pytest

from demo_app.cookies import suffixes


@pytest.fixture(autouse=True)
def _the_list_is_never_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """One day the installed Public Suffix List is a year old, and no words here may change on that day."""
    monkeypatch.setattr(suffixes, "OLD", timedelta.max)
