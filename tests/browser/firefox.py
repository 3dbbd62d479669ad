"""The real Firefox, driven over WebDriver BiDi, with an empty profile.

Under Playwright's names, as much as the tests need: what looks at a page of Chromium's can look at one of these.
(Playwright itself drives no Firefox but one of its own making.)
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import websocket

#: Where Debian, Ubuntu and Mozilla install it.
NAMES = ("firefox-esr", "firefox")

FLAGS = ("--headless", "--no-remote", "--remote-debugging-port=0", "--remote-allow-system-access")

#: How long an answer may take, in seconds.
PATIENCE = 60

#: Firefox's own numbers for what ``third_party_cookies`` says; 5 is what it comes with.
_COOKIE_BEHAVIOR = {None: 5, True: 0, False: 1}

_PREFERENCES = {
    # Every name leads to this machine.
    "network.dns.forceResolve": "127.0.0.1",
    # It would ask for https:// where a test says http://.
    "dom.security.https_first": False,
    # It would ask before it sends a form from https:// or localhost to http://.
    "security.warn_submit_secure_to_insecure": False,
    # Plug-ins that it would fetch. What else it asks its maker for is off as soon as it is driven.
    "media.gmp-manager.url": "",
    "media.gmp-manager.chromium-update-url": "",
}

# All is local, or it would stop; and so it does not ask its maker for settings either.
_ENVIRONMENT = {"MOZ_DISABLE_NONLOCAL_CONNECTIONS": "1"}

# What has ended stays a little longer.
_COOKIES = """() => Services.cookies.cookies.filter(
    cookie => cookie.isSession || cookie.expiry > Date.now()
).map(cookie => ({
    name: cookie.name,
    value: cookie.value,
    domain: cookie.host,
    path: cookie.path,
    expires: cookie.isSession ? -1 : cookie.expiry / 1000,
    partitionKey: cookie.originAttributes.partitionKey,
}))"""

_REFUSALS = """() => Services.console.getMessageArray().filter(
    message => message instanceof Ci.nsIScriptError && message.category === 'cookiesRejection'
).map(message => message.errorMessage)"""


class Message(NamedTuple):
    """What has been written to the console."""

    text: str


class Awaited:
    """What has come of waiting."""

    value: Any = None


class Frame:
    """A document that scripts can run in."""

    def __init__(self, browser: Firefox, context: str) -> None:
        self._browser, self._context = browser, context

    def evaluate(self, expression: str, arg: Any = None) -> Any:
        """The value of an expression; if that is a function, of calling it; if that is a promise, of what it keeps.

        :param arg: What the function is called with, of JSON; so is the value.
        """
        call = f"""async arg => {{
            const value = ({expression});
            return JSON.stringify(await (typeof value === 'function' ? value(JSON.parse(arg)) : value)) ?? 'null';
        }}"""
        said = self._browser.command(
            "script.callFunction",
            functionDeclaration=call,
            arguments=[{"type": "string", "value": json.dumps(arg)}],
            target={"context": self._context},
            awaitPromise=True,
        )
        if said["type"] == "exception":
            raise RuntimeError(said["exceptionDetails"]["text"])
        return json.loads(said["result"]["value"])

    @property
    def child_frames(self) -> list[Frame]:
        """The frames in it, not those in them."""
        (tree,) = self._browser.command("browsingContext.getTree", root=self._context)["contexts"]
        return [Frame(self._browser, child["context"]) for child in tree["children"]]


class Page(Frame):
    """The page of a tab."""

    def goto(self, url: str) -> None:
        """Go to an address, and wait until all of it is there."""
        said = self._browser.command("browsingContext.navigate", context=self._context, url=url, wait="complete")
        self._browser.wait_for("browsingContext.load", lambda event: event["navigation"] == said["navigation"])

    @property
    def main_frame(self) -> Frame:
        return self

    @contextmanager
    def expect_navigation(self) -> Iterator[None]:
        """Wait until the page has become another one."""
        yield
        self._browser.wait_for("browsingContext.load", lambda event: event["context"] == self._context)

    @contextmanager
    def expect_console_message(self, predicate: Callable[[Message], bool]) -> Iterator[Awaited]:
        """Wait until the console has a certain message."""
        awaited = Awaited()
        yield awaited
        event = self._browser.wait_for("log.entryAdded", lambda event: predicate(Message(event["text"])))
        awaited.value = Message(event["text"])


class Firefox:
    """A running Firefox."""

    def __init__(self, address: str) -> None:
        # Firefox takes no connection that a page seems to have made.
        self._connection = websocket.create_connection(f"{address}/session", PATIENCE, suppress_origin=True)
        self._number = 0
        self._events: list[dict[str, Any]] = []
        self.command("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
        self.command("session.subscribe", events=["browsingContext.load", "log.entryAdded"])
        (window,) = self._contexts("chrome")
        #: Firefox's own window, whose scripts may do everything.
        self._chrome = Frame(self, window)

    @property
    def pages(self) -> list[Page]:
        return [Page(self, context) for context in self._contexts("content")]

    def cookies(self) -> list[dict[str, Any]]:
        """All that it keeps, of all hosts and in all partitions."""
        return self._chrome.evaluate(_COOKIES)

    def refusals(self) -> list[str]:
        """What its console says of cookies that it has refused."""
        return self._chrome.evaluate(_REFUSALS)

    def clear_cookies(self) -> None:
        self._chrome.evaluate("() => Services.cookies.removeAll()")

    def close(self) -> None:
        """Leave it; it goes on."""
        self._connection.close()

    def command(self, method: str, **parameters: Any) -> Any:
        """The result of a command of WebDriver BiDi."""
        self._number += 1
        self._connection.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while (said := json.loads(self._connection.recv())).get("id") != self._number:
            self._events.append(said)
        if said["type"] == "error":
            raise RuntimeError(f"{method}: {said['error']}: {said['message']}")
        return said["result"]

    def wait_for(self, method: str, predicate: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The parameters of an event that has come since this was last called, or is still to come."""
        while True:
            event = self._events.pop(0) if self._events else json.loads(self._connection.recv())
            if event.get("method") == method and predicate(event["params"]):
                return event["params"]

    def _contexts(self, scope: str) -> list[str]:
        tree = self.command("browsingContext.getTree", **{"moz:scope": scope})
        return [context["context"] for context in tree["contexts"]]


