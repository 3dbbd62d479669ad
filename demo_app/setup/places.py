"""Where things are, and how run.py is started."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "tests/requirements.lock"
UV_LOCK = Path(__file__).with_name("requirements.lock")  # uv, which installs the others quicker than pip

VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
#: What the last pip said. It is there as soon as run.py begins to make .venv, and tells that run.py did.
LOG = VENV / "pip.log"
#: What .venv was made from, one for each lock, when it was completed.
STAMPS = {LOCK: VENV / "made-from", TEST_LOCK: VENV / "tests-made-from"}
#: Locked by those that work in .venv: a file that every environment has, and nobody writes.
IN_USE = VENV / "pyvenv.cfg"

RUN = "py run.py" if os.name == "nt" else "python3 run.py"
