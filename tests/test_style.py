"""The form of the code: what ruff and mypy say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = ("demo_app", "tests", "run.py", "notebooks")


@pytest.mark.parametrize(
    "command", [("ruff", "check", *CODE), ("ruff", "format", "--check", *CODE), ("mypy", "demo_app")], ids=" ".join
)
def test_there_is_nothing_to_mend(command: tuple[str, ...]) -> None:
    pytest.importorskip(command[0])  # it is in the lock, and not in the environment that conda makes
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
