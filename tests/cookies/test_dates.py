"""When a cookie ends, as browsers read it. ``spellings.py`` has what Chromium said."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from time import asctime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from demo_app.cookies import why
from demo_app.cookies.dates import read_age, read_date
from tests.cookies.spellings import AGES, DATES, FIREFOX_AGES

SHOP = "https://shop.example/"
# Of the years that two digits can say, where a form has no more.
DAYS = st.datetimes(datetime(1970, 1, 1), datetime(2069, 12, 31), timezones=st.just(timezone.utc))


@pytest.mark.parametrize(("text", "date"), DATES, ids=[spelling.text for spelling in DATES])
def test_a_date_is_the_one_that_chromium_reads(text, date):
    assert read_date(text) == date


@pytest.mark.parametrize(("text", "seconds"), AGES.items(), ids=[*AGES])
def test_an_age_is_the_one_that_chromium_reads(text, seconds):
    assert read_age(text) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(("text", "seconds"), FIREFOX_AGES.items(), ids=[*FIREFOX_AGES])
def test_an_age_is_the_one_that_firefox_reads(text, seconds):
    assert read_age(text, by_first_sign=True) == (None if seconds is None else timedelta(seconds=seconds))


def test_of_a_date_that_firefox_may_read_otherwise_the_doctor_says_so():
    doubt = "Firefox may read this date otherwise: not checked."
    for client, text, is_unsure in (
        ("firefox", "Fri, 01 Jan 2100 00:00:00 -0800", True),
        ("firefox", "Fri, 01 Jan 2100 24:00:00 GMT", True),
        ("firefox", "Thu, 1 Jan 1970 0:0:1 GMT", True),
        ("firefox", "Fri, 01 Jan 2100 00:00:00 GMT", False),
        ("firefox", "Thu, 01-Jan-70 00:00:10 GMT", False),
        ("firefox", "Fri Jan  1 00:00:00 2100", False),
        ("firefox", "tomorrow", False),
        ("chromium", "Fri, 01 Jan 2100 00:00:00 -0800", False),
    ):
        assert (doubt in why(f"id=1; Expires={text}", SHOP, client=client).stored.because) == is_unsure, text
    aged = "id=1; Max-Age=60; Expires=Fri, 01 Jan 2100 00:00:00 -0800"
    assert doubt not in why(aged, SHOP, client="firefox").stored.because


def test_the_doctor_reads_them_so():
    for date in ("Thu, 01-Jan-70 00:00:10 GMT", "Thu Jan  1 00:00:00 GMT 1970", "Thu, 1 Jan 1970 0:0:1 GMT"):
        assert "deletes" in why(f"id=1; Expires={date}", SHOP).stored.because
    assert why("id=1; Expires=Fri, 01 Jan 2100 24:00:00 GMT", SHOP).lifetime is None
    assert why("id=1; Expires=Fri Jan 01 2100 00:00:00 GMT+0100 (CET)", SHOP).lifetime == timedelta(days=400)
    assert why("id=1; Max-Age=+60", SHOP).lifetime == timedelta(minutes=1)


@given(DAYS)
def test_the_three_forms_of_http_are_read(date):
    date = date.replace(microsecond=0)
    assert read_date(format_datetime(date, usegmt=True)) == date
    assert read_date(f"{date:%A, %d-%b-%y %H:%M:%S GMT}") == date
    assert read_date(asctime(date.timetuple())) == date


@given(DAYS, st.permutations(["%H:%M:%S", "%b", "%Y"]), st.integers(0, 3))
def test_the_order_of_the_parts_is_of_no_account(date, parts, place):
    date = date.replace(microsecond=0)
    assert read_date(f"{date:{' '.join([*parts[:place], '%d', *parts[place:]])}}") == date


@given(st.text() | st.text("0123456789:- JanFebGMT,x", max_size=40))
@example("1 Jan 2030 " + "9" * 5000 + ":0:0")
def test_any_text_is_a_date_or_none(text):
    date = read_date(text)
    assert date is None or date.tzinfo is timezone.utc


@given(st.text() | st.from_regex("[+-]?[0-9]{1,1024}", fullmatch=True))
def test_any_text_is_an_age_or_none(text):
    age = read_age(text)
    assert age is None or age >= timedelta(0)


@given(st.text("0123456789:- JanFebGMT,x", max_size=40), st.text("+-0123456789hx. ", max_size=12))
def test_an_age_counts_before_a_date(date, age):
    line = f"id=1; Max-Age={age}; Expires={date}"
    alone = f"id=1; Max-Age={age}" if read_age(age.strip()) is not None else f"id=1; Expires={date}"
    found, expected = why(line, SHOP), why(alone, SHOP)
    assert found.stored == expected.stored
    assert (found.lifetime is None) == (expected.lifetime is None)
