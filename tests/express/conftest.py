from __future__ import annotations

import pytest

from tests.express.servers import FlaskServer


@pytest.fixture(scope="session")
def flask() -> FlaskServer:
    """The port."""
    return FlaskServer()
