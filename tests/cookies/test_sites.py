"""Which hosts are one site: by the Public Suffix List, that of the package and one that has grown old."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import publicsuffixlist
import pytest

from demo_app.cookies import Context, suffixes, why


@pytest.mark.parametrize(
    ("page", "url"),
    [
        ("https://shop.example.com/", "https://api.example.com/"),
        ("https://a.me.github.io/", "https://me.github.io/"),
        ("https://shop.co.uk/", "https://www.shop.co.uk/"),
        ("https://пример.рф/", "https://www.xn--e1afmkfd.xn--p1ai/"),
        ("https://www.ck/", "https://shop.www.ck/"),
        ("https://www.shop.example./", "https://shop.example./"),
        ("http://localhost:3000/", "http://localhost:5000/"),
        ("http://127.0.0.1/", "http://127.1/"),
    ],
)
def test_one_site(page, url):
    assert why("id=1; SameSite=Strict", url, Context(request="image", page=page)).sent.answer


@pytest.mark.parametrize(
    ("page", "url"),
    [
        ("https://front.vercel.app/", "https://back.vercel.app/"),
        ("https://me.github.io/", "https://you.github.io/"),
        ("https://github.io/", "https://me.github.io/"),
        ("https://shop.co.uk/", "https://other.co.uk/"),
        ("https://a.公司.cn/", "https://b.公司.cn/"),
        ("https://shop.ck/", "https://other.ck/"),
        ("https://a.b.kawasaki.jp/", "https://a.c.kawasaki.jp/"),
        ("https://shop.example./", "https://shop.example/"),
        ("http://localhost/", "http://app.localhost/"),
        ("http://127.0.0.1/", "http://127.0.0.2/"),
        ("http://127.0.0.1/", "http://localhost/"),
        ("http://shop.example/", "https://shop.example/"),
    ],
)
def test_two_sites(page, url):
    assert not why("id=1; SameSite=Strict", url, Context(request="image", page=page)).sent.answer


@pytest.mark.parametrize(
    ("domain", "url"),
    [
        ("github.io", "https://me.github.io/"),
        ("co.uk", "https://shop.co.uk/"),
        ("vercel.app", "https://front.vercel.app/"),
        ("b.kawasaki.jp", "https://a.b.kawasaki.jp/"),
        ("xn--55qx5d.cn", "https://a.公司.cn/"),
        ("github.io.", "https://me.github.io./"),
    ],
)
def test_a_public_suffix_is_no_domain_of_a_cookie(domain, url):
    stored = why(f"id=1; Domain={domain}", url).stored
    assert stored[:3] == (
        False,
        f"Domain={domain} is a public suffix, shared by many sites.",
        "RFC 6265bis, 5.7, step 9",
    )


def test_a_public_suffix_may_name_itself_and_keeps_the_cookie_to_itself():
    found = why("id=1; Domain=github.io", "https://github.io/", Context(to="https://me.github.io/"))
    assert found.stored.answer
    assert found.sent.because == "It has no Domain, so it is for github.io alone."


def test_one_host_alone_does_not_load_the_list():
    code = (
        "import sys; from demo_app.cookies import why; why('id=1; Path=/', 'https://shop.example/');"
        "sys.exit('publicsuffixlist' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.fixture
def old_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A list of another day, as in an environment that nobody has renewed."""
    path = tmp_path / "list.dat"
    path.write_text("// VERSION: 2024-05-01_00-00-00_UTC\ncom\n", encoding="utf-8")
    monkeypatch.setattr(publicsuffixlist, "PSLFILE", str(path))
    monkeypatch.setattr(suffixes, "OLD", timedelta(days=366))
    suffixes._load.cache_clear()
    yield
    suffixes._load.cache_clear()


REMARK = " (The Public Suffix List that says so is of 2024-05-01: pip install --upgrade publicsuffixlist.)"


def test_an_answer_that_an_old_list_has_decided_says_so(old_list):
    refused = why("id=1; Domain=com", "https://shop.com/").stored.because
    assert refused == "Domain=com is a public suffix, shared by many sites." + REMARK
    image = Context(request="image", page="https://other.com/")
    assert why("id=1; Secure; SameSite=None", "https://shop.com/", image).sent.because.endswith(REMARK)
    assert why("id=1; SameSite=Lax", "https://shop.com/", image).sent.because.endswith(REMARK)
    assert why("id=1; Domain=shop.com", "https://www.shop.com/").stored.because.endswith(REMARK)


def test_any_other_answer_does_not(old_list):
    found = why("id=1; SameSite=Lax", "https://shop.com/", Context(request="link", page="https://shop.com/"))
    assert not any("List" in finding.because for finding in found[:3])
