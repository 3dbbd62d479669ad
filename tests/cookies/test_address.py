"""Addresses as browsers read them. ``urls.py`` has what Chromium said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo_app.cookies import Context, why
from demo_app.cookies.address import Address
from tests.cookies.urls import URLS


@pytest.mark.parametrize(("url", "parts"), URLS.items(), ids=map(ascii, URLS))
def test_an_address_is_what_chromium_makes_of_it(url, parts):
    if parts is None:
        with pytest.raises(ValueError, match="is no address: "):
            Address(url)
    else:
        address = Address(url)
        assert (address.scheme, address.host, address.path) == parts


@given(st.text() | st.text("htps:/\\.@[]%2eE0x19#?:aß ", max_size=30).map("http://".__add__))
def test_any_text_is_an_address_or_is_refused_by_name(text):
    address = complaint = None
    try:
        address = Address(text)
    except ValueError as error:
        complaint = str(error)
    if address is None:
        assert complaint.startswith(f"{text!r} is no address: ")
        return
    assert address.host.isascii()
    assert address.path.startswith("/")
    again = Address(f"{address.scheme}://{address.host}{address.path}")
    assert (again.host, again.path) == (address.host, address.path)


@pytest.mark.parametrize(
    ("url", "because"),
    [
        ("shop.example", "it begins with http:// or https://, and has a host."),
        ("ftp://shop.example/", "it begins with http:// or https://, and has a host."),
        ("", "it begins with http:// or https://, and has a host."),
        ("http://", "it has no host."),
        ("http://a b/", "a host contains no ' '."),
        ("http://shop.example:99999/", "its port 99999 is no number up to 65,535."),
        (f"http://shop.example:{'9' * 5000}/", f"its port {'9' * 5000} is no number up to 65,535."),
        ("http://shop.example:http/", "its port http is no number up to 65,535."),
        ("http://256.1.1.1/", "256.1.1.1 ends in a number and is no IPv4 address."),
        ("http://[::1%eth0]/", "[::1%eth0] is no IPv6 address."),
        ("http://shop.example/\udc80", "it contains '\\udc80', which is half a character."),
        (b"http://shop.example/", "it is no text."),
    ],
)
def test_a_refusal_names_the_argument_and_says_what_is_wrong(url, because):
    with pytest.raises(ValueError, match="no address") as caught:
        why("id=1", url)
    assert str(caught.value) == f"url: {url!r} is no address: {because}"
    for name in ("page", "to"):
        with pytest.raises(ValueError, match="no address") as caught:
            Context(**{name: url})
        assert str(caught.value) == f"Context({name}=…): {url!r} is no address: {because}"


@pytest.mark.parametrize(
    ("line", "url", "to"),
    [
        ("id=1; Path=/a", "http://shop.example/b/../a", "HTTP:\\\\SHOP.example\\a\\c"),
        ("id=1; Secure", "http://2130706433/", "http://127.1/"),
        ("id=1; Secure", "http://localhost./", None),
        ("id=1; Domain=[::1]", "http://[0:0:0:0:0:0:0:1]/", "http://[::1]/"),
        ("id=1; Domain=münchen.example", "http://MÜNCHEN.example/", "http://www.xn--mnchen-3ya.example/"),
        ("id=1", "http://example.com:8080/a/b", "http://example.com/a/c"),
    ],
)
def test_other_spellings_of_an_address_are_the_same_address(line, url, to):
    assert why(line, url, Context(to=to)).sent.answer


@pytest.mark.parametrize(
    ("line", "url", "to"),
    [
        ("id=1", "http://localhost./", "http://localhost/"),
        ("id=1", "http://straße.example/", "http://strasse.example/"),
        ("id=1; Domain=::1", "http://[::1]/", None),
        ("id=1; Domain=127.1", "http://127.1/", None),
        ("id=1; Domain=.", "http://localhost/", None),
        ("id=1; Domain=.", "http://shop.example/", None),
        ("id=1; Secure", "http://10.0.0.5/", None),
        ("id=1; Path=/é", "http://shop.example/é", None),  # in an address it is %C3%A9
    ],
)
def test_what_only_looks_alike_is_another(line, url, to):
    assert not why(line, url, Context(to=to)).sent.answer
