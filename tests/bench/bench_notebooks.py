"""What the notebooks cost as tests, as a ratio within one run.

Run it with ``python -m tests.bench.bench_notebooks`` on an idle machine. The least that is needed is, for each lesson,
a bare kernel's start and stop and the time of the lesson's own cells, spread over two cores. Against it stands what
``pytest`` takes for them with two workers, without what the same command takes to begin and to collect.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from jupyter_client.manager import start_new_kernel

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ROUNDS = 3


def _kernel() -> float:
    """Seconds to start a kernel and to stop it."""
    start = time.perf_counter()
    manager, client = start_new_kernel()
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    return time.perf_counter() - start


def _cells(path: Path) -> float:
    """Seconds that a lesson's cells take in a kernel that is running."""
    manager, client = start_new_kernel(cwd=str(path.parent))
    sources = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    start = time.perf_counter()
    for source in sources:
        client.execute_interactive(source, output_hook=lambda message: None, timeout=60)
    seconds = time.perf_counter() - start
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    return seconds


def _pytest(*arguments: str) -> float:
    start = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", *map(str, NOTEBOOKS), *arguments]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=600)
    return time.perf_counter() - start


def main() -> None:
    kernels, runs, beginnings, cells = [], [], [], {}
    for _ in range(ROUNDS):
        kernels.append(_kernel())
        cells.update({path.stem: min(_cells(path), cells.get(path.stem, 999.0)) for path in NOTEBOOKS})
        beginnings.append(_pytest("-n2", "--collect-only"))
        runs.append(_pytest("-n2"))
    kernel, run, beginning = map(statistics.median, (kernels, runs, beginnings))
    least = (kernel * len(NOTEBOOKS) + sum(cells.values())) / 2
    for name, seconds in cells.items():
        print(f"{name:26} cells {seconds:5.2f} s")
    print(f"kernel start and stop {kernel:.2f} s, {len(NOTEBOOKS)} lessons, least on two cores {least:.2f} s")
    print(f"pytest -n2 {run:.2f} s, of which beginning and collecting {beginning:.2f} s")
    print(f"ratio of the rest to the least: {(run - beginning) / least:.2f}; of the whole: {run / least:.2f}")


if __name__ == "__main__":
    main()
