"""The address of this machine that no other can reach, a free port there, and no proxy on the way."""

from __future__ import annotations

import contextlib
import os
import socket

HOST, FIRST_PORT = "127.0.0.1", 8888


def free_port() -> int:
    """Return the first port from 8888 up that no program uses. Raises :exc:`OSError` if there is none."""
    for port in range(FIRST_PORT, 65536):
        with socket.socket() as probe, contextlib.suppress(OSError):
            if os.name == "posix":  # as JupyterLab does: a port that was closed a minute ago is free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return port
    raise OSError(f"No program may listen at {HOST}.")


def loopback_without_proxy() -> dict[str, str]:
    """Return the environment variables, with loopback kept from any proxy that is set for everything."""
    hosts = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if hosts != "*":
        hosts = ",".join(filter(None, [hosts, "127.0.0.1", "localhost"]))
    return {**os.environ, "NO_PROXY": hosts, "no_proxy": hosts}
