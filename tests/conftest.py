from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import pytest


@pytest.fixture(scope="session")
def require_tool() -> Callable[[str], None]:
    """A function that ends the test if a program is not on this machine: a skip, but in CI a failure."""

    def require(name: str) -> None:
        if shutil.which(name) is None:
            end = pytest.fail if os.environ.get("CI") else pytest.skip
            end(f"{name} is not installed")

    return require
