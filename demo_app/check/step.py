"""A step as it is written: a request, in which ``$NAME`` stands for what belongs into no file."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus

_STEP = re.compile(r"([A-Z]+) (/\S*)(?: (.+))?")
_DOLLAR = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})?", re.ASCII)
# Names of fields that are kept from other people. The short ones are whole names: a compass is no password.
_PRIVATE = re.compile(r"passw|passphrase|pwd|secret|token|api[-_]?key|credential|^(?:pass|pin|otp)$", re.IGNORECASE)


class CheckError(Exception):
    """What cannot be checked, and what to do about it."""


class Step:
    """A method, a path, and perhaps a body: JSON where it begins with ``{``, a form otherwise.

    ``$NAME`` and ``${NAME}`` in path and body are variables of the environment, ``$$`` is a dollar. A value is encoded
    as its place needs it: with percent signs in a path and in a form, inside a string in JSON.

    :raises CheckError: if it is no request, or needs a variable that is not set or is empty.
    """

    def __init__(self, written: str) -> None:
        found = _STEP.fullmatch(written)
        if found is None:
            raise CheckError(
                f"The step {written!r} is no request: it is a method and a path, such as 'POST /login user=ada'."
            )
        #: Such as ``"POST /login user=ada&password=$SHOP_PASSWORD"``.
        self.written = written
        #: The variables in it, with their values.
        self.variables: dict[str, str] = {}
        self.method, path, body = found.groups()
        self.path = self._filled(path, lambda value: quote(value, safe=""))
        #: The body as keywords of ``requests``.
        self.body: dict[str, Any] = {}
        fields = [*parse_qsl(path.partition("?")[2])]
        if body is not None and body.startswith("{"):
            parsed = self._parsed(body)
            self.body = {"json": self._filled_json(parsed)}
            fields += _fields(parsed)
        elif body is not None:
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            self.body = {"data": self._filled(body, quote_plus), "headers": form}
            fields += parse_qsl(body)
        #: The fields that are private by their names, and whose values are written out.
        self.exposed = [name for name, value in fields if value and _PRIVATE.search(name) and not _DOLLAR.search(value)]

    def _parsed(self, body: str) -> Any:
        try:
            return json.loads(body)
        except ValueError as error:
            raise CheckError(f"The step {self.written!r} has a body that is not valid JSON: {error}.") from None

    def _filled_json(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self._filled(name, str): self._filled_json(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._filled_json(inner) for inner in value]
        return self._filled(value, str) if isinstance(value, str) else value

    def _filled(self, text: str, encode: Callable[[str], str]) -> str:
        def fill(found: re.Match[str]) -> str:
            dollar, plain, braced = found.groups()
            name = plain or braced
            if dollar:
                return dollar
            if name is None:
                raise CheckError(
                    f"The step {self.written!r} has a $ without a name: "
                    "$NAME is a variable of the environment. Write $$ for a dollar."
                )
            value = os.environ.get(name)
            if not value:
                raise CheckError(
                    f"The step {self.written!r} needs ${name}, which is {'not set' if value is None else 'empty'} "
                    "in the environment. Set it, or write $$ for a dollar."
                )
            self.variables[name] = value
            return encode(value)

        return _DOLLAR.sub(fill, text)


def hide(text: str, variables: Mapping[str, str]) -> str:
    """The text of a header with ``$NAME`` wherever the value of a variable is repeated, as it is or percent-encoded."""
    names = {
        form: name
        for name, value in variables.items()
        for form in (value, _in_header(value), quote(value), quote(value, safe=""), quote_plus(value))
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
