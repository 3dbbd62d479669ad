"""The store that lesson 17 writes in thirty lines does what a simple store promises."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo_app.session import CookieOptions, SessionCookie, StoredSession, clock

LESSON = Path(__file__).parents[2] / "notebooks" / "17_store.ipynb"
NAMES = {"Path": Path}
(CELL,) = (cell.source for cell in nbformat.read(LESSON, as_version=4).cells if "class FolderStore" in cell.source)
exec(CELL.rpartition("\n\n\n")[0], NAMES)  # its last statement uses it


def stored(data: str = "{}", max_age: int | None = None) -> StoredSession:
    return StoredSession(SessionCookie(CookieOptions(max_age=max_age)), data)


@pytest.fixture
def store(tmp_path):
    return NAMES["FolderStore"](tmp_path / "sessions")


def test_a_session_comes_back_and_another_one_takes_its_place(store):
    assert store.get("x") is None
    for session in (stored('{"n":1}'), stored('{"n":2}', max_age=60)):
        store.set("x", session)
        assert store.get("x") == session


def test_what_is_destroyed_is_gone_and_nothing_else(store):
    store.set("x", stored())
    store.set("y", stored())
    for _ in range(2):
        store.destroy("x")
    assert store.get("x") is None
    assert store.get("y") == stored()


def test_touch_moves_the_date_and_keeps_the_data(store):
    later = stored(max_age=600).cookie
    assert store.touch("x", later) is False
    assert store.get("x") is None
    store.set("x", stored('{"n":1}', max_age=60))
    assert store.touch("x", later) is True
    assert store.get("x") == StoredSession(later, '{"n":1}')


def test_an_expired_session_is_as_good_as_gone(store, monkeypatch):
    store.set("x", stored(max_age=60))
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 60_000)
    assert store.get("x") is None
    assert store.touch("x", stored(max_age=60).cookie) is False


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sid=st.text(min_size=1))
def test_any_text_can_be_an_id_and_none_leads_out_of_the_folder(store, sid):
    store.set(sid, stored())
    assert store.get(sid) == stored()
    folder = store._folder
    assert {path.parent for path in folder.parent.rglob("*.json")} == {folder}
    store.destroy(sid)


def test_two_of_one_folder_see_the_same_sessions_and_threads_see_no_half(store, tmp_path):
    other = NAMES["FolderStore"](tmp_path / "sessions")
    whole = [stored('{"n":"' + letter * 50_000 + '"}') for letter in "ab"]
    store.set("x", whole[0])
    with ThreadPoolExecutor(4) as threads:
        writing = [threads.submit(store.set, "x", whole[number % 2]) for number in range(100)]
        found = [threads.submit(other.get, "x") for _ in range(100)]
        assert all(each.result() in whole for each in found)
        assert all(each.result() is None for each in writing)
    assert [path.suffix for path in (tmp_path / "sessions").iterdir()] == [".json"]
