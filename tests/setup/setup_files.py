"""What the tests of the set-up share: the files that they read, and run.py as a module."""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
import venv
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def load_run(folder: Path = ROOT) -> ModuleType:
    """Import the run.py of the folder without running it."""
    spec = importlib.util.spec_from_file_location("run", folder / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def borrow_packages(folder: Path) -> dict[str, str]:
    """Make the .venv of a copy of the project, with the packages of the Python that runs the tests.

    Returns the environment variables with which JupyterLab finds what belongs to it.
    """
    run = load_run(folder)
    venv.create(run.VENV, symlinks=os.name != "nt")
    scheme = "nt" if os.name == "nt" else "posix_prefix"
    site_packages = Path(sysconfig.get_path("purelib", scheme, {"base": str(run.VENV)}))
    # The folder comes first: its own demo_app is to be imported, not that of the checkout. (Relative, as in run.py.)
    own = os.path.relpath(folder, site_packages)
    (site_packages / "borrowed.pth").write_text(f"{own}\n{sysconfig.get_path('purelib')}\n")
    run.STAMPS[run.LOCK].write_text(run.fingerprint(run.LOCK))
    return {
        "JUPYTERLAB_DIR": str(Path(sys.prefix, "share/jupyter/lab")),
        "JUPYTER_PATH": str(Path(sys.prefix, "share/jupyter")),
    }
