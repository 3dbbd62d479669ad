"""The cookie doctor. Its verdicts are those of browsers, which ``tests/browser`` recorded; here also the words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo_app.cookies import Context, SetCookie, why
from demo_app.cookies.rules import SAMESITE_WORDS
from tests.browser.cases import cases, differs, doctor, load

RECORDED = load("chromium")
SHOP, OTHER = "https://shop.example/", "https://other.example/"


@pytest.mark.parametrize("client", ["chromium", "firefox"])
def test_its_verdicts_are_those_that_the_browser_gave_and_its_reasons_those_of_chromium(client):
    found = load(client).items()
    assert {case: doctor(case, client) for case, verdict in found if differs(case, client, verdict)} == {}


def test_each_word_of_chromium_is_recorded():
    said = {word for verdict in RECORDED.values() for word in (*verdict.refused, *verdict.held_back)}
    assert said == {
        *("NoCookieContent", "DisallowedCharacter", "NameValuePairExceedsMaxSize", "InvalidDomain", "InvalidPrefix"),
        *("SecureOnly", "SameSiteNoneInsecure", "UserPreferences", "DomainMismatch", "NotOnPath"),
        *SAMESITE_WORDS.values(),
    }


def test_all_cases_are_recorded_and_they_are_many():
    assert list(RECORDED) == list(cases("chromium")), "record them: python -m tests.browser.record"
    assert len(RECORDED) >= 150


@pytest.mark.parametrize(
    ("line", "url", "because", "rule"),
    [
        ("=", SHOP, "It has neither a name nor a value.", "5.7, step 2"),
        ("id=a\x07", SHOP, "It contains a control character.", "5.6, step 1"),
        ("id=1; Path=/a\x07", SHOP, "It contains a control character.", "5.6, step 1"),
        ("id=1; Colour=r\ted", SHOP, "It contains a control character.", "Chromium refuses tabs too"),
        (
            "=a=b",
            SHOP,
            "It has no name, and with = in its value it would come back as another cookie.",
            "Chromium",
        ),
        ("id=1; Domain=.", SHOP, "shop.example is not below Domain=..", "5.7, step 10"),
        (f"id={'x' * 4095}", SHOP, "Name and value have 4,097 octets; 4,096 are the most.", "5.7, step 4"),
        ("id=1; Domain=example", SHOP, "Domain=example is a public suffix, shared by many sites.", "5.7, step 9"),
        ("id=1; Domain=other.example", SHOP, "shop.example is not below Domain=other.example.", "5.7, step 10"),
        ("id=1; Secure", "http://shop.example/", "It is Secure and came over plain HTTP.", "5.7, step 13"),
        ("id=1; SameSite=None", SHOP, "SameSite=None needs Secure.", "5.7, step 19"),
        ("__Secure-id=1", SHOP, "The name begins with __Secure-, which needs Secure.", "5.7, step 20"),
        ("__Host-id=1; Path=/", SHOP, "The name begins with __Host-, which needs Secure.", "5.7, step 21"),
        ("__Host-id=1; Secure", SHOP, "The name begins with __Host-, which needs Path=/.", "5.7, step 21"),
        (
            "__Host-id=1; Secure; Path=/; Domain=shop.example",
            SHOP,
            "The name begins with __Host-, which has no Domain.",
            "5.7, step 21",
        ),
        (
            "=__Host-id",
            SHOP,
            "It has no name, and its value looks like that of a __Host- cookie.",
            "5.7, step 22",
        ),
        ("__Http-id=1; Secure", SHOP, "The name begins with __Http-, which needs HttpOnly.", "4.1.3.3"),
        ("id=1; Partitioned", SHOP, "Partitioned needs Secure.", "CHIPS"),
        (
            "id=1; Max-Age=0",
            "https://shop.example/account/login",
            "Its end has come: this deletes the cookie named 'id' of shop.example with Path=/account, and no other.",
            "5.7",
        ),
        (
            "id=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; Domain=.shop.example",
            SHOP,
            "Its end has come (1970-01-01): this deletes the cookie named 'id' of Domain=shop.example with "
            "Path=/, and no other.",
            "5.7",
        ),
    ],
)
def test_why_it_is_not_stored(line, url, because, rule):
    found = why(line, url)
    assert not found.stored.answer
    assert found.stored.because == because
    assert rule in found.stored.rule
    assert found.shown[:3] == found.sent[:3] == (False, "It is not stored.", "")
    assert found.lifetime is None


@pytest.mark.parametrize("kind", ["image", "fetch", "frame"])
def test_why_it_is_not_stored_from_another_site(kind):
    loaded = Context(set_by=kind, page=OTHER, credentials="include")
    assert why("id=1; SameSite=Lax", SHOP, loaded).stored[1:3] == (
        "Another site's page has loaded it, and SameSite=Lax.",
        "RFC 6265bis, 5.7, step 18",
    )
    assert "it has no SameSite=None" in why("id=1", SHOP, loaded).stored.because
    blocked = Context(set_by=kind, page=OTHER, third_party_cookies=False, credentials="include")
    assert why("id=1; SameSite=None; Secure", SHOP, blocked).stored[1:3] == (
        "Another site's page has loaded it, and this browser blocks that.",
        "RFC 6265bis, 7.1",
    )


@pytest.mark.parametrize(
    ("line", "because", "section"),
    [
        ("id=1", "It is kept until the browser session ends.", "5.7, step 6"),
        ("id=1; Max-Age=20", "It is kept 1 minute.", "5.7, step 6"),
        ("id=1; Max-Age=1800", "It is kept 30 minutes.", "5.7, step 6"),
        ("id=1; Max-Age=3600", "It is kept 1 hour.", "5.7, step 6"),
        ("id=1; Max-Age=34560000", "It is kept 400 days.", "5.7, step 6"),
        ("id=1; Max-Age=63072000", "It asks for 730 days and is kept 400, the most there is.", "5.5"),
    ],
)
def test_how_long_it_is_kept(line, because, section):
    assert why(line, SHOP).stored[:3] == (True, because, f"RFC 6265bis, {section}")


@pytest.mark.parametrize(
    ("line", "to", "because"),
    [
        ("id=1", "https://www.shop.example/", "It has no Domain, so it is for shop.example alone."),
        ("id=1; Domain=shop.example", OTHER, "other.example is not below Domain=shop.example."),
        ("id=1; Path=/account", SHOP, "/ is not below its path /account."),
        ("id=1; Secure", "http://shop.example/", "It is Secure, and this is plain HTTP."),
    ],
)
def test_why_it_does_not_come_back(line, to, because):
    found = why(line, SHOP, Context(to=to))
    assert found.stored.answer
    assert found.sent[:3] == (False, because, "RFC 6265bis, 5.8.3")
    assert found.shown[:3] == (False, f"At {to}: {because}", "RFC 6265bis, 5.8.3")


def test_a_path_that_nobody_wrote_is_explained():
    found = why("id=1", "https://shop.example/account/login", Context(to=SHOP))
    assert found.sent.because == "/ is not below its path /account, which it has from the address that set it."


@pytest.mark.parametrize(
    ("samesite", "kind", "answer", "because"),
    [
        ("Strict", "link", False, "SameSite=Strict keeps it from every request of another site."),
        ("Lax", "link", True, "A GET that leads the whole window here is let through."),
        ("Lax", "form", False, "SameSite=Lax keeps it from a POST of another site."),
        ("Lax", "image", False, "SameSite=Lax keeps it from what a page of another site loads."),
        ("None", "image", True, "SameSite=None lets it go with every request."),
        ("", "form", True, "Without SameSite, a POST carries it for two minutes, and then no more."),
        ("", "fetch", False, "It has no SameSite=None, which keeps it from what a page of another site loads."),
    ],
)
def test_what_another_site_can_do(samesite, kind, answer, because):
    line = f"id=1; Secure; SameSite={samesite}"
    section = "5.6.7.2" if (samesite, kind) == ("", "form") else "5.8.3"
    other = Context(request=kind, page=OTHER, credentials="include")
    assert why(line, SHOP, other).sent[:3] == (answer, because, f"RFC 6265bis, {section}")
    assert why(line, SHOP, Context(request=kind, page=SHOP)).sent.because == "Its scheme, host and path fit."
    shown = (True, f"At {SHOP}: It has no HttpOnly, and the page fits.", "RFC 6265bis, 5.8.2")
    assert why(line, SHOP, Context(request=kind, page=SHOP)).shown[:3] == shown


FRONT, BACK = "http://localhost:3000/", "http://localhost:5000/api/login"
NEEDS = 'To another origin, fetch needs credentials: "include" for cookies in either direction.'


def test_what_a_script_fetches_from_another_port_has_no_cookies_unless_it_says_so():
    def fetched(**told):
        return why("id=1; Path=/", BACK, Context(request="fetch", set_by="fetch", page=FRONT, **told))

    assert fetched().stored[:3] == (False, NEEDS, "Fetch standard, credentials mode")
    assert fetched(credentials="omit").stored.because == "fetch was told to omit cookies."
    assert fetched(credentials="include").sent.answer
    front = Context(request="fetch", page=FRONT)
    assert why("id=1; Path=/", BACK, front).sent[:3] == (False, NEEDS, "Fetch standard, credentials mode")
    assert why("id=1; Path=/", FRONT, front).sent.answer
    assert why("id=1; Path=/", BACK, Context(request="image", page=FRONT, credentials="omit")).sent.answer


def test_a_port_that_is_left_out_is_the_usual_one():
    assert why("id=1", SHOP, Context(request="fetch", page="https://shop.example:443/a")).sent.answer
    assert not why("id=1", SHOP, Context(request="fetch", page="https://shop.example:80/a")).sent.answer


MIXED = (
    False,
    "A page over HTTPS loads nothing over plain HTTP, so this request is never made.",
    "Mixed Content standard, 4.4",
)


@pytest.mark.parametrize("kind", ["fetch", "frame"])
def test_what_a_page_over_https_never_asks_for_has_no_cookies(kind):
    page = "https://shop.example/page"
    assert why("id=1", "http://shop.example/", Context(request=kind, page=page)).sent[:3] == MIXED
    assert why("id=1", "http://shop.example/", Context(set_by=kind, page=page)).stored[:3] == MIXED
    assert why("id=1", "http://shop.example/", Context(request="link", page=page)).sent[:3] != MIXED
    assert why("id=1", "http://localhost/", Context(request=kind, page=page)).sent[:3] != MIXED
    assert why("id=1", "http://shop.example/", Context(request=kind, page="http://shop.example/page")).sent[:3] != MIXED


def test_a_script_sets_what_an_answer_sets_but_for_http_only():
    script = Context(set_by="script")
    assert why("id=1; HttpOnly", SHOP, script).stored[:3] == (
        False,
        "It is HttpOnly, which no script can set.",
        "RFC 6265bis, 5.7, step 15",
    )
    assert why("__Http-id=1; Secure", SHOP, script).stored == why("__Http-id=1; Secure", SHOP).stored
    assert why("id=1; Path=/; SameSite=Strict", SHOP, script) == why("id=1; Path=/; SameSite=Strict", SHOP)
    image = Context(set_by="script", request="image", page=OTHER)
    assert why("id=1; SameSite=None; Secure", SHOP, image).sent.answer
    assert "keeps it from what a page" in why("id=1; SameSite=Lax", SHOP, image).sent.because


def test_a_redirect_makes_a_get_of_a_post():
    """Such as that of the bank, whose page sends the visitor back with a form."""
    back = Context(request="form", page=OTHER, redirects=("https://shop.example/paid",))
    for line in ("id=1; SameSite=Lax", "id=1"):
        assert why(line, SHOP, back).sent[:2] == (
            True,
            "The redirect has made a GET of the POST, and that is let through.",
        )
    because = why("id=1; SameSite=Strict", SHOP, back).sent.because
    assert because.startswith("SameSite=Strict keeps")
    assert because.endswith("A redirect does not change who has caused it.")
    own = Context(request="form", page=SHOP, redirects=(OTHER,))
    assert why("id=1; SameSite=Strict", SHOP, own).sent.answer


def test_a_fetch_that_was_led_away_has_no_cookies_when_it_comes_back():
    led = Context(request="fetch", page=SHOP, redirects=(OTHER,))
    assert why("id=1", SHOP, led).sent[:3] == (False, NEEDS, "Fetch standard, credentials mode")
    assert why("id=1", SHOP, Context(request="fetch", page=SHOP, redirects=(f"{SHOP}old",))).sent.answer


def test_a_way_over_plain_http_is_closed_to_what_a_page_over_https_loads():
    led = Context(request="frame", page=SHOP, redirects=("http://shop.example/old",))
    assert why("id=1", SHOP, led).sent[:3] == MIXED


def test_why_a_frame_has_nothing():
    frame = Context(request="frame", page=OTHER)
    assert (
        "kept for pages of https://shop.example alone"
        in why("id=1; Secure; SameSite=None; Partitioned", SHOP, frame).sent.because
    )
    blocking = Context(request="frame", page=OTHER, third_party_cookies=False)
    nothing = (False, f"At {SHOP}: This browser gives third parties no cookies.", "RFC 6265bis, 7.1")
    assert why("id=1; Secure; SameSite=None", SHOP, blocking).shown[:3] == nothing


@pytest.mark.parametrize(
    ("part", "because", "section"),
    [
        ("SamSite=Lax", "SamSite=Lax: there is no such attribute. Did you mean SameSite?", "5.6"),
        ("MaxAge=60", "MaxAge=60: there is no such attribute. Did you mean Max-Age?", "5.6"),
        ("http_only", "http_only: there is no such attribute. Did you mean HttpOnly?", "5.6"),
        ("Colour=red", "Colour=red: there is no such attribute.", "5.6"),
        ("=Secure", "=Secure: there is no such attribute.", "5.6"),
        (
            "Expires=tomorrow",
            "Expires=tomorrow: that is no date. It is written Expires=Thu, 31 Dec 2037 23:59:59 GMT, for example.",
            "5.6.1",
        ),
        ("Max-Age=1h", "Max-Age=1h: it takes seconds, in digits alone. Did you mean Max-Age=3600?", "5.6.2"),
        ("Max-Age=2 days", "Max-Age=2 days: it takes seconds, in digits alone. Did you mean Max-Age=172800?", "5.6.2"),
        ("max-age=5ms", "max-age=5ms: it takes seconds, in digits alone.", "5.6.2"),
        ("Max-Age", "Max-Age: it takes seconds, in digits alone.", "5.6.2"),
        ("Path=account", "Path=account: a path begins with /. Did you mean Path=/account?", "5.6.4"),
        ("Path=", "Path: a path begins with /.", "5.6.4"),
        ("SameSite=Stict", "SameSite=Stict: it is one of Strict, Lax, None. Did you mean Strict?", "5.6.7"),
        ("SameSite=Sometimes", "SameSite=Sometimes: it is one of Strict, Lax, None.", "5.6.7"),
        ("Priority=Hihg", "Priority=Hihg: it is one of Low, Medium, High. Did you mean High?", "Chromium"),
        ("Secure=false", "Secure=false: the value means nothing, the word alone counts.", "5.6"),
        ("Path=/a; Path=/", "Path=/a: the last Path counts.", "5.6"),
        (f"Path=/; Path=/{'x' * 1024}", "Path: its value has more than 1,024 octets.", "5.6"),
    ],
)
@pytest.mark.parametrize("line", ["id=1", "__Host-id=1"], ids=["stored", "refused"])
def test_what_a_browser_ignores_is_named_with_the_nearest_right_word(line, part, because, section):
    found = why(f"{line}; {part}", SHOP)
    assert tuple(reason[:2] for reason in found.ignored) == (
        (because, section if section == "Chromium" else f"RFC 6265bis, {section}"),
    )
    assert "\nignored " in repr(found)


def test_what_a_browser_takes_is_not_called_ignored():
    line = (
        "id=1; path=/; EXPIRES=Thu, 01-Jan-70 00:00:10 GMT; max-age=+60; samesite=none; Secure; HttpOnly; Partitioned"
    )
    for parts in ("", "; Priority=high; Domain=", ";;", f"; Domain={'x' * 1024}"):
        found = why(line + parts, SHOP)
        assert found.ignored == ()
        assert "ignored" not in repr(found)


def test_it_reads_as_a_table():
    line = SetCookie("connect.sid=s%3Aid.signature; Path=/; HttpOnly; Secure")
    lines = repr(why(line, "http://localhost:5000/api/visits")).splitlines()
    assert lines[0].split() == ["question", "Chromium", "rule", "because"]
    assert [line.split("  ")[0] for line in lines[2:6]] == ["stored?", "shown to scripts?", "sent back?", "Safari"]
    assert ["yes" in line for line in lines[2:5]] == [True, False, True]
    assert lines[3].endswith("NO        RFC 6265bis, 5.8.3        It is HttpOnly.")
    assert "<td" in why(line, SHOP)._repr_html_()


def test_a_mistake_is_told():
    with pytest.raises(ValueError, match=r"'shop.example' is no address: it begins with http:// or https://"):
        why("id=1", "shop.example")
    with pytest.raises(ValueError, match="'ftp://shop.example/' is no address"):
        why("id=1", SHOP, Context(to="ftp://shop.example/"))
    with pytest.raises(ValueError, match=r"\(request='iframe'\): it is one of 'visit', .* Did you mean 'frame'\?"):
        Context(request="iframe", page=OTHER)
    with pytest.raises(ValueError, match=r"^Context\(redirects='https://a/'\): it is a tuple of addresses"):
        Context(redirects="https://a/")
    with pytest.raises(ValueError, match=r"^Context\(redirects=…\): 'shop.example' is no address"):
        Context(redirects=("shop.example",))
    with pytest.raises(ValueError, match=r"\(credentials='included'\): it is one of .* Did you mean 'include'\?"):
        Context(credentials="included")
    with pytest.raises(ValueError, match=r"Context\(set_by='image'\) needs the page that it comes from"):
        Context(set_by="image")


@pytest.mark.parametrize("line", [b"id=1", 5, [5], "id=\udc80", "id=1; Path=/\ud800"])
def test_what_is_no_line_is_told(line):
    with pytest.raises(ValueError, match=r"A line is text|The line contains .*half a character"):
        why(line, SHOP)


@given(
    st.text() | st.text("abPathDominSecure__Host-=;,. \t/\x07\udc80é", max_size=60),
    st.sampled_from(["https://shop.example/", "http://127.0.0.1/a", "https://me.github.io/", "http://localhost/"]),
)
def test_any_text_has_an_answer_or_a_value_error(line, url):
    try:
        found = why(line, url)
    except UnicodeError:
        raise
    except ValueError:
        return
    assert found.stored.answer or not found.sent.answer
    assert found.stored.answer or not found.shown.answer
    assert repr(found)
