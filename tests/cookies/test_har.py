"""A recording: what became of each of its cookies. (``tests/browser`` has one that a browser has made.)"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo_app.cookies.har import WITHOUT_COOKIES, read
from demo_app.cookies.recording import TROUBLE, Recording
from tests.cookies.hars import document, entry, fetch, har

SHOP, API = "https://shop.example/", "https://api.other.example/data"


def record(*entries, **more) -> Recording:
    return Recording(read(har(entries, **more)))


def told(recording: Recording, name: str) -> list[tuple[int, str, str]]:
    """Number, what happens, and why, of the cookies of a name."""
    return [
        (event.number, event.what, " ".join(reason.because for reason in event.reasons))
        for event in recording.events
        if event.name == name
    ]


def has_trouble(recording: Recording) -> bool:
    return any(event.what in TROUBLE for event in recording.events)


def test_a_cookie_that_comes_back():
    recording = record(document(SHOP, "id=1; HttpOnly"), document(f"{SHOP}account", cookie="id=1", second=1))
    assert told(recording, "id") == [(1, "set", "It is kept until the browser session ends."), (2, "sent", "")]
    assert not has_trouble(recording)
    assert recording.notes == []
    assert repr(recording.story("id")).splitlines()[-1].split() == ["#2", f"{SHOP}account", "sent"]


def test_a_cookie_that_is_refused():
    recording = record(
        document(SHOP, "id=1; SameSite=None", "b=1; Domain=example; SamSite=Lax"), document(SHOP, second=1)
    )
    assert told(recording, "id") == [(1, "refused", "SameSite=None needs Secure.")]
    assert told(recording, "b") == [
        (
            1,
            "refused",
            "Domain=example is a public suffix, shared by many sites. "
            "SamSite=Lax: there is no such attribute. Did you mean SameSite?",
        )
    ]
    assert has_trouble(recording)


def test_a_cookie_that_a_rule_holds_back():
    recording = record(
        document(SHOP, "id=1; Path=/account"),
        document(f"{SHOP}cart", second=1),
        document("https://www.shop.example/account", second=2),
        document("https://elsewhere.example/", second=3),
        document(
            f"{SHOP}account", referer="https://elsewhere.example/", sec_fetch_site="cross-site", cookie="id=1", second=4
        ),
    )
    assert told(recording, "id")[1:] == [
        (2, "not sent", "/cart is not below its path /account."),
        (3, "not sent", "It has no Domain, so it is for shop.example alone."),
        (5, "sent", ""),
    ]
    assert has_trouble(recording)


def test_deleting_and_setting_it_again():
    recording = record(
        document(SHOP, "id=1"),
        document(SHOP, "id=; Max-Age=0", cookie="id=1", second=1),
        document(SHOP, "id=2", second=2),
        document(SHOP, "id=3; Max-Age=60", cookie="id=2", second=3),
        document(SHOP, cookie="id=3", second=4),
        document(SHOP, second=90),
    )
    assert [what for _, what, _ in told(recording, "id")] == [
        *("set", "sent", "deleted", "set", "sent", "set", "sent", "ended")
    ]
    assert told(recording, "id")[-1][2] == "It was kept until 12:01:03 UTC."
    assert not has_trouble(recording)


@pytest.mark.parametrize("later", [True, False])
def test_a_fetch_that_did_not_ask_for_credentials(later):
    """Front end and API on two sites: whether the script said "include", no file tells. What came back later does."""
    entries = [document(SHOP), fetch(API, "id=1; Secure; SameSite=None; HttpOnly", page=SHOP, second=1)]
    entries += [fetch(API, page=SHOP, second=2)] * later
    recording = record(*entries)
    ((number, what, why),) = told(recording, "id")
    assert (number, what) == (2, "refused" if later else "unclear")
    assert why.startswith('To another origin, fetch needs credentials: "include"')
    assert "The browser may be set to give third parties no cookies." in why
    assert ("No later request shows" in why) is not later
    assert has_trouble(recording) is later
    assert recording.notes == ["What a script tells fetch about credentials is not in a recording."]


def test_a_fetch_that_did():
    recording = record(
        document(SHOP),
        fetch(API, "id=1; Secure; SameSite=None; HttpOnly", page=SHOP, second=1),
        fetch(API, page=SHOP, cookie="id=1", second=2),
        fetch(API, page=SHOP, second=3),
    )
    assert told(recording, "id") == [
        (2, "set", "It is kept until the browser session ends."),
        (3, "sent", ""),
        (
            4,
            "missing",
            'To another origin, fetch needs credentials: "include" for cookies in either direction. '
            "The browser may be set to give third parties no cookies.",
        ),
    ]


def test_samesite_is_certain_whatever_fetch_was_told():
    recording = record(
        document("https://api.other.example/", "id=1; SameSite=Lax"),
        document(SHOP, second=1),
        fetch(API, page=SHOP, second=2),
    )
    assert told(recording, "id")[-1][:2] == (3, "not sent")
    assert "SameSite=Lax keeps it from what a page of another site loads." in told(recording, "id")[-1][2]


def test_a_recording_of_firefox_goes_by_its_rules():
    entries = [
        document("https://api.other.example/", "id=1; Secure; SameSite=None"),
        document(SHOP, second=1),
        fetch(API, "apart=1", page=SHOP, second=2),
        fetch(API, page=SHOP, cookie="apart=1", second=3),
    ]
    recording = Recording(read(har(entries)), "firefox")
    assert recording.browser == "Firefox (cookieBehavior 5, the default)"
    assert [what for _, what, _ in told(recording, "apart")] == ["set", "sent"]
    assert "In pages of other sites, this browser keeps other cookies than these." in told(recording, "id")[-1][2]
    assert [what for _, what, _ in told(record(*entries), "apart")] == ["refused", "found"]


def test_what_a_hidden_answer_may_have_done():
    recording = record(
        document(SHOP, "id=1; HttpOnly"),
        fetch(f"{SHOP}api", page=SHOP, second=1, hidden=True),
        fetch(f"{SHOP}api", page=SHOP, second=2),
    )
    (number, what, why) = told(recording, "id")[-1]
    assert (number, what) == (3, "missing")
    assert "An answer that was hidden may have changed or deleted it: #2." in why
    assert "fetch was told to omit cookies." in why
    assert recording.notes[0].startswith("The browser kept from the recording what came with #2 (CORS)")


def test_what_a_script_may_have_done():
    recording = record(
        document(SHOP, "theme=dark", "id=1; HttpOnly"),
        document(SHOP, second=1, cookie="theme=light; id=1"),
        document(SHOP, second=2, cookie="theme=light; id=1; seen=1"),
        document(SHOP, second=3),
    )
    assert [found[:2] for found in told(recording, "theme")] == [(1, "set"), (2, "found"), (3, "sent"), (4, "missing")]
    assert "a script" in told(recording, "theme")[1][2]
    assert "A script of the page may have deleted it." in told(recording, "theme")[3][2]
    assert told(recording, "id")[-1] == (4, "missing", "Somebody may have deleted it, or the browser.")
    assert told(recording, "seen") == [
        (3, "found", "No answer of the recording sets it: it was there before, or a script has set it.")
    ]


def test_requests_that_are_under_way_know_nothing_of_it():
    recording = record(
        document(SHOP, "old=1"),
        fetch(f"{SHOP}login", "id=1", "old=; Max-Age=0", page=SHOP, cookie="old=1", second=1, lasts=5),
        fetch(f"{SHOP}me", page=SHOP, cookie="old=1", second=2),
        fetch(f"{SHOP}me", page=SHOP, cookie="id=1", second=7),
    )
    assert [what for _, what, _ in told(recording, "id")] == ["set", "not yet sent", "sent"]
    assert [what for _, what, _ in told(recording, "old")] == ["set", "sent", "deleted"]
    assert not has_trouble(recording)


def test_redirects_are_followed():
    """From a bank back to the shop, with a form that a redirect turns into a GET."""
    bank = "https://bank.example/"
    recording = record(
        document(SHOP, "lax=1; SameSite=Lax", "strict=1; SameSite=Strict"),
        document(bank, second=1),
        document(
            f"{SHOP}paid",
            method="POST",
            status=302,
            location="/thanks",
            referer=bank,
            sec_fetch_site="cross-site",
            second=2,
        ),
        document(f"{SHOP}thanks", cookie="lax=1", referer=bank, sec_fetch_site="cross-site", second=3),
    )
    assert [found[:2] for found in told(recording, "lax")] == [(1, "set"), (3, "not sent"), (4, "sent")]
    assert "SameSite=Strict keeps it" in told(recording, "strict")[-1][2]


def test_where_the_browser_tells_less_the_kind_of_a_request_still_shows():
    """Over plain HTTP there is no Sec-Fetch header; Chromium has a type of its own, a page's title is its address."""
    front, back = "http://front.example/", "http://back.example/img"
    entries = [
        entry(back, "id=1; SameSite=Lax", second=0) | {"_resourceType": "document", "pageref": "page_2"},
        entry(front, second=1) | {"_resourceType": "document"},
        entry(back, referer=front, second=2) | {"_resourceType": "image"},
        entry(back, referer=front, second=3) | {"_resourceType": "document"},
        entry(back, cookie="id=1", referer=front, second=4) | {"_resourceType": "document", "pageref": "page_3"},
        entry("ws://back.example/live", referer=front, second=5) | {"_resourceType": "websocket"},
    ]
    assert [found[:2] for found in told(record(*entries), "id")] == [
        (1, "set"),
        (3, "not sent"),
        (4, "not sent"),  # a second document of the same page is a frame
        (5, "sent"),
        (6, "not sent"),
    ]


