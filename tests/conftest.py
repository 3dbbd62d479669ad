from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# No test depends on speed.
settings.register_profile("at any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("at any speed")


@pytest.fixture(scope="session")
def require_tool() -> Callable[..., None]:
    """A function that ends the test if a program is not on this machine: a skip, but in CI a failure.

    Where a program goes by several names, one of them will do.
    """

    def require(*names: str) -> None:
        if not any(map(shutil.which, names)):
            end = pytest.fail if os.environ.get("CI") else pytest.skip
            end(f"{' or '.join(names)} is not installed")

    return require


@pytest.fixture(scope="session")
def express(require_tool: Callable[[str], None]) -> Iterator[Any]:
    """The real express-session, one Node process for each test worker that asks for it."""
    require_tool("node")
    require_tool("npm")
    from tests.express.servers import ExpressServer, install

    install()
    with ExpressServer() as server:
        yield server
