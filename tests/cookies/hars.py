"""Makes HAR files, as browsers record them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

NOON = datetime(2026, 11, 25, 12, tzinfo=timezone.utc)


def entry(
    url: str,
    *lines: str,
    cookie: str | None = None,
    second: float = 0,
    lasts: float = 0.01,
    status: int = 200,
    method: str = "GET",
    location: str = "",
    hidden: bool = False,
    **headers: str,
) -> dict[str, Any]:
    """A request and its answer.

    :param lines: The ``Set-Cookie`` lines of the answer.
    :param cookie: The ``Cookie`` header of the request.
    :param second: When it begins, and for how long it lasts.
    :param hidden: Whether the browser keeps the answer from the recording.
    :param headers: Others of the request, ``_`` for ``-``.
    """
    asked = [{"name": name.replace("_", "-").title(), "value": value} for name, value in headers.items()]
    if cookie is not None:
        asked.append({"name": "Cookie", "value": cookie})
    answered = [{"name": "content-type", "value": "text/html"}]
    answered += [{"name": "Set-Cookie", "value": line} for line in lines]
    answered += [{"name": "Location", "value": location}] if location else []
    return {
        "startedDateTime": (NOON + timedelta(seconds=second)).isoformat().replace("+00:00", "Z"),
        "time": lasts * 1000,
        "pageref": "page_1",
        "request": {"method": method, "url": url, "headers": asked, "cookies": []},
        "response": {"status": 0 if hidden else status, "headers": [] if hidden else answered, "cookies": []},
    }


def document(url: str, *lines: str, **more: Any) -> dict[str, Any]:
    """A page that somebody visits."""
    return entry(
        url, *lines, sec_fetch_dest="document", sec_fetch_mode="navigate", **{"sec_fetch_site": "none", **more}
    )


def fetch(url: str, *lines: str, page: str, **more: Any) -> dict[str, Any]:
    """What a script of a page asks for."""
    return entry(url, *lines, sec_fetch_dest="empty", sec_fetch_mode="cors", referer=page, **more)


def har(entries: Sequence[object], creator: str = "Firefox") -> str:
    pages = [{"id": "page_1", "title": "A page", "startedDateTime": "2026-11-25T12:00:00Z", "pageTimings": {}}]
    return json.dumps({"log": {"version": "1.2", "creator": {"name": creator}, "pages": pages, "entries": entries}})
