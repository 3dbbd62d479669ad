"""A step as it is written: a request, in which ``$NAME`` stands for what belongs into no file."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, quote_plus

from .app import CheckError

_REQUEST = re.compile(r"([A-Z]+) (/\S*)(?: (?!(?:as|with|expect|take)(?: |$))(?=(\S)))?")
_END = r"(?= (?:as|with|expect|take) |$)"
_CLAUSE = re.compile(
    rf"\s*(?:as (?P<client>\w+)"
    rf"|with (?P<header>[\w-]+): (?P<value>.+?)"
    rf'|expect (?:(?P<status>[1-5][0-9][0-9])(?: (?P<location>(?:/|https?:)\S*))?|"(?P<text>[^"]+)")'
    rf"|take (?P<name>[A-Za-z_]\w*) (?P<pattern>.+?))\s*{_END}"
)
_DOLLAR = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})?", re.ASCII)
# Names of fields that are kept from other people. The short ones are whole names: a compass is no password.
_PRIVATE = re.compile(
    r"passw|passphrase|pwd|secret|token|api[-_]?key|credential|^(?:pass|pin|otp|authorization|cookie)$", re.IGNORECASE
)
_PASSWORD = re.compile(r"passw|passphrase|pwd|^(?:pass|pin|otp)$", re.IGNORECASE)


class Request(NamedTuple):
    """What is sent: a step with its variables filled in."""

    method: str
    #: With the query, encoded.
    path: str
    headers: dict[str, str]
    #: The fields of a form, in their order; ``None`` if the body is none.
    form: list[tuple[str, str]] | None
    #: The body, encoded; ``None`` if there is none.
    body: str | None
    #: Whether the body is JSON.
    is_json: bool


class Step:
    """A request, and what is expected of its answer::

        METHOD /path [body] [as CLIENT] [with Header: value] [expect …] [take NAME pattern]

    The body is JSON where it begins with ``{`` or ``[``, a form otherwise, where a space is a ``+``. ``as`` names one
    of several clients, each with cookies of its own. ``with`` gives a header; ``Authorization: Basic user:password`` is
    encoded. ``expect 302 /home``, ``expect 401`` or ``expect "a text"`` says how the answer has to be. ``take`` looks
    in headers and text of the answer for a regular expression, and keeps its group, or all of it, as a variable for the
    steps behind it.

    ``$NAME`` and ``${NAME}`` in path, body and headers are variables that were taken, or those of the environment;
    ``$$`` is a dollar. A value is encoded as its place needs it: with percent signs in a path and in a form, inside a
    string in JSON.

    :raises CheckError: if it is none of this.
    """

    def __init__(self, written: str) -> None:
        found = _REQUEST.match(written)
        if found is None:
            raise CheckError(
                f"The step {written!r} is no request: it is a method and a path, such as 'POST /login user=ada'."
            )
        #: Such as ``"POST /login user=ada&password=$SHOP_PASSWORD"``.
        self.written = written
        self.method, self._path, start = found.groups()
        rest = written[found.end() :]
        self._json: Any = None
        self._form = ""
        if start and start in "{[":
            self._json, rest = self._parsed(rest)
        elif start:
            self._form, _, rest = rest.partition(" ")
        #: Who asks; empty where there is no ``as``.
        self.client = ""
        self._headers: list[tuple[str, str]] = []
        #: The status that is expected.
        self.status: int | None = None
        #: Where the answer is expected to lead.
        self.location: str | None = None
        #: What the page is expected to contain.
        self.texts: list[str] = []
        #: What is taken from the answer: names and patterns.
        self.taken: list[tuple[str, re.Pattern[str]]] = []
        self._read_clauses(rest)
        #: The variables in it, as they are named.
        self.names = [
            name for text in self._places() for name in (plain or braced for _, plain, braced in self._dollars(text))
        ]

    @property
    def request(self) -> str:
        """Method and path, without what may be long or private."""
        return f"{self.method} {self._path}" + (f" as {self.client}" if self.client else "")

    @property
    def is_login(self) -> bool:
        """Whether it sends a password."""
        return any(_PASSWORD.search(name) for name, _ in self._fields())

    @property
    def exposed(self) -> list[str]:
        """The fields and headers that are private by their names, and whose values are written out."""
        given = [*parse_qsl(self._path.partition("?")[2]), *self._fields(), *self._headers]
        return [name for name, value in given if value and _PRIVATE.search(name) and not _DOLLAR.search(value)]

    def filled(self, values: Mapping[str, str]) -> Request:
        """The request, with these values of its variables."""
        headers = {name: self._header(name, self._fill(value, values, str)) for name, value in self._headers}
        path = self._fill(self._path, values, lambda value: quote(value, safe=""))
        form = body = None
        if self._json is not None:
            body = json.dumps(self._fill_json(self._json, values))
        elif self._form:
            body = self._fill(self._form, values, quote_plus)
            form = parse_qsl(body, keep_blank_values=True) if "=" in body else None
        return Request(self.method, path, headers, form, body, self._json is not None)

    def _read_clauses(self, text: str) -> None:
        at = 0
        while at < len(text.rstrip()):
            found = _CLAUSE.match(text, at)
            if found is None:
                raise CheckError(
                    f"The step {self.written!r} has {text[at:].strip()!r} behind the request, which is none of "
                    "'as CLIENT', 'with Header: value', 'expect 302 /path', 'expect \"text\"' and 'take NAME pattern'. "
                    "(In a form, a space is a +.)"
                )
            at = found.end()
            self.client = found["client"] or self.client
            self.status = int(found["status"]) if found["status"] else self.status
            self.location = found["location"] or self.location
            self.texts += [found["text"]] if found["text"] else []
            self._headers += [(found["header"], found["value"])] if found["header"] else []
            if found["name"]:
                self.taken.append((found["name"], self._pattern(found["pattern"])))

    def _pattern(self, written: str) -> re.Pattern[str]:
        try:
            return re.compile(written)
        except re.error as error:
            raise CheckError(f"The step {self.written!r} takes {written!r}, which is no pattern: {error}.") from None

    def _parsed(self, text: str) -> tuple[Any, str]:
        try:
            body, end = json.JSONDecoder().raw_decode(text)
        except (ValueError, RecursionError) as error:
            raise CheckError(f"The step {self.written!r} has a body that is not valid JSON: {error}.") from None
        return body, text[end:]

    def _fields(self) -> list[tuple[str, str]]:
        return [*parse_qsl(self._form), *_fields(self._json)]

    def _places(self) -> Iterator[str]:
        """Where variables may be."""
        yield from (self._path, self._form, *(value for _, value in self._headers), *_strings(self._json))

    def _dollars(self, text: str) -> Sequence[tuple[str, str, str]]:
        found = [one for one in _DOLLAR.findall(text) if not one[0]]
        if ("", "", "") in found:
            raise CheckError(
                f"The step {self.written!r} has a $ without a name: "
                "$NAME is a variable of the environment. Write $$ for a dollar."
            )
        return found

    def _fill(self, text: str, values: Mapping[str, str], encode: Callable[[str], str]) -> str:
        return _DOLLAR.sub(lambda found: "$" if found[1] else encode(values[found[2] or found[3]]), text)

    def _fill_json(self, value: Any, values: Mapping[str, str]) -> Any:
        if isinstance(value, dict):
            return {self._fill(name, values, str): self._fill_json(inner, values) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._fill_json(inner, values) for inner in value]
        return self._fill(value, values, str) if isinstance(value, str) else value

    def _header(self, name: str, value: str) -> str:
        scheme, _, credentials = value.partition(" ")
        if name.lower() == "authorization" and scheme.lower() == "basic" and ":" in credentials:  # else it is encoded
            value = f"Basic {base64.b64encode(credentials.encode()).decode()}"
        if re.search(r"[\r\n\0]", value) or not _is_latin(value):
            raise CheckError(f"The step {self.written!r} has a header {name} whose value no header can have.")
        return value


def variables(steps: Sequence[Step]) -> dict[str, str]:
    """The variables that steps need of the environment, with their values.

    :raises CheckError: naming one that is not set.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for step in steps:
        for name in step.names:
            if name in taken:
                continue
            value = os.environ.get(name)
            if not value:
                raise CheckError(
                    f"The step {step.written!r} needs ${name}, which is {'not set' if value is None else 'empty'} "
                    "in the environment. Set it, or write $$ for a dollar."
                )
            found[name] = value
        taken |= {name for name, _ in step.taken}
    return found


def hide(text: str, variables: Mapping[str, str]) -> str:
    """The text of a header with ``$NAME`` wherever the value of a variable is repeated, as it is or percent-encoded."""
    names = {
        form: name
        for name, value in variables.items()
        for form in (value, _in_header(value), quote(value), quote(value, safe=""), quote_plus(value))
        if form
    }
    if not names:
        return text
    longest_first = sorted(names, key=len, reverse=True)
    pattern = "|".join(f"({re.escape(form)})" for form in longest_first)

    def name(found: re.Match[str]) -> str:
        # By its number: what was found may have other letters, since "i" is also "ı" without regard to case.
        assert found.lastindex is not None
        return f"${names[longest_first[found.lastindex - 1]]}"

    return re.sub(pattern, name, text, flags=re.IGNORECASE)


def _in_header(value: str) -> str:
    """UTF-8 that a server has written into a header, as clients read headers (RFC 9110, section 5.5)."""
    return value.encode().decode("latin-1")


def _is_latin(value: str) -> bool:
    return all(ord(letter) < 256 for letter in value)


def _strings(value: Any) -> Iterator[str]:
    """Every text in what was JSON, names of fields too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
    if isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def _fields(value: Any) -> Iterator[tuple[str, str]]:
    """The fields in what was JSON, with their values, those inside others too."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, (str, int, float)) and not isinstance(inner, bool):
                yield name, str(inner)
            yield from _fields(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _fields(inner)
