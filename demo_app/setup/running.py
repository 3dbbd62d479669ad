"""Runs the programs that make .venv: what they print is heard line by line, and none of them outlives this process."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import IO

QUIET = 10.0  # seconds without a word, after which that is told


def run(command: Sequence[str], variables: Mapping[str, str], hear: Callable[[str], object]) -> tuple[int, str]:
    """Run a program to its end; return its exit status and all that it printed.

    :param hear: gets each line as it comes, and an empty text after each 10 seconds in which none came.
    :raises OSError: if it cannot be started.
    """
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    said: list[str] = []
    program = subprocess.Popen(
        command,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        close_fds=False,  # it keeps the lock of this process: see one_at_a_time
    )
    assert program.stdout is not None
    reader = threading.Thread(target=_read, args=(program.stdout, lines), daemon=True)
    try:
        reader.start()
        while True:
            try:
                line = lines.get(timeout=QUIET)
            except queue.Empty:
                hear("")
                continue
            if not line:
                return program.wait(), "".join(said)
            said.append(line)
            hear(line)
    finally:
        program.kill()  # it has ended by itself, unless Ctrl-C or a full disk came between
        program.wait()


def _read(stream: IO[str], lines: queue.SimpleQueue[str]) -> None:
    with stream:
        for line in stream:
            lines.put(line)
    lines.put("")


def progress(text: str, milestone: bool = True) -> None:
    """Show how far it is: on a terminal in place of the last text, elsewhere milestones only, a line each."""
    if sys.stdout.isatty():
        print("\r" + text.ljust(70), end="", flush=True)
    elif milestone:
        print(text, flush=True)
