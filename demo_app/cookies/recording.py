"""What became of each cookie of a recording: set by which answer, refused by which rule, missing from which request."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from .address import read_address
from .clients import find_browser
from .context import Context
from .har import Exchange
from .jar import Finding, Jar, Kept, Taken
from .limits import TOO_MANY
from .rules import Cookie, Reason, is_blocked
from .table import Table

_EARLY = Reason("The request was under way before the answer that sets it had come.", "")
_ELSEWHERE = Reason("No answer of the recording sets it: it was there before, or a script has set it.", "")
_CHANGED = Reason("It has another value than it was set to, by a script or by an answer that was hidden.", "")
_BY_SCRIPT = Reason("A script of the page may have deleted it.", "")
_BY_HAND = Reason("Somebody may have deleted it, or the browser.", "")
_THIRD_PARTY = Reason("The browser may be set to give third parties no cookies.", "RFC 6265bis, 7.1")
_NOTHING_LATER = Reason("No later request shows whether it was stored.", "")

#: What happens to a cookie that somebody misses.
TROUBLE = ("refused", "not sent", "missing")


class Event(NamedTuple):
    """Something that happens to a cookie."""

    #: The number of the request in the recording, from 1.
    number: int
    #: Its address, without what may be a secret: query, user and password.
    url: str
    name: str
    #: Whose cookie it is: the registrable domain.
    site: str
    #: ``"set"``, ``"refused"``, ``"unclear"`` (set or refused) or ``"deleted"`` by the answer; ``"sent"``,
    #: ``"not sent"`` by a rule, ``"not yet sent"``, ``"missing"`` for a reason that is not in the file, or ``"found"``
    #: without having been set; or ``"ended"``.
    what: str
    #: Why. Where the file does not tell, all that fits.
    reasons: tuple[Reason, ...]


class Recording:
    """The requests and answers of a recording, one after the other through a :class:`Jar`.

    What a recording does not hold, no rule can make up for: then all reasons that fit are named.

    :param client: Whose rules: ``"chromium"`` or ``"firefox"``. It should be the one that has made the recording.
    :raises ValueError: if it is neither.
    """

    def __init__(self, exchanges: Sequence[Exchange], client: str = "chromium") -> None:
        self._exchanges = exchanges
        #: By whose rules, as people call it.
        self.browser = find_browser(client, None).name
        self.events = _Follower(exchanges, client).events

    @property
    def notes(self) -> list[str]:
        """What to know of this recording."""
        hidden = [one.number for one in self._exchanges if one.lines is None]
        told = [one for one in self._exchanges if {"include", "same-origin"} <= {c.credentials for c in one.contexts}]
        framed = [one for one in self._exchanges if len({context.page for context in one.contexts}) > 1]
        notes = [
            (
                hidden,
                f"The browser kept from the recording what came with {_numbers(hidden)} (CORS); it may set cookies.",
            ),
            (told, "What a script tells fetch about credentials is not in a recording."),
            (framed, "Nor is the page around a frame."),
        ]
        return [note for some, note in notes if some]

    def story(self, name: str) -> Table:
        """All that happens to the cookies of a name.

        :raises ValueError: if there is none, naming those that there are.
        """
        rows = [
            (f"#{event.number}", event.url, event.what, _in_words(event.reasons))
            for event in self.events
            if event.name == name
        ]
        if not rows:
            names = ", ".join(sorted({event.name for event in self.events})) or "none at all"
            raise ValueError(f"The recording has no cookie named {name!r}. It has: {names}.")
        return Table(("request", "address", "it is", f"because, in {self.browser}"), rows)

    def _summary(self) -> Table:
        groups: dict[tuple[str, str], dict[tuple[str, tuple[Reason, ...]], list[int]]] = defaultdict(dict)
        for event in self.events:
            group = groups[event.name, event.site]
            group.setdefault((event.what, event.reasons), []).append(event.number)
        rows = []
        for (name, site), group in groups.items():
            label = f"{name or '(no name)'} of {site}"
            for (what, reasons), numbers in group.items():
                rows.append((label, what, _numbers(numbers), _in_words(reasons)))
                label = ""
        head = ("cookie", "it is", "requests", f"because, in {self.browser}")
        return Table(head, rows, empty="No request and no answer has a cookie.")

    def __repr__(self) -> str:
        return "\n".join((repr(self._summary()), *self.notes))

    def _repr_html_(self) -> str:
        return self._summary()._repr_html_() + "".join(f"<p>{note}</p>" for note in self.notes)


def _in_words(reasons: Iterable[Reason]) -> str:
    return " ".join(f"{one.because} ({one.rule})" if one.rule else one.because for one in reasons)


def _numbers(numbers: Sequence[int]) -> str:
    """Such as ``"#1, #4, #5 and 12 more"``."""
    shown = ", ".join(f"#{number}" for number in numbers[:3])
    return f"{shown} and {len(numbers) - 3} more" if len(numbers) > 3 else shown


class _Follower:
    """Goes through the exchanges, with a jar for each site: no cookie is shared by two."""

    def __init__(self, exchanges: Sequence[Exchange], client: str) -> None:
        self.events: list[Event] = []
        self._client = client
        self._jars: dict[str, Jar] = defaultdict(partial(Jar, client))
        #: What has brought each cookie, and how.
        self._brought: dict[Kept, tuple[Exchange, Context]] = {}
        #: When cookies have left, by site, name and value.
        self._left: dict[tuple[str, ...], datetime] = {}
        #: The numbers of the answers that were hidden, by site.
        self._hidden: dict[str, list[int]] = defaultdict(list)
        #: The last request that carries a cookie, by site, name and value; by site alone, the last one that tells.
        self._last: dict[tuple[str, ...], int] = {}
        sites = [read_address(exchange.url).site[1] for exchange in exchanges]
        for place, (site, exchange) in enumerate(zip(sites, exchanges, strict=True)):
            if exchange.carried is not None:
                self._last |= {(site,): place} | {(site, *pair): place for pair in exchange.carried}
        for place, (site, exchange) in enumerate(zip(sites, exchanges, strict=True)):
            self._place, self._site, self._exchange = place, site, exchange
            self._ask()
            self._answer()

    def _note(self, name: str, what: str, *reasons: Reason) -> None:
        exchange = self._exchange
        url = re.sub("//[^/]*@", "//", exchange.url.partition("?")[0])
        self.events.append(Event(exchange.number, url, name, self._site, what, tuple(dict.fromkeys(reasons))))

    # What a request carries, and what it does not.

    def _ask(self) -> None:
        exchange = self._exchange
        over = [kept for kept in self._brought if not kept.is_at(exchange.began)]
        for kept in (kept for kept in over if kept.answered.url.site[1] == self._site):
            del self._brought[kept]
            self._note(kept.cookie.name, "ended", Reason(f"It was kept until {kept.until:%H:%M:%S} UTC.", ""))
        if exchange.carried is None:
            return
        findings: dict[Kept, list[Finding]] = defaultdict(list)
        for context in exchange.contexts:
            for kept, finding in self._jars[self._site].sent(exchange.url, context, exchange.began):
                findings[kept].append(finding)
        rest = Counter(exchange.carried)
        absent = []
        for kept in findings:
            pair = (kept.cookie.name, kept.cookie.value)
            if rest[pair]:
                rest[pair] -= 1
                self._note(kept.cookie.name, "sent")
            else:
                absent.append(kept)
        others = list(rest.elements())
        for kept in absent:
            may_go = any(finding.answer for finding in findings[kept])
            changed = next((pair for pair in others if pair[0] == kept.cookie.name), None)
            if may_go and changed:
                others.remove(changed)
                self._note(kept.cookie.name, "found", _CHANGED)
                self._correct(kept, changed[1])
            else:
                self._miss(kept, findings[kept], may_go)
        for name, value in others:
            if self._left.get((self._site, name, value), exchange.began) <= exchange.began:
                self._note(name, "found", _ELSEWHERE)

    def _correct(self, kept: Kept, value: str) -> None:
        """Go on with the value that a cookie turns out to have."""
        exchange, context = self._brought.pop(kept)
        attributes = str(kept.cookie.line).partition(";")[1:]
        line = "".join((f"{kept.cookie.name}={value}", *attributes))
        again = self._jars[self._site].take(line, exchange.url, context, exchange.ended, context.redirects).kept
        if again:
            self._brought[again] = exchange, context

    def _miss(self, kept: Kept, findings: Sequence[Finding], may_go: bool) -> None:
        """Say why a request does not carry a cookie."""
        cookie = kept.cookie
        rules = [Reason(*finding[1:]) for finding in findings if not finding.answer]
        if not may_go:
            self._note(cookie.name, "not sent", *rules)
            return
        if self._exchange.began < self._brought[kept][0].ended:
            self._note(cookie.name, "not yet sent", _EARLY)
            return
        if self._may_be_third_party(cookie):
            rules.append(_THIRD_PARTY)
        if hidden := self._hidden[self._site]:
            rules.append(Reason(f"An answer that was hidden may have changed or deleted it: {_numbers(hidden)}.", ""))
        if not cookie.httponly:
            rules.append(_BY_SCRIPT)
        self._note(cookie.name, "missing", *(rules or [_BY_HAND]))

    # What an answer sets.

    def _answer(self) -> None:
        exchange = self._exchange
        if exchange.lines is None:
            self._hidden[self._site].append(exchange.number)
        for line in exchange.lines or ():
            self._set(line)

    def _set(self, line: str) -> None:
        exchange, jar = self._exchange, self._jars[self._site]
        # What refuses it in one of several contexts does so in a jar that is empty as well.
        tried = [
            Jar(self._client).take(line, exchange.url, context, exchange.ended, context.redirects)
            for context in exchange.contexts
        ]
        refusals = [Reason(*taken.stored[1:]) for taken in tried if not (taken.kept or taken.deletes)]
        cookie = tried[0].cookie
        if refusals and self._last.get((self._site, cookie.name, cookie.value), -1) <= self._place:
            self._refuse(tried, refusals)
            return
        context = next(
            (context for context, taken in zip(exchange.contexts, tried, strict=True) if taken.kept or taken.deletes),
            exchange.contexts[0],
        )
        taken = jar.take(line, exchange.url, context, exchange.ended, context.redirects)
        what = "set" if taken.kept else "deleted" if taken.deletes else "refused"
        self._note(cookie.name, what, Reason(*taken.stored[1:]), *taken.ignored)
        for kept, reason in taken.gone:
            self._brought.pop(kept, None)
            self._left[self._site, kept.cookie.name, kept.cookie.value] = exchange.ended
            if reason is TOO_MANY:
                self._note(kept.cookie.name, "deleted", reason)
        if taken.kept:
            self._brought[taken.kept] = exchange, context

    def _refuse(self, tried: Sequence[Taken], refusals: list[Reason]) -> None:
        """Say of a cookie that does not come back why it was not stored, in some of the contexts or in all."""
        cookie, ignored = tried[0].cookie, tried[0].ignored
        if len(refusals) == len(tried):
            self._note(cookie.name, "refused", *refusals, *ignored)
            return
        if self._may_be_third_party(cookie):
            refusals.append(_THIRD_PARTY)
        if self._last.get((self._site,), -1) > self._place:
            self._note(cookie.name, "refused", *refusals, *ignored)
        else:
            self._note(cookie.name, "unclear", *refusals, _NOTHING_LATER, *ignored)

    def _may_be_third_party(self, cookie: Cookie) -> bool:
        """Whether the browser would keep this one back if it gave third parties no cookies."""
        browser = find_browser(self._client, False)
        asking = self._exchange.contexts[0].asking(browser, read_address(self._exchange.url))
        return is_blocked(cookie, asking)
