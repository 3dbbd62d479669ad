"""Signed values, in the format of Node's ``cookie-signature`` that express-session uses.

A signed value is ``<value>.<signature>``, where the signature is the HMAC-SHA256 of the value in base64 without
its ``=`` padding. The value stays readable: a signature proves who wrote it and hides nothing.
"""

from __future__ import annotations

import hmac
from binascii import b2a_base64
from collections.abc import Iterable


def _signature(value: str, secret: bytes) -> bytes:
    """The signature alone: 43 characters of base64."""
    digest = hmac.digest(secret, value.encode("utf-8", "surrogatepass"), "sha256")
    return b2a_base64(digest, newline=False).rstrip(b"=")


def sign(value: str, secret: bytes) -> str:
    """Return ``value`` with its signature behind a dot."""
    return f"{value}.{_signature(value, secret).decode('ascii')}"


def unsign(signed: str, secrets: Iterable[bytes]) -> str | None:
    """Return the value if any of ``secrets`` signed it, otherwise ``None``.

    Signatures are compared in constant time, so that the time an answer takes says nothing about how much of
    a guessed signature was right.
    """
    value, dot, found = signed.rpartition(".")
    if not dot:
        return None
    found_bytes = found.encode("utf-8", "replace")
    for secret in secrets:
        if hmac.compare_digest(_signature(value, secret), found_bytes):
            return value
    return None
