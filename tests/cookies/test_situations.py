"""Pages in frames, pages that no host has sent, hosts that are never asked over plain HTTP: in words.

That Chromium does all this is in the recorded cases.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from demo_app.cookies import Context, Jar, why

SHOP, WWW, OTHER = "https://shop.example/", "https://www.shop.example/", "https://other.example/"
KEEPS = "It has no SameSite=None, which keeps it from what a page of another site loads."
EXTENSION = "chrome-extension://abcdefghijklmnop/popup.html"


def sent(line, **told):
    return why(line, SHOP, Context(**told)).sent


@pytest.mark.parametrize("within", [(SHOP,), (WWW, SHOP)])
def test_in_frames_of_the_own_site_nothing_is_lost(within):
    assert sent("id=1; SameSite=Strict", request="image", page=WWW, within=within).answer


@pytest.mark.parametrize("within", [(OTHER,), (SHOP, OTHER), (OTHER, SHOP)])
def test_another_site_anywhere_around_makes_a_third_party(within):
    assert sent("id=1", request="image", page=SHOP, within=within).because == KEEPS
    assert sent("id=1; SameSite=None; Secure", request="image", page=SHOP, within=within).answer
    blocked = sent("id=1; SameSite=None; Secure", request="image", page=SHOP, within=within, third_party_cookies=False)
    assert blocked.word == "UserPreferences"


@pytest.mark.parametrize("kind", ["link", "form"])
def test_a_link_in_a_frame_leads_the_frame_elsewhere(kind):
    assert sent("id=1", request=kind, page=OTHER).answer
    assert sent("id=1", request=kind, page=OTHER, within=(SHOP,)).because == KEEPS
    found = why("id=1", SHOP, Context(request=kind, page=OTHER, within=(SHOP,)))
    assert found.shown.answer, "once it is there, it is in a page of its own site"
    assert not why("id=1", SHOP, Context(request=kind, page=SHOP, within=(OTHER,))).shown.answer


def test_a_script_in_a_frame_of_another_site_sets_a_cookie_with_samesite_none_alone():
    framed = Context(set_by="script", within=(OTHER,))
    assert not why("id=1", SHOP, framed).stored.answer
    assert why("id=1; SameSite=None; Secure", SHOP, framed).stored.answer


def test_a_partition_is_a_site_and_whether_others_are_in_between():
    line = "id=1; Secure; SameSite=None; Partitioned"
    found = why(line, SHOP, Context(request="image", page=SHOP, within=(SHOP, OTHER)))
    assert found.sent.because == "It is kept for pages of https://shop.example, with no other sites in between, alone."
    framed = Context(set_by="frame", request="frame", page=OTHER, within=(SHOP,))
    assert why(line, SHOP, framed).sent.answer
    jar = Jar()
    jar.take(line, SHOP)
    jar.take(line.replace("1", "2"), SHOP, framed)
    assert jar.sent(SHOP).text == "id=1"
    assert jar.sent(SHOP, framed).text == "id=2"


def test_a_frame_over_plain_http_is_not_loaded_by_a_page_over_https_however_far_around():
    mixed = Context(request="frame", page="http://localhost/", within=(SHOP,))
    assert why("id=1", "http://shop.example/", mixed).sent.rule == "Mixed Content standard, 4.4"
    assert why("id=1", SHOP, Context(request="frame", page="http://shop.example/", within=(SHOP,))).sent.rule == (
        "Mixed Content standard, 4.4"
    )
    assert sent("id=1; SameSite=None; Secure", request="frame", page=SHOP, within=("http://shop.example/",)).answer


@pytest.mark.parametrize("kind", ["link", "form", "image"])
@pytest.mark.parametrize("page", ["http://other.example/", "http://shop.dev/"])
def test_a_page_that_is_not_loaded_asks_for_nothing(kind, page):
    framed = Context(request=kind, set_by=kind, page=page, within=(SHOP,))
    found = why("id=1", SHOP, framed)
    assert found.stored.rule == "Mixed Content standard, 4.4"


@pytest.mark.parametrize(
    ("line", "url", "word"),
    [
        ("__Secure-id=1; Secure", "http://shop.example/", "InvalidPrefix"),
        ("id=1; Secure; Partitioned", "http://shop.example/", ""),
        ("id=1; Secure", "http://shop.example/", "UserPreferences"),
        ("id=1", "http://shop.example/", "UserPreferences"),
        ("id=1; Domain=other.example", "http://shop.example/", "InvalidDomain"),
        (f"id={'x' * 5000}; Path=/\x07", SHOP, "NameValuePairExceedsMaxSize"),
    ],
)
def test_of_several_reasons_it_gives_the_one_that_chromium_comes_to_first(line, url, word):
    blocking = Context(set_by="image", page="http://other.example/", third_party_cookies=False)
    assert why(line, url, blocking).stored.word == word


@pytest.mark.parametrize("page", ["file:///C:/shop.html", EXTENSION, "null", "data:text/html,hello"])
def test_a_page_that_no_host_has_sent_is_another_site(page):
    assert sent("id=1", request="image", page=page).because == KEEPS
    assert not sent("id=1; SameSite=Strict", request="link", page=page).answer
    assert sent("id=1; SameSite=Lax", request="link", page=page).answer
    assert sent("id=1; SameSite=None; Secure", request="fetch", page=page).rule == "Fetch standard, credentials mode"
    assert sent("id=1; SameSite=None; Secure", request="fetch", page=page, credentials="include").answer


@pytest.mark.parametrize(
    ("page", "because"),
    [
        ("file:///shop/shop.html", "No host has sent this page, so it has no cookies."),
        ("null", "No host has sent this page, so it has no cookies."),
        (EXTENSION, "An extension's pages keep their cookies apart, and no request carries them."),
    ],
)
def test_its_scripts_set_no_cookies(page, because):
    found = why("id=1", page, Context(set_by="script"))
    assert found.stored[:2] == (False, because)
    assert not found.sent.answer


def test_an_opaque_origin_is_like_no_other():
    framed = Context(set_by="frame", request="frame", page="null")
    found = why("id=1; Secure; SameSite=None; Partitioned", SHOP, framed)
    assert found.stored.answer
    assert found.sent.because == "It is kept for one page of an opaque origin alone."
    assert why(
        "id=1; Secure; SameSite=None; Partitioned", SHOP, Context(set_by="frame", request="frame", page=EXTENSION)
    ).sent.answer


def test_in_an_extensions_page_third_parties_have_their_cookies():
    told = {"request": "image", "page": EXTENSION, "third_party_cookies": False}
    assert sent("id=1; SameSite=None; Secure", **told).answer


@pytest.mark.parametrize(
    "url", ["http://shop.dev/", "http://SHOP.APP:80/", "http://me.pages.dev/", "http://shop.page./"]
)
def test_some_hosts_are_never_asked_over_plain_http(url):
    stored = why("id=1; Secure", url).stored
    assert stored.answer
    assert "over plain HTTP, whatever the address says: this is over HTTPS." in stored.because
    assert (
        "plain HTTP"
        not in why("id=1; Secure", url.lower().replace("http:", "https:").replace(":80", "")).stored.because
    )


UPGRADED = "A page over HTTPS asks for images over HTTPS, whatever their address says."


@pytest.mark.parametrize("client", ["chromium", "firefox"])
def test_a_page_over_https_asks_for_an_image_over_https(client):
    image = Context(set_by="image", request="image", page=OTHER, third_party_cookies=True)
    found = why("id=1; SameSite=None; Secure", "http://shop.example/", image, client)
    assert (found.stored.answer, found.sent.answer) == (True, True)
    assert UPGRADED in found.stored.because
    assert UPGRADED in found.sent.because
    # There is no script in an image, and whoever goes to its address goes there over plain HTTP.
    assert found.shown[:2] == (False, "At http://shop.example/: It is Secure, and this is plain HTTP.")


def test_of_an_image_the_whole_way_is_over_https():
    led = Context(request="image", page=SHOP, redirects=("http://shop.example/old",), to="http://shop.example/new")
    assert why("id=1; Secure; SameSite=Strict", SHOP, led).sent.answer


@pytest.mark.parametrize("url", ["http://localhost/", "http://app.localhost/", "http://127.0.0.1/", "http://[::1]/"])
def test_an_image_of_this_machine_is_asked_for_as_its_address_says(url):
    image = Context(set_by="image", request="image", page=OTHER)
    found = why("id=1; SameSite=None; Secure", url, image)
    assert found.sent[:2] == (True, "SameSite=None lets it go with every request.")


@pytest.mark.parametrize("url", ["http://192.0.2.1/", "http://[2001:db8::1]/"])
def test_an_image_at_an_ip_address_is_asked_for_in_firefox_alone(url):
    image = Context(set_by="image", page=OTHER)
    assert why("id=1; SameSite=None; Secure", url, image).stored.rule == "Mixed Content standard, 4.4"
    stored = why("id=1; SameSite=None; Secure", url, image, client="firefox").stored
    assert stored.answer
    assert UPGRADED in stored.because


@pytest.mark.parametrize("request_", ["image", "fetch", "frame"])
def test_in_firefox_a_page_of_this_machine_loads_over_plain_http_also_within_a_page_over_https(request_):
    within = Context(
        set_by=request_,
        page="http://localhost/",
        within=(SHOP,),
        credentials="include",
        third_party_cookies=True,
    )
    stored = why("id=1", "http://other.example/", within, client="firefox").stored
    assert stored[:2] == (True, "It is kept until the browser session ends.")
    refused = why("id=1", "http://other.example/", within).stored
    assert not refused.answer


@pytest.mark.parametrize(("page", "within"), [("null", ()), (SHOP, ("null",)), ("null", ("null",))])
def test_firefox_forgets_with_the_session_what_it_keeps_for_a_page_of_an_opaque_origin(page, within):
    framed = Context(set_by="image", page=page, within=within)
    line = "id=1; SameSite=None; Secure; Partitioned; Max-Age=86400"
    found = why(line, SHOP, framed, client="firefox")
    assert (found.stored.answer, found.lifetime) == (True, None)
    assert found.stored.because.endswith("as the page in whose frames it is has an opaque origin.")
    assert why(line, SHOP, framed).lifetime == timedelta(days=1)
    assert why("id=1; Max-Age=0", SHOP, framed, client="firefox").is_over


def test_their_pages_are_of_the_site_over_https():
    assert why(
        "id=1; SameSite=Strict", "https://shop.dev/", Context(request="link", page="http://shop.dev/")
    ).sent.answer
    blocked = Context(request="fetch", page="https://shop.dev/", to="http://shop.dev/")
    assert why("id=1", "https://shop.dev/", blocked).sent.rule == "Mixed Content standard, 4.4"


@pytest.mark.parametrize(
    "line",
    ["id=1, b=2; Path=/", "id=1; Path=/, b=2; Secure", "id=1; HttpOnly, b=2", "id=1; Expires=Thu, 31 Dec 2037, b=2"],
)
def test_two_cookies_in_one_line_are_one(line):
    ignored = [reason.because for reason in why(line, SHOP).ignored]
    assert "b=…: a comma begins no other cookie. Each has a Set-Cookie header of its own." in ignored
    assert "b=2" not in "".join(ignored)


@pytest.mark.parametrize("line", ["id=1,2", "id=1; Expires=Thu, 31 Dec 2037 23:59:59 GMT", "id=[1, 2]"])
def test_a_comma_alone_is_nothing_to_speak_of(line):
    assert why(line, SHOP).ignored == ()


@pytest.mark.parametrize("within", ["https://a/", ("ftp://a/",), ("a.example",)])
def test_what_is_around_a_page_is_a_tuple_of_addresses(within):
    with pytest.raises(ValueError, match=r"^Context\(within="):
        Context(request="image", page=SHOP, within=within)


def test_the_table_has_the_words_of_chromium():
    found = why("id=1; SameSite=Strict", SHOP, Context(request="link", page=OTHER))
    assert found.sent.word == "SchemefulSameSiteStrict"
    assert "Chromium calls it SchemefulSameSiteStrict." in " ".join(repr(found).split())
