"""Makes the folder .venv from the locks, says what went wrong if it cannot, and runs what is in it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from .loopback import loopback_without_proxy

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "tests/requirements.lock"
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMPS = {LOCK: VENV / "made-from", TEST_LOCK: VENV / "tests-made-from"}
LOG = VENV / "pip.log"

RUN = "py run.py" if os.name == "nt" else "python3 run.py"
AFRESH = "If this comes back, delete the folder .venv and start run.py again."

# What pip or the system says; what it means; what to do. The first that is found counts.
TROUBLES = (
    ("DO NOT MATCH THE HASHES", "A downloaded package is not the one that requirements.lock names.",
     "Start run.py again. If this comes back, a proxy or a mirror changes downloads: tell whoever runs it."),
    (r"Errno 28\b|Errno 122|WinError 112|No space left", "The disk is full.",
     "Free 1 GB and start run.py again."),
    ("Long Path support", "The path of this folder is too long for Windows.",
     r"Move the folder to a short path such as C:\lessons and start run.py again."),
    (r"Errno 1\b|Errno 13|Errno 30|WinError 5\b|WinError 32", "A file of this folder cannot be written.",
     "Close what runs from .venv, such as JupyterLab or an activated terminal, and start run.py again.\n"
     "If that does not help, copy this folder to a place that is yours, and start run.py there."),
    ("(?i)certificate.verify.failed", "The certificate of the package index is not trusted.",
     "On a company network, ask for its certificate file, set PIP_CERT to its path, and start run.py again."),
    (r"Retrying \(", "The package index cannot be reached.",
     "Check the network connection. Behind a proxy, set HTTPS_PROXY. Then start run.py again."),
    ("No matching distribution", "The package index has no fitting version of a package.",
     "This Python may be too new or too rare for it. Start run.py with another one, such as 3.12."),
)  # fmt: skip


class Problem(Exception):
    """What went wrong in one sentence, and below it what to do."""


def explain(said: str) -> Problem:
    """Return the :class:`Problem` behind what pip or the system said."""
    unknown = ("", "The set-up stopped. The last words were: " + said.strip().split("\n")[-1], AFRESH)
    _, sentence, advice = next((trouble for trouble in TROUBLES if re.search(trouble[0], said)), unknown)
    log = f"\nAll that pip said is in {LOG}" if LOG.exists() else ""
    return Problem(f"{sentence}\n{advice}{log}")


def ensure_environment(*locks: Path) -> None:
    """Make .venv unless it is ready with what these locks name. Raises :class:`Problem` or :exc:`OSError`."""
    if not all(map(is_ready, locks)):
        with one_at_a_time(VENV.with_suffix(".lock"), "is making .venv"):
            if not is_ready(LOCK):
                make_environment()
            for lock in locks:
                if not is_ready(lock):
                    print("Adding what the tests use to the folder .venv.", flush=True)
                    install(lock)


def is_ready(lock: Path) -> bool:
    """Whether all that the lock names was installed, and from what is here now."""
    return PYTHON.exists() and STAMPS[lock].exists() and STAMPS[lock].read_text() == fingerprint(lock)


def fingerprint(lock: Path) -> str:
    """Return a digest of what .venv depends on. The place is part of it, because a venv cannot be moved."""
    made_from = lock.read_bytes() + str(sys.implementation.cache_tag).encode() + os.fsencode(ROOT)
    return hashlib.sha256(made_from).hexdigest()


@contextlib.contextmanager
def one_at_a_time(lock: Path, doing: str) -> Iterator[None]:
    """Wait while another run.py has the lock, and say what it is doing.

    The system frees the lock when a process ends, in any way.
    """
    with lock.open("w") as file:
        if not try_lock(file):
            print(f"Another run.py {doing}. This one waits for it.", flush=True)
            while not try_lock(file):
                time.sleep(0.2)
        yield


def try_lock(file: IO[str]) -> bool:
    """Lock the file for this process, and return whether that worked."""
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


def make_environment() -> None:
    """Make .venv from nothing."""
    if VENV.exists():
        print("The folder .venv is incomplete or out of date, so it is replaced.")
        STAMPS[LOCK].unlink(missing_ok=True)
        shutil.rmtree(VENV)
    print("Making the folder .venv with what the lessons use. This can take some minutes, once.", flush=True)
    create_venv(VENV)
    packages = site_packages(VENV)
    # A relative path, because in which encoding Python reads this file depends on the machine.
    (packages / "lessons.pth").write_text(f"{os.path.relpath(ROOT, packages)}\n")
    settings = VENV / "share/jupyter/lab/settings"
    settings.mkdir(parents=True, exist_ok=True)
    quiet = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
    (settings / "overrides.json").write_text(json.dumps(quiet))
    install(LOCK)


def site_packages(venv: Path) -> Path:
    """The folder of an environment that has its packages."""
    scheme = "nt" if os.name == "nt" else "posix_prefix"
    return Path(sysconfig.get_path("purelib", scheme, {"base": str(venv)}))


def create_venv(folder: Path) -> None:
    """Make an empty environment with pip. Raises :class:`Problem`."""
    try:
        import ensurepip  # noqa: F401 - venv needs it, and Debian keeps it in another package
        import venv
    except ImportError:
        raise Problem(
            "This Python cannot make environments, because a part of its venv module is missing.\n"
            "On Debian and Ubuntu run: sudo apt install python{}.{}-venv\n"
            "Then start run.py again.".format(*sys.version_info)
        ) from None
    try:
        venv.create(folder, symlinks=os.name != "nt", with_pip=True)
    except subprocess.CalledProcessError as error:
        raise explain(error.output.decode(errors="replace")) from None
    except ValueError as error:  # the path has a colon, which PATH cannot hold
        raise explain(str(error)) from None


def install(lock: Path) -> None:
    """Install what the lock names, and show how far pip is. Raises :class:`Problem`.

    The stamp comes last: without it, the next run starts again.
    """
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-user", "--no-input"]
    command += ["--progress-bar=off", "--disable-pip-version-check", f"--requirement={lock}"]
    total, count = len(re.findall(r"^\w", lock.read_text(), re.MULTILINE)), 0
    pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
    try:
        with pip, LOG.open("w", errors="replace") as log:
            assert pip.stdout is not None
            for line in pip.stdout:
                log.write(line)
                said = line.split(" (from -r ")[0]
                package = re.match(r"(?:Collecting|Processing) (?:.*[/\\])?([\w.-]+?)(?:==|-\d)", said)
                if package:
                    count += 1
                    text = f"  {count} of {total}  {package[1]}"
                    progress(text, milestone=count % 20 == 0 or count == total)
                elif line.startswith("Ignoring "):  # the lock serves other machines, too
                    total -= 1
                elif "Retrying (" in line:
                    progress("  no answer from the package index, pip tries again")
                elif line.startswith("Installing collected"):
                    progress(f"  unpacking {count} packages")
    finally:
        pip.kill()  # it has ended by itself, unless Ctrl-C or a full disk came between
    if pip.returncode:
        raise explain(LOG.read_text(errors="replace"))
    STAMPS[lock].write_text(fingerprint(lock))
    print("\nThe folder .venv is ready.", flush=True)


def progress(text: str, milestone: bool = True) -> None:
    """Show how far it is: on a terminal in place of the last text, elsewhere milestones only, a line each."""
    if sys.stdout.isatty():
        print("\r" + text.ljust(70), end="", flush=True)
    elif milestone:
        print(text, flush=True)


def run_module(module: str, locks: Sequence[Path], arguments: Sequence[str]) -> int:
    """Run ``python -m module`` in .venv; return its exit status. Ctrl-C and the keyboard are its own."""
    ensure_environment(*locks)
    return start(str(PYTHON), module, arguments, {})


def start(python: str, module: str, arguments: Sequence[str], variables: Mapping[str, str]) -> int:
    """Go on with a module in another Python, in place of this one."""
    command, environment = [python, "-m", module, *arguments], {**loopback_without_proxy(), **variables}
    if sys.platform != "win32":
        sys.stdout.flush()
        os.execve(command[0], command, environment)
    return subprocess.call(command, env=environment)
