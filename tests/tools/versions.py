"""Runs the tests on other versions of the packages than those of the locks.

::

    python3 -m tests.tools.versions lowest [arguments of pytest]    # the oldest that pyproject.toml allows
    python3 -m tests.tools.versions newest [arguments of pytest]    # the newest there are: sees the next Flask first

Makes an environment for it, which is gone afterwards. Where the newest versions are those of the locks, nothing is run:
``run.py test`` has done that. The tests of ``run.py``, of the locks and of the form are left out, as no version changes
them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from demo_app.setup.environment import site_packages
from demo_app.setup.lock import uv
from demo_app.setup.loopback import loopback_without_proxy
from demo_app.setup.places import LOCK, PYTHON, ROOT, TEST_LOCK, VENV

RESOLUTIONS = {"lowest": "lowest-direct", "newest": "highest"}


def pins(requirements: str) -> set[str]:
    """The packages in a list of requirements, each with its version."""
    return set(re.findall(r"^[\w.-]+==[\w.]+", requirements, re.MULTILINE))


def main(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] not in RESOLUTIONS:
        print(f"Say which versions: {' or '.join(RESOLUTIONS)}.", file=sys.stderr)
        return 2
    which, *rest = arguments
    with tempfile.TemporaryDirectory(prefix="versions-") as name:
        folder = Path(name)
        venv, requirements = folder / "venv", folder / "requirements.txt"
        program = uv()
        subprocess.run([program, "venv", "--quiet", f"--python={sys.executable}", venv], check=True)
        python = venv / PYTHON.relative_to(VENV)
        resolve = [program, "pip", "compile", "--quiet", "--no-python-downloads", f"--resolution={RESOLUTIONS[which]}"]
        resolve += [
            "--all-extras",
            "--group=test",
            "--group=browser",
            "pyproject.toml",
            f"--output-file={requirements}",
        ]
        subprocess.run(resolve, cwd=ROOT, check=True)
        found = pins(requirements.read_text())
        locked = set().union(*(pins(lock.read_text()) for lock in (LOCK, TEST_LOCK)))
        if which == "newest" and found <= locked:
            print("The newest versions are those of the locks, so there is nothing else to test.")
            return 0
        print("Not as in the locks:", *sorted(found - locked), sep="\n  ", flush=True)
        install = [program, "pip", "install", "--quiet", "--no-deps", f"--python={python}"]
        subprocess.run([*install, f"--requirement={requirements}"], check=True)
        packages = site_packages(venv)
        (packages / "lessons.pth").write_text(f"{os.path.relpath(ROOT, packages)}\n")
        command = [
            python,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "--ignore=tests/setup",
            "--ignore=tests/test_style.py",
            *rest,
        ]
        return subprocess.call(command, cwd=ROOT, env=loopback_without_proxy())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
