"""Renews the locks from pyproject.toml: ``python3 run.py lock [--upgrade]``."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from .environment import LOCK, PYTHON, ROOT, TEST_LOCK, VENV, Problem, create_venv

TOOLS_LOCK = ROOT / "tests/tools/requirements.lock"  # uv, which makes all three


def lock(oldest: tuple[int, int], arguments: Sequence[str]) -> int:
    """Make the locks from pyproject.toml; versions that still fit stay. Returns uv's exit status."""
    with tempfile.TemporaryDirectory() as folder:
        print("Fetching uv into a temporary folder.", flush=True)
        uv = [str(python_with_uv(Path(folder))), "-m", "uv", "pip", "compile", "--quiet", "--no-emit-index-url"]
        uv += ["--generate-hashes", "--universal", "--python-version={}.{}".format(*oldest), "--no-python-downloads"]
        uv += ["--custom-compile-command=python3 run.py lock", *arguments]
        status = subprocess.call([*uv, "--group=tools", f"--output-file={TOOLS_LOCK.relative_to(ROOT)}"])
        uv += ["pyproject.toml"]
        status = status or subprocess.call([*uv, f"--output-file={LOCK.relative_to(ROOT)}"])
        if status == 0:  # the tests get the lessons' versions, and their lock what else they need
            lessons = re.findall(r"^[\w-]+(?===)", LOCK.read_text(), re.MULTILINE)
            uv += ["--all-extras", "--group=test", "--group=browser", "--group=style"]
            uv += [f"--constraint={LOCK.relative_to(ROOT)}"]
            uv += [f"--no-emit-package={name}" for name in sorted(set(lessons))]
            status = subprocess.call([*uv, f"--output-file={TEST_LOCK.relative_to(ROOT)}"])
        return status


def python_with_uv(folder: Path) -> Path:
    """Make an environment with the uv that is locked; return its Python. Raises :class:`Problem`."""
    create_venv(folder)
    python = folder / PYTHON.relative_to(VENV)
    fetch = [str(python), "-m", "pip", "install", "--quiet", "--no-user", "--no-input", "--disable-pip-version-check"]
    if subprocess.call([*fetch, "--require-hashes", "--no-deps", f"--requirement={TOOLS_LOCK}"]):
        raise Problem("uv could not be installed, for the reason shown above.\nMend that, and start run.py again.")
    return python
