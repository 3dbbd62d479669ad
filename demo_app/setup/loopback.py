"""The address of this machine that no other can reach, a free port there, and no proxy on the way."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from collections.abc import Iterator

HOST, FIRST_PORT = "127.0.0.1", 8888


def free_port(first: int = FIRST_PORT) -> int:
    """Return the first port from 8888 up that no program uses. Raises :exc:`OSError` if there is none."""
    for port in range(first, 65536):
        with socket.socket() as probe, contextlib.suppress(OSError):
            if os.name == "posix":  # as JupyterLab does: a port that was closed a minute ago is free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return port
    raise OSError(f"No program may listen at {HOST}.")


@contextlib.contextmanager
def free_and_kept_port() -> Iterator[int]:
    """The first port from 8888 up that no program uses, neither at 127.0.0.1 nor at ``::1``, where it is kept."""
    port = free_port()
    with contextlib.ExitStack() as kept:
        while True:
            try:
                kept.enter_context(kept_at_ipv6(port))
                break
            except OSError:
                port = free_port(port + 1)
        yield port


@contextlib.contextmanager
def kept_at_ipv6(port: int) -> Iterator[None]:
    """Keep a port of 127.0.0.1 from everybody else at ``::1`` too, where browsers look first for ``localhost``.

    Who listens there has the address that was meant for this machine's page, and the cookies of every port. Here nobody
    does, so that the browser goes on to 127.0.0.1.

    :raises OSError: if another program has the port. (Where there is no IPv6, nobody can.)
    """
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(socket.socket(socket.AF_INET6)).bind(("::1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise
        yield


def loopback_without_proxy() -> dict[str, str]:
    """Return the environment variables, with loopback kept from any proxy that is set for everything."""
    hosts = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if hosts != "*":
        hosts = ",".join(filter(None, [hosts, "127.0.0.1", "localhost"]))
    return {**os.environ, "NO_PROXY": hosts, "no_proxy": hosts}
