"""What the tests of the set-up share: where the project is, and the environment of a copy."""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
import venv
from itertools import count
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
_COPIES = count()


def setup_of(folder: Path, module: str) -> ModuleType:
    """A module of :mod:`demo_app.setup` of a copy of the project, beside those of the project itself."""
    name, place = f"setup_of_copy_{next(_COPIES)}", folder / "demo_app/setup"
    spec = importlib.util.spec_from_file_location(name, place / "__init__.py", submodule_search_locations=[str(place)])
    assert spec is not None
    sys.modules[name] = importlib.util.module_from_spec(spec)
    return importlib.import_module(f"{name}.{module}")


def environment_of(folder: Path) -> ModuleType:
    """The module :mod:`demo_app.setup.environment` of a copy of the project."""
    return setup_of(folder, "environment")


def borrow_packages(folder: Path) -> None:
    """Make the .venv of a copy of the project, with the packages of the Python that runs the tests."""
    environment = environment_of(folder)
    venv.create(environment.VENV, symlinks=os.name != "nt")
    site_packages = environment.site_packages(environment.VENV)
    # The folder comes first: its own demo_app is to be imported, not that of the checkout. (Relative, as it makes it.)
    own = os.path.relpath(folder, site_packages)
    (site_packages / "borrowed.pth").write_text(f"{own}\n{sysconfig.get_path('purelib')}\n")
    for part in ("share", "etc"):  # JupyterLab's own files, and which of its extensions are on
        (environment.VENV / part).mkdir(exist_ok=True)
        (environment.VENV / part / "jupyter").symlink_to(Path(sys.prefix, part, "jupyter"))
    environment.STAMPS[environment.LOCK].write_text(environment.fingerprint(environment.LOCK))
