"""What the lessons promise, and one way to break each promise: does the lesson notice by itself?

::

    python -m tests.tools.breakages
    python -m tests.tools.breakages 02_secret

Each breakage replaces a piece of the source in a copy of the project, and runs the lesson that makes the promise; where
that passes, the other lessons and the reference. Two figures come out: how many breakages their own lesson notices, and
how many the lessons and the reference notice together. A lesson that is not written yet, or fails unbroken, is left out, and the
first lines say so: it would seem to notice everything.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
#: How long one run may take, in seconds.
_PATIENCE = 300


class Breakage(NamedTuple):
    """One promise, and what breaks it."""

    lesson: str
    promise: str
    #: The file below ``demo_app`` in which ``before`` stands once, and becomes ``after``.
    file: str
    before: str
    after: str

    def apply(self, source: str) -> str:
        """The source, broken.

        :raises ValueError: if the piece is not there once.
        """
        if source.count(self.before) != 1:
            raise ValueError(
                f"{self.lesson}, {self.promise!r}: this is in {self.file} {source.count(self.before)} times, and has to be "
                f"there once. Write in tests/tools/breakages.py how the promise can be broken now:\n{self.before}"
            )
        return source.replace(self.before, self.after)


_INTERFACE, _STATE, _COOKIE = "session/interface.py", "session/state.py", "session/cookie.py"
_OPTIONS, _COOKIE_OPTIONS = "session/options.py", "session/cookie_options.py"
_SIGNATURE, _MEMORY, _AUDIT = "session/signature.py", "session/stores/memory.py", "session/audit.py"

_SETS_NEW = "            return self.options.save_uninitialized or session.modified\n"
_SETS_KNOWN = "return self.options.rolling or (session.cookie.expires_at is not None and session.modified)"
_SAVES_NEW = "if session.new and not session.initialized and not self.options.save_uninitialized:"

_TAKES_STORE = "self.store = MemoryStore() if options.store is None else options.store"
_SENDS_PATH = 'settings.path and f"; Path={settings.path}"'
_SENDS_DOMAIN = 'settings.domain and f"; Domain={settings.domain}"'
_SENDS_SAMESITE = 'settings.samesite and f"; SameSite={settings.samesite}"'
_SENDS_PARTITIONED = 'settings.partitioned and "; Partitioned"'
_SENDS_PRIORITY = 'settings.priority and f"; Priority={settings.priority}"'

# fmt: off
BREAKAGES = [
    Breakage("00_start_here", "The first answer sets the cookie.",
        _INTERFACE, _SETS_NEW, "            return self.options.save_uninitialized\n"),
    Breakage("00_start_here", "The second answer does not set it again.",
        _INTERFACE, _SETS_KNOWN, "return self.options.rolling or session.modified"),
    Breakage("00_start_here", "A client without the cookie is somebody new.",
        _INTERFACE, "return secrets.token_urlsafe(24)", 'return "one-id-for-everybody-who-is-here"'),
    Breakage("00_start_here", "The data are stored under the id.",
        _STATE, "    stored = StoredSession(session._cookie, text)\n", '    stored = StoredSession(session._cookie, "{}")\n'),
    Breakage("00_start_here", "A changed id has no valid signature, and counts as none.",
        _SIGNATURE, "if hmac.compare_digest(_signature(value, secret), found_bytes):", "if found_bytes:"),
    Breakage("00_start_here", "An answer that depends on the session says so to caches.",
        _INTERFACE, '        response.headers.add("Vary", "Cookie")\n', "        pass\n"),
    Breakage("01_name", "The server sends the id under this name.",
        _INTERFACE, "dump_cookie(self.get_cookie_name(app), value", 'dump_cookie("connect.sid", value'),
    Breakage("01_name", "The server looks for the id under this name.",
        _INTERFACE, 'request.environ.get("HTTP_COOKIE", ""), self.get_cookie_name(app)',
        'request.environ.get("HTTP_COOKIE", ""), "connect.sid"'),
    Breakage("01_name", "Without the option, it is connect.sid.",
        _OPTIONS, 'name: str = "connect.sid"', 'name: str = "sid"'),
    Breakage("01_name", "An id has 32 characters.",
        _INTERFACE, "secrets.token_urlsafe(24)", "secrets.token_urlsafe(18)"),
    Breakage("01_name", "The value begins with s:, which is the handwriting of express-session.",
        _INTERFACE, 'value = "s:" + sign(', 'value = "j:" + sign('),
    Breakage("01_name", "The cookie is for the whole host.",
        _COOKIE_OPTIONS, 'path: str | None = "/"', 'path: str | None = "/api"'),
    Breakage("02_secret", "The signature is an HMAC with SHA-256.",
        _SIGNATURE, '"sha256"', '"sha3_256"'),
    Breakage("02_secret", "What is signed is the id.",
        _SIGNATURE, 'value.encode("utf-8", "surrogatepass")', '("s:" + value).encode("utf-8", "surrogatepass")'),
    Breakage("02_secret", "Base64 comes without padding.",
        _SIGNATURE, '.rstrip(b"=")', ""),
    Breakage("02_secret", "The value is percent-encoded on the wire.",
        _COOKIE, 'value.replace(":", "%3A").replace("/"', 'value.replace("/"'),
    Breakage("02_secret", "The whole signature counts.",
        _SIGNATURE, "compare_digest(_signature(value, secret), found_bytes)",
        "compare_digest(_signature(value, secret)[:20], found_bytes[:20])"),
    Breakage("02_secret", "A bad signature is no error.",
        _INTERFACE, "return unsign(value[2:], self.options.secrets) or None",
        'return unsign(value[2:], self.options.secrets) or __import__("flask").abort(400)'),
    Breakage("02_secret", "The first secret signs.",
        _INTERFACE, "self.options.secrets[0]", "self.options.secrets[-1]"),
    Breakage("02_secret", "All secrets verify.",
        _INTERFACE, "unsign(value[2:], self.options.secrets)", "unsign(value[2:], self.options.secrets[:1])"),
    Breakage("02_secret", "A secret that is missing is an error at once.",
        _OPTIONS, "    if value is None or value == \"\":\n", "    if value is None:\n        return \"changeme\"\n    if value == \"\":\n"),
    Breakage("02_secret", "A log-in gets a new id.",
        _STATE, "self._generate_sid(), self._new_cookie()", "self._sid, self._new_cookie()"),
    Breakage("02_secret", "After a log-in, the old id is worth nothing.",
        _STATE, "self._store.destroy(self._sid)\n        dict.clear(self)", "dict.clear(self)"),
    Breakage("03_max_age", "The date is one lifetime away.",
        _COOKIE, "None if lifetime is None else clock.now() + lifetime", "None if lifetime is None else clock.now() + 2 * lifetime"),
    Breakage("03_max_age", "There is Expires, and no Max-Age.",
        _COOKIE, "; Expires={_date(cookie.expires_at // 1000)}", "; Expires={_date(cookie.expires_at // 1000)}; Max-Age=3600"),
    Breakage("03_max_age", "An int counts seconds.",
        "session/checks.py", "else value * 1000", "else value"),
    Breakage("03_max_age", "A configuration of Node counts milliseconds.",
        _COOKIE_OPTIONS, "timedelta(milliseconds=value)", "timedelta(seconds=value)"),
    Breakage("03_max_age", "The server ends the session, whatever the client does.",
        _MEMORY, "return kept[1] is not None and kept[1] <= now", "return False"),
    Breakage("03_max_age", "A request that only reads does not move the client's date.",
        _INTERFACE, _SETS_KNOWN, "return self.options.rolling or session.cookie.expires_at is not None"),
    Breakage("03_max_age", "A change moves the client's date.",
        _INTERFACE, _SETS_KNOWN, "return self.options.rolling"),
    Breakage("03_max_age", "With rolling, every answer carries the date.",
        _INTERFACE, _SETS_KNOWN, "return session.cookie.expires_at is not None and session.modified"),
    Breakage("03_max_age", "session.cookie.max_age is what is left.",
        _COOKIE, "return None if self.expires_at is None else (self.expires_at - clock.now()) * MILLISECOND",
        "return None if self.original_max_age is None else self.original_max_age * MILLISECOND"),
    Breakage("03_max_age", "A lifetime that a view assigns is that session's.",
        _COOKIE, 'original_max_age=check_max_age("session.cookie.max_age", value))\n        self.touch()',
        'original_max_age=check_max_age("session.cookie.max_age", value) and self.original_max_age)\n        self.touch()'),
    Breakage("03_max_age", "A log-in begins with the lifetime of the options.",
        _STATE, "self._generate_sid(), self._new_cookie()", "self._generate_sid(), self._cookie"),
    Breakage("04_secure", "Over HTTPS, the cookie is Secure.",
        _COOKIE, 'settings.secure and "; Secure"', '""'),
    Breakage("04_secure", "A secure cookie is not sent over plain HTTP.",
        _INTERFACE, "if session.cookie.secure and not self.is_secure(current_request):", "if False:"),
    Breakage("04_secure", "The session is stored all the same.",
        _INTERFACE, "        if self.should_save(app, session):\n",
        "        if self.should_save(app, session) and (not session.cookie.secure or self.is_secure(current_request)):\n"),
    Breakage("04_secure", "By itself, nobody believes X-Forwarded-Proto.",
        _INTERFACE, "if self.options.proxy is None:\n            return request.is_secure\n        forwarded",
        "if self.options.proxy is None:\n            self.options.__dict__['proxy'] = True\n        forwarded"),
    Breakage("04_secure", "With proxy=True, it is believed.",
        _INTERFACE, "return self.options.proxy and forwarded", "return False and forwarded"),
    Breakage("04_secure", "With auto, the cookie is Secure over HTTPS.",
        _COOKIE_OPTIONS, "secure=self.secure is not False", "secure=self.secure is True"),
    Breakage("04_secure", "With auto, a plain one is sent over plain HTTP.",
        _COOKIE_OPTIONS, "open_ = open_._replace(secure=False)", "open_ = open_._replace(secure=True)"),
    Breakage("04_secure", "Who is not logged in gets a 401.",
        "web/api.py", 'abort(401, "Nobody', 'abort(403, "Nobody'),
    Breakage("05_httponly", "It is on by default.",
        _COOKIE_OPTIONS, "httponly: bool = True", "httponly: bool = False"),
    Breakage("05_httponly", "httponly=False takes the word away.",
        _COOKIE, 'settings.httponly and "; HttpOnly"', '"; HttpOnly"'),
    Breakage("06_resave", "With resave=False, what has not changed is not written.",
        _STATE, "if stored is not None and not resave else None", "if False else None"),
    Breakage("06_resave", "With resave=True, it is.",
        _STATE, "if stored is not None and not resave else None", "if stored is not None else None"),
    Breakage("06_resave", "What has changed is written.",
        _STATE, "self._json() == self._saved_json", "self._saved_json is not None"),
    Breakage("06_resave", "A session that is read is touched.",
        _INTERFACE, "return not session.new and not self.should_save(app, session)", "return False"),
    Breakage("06_resave", "A touch moves the date.",
        _STATE, "    cookie.touch()\n    session._final_json", "    session._final_json"),
    Breakage("06_resave", "A touch leaves the data alone.",
        _MEMORY, "self._put(sid, cookie, found[2])", 'self._put(sid, cookie, "{}")'),
    Breakage("06_resave", "session.reload() brings what the store has now.",
        _STATE, "        dict.clear(self)\n        dict.update(self, stored.take_content())\n\n", "\n"),
    Breakage("07_save_uninitialized", "Without the option, a visitor who only reads gets no cookie.",
        _OPTIONS, "save_uninitialized: bool = False", "save_uninitialized: bool = True"),
    Breakage("07_save_uninitialized", "With False, the cookie waits for the first change.",
        _INTERFACE, _SETS_NEW, "            return True\n"),
    Breakage("07_save_uninitialized", "With False, nothing is stored before.",
        _INTERFACE, _SAVES_NEW, "if False:"),
    Breakage("07_save_uninitialized", "With True, the first answer sets the cookie.",
        _INTERFACE, _SETS_NEW, "            return session.modified\n"),
    Breakage("07_save_uninitialized", "With True, an empty session is stored.",
        _INTERFACE, _SAVES_NEW, "if session.new and not session.initialized:"),
    Breakage("07_save_uninitialized", "An answer that is an error carries the cookie, too.",
        _INTERFACE, "            is_sent = lives_on and", "            is_sent = lives_on and response.status_code < 400 and"),
    Breakage("08_put_it_together", "SameSite is sent as the option says.",
        _COOKIE, 'settings.samesite and f"; SameSite={settings.samesite}"', '""'),
    Breakage("08_put_it_together", "The sessions of an SQLite file outlive the server.",
        "session/stores/sqlite.py", '_LIVE = "(expires IS NULL OR expires > ?)"', '_LIVE = "(expires IS NULL AND expires > ?)"'),
    Breakage("08_put_it_together", "A secret that is empty ends the start-up with a sentence.",
        _OPTIONS, '    if value is None or value == "":\n', '    if value == "":\n        return "changeme"\n    if value is None:\n'),
    Breakage("08_put_it_together", "The audit tells of a cookie that travels over plain HTTP.",
        _AUDIT, "if cookie.secure is False:", "if False:"),
    Breakage("08_put_it_together", "The audit tells of a missing SameSite.",
        _AUDIT, "if cookie.samesite is None:", "if False:"),
    Breakage("09_path", "The server sends the path that the option says.",
        _COOKIE, _SENDS_PATH, '""'),
    Breakage("09_path", "It sends it without a slash at the end, so that the page itself has the session.",
        _COOKIE, _SENDS_PATH, "settings.path and f\"; Path={settings.path.rstrip('/')}/\""),
    Breakage("09_path", "path=None leaves the attribute out.",
        _COOKIE, _SENDS_PATH, "f\"; Path={settings.path or '/'}\""),
    Breakage("09_path", "Outside of the path there is no session.",
        _INTERFACE, 'if options.path not in (None, "/") and not', "if False and not"),
    Breakage("09_path", "The server compares letters: /admin takes in /administrator.",
        _INTERFACE, "return path.startswith(cookie_path)",
        'return path == cookie_path or path.startswith(cookie_path.rstrip("/") + "/")'),
    Breakage("10_domain", "The server sends the domain that the option says.",
        _COOKIE, _SENDS_DOMAIN, '""'),
    Breakage("10_domain", "It sends it as it was given.",
        _COOKIE, _SENDS_DOMAIN, 'settings.domain and f"; Domain=.{settings.domain}"'),
    Breakage("10_domain", "Without the option, there is no Domain.",
        _COOKIE_OPTIONS, "domain: str | None = None", 'domain: str | None = "localhost"'),
    Breakage("10_domain", "A domain with a scheme or a port is an error when the options are built.",
        "session/checks.py", "not (isinstance(value, str) and _DOMAIN.fullmatch(value))", "not isinstance(value, str)"),
    Breakage("10_domain", "Of two cookies of one name, the server takes the first.",
        _COOKIE, 'for pair in header.split(";"):', 'for pair in reversed(header.split(";")):'),
    Breakage("11_samesite", "The server sends the word that the option says.",
        _COOKIE, _SENDS_SAMESITE, '""'),
    Breakage("11_samesite", "Strict is not Lax.",
        _COOKIE, _SENDS_SAMESITE, "settings.samesite and f\"; SameSite={settings.samesite.replace('Strict', 'Lax')}\""),
    Breakage("11_samesite", "Without the option, there is no word.",
        _COOKIE_OPTIONS, "samesite: str | None = None", 'samesite: str | None = "Lax"'),
    Breakage("11_samesite", "With auto it is None over HTTPS.",
        _COOKIE_OPTIONS, 'over_tls = over_tls._replace(samesite="None")', "over_tls = over_tls._replace()"),
    Breakage("11_samesite", "With auto it is Lax over plain HTTP.",
        _COOKIE_OPTIONS, 'given["samesite"] = "Lax"', 'given["samesite"] = "None"'),
    Breakage("12_partitioned", "partitioned=True adds the word.",
        _COOKIE, _SENDS_PARTITIONED, '""'),
    Breakage("12_partitioned", "The word has no value.",
        _COOKIE, _SENDS_PARTITIONED, 'settings.partitioned and "; Partitioned=true"'),
    Breakage("12_partitioned", "It is off by default.",
        _COOKIE_OPTIONS, "partitioned: bool = False", "partitioned: bool = True"),
    Breakage("12_partitioned", "It goes with SameSite=None.",
        _COOKIE, _SENDS_PARTITIONED, 'settings.partitioned and settings.samesite != "None" and "; Partitioned"'),
    Breakage("12_partitioned", "It does not bring Secure.",
        _COOKIE, 'settings.secure and "; Secure"', '(settings.secure or settings.partitioned) and "; Secure"'),
    Breakage("13_rolling", "With rolling, an answer that changes nothing carries the cookie.",
        _INTERFACE, _SETS_KNOWN, "return session.cookie.expires_at is not None and session.modified"),
    Breakage("13_rolling", "The date that it carries is a whole lifetime away.",
        _STATE, "    cookie.touch()\n    session._final_json", "    session._final_json"),
    Breakage("13_rolling", "It is off by default.",
        _OPTIONS, "rolling: bool = False", "rolling: bool = True"),
    Breakage("13_rolling", "The cookie of a browser session comes again as well.",
        _INTERFACE, _SETS_KNOWN,
        "return session.cookie.expires_at is not None and (self.options.rolling or session.modified)"),
    Breakage("13_rolling", "With save_uninitialized=False, a visitor who did nothing gets none, rolling or not.",
        _INTERFACE, _SETS_NEW, "            return self.options.save_uninitialized or self.options.rolling or session.modified\n"),
    Breakage("14_expires", "The first answer has the date that the option says.",
        _COOKIE, "        if options.expires is None:\n", "        if True:\n"),
    Breakage("14_expires", "The same moment in another time zone is the same date.",
        "session/checks.py", "return (value - EPOCH) // MILLISECOND",
        "return (value.replace(tzinfo=timezone.utc) - EPOCH) // MILLISECOND"),
    Breakage("14_expires", "Without the option, there is no date.",
        _COOKIE_OPTIONS, "expires: datetime | None = None",
        'expires: datetime | None = datetime.fromisoformat("2100-01-01T00:00:00+00:00")'),
    Breakage("14_expires", "max_age and expires together are an error.",
        _COOKIE_OPTIONS, "if self.max_age is not None and self.expires is not None:", "if False:"),
    Breakage("14_expires", "What was left of it is a lifetime from then on, which each request starts again.",
        _COOKIE, "else self.expires_at - clock.now()\n", "else 2 * (self.expires_at - clock.now())\n"),
    Breakage("15_priority", "The server sends the word that the option says.",
        _COOKIE, _SENDS_PRIORITY, '""'),
    Breakage("15_priority", "It begins with a capital letter, however it was given.",
        _COOKIE, _SENDS_PRIORITY, 'settings.priority and f"; Priority={settings.priority.lower()}"'),
    Breakage("15_priority", "Without the option, there is no word.",
        _COOKIE_OPTIONS, "priority: str | None = None", 'priority: str | None = "Medium"'),
    Breakage("15_priority", "High is sent as well.",
        _COOKIE, _SENDS_PRIORITY, 'settings.priority in ("Low", "Medium") and f"; Priority={settings.priority}"'),
    Breakage("15_priority", "Another word is an error when the options are built.",
        "session/checks.py", 'return _one_of(option, value, ("Low", "Medium", "High"))', "return value and str(value).title()"),
    Breakage("16_genid", "The function makes the ids.",
        _INTERFACE, "if self.options.genid is None:", "if True:"),
    Breakage("16_genid", "The function gets the request.",
        _INTERFACE, "sid = self.options.genid(request)", "sid = self.options.genid(None)"),
    Breakage("16_genid", "Without the option, an id is 24 random bytes.",
        _INTERFACE, "secrets.token_urlsafe(24)", "secrets.token_urlsafe(16)"),
    Breakage("16_genid", "A log-in asks the function for another id.",
        _STATE, "self._generate_sid(), self._new_cookie()", '__import__("secrets").token_urlsafe(24), self._new_cookie()'),
    Breakage("16_genid", "What is no text, or empty, is an error.",
        _INTERFACE, "if not isinstance(sid, str) or not sid or not _UTF_8.fullmatch(sid):", "if False:"),
    Breakage("17_store", "The sessions are kept where the option says.",
        _INTERFACE, _TAKES_STORE, "self.store = MemoryStore()"),
    Breakage("17_store", "An id that the store does not know is never taken over.",
        _STATE, "if presented_sid is None or (stored is None and failure is None) else", "if presented_sid is None else"),
    Breakage("17_store", "Without the option, each app has a memory of its own.",
        _INTERFACE, _TAKES_STORE,
        'self.store = globals().setdefault("_FOR_ALL", MemoryStore()) if options.store is None else options.store'),
    Breakage("17_store", "Without touch in a store, reading does not move the date.",
        "session/stores/base.py", "return True if touch is None else bool(touch(sid, cookie))",
        "return self.update(sid, StoredSession(cookie, self.get(sid).data)) if touch is None else bool(touch(sid, cookie))"),
    Breakage("17_store", "A change that the store cannot keep is answered with 503.",
        _INTERFACE, "if session.ended or session.modified:", "if False:"),
    Breakage("18_proxy", "With proxy=True, X-Forwarded-Proto is believed.",
        _INTERFACE, "return self.options.proxy and forwarded", "return False and forwarded"),
    Breakage("18_proxy", "Of several, it is the first.",
        _INTERFACE, 'forwarded.partition(",")[0]', 'forwarded.rpartition(",")[2]'),
    Breakage("18_proxy", "Without the option, nobody is believed.",
        _OPTIONS, "proxy: bool | None = None", "proxy: bool | None = True"),
    Breakage("18_proxy", "With proxy=False, nobody is believed, ProxyFix included.",
        _INTERFACE, "if self.options.proxy is None:\n            return", "if not self.options.proxy:\n            return"),
    Breakage("18_proxy", "Without the option, what ProxyFix says counts.",
        _INTERFACE, "return request.is_secure\n", "return False\n"),
    Breakage("19_unset", "With destroy, session.unset() removes the session from the store.",
        _INTERFACE, 'if session.unset_by_view and self.options.unset == "destroy":', "if False:"),
    Breakage("19_unset", "With keep, the store keeps it.",
        _INTERFACE, 'if session.unset_by_view and self.options.unset == "destroy":', "if session.unset_by_view:"),
    Breakage("19_unset", "Without the option, the store keeps it.",
        _OPTIONS, 'unset: Literal["keep", "destroy"] = "keep"', 'unset: Literal["keep", "destroy"] = "destroy"'),
    Breakage("19_unset", "session.destroy() removes it, whatever the option says.",
        _STATE, "        self._store.destroy(self._sid)\n        self._end(_End.DESTROYED)", "        self._end(_End.DESTROYED)"),
    Breakage("19_unset", "What the request has changed before session.unset() is dropped.",
        _STATE, "        self._end(_End.UNSET)", "        self.save()\n        self._end(_End.UNSET)"),
]
# fmt: on


def main(arguments: Sequence[str] | None = None) -> int:
    lessons = list(dict.fromkeys(breakage.lesson for breakage in BREAKAGES))
    parser = argparse.ArgumentParser(prog="python -m tests.tools.breakages", description=__doc__.partition("\n")[0])
    parser.add_argument("lesson", nargs="*", help="default: all that promise something")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="how many at once (default: 2)")
    given = parser.parse_args(arguments)
    for lesson in given.lesson:
        if lesson not in lessons:
            parser.error(f"{lesson!r} promises nothing. There are: {', '.join(lessons)}.")
    chosen = [breakage for breakage in BREAKAGES if breakage.lesson in (given.lesson or lessons)]
    to_come = [
        lesson for lesson in dict.fromkeys(each.lesson for each in chosen) if not _notebook(ROOT, lesson).exists()
    ]
    if to_come:
        print(f"not written yet, and left out: {', '.join(to_come)}")
        chosen = [breakage for breakage in chosen if breakage.lesson not in to_come]
    found: Counter[str] = Counter()
    with ThreadPoolExecutor(given.workers) as pool:
        asked = list(dict.fromkeys(breakage.lesson for breakage in chosen))
        failing = [
            lesson for lesson, passes in zip(asked, pool.map(_passes_unbroken, asked), strict=True) if not passes
        ]
        if failing:
            print(f"fails unbroken, and left out: {', '.join(failing)}", flush=True)
            chosen = [breakage for breakage in chosen if breakage.lesson not in failing]
        for breakage, noticed_by in zip(chosen, pool.map(notice, chosen), strict=True):
            found[noticed_by] += 1
            print(f"{noticed_by:9} {breakage.lesson}: {breakage.promise}", flush=True)
    print(f"\nnoticed by the lesson that makes the promise: {found['itself']} of {len(chosen)}")
    print(f"noticed by the lessons and the reference: {found['itself'] + found['another']} of {len(chosen)}")
    return 0


def notice(breakage: Breakage) -> str:
    """Which notebook notices a breakage: the lesson ``itself``, ``another`` one, or ``nobody``."""
    with _copy() as folder:
        path = folder / "demo_app" / breakage.file
        path.write_text(breakage.apply(path.read_text(encoding="utf-8")), encoding="utf-8")
        lesson = str(_notebook(Path(), breakage.lesson))
        if not _pass(folder, lesson):
            return "itself"
        return "nobody" if _pass(folder, "notebooks", f"--deselect={lesson}") else "another"


def _passes_unbroken(lesson: str) -> bool:
    with _copy() as folder:
        return _pass(folder, str(_notebook(Path(), lesson)))


@contextmanager
def _copy() -> Iterator[Path]:
    """A copy of what a notebook needs."""
    with tempfile.TemporaryDirectory(prefix="breakage-") as name:
        folder = Path(name)
        for part in ("demo_app", "notebooks"):
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        yield folder


def _notebook(root: Path, lesson: str) -> Path:
    return root / "notebooks" / f"{lesson}.ipynb"


def _pass(folder: Path, *arguments: str) -> bool:
    """Whether notebooks give what is stored in them. One that takes very long does not.

    :raises RuntimeError: if pytest was ended from outside, which would look as if a notebook had noticed.
    """
    command = [sys.executable, "-m", "pytest", "-n0", "-x", "-q", "-p", "no:cacheprovider", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        code = subprocess.run(command, cwd=folder, env=environment, timeout=_PATIENCE, **quiet).returncode
    except subprocess.TimeoutExpired:
        return False
    if code < 0:
        raise RuntimeError(f"Signal {-code} ended pytest, and nothing is known of the notebooks. Run this again.")
    return code == 0


if __name__ == "__main__":
    sys.exit(main())
