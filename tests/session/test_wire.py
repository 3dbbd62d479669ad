"""What goes over the wire: the signature, the cookie, and how both are read."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from urllib.parse import quote, unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from demo_app.session import CookieOptions, SessionCookie, sign, unsign
from demo_app.session.cookie import dump_cookie, load_cookie


def test_the_signature_is_the_one_that_nodes_cookie_signature_makes():
    # What cookie-signature 1.0.7 returns for sign("hello", "tobiiscool").
    assert sign("hello", b"tobiiscool") == "hello.DGDUkGlIkCzPz+C0B064FNgHdEjox7ch8tOBGslZ5QI"


@given(st.text(), st.binary(min_size=1), st.binary(min_size=1))
def test_a_value_is_accepted_from_any_of_the_secrets(value, new, old):
    assert unsign(sign(value, old), [new, old]) == value
    digest = hmac.new(old, value.encode(), hashlib.sha256).digest()
    assert sign(value, old) == f"{value}.{b64encode(digest).decode().rstrip('=')}"


@given(st.text(), st.data())
def test_no_change_of_a_single_character_is_accepted(value, data):
    signed = sign(value, b"secret")
    at = data.draw(st.integers(0, len(signed) - 1))
    other = data.draw(st.characters().filter(lambda c: c != signed[at]))
    assert unsign(signed[:at] + other + signed[at + 1 :], [b"secret"]) is None


@given(st.text(st.characters()))
@example("")
@example(".")
@example("a.é")
@example("\ud800.a")
@example("a.\ud800")
def test_anything_else_is_none(text):
    assert unsign(text, [b"secret", b"older"]) is None


def _cookie(**changes):
    return SessionCookie(CookieOptions(**{"httponly": False, **changes}))


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "sid=v; Path=/"),
        ({"path": None}, "sid=v"),
        ({"httponly": True, "secure": True}, "sid=v; Path=/; HttpOnly; Secure"),
        ({"domain": ".Example.com"}, "sid=v; Domain=.Example.com; Path=/"),
        ({"partitioned": True, "priority": "Low", "samesite": "None"},
         "sid=v; Path=/; Partitioned; Priority=Low; SameSite=None"),
    ],
)  # fmt: skip
def test_the_line_has_the_attributes_in_the_order_of_express_session(changes, line):
    assert dump_cookie("sid", "v", _cookie(**changes)) == line


def test_a_lifetime_is_an_expires_date_in_whole_seconds_and_never_a_max_age(clock):
    clock.at = 784_111_777_999
    assert dump_cookie("sid", "v", _cookie(max_age=0)) == "sid=v; Path=/; Expires=Sun, 06 Nov 1994 08:49:37 GMT"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_value_is_read_as_it_was_written(value):
    line = dump_cookie("sid", value, _cookie())
    assert load_cookie(line.partition(";")[0], "sid") == value
    assert unquote(line.partition("=")[2].partition(";")[0]) == value


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("", None),
        ("sid", None),
        ("other=1", None),
        ("sid=1", "1"),
        ("sid=", ""),
        (" \tsid \t=\t 1 ; other=2", "1"),
        ("sid=1; sid=2", "1"),
        ("SID=1", None),
        ('sid="1"', "1"),
        ('sid="1', '"1'),
        ('sid="', ""),
        ("sid=a=b", "a=b"),
        ("sid=s%3A1", "s:1"),
        ("sid=%zz%41", "%zz%41"),
        ("sid=%", "%"),
        ("sid=%E4%41", "%E4%41"),
        ("sid=%C3%A9", "é"),
        ("a;b;sid=1", "1"),
        ("sid; sid=1", "1"),
    ],
)
def test_a_cookie_header_is_read_as_nodes_cookie_module_reads_it(header, value):
    assert load_cookie(header, "sid") == value


def test_quote_and_javascript_agree_on_what_is_escaped():
    unescaped = "".join(chr(c) for c in range(128) if dump_cookie("n", chr(c), _cookie(path=None)) == f"n={chr(c)}")
    assert sorted(unescaped) == sorted(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()"  # ECMA-262, encodeURIComponent
    )
    assert quote("ü") in dump_cookie("n", "ü", _cookie())


def test_signatures_are_compared_in_constant_time(monkeypatch):
    """How long it takes cannot be tested reliably; that the comparison is hmac's can."""
    compared = []
    monkeypatch.setattr(hmac, "compare_digest", lambda *pair: compared.append(pair) or pair[0] == pair[1])
    assert unsign(sign("id", b"new"), (b"other", b"new")) == "id"
    assert len(compared) == 2
    assert unsign("id.wrong", (b"new",)) is None
    assert len(compared) == 3
