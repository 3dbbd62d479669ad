"""Which cells run on which machine."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec

from nbformat import NotebookNode


def why_skipped(cell: NotebookNode) -> str:
    """Why this cell is not run here, by its tags; empty if it is. Where ``CI`` is set, Redis may not be missing."""
    tags = cell.metadata.get("tags", ())
    if "not-on-windows" in tags and os.name == "nt":
        return "Windows lets nobody delete a file that is open"
    if "needs-redis" in tags and not os.environ.get("CI") and not (shutil.which("redis-server") and find_spec("redis")):
        return "redis-server, or the package redis, is not installed"
    return ""
