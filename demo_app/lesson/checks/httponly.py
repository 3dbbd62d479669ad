"""Exercises of lesson 05."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import requests

from ...serving import serve
from ..exercises import Exercise, Wrong
from ..mistakes import shown
from ..trying import LOGIN, ask, cookie_of, header, returned, returned_options


def _check_only_the_colours(answer: Callable[[], object]) -> str:
    with serve(returned_options(answer())) as server:
        client = requests.Session()
        for path, method in (("/api/visits", "GET"), ("/api/login", "POST")):
            cookie = cookie_of(ask(client, server, path, method, json=LOGIN), server)
            if "HttpOnly" not in cookie.attributes:
                raise Wrong(f"The server sent: {header(cookie)}. A script in the page can read the session id.")
    return "The session is hidden from scripts; the colours travel in a cookie of their own."


only_the_colours = Exercise(
    _check_only_the_colours,
    hints=(
        "The script wants to read the colours. Does it have to read the session id for that?",
        "True hides the session cookie from scripts.",
    ),
)

_ENTRIES = (
    "Nice page",
    '<img src=x onerror="steal()">',
    "<script>steal()</script>",
    "1 < 2 & 3 > 2",
    "</li><svg onload=steal()>",
    "&lt;b&gt;",
)


class _Page(HTMLParser):
    """Reads HTML as a browser does: the tags there are, and the text that is seen."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def _check_safe_entry(answer: Callable[[str], object]) -> str:
    for entry in _ENTRIES:
        line = answer(entry)
        if not isinstance(line, str) or not (line.startswith("<li>") and line.endswith("</li>")):
            raise Wrong(f"{returned(line)} The entry was {entry!r}, and a line stands between <li> and </li>.")
        page = _Page(line)
        if page.tags != ["li"]:
            raise Wrong(f"For {entry!r} the line is {shown(line)}, and the page has the tag <{page.tags[1]}>.")
        if page.text.strip() != entry:  # blanks at the ends are not seen
            raise Wrong(f"For {entry!r} a visitor reads {shown(page.text)}, which is not what was written.")
    return f"{len(_ENTRIES)} entries, scripts among them, and a visitor reads each as it was written."


safe_entry = Exercise(
    _check_safe_entry,
    hints=(
        "A browser takes < for the beginning of a tag. In text it is written &lt;",
        "html.escape does that for all characters that have a meaning.",
        'f"<li>{…}</li>"',
    ),
)
