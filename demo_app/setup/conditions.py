"""What a machine has to have, before anything is run: each is a function that raises :class:`.Problem` if it lacks."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from pathlib import Path

from .places import LOG, ROOT, RUN, STAMPS, VENV
from .problem import Problem

#: Modules of the standard library that Python can be built without, or that Debian keeps apart.
PARTS = ("ctypes", "sqlite3", "ssl", "zlib")
#: Variables that name a file with certificates (OpenSSL, requests, curl, pip).
CERTIFICATES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT")


def python_is_whole() -> None:
    """The parts of Python that the lessons use, and those that make environments."""
    if missing := [name for name in PARTS if not _can_import(name)]:
        raise Problem(
            f"This Python was built without {' and '.join(missing)}.\n"
            f"Install one from https://www.python.org/downloads/ or your system's packages, and start run.py with it."
        )
    if not (_can_import("ensurepip") and _can_import("venv")):
        raise Problem(
            "This Python cannot make environments, because a part of its venv module is missing.\n"
            "On Debian and Ubuntu run: sudo apt install python{}.{}-venv\n"
            "Then start run.py again.".format(*sys.version_info)
        )


def _can_import(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def folder_is_fit() -> None:
    """A path that programs can do with, and a folder .venv, or a place for one, that is ours."""
    path = str(ROOT)
    if os.pathsep in path:
        raise Problem(
            f"The path of this folder has a {os.pathsep!r} in it, which stands between folders in PATH: {path}\n"
            "Rename that folder, and start run.py again."
        )
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        raise Problem(
            f"The path of this folder has a name that is no text in UTF-8: {os.fsencode(path)!r}\n"
            "Rename that folder, and start run.py again."
        ) from None
    if VENV.is_symlink() and not VENV.exists():
        raise Problem(
            f".venv leads to {os.readlink(VENV)}, and there is nothing.\n"
            "Make that folder, or delete the link, and start run.py again."
        )
    if VENV.exists() and not VENV.is_dir():
        raise Problem(".venv is a file, and has to be a folder.\nRename it or delete it, and start run.py again.")
    if VENV.exists() and any(VENV.iterdir()) and not (LOG.exists() or any(one.exists() for one in STAMPS.values())):
        raise Problem(
            "The folder .venv was not made by run.py, and something of yours may be in it.\n"
            "Rename it or delete it, and start run.py again."
        )
    folder_can_be_written()


def folder_can_be_written() -> None:
    """A place for what is installed, recorded and made."""
    for folder in (ROOT, VENV):
        try:
            if folder.exists():
                tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            raise Problem(
                f"The folder {folder} cannot be written: {error.strerror}.\n"
                "Copy the series to a place that is yours and has room, and start run.py there."
            ) from None


def tests_can_share_the_work() -> None:
    """pytest's plugin xdist, which the settings of the tests speak of."""
    if "no:xdist" in os.environ.get("PYTEST_ADDOPTS", ""):
        raise Problem(
            "PYTEST_ADDOPTS turns xdist off, and the tests are set to use it.\n"
            f"Unset that variable. To have one process alone: {RUN} test -n0"
        )


def certificates_are_there() -> None:
    """Files with certificates, where the environment names some."""
    for name in CERTIFICATES:
        if (place := os.environ.get(name)) and not Path(place).exists():
            raise Problem(
                f"{name} names a file with certificates that is not there: {place}\n"
                f"Correct or unset that variable, and start {RUN} again."
            )
