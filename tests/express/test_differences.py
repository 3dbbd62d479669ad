"""What the port does differently from express-session on purpose: all of it, and nothing else."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote

import pytest

from demo_app.session import (
    CookieOptions,
    OptionError,
    SessionCookie,
    SessionOptions,
    SQLiteStore,
    StoredSession,
    clock,
)
from tests.express.play import START, parse_set_cookie, signed
from tests.express.servers import ExpressServer

#: README's list. Each has tests below that begin with its number.
DIFFERENCES = [
    "What express-session takes in silence and then breaks on or misreads, such as an unknown `sameSite`, a `maxAge` "
    'that is a string or a `rolling` of `"no"`, is an error when the options are built, or when it is assigned to '
    "`session.cookie`. It names the option, the value and the rule.",
    'Where `cookie` is a function, express-session leaves `"auto"` as it is and sends no cookie. Here it works there '
    "too.",
    "express-session leaves `Vary` to the app. Here responses that depend on the session carry `Vary: Cookie`.",
    "In express-session a request that ends after another one logged out brings the destroyed session back. Here it "
    "does not, and `session.save()` returns `False`. Only a session whose date has passed meanwhile comes back, if "
    "the log-out was over five minutes ago. A store without `update` can promise less: `SimpleStore` says what.",
    "In express-session's memory store an expired session stays until somebody asks for it. Here it leaves by itself.",
    "In express-session `resave` and `saveUninitialized` are true where you say nothing. In `SessionOptions(…)` both "
    "are `False`; in `from_express` they are true, with a warning as there.",
    "express-session ignores options that it does not know. `from_express` says so in a warning; `SessionOptions(…)` "
    "and `CookieOptions(…)` refuse them.",
    "Where a store cannot be read, express-session answers 500; while the store says that it is disconnected, there "
    "is no `req.session`. Here the session is empty, and a request that changes it is answered with 503.",
    "Where a store cannot be written, express-session answers as if it had been, cookie included. Here a request "
    "whose changes would be lost, a log-out too, is answered with 503 and no cookie.",
    "A stored value that is no session, such as one without a `cookie`, is a 500 in express-session. Here the log "
    "tells of it, and the visitor begins a new session.",
    "Where a request has no session, to read from `req.session` is an error in express-session. Here reading finds "
    "nothing; writing is an error.",
    "express-session stores what JSON makes of a value: a date becomes text, and `NaN` becomes `null`. Here a value "
    "that would not come back as it went is an error that names its place.",
    "In express-session `cookie` and the methods are keys of the session: who writes to `cookie` loses its settings, "
    "and what is written to `save` is lost. Here they are attributes; the key `cookie` is refused, every other is "
    "data.",
    "express-session stores a session of any size. Here `max_size` sets a limit: 1 MiB of JSON where you say nothing.",
    "What changes while a response is being streamed, express-session stores at its end. Here `session.save()` "
    "stores it, for a visitor who has the cookie already.",
    "express-session leaves `Cache-Control` to the app. Here a response that shared caches might keep becomes "
    "`private` if it carries the cookie.",
    "Where a client sends two `Cookie` lines (browsers send one), Node puts a `;` between them, and express-session "
    "reads both. WSGI servers put a `,` there, and the session is not found.",
    "express-session stores `sameSite`, `priority` and what is off as they were given: `true`, `HIGH`, `null`. Here "
    "they are stored in one form: `strict`, `high`, `false`. Each reads what the other has stored.",
    "Where a `Secure` cookie is not sent, since the request came over plain HTTP, express-session tells its debug log "
    "alone. Here the log has a warning, once.",
]

RECOMMENDED = {"secret": "keyboard cat", "resave": False, "saveUninitialized": False}
LASTING = {**RECOMMENDED, "cookie": {"maxAge": 60_000}}
COUNT = ["push", 1]


def send(server, *actions, now=START, path="/", tls=False, **headers):
    return server.send(now=now, path=path, headers=headers, tls=tls, actions=[*actions])


def begin(server, options):
    """Start the server, begin a session, and return its cookie."""
    server.start(options)
    [header] = send(server, COUNT)["set_cookie"]
    return header.partition(";")[0]


def status_data_and_cookies(answer):
    """What a test below compares: the status, the data of each stored session, and how many cookies were sent."""
    stored = [{key: value for key, value in session.items() if key != "cookie"} for session in answer["store"].values()]
    return answer["status"], stored, len(answer["set_cookie"])


@pytest.mark.parametrize(
    ("option", "wrong", "status"),
    [
        ("secret", {"secret": ""}, 500),
        ("name", {"name": "my cookie"}, 200),
        ("cookie.priority", {"cookie": {"priority": "urgent"}}, 200),
        ("cookie.sameSite", {"cookie": {"sameSite": "laxx"}}, 200),
        ("cookie.domain", {"cookie": {"domain": "https://example.com"}}, 200),
        ("cookie.path", {"cookie": {"path": "/a;b"}}, 200),
    ],
)
def test_1_wrong_options_are_errors(express, flask, option, wrong, status):
    options = {**RECOMMENDED, **wrong}
    express.start(options)
    answer = send(express, COUNT, path="/a;b")
    assert answer["status"] == status
    assert answer["set_cookie"] == []

    with pytest.raises(OptionError) as caught:
        flask.start(options)
    assert caught.value.option == option


def test_1_text_that_says_no_is_misread(express, flask):
    options = {**LASTING, "rolling": "no"}
    cookie = begin(express, options)
    assert len(send(express, ["read"], Cookie=cookie)["set_cookie"]) == 1

    with pytest.raises(OptionError, match="rolling is 'no'"):
        flask.start(options)


def test_1_a_lifetime_that_is_text_is_an_error(flask):
    # express-session never answers the request.
    with pytest.raises(OptionError, match=r"cookie\.maxAge is '60000' \(str\): it is a number of milliseconds"):
        flask.start({**RECOMMENDED, "cookie": {"maxAge": "60000"}})


def test_1_an_id_that_is_no_text_is_an_error(express, flask):
    for server in (express, flask):
        server.start({**RECOMMENDED, "genid": "number"})
    answer = send(express, COUNT)
    assert (answer["status"], answer["set_cookie"], answer["store"]) == (200, [], {})

    assert send(flask, COUNT)["status"] == 500


def test_1_what_is_assigned_to_the_sessions_cookie_keeps_the_rules(express, flask):
    wrong = ["cookie", "sameSite", "laxx"]
    for server in (express, flask):
        server.start(RECOMMENDED)
    answer = send(express, COUNT, wrong)
    assert (answer["status"], answer["set_cookie"], len(answer["store"])) == (200, [], 1)

    assert send(flask, COUNT, wrong)["status"] == 500


@pytest.mark.parametrize(
    ("tls", "expected"), [(False, {"SameSite": "Lax"}), (True, {"Secure": True, "SameSite": "None"})]
)
def test_2_auto_works_where_cookie_is_a_function(express, flask, tls, expected):
    auto = {"secure": "auto", "sameSite": "auto"}
    for server in (express, flask):
        server.start({**RECOMMENDED, "cookie": {"choose": [auto, auto]}})
    assert send(express, COUNT, tls=tls)["set_cookie"] == []

    [header] = send(flask, COUNT, tls=tls)["set_cookie"]
    cookie = parse_set_cookie(header)
    assert {key: cookie[key] for key in ("Secure", "SameSite") if key in cookie} == expected


@pytest.mark.parametrize(("actions", "vary"), [([], None), ([["read"]], "Cookie"), ([COUNT], "Cookie")])
def test_3_vary_cookie(express, flask, actions, vary):
    for server in (express, flask):
        server.start(RECOMMENDED)
    assert send(express, *actions)["vary"] is None

    assert send(flask, *actions)["vary"] == vary


@pytest.mark.parametrize("lasts", [0, 60_000, 299_999])
@pytest.mark.parametrize("change", [[COUNT], [["touch"], COUNT, ["save"]]])
def test_4_logged_out_is_logged_out(express, flask, lasts, change):
    left = {}
    for server in (express, flask):
        cookie = begin(server, LASTING)
        answer = send(server, ["destroyElsewhere"], ["wait", lasts], *change, Cookie=cookie)
        left[server] = len(answer["store"]), len(answer["set_cookie"])
    assert left == {express: (1, 1), flask: (0, 0)}


@pytest.mark.parametrize(("options", "lasts"), [({}, 300_000), ({"simpleStore": True}, 60_000)])
def test_4_what_cannot_be_known_any_more(express, flask, options, lasts):
    for server in (express, flask):
        cookie = begin(server, {**LASTING, **options})
        answer = send(server, ["destroyElsewhere"], ["wait", lasts], COUNT, Cookie=cookie)
        assert status_data_and_cookies(answer) == (200, [{"cart": [1, 1]}], 1)


@pytest.mark.parametrize("options", [{"resave": True}, {"rolling": True}])
def test_4_even_where_nothing_is_changed(express, flask, options):
    left = {}
    for server in (express, flask):
        cookie = begin(server, {**LASTING, **options})
        answer = send(server, ["destroyElsewhere"], ["read"], Cookie=cookie)
        left[server] = len(answer["store"]) + len(answer["set_cookie"])
    assert left == {express: 1, flask: 0}


def test_5_expired_sessions_leave_the_memory_store(express, flask):
    express.start({**RECOMMENDED, "cookie": {"maxAge": 1000}})
    for _ in range(10):
        send(express, COUNT)
    assert len(send(express, now=START + 1000)["store"]) == 10

    flask.start(RECOMMENDED)
    with patch.object(clock, "now", lambda: START):
        for number in range(10):
            flask.store.set(str(number), StoredSession(SessionCookie(CookieOptions(max_age=1)), "{}"))
    with patch.object(clock, "now", lambda: START + 1000):
        for _ in range(10):
            flask.store.set("another", StoredSession(SessionCookie(CookieOptions()), "{}"))
    assert [*flask.store._sessions] == ["another"]


def test_6_what_is_not_said_is_false_in_python(express, flask):
    for server in (express, flask):  # this one from Node's configuration
        server.start({"secret": "keyboard cat"})
        assert status_data_and_cookies(send(server)) == (200, [{}], 1)

    options = SessionOptions(secret="keyboard cat")
    assert (options.resave, options.save_uninitialized) == (False, False)


@pytest.mark.parametrize(
    ("unknown", "warning"),
    [({"samesite": "lax"}, "samesite is no option"), ({"cookie": {"samesite": "lax"}}, "cookie.samesite is no option")],
)
def test_7_unknown_options(express, flask, unknown, warning):
    options = {**RECOMMENDED, **unknown}
    express.start(options)
    with pytest.warns(UserWarning, match=warning):
        flask.start(options)
    for server in (express, flask):
        assert "SameSite" not in send(server, COUNT)["set_cookie"][0]

    for make in (SessionOptions, CookieOptions):
        with pytest.raises(OptionError, match="sameSite is no option"):
            make(sameSite="lax")


@pytest.mark.parametrize(
    ("outage", "status", "saw"), [(["breakStore", "get"], 500, None), (["disconnect"], 200, [None])]
)
def test_8_a_store_that_cannot_be_read(express, flask, outage, status, saw):
    cookies = {}
    for server in (express, flask):
        cookies[server] = begin(server, LASTING)
        send(server, outage)
    answer = send(express, ["read"], Cookie=cookies[express])
    assert (answer["status"], answer["saw"]) == (status, saw)

    answer = send(flask, ["read"], Cookie=cookies[flask])
    assert (answer["status"], answer["saw"][0]["data"], answer["set_cookie"]) == (200, {}, [])
    assert status_data_and_cookies(send(flask, COUNT, Cookie=cookies[flask])) == (503, [{"cart": [1]}], 0)


@pytest.mark.parametrize("is_known", [True, False])
def test_9_a_store_that_cannot_be_written(express, flask, is_known):
    found = {}
    for server in (express, flask):
        cookie = begin(server, LASTING)
        headers = {"Cookie": cookie} if is_known else {}
        answer = send(server, ["breakStore", "set"], ["breakStore", "update"], COUNT, **headers)
        found[server] = status_data_and_cookies(answer)
    assert found == {express: (200, [{"cart": [1]}], 1), flask: (503, [{"cart": [1]}], 0)}


def test_9_a_log_out_that_is_not_carried_out(express, flask):
    found = {}
    for server in (express, flask):
        cookie = begin(server, {**LASTING, "unset": "destroy"})
        answer = send(server, ["breakStore", "destroy"], ["unset"], Cookie=cookie)
        found[server] = status_data_and_cookies(answer)
    assert found == {express: (200, [{"cart": [1]}], 0), flask: (503, [{"cart": [1]}], 0)}


def test_10_a_stored_value_that_is_no_session(express, flask, tmp_path, caplog):
    express.start(RECOMMENDED, sessions={"known": {"cart": [1]}})
    cookie = f"connect.sid={quote(signed('known', b'keyboard cat'))}"
    assert send(express, ["read"], Cookie=cookie)["status"] == 500

    store = SQLiteStore(tmp_path / "sessions.db")
    store.set("known", StoredSession(SessionCookie(CookieOptions()), '{"cart":[1]}'))
    with sqlite3.connect(tmp_path / "sessions.db") as database:
        database.execute("UPDATE sessions SET cookie = '[]'")
    flask.start(RECOMMENDED, store=store)
    answer = send(flask, ["read"], Cookie=cookie)
    assert (answer["status"], answer["saw"][0]["data"]) == (200, {})
    assert answer["saw"][0]["sid"] != "known"
    assert "cannot be read" in caplog.text


@pytest.mark.parametrize(("path", "before"), [("/elsewhere", []), ("/app", [["destroy"]])])
def test_11_where_there_is_no_session(express, flask, path, before):
    last = {}
    for server in (express, flask):
        server.start({**RECOMMENDED, "cookie": {"path": "/app"}})
        answer = send(server, *before, ["get", "user"], ["set", "user", "ada"], path=path)
        last[server] = answer["saw"][-2:]
    assert last == {express: ["no session", "no session"], flask: [None, "no session"]}


def test_12_a_value_that_json_changes(express, flask):
    found = {}
    for server in (express, flask):
        server.start(RECOMMENDED)
        found[server] = status_data_and_cookies(send(server, ["setDate", "since"]))
    assert found == {express: (200, [{"since": "2024-01-01T00:00:00.000Z"}], 1), flask: (500, [], 0)}


def test_13_the_key_cookie(express, flask):
    write = ["set", "cookie", {"a": 1}]
    for server in (express, flask):
        server.start(LASTING)
    answer = send(express, write, COUNT)
    [header] = answer["set_cookie"]
    assert ";" not in header  # neither Path nor HttpOnly
    assert [*answer["store"].values()] == [{"cookie": {"a": 1}, "cart": [1]}]

    assert status_data_and_cookies(send(flask, write, COUNT)) == (500, [], 0)


def test_13_the_names_of_methods(express, flask):
    found = {}
    for server in (express, flask):
        server.start(RECOMMENDED)
        found[server] = status_data_and_cookies(send(server, ["set", "save", 5]))
    assert found == {express: (200, [], 0), flask: (200, [{"save": 5}], 1)}


def test_14_a_large_session(express, flask):
    found = {}
    cookie = f"connect.sid={quote(signed('known', b'keyboard cat'))}"
    for server in (express, flask):
        stored = {"cookie": {"path": "/", "originalMaxAge": None}, "text": "x" * 2**20}
        server.start(RECOMMENDED, sessions={"known": stored})
        answer = send(server, COUNT, Cookie=cookie)
        found[server] = answer["status"], "cart" in answer["store"]["known"]
    assert found == {express: (200, True), flask: (500, False)}


@pytest.mark.parametrize(("late", "in_flask"), [([COUNT], [1]), ([COUNT, ["save"]], [1, 1])])
def test_15_what_changes_while_the_answer_is_streamed(express, flask, late, in_flask):
    found = {}
    for server in (express, flask):
        cookie = begin(server, LASTING)
        found[server] = status_data_and_cookies(send(server, ["begin"], *late, Cookie=cookie))
    assert found == {express: (200, [{"cart": [1, 1]}], 0), flask: (200, [{"cart": in_flask}], 0)}


@pytest.mark.parametrize("actions", [[COUNT], []])
def test_16_shared_caches(express, flask, actions):
    said = {}
    for server in (express, flask):
        server.start(RECOMMENDED)
        said[server] = send(server, ["header", "Cache-Control", "public, max-age=60"], *actions)["cache_control"]
    assert said == {express: "public, max-age=60", flask: "max-age=60, private" if actions else said[express]}


@pytest.mark.parametrize("order", [1, -1])
def test_17_two_lines_of_cookies(express, flask, order):
    seen = {}
    for server in (express, flask):
        cookie = begin(server, RECOMMENDED)
        answer = send(server, ["read"], Cookie=["theme=dark", cookie][::order])
        seen[server] = answer["saw"][0]["data"]
    assert seen == {express: {"cart": [1]}, flask: {}}


def test_18_the_stored_form_of_the_settings(express, flask):
    given = {"sameSite": True, "priority": "HIGH", "secure": None}
    settings = {}
    for server in (express, flask):
        server.start({**RECOMMENDED, "cookie": given})
        answer = send(server, COUNT)
        [stored] = answer["store"].values()
        settings[server] = {key: stored["cookie"][key] for key in given}
    assert settings == {express: given, flask: {"sameSite": "strict", "priority": "high", "secure": False}}
    # That each reads what the other has stored is in test_interoperation.


@pytest.mark.parametrize(("debug", "told"), [("", []), ("express-session", ["not secured"] * 2)])
@pytest.mark.usefixtures("express")  # installs it
def test_19_a_secure_cookie_over_plain_http(flask, monkeypatch, capfd, caplog, debug, told):
    options = {**RECOMMENDED, "cookie": {"secure": True}}
    monkeypatch.setenv("DEBUG", debug)
    with ExpressServer() as server:
        server.start(options)
        assert [send(server, COUNT)["set_cookie"] for _ in range(2)] == [[], []]
    assert re.findall("not secured", capfd.readouterr().err) == told

    flask.start(options)
    assert [send(flask, COUNT)["set_cookie"] for _ in range(2)] == [[], []]
    [record] = caplog.records
    assert (record.name, record.levelname) == ("demo_app.session", "WARNING")
    assert record.message.startswith("no cookie was sent: it is Secure, and the request came over plain HTTP.")

    caplog.clear()
    assert send(flask, COUNT, tls=True)["set_cookie"] != []
    flask.start(RECOMMENDED)
    assert send(flask, COUNT)["set_cookie"] != []
    assert caplog.records == []


def test_every_difference_has_a_test():
    tested = {int(name.split("_")[1]) for name in globals() if name.startswith("test_") and name[5].isdigit()}
    assert tested == set(range(1, len(DIFFERENCES) + 1))


def test_the_list_is_readmes():
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    section = text.partition("## The middleware in your own app\n")[2].partition("\n## ")[0]
    listed = re.findall(r"^(\d+)\. (.+(?:\n   .+)*)", section, flags=re.MULTILINE)
    assert [(int(number), " ".join(item.split())) for number, item in listed] == [*enumerate(DIFFERENCES, start=1)]
