"""A fixture for pytest. In ``conftest.py``: ``pytest_plugins = ["demo_app.check.fixture"]``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .baseline import load
from .changes import compare
from .report import text

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@pytest.fixture
def check_cookies() -> Callable[[WSGIApplication | str, str | Path], None]:
    """Hold an app, or the address of a running one, against a baseline; what it fails with reads like the command.

    ::

        def test_the_session_cookie_is_as_it_was(check_cookies):
            check_cookies(app, "session-cookie.json")
    """

    def check(app: WSGIApplication | str, baseline: str | Path) -> None:
        compared = compare(app, load(baseline))
        if compared.changes:
            again = f"python3 -m demo_app.check … --baseline {baseline} --record"
            pytest.fail(text(compared, str(baseline), again), pytrace=False)

    return check
