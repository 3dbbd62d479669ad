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

DEADLINE = 120

# What run.py installs here instead of all packages. It is named pytest, so that run.py can hand over to it. The lock of
# the tests has another one, which is empty.
STAND_IN = """
import os, sys
root = os.path.realpath(os.curdir)
print("pytest:", sys.argv[1:], "root importable:", root in sys.path[1:], "no_proxy:", os.environ["no_proxy"])
sys.exit(7)
"""

# What it fetches instead of uv: says what it was asked for.
UV = """
import sys
asked = [one for one in sys.argv if one.startswith(("--group", "--upgrade"))]
print("uv:", asked, sys.argv[-1].partition("=")[2].replace("\\\\", "/"))
"""


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
        self.lock.write_text(lock_of_a_wheel(place, "stand_in", "pytest", STAND_IN))
        self.test_lock = self.folder / "tests" / "requirements.lock"
        self.test_lock.parent.mkdir()
        self.test_lock.write_text(lock_of_a_wheel(place, "stand_in_for_tests", "nothing", ""))
        self.tools_lock = self.folder / "tests/tools/requirements.lock"
        self.tools_lock.parent.mkdir()
        self.tools_lock.write_text(lock_of_a_wheel(place, "stand_in_for_uv", "uv", UV))
        # Nothing of this machine's own settings for Python and pip, and nothing from the network.
        own = ("PIP_", "PYTHON")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        self.environment |= {
            "HOME": str(place),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": place.as_uri(),
        }

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


def lock_of_a_wheel(place: Path, name: str, module: str, code: str) -> str:
    """Write the wheel of a package with one module; return the lock that names it."""
    metadata = f"{name}-1.0.dist-info/"
    files = {
        f"{module}.py": code,
        metadata + "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        metadata + "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {file: hashlib.sha256(text.encode()).digest() for file, text in files.items()}
    record = [
        f"{file},sha256={base64.urlsafe_b64encode(digest).decode().rstrip('=')},{len(files[file])}"
        for file, digest in digests.items()
    ]
    files[metadata + "RECORD"] = "\n".join([*record, metadata + "RECORD,,", ""])
    wheel = place / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"{name.replace('_', '-')}==1.0 \\\n    --hash=sha256:{digest}\n"


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)