def test_a_script_in_a_frame_names_the_page_around_it_as_a_possible_reason():
    frame = "https://widget.example/frame"
    recording = record(
        document("https://widget.example/", "id=1; SameSite=Lax"),
        document(SHOP, second=1),
        fetch("https://widget.example/me", page=frame, second=2),
    )
    assert told(recording, "id")[-1][1] == "missing"
    assert "SameSite=Lax keeps it" in told(recording, "id")[-1][2]
    assert "Nor is the page around a frame." in recording.notes


def test_what_is_from_a_cache_tells_nothing():
    recording = record(document(SHOP, "id=1"), document(SHOP, second=1) | {"_fromCache": "disk"})
    assert [what for _, what, _ in told(recording, "id")] == ["set"]


def test_the_question_of_cors_has_no_cookies():
    asked = fetch(API, page=SHOP, second=1, method="OPTIONS", access_control_request_method="POST")
    recording = record(document("https://api.other.example/", "id=1; Secure; SameSite=None"), asked)
    assert [what for _, what, _ in told(recording, "id")] == ["set"]


def test_firefox_tells_a_page_by_what_it_takes():
    """Over plain HTTP, where it says neither where a request leads to nor of which type it is."""
    shop, elsewhere, page = "http://shop.example/", "http://elsewhere.example/", "text/html,application/xhtml+xml"
    recording = record(
        entry(shop, "id=1; SameSite=Lax", accept=page),
        entry(elsewhere, accept=page, second=1) | {"pageref": "page_2"},
        entry(f"{shop}logo", accept="image/png", referer=elsewhere, second=2) | {"pageref": "page_2"},
        entry(f"{shop}cart", accept=page, referer=elsewhere, second=3, cookie="id=1") | {"pageref": "page_3"},
    )
    assert [found[:2] for found in told(recording, "id")] == [(1, "set"), (3, "not sent"), (4, "sent")]
    assert recording.notes == []


