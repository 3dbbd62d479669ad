"""The lessons in their order: the one place where a lesson is announced.

``python -m demo_app.teach.announce`` makes README's table and the links between the lessons from it; the audit looks up
here which lesson explains an option; tests hold the notebooks and the teacher's guide against it.
"""

from __future__ import annotations

from typing import NamedTuple


class Lesson(NamedTuple):
    """A lesson, as README's table has it."""

    #: The notebook's file name, without ``.ipynb``. It begins with the lesson's number.
    name: str
    #: What it is called, with a verb.
    title: str
    #: Its option, such as ``"`secret`"``, which its first line names too; plain words or empty where there is none.
    option: str
    #: What the option changes in the header.
    header: str
    #: The options that an audit sends people to this lesson for, as :class:`~demo_app.session.Finding` names them.
    explains: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        return self.name.partition("_")[0]

    @property
    def heading(self) -> str:
        """Such as ``"02 · Sign the session id"``."""
        return f"{self.number} · {self.title}"


_THE_ARTICLES_OPTIONS = (
    Lesson("00_start_here", "Watch a session begin", "", "where `Set-Cookie` comes from, and what it is for"),
    Lesson("01_name", "Rename the cookie", "`name`", "**`mycookie`**`=s%3A…; Path=/; HttpOnly`", ("name",)),
    Lesson(
        "02_secret",
        "Sign the session id",
        "`secret`",
        "`mycookie=s%3A….`**`signature`**`; Path=/; HttpOnly`",
        ("secret",),
    ),
    Lesson(
        "03_max_age",
        "Give it a lifetime",
        "`max_age`",
        "`…; Path=/; `**`Expires=…`**`; HttpOnly`",
        ("cookie.max_age",),
    ),
    Lesson(
        "04_secure",
        "Keep it off plain HTTP",
        "`secure`",
        "`…; Path=/; HttpOnly; `**`Secure`**, or no header at all",
        ("cookie.secure",),
    ),
    Lesson("05_httponly", "Hide it from scripts", "`httponly`", "`…; Path=/; `**`HttpOnly`**", ("cookie.httponly",)),
    Lesson(
        "06_resave",
        "Save only what changed",
        "`resave`",
        "nothing: it changes what is written to the store",
        ("resave",),
    ),
    Lesson(
        "07_save_uninitialized",
        "Wait until there is something to save",
        "`save_uninitialized`",
        "whether a visitor who did nothing gets a header",
        ("save_uninitialized",),
    ),
    Lesson(
        "08_put_it_together",
        "Put it together",
        "all of them",
        "the configuration for production",
        ("cookie",),
    ),
)

_THE_OTHER_OPTIONS = (
    Lesson("09_path", "Keep it to a part of the site", "`path`", "`…; `**`Path=/shop`**`; HttpOnly`"),
    Lesson(
        "10_domain",
        "Share it with subdomains",
        "`domain`",
        "`…; `**`Domain=shop.example`**`; Path=/; HttpOnly`",
        ("cookie.domain",),
    ),
    Lesson(
        "11_samesite",
        "Keep it out of other sites' requests",
        "`samesite`",
        "`…; Path=/; HttpOnly; `**`SameSite=Lax`**",
        ("cookie.samesite",),
    ),
    Lesson(
        "12_partitioned",
        "Keep one for each page that embeds you",
        "`partitioned`",
        "`…; Path=/; HttpOnly; Secure; `**`Partitioned`**`; SameSite=None`",
        ("cookie.partitioned",),
    ),
    Lesson(
        "13_rolling",
        "Start the lifetime again",
        "`rolling`",
        "`…; `**`Expires=…`**`; HttpOnly` in every answer of a session",
        ("rolling",),
    ),
    Lesson(
        "14_expires",
        "Name the date yourself",
        "`expires`",
        "`…; Path=/; `**`Expires=…`**`; HttpOnly`: the date that it names, in the first answer",
    ),
    Lesson("15_priority", "Say what may go first", "`priority`", "`…; Path=/; HttpOnly; `**`Priority=High`**"),
    Lesson("16_genid", "Make the id", "`genid`", "`sid=s%3A`**`id`**`.signature; Path=/; HttpOnly`", ("genid",)),
    Lesson(
        "17_store",
        "Choose where sessions live",
        "`store`",
        "nothing: it changes who knows the id",
        ("store",),
    ),
    Lesson(
        "18_proxy",
        "Say who said HTTPS",
        "`proxy`",
        "`…; Path=/; HttpOnly; `**`Secure`**, or no header at all, behind two proxies",
        ("proxy",),
    ),
    Lesson(
        "19_unset",
        "Let go of a session",
        "`unset`",
        "nothing: what becomes of the session in the store",
    ),
)

#: The lessons by the parts of the series, as README and the teacher's guide have them.
PARTS = {"The article's options": _THE_ARTICLES_OPTIONS, "The other options": _THE_OTHER_OPTIONS}

SERIES = tuple(lesson for lessons in PARTS.values() for lesson in lessons)
