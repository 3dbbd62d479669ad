"""Runs the tests on other versions of the packages than those of the locks.

::

    python3 -m tests.versions lowest [arguments of pytest]    # the oldest that pyproject.toml allows
    python3 -m tests.versions newest [arguments of pytest]    # the newest there are: the next Flask is seen here first

Makes an environment for it, which is gone afterwards. Where the newest versions are those of the locks, nothing is run:
``run.py test`` has done that. The tests of ``run.py`` and of the locks are left out, as no version changes them.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESOLUTIONS = {"lowest": "lowest-direct", "newest": "highest"}
LOCKS = ("requirements.lock", "tests/requirements.lock")


def pins(requirements: str) -> set[str]:
    """The packages in a list of requirements, each with its version."""
    return set(re.findall(r"^[\w.-]+==[\w.]+", requirements, re.MULTILINE))


def main(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] not in RESOLUTIONS:
        print(f"Say which versions: {' or '.join(RESOLUTIONS)}.", file=sys.stderr)
        return 2
    which, *rest = arguments
    spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    run = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(run)
    with tempfile.TemporaryDirectory(prefix="versions-") as name:
        folder = Path(name)
        venv, requirements = folder / "venv", folder / "requirements.txt"
        python = run.python_with_uv(str(venv))
        uv = [python, "-m", "uv", "pip"]
        resolve = [*uv, "compile", "--quiet", "--no-python-downloads", f"--resolution={RESOLUTIONS[which]}"]
        resolve += [
            "--all-extras",
            "--group=test",
            "--group=browser",
            "pyproject.toml",
            f"--output-file={requirements}",
        ]
        subprocess.run(resolve, cwd=ROOT, check=True)
        found = pins(requirements.read_text())
        locked = set().union(*(pins((ROOT / lock).read_text()) for lock in LOCKS))
        if which == "newest" and found <= locked:
            print("The newest versions are those of the locks, so there is nothing else to test.")
            return 0
        print("Not as in the locks:", *sorted(found - locked), sep="\n  ", flush=True)
        subprocess.run([*uv, "install", "--quiet", "--no-deps", f"--requirement={requirements}"], check=True)
        scheme = "nt" if os.name == "nt" else "posix_prefix"
        site_packages = Path(sysconfig.get_path("purelib", scheme, {"base": str(venv)}))
        (site_packages / "lessons.pth").write_text(f"{os.path.relpath(ROOT, site_packages)}\n")
        command = [python, "-m", "pytest", "-p", "no:cacheprovider", "--ignore=tests/setup", *rest]
        return subprocess.call(command, cwd=ROOT, env=run.loopback_without_proxy())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
