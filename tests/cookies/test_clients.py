"""The doctor for Firefox, for both browsers at once, and what it says of Safari."""

from __future__ import annotations

import pytest

from demo_app.cookies import Context, Jar, why

SHOP, OTHER = "https://shop.example/", "https://other.example/"
IMAGE = Context(request="image", page=OTHER)


@pytest.mark.parametrize(
    ("line", "context", "because", "rule"),
    [
        ("=1", Context(), "It has no name.", "Firefox"),
        ("id=1; Path=/a\t", Context(), "It is kept until the browser session ends.", "5.7, step 6"),
        ("id=1; Path=/a\tb", Context(), "It contains a control character.", "5.6, step 1"),
        (
            "id=1",
            Context(set_by="image", page=OTHER, third_party_cookies=False),
            "Another site's page has loaded it, and this browser blocks that.",
            "7.1",
        ),
    ],
)
def test_firefox_refuses_or_stores_by_rule(line, context, because, rule):
    stored = why(line, SHOP, context, client="firefox").stored
    assert stored.because == because
    assert stored.rule.endswith(rule)


@pytest.mark.parametrize(
    ("line", "context", "sent", "because"),
    [
        ("id=1", IMAGE, False, "In pages of other sites, this browser keeps other cookies than these."),
        (
            "id=1",
            Context(set_by="image", page=OTHER),
            False,
            "It is kept for pages of https://other.example alone.",
        ),
        (
            "id=1",
            Context(request="image", page=OTHER, third_party_cookies=True),
            True,
            "It has no SameSite, and goes with every request.",
        ),
        (
            "id=1; SameSite=Strict",
            Context(redirects=(OTHER,)),
            False,
            "SameSite=Strict keeps it from every request of another site.",
        ),
        (
            "id=1; SameSite=Strict",
            Context(request="link", page="http://shop.example/"),
            True,
            "Its scheme, host and path fit.",
        ),
        (
            "id=1; SameSite=None; Secure",
            Context(request="image", page=OTHER, third_party_cookies=False),
            False,
            "This browser gives third parties no cookies.",
        ),
    ],
)
def test_firefox_sends_by_rule(line, context, sent, because):
    assert why(line, SHOP, context, client="firefox").sent[:2] == (sent, because)


def test_the_table_names_whose_answer_it_is():
    def heading(client, **settings):
        return repr(why("id=1", SHOP, Context(**settings), client)).splitlines()[0]

    assert heading("chromium").split() == ["question", "Chromium", "rule", "because"]
    assert "  Firefox (cookieBehavior 5, the default)  " in heading("firefox")
    assert "  Firefox (cookieBehavior 0)  " in heading("firefox", third_party_cookies=True)
    assert "  Firefox (cookieBehavior 1)  " in heading("firefox", third_party_cookies=False)


def test_both_have_a_column_each_and_a_row_each_where_their_reasons_differ():
    both = why("id=1; SameSite=None; Secure", SHOP, IMAGE, client="both")
    assert (both.chromium.sent.answer, both.firefox.sent.answer) == (True, False)
    stored, shown, sent, other = (row[:3] for row in both.rows() if row[0] != "Safari")
    assert stored == ("stored?", "yes", "yes")
    assert shown == ("shown to scripts?", "yes", "yes")
    assert (sent, other) == (("sent back?", "yes", ""), ("", "", "NO"))
    assert repr(both).splitlines()[0].split()[:3] == ["question", "Chromium", "Firefox"]
    assert "<td" in both._repr_html_()


def test_of_several_lines_both_have_an_answer_for_each():
    found = why(["a=1", "__Host-b=1; Secure"], SHOP, client="both")
    assert [(name, one.chromium.stored.answer, one.firefox.stored.answer) for name, one in found] == [
        ("a", True, True),
        ("__Host-b", False, True),
    ]
    assert (found.chromium.cookie, found.firefox.cookie) == ("a=1", "a=1; __Host-b=1")
    assert repr(found).splitlines()[0].split()[:4] == ["cookie", "question", "Chromium", "Firefox"]
    assert "the server sent none" in repr(why(None, client="both"))


def test_the_jar_is_one_of_firefox_too():
    jar = Jar("firefox")
    jar.take("word", SHOP)
    jar.take("id=1", SHOP, Context(set_by="frame", page=OTHER))
    assert jar.sent(SHOP).text == "word="
    jar.take("id=2", SHOP)
    assert jar.sent(SHOP).text == "word=; id=2"
    assert jar.sent(SHOP, IMAGE).text == "id=1"


@pytest.mark.parametrize(
    ("line", "url", "context", "what"),
    [
        ("id=1; Secure", "http://localhost/", Context(), ["Secure on this machine"]),
        ("id=1; Secure", "http://shop.example/", Context(), []),
        ("id=1; Secure", SHOP, Context(), []),
        ("id=1", SHOP, Context(request="link", page=OTHER), ["a cookie without SameSite"]),
        ("id=1", SHOP, Context(request="link", page=SHOP), []),
        ("id=1; SameSite=Lax", SHOP, Context(request="link", page=OTHER), []),
        ("id=1; SameSite=None; Secure", SHOP, IMAGE, ["third parties"]),
        ("id=1", SHOP, IMAGE, ["a cookie without SameSite", "third parties"]),
    ],
)
def test_safari_is_not_checked_where_it_is_known_to_differ(line, url, context, what):
    found = why(line, url, context)
    assert len(found.unchecked) == len(what)
    for reason, part in zip(found.unchecked, what, strict=True):
        assert reason.because.startswith("Not checked: ")
        assert part in reason.because
    assert ("Safari" in repr(found)) == bool(what)


def test_an_unknown_client_is_told():
    with pytest.raises(ValueError, match=r"client='fierfox': it is one of 'chromium', .* Did you mean 'firefox'\?"):
        why("id=1", SHOP, client="fierfox")
    with pytest.raises(ValueError, match=r"client='safari'"):
        why("id=1", SHOP, client="safari")
    with pytest.raises(ValueError, match=r"client='safari'"):
        Jar("safari")
