"""A copy of the project in a folder of its own, where run.py can do what it does on a learner's machine."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .setup_files import ROOT

DEADLINE = 600  # seconds, on whatever machine

# What run.py installs here instead of all packages. It is named pytest, so that run.py can hand over to it. The lock of
# the tests has another one, which is empty.
STAND_IN = """
import os, sys
root = os.path.realpath(os.curdir)
print("pytest:", sys.argv[1:], "root importable:", root in sys.path[1:], "no_proxy:", os.environ["no_proxy"])
if not os.access(os.path.expanduser("~"), os.W_OK) or "home" in os.listdir(sys.prefix):
    print("home:", os.path.expanduser("~"), "asserts:", __debug__)
sys.exit(7)
"""

# The lock of uv names one that is nowhere, so pip installs, unless a test has brought one.
NO_UV = f"uv==1.0 \\\n    --hash=sha256:{64 * '0'}\n"


class Copy:
    """A copy of what run.py needs, in a folder whose name is as hard as those of learners."""

    def __init__(self, place: Path) -> None:
        self.folder = place / "my lessons \N{LATIN SMALL LETTER E WITH ACUTE}"
        (self.folder / "notebooks").mkdir(parents=True)
        (self.folder / "notebooks/00_start_here.ipynb").write_text(
            '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
        )
        shutil.copy(ROOT / "run.py", self.folder)
        shutil.copytree(
            ROOT / "demo_app/setup", self.folder / "demo_app/setup", ignore=shutil.ignore_patterns("__pycache__")
        )
        shutil.copy(ROOT / "demo_app/__init__.py", self.folder / "demo_app")
        self.lock = self.folder / "requirements.lock"
        self.lock.write_text(lock_of_a_wheel(place, "stand_in", "pytest.py", STAND_IN))
        self.test_lock = self.folder / "tests" / "requirements.lock"
        self.test_lock.parent.mkdir()
        self.test_lock.write_text(lock_of_a_wheel(place, "stand_in_for_tests", "nothing.py", ""))
        self.uv_lock = self.folder / "demo_app/setup/requirements.lock"
        self.uv_lock.write_text(NO_UV)
        # Nothing of this machine's own settings for Python and pip, and nothing from the network.
        own = ("PIP_", "PYTHON")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        self.environment |= {
            "HOME": str(place),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": place.as_uri(),
        }

    def bring_uv(self, program: str | bytes) -> None:
        """Put a uv beside the other packages."""
        self.uv_lock.write_text(lock_of_a_wheel(self.folder.parent, "uv", "uv-1.0.data/scripts/uv", program))

    @contextmanager
    def start(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Start run.py; its output can be read line by line, and ends when the deadline passes."""
        command = [sys.executable, str(self.folder / "run.py"), *arguments]
        process = subprocess.Popen(
            command,
            env=self.environment,
            cwd=self.folder.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        end = threading.Timer(DEADLINE, process.kill)
        end.start()
        with process:
            try:
                yield process
            finally:
                process.kill()
                end.cancel()

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run run.py to its end; return the exit status and what it printed."""
        with self.start(*arguments) as process:
            return finish(process)


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for the end; return the exit status and what was printed since the last line read."""
    assert process.stdout is not None
    printed = process.stdout.read()
    status = process.wait()
    assert "Traceback" not in printed
    return status, printed


def lock_of_a_wheel(place: Path, name: str, file: str, content: str | bytes) -> str:
    """Write the wheel of a package with one file; return the lock that names it."""
    metadata = f"{name}-1.0.dist-info/"
    texts = {
        metadata + "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        metadata + "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files = {file: content if isinstance(content, bytes) else content.encode()}
    files |= {path: text.encode() for path, text in texts.items()}
    record = [
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip('=')},{len(data)}"
        for path, data in files.items()
    ]
    files[metadata + "RECORD"] = "\n".join([*record, metadata + "RECORD,,", ""]).encode()
    wheel = place / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = 0o100755 << 16  # a program is one
            archive.writestr(entry, data)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"{name.replace('_', '-')}==1.0 \\\n    --hash=sha256:{digest}\n"


@pytest.fixture(scope="session")
def uv() -> bytes:
    """The program uv: that of this .venv, or of this machine."""
    places = os.pathsep.join([str(Path(sys.prefix, "uv/bin")), os.environ["PATH"]])
    found = shutil.which("uv", path=places)
    if not found:
        end = pytest.fail if os.environ.get("CI") else pytest.skip
        end("uv is not installed")
    return Path(found).read_bytes()


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)
