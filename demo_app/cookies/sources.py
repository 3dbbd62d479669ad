"""Where ``Set-Cookie`` lines come from: responses, what people copy, and what their tools give them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from .address import HALF
from .line import SetCookie
from .table import preformatted

if TYPE_CHECKING:
    from requests import Response

# A header as it is written, and as curl -v shows it.
_HEADER = re.compile(r"\s*(?:[<>]\s*)?(set-cookie2?|cookie)\s*:\s*", re.IGNORECASE)


class SetCookies(list[SetCookie]):
    """The ``Set-Cookie`` lines of a response, one below the other."""

    def __repr__(self) -> str:
        return "\n".join(map(repr, self)) or "(no Set-Cookie header)"

    def _repr_html_(self) -> str:
        return preformatted(repr(self))


def set_cookies(response: Response) -> SetCookies:
    """Every ``Set-Cookie`` line of a response.

    ``response.headers["Set-Cookie"]`` of requests joins several lines with commas, and a date has a comma as well.
    """
    return SetCookies(map(SetCookie, _lines_of(response)))


class AnyResponse(Protocol):
    """A response of requests, of httpx, or of Flask's test client."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Any: ...
    @property
    def request(self) -> Any: ...
    @property
    def history(self) -> Any: ...


class Answer(NamedTuple):
    """What an answer brought."""

    url: str
    #: The values of its ``Set-Cookie`` headers.
    lines: tuple[str, ...]
    #: Its status; ``None`` if nobody knows.
    status: int | None = None
    #: Whether the request carried a cookie.
    had_cookies: bool = False


def answers(source: object, url: str | None) -> list[Answer]:
    """Read what somebody has: a response, a list of lines, or nothing.

    :param url: The address of the answer, for lines that do not say it.
    :raises ValueError: if it is none of these.
    """
    if source is None:
        return []
    if hasattr(source, "status_code"):
        return [_answer(response) for response in (*getattr(source, "history", ()), source)]
    if not isinstance(source, (list, tuple)):
        return [Answer(_address_of(source, url), (read_line(source),))]
    lines = [(read_line(one), _address_of(one, url)) for one in source]
    return [Answer(address, tuple(line for line, _ in same)) for address, same in groupby(lines, itemgetter(1))]


def _answer(response: Any) -> Answer:
    request = response.request
    return Answer(
        str(request.url), tuple(_lines_of(response)), response.status_code, bool(request.headers.get("Cookie"))
    )


def _lines_of(response: Any) -> list[str]:
    # requests has the single lines in what it is made from alone.
    for headers in (getattr(getattr(response, "raw", None), "headers", None), response.headers):
        for name in ("getlist", "get_list"):
            if hasattr(headers, name):
                return [_utf8(line) for line in getattr(headers, name)("Set-Cookie")]
    raise ValueError(f"{type(response).__name__!r} does not tell its Set-Cookie lines apart: give why() the lines.")


def _utf8(text: str) -> str:
    """What a browser reads: clients of Python make a letter of each octet."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def read_line(source: object) -> str:
    """The value of a ``Set-Cookie`` header, out of what people copy.

    That may be the whole header, as it is or as curl shows it; its entry in a HAR file; a cookie of Playwright's
    ``context.cookies()``; and there may be a line end behind it.

    :raises ValueError: if it is something else, saying what. It does not repeat the line: that may be a secret.
    """
    if isinstance(source, Mapping):
        return _line_of(source)
    if isinstance(source, bytes):
        raise ValueError("A line is text, and these are bytes. Write line.decode().")
    if not isinstance(source, (str, SetCookie)):
        raise ValueError(f"A line is text, such as the value of a Set-Cookie header, and no {type(source).__name__}.")
    text = str(source).rstrip("\r\n")
    if half := HALF.search(text):
        raise ValueError(f"The line contains {half[0]!r}, which is half a character.")
    if header := _HEADER.match(text):
        if header[1].lower() != "set-cookie":
            raise ValueError(f"{header[1]} is another header. Only Set-Cookie sets a cookie.")
        text = text[header.end() :]
    return text


def _line_of(parts: Mapping[str, Any]) -> str:
    name, value = parts.get("name"), parts.get("value")
    if not isinstance(name, str) or not isinstance(value, str):
        raise ValueError(f"A cookie needs a name and a value, both text. This one has {', '.join(map(str, parts))}.")
    if "domain" not in parts and "path" not in parts:
        return read_line(f"{name}: {value}") if name.lower() in ("cookie", "set-cookie") else f"{name}={value}"
    return read_line("; ".join((f"{name}={value}", *_attributes_of(parts))))


def _attributes_of(cookie: Mapping[str, Any]) -> Iterator[str]:
    if str(cookie.get("domain", "")).startswith("."):
        yield f"Domain={cookie['domain']}"
    if cookie.get("path"):
        yield f"Path={cookie['path']}"
    expires = cookie.get("expires", -1)
    if isinstance(expires, (int, float)) and expires >= 0:
        yield f"Expires={datetime.fromtimestamp(expires, timezone.utc):%a, %d %b %Y %H:%M:%S} GMT"
    for key in ("httpOnly", "secure"):
        if cookie.get(key):
            yield key
    if cookie.get("sameSite"):
        yield f"SameSite={cookie['sameSite']}"


def _address_of(source: object, url: str | None) -> str:
    """Where a line came from: what is said, or what a cookie of Playwright's has of it."""
    if url is not None:
        return url
    if isinstance(source, Mapping) and source.get("domain"):
        host = str(source["domain"]).removeprefix(".")
        return f"{'https' if source.get('secure') else 'http'}://{host}{source.get('path') or '/'}"
    raise ValueError("A line does not say which address it came from: why(line, 'https://…').")