def executable() -> str | None:
    """The path of Firefox, ``None`` where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def firefox(ports: Mapping[int, str] | None = None, third_party_cookies: bool | None = None) -> Iterator[Firefox]:
    """A running Firefox with a profile of its own, for which all hosts are this machine, whatever their certificates.

    :param ports: Where some ports lead instead.
    :param third_party_cookies: ``True``: all cookies; ``False``: none of other sites; ``None``: as Firefox comes, which
        keeps those of other sites apart for each site in whose pages they are.
    """
    preferences = {
        **_PREFERENCES,
        "network.socket.forcePort": ";".join(f"{port}={other}" for port, other in (ports or {}).items()),
        "network.cookie.cookieBehavior": _COOKIE_BEHAVIOR[third_party_cookies],
    }
    with tempfile.TemporaryDirectory(prefix="firefox-", ignore_cleanup_errors=True) as profile:
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items())
        Path(profile, "user.js").write_text("".join(lines), encoding="utf-8")
        command = [executable(), *FLAGS, "--profile", profile, "about:blank"]
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=os.environ | _ENVIRONMENT
        ) as process:
            # What it says and nobody reads would stop it one day.
            rest = threading.Thread(target=process.stderr.read)
            try:
                address = _address(process.stderr)
                rest.start()
                with closing(Firefox(address)) as browser:
                    yield browser
            finally:
                process.terminate()
                process.wait(PATIENCE)
                if rest.ident is not None:
                    rest.join()


def _address(lines: Iterator[str]) -> str:
    said = []
    for line in lines:
        if found := re.search(r"WebDriver BiDi listening on (\S+)", line):
            return found[1]
        said.append(line)
    raise RuntimeError(f"Firefox has not started: {''.join(said)}")
