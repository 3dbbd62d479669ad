"""A jar: many lines in their order. ``tests/browser`` holds it against the browsers; here also the words."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from demo_app.cookies import Context, Jar

SHOP, PLAIN = "https://shop.example/", "http://shop.example/"
OTHER = "https://other.example/"
NOON = datetime(2026, 11, 25, 12, tzinfo=timezone.utc)


def test_the_longer_path_goes_first_and_then_the_older_one():
    jar = Jar()
    for line in ("a=1; Path=/", "b=2; Path=/account", "c=3; Path=/", "d=4; Path=/account"):
        jar.take(line, SHOP)
    assert jar.sent(f"{SHOP}account/login").text == "b=2; d=4; a=1; c=3"
    assert jar.shown(SHOP).text == "a=1; c=3"


def test_another_value_makes_it_younger_the_same_one_does_not():
    jar = Jar()
    for line in ("a=1", "b=1", "c=1", "a=1; HttpOnly", "b=2"):
        taken = jar.take(line, SHOP)
    assert jar.sent(SHOP).text == "a=1; c=1; b=2"
    assert jar.shown(SHOP).text == "c=1; b=2"
    ((old, (because, rule, _)),) = taken.gone
    assert (old.cookie.name, old.cookie.value) == ("b", "1")
    assert (because, rule) == ("One of the same name, domain and path takes its place.", "RFC 6265bis, 5.7, step 23")


def test_cookies_of_one_name_live_side_by_side():
    jar = Jar()
    for line in ("id=host", "id=domain; Domain=shop.example", "id=path; Path=/a"):
        jar.take(line, SHOP)
    assert jar.sent(f"{SHOP}a").text == "id=path; id=host; id=domain"
    assert jar.sent("https://www.shop.example/").text == "id=domain"


def test_a_deletion_says_what_it_leaves():
    jar = Jar()
    jar.take("id=1; Path=/a", f"{SHOP}a/b")
    taken = jar.take("id=; Max-Age=0", SHOP)
    assert taken.deletes
    assert not taken.gone
    assert taken.stored.because == (
        "Its end has come: this deletes the cookie named 'id' of shop.example with Path=/, and no other. "
        "There is still the cookie named 'id' of shop.example with Path=/a."
    )
    taken = jar.take("id=; Max-Age=0; Path=/a", SHOP)
    assert [kept.cookie.path for kept, _ in taken.gone] == ["/a"]
    assert "There is still" not in taken.stored.because
    assert jar.sent(f"{SHOP}a").text == ""


def test_plain_http_leaves_secure_cookies_alone():
    jar = Jar()
    jar.take("id=1; Secure", SHOP)
    for line in ("id=2", "id=; Max-Age=0", "id=2; Path=/a", "id=2; Domain=shop.example"):
        taken = jar.take(line, PLAIN)
        assert not taken.stored.answer
        assert not taken.deletes
        assert taken.stored[1:3] == (
            "Plain HTTP leaves Secure cookies alone, and there is the cookie named 'id' of shop.example with Path=/.",
            "RFC 6265bis, 5.7, step 16",
        )
    assert jar.take("other=2", PLAIN).stored.answer
    assert jar.sent(SHOP).text == "id=1; other=2"


def test_no_script_changes_an_http_only_cookie():
    jar, script = Jar(), Context(set_by="script")
    jar.take("id=1; HttpOnly", SHOP)
    for line in ("id=2", "id=; Max-Age=0"):
        assert jar.take(line, SHOP, script).stored[1:3] == (
            "It is there already, HttpOnly, and no script can change that one.",
            "RFC 6265bis, 5.7, step 23",
        )
    assert jar.take("id=3; Path=/a", SHOP, script).stored.answer
    assert jar.sent(f"{SHOP}a").text == "id=3; id=1"


def test_a_partition_is_a_jar_of_its_own():
    jar = Jar()
    jar.take("id=1; Secure", SHOP)
    jar.take("id=2; Secure; SameSite=None; Partitioned", SHOP, Context(set_by="frame", page=OTHER))
    jar.take("id=; Max-Age=0", SHOP)
    assert jar.sent(SHOP).text == ""
    assert jar.sent(SHOP, Context(request="frame", page=OTHER)).text == "id=2"


def test_what_is_one_too_many_sends_the_oldest_away():
    jar = Jar()
    for number in range(180):
        assert not jar.take(f"c{number}=1", SHOP).gone
    jar.take("elsewhere=1", OTHER)
    gone = jar.take("c180=1", "https://www.shop.example/").gone
    assert [kept.cookie.name for kept, _ in gone] == [f"c{number}" for number in range(31)]
    assert {reason[:2] for _, reason in gone} == {
        (
            "A site has 180 cookies at most. The oldest leave first, and before them those without Secure. In Chromium "
            "also those of low Priority, and a partition has 10,240 octets at most.",
            "RFC 6265bis, 6.1",
        )
    }
    assert jar.sent(OTHER).text == "elsewhere=1"


def test_low_priority_leaves_before_what_is_older():
    jar = Jar()
    for number in range(181):
        priority = "; Priority=Low" if number >= 100 else ""
        gone = jar.take(f"c{number}=1{priority}", SHOP).gone
    assert [kept.cookie.name for kept, _ in gone] == [f"c{number}" for number in range(100, 131)]


def test_in_firefox_another_value_leaves_it_where_it_is():
    jar = Jar("firefox")
    for line in ("a=1", "b=1", "a=2"):
        jar.take(line, SHOP)
    assert jar.sent(SHOP).text == "a=2; b=1"


def test_firefox_leaves_a_secure_cookie_alone_only_where_one_request_may_carry_both():
    for client, stored in (("firefox", True), ("chromium", False)):
        jar = Jar(client)
        jar.take("id=1; Secure", "https://www.shop.example/")
        assert jar.take("id=2", PLAIN).stored.answer == stored
        assert not jar.take("id=2; Domain=shop.example", PLAIN).stored.answer


def test_firefox_knows_no_priority_and_stores_nothing_at_the_cost_of_what_is_secure():
    jar = Jar("firefox")
    for number in range(181):
        gone = jar.take(f"c{number}=1{'' if number < 100 else '; Priority=Low'}", SHOP).gone
    assert [kept.cookie.name for kept, _ in gone] == [f"c{number}" for number in range(31)]
    jar = Jar("firefox")
    for number in range(180):
        jar.take(f"c{number}=1; Secure", SHOP)
    taken = jar.take("new=1", SHOP)
    assert (taken.stored.answer, taken.kept, taken.gone) == (False, None, ())
    assert taken.stored.because.startswith("A site has 180 cookies at most.")
    assert len(jar.sent(SHOP)) == 180


def test_time_passes():
    jar = Jar()
    jar.take("short=1; Max-Age=60", SHOP, at=NOON)
    jar.take("dated=1; Expires=Wed, 25 Nov 2026 13:00:00 GMT", SHOP, at=NOON)
    jar.take("session=1", SHOP, at=NOON)
    later = NOON + timedelta(minutes=2)
    assert jar.sent(SHOP, at=NOON).text == "short=1; dated=1; session=1"
    assert jar.sent(SHOP, at=later).text == "dated=1; session=1"
    assert jar.take("dated=1; Expires=Wed, 25 Nov 2026 12:01:00 GMT", SHOP, at=later).deletes


def test_a_cookie_without_samesite_goes_with_another_sites_post_for_two_minutes():
    jar, form = Jar(), Context(request="form", page=OTHER)
    jar.take("id=1", SHOP, at=NOON)
    assert jar.sent(SHOP, form, at=NOON + timedelta(minutes=2)).text == "id=1"
    ((_, finding),) = jar.sent(SHOP, form, at=NOON + timedelta(minutes=2, seconds=1))
    assert finding[:3] == (
        False,
        "Without SameSite, a POST of another site carries it for two minutes, and they are over.",
        "RFC 6265bis, 5.6.7.2",
    )


def test_it_reads_as_a_table():
    jar = Jar()
    assert repr(jar.sent(SHOP)) == "(no cookies)"
    jar.take("id=1; Colour=red; Path=/a", SHOP)
    rows = repr(jar.take("id=2; Path=/a; Colour=red", SHOP)).splitlines()[2:]
    assert [row.split("  ")[0] for row in rows] == ["stored?", "gone", "", "ignored"]
    assert "NO" in repr(jar.sent(SHOP))
    assert "<td" in jar.sent(SHOP)._repr_html_()


@pytest.mark.parametrize("line", [None, b"id=1", "id=\udc80"])
def test_what_is_no_line_is_told(line):
    with pytest.raises(ValueError, match=r"A line is text|The line contains .*half a character"):
        Jar().take(line, SHOP)
