"""The doctor as a command."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import publicsuffixlist
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo_app.cookies import Context
from demo_app.cookies.command import SETTINGS, main
from demo_app.cookies.har import WITHOUT_COOKIES
from tests.cookies.hars import document, har

ROOT = Path(__file__).parents[2]
SHOP = "https://shop.example/"


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """Run the command; return the exit status and what it has printed. An error is one line, and the only one."""

    def run(*arguments: str, stdin: str = "") -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        status = main(arguments)
        printed, error = capsys.readouterr()
        assert bool(error) == (status == 2)
        if error:
            assert printed == ""
            assert re.fullmatch(r"why: .*\n", error)
        return status, error or printed

    return run


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    file = tmp_path / "shop.har"
    lines = ("id=s3cret; HttpOnly", "b=s3cret; SameSite=None", "c=s3cret")
    file.write_text(har([document(SHOP, *lines), document(SHOP, cookie="id=s3cret; c=s3cret", second=1)]))
    return file


def test_a_line(ask):
    status, printed = ask("id=1; Path=/", SHOP)
    assert status == 0
    assert [row.split("  ")[0] for row in printed.splitlines()[2:]] == [
        "stored?",
        "shown to scripts?",
        "",
        "sent back?",
    ]
    assert ask("id=1; SameSite=None", SHOP)[0] == 1
    assert ask("id=1; Path=/a", SHOP)[0] == 1
    assert ask("id=; Max-Age=0", SHOP)[0] == 0  # it deletes, as it is meant to
    assert ask("Set-Cookie: id=1", SHOP) == ask("id=1", SHOP)


def test_every_setting_of_a_context_has_its_option(ask):
    assert set(SETTINGS) == {field.name for field in fields(Context)}
    back = ("id=1; Secure; SameSite=None", "https://api.example/", "--set-by", "fetch", "--request", "fetch")
    assert ask(*back, "--page", SHOP)[0] == 1
    assert ask(*back, "--page", SHOP, "--credentials", "include")[0] == 0
    assert ask(*back, "--page", SHOP, "--credentials", "include", "--no-third-party-cookies")[0] == 1
    assert ask("id=1; Path=/", SHOP, "--to", "https://www.shop.example/")[0] == 1
    led = ("id=1; SameSite=Lax", SHOP, "--request", "form", "--page", "https://bank.example/")
    assert ask(*led)[0] == 1
    assert ask(*led, "--redirects", f"{SHOP}paid", "--redirects", f"{SHOP}thanks")[0] == 0


def test_what_curl_prints(ask):
    printed = "> GET /a HTTP/1.1\n> Host: shop.example\n>\n< HTTP/1.1 200 OK\n< Set-Cookie: id=1\n<\n"
    status, told = ask("-", stdin=printed)
    assert status == 0
    assert told.splitlines()[2].startswith("id      stored?            yes")
    status, told = ask("-", stdin=printed.replace("Set-Cookie", "X"))
    assert status == 1
    assert told.startswith("the server sent none; why that may be")
    chain = "HTTP/1.1 302\nLocation: /b\nSet-Cookie: flash=1\n\nHTTP/1.1 200\nSet-Cookie: flash=; Max-Age=0; Path=/\n\n"
    status, told = ask("-", f"{SHOP}a?token=s3cret", stdin=chain)
    assert (status, "s3cret" in told) == (0, False)


def test_a_recording(ask, recording):
    status, printed = ask("--har", str(recording))
    assert status == 1
    assert "b of shop.example   refused" in printed
    status, printed = ask("--har", str(recording), "--cookie", "id")
    assert (status, len(printed.splitlines())) == (0, 5)
    status, printed = ask("--har", str(recording), "--cookie", "id", "--json")
    assert [event["what"] for event in json.loads(printed)["events"]] == ["set", "sent"]


def test_json(ask):
    status, printed = ask("id=1; Max-Age=60; Colour=red", SHOP, "--json")
    found = json.loads(printed)
    assert status == 0
    assert found["cookies"][0]["name"] == "id"
    assert found["cookies"][0]["stored"] == {
        "answer": True,
        "because": "It is kept 1 minute.",
        "rule": "RFC 6265bis, 5.7, step 6",
        "word": "",
    }
    assert found["cookies"][0]["lifetime"] == 60
    assert found["cookies"][0]["ignored"][0]["rule"] == "RFC 6265bis, 5.6"
    assert json.loads(ask("-", SHOP, "--json", stdin="HTTP/1.1 200\n\n")[1])["none"][-1]["rule"] == "lesson 07"


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_no_value_is_shown_unless_somebody_asks(ask, recording, more):
    for arguments in (
        ("id=s3cret; SameSite=None", SHOP),
        ("s3cret", SHOP),
        ("id=s3cret", "shop.example"),
        ("Cookie: id=s3cret", SHOP),
        ("id=s3cret",),
        ("id=s3cret; Max-Age=0", SHOP),
        ("id=s3cret\udc80", SHOP),
        ("--har", str(recording)),
        ("--har", str(recording), "--cookie", "id"),
        ("--har", str(recording), "--cookie", "none"),
    ):
        assert "s3cret" not in ask(*arguments, *more)[1], arguments
    assert "id=s3cret" in ask("id=s3cret", SHOP, "--values", *more)[1]


def test_no_terminal_obeys_what_is_in_a_cookie(ask, tmp_path):
    evil = "a\x1b]0;gone\x07\x9b31m\u202eb"
    file = tmp_path / "evil.har"
    file.write_text(har([document(f"{SHOP}{evil}", f"{evil}=1; {evil}={evil}", cookie=f"{evil}=2")]))
    for arguments in (
        (f"{evil}=1; {evil}={evil}; Path=/{evil}", SHOP),
        ("id=1", f"{SHOP}{evil}"),
        ("id=1", evil),
        ("id=1", SHOP, "--page", evil),
        ("id=1", SHOP, f"--{evil}"),
        ("--har", str(file)),
        ("--har", str(file), "--cookie", evil),
        ("--har", str(file), "--cookie", f"{evil}?"),
        ("--har", evil),
    ):
        printed = ask(*arguments)[1]
        assert all(sign.isprintable() for sign in printed.replace("\n", "")), arguments


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "There is no line. See --help."),
        (("id=1",), "A line does not say which address it came from"),
        (("id=1", "shop.example"), "it begins with http:// or https://"),
        (("id=1", SHOP, "--request", "iframe"), "Did you mean 'frame'?"),
        (("id=1", SHOP, "--colour"), "Unrecognized arguments: --colour. See --help."),
        (("id=1", SHOP, "--cookie", "id"), "--cookie goes with --har."),
        (("id=1", SHOP, "--har", "x"), "nothing but --cookie, --client and --json goes with it"),
        (("--har", "x", "--values"), "nothing but --cookie, --client and --json goes with it"),
        (("--har", "x", "--to", SHOP), "nothing but --cookie, --client and --json goes with it"),
        (("--har", "x", "--client", "both"), "A recording is of one browser"),
        (("--har", "/no/such.har"), "No such file"),
        (("--har", os.curdir), "directory"),
        (("-",), "no line begins with HTTP/"),
    ],
)
def test_what_nobody_can_answer_is_said_in_one_line(ask, arguments, words):
    status, error = ask(*arguments)
    assert status == 2
    assert words in error


def test_a_recording_without_cookies_is_unusable(ask, tmp_path):
    file = tmp_path / "sanitized.har"
    file.write_text(har([document(SHOP)], creator="WebInspector"))
    assert ask("--har", str(file)) == (2, f"why: {WITHOUT_COOKIES}\n")


@given(st.binary(max_size=200) | st.text('[{":,}]elogntris-:Z', max_size=60).map(str.encode))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_and_any_input_has_an_answer(ask, tmp_path, data):
    file = tmp_path / "any.har"
    file.write_bytes(data)
    assert ask("--har", str(file))[0] in (0, 2)
    ask("-", SHOP, stdin=data.decode("latin-1"))


def alone(tmp_path: Path, *arguments: str, with_list: bool) -> subprocess.CompletedProcess[str]:
    """The command in a Python that has nothing but the standard library, and the list."""
    if with_list:
        shutil.copytree(Path(publicsuffixlist.__file__).parent, tmp_path / "publicsuffixlist")
    paths = {"PYTHONPATH": os.pathsep.join((str(ROOT), str(tmp_path)))}
    command = [sys.executable, "-S", "-m", "demo_app.cookies", *arguments]
    return subprocess.run(command, env=os.environ | paths, cwd=tmp_path, capture_output=True, text=True)


def test_it_needs_nothing_but_the_list(tmp_path):
    done = alone(tmp_path, "id=1; Domain=github.io", "https://me.github.io/", with_list=True)
    assert (done.returncode, done.stderr) == (1, "")
    assert "is a public suffix" in done.stdout


def test_it_says_what_it_needs(tmp_path):
    assert alone(tmp_path, "id=1", SHOP, with_list=False).returncode == 0
    done = alone(tmp_path, "id=1; Domain=shop.example", SHOP, with_list=False)
    assert done.returncode == 2
    assert done.stderr == (
        "why: No module named 'publicsuffixlist'. The doctor needs it: pip install publicsuffixlist\n"
    )


def test_who_reads_the_beginning_alone_gets_no_traceback(recording):
    command = [sys.executable, "-m", "demo_app.cookies", "--har", str(recording)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_it_answers_for_firefox(ask):
    line = ("__Host-id=1; Secure", SHOP)
    assert ask(*line)[0] == 1
    status, printed = ask(*line, "--client", "firefox")
    assert status == 0
    assert "Firefox (cookieBehavior 5, the default)" in printed
    assert "client='safari': it is one of" in ask(*line, "--client", "safari")[1]


def test_it_answers_for_both_beside_each_other(ask):
    arguments = ("__Host-id=1; Secure", SHOP, "--client", "both")
    status, printed = ask(*arguments, "--values")
    assert status == 1
    assert printed.split()[:3] == ["question", "Chromium", "Firefox"]
    assert printed.splitlines()[-2:] == ["Cookie: ", "Cookie: __Host-id=1"]
    found = json.loads(ask(*arguments, "--json")[1])
    assert {client: one["cookies"][0]["stored"]["answer"] for client, one in found.items()} == {
        "chromium": False,
        "firefox": True,
    }


def test_a_recording_of_firefox_is_told_by_its_rules(ask, tmp_path):
    file = tmp_path / "shop.har"
    file.write_text(har([document(SHOP, "__Host-id=1; Secure"), document(SHOP, cookie="__Host-id=1", second=1)]))
    status, printed = ask("--har", str(file), "--client", "firefox")
    assert status == 0
    assert printed.splitlines()[0].split("  ")[-1] == "because, in Firefox (cookieBehavior 5, the default)"
    status, printed = ask("--har", str(file))
    assert status == 1
    assert printed.splitlines()[0].split("  ")[-1] == "because, in Chromium"
