"""What Chromium itself says of the cookies that it has refused or held back: the words of its network tab."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any, NamedTuple

from playwright.sync_api import BrowserContext, CDPSession, Error, Frame, Page


class Blocked(NamedTuple):
    """What Chromium says of a request and its answer: its words for the reasons, all that hold."""

    #: By the names of the cookies that the request might have carried.
    held_back: dict[str, tuple[str, ...]]
    #: By the lines of the answer.
    refused: dict[str, tuple[str, ...]]


class Watch:
    """Notes what Chromium says of requests, by the number that the site gives to each."""

    def __init__(self, browser: BrowserContext) -> None:
        self._browser = browser
        self._sessions: list[CDPSession] = []
        self._asking: dict[str, dict[str, Any]] = {}
        self._said: dict[int, Blocked] = {}
        (page,) = browser.pages
        self.add(page)

    def add(self, document: Page | Frame) -> None:
        """Also listen to what a page loads. A frame in the process of the page around it has been heard already."""
        try:
            session = self._browser.new_cdp_session(document)
        except Error:
            return
        session.on("Network.requestWillBeSentExtraInfo", self._note_request)
        session.on("Network.responseReceivedExtraInfo", self._note_answer)
        session.send("Network.enable")
        self._sessions.append(session)

    def about(self, number: int) -> Blocked:
        """What is said of a request; waits until it is."""
        end = monotonic() + 10
        while number not in self._said:
            assert monotonic() < end, f"Chromium says nothing of request {number}"
            self._sessions[0].send("Runtime.evaluate", {"expression": "0"})  # meanwhile events arrive
        return self._said[number]

    def stop(self) -> None:
        for session in self._sessions:
            with suppress(Error):  # a frame may be gone
                session.detach()

    def _note_request(self, event: dict[str, Any]) -> None:
        self._asking[event["requestId"]] = event

    def _note_answer(self, event: dict[str, Any]) -> None:
        number = {name.lower(): value for name, value in event["headers"].items()}.get("x-number")
        if number is not None:  # or it is a redirect of the browser's own
            asked = self._asking[event["requestId"]]["associatedCookies"]
            self._said[int(number)] = Blocked(
                {one["cookie"]["name"]: tuple(one["blockedReasons"]) for one in asked if one["blockedReasons"]},
                {one["cookieLine"]: tuple(one["blockedReasons"]) for one in event["blockedCookies"]},
            )


@contextmanager
def watching(browser: BrowserContext) -> Iterator[Watch]:
    watch = Watch(browser)
    try:
        yield watch
    finally:
        watch.stop()