def test_what_has_led_to_a_request_counts():
    """A fetch that was led away comes back without cookies, but for one that has told it to take them."""
    away = fetch(f"{SHOP}a", page=SHOP, cookie="id=1", status=302, location=API, second=1)
    again = fetch(API, page=SHOP, status=302, location=f"{SHOP}b", second=2)
    recording = record(document(SHOP, "id=1"), away, again, fetch(f"{SHOP}b", page=SHOP, second=3))
    assert told(recording, "id")[-1][:2] == (4, "not sent")
    assert told(recording, "id")[-1][2].startswith("To another origin, fetch needs")


def test_a_cookie_ends_where_its_own_site_is_asked():
    recording = record(
        document(SHOP, "id=1; Max-Age=60"), document("https://other.example/", second=70), document(SHOP, second=90)
    )
    assert [(event.number, event.what, event.site) for event in recording.events] == [
        (1, "set", "shop.example"),
        (3, "ended", "shop.example"),
    ]


def test_no_address_shows_a_password_or_a_query():
    recording = record(document("https://ada:s3cret@shop.example/a?token=s3cret@", "id=1", "=2"))
    assert {event.url for event in recording.events} == {f"{SHOP}a"}
    assert "(no name) of shop.example" in repr(recording)


def test_too_many_are_seen():
    lines = [f"c{number}=1" for number in range(181)]
    assert told(record(document(SHOP, *lines)), "c0")[-1][1] == "deleted"


