"""The headers of an exchange: as they are, taken apart, and compared."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from requests import Response

from ..cookies import SetCookie
from ..cookies.sources import read_line, set_cookies
from ..cookies.table import Table, preformatted


class Attribute(NamedTuple):
    """What an attribute of ``Set-Cookie`` means, and who has to act on it."""

    meaning: str
    enforced_by: str


#: One home for what the attributes mean. RFC 6265bis, section 4.1.2; ``Partitioned`` is CHIPS, ``Priority`` is
#: Chromium's.
ATTRIBUTES = {
    "Domain": Attribute(
        "Sent to this host and to all hosts below it. Without it, browsers send to the host that set it and to no "
        "other; `requests` to those below it, too.",
        "client",
    ),
    "Path": Attribute("Sent with requests whose path is this one or lies below it.", "client"),
    "Expires": Attribute("Deleted at this date. Without it: when the browser session ends.", "client"),
    "Max-Age": Attribute("Deleted after this many seconds; counts more than Expires.", "client"),
    "HttpOnly": Attribute("Scripts in the page cannot read it.", "browser"),
    "Secure": Attribute("Sent over HTTPS only.", "client"),
    "SameSite": Attribute("Whether requests that another site starts carry it.", "browser"),
    "Partitioned": Attribute("One cookie for each site in the address bar.", "browser"),
    "Priority": Attribute("Which cookies go first when there are too many.", "Chromium"),
}


class Exchange:
    """A request and its response, head and body, as ``curl -v`` prints them."""

    def __init__(self, response: Response) -> None:
        request = response.request
        url = urlsplit(str(request.url))
        target = url.path + (f"?{url.query}" if url.query else "")
        version = {10: "HTTP/1.0", 11: "HTTP/1.1"}[response.raw.version]
        lines = [f"> {request.method} {target} HTTP/1.1", f"> Host: {url.netloc}"]
        lines += [f"> {name}: {value!s}" for name, value in request.headers.items()]
        lines += [">", f"< {version} {response.status_code} {response.reason}"]
        lines += [f"< {name}: {value}" for name, value in response.raw.headers.items()]
        lines += ["<", response.text.rstrip("\n")]
        self.lines = lines

    def __repr__(self) -> str:
        return "\n".join(self.lines)

    def _repr_html_(self) -> str:
        return preformatted(repr(self), strong=("> Cookie:", "< Set-Cookie:"))


def exchange(response: Response) -> Exchange:
    """The request that was sent (lines with ``>``) and the answer (lines with ``<``)."""
    return Exchange(response)


def _one(source: Response | SetCookie | str) -> SetCookie | None:
    if isinstance(source, Response):
        found = set_cookies(source)
        if len(found) > 1:
            again = [f", {name} twice" for name, times in Counter(one.name for one in found).items() if times > 1]
            raise ValueError(
                f"This response sets {len(found)} cookies{''.join(again)}. Choose one: set_cookies(response)[0]."
            )
        return found[0] if found else None
    return SetCookie(read_line(source)) if isinstance(source, str) else source


def anatomy(source: Response | SetCookie | str) -> Table:
    """What each part of a ``Set-Cookie`` line means, and who has to act on it.

    :param source: A response with one ``Set-Cookie`` header, or the header as it is copied, with its name or without.
    """
    cookie = _one(source)
    rows: list[tuple[str, str, str]] = []
    if cookie is not None:
        rows.append((f"`{cookie.name}`", "client", "The name. The client sends name and value back, nothing else."))
        if cookie.signed is None:
            rows.append((f"`{cookie.value}`", "server", "The value."))
        else:
            sid, signature = cookie.signed
            rows.append(("`s:`", "server", "Marks a signed value. On the wire the colon is written `%3A`."))
            rows.append((f"`{sid}`", "server", "The session id: where in the store the data are."))
            rows.append((f"`{signature}`", "server", "The signature: proves that this server made the id."))
        for name, value in cookie.attributes.items():
            about = ATTRIBUTES.get(name, Attribute("Unknown; clients skip it.", "nobody"))
            rows.append((f"`{name}={value}`" if value else f"`{name}`", about.enforced_by, about.meaning))
    return Table(("part", "acts on it", "meaning"), rows, empty="This response has no Set-Cookie header.")


def diff(before: Response | SetCookie | str, after: Response | SetCookie | str) -> Table:
    """What differs between two ``Set-Cookie`` headers, in words.

    The id is a new one for each visitor, so values are compared by their form; the signature, where the id is the same.
    Two dates less than a minute apart are the same lifetime, sent at two times.
    """
    old, new = _one(before), _one(after)
    if old is None or new is None:
        words = {
            (True, True): "Neither response sets a cookie.",
            (True, False): "A cookie is set now.",
            (False, True): "No cookie is set any more.",
        }[old is None, new is None]
        return Table(("change",), [(words,)])
    rows = []
    if old.name != new.name:
        rows.append(("changed", "name", f"`{old.name}`", f"`{new.name}`"))
    if (old.signed is None) != (new.signed is None):
        rows.append(("changed", "form of the value", f"`{old.value}`", f"`{new.value}`"))
    elif old.signed and new.signed and old.signed[0] == new.signed[0] and old.signed[1] != new.signed[1]:
        rows.append(("changed", "signature", f"`{old.signed[1]}`", f"`{new.signed[1]}`"))
    for name in [*old.attributes, *(name for name in new.attributes if name not in old.attributes)]:
        then, now = old.attributes.get(name), new.attributes.get(name)
        if then is None:
            rows.append(("added", name, "", _pair(name, now)))
        elif now is None:
            rows.append(("removed", name, _pair(name, then), ""))
        elif then != now and not (name == "Expires" and _close(then, now)):
            rows.append(("changed", name, _pair(name, then), _pair(name, now)))
    return Table(("change", "what", "before", "after"), rows, empty="No difference: same name, same attributes.")


def _close(then: str, now: str) -> bool:
    try:
        return abs(parsedate_to_datetime(then) - parsedate_to_datetime(now)) < timedelta(minutes=1)
    except ValueError:
        return False


def _pair(name: str, value: str | None) -> str:
    return f"`{name}={value}`" if value else f"`{name}`"
