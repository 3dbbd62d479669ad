"""Both ways to install: with uv, which pip fetches, and with pip alone. Real ones, and an index of the test's own."""

from __future__ import annotations

import hashlib
import http.server
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Copy, lock_of_a_wheel
from .setup_files import ROOT, environment_of, setup_of

NO_SOURCE = {"PIP_NO_INDEX": "", "PIP_FIND_LINKS": "", "NO_PROXY": "", "no_proxy": "", "PIP_RETRIES": "0"}
DEAD = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy whose .venv is complete."""
    copy = Copy(tmp_path_factory.mktemp("made"))
    assert copy.run("test")[0] == 7
    return copy


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"PIP_INDEX_URL": f"{DEAD}/simple", "NO_PROXY": "*", "no_proxy": "*"}, "The package index cannot be reached."),
        ({"PIP_INDEX_URL": "https://index.invalid/simple", "HTTPS_PROXY": DEAD}, "The proxy cannot be reached."),
        (
            {"PIP_INDEX_URL": "https://index.invalid/simple", "ALL_PROXY": "socks5://127.0.0.1:9"},
            "pip cannot use a SOCKS proxy, and one is set (ALL_PROXY, HTTPS_PROXY, or pip's own setting).",
        ),
        (
            {"PIP_INDEX_URL": "http://index.invalid/simple"},
            "pip takes no packages from index.invalid, since nothing protects them on the way "
            "(its address begins with http:).",
        ),
        ({"PIP_FIND_LINKS": "nowhere", "PIP_NO_INDEX": "1"}, ""),
    ],
    ids=["a dead index", "a dead proxy", "a SOCKS proxy", "no TLS", "an empty folder"],
)
def test_what_pip_cannot_reach_is_told_and_a_uv_that_is_not_there_is_no_trouble(
    made: Copy, variables: dict[str, str], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith("PIP_"):
            monkeypatch.delenv(name)
    for name, value in {**made.environment, **NO_SOURCE, **variables}.items():
        if not name.lower().endswith("_proxy") or name in {**NO_SOURCE, **variables}:
            monkeypatch.setenv(name, value)
    installers = setup_of(made.folder, "installers")
    sources = installers.read_sources()
    if sentence:
        with pytest.raises(Exception, match="run.py again") as raised:
            installers.fetch_uv(sources)
        assert str(raised.value).split("\n")[0] == sentence
    else:
        assert installers.fetch_uv(sources) is None


def packages(copy: Copy) -> dict[str, str]:
    """A digest of each file of the packages, less what an installer writes of itself."""
    place = environment_of(copy.folder).site_packages(copy.folder / ".venv")
    own = {"INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_cache.json"}
    return {
        path.relative_to(place).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(place.rglob("*"))
        if path.is_file() and path.name not in own and path.suffix != ".pyc"
    }


def test_both_ways_give_the_same(made: Copy, copy: Copy, uv: bytes) -> None:
    copy.bring_uv(uv)
    status, printed = copy.run("test")
    assert status == 7
    assert printed.count("\n  Installed 1 package in ") == 2
    assert "stand_in" not in printed, "pip has installed it"
    assert packages(copy) == packages(made)


def test_a_uv_that_fails_gives_way_to_pip(made: Copy, copy: Copy) -> None:
    copy.bring_uv("#!/bin/sh\necho error: not in $TMPDIR\nexit 2\n")
    status, printed = copy.run("test")
    assert status == 7
    assert (
        f"\n  uv could not do it, so pip does: error: not in {copy.folder / '.venv'}\n  1 of 1  stand_in\n" in printed
    )
    assert packages(copy) == packages(made)


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_the_recipe_of_the_usb_stick(copy: Copy, uv: bytes, installer: str) -> None:
    """As in the teacher's guide, and without its second list."""
    copy.bring_uv(uv)
    source = copy.folder.parent
    guide = (ROOT / "docs/teaching.md").read_text(encoding="utf-8")
    recipe = re.search(r"^python3 (-m pip download .*)$", guide, re.MULTILINE)
    assert recipe
    download = [sys.executable, *recipe[1].split()]
    if installer == "pip":
        second = download.index("demo_app/setup/requirements.lock")
        del download[second - 1 : second + 1]
    subprocess.run(download, cwd=copy.folder, env=copy.environment, check=True, capture_output=True)
    for wheel in source.glob("*.whl"):
        wheel.unlink()
    assert "`PIP_NO_INDEX=1 PIP_FIND_LINKS=wheels python3 run.py`" in guide
    copy.environment |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "wheels"}
    status, printed = copy.run("record")
    assert "The folder .venv is ready." in printed
    assert ("Installed 1 package" in printed) == (installer == "uv")


class Index(http.server.ThreadingHTTPServer):
    """An index that counts, and breaks off in the middle of one package until it is whole."""

    def __init__(self, wheels: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.wheels, self.asked, self.breaks_off_at = wheels, [], ""


class _Page(http.server.BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        name = self.path.strip("/").rpartition("/")[2]
        wheels = self.server.wheels
        if name.endswith(".whl"):
            data = (wheels / name).read_bytes()
            self.server.asked.append(name)
        else:
            found = wheels.glob(f"{name.replace('-', '_')}-1.0-*.whl")
            data = "".join(f'<a href="/{one.name}">{one.name}</a>' for one in found).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream" if name.endswith(".whl") else "text/html")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(data[:100] if name.startswith(self.server.breaks_off_at or "-") else data)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def index(copy: Copy) -> Iterator[Index]:
    with Index(copy.folder.parent) as server:
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        del copy.environment["PIP_NO_INDEX"], copy.environment["PIP_FIND_LINKS"]
        copy.environment |= {
            "PIP_INDEX_URL": f"http://127.0.0.1:{server.server_address[1]}/simple",
            "PIP_CACHE_DIR": str(copy.folder.with_name("cache")),
            "PIP_TRUSTED_HOST": "127.0.0.1",  # pip keeps nothing that came without TLS from anybody else
            "PIP_RETRIES": "0",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }
        yield server
        server.shutdown()


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_an_interrupted_installation_goes_on_where_it_was(copy: Copy, index: Index, uv: bytes, installer: str) -> None:
    if installer == "uv":
        copy.bring_uv(uv)
    copy.lock.write_text(
        copy.lock.read_text() + lock_of_a_wheel(copy.folder.parent, "later", "later.py", "x" * 100_000)
    )
    index.breaks_off_at = "later"
    status, printed = copy.run("record")
    assert status == 1
    assert "The folder .venv is ready." not in printed
    assert "stand_in-1.0-py3-none-any.whl" in index.asked

    index.asked.clear()
    index.breaks_off_at = ""
    _, printed = copy.run("record")
    assert printed.startswith("The folder .venv is incomplete or out of date, so it is replaced.\n")
    assert "The folder .venv is ready." in printed
    # pip fetches one after the other. uv fetches side by side, and keeps what was whole when the other one broke off.
    asked = [name for name in index.asked if installer == "pip" or not name.startswith("stand_in")]
    assert asked == ["later-1.0-py3-none-any.whl"]