def test_firefox_puts_several_lines_into_one_header():
    assert [what for _, what, _ in told(record(document(SHOP, "a=1\nid=2; Path=/")), "id")] == ["set"]


def test_what_is_not_http_is_left_out():
    assert record(entry("data:text/css,"), entry("chrome-extension://abc/x.js"), entry("https://[")).events == []


def test_a_summary_comes_first():
    recording = record(
        document(SHOP, "id=1; HttpOnly"), *(document(f"{SHOP}{n}", cookie="id=1", second=n) for n in range(1, 9))
    )
    lines = repr(recording).splitlines()
    assert lines[0].split("  ")[0] == "cookie"
    assert lines[2].startswith("id of shop.example  set    #1  ")
    assert lines[4].split("  ")[-1].strip() == "#2, #3, #4 and 5 more"
    assert repr(record(document(SHOP))) == "No request and no answer has a cookie."
    assert "<td" in recording._repr_html_()
    with pytest.raises(ValueError, match=r"^The recording has no cookie named 'ID'. It has: id\.$"):
        recording.story("ID")


def test_chromium_leaves_cookies_out_unless_it_is_told():
    entries = [document(SHOP), document(SHOP, second=1)]
    with pytest.raises(ValueError, match="with sensitive data") as caught:
        record(*entries, creator="WebInspector")
    assert str(caught.value) == WITHOUT_COOKIES
    assert record(document(SHOP, "id=1"), creator="WebInspector").events
    assert record(*entries).events == []


ENTRY = entry(SHOP)
WITHOUT_DATE = {key: value for key, value in ENTRY.items() if key != "startedDateTime"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is no JSON that can be read"),
        ("<html>", "it is no JSON that can be read"),
        (b"\xff\xfe\x00", "it is no JSON that can be read"),
        ("[" * 100_000, "it is no JSON that can be read"),
        ('{"a":' * 100_000, "it is no JSON that can be read"),
        ("1" * 5000, "it is no JSON that can be read|log has to be an object"),
        ("[]", "log has to be an object"),
        ('{"log": 5}', "log has to be an object"),
        ('{"log": {}}', "log.entries has to be a list"),
        (har([5]), r"log.entries\[0\].request has to be an object"),
        (har([ENTRY, WITHOUT_DATE]), r"log.entries\[1\].startedDateTime has to be text"),
        (har([ENTRY | {"startedDateTime": "soon"}]), r"log.entries\[0\].startedDateTime is no date: 'soon'"),
        (har([ENTRY | {"startedDateTime": "9999-12-31T23:59:59Z"}]), "is no date: '9999"),
        (har([ENTRY | {"startedDateTime": "0001-01-01T00:00:00+23:00"}]), "is no date: '0001"),
        (har([ENTRY | {"request": {"url": 5}}]), r"log.entries\[0\].request.url has to be text"),
        (har([ENTRY | {"response": {"headers": {}}}]), r"log.entries\[0\].response.headers has to be a list"),
        (har([ENTRY | {"response": {"headers": [{"name": 1}]}}]), r"response.headers.name has to be text"),
    ],
)
def test_what_is_no_recording_is_told(text, words):
    with pytest.raises(ValueError, match=words):
        read(text)


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(("2026-11-25T12:00:00Z", SHOP)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.data())
def test_whatever_a_file_holds_has_an_answer_or_a_value_error(data):
    whole = json.loads(
        har(
            [document(SHOP, "id=1"), fetch(API, "b=1", page=SHOP, cookie="id=1")],
            data.draw(st.sampled_from(("WebInspector", "x"))),
        )
    )
    place, key = whole, "log"
    for _ in range(data.draw(st.integers(0, 6))):
        inner = place[key]
        keys = sorted(inner) if isinstance(inner, dict) else range(len(inner)) if isinstance(inner, list) else ()
        if not keys:
            break
        place, key = inner, data.draw(st.sampled_from(list(keys)))
    place[key] = data.draw(_json)
    try:
        recording = Recording(read(json.dumps(whole)))
    except UnicodeError:
        raise
    except ValueError:
        return
    repr(recording)
