"""One run.py at a time where that has to be, and nobody who works in .venv while it is replaced."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO


@contextlib.contextmanager
def one_at_a_time(lock: Path, doing: str) -> Iterator[None]:
    """Wait while another run.py has the lock, and say what it is doing.

    The system frees the lock when a process ends, in any way. What is started meanwhile with ``close_fds=False`` has it
    too: if this process is killed, the next run.py waits for the end of that.
    """
    with lock.open("w") as file:
        os.set_inheritable(file.fileno(), True)
        if not try_lock(file):
            print(f"Another run.py {doing}. This one waits for it.", flush=True)
            while not try_lock(file):
                time.sleep(0.2)
        yield


def try_lock(file: IO[str]) -> bool:
    """Lock the file for this process and its children, and return whether that worked."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def use(lock: Path) -> IO[str]:
    """Have others see, until the file is closed, that what the lock stands for is in use; by many at once.

    So it stays for a process that takes the place of this one. Windows needs none of it: there, nothing that is in use
    can be deleted.
    """
    file = lock.open()
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_SH)
        os.set_inheritable(file.fileno(), True)
    return file


def is_in_use(lock: Path) -> bool:
    """Whether somebody has said so with :func:`use`, and is still there."""
    if sys.platform == "win32" or not lock.exists():
        return False
    with lock.open() as file:
        return not try_lock(file)
