"""What of a cookie's value stays from run to run: its form, and whether it is another one than before."""

from __future__ import annotations

import base64
import json
import re

# What begins a JWT: {" in base64.
_JWT = re.compile(r"eyJ[\w-]*\.(eyJ[\w-]*)\.[\w-]*")

# What values are made of; the group is what two that say the same have in common.
_FORMS = (
    # With the time at which they were made.
    ("<data>.<time>.<signature>", re.compile(r"(\.?[\w+/=-]+)\.[\w-]{6}\.[\w-]{27,}")),  # itsdangerous: Flask
    ("<data>:<time>:<signature>", re.compile(r"(\.?[\w=-]+):[0-9A-Za-z]{6}:[\w-]{27,}")),  # Django
    ("<time>|<data>|<signature>", re.compile(r"2\|1:0\|10:\d{10}\|(.+)\|[0-9a-f]{64}", re.DOTALL)),  # Tornado
    # Without it.
    ("s%3A<id>.<signature>", re.compile(r"s(?:%3A|:)([^.]+)\.[\w%+/-]{40,}")),  # express-session
    ("<id>.<signature>", re.compile(r"([\w-]{16,})[.!][\w%+/=-]{27,}")),  # itsdangerous, pgAdmin
    ("<data>:<signature>", re.compile(r"([\w=-]+):[\w-]{27,}")),  # Django
    ("<uuid>", re.compile(r"([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})")),
)
# Of a random value, so many letters show which ones it is made of; of a shorter one, chance may hide some.
_LONG = 20
_LETTERS = (
    ("hex", re.compile("[0-9A-Fa-f]+")),
    ("a-z 0-9", re.compile("[a-z0-9]+")),
    ("letters, digits, - _", re.compile(r"[\w-]+", re.ASCII)),
)


def form(value: str) -> str:
    """What a value looks like, such as ``<32 hex>``; ``""`` for an empty one. Of a random one, its length is said."""
    value = value.removeprefix('"').removesuffix('"')
    if not value:
        return ""
    if _JWT.fullmatch(value):
        return "<jwt>"
    for name, pattern in _FORMS:
        if pattern.fullmatch(value):
            return name
    if len(value) >= _LONG:
        for name, pattern in _LETTERS:
            if pattern.fullmatch(value):
                return f"<{len(value)} {name}>"
    return "<value>"


def identity(value: str) -> str:
    """What two values have in common that say the same: all of it, or without time and signature."""
    if found := _JWT.fullmatch(value):
        return _claims(found[1])
    for _, pattern in _FORMS:
        if found := pattern.fullmatch(value):
            return found[1]
    return value


def _claims(part: str) -> str:
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return json.dumps({name: claims[name] for name in sorted(claims) if name not in ("iat", "exp", "nbf")})
    except (ValueError, TypeError, RecursionError):
        return part
