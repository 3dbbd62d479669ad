"""What of a page matters to whoever sends its forms."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

# Of a page, so much is read: no form is longer, and the time that a hostile page takes has a limit.
_LONGEST = 500_000


class Form(NamedTuple):
    """A form of a page."""

    #: The path that it is sent to.
    path: str
    #: The fields that are not shown, with their values.
    hidden: dict[str, str]
    #: The names of all fields.
    fields: set[str]


class Page:
    """A page: its address, its forms, and whether one asks for a password."""

    def __init__(self, url: str, text: str) -> None:
        self.url = url
        reader = _Reader(url)
        with suppress(AssertionError):  # what Python's parser says of some declarations that are none
            reader.feed(text[:_LONGEST])
        self.forms = reader.forms
        self.asks_for_password = reader.asks_for_password

    def hidden(self, path: str, fields: Collection[str]) -> dict[str, str]:
        """What a browser would send beside these fields: the hidden ones of the form that leads to this path.

        Where a script sends the form, it names no path or another one: then it is the form that has the fields.
        """
        path = path.partition("?")[0]
        to_path = [form for form in self.forms if form.path == path]
        for form in sorted(to_path or self.forms, key=lambda form: -len(form.fields & {*fields})):
            if to_path or form.fields & {*fields}:
                return {name: value for name, value in form.hidden.items() if name not in fields}
        return {}


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self._is_in_form = False
        self.forms: list[Form] = []
        self.asks_for_password = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "base" and given.get("href"):
            self._url = _joined(self._url, given["href"])
        elif tag == "form":
            self._is_in_form = True
            self.forms.append(Form(urlsplit(_joined(self._url, given.get("action", ""))).path or "/", {}, set()))
        elif tag in ("input", "select", "textarea", "button"):
            kind = given.get("type", "").lower()
            self.asks_for_password |= tag == "input" and kind == "password"
            if self._is_in_form and given.get("name") and "disabled" not in given:
                self.forms[-1].fields.add(given["name"])
                if tag == "input" and kind == "hidden":
                    self.forms[-1].hidden[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_in_form = False


def _joined(base: str, relative: str) -> str:
    try:
        return urljoin(base, relative.strip())
    except ValueError:  # such as [ in a host
        return base
