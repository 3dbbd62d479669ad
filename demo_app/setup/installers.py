"""Installs what a lock names into .venv: uv does, which pip fetches; and where that does not work, pip does itself.

pip has the last word in everything, so what went wrong is read from pip alone.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from .places import LOG, PYTHON, UV_LOCK, VENV
from .problem import NOT_THERE, explain, find
from .running import QUIET, progress, run
from .sources import Sources, read_sources

EXACTLY = ("--require-hashes", "--no-deps")
FOLDER = VENV / "uv"


def install(lock: Path) -> None:
    """Install what the lock names, and show how far it is. Raises :class:`Problem`.

    Both ways give the same packages, and neither takes any away.
    """
    sources = read_sources()
    uv = fetch_uv(sources) if sources.is_for_uv else None
    if uv is None or not _install_with_uv(uv, lock, sources):
        # Without bytecode, as with uv: Python makes what it wants when it wants it.
        said = _run_pip(["--no-compile", f"--requirement={lock}"], sources, _pips_progress(lock))
        if said:
            raise explain(said, LOG)


def fetch_uv(sources: Sources) -> Path | None:
    """Have pip put uv into a folder of its own; return the program, or ``None`` where there is none to be had.

    Raises :class:`Problem` if the place that packages come from cannot be reached.
    """
    (version,) = re.findall(r"^uv==(\S+)", UV_LOCK.read_text(), re.MULTILINE)
    if not (FOLDER / f"uv-{version}.dist-info/RECORD").exists():
        shutil.rmtree(FOLDER, ignore_errors=True)
        progress("  fetching uv, which installs the rest")
        options = ["--only-binary=:all:", f"--target={FOLDER}", f"--requirement={UV_LOCK}"]
        said = _run_pip(options, sources, _no_progress)
        if find(said) is NOT_THERE:
            return None
        if said:
            raise explain(said, LOG)
    found = shutil.which("uv", path=FOLDER / "bin")
    return Path(found) if found else None


def _install_with_uv(uv: Path, lock: Path, sources: Sources) -> bool:
    """Install with uv; return whether it has done so."""
    command = [str(uv), "--no-config", "pip", "install", f"--python={PYTHON}", *EXACTLY, f"--requirement={lock}"]
    try:
        status, said = run(command, sources.uv, _uvs_progress)
    except OSError as error:  # on some machines, nothing may be run from a home directory
        status, said = 1, str(error)
    if status:
        progress(f"  uv could not do it, so pip does: {said.strip()[-1000:]}")
    return not status


def _run_pip(options: Sequence[str], sources: Sources, hear: Callable[[str], object]) -> str:
    """Have pip install something; return what it said if it failed, and nothing if not."""
    # In so many words (-vv), it also tells of an index that it could not reach, or not try again.
    command = [str(PYTHON), "-m", "pip", "install", "-vv", "--progress-bar=off", *EXACTLY, *options]
    status, said = run(command, sources.pip, hear)
    LOG.write_text(said, encoding="utf-8")
    return (said or f"pip ended with {status}") if status else ""


def _uvs_progress(line: str) -> None:
    words = line.split()
    if not line:
        _no_news()
    elif words[:1] in (["Downloading"], ["Downloaded"], ["Prepared"], ["Installed"]):
        progress(f"  {' '.join(words)}", milestone=words[0] != "Downloaded")


def _pips_progress(lock: Path) -> Callable[[str], None]:
    """Return what counts the packages in pip's lines."""
    total, count = len(re.findall(r"^\w", lock.read_text(), re.MULTILINE)), 0

    def hear(line: str) -> None:
        nonlocal total, count
        package = re.match(r"(?:Collecting|Processing) (?:.*[/\\])?([\w.-]+?)(?:==|-\d)", line.split(" (from -r ")[0])
        if not line:
            _no_news()
        elif package:
            count += 1
            progress(f"  {count} of {total}  {package[1]}", milestone=count % 20 == 0 or count == total)
        elif line.startswith("Ignoring ") and ": markers " in line:  # the lock serves other machines, too
            total -= 1
        elif "Retrying (" in line:
            progress("  no answer from the package index, pip tries again")
        elif line.startswith("Installing collected"):
            progress(f"  unpacking {count} packages")

    return hear


def _no_progress(line: str) -> None:
    """One package is waited for, and pip tells no more of it."""
    if not line:
        _no_news()


def _no_news() -> None:
    progress(f"  no news for {QUIET:.0f} seconds: the network is slow, or has stalled")
