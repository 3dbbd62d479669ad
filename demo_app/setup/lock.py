"""Renews the locks from pyproject.toml: ``python3 run.py lock [--upgrade]``."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .environment import ensure_environment
from .installers import fetch_uv
from .places import LOCK, ROOT, TEST_LOCK, UV_LOCK
from .problem import Problem
from .sources import read_sources


def lock(oldest: tuple[int, int], arguments: Sequence[str]) -> int:
    """Make the locks from pyproject.toml; versions that still fit stay. Returns uv's exit status."""
    compile = [str(uv()), "pip", "compile", "--quiet", "--no-emit-index-url", "--generate-hashes", "--universal"]
    compile += ["--python-version={}.{}".format(*oldest), "--custom-compile-command=python3 run.py lock", *arguments]

    def make(lock: Path, *what: str) -> int:
        return subprocess.call([*compile, *what, f"--output-file={lock.relative_to(ROOT)}"])

    status = make(UV_LOCK, "--group=tools") or make(LOCK, "pyproject.toml")
    if status == 0:  # the tests get the lessons' versions, and their lock what else they need
        lessons = re.findall(r"^[\w-]+(?===)", LOCK.read_text(), re.MULTILINE)
        left_out = [f"--no-emit-package={name}" for name in sorted(set(lessons))]
        groups = ["--all-extras", "--group=test", "--group=browser", "--group=style"]
        status = make(TEST_LOCK, "pyproject.toml", *groups, f"--constraint={LOCK.relative_to(ROOT)}", *left_out)
    return status


def uv() -> Path:
    """The uv that is locked. Raises :class:`Problem`.

    It is not given pip's settings here: what everybody is to install is looked up where everybody finds it.
    """
    ensure_environment(LOCK)
    program = fetch_uv(read_sources())
    if program is None:
        raise Problem("The place that pip takes packages from has no uv.\nSet pip to one that has, and try again.")
    return program
