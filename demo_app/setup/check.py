"""Tells whether this machine is ready for the lessons: ``python3 run.py check``."""

from __future__ import annotations

import http.server
import os
import socketserver
import threading
import urllib.request
import webbrowser
from collections.abc import Callable

from . import loopback
from .conditions import certificates_are_there, folder_is_fit, python_is_whole
from .environment import is_ready, missing, python_runs
from .places import LOCK, RUN
from .problem import Problem


def check(oldest: tuple[int, int]) -> int:
    """Print what the lessons need and what to do where it is not here; return 0 if all is."""
    needed: list[tuple[str, Callable[[], None]]] = [
        ("Python {}.{} or later, and all of it".format(*oldest), python_is_whole),
        ("a folder that can be written", folder_is_fit),
        ("the certificates that the environment names", certificates_are_there),
        ("the packages of requirements.lock", packages_are_there),
        ("a port for JupyterLab", port_is_free),
        ("a server on this machine can be reached", server_is_reached),
    ]
    problems = [_tell(what, condition, "NO") for what, condition in needed]
    # A server has none, and its user has one elsewhere.
    _tell("a browser that run.py can open", browser_is_there, "--")
    ready = not any(problems)
    print("\n" + ("This machine is ready." if ready else "Not ready yet. Do what stands above, then check again."))
    return int(not ready)


def _tell(what: str, condition: Callable[[], None], otherwise: str) -> bool:
    """Print whether a condition holds, and if not why; return whether there is a problem."""
    try:
        condition()
    except Problem as problem:
        print(f"  {otherwise:4}{what}", *str(problem).splitlines(), sep="\n      ", flush=True)
        return True
    print(f"  {'yes':4}{what}", flush=True)
    return False


def packages_are_there() -> None:
    """Compare what is in .venv with the lock, and start its Python."""
    if not is_ready(LOCK):
        raise Problem(f"Run {RUN} once, where there is a network: it downloads 75 MB.")
    if not python_runs():
        raise Problem(f"The Python of the folder .venv does not start.\nRun {RUN} once: it makes the folder anew.")
    if names := missing(LOCK):
        raise Problem(
            f"Missing, or of another version: {', '.join(names)}.\nDelete the folder .venv and run {RUN} once."
        )


def port_is_free() -> None:
    """A port that JupyterLab can listen at."""
    try:
        loopback.free_port()
    except OSError as error:
        raise Problem(f"{error} Allow that in the firewall.") from None


def server_is_reached() -> None:
    """Ask a server of this process something, with the settings that the lessons run with."""
    os.environ.update(loopback.loopback_without_proxy())
    try:
        with socketserver.TCPServer((loopback.HOST, 0), _Answer) as server:
            threading.Thread(target=server.handle_request, daemon=True).start()
            urllib.request.urlopen(f"http://{loopback.HOST}:{server.server_address[1]}", timeout=10).close()
    except OSError as error:
        raise Problem(f"Allow connections to {loopback.HOST} in the firewall. ({error})") from None


def browser_is_there() -> None:
    """A browser that can be opened from here."""
    try:
        webbrowser.get()
    except webbrowser.Error:
        raise Problem(
            f"There is none on this machine. The lessons run all the same: copy the address that {RUN} prints into a "
            "browser.\nIf that is on another machine, have the port of the address forwarded (ssh -L does)."
        ) from None


class _Answer(http.server.BaseHTTPRequestHandler):
    """Answers everything with nothing."""

    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass
