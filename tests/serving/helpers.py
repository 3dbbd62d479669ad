"""What the tests of the server share: a small app, a client, and a look at what this process holds."""

from __future__ import annotations

import gc
import os
import socket
import threading
from pathlib import Path

import requests

from demo_app import Server


def ok(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]


def ask(server: Server) -> str:
    """The text that the server answers to a client of its own."""
    return requests.get(server.url, verify=server.ca_path or True, timeout=30).text


def address_of(server: Server) -> tuple[str, int]:
    return "127.0.0.1", int(server.url.rpartition(":")[2])


def is_listening(server: Server) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(address_of(server)) == 0


def wait_for_requests() -> None:
    """Wait for the threads of all requests. Each outlasts its answer by a moment."""
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(10)
            assert not thread.is_alive(), "a request does not end"


def holdings() -> tuple[int, int | None]:
    """How many threads and file descriptors this process has. (Only Linux tells the latter.)"""
    gc.collect()
    fds = Path("/proc/self/fd")
    return threading.active_count(), len(os.listdir(fds)) if fds.exists() else None
