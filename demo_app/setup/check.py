"""Tells whether this machine is ready for the lessons: ``python3 run.py check``."""

from __future__ import annotations

import http.server
import importlib.metadata
import os
import re
import socketserver
import threading
import urllib.request
import webbrowser
from collections.abc import Callable

from . import loopback
from .environment import LOCK, RUN, VENV, is_ready, site_packages


def check(oldest: tuple[int, int]) -> int:
    """Print what the lessons need and what to do where it is not here; return 0 if all is."""
    checks: list[tuple[str, Callable[[], str]]] = [
        ("Python {}.{} or later".format(*oldest), str),  # nothing is missing, or this would not run
        ("the packages of requirements.lock", missing_packages),
        ("a port for JupyterLab", missing_port),
        ("a server on this machine can be reached", missing_loopback),
        ("a browser", missing_browser),
    ]
    ready = True
    for what, find_remedy in checks:
        remedy = find_remedy()
        ready = ready and not remedy
        print(f"  {'NO' if remedy else 'yes':4}{what}", flush=True)
        if remedy:
            print(f"      {remedy}", flush=True)
    print("\n" + ("This machine is ready." if ready else "Not ready yet. Do what stands above, then check again."))
    return int(not ready)


def missing_packages() -> str:
    """Compare what is in .venv with the lock."""
    if not is_ready(LOCK):
        return f"Run {RUN} once, where there is a network: it downloads 60 MB."
    found = importlib.metadata.distributions(path=[str(site_packages(VENV))])
    whole = [(one.metadata["Name"], one.version) for one in found if one.metadata]  # the others are damaged
    here = {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in whole}
    pins = re.findall(r"^([\w-]+)==([\w.]+)( ;)?", LOCK.read_text(), re.MULTILINE)
    # A package with a marker may be for other machines, and then it is not here at all.
    wrong = {name for name, _, marker in pins if name in here or not marker} - {
        name for name, version, _ in pins if here.get(name) == version
    }
    names = ", ".join(sorted(wrong))
    return names and f"Delete the folder .venv and run {RUN} once. Missing, or of another version: {names}."


def missing_port() -> str:
    try:
        loopback.free_port()
    except OSError as error:
        return f"{error} Allow that in the firewall."
    return ""


def missing_loopback() -> str:
    """Ask a server of this process something, with the settings that the lessons run with."""
    os.environ.update(loopback.loopback_without_proxy())
    try:
        with socketserver.TCPServer((loopback.HOST, 0), _Answer) as server:
            threading.Thread(target=server.handle_request, daemon=True).start()
            urllib.request.urlopen(f"http://{loopback.HOST}:{server.server_address[1]}", timeout=10).close()
    except OSError as error:
        return f"Allow connections to {loopback.HOST} in the firewall. ({error})"
    return ""


class _Answer(http.server.BaseHTTPRequestHandler):
    """Answers everything with nothing."""

    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def missing_browser() -> str:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return f"Install one, such as Firefox. Or copy the address that {RUN} prints into a browser."
    return ""
