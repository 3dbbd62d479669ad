"""What people ask, what to ask the doctor, and its answer in one line: README's section, and the teacher's guide."""

from __future__ import annotations

import io
import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo_app.cookies.command import main
from tests.cookies.hars import document, har

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/teaching.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = README.split("## My cookie is not set, not sent, or lost\n")[1].split("\n## ")[0]
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")] for line in SECTION.splitlines() if line.startswith("| ")
][1:]

SHOP = "https://shop.example/"
NO_COOKIE = "> GET / HTTP/1.1\n> Host: localhost:5000\n>\n< HTTP/1.1 200 OK\n<\n"
#: Somebody who works on when the cookie has ended.
RECORDING = har([document(SHOP, "session=1; Path=/; Max-Age=60"), document(SHOP, second=90)])


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Run a command; return the exit status, and the reasons in its answer."""
    monkeypatch.chdir(tmp_path)
    Path("shop.har").write_text(RECORDING)

    def run(command: str) -> tuple[int, list[str]]:
        _, word, arguments = command.rpartition("why ")
        assert word
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(NO_COOKIE.encode())))
        status = main([*shlex.split(arguments), "--json"])
        printed, error = capsys.readouterr()
        assert not error
        return status, list(reasons(json.loads(printed)))

    return run


def reasons(found: object) -> Iterator[str]:
    """Every ``because`` of an answer."""
    if isinstance(found, dict):
        yield from (value for key, value in found.items() if key == "because")
    for inner in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from reasons(inner)


# The guide's questions that are about a line, an answer or a request. Those about servers, stores and secrets no
# header answers.
CURL = "curl -sv http://localhost:5000/ 2>&1 | why -"
QUESTIONS = {
    "Why do I get a new session id with every request?": (
        'why "connect.sid=1; Path=/; HttpOnly" http://localhost:5000/ --set-by fetch --page http://localhost:3000/',
        'To another origin, fetch needs credentials: "include" for cookies in either direction.',
    ),
    "Does logging out delete the cookie?": (
        'why "connect.sid=; Path=/; Max-Age=0" https://shop.example/logout',
        "Its end has come: this deletes the cookie named 'connect.sid' of shop.example with Path=/, and no other.",
    ),
    "My two apps on `localhost` log each other out.": (
        'why "connect.sid=1; Path=/" http://localhost:3000/ --to http://localhost:5000/',
        "Its scheme, host and path fit.",
    ),
    "Should I use `__Host-`?": (
        'why "__Host-session=1; Path=/; HttpOnly" https://shop.example/',
        "The name begins with __Host-, which needs Secure.",
    ),
    "Users are logged out in the middle of their work.": (
        "why --har shop.har --cookie session",
        "It was kept until 12:01:00 UTC.",
    ),
    "`secure: true`, and no cookie at all.": (
        CURL,
        "With secure=True an app sends no cookie over plain HTTP, on localhost neither.",
    ),
    "It works in the browser, and the test with `requests` fails.": (
        'why "session=1; Path=/; Secure" http://localhost:5000/',
        "Its scheme, host and path fit.",
    ),
    'Why not always `secure="auto"`?': (
        'why "session=1; Path=/" https://shop.example/ --to http://shop.example/',
        "Its scheme, host and path fit.",
    ),
    "My front end needs to know who is logged in.": (
        'why "session=1; Path=/; HttpOnly" https://shop.example/',
        "It is HttpOnly.",
    ),
    "Do we need consent for the session cookie?": (
        CURL,
        "With save_uninitialized=False nobody gets a cookie before something is put into the session.",
    ),
    "The session is empty when my front end is on another domain.": (
        'why "session=1; Path=/" https://api.example/ --set-by fetch --credentials include --page https://shop.example/',
        "Another site's page has loaded it, and it has no SameSite=None.",
    ),
    "What do I put into `domain`?": (
        'why "session=1; Path=/; Domain=https://shop.example:443" https://shop.example/',
        "shop.example is not below Domain=https://shop.example:443. "
        "A domain is a host alone, without scheme, port and path.",
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_doctor_answers_what_people_ask_in_a_line(ask, question):
    assert f"| {question} |" in GUIDE, "it is not in docs/teaching.md any more"
    command, answer = QUESTIONS[question]
    assert answer in ask(command)[1]


#: What README's commands say, by what people see.
SAID = {
    "it works on `localhost`, not on the server": "It is Secure and came over plain HTTP.",
    "the browser shows a warning beside the cookie": "SameSite=None needs Secure.",
    "a name with `__Host-` is not stored": "The name begins with __Host-, which needs Secure.",
    "each request of the front end is a new visitor": (
        'To another origin, fetch needs credentials: "include" for cookies in either direction.'
    ),
    "front end and API on two domains, and no session": (
        "Another site's page has loaded it, and it has no SameSite=None."
    ),
    "nobody is logged in after the bank's page": "SameSite=Lax keeps it from a POST of another site.",
    "another host of the site does not get it": "It has no Domain, so it is for shop.example alone.",
    "other pages of the site do not get it": (
        "/ is not below its path /account, which it has from the address that set it."
    ),
    "a script does not see it": "It is HttpOnly.",
    "two apps log each other out": "Its scheme, host and path fit.",
    "it is gone while somebody works": "It was kept until 12:01:00 UTC.",
    "it ends with the browser, in spite of its date": (
        "Expires=2030-01-31T12:00:00Z: that is no date. "
        "It is written Expires=Thu, 31 Dec 2037 23:59:59 GMT, for example."
    ),
    "it does not go when it is deleted": (
        "Its end has come: this deletes the cookie named 'session' of shop.example with Path=/account, and no other."
    ),
}


def test_the_first_row_is_asked_above_the_table():
    assert ROWS[0][:2] == ["the answer has no `Set-Cookie`", "`curl -sv … 2>&1`, as above"]


@pytest.mark.parametrize("row", ROWS[1:], ids=[row[0] for row in ROWS[1:]])
def test_each_command_in_readme_finds_the_reason(ask, row):
    assert SAID[row[0]] in ask(row[1].strip("`"))[1]


def test_the_commands_above_the_table_are_right(ask):
    commands = SECTION.split("```\n")[1].splitlines()
    assert [ask(command)[0] for command in commands] == [0, 1, 0]
    assert all(command.startswith(("python3 run.py why ", "curl ")) for command in commands)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_row_leads_to_a_cell_that_there_is(row):
    places = re.findall(r"\[[^]]*\]\((notebooks/[^)]*)\), \*(.+?)\*(?:;|$)", row[2])
    assert len(places) == row[2].count("](")
    for notebook, heading in places:
        cells = json.loads((ROOT / notebook).read_text(encoding="utf-8"))["cells"]
        lines = [line for cell in cells if cell["cell_type"] == "markdown" for line in cell["source"]]
        assert any(line.strip().removeprefix("## ") == heading for line in lines), (notebook, heading)
