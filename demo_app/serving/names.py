"""Names below ``localhost``: in this process they lead to this machine, without a question to any name service.

Both browsers do so by themselves (RFC 6761, section 6.3). What each system makes of such a name is
another matter, so ``requests`` is led there one layer below: where urllib3 opens its connections.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from urllib3.util import connection

from ..setup.loopback import HOST

_BELOW = re.compile(r"(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+localhost", re.ASCII)


def is_below_localhost(host: str) -> bool:
    """Whether a name ends in ``.localhost``."""
    return _BELOW.fullmatch(host.lower()) is not None


def name_below_localhost(host: object) -> str:
    """A name that leads to this machine.

    :raises ValueError: if it does not end in ``.localhost``, or is no name of a host.
    """
    if isinstance(host, str) and (host == "localhost" or is_below_localhost(host)):
        return host.lower()
    bare = re.sub(r"^\w+://|[:/].*", "", str(host))
    near = bare if is_below_localhost(bare) else f"{bare.rpartition('.')[0] or bare}.localhost"
    hint = near if is_below_localhost(near) else "shop.localhost"
    raise ValueError(
        f"{host!r} does not lead to this machine by itself. Only names that end in .localhost do (RFC 6761, section "
        f"6.3); they have no scheme and no port: {hint!r}."
    )


@cache
def lead_here() -> None:
    """From now on, urllib3 connects to this machine where a name ends in ``.localhost``."""
    connect = connection.create_connection

    def to_this_machine(address: tuple[str, int], *arguments: Any, **options: Any) -> Any:
        host, port = address
        return connect((HOST, port) if is_below_localhost(host) else address, *arguments, **options)

    connection.create_connection = to_this_machine
