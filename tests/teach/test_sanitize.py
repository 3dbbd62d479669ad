"""The rules that make two runs of a notebook comparable: wide enough for any run, and no wider."""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import b64encode
from datetime import datetime, timezone
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbval.plugin import get_sanitize_patterns

TEXT = (Path(__file__).parents[2] / "demo_app/teach/sanitize.cfg").read_text(encoding="ascii")
RULES = get_sanitize_patterns(TEXT)

ids = st.text("ABCxyz019-_", min_size=32, max_size=32).filter(lambda sid: sid.strip("-_"))
digests = st.binary(min_size=32, max_size=32)


def sanitized(text: str) -> str:
    for regex, replace in RULES:
        text = re.sub(regex, replace, text)
    return text


def base64(digest: bytes) -> str:
    return b64encode(digest).decode().rstrip("=")


def header(sid: str, digest: bytes) -> str:
    return f"Set-Cookie: sid=s%3A{sid}.{quote(base64(digest), safe='')}; Path=/; HttpOnly"


def test_no_rule_is_silently_left_out():
    assert len(RULES) == TEXT.count("regex:") == TEXT.count("replace:")


@settings(max_examples=1000, deadline=None)
@given(ids, digests)
def test_any_id_and_any_signature_are_replaced(sid, digest):
    assert sanitized(header(sid, digest)) == "Set-Cookie: sid=s%3A<id>.<signature>; Path=/; HttpOnly"
    for before, after in (("<code>", "</code>"), ("", "  server"), ("'", "'"), (" ", "\n")):
        assert sanitized(before + sid + after) == f"{before}<id>{after}"
        assert sanitized(before + base64(digest) + after) == f"{before}<signature>{after}"


@pytest.mark.parametrize("digest", ["sha1", "md5", "sha512", "sha224"])
def test_a_signature_made_with_another_digest_is_seen(digest):
    made = hmac.digest(b"secret", b"id", digest)
    assert "<signature>" not in sanitized(header("A" * 32, made))
    assert sanitized(base64(made)) != "<signature>"


@given(st.integers(0, 2**31))
def test_any_date_is_replaced_and_its_attribute_stays(seconds):
    date = format_datetime(datetime.fromtimestamp(seconds, timezone.utc), usegmt=True)
    assert sanitized(f"Expires={date}; HttpOnly") == "Expires=<date>; HttpOnly"


@pytest.mark.parametrize(
    "line",
    [
        "Set-Cookie: mycookie=value; Path=/; HttpOnly; Secure; SameSite=Lax",
        "-" * 32,
        "a" * 31,
        "a" * 33,
        "< HTTP/1.1 200 OK",
        "{'visits': 1}",
        "127.0.0.2:8080",
    ],
)
def test_everything_else_stays(line):
    assert sanitized(line) == line


def test_ports_and_versions():
    assert sanitized("> Host: 127.0.0.1:49152") == "> Host: 127.0.0.1:<port>"
    assert sanitized("< Server: Werkzeug/3.1.9 Python/3.14.0rc1") == "< Server: Werkzeug/<version> Python/<version>"
    assert sanitized("> User-Agent: python-requests/2.34.2") == "> User-Agent: python-requests/<version>"
    assert sanitized("> Accept-Encoding: gzip, deflate, br, zstd") == "> Accept-Encoding: gzip, deflate"


def test_the_secret_part_of_an_address_is_replaced_and_must_be_as_long_as_it_is():
    assert sanitized(f"/guestbook-{secrets.token_urlsafe(16)}/thief/loot") == "/guestbook-<secret>/thief/loot"
    for other in ("/guestbook", "/guestbook-/", f"/guestbook-{secrets.token_urlsafe(15)}/", "/guestbook-1234/thief"):
        assert "<secret>" not in sanitized(other)
