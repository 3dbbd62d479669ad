"""How kernels talk to those who run notebooks here."""

from __future__ import annotations

import atexit
import functools
import os
import secrets
import shutil
import tempfile
from pathlib import Path


def without_ports() -> dict[str, str]:
    """Options of Jupyter's ``KernelManager``, for one kernel that talks through files. On Windows there are none.

    By itself, Jupyter looks for free ports, leaves them, and tells the kernel to take them. Where several kernels start
    at once, one of them finds its port taken, and dies or does not answer.
    """
    return {} if os.name == "nt" else {"transport": "ipc", "ip": str(_folder() / secrets.token_hex(4))}


@functools.cache
def _folder() -> Path:
    # The path of a socket has 103 characters at most on macOS, whose usual temporary folder has a long name.
    folder = Path(tempfile.mkdtemp(prefix="kernels-", dir="/tmp"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
