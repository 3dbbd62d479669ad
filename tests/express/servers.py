"""The two servers under comparison, behind one interface: ``start(options)``, then ``send(request)``.

Both take options as express-session does, in JSON. What JSON cannot hold is a tag: a ``genid`` is the name of
one of ``GENIDS``, ``expires`` is text, a ``maxAge`` that is a date ``{"date": text}``, a secret that is bytes
``{"bytes": text}``, and a ``cookie`` function is ``{"choose": [first, second]}``, where a request with the header
``X-Remember`` gets the second. ``trustProxy`` is a setting of the app: Express's ``trust proxy``, Werkzeug's
``ProxyFix``. With ``simpleStore`` the store can get, set and destroy, and nothing else.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from flask import Flask, Response, after_this_request, current_app, jsonify, request, session, stream_with_context
from werkzeug.datastructures import Headers
from werkzeug.middleware.proxy_fix import ProxyFix

from demo_app.session import (
    ExpressSessionInterface,
    MemoryStore,
    NullSession,
    SessionNotFound,
    SessionOptions,
    SessionUnavailable,
    StoredSession,
    StoreUnavailable,
    clock,
)
from tests.express.play import as_bytes

FOLDER = Path(__file__).parent


class ExpressServer:
    """The real express-session, in one Node process for as many cases as there are. A context manager."""

    def __init__(self) -> None:
        self._node = subprocess.Popen(
            ["node", "server.js"],
            cwd=FOLDER,
            env={**os.environ, "NODE_ENV": "test", "NO_DEPRECATION": "express-session"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def __enter__(self) -> ExpressServer:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._node.communicate()  # closes stdin, on which server.js ends

    def start(self, options: Mapping[str, Any], sessions: Mapping[str, Any] | None = None) -> None:
        """Begin with new options and a store that holds ``sessions``.

        :raises ValueError: if express-session refuses the options.
        """
        answer = self._ask({"start": options, "sessions": sessions or {}})
        if "error" in answer:
            raise ValueError(answer["error"])

    def send(self, **sent: Any) -> dict[str, Any]:
        """Send one request; return the answer and what the store holds then."""
        answer = self._ask({"send": sent})
        assert "error" not in answer, answer
        return answer

    def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        self._node.stdin.write(json.dumps(message) + "\n")
        self._node.stdin.flush()
        return json.loads(self._node.stdout.readline())


def install() -> None:
    """Put what the lock names where Node looks for it, if it is not there: ``npm ci``, once."""
    if _installed() == _locked():
        return
    # In a folder of its own first: several test workers may begin at the same time, and one is enough.
    with tempfile.TemporaryDirectory(dir=FOLDER, prefix=".install-") as folder:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(FOLDER / name, folder)
        subprocess.run([shutil.which("npm"), "ci", "--silent"], cwd=folder, check=True)
        try:
            if (FOLDER / "node_modules").exists():  # of an older lock
                os.rename(FOLDER / "node_modules", Path(folder, "old"))
            os.rename(Path(folder, "node_modules"), FOLDER / "node_modules")
        except OSError:
            if _installed() != _locked():
                raise


def _locked() -> dict[str, Any]:
    """The packages of the lock, without the project's own entry."""
    packages = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return {place: package for place, package in packages.items() if place}


def _installed() -> dict[str, Any]:
    """The packages that are there, as npm notes them."""
    note = FOLDER / "node_modules" / ".package-lock.json"
    return json.loads(note.read_text(encoding="utf-8"))["packages"] if note.exists() else {}


#: The clock of a case.
CLOCK = SimpleNamespace(at=0)


class FlaskServer:
    """The port, driven in-process as a WSGI app."""

    def __init__(self) -> None:
        self._app = Flask(__name__)
        self._app.logger.disabled = True  # the action "fail" is no news
        self._app.add_url_rule("/", "view", _view, methods=["POST"], defaults={"path": ""})
        self._app.add_url_rule("/<path:path>", "view", _view, methods=["POST"])
        self._wsgi_app = self._app.wsgi_app
        self._client = self._app.test_client(use_cookies=False)

    def start(
        self, options: Mapping[str, Any], sessions: Mapping[str, Any] | None = None, store: Any | None = None
    ) -> None:
        """As :meth:`ExpressServer.start`; with another store than a new one in memory, if there is one."""
        self.store = MemoryStore() if store is None else store
        with patch.object(clock, "now", lambda: 0):  # before anything expires
            for sid, stored in (sessions or {}).items():
                self.store.set(sid, StoredSession.from_json(stored))
        used = _Simple(self.store) if options.get("simpleStore") else self.store
        self._app.session_interface = ExpressSessionInterface(_options(options, used))
        self._app.wsgi_app = ProxyFix(self._wsgi_app) if options.get("trustProxy") else self._wsgi_app

    def send(
        self, *, now: int, path: str, headers: Mapping[str, str | list[str]], tls: bool, actions: list[list[Any]]
    ) -> dict[str, Any]:
        """As :meth:`ExpressServer.send`."""
        CLOCK.at = now
        with patch.object(clock, "now", lambda: CLOCK.at):
            response = self._client.post(
                path, json=actions, headers=Headers(headers), base_url=f"http{'s' if tls else ''}://app.example.com"
            )
            return {
                "now": CLOCK.at,
                "status": response.status_code,
                "set_cookie": response.headers.getlist("Set-Cookie"),
                "vary": response.headers.get("Vary"),
                "cache_control": response.headers.get("Cache-Control"),
                "saw": response.get_json() if response.status_code == 200 else None,
                "store": {sid: stored.to_json() for sid, stored in self.store.all().items()},
            }


