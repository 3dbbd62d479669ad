"""The two servers under comparison, behind one interface: ``start(options)``, then ``send(request)``.

Both take options as express-session does, in JSON. What JSON cannot hold is a tag: a ``genid`` is the name of
one of ``GENIDS``, ``expires`` is text, and a ``cookie`` function is ``{"choose": [first, second]}``, where a
request with the header ``X-Remember`` gets the second. ``trustProxy`` is a setting of the app: Express's
``trust proxy``, Werkzeug's ``ProxyFix``.
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
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from flask import Flask, current_app, jsonify, request, session
from werkzeug.middleware.proxy_fix import ProxyFix

from demo_app.session import (
    ExpressSessionInterface,
    MemoryStore,
    NullSession,
    SessionNotFound,
    SessionOptions,
    SessionUnavailable,
    StoredSession,
    clock,
)

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
    """Put express-session where Node looks for it, if it is not there: ``npm ci``, once."""
    if (FOLDER / "node_modules").exists():
        return
    # In a folder of its own first: several test workers may begin at the same time, and one is enough.
    with tempfile.TemporaryDirectory(dir=FOLDER, prefix=".install-") as folder:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(FOLDER / name, folder)
        subprocess.run([shutil.which("npm"), "ci", "--silent"], cwd=folder, check=True)
        try:
            os.rename(Path(folder, "node_modules"), FOLDER / "node_modules")
        except OSError:
            if not (FOLDER / "node_modules").exists():
                raise


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

    def start(self, options: Mapping[str, Any], sessions: Mapping[str, Any] | None = None) -> None:
        """As :meth:`ExpressServer.start`."""
        self.store = MemoryStore()
        with patch.object(clock, "now", lambda: 0):  # before anything expires
            for sid, stored in (sessions or {}).items():
                self.store.set(sid, StoredSession.from_json(stored))
        self._app.session_interface = ExpressSessionInterface(_options(options, self.store))
        self._app.wsgi_app = ProxyFix(self._wsgi_app) if options.get("trustProxy") else self._wsgi_app

    def send(
        self, *, now: int, path: str, headers: Mapping[str, str], tls: bool, actions: list[list[Any]]
    ) -> dict[str, Any]:
        """As :meth:`ExpressServer.send`."""
        CLOCK.at = now
        with patch.object(clock, "now", lambda: CLOCK.at):
            response = self._client.post(
                path, json=actions, headers=headers, base_url=f"http{'s' if tls else ''}://app.example.com"
            )
            return {
                "now": CLOCK.at,
                "status": response.status_code,
                "set_cookie": response.headers.getlist("Set-Cookie"),
                "vary": response.headers.get("Vary"),
                "saw": response.get_json() if response.status_code == 200 else None,
                "store": {sid: stored.to_json() for sid, stored in self.store.all().items()},
            }


GENIDS: dict[str, Callable[[], Iterator[Any]]] = {
    "fixed": lambda: ("fixed" for _ in count()),
    "sequential": lambda: (f"sid-{n}" for n in count(1)),
    "awkward": lambda: (f"%41% .s:{n}" for n in count(1)),  # looks escaped, signed and marked by itself
    "accented": lambda: (f'é;"{n}' for n in count(1)),  # all of it has to be escaped
    "number": lambda: (7 for _ in count()),
}


def _options(given: Mapping[str, Any], store: MemoryStore) -> SessionOptions:
    options = {key: value for key, value in given.items() if key != "trustProxy"}
    options["store"] = store
    if "genid" in given:
        ids = GENIDS[given["genid"]]()
        options["genid"] = lambda request: next(ids)
    if "cookie" in given:
        options["cookie"] = _cookie_options(given["cookie"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a missing resave or saveUninitialized
        return SessionOptions.from_express(options)


def _cookie_options(given: Mapping[str, Any]) -> Any:
    if "choose" in given:
        first, second = map(_cookie_options, given["choose"])
        return lambda request: second if "HTTP_X_REMEMBER" in request.environ else first
    return {key: _date(value) if key == "expires" else value for key, value in given.items()}


def _date(text: str | None) -> datetime | None:
    return text and datetime.fromisoformat(text.replace("Z", "+00:00"))


# The view. A name and what it does in express-session are in server.js, in the same order.


def _rewrite(key: str) -> None:
    session.update({key: copy.deepcopy(session[key])} if key in session else {})


def _set_cookie_setting(key: str, value: Any) -> None:
    if key == "maxAge":
        session.cookie.max_age = None if value is None else timedelta(milliseconds=value)
    elif key == "expires":
        session.cookie.expires = _date(value)
    else:
        setattr(session.cookie, key.lower(), value)


ACTIONS: dict[str, Callable[..., Any]] = {
    "read": lambda: None,
    "set": lambda key, value: session.update({key: value}),
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
    "wait": lambda milliseconds: setattr(CLOCK, "at", CLOCK.at + milliseconds),
    "fail": lambda: 1 / 0,
}


def _view(path: str) -> Any:
    seen: list[Any] = []
    for action, *args in request.json:
        try:
            ACTIONS[action](*args)
            seen.append(_look())
        except SessionUnavailable:
            seen.append("no session")
        except SessionNotFound:
            seen.append("failed to load session")
    return jsonify(seen)


def _look() -> dict[str, Any] | None:
    if isinstance(session, NullSession) or session.ended:
        return None
    left = session.cookie.max_age
    max_age = None if left is None else left // timedelta(milliseconds=1)
    return {"sid": session.sid, "data": dict(session), "maxAge": max_age}
