"""Makes the folder .venv from the locks, and runs what is in it."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .alone import is_in_use, one_at_a_time, use
from .conditions import certificates_are_there, folder_is_fit, python_is_whole
from .installers import install
from .places import IN_USE, LOCK, LOG, PYTHON, ROOT, STAMPS, VENV
from .problem import Problem, explain
from .running import run
from .variables import for_children, for_making


def ensure_environment(*locks: Path) -> None:
    """Make .venv unless it is ready with what these locks name. Raises :class:`Problem` or :exc:`OSError`."""
    certificates_are_there()
    if not (all(map(is_ready, locks)) and python_runs()):
        python_is_whole()
        folder_is_fit()
        with one_at_a_time(VENV.with_suffix(".lock"), "is making .venv"):
            if not (is_ready(LOCK) and python_runs()):
                make_environment()
            for lock in locks:
                if not is_ready(lock):
                    print("Adding what the tests use to the folder .venv.", flush=True)
                    complete(lock)


def is_ready(lock: Path) -> bool:
    """Whether all that the lock names was installed, and from what is here now."""
    return PYTHON.exists() and STAMPS[lock].exists() and STAMPS[lock].read_text() == fingerprint(lock)


def python_runs() -> bool:
    """Whether the Python of .venv can be started: the one that it was made from may have been taken away."""
    try:
        return subprocess.run([PYTHON, "-c", ""], env=for_children(), capture_output=True).returncode == 0
    except OSError:
        return False


def fingerprint(lock: Path) -> str:
    """Return a digest of what .venv depends on. The place is part of it, because a venv cannot be moved."""
    made_from = lock.read_bytes() + str(sys.implementation.cache_tag).encode() + os.fsencode(ROOT)
    return hashlib.sha256(made_from).hexdigest()


def make_environment() -> None:
    """Make .venv from nothing."""
    if LOG.exists() or STAMPS[LOCK].exists():
        if is_in_use(IN_USE):
            raise Problem(
                "The folder .venv is out of date or of another Python, and another run.py works in it.\n"
                "Stop that one (JupyterLab with Ctrl-C in its terminal), and start run.py again."
            )
        print("The folder .venv is incomplete or out of date, so it is replaced.")
        clear()
    print("Making the folder .venv with what the lessons use. This can take some minutes, once.", flush=True)
    VENV.mkdir(exist_ok=True)
    LOG.touch()
    create_venv()
    packages = site_packages(VENV)
    # A relative path, because in which encoding Python reads this file depends on the machine.
    (packages / "lessons.pth").write_text(f"{os.path.relpath(ROOT, packages)}\n")
    settings = VENV / "share/jupyter/lab/settings"
    settings.mkdir(parents=True, exist_ok=True)
    quiet = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
    (settings / "overrides.json").write_text(json.dumps(quiet))
    complete(LOCK)


def clear() -> None:
    """Empty .venv, which may be a link to a larger disk.

    :raises OSError: on Windows, while something runs there.
    """
    LOG.touch()
    PYTHON.unlink(missing_ok=True)
    for path in VENV.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path != LOG:
            path.unlink()


def site_packages(venv: Path) -> Path:
    """The folder of an environment that has its packages."""
    scheme = "nt" if os.name == "nt" else "posix_prefix"
    return Path(sysconfig.get_path("purelib", scheme, {"base": str(venv)}))


def create_venv() -> None:
    """Make an empty environment with pip. Raises :class:`Problem`."""
    import venv  # not above: where Python lacks it, that has been told

    venv.create(VENV.resolve(), symlinks=os.name != "nt")  # at a link itself, it makes none
    status, said = run([str(PYTHON), "-I", "-m", "ensurepip", "--default-pip"], for_making(), lambda line: None)
    if status:
        raise explain(said)


def complete(lock: Path) -> None:
    """Install what the lock names. The stamp comes last: without it, the next run starts again."""
    install(lock)
    if names := missing(lock):
        raise Problem(
            f"The installation ended well, and yet these packages are not in .venv: {', '.join(names)}\n"
            f"Look at what pip said, in {LOG}, and whether pip is set to install elsewhere."
        )
    STAMPS[lock].write_text(fingerprint(lock))
    print("\nThe folder .venv is ready.", flush=True)


def missing(lock: Path) -> list[str]:
    """What the lock names for this machine, and .venv does not have in that version."""
    found = importlib.metadata.distributions(path=[str(site_packages(VENV))])
    whole = [(one.metadata["Name"], one.version) for one in found if one.metadata]  # the others are damaged
    here = {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in whole}
    pins = re.findall(r"^([\w-]+)==([\w.]+)( ;)?", lock.read_text(), re.MULTILINE)
    # A package with a marker may be for other machines, and then it is not here at all.
    wrong = {name for name, _, marker in pins if name in here or not marker} - {
        name for name, version, _ in pins if here.get(name) == version
    }
    return sorted(wrong)


def run_module(
    module: str, locks: Sequence[Path], arguments: Sequence[str], needed: Sequence[Callable[[], None]] = ()
) -> int:
    """Run ``python -m module`` in .venv; return its exit status. Ctrl-C and the keyboard are its own.

    :param needed: what the module needs beside what the locks name, from :mod:`.conditions`.
    """
    for condition in needed:
        condition()
    ensure_environment(*locks)
    in_use = use(IN_USE)
    with in_use:
        return start(str(PYTHON), module, arguments, {})


def start(python: str, module: str, arguments: Sequence[str], variables: Mapping[str, str]) -> int:
    """Go on with a module in another Python, in place of this one."""
    command, environment = [python, "-m", module, *arguments], {**for_children(), **variables}
    if sys.platform != "win32":
        sys.stdout.flush()
        os.execve(command[0], command, environment)
    return subprocess.call(command, env=environment)