class _Simple:
    """What express-session demands of a store, and no more."""

    def __init__(self, store: MemoryStore) -> None:
        self.get, self.set, self.destroy = store.get, store.set, store.destroy


GENIDS: dict[str, Callable[[], Iterator[Any]]] = {
    "fixed": lambda: ("fixed" for _ in count()),
    "sequential": lambda: (f"sid-{n}" for n in count(1)),
    "awkward": lambda: (f"%41% .s:{n}" for n in count(1)),  # looks escaped, signed and marked by itself
    "accented": lambda: (f'é;"{n}' for n in count(1)),  # all of it has to be escaped
    "number": lambda: (7 for _ in count()),
}


def _options(given: Mapping[str, Any], store: Any) -> SessionOptions:
    options = {key: value for key, value in given.items() if key not in ("trustProxy", "simpleStore")}
    options["store"] = store
    if given.get("genid"):
        ids = GENIDS[given["genid"]]()
        options["genid"] = lambda request: next(ids)
    if given.get("cookie"):
        options["cookie"] = _cookie_options(given["cookie"])
    secret = given["secret"]
    options["secret"] = [*map(_secret, secret)] if isinstance(secret, list) else _secret(secret)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a missing resave or saveUninitialized
        return SessionOptions.from_express(options)


def _cookie_options(given: Mapping[str, Any]) -> Any:
    if "choose" in given:
        first, second = map(_cookie_options, given["choose"])
        return lambda request: second if "HTTP_X_REMEMBER" in request.environ else first
    options = {key: _date(value) if key == "expires" else value for key, value in given.items()}
    if isinstance(given.get("maxAge"), dict):
        options["maxAge"] = _date(given["maxAge"]["date"])
    return options


def _date(text: str | None) -> datetime | None:
    return text and datetime.fromisoformat(text.replace("Z", "+00:00"))


def _secret(given: Any) -> Any:
    return as_bytes(given) if isinstance(given, dict) else given


# The view. A name and what it does in express-session are in server.js, in the same order.


def _rewrite(key: str) -> None:
    session.update({key: copy.deepcopy(session[key])} if key in session else {})


def _set_elsewhere(key: str, value: Any) -> None:
    store = current_app.session_interface.store
    stored = store.get(session.sid)
    if stored is not None:
        store.set(session.sid, StoredSession.from_json({**stored.to_json(), key: value}))


def _break_store(*methods: str) -> None:
    def fail(*args: Any) -> Any:
        raise StoreUnavailable("the store is out of order")

    for method in methods:
        setattr(current_app.session_interface.store, method, fail)


def _header(name: str, value: str) -> None:
    @after_this_request
    def add(response: Response) -> Response:
        response.headers.add(name, value)
        return response


def _set_cookie_setting(key: str, value: Any) -> None:
    if key == "maxAge":
        session.cookie.max_age = None if value is None else timedelta(milliseconds=value)
    elif key == "expires":
        session.cookie.expires = _date(value)
    else:
        setattr(session.cookie, key.lower(), value)


ACTIONS: dict[str, Callable[..., Any]] = {
    "read": lambda: None,
    "get": lambda key: session.get(key),
    "set": lambda key, value: session.update({key: value}),
    "setDate": lambda key: session.update({key: datetime.now(timezone.utc)}),
    "rewrite": _rewrite,
    "push": lambda value: session.setdefault("cart", []).append(value),
    "nest": lambda value: session.setdefault("profile", {}).update(theme=value),
    "delete": lambda key: session.pop(key, None),
    "cookie": _set_cookie_setting,
    "save": lambda: session.save(),
    "reload": lambda: session.reload(),
    "destroy": lambda: session.destroy(),
    "touch": lambda: session.touch(),
    "regenerate": lambda: session.regenerate(),
    "unset": lambda: session.unset(),
    "remember": lambda: request.environ.update(HTTP_X_REMEMBER="yes"),
    "destroyElsewhere": lambda: current_app.session_interface.store.destroy(session.sid),
    "setElsewhere": _set_elsewhere,
    "breakStore": _break_store,
    "disconnect": lambda: _break_store("get", "set", "update", "touch", "destroy"),  # no event says so
    "header": _header,
    "wait": lambda milliseconds: setattr(CLOCK, "at", CLOCK.at + milliseconds),
    "fail": lambda: 1 / 0,
}


def _view(path: str) -> Any:
    seen: list[Any] = []
    actions = iter(request.json)
    if _act(actions, seen):
        return Response(stream_with_context(_go_on(actions, seen)), mimetype="application/json")
    return jsonify(seen)


def _go_on(actions: Iterator[list[Any]], seen: list[Any]) -> Iterator[str]:
    yield " "
    _act(actions, seen)
    yield json.dumps(seen)


def _act(actions: Iterator[list[Any]], seen: list[Any]) -> bool:
    """Do what comes, up to the action "begin"; return whether there was one."""
    for action, *args in actions:
        if action == "begin":
            seen.append(_look())
            return True
        try:
            ACTIONS[action](*args)
            seen.append(_look())
        except SessionUnavailable:
            seen.append("no session")
        except SessionNotFound:
            seen.append("failed to load session")
    return False


def _look() -> dict[str, Any] | None:
    if isinstance(session, NullSession) or session.ended:
        return None
    left = session.cookie.max_age
    max_age = None if left is None else left // timedelta(milliseconds=1)
    return {"sid": session.sid, "data": dict(session), "maxAge": max_age}
