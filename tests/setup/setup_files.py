"""What the tests of the set-up share: where the project is, and the environment of a copy."""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
import venv
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def environment_of(folder: Path) -> ModuleType:
    """The module :mod:`demo_app.setup.environment` of a copy of the project."""
    path = folder / "demo_app/setup/environment.py"
    spec = importlib.util.spec_from_file_location("demo_app.setup.environment", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def borrow_packages(folder: Path) -> dict[str, str]:
    """Make the .venv of a copy of the project, with the packages of the Python that runs the tests.

    Returns the environment variables with which JupyterLab finds what belongs to it.
    """
    environment = environment_of(folder)
    venv.create(environment.VENV, symlinks=os.name != "nt")
    site_packages = environment.site_packages(environment.VENV)
    # The folder comes first: its own demo_app is to be imported, not that of the checkout. (Relative, as it makes it.)
    own = os.path.relpath(folder, site_packages)
    (site_packages / "borrowed.pth").write_text(f"{own}\n{sysconfig.get_path('purelib')}\n")
    environment.STAMPS[environment.LOCK].write_text(environment.fingerprint(environment.LOCK))
    return {
        "JUPYTERLAB_DIR": str(Path(sys.prefix, "share/jupyter/lab")),
        "JUPYTER_PATH": str(Path(sys.prefix, "share/jupyter")),
    }
