"""Whether another account of this machine is at the other end of a connection."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress

_ESTABLISHED = "01"  # include/net/tcp_states.h of Linux


def is_of_another_account(client: tuple[str, int], server: tuple[str, int]) -> bool:
    """Whether somebody else on this machine has the client's end of a connection to a server of this process.

    Each end is an IPv4 address and a port. Root counts as this user: nothing is hidden from root.

    Linux alone tells; elsewhere the answer is ``False``. A client that no longer waits for the answer counts as
    somebody else: older kernels then name root, and after a reset there is nothing to be seen.
    """
    ends = [_end(*client), _end(*server)]
    try:
        theirs = list(_connections(*ends))
        # Looked at afterwards: a client that has gone meanwhile may be missing above.
        ours = list(_connections(*reversed(ends)))
    except FileNotFoundError:
        return False
    known = all(state == _ESTABLISHED and account in (0, os.getuid()) for state, account in theirs)
    return not (known and any(state == _ESTABLISHED for state, _ in ours))


def _end(host: str, port: int) -> str:
    """One end of a connection, as ``/proc/net/tcp`` writes it."""
    (number,) = struct.unpack("=I", socket.inet_aton(host))
    return f"{number:08X}:{port:04X}"


def _connections(local: str, remote: str) -> Iterator[tuple[str, int]]:
    """State and account of the connections with these ends (one, or where its client speaks IPv6, one there)."""
    with open("/proc/net/tcp") as table:
        lines = table.readlines()
    with suppress(FileNotFoundError), open("/proc/net/tcp6") as table:
        lines += table.readlines()
    for fields in map(str.split, lines):
        # An IPv4 address stands at the end of an IPv6 one.
        if fields[1].endswith(local) and fields[2].endswith(remote):
            yield fields[3], int(fields[7])
