"""What is saved late: after the answer has begun, after the session's date, after somebody else's log-out."""

from __future__ import annotations

import json
import threading

import pytest
from flask import Flask, Response, copy_current_request_context, session, stream_with_context

from demo_app.session import CookieOptions, ExpressSessionInterface, MemoryStore, SessionOptions

PATIENCE = 30


class Site:
    def __init__(self, teardown=lambda error: None, **options):
        self.store = options.setdefault("store", MemoryStore())
        self.app = Flask(__name__)
        self.app.session_interface = ExpressSessionInterface(SessionOptions(secret="s", **options))
        self.app.teardown_request(teardown)
        self.app.add_url_rule("/", "view", lambda: self.view() or "ok")
        self.client = self.app.test_client()

    def get(self, view):
        self.view = view
        response = self.client.get("/")
        assert response.status_code == 200
        assert response.text  # reads all of it
        return response

    def data(self):
        return [json.loads(stored.data) for stored in self.store.all().values()]


@pytest.fixture
def site():
    made = Site(cookie=CookieOptions(max_age=60))
    made.get(lambda: session.update(a=1))
    return made


def count_and_save():
    session["a"] += 1
    assert session.save() is True


def begin_anew():
    session.regenerate()
    session["b"] = 1
    assert session.save() is True


LATE = pytest.mark.parametrize(
    ("late", "stored"), [(count_and_save, {"a": 2}), (begin_anew, {"b": 1})], ids=["save", "regenerate and save"]
)


@LATE
def test_in_a_streamed_body(site, late, stored):
    @stream_with_context
    def body():
        yield "begun"
        late()

    site.get(lambda: Response(body()))
    assert site.data() == [stored]


@LATE
def test_in_teardown_request(late, stored):
    due = []
    site = Site(teardown=lambda error: due and due.pop()())
    site.get(lambda: session.update(a=1))
    due.append(late)
    site.get(lambda: None)
    assert site.data() == [stored]


@LATE
def test_when_the_response_is_closed(site, late, stored):
    def view():
        response = Response("ok")
        response.call_on_close(copy_current_request_context(late))
        return response

    site.get(view).close()
    assert site.data() == [stored]


@LATE
def test_in_a_thread_that_outlives_the_request(site, late, stored):
    answered, errors = threading.Event(), []
    threads = []

    def view():
        @copy_current_request_context
        def work():
            assert answered.wait(PATIENCE)
            try:
                late()
            except Exception as error:
                errors.append(error)

        threads.append(threading.Thread(target=work))
        threads[0].start()

    site.get(view)
    answered.set()
    threads[0].join(PATIENCE)
    assert not threads[0].is_alive()
    assert errors == []
    assert site.data() == [stored]


class TestASessionThatRunsOutWhileItsRequestRuns:
    """What express-session does then is a case of tests/express. Here: what the log and a log-out make of it."""

    def slow(self, site, clock, meanwhile=lambda sid: None):
        def view():
            session["a"] += 1
            clock.at += 60_000
            meanwhile(session.sid)

        return site.get(view)

    def test_it_is_stored_anew_and_nobody_is_blamed(self, clock, caplog):
        caplog.set_level("INFO", "demo_app.session")
        site = Site(cookie=CookieOptions(max_age=60))
        site.get(lambda: session.update(a=1))
        assert "Expires=" in self.slow(site, clock).headers["Set-Cookie"]
        assert site.data() == [{"a": 2}]
        assert caplog.messages == []

    def test_nobody_is_blamed_where_it_was_read_only(self, clock, caplog):
        caplog.set_level("INFO", "demo_app.session")
        site = Site(cookie=CookieOptions(max_age=60))
        site.get(lambda: session.update(a=1))
        site.get(lambda: setattr(clock, "at", clock.at + 60_000))
        assert site.data() == []
        assert caplog.messages == []

    def test_a_log_out_that_overlaps_stays_a_log_out(self, clock, caplog):
        caplog.set_level("INFO", "demo_app.session")
        site = Site(cookie=CookieOptions(max_age=60))
        site.get(lambda: session.update(a=1))
        assert "Set-Cookie" not in self.slow(site, clock, meanwhile=site.store.destroy).headers
        assert site.data() == []
        assert "destroyed by another request" in caplog.text

    def test_gone_before_its_date_is_destroyed(self, clock):
        """Whatever a store forgets: it was there, and had time left."""
        site = Site(cookie=CookieOptions(max_age=60))
        site.get(lambda: session.update(a=1))

        def view():
            session["a"] += 1
            clock.at += 59_999
            site.store.clear()

        assert "Set-Cookie" not in site.get(view).headers
        assert site.data() == []


class Minimal:
    """A store as small as express-session allows."""

    def __init__(self):
        self.sessions = {}

    def get(self, sid):
        return self.sessions.get(sid)

    def set(self, sid, stored):
        self.sessions[sid] = stored

    def destroy(self, sid):
        self.sessions.pop(sid, None)


class TestAStoreWithGetSetAndDestroyAlone:
    def data(self, site):
        return [json.loads(stored.data) for stored in site.store.sessions.values()]

    def test_it_keeps_sessions(self):
        site = Site(store=Minimal(), cookie=CookieOptions(max_age=60))
        site.get(lambda: session.update(a=1))
        site.get(count_and_save)
        site.get(lambda: None)
        assert self.data(site) == [{"a": 2}]
        site.get(lambda: session.destroy())
        assert self.data(site) == []

    def test_a_log_out_is_kept_unless_it_falls_between_two_steps(self):
        site = Site(store=Minimal())
        site.get(lambda: session.update(a=1))

        def view():
            site.store.destroy(session.sid)
            session["a"] = 2

        site.get(view)
        assert self.data(site) == []

    def test_an_update_of_its_own_is_asked(self):
        """It may be one step where the two of ours are not."""

        class Updating(Minimal):
            def update(self, sid, stored, lapsed=False):
                if sid not in self.sessions and not lapsed:
                    return False
                self.sessions[sid] = stored
                self.updated = True
                return True

        site = Site(store=Updating())
        site.get(lambda: session.update(a=1))
        site.get(count_and_save)
        assert self.data(site) == [{"a": 2}]
        assert site.store.updated

    def test_what_it_lacks_for_people_is_told(self):
        from demo_app import TracedStore
        from demo_app.lesson import contents

        for look in (contents, lambda store: TracedStore(store).all(), lambda store: len(TracedStore(store))):
            with pytest.raises(TypeError, match="a Minimal cannot be looked into: it has no all, clear, __len__"):
                look(Minimal())
