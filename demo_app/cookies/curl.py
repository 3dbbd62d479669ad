"""Reads what ``curl -v`` and ``curl -i`` print."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from .sources import Answer, read_line

_ANSWER = re.compile(r"HTTP/[0-9.]+ ([0-9]{3})\b")
_REQUEST = re.compile(r"> ([A-Z]+) (\S+) HTTP/")
_HEADER = re.compile(r"([\w-]+) *: *(.*)")
_SET_COOKIE = re.compile(r"\s*(< *)?set-cookie *:", re.IGNORECASE)
_TLS = re.compile(r"\* .*(SSL connection|TLS handshake|ALPN)")


def read(text: str, url: str | None) -> list[Answer]:
    """The answers that were printed, one after the other.

    Lines of ``Set-Cookie`` alone, such as ``grep`` leaves, will do.

    :param url: The address that was asked. ``curl -v`` prints it as well; ``curl -i`` does not.
    :raises ValueError: if it is something else, or the address is missing.
    """
    lines = re.split(r"\r*\n", text)
    if any(map(_REQUEST.match, lines)) and not _ANSWER.match(text):  # a body may have anything
        return _verbose(lines)
    alone = [line for line in lines if _SET_COOKIE.match(line)]
    if not any(map(_ANSWER.match, lines)) and not alone:
        raise ValueError("This is not what curl -v or curl -i prints: no line begins with HTTP/.")
    if url is None:
        raise ValueError("curl -i does not print the address: say it behind the -, or use curl -v.")
    if not any(map(_ANSWER.match, lines)):
        return [Answer(url, tuple(map(read_line, alone)))]
    return _heads(lines, url)


def _heads(lines: list[str], url: str) -> list[Answer]:
    """Of ``curl -i``: heads one after the other, and behind the last one a body."""
    found: list[Answer] = []
    in_head, goes_on = False, True
    for line in lines:
        status, header = _ANSWER.match(line), _HEADER.match(line)
        if status and goes_on and not in_head:
            found.append(Answer(url, (), int(status[1])))
            # Before the real answer there are those of a proxy, and "100 Continue".
            in_head, goes_on = True, status[1][0] == "1" or "established" in line.lower()
        elif in_head and header:
            _add(found, header[1], header[2])
            if header[1].lower() == "location":
                url, goes_on = urljoin(url, header[2]), True
        elif not line:
            in_head = False
    return found


def _verbose(lines: list[str]) -> list[Answer]:
    """Of ``curl -v``: requests behind ``>``, answers behind ``<``, and in between how it has connected."""
    found: list[Answer] = []
    schemes: dict[str, str] = {}  # by host
    scheme = method = path = host = ""
    had_cookies = in_head = False
    for line in lines:
        mark, text = line[:1], line[2:]
        header = _HEADER.match(text)
        if mark == "*" and text.startswith("Re-using"):
            scheme = ""  # the one that this host has had
        elif mark == "*" and _TLS.match(line):
            scheme = "https"
        elif mark == "*" and text.strip().startswith(("Trying", "Connected")):
            scheme = "http"
        elif request := _REQUEST.match(line):
            method, path, had_cookies = request[1], request[2], False
        elif mark == ">" and header:
            host = header[2] if header[1].lower() == "host" else host
            had_cookies = had_cookies or header[1].lower() == "cookie"
        elif mark == "<" and (status := _ANSWER.match(text)) and method != "CONNECT":
            scheme = schemes[host] = scheme or schemes.get(host, "http")
            found.append(Answer(urljoin(f"{scheme}://{host}", path), (), int(status[1]), had_cookies))
            in_head = True
        elif mark == "<" and in_head and header:
            _add(found, header[1], header[2])
        elif line.strip() == "<":
            in_head = False
    return found


def _add(found: list[Answer], name: str, value: str) -> None:
    if name.lower() == "set-cookie":
        found[-1] = found[-1]._replace(lines=(*found[-1].lines, read_line(value)))
