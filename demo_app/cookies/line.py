"""One ``Set-Cookie`` line, read once for everybody."""

from __future__ import annotations

from urllib.parse import unquote

#: The attributes in the spelling of their standards: RFC 6265bis; ``Partitioned`` is CHIPS, ``Priority`` is Chromium's.
ATTRIBUTES = ("Domain", "Path", "Expires", "Max-Age", "HttpOnly", "Secure", "SameSite", "Partitioned", "Priority")

#: And by what clients compare: they do not look at upper and lower case.
SPELLINGS = {name.lower(): name for name in ATTRIBUTES}


class SetCookie:
    """One ``Set-Cookie`` line, taken apart as a browser does (RFC 6265bis, section 5.6). Its plain form is the line."""

    def __init__(self, line: str) -> None:
        self.line = line
        pair, *rest = line.split(";")
        name, equals, value = map(_trim, pair.partition("="))
        #: Empty where there is no ``=``: what stands there is the value.
        self.name = name if equals else ""
        self.value = value if equals else name
        #: Each attribute and its value as they came, repeated ones and empty ones too.
        self.parts = [(_trim(name), _trim(value)) for name, _, value in (part.partition("=") for part in rest)]

    @property
    def attributes(self) -> dict[str, str]:
        """The attributes by name, the last of each, in the order in which they came; ``""`` for one without a value.

        Known names are in the spelling of their standard, others as they came.
        """
        return {SPELLINGS.get(name.lower(), name): value for name, value in self.parts if name}

    @property
    def signed(self) -> tuple[str, str] | None:
        """Session id and signature, ``None`` if the value is not of the form that express-session sends."""
        value = unquote(self.value)
        sid, dot, signature = value[2:].rpartition(".")
        return (sid, signature) if value.startswith("s:") and dot else None

    def __str__(self) -> str:
        return self.line

    def __repr__(self) -> str:
        return f"Set-Cookie: {self.line}"


def _trim(text: str) -> str:
    return text.strip(" \t")
