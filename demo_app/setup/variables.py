"""The environment variables of what run.py starts: no proxy for loopback, and nothing that leads Python elsewhere."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from .loopback import loopback_without_proxy
from .places import VENV

#: They lead to packages of another Python, to kernels and pages of another Jupyter, or take the checks out of lessons.
ELSEWHERE = {"PYTHONHOME", "PYTHONPATH", "PYTHONOPTIMIZE", "JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "JUPYTERLAB_DIR"}


def for_children() -> dict[str, str]:
    """Return the variables for what runs in .venv.

    Where the home directory cannot be written, a folder in .venv stands in for it.
    """
    found = {name: value for name, value in loopback_without_proxy().items() if name not in ELSEWHERE}
    if not can_be_written(Path(os.path.expanduser("~"))):
        home = VENV / "home"
        home.mkdir(exist_ok=True)
        found |= {"HOME": str(home), "USERPROFILE": str(home)}
    return found


def for_making() -> dict[str, str]:
    """Return the variables for what makes .venv: its temporary files are in there too, where /tmp may be full."""
    return for_children() | dict.fromkeys(["TMPDIR", "TEMP", "TMP"], str(VENV))


def can_be_written(folder: Path) -> bool:
    """Whether files can be made there, which is tried: permissions do not tell of quotas and of read-only disks."""
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True
