"""``run.py check``: one screen, a remedy for what is missing, and an exit status."""

from __future__ import annotations

import webbrowser

import pytest

from demo_app.setup import check, loopback
from demo_app.setup.environment import RUN

from .conftest import Copy
from .setup_files import environment_of

READY = """\
  yes Python 3.10 or later
  yes the packages of requirements.lock
  yes a port for JupyterLab
  yes a server on this machine can be reached
  yes a browser

This machine is ready.
"""


@pytest.fixture
def ready(copy: Copy) -> Copy:
    """A copy whose .venv is complete."""
    copy.run("record")
    copy.environment["BROWSER"] = "firefox"
    return copy


def test_a_machine_that_is_ready(ready: Copy) -> None:
    assert ready.run("check") == (0, READY)


def test_a_proxy_for_everything_does_no_harm(ready: Copy) -> None:
    ready.environment |= {"http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "no_proxy": ""}
    assert ready.run("check") == (0, READY)


def test_without_packages_it_says_how_to_get_them(copy: Copy) -> None:
    status, printed = copy.run("check")
    assert status == 1
    lines = printed.splitlines()
    assert lines[1] == "  NO  the packages of requirements.lock"
    assert lines[2].strip() == f"Run {RUN} once, where there is a network: it downloads 60 MB."
    assert lines[-1] == "Not ready yet. Do what stands above, then check again."


@pytest.mark.parametrize("change", ["another version", "missing", "for another machine"])
def test_packages_are_held_against_the_lock(ready: Copy, change: str) -> None:
    environment = environment_of(ready.folder)
    (metadata,) = environment.VENV.rglob("stand_in-1.0.dist-info/METADATA")
    if change == "another version":
        metadata.write_text(metadata.read_text().replace("Version: 1.0", "Version: 0.9"))
    elif change == "missing":
        metadata.unlink()
    else:
        ready.lock.write_text(ready.lock.read_text() + "elsewhere==1.0 ; sys_platform == 'plan9'\n")
        environment.STAMPS[environment.LOCK].write_text(environment.fingerprint(environment.LOCK))
    status, printed = ready.run("check")
    if change == "for another machine":
        assert (status, printed) == (0, READY)
    else:
        assert status == 1
        assert "Delete the folder .venv and run" in printed
        assert "Missing, or of another version: stand-in." in printed


def test_a_machine_that_lets_nothing_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopback, "HOST", "192.0.2.1")  # no machine has this address (RFC 5737)
    assert check.missing_port() == "No program may listen at 192.0.2.1. Allow that in the firewall."
    assert check.missing_loopback().startswith("Allow connections to 192.0.2.1 in the firewall. (")


def test_a_server_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopback, "loopback_without_proxy", dict)
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert check.missing_loopback().startswith("Allow connections to 127.0.0.1 in the firewall. (")


def test_a_machine_without_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing() -> None:
        raise webbrowser.Error

    monkeypatch.setattr(webbrowser, "get", nothing)
    assert check.missing_browser().startswith("Install one, such as Firefox.")
