"""What the server keeps."""

from __future__ import annotations

import json

from ..cookies.table import Table
from ..session import SimpleStore, Store
from ..session.stores import inspectable


def contents(store: Store | SimpleStore) -> Table:
    """The sessions in a store: id, data, and when each one ends."""
    rows = []
    for sid, session in inspectable(store).all().items():
        expires = session.cookie.expires
        ends = "no date" if expires is None else f"{expires:%a, %d %b %Y %H:%M:%S GMT}"
        rows.append((f"`{sid}`", ends, f"`{json.dumps(json.loads(session.data))}`"))
    return Table(("session id", "ends", "data"), rows, empty="The store is empty.")
