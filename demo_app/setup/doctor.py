"""Asks the cookie doctor: ``python3 run.py why``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from .environment import run_module, start
from .places import LOCK, ROOT


def why(folder: str, arguments: Sequence[str]) -> int:
    """Run the doctor, with the Python that is here if that has the one package it needs; else in .venv.

    :param folder: Where the files are that the arguments name.
    """
    os.chdir(folder)
    if find_spec("publicsuffixlist") is None:
        return run_module("demo_app.cookies", [LOCK], arguments)
    return start(sys.executable, "demo_app.cookies", arguments, {"PYTHONPATH": str(ROOT)})
