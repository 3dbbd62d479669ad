from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.express.servers import ExpressServer, FlaskServer, install


@pytest.fixture(scope="session")
def express(require_tool: Callable[[str], None]) -> Iterator[ExpressServer]:
    """The real express-session, one Node process for each test worker that asks for it."""
    require_tool("node")
    require_tool("npm")
    install()
    with ExpressServer() as server:
        yield server


@pytest.fixture(scope="session")
def flask() -> FlaskServer:
    """The port."""
    return FlaskServer()
