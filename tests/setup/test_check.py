"""``run.py check``: one screen, a remedy for what is missing, and an exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import run
from demo_app.setup import check, conditions, loopback
from demo_app.setup.places import RUN
from demo_app.setup.problem import Problem

from .conftest import Copy
from .setup_files import environment_of

READY = """\
  yes Python 3.10 or later, and all of it
  yes a folder that can be written
  yes the certificates that the environment names
  yes the packages of requirements.lock
  yes a port for JupyterLab
  yes a server on this machine can be reached
  yes a browser that run.py can open

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
    assert lines[3] == "  NO  the packages of requirements.lock"
    assert lines[4].strip() == f"Run {RUN} once, where there is a network: it downloads 75 MB."
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


def problem(condition: Callable[[], None]) -> str:
    with pytest.raises(Problem) as raised:
        condition()
    return str(raised.value)


def test_a_python_that_does_not_start_is_not_ready(ready: Copy) -> None:
    python = environment_of(ready.folder).PYTHON
    python.unlink()
    python.write_text("no program")
    python.chmod(0o755)
    status, printed = ready.run("check")
    assert status == 1
    assert "  NO  the packages of requirements.lock\n      The Python of the folder .venv does not start." in printed


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("ensurepip", "sudo apt install python{}.{}-venv".format(*sys.version_info)),
        ("sqlite3", "built without sqlite3."),
    ],
)
def test_a_python_that_lacks_a_part_is_not_ready(copy: Copy, part: str, sentence: str) -> None:
    (copy.folder.parent / "sitecustomize.py").write_text(f"import sys; sys.modules[{part!r}] = None")
    copy.environment["PYTHONPATH"] = str(copy.folder.parent)
    for command in ("check", "record"):
        status, printed = copy.run(command)
        assert status == 1
        assert sentence in printed


@pytest.mark.skipif(sys.platform != "linux", reason="the folder that nobody can write is Linux's")
def test_a_folder_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditions, "ROOT", Path("/proc/self"))
    monkeypatch.setattr(conditions, "VENV", Path("/proc/self/.venv"))
    said = problem(conditions.folder_can_be_written)
    assert said.startswith("The folder /proc/self cannot be written: ")
    assert "Copy the series to a place that is yours" in said


def test_a_machine_that_lets_nothing_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopback, "HOST", "192.0.2.1")  # no machine has this address (RFC 5737)
    assert problem(check.port_is_free) == "No program may listen at 192.0.2.1. Allow that in the firewall."
    assert problem(check.server_is_reached).startswith("Allow connections to 192.0.2.1 in the firewall. (")


def test_a_server_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopback, "loopback_without_proxy", dict)
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert problem(check.server_is_reached).startswith("Allow connections to 127.0.0.1 in the firewall. (")


def test_a_machine_without_a_browser_is_ready_all_the_same(ready: Copy) -> None:
    (ready.folder.parent / "sitecustomize.py").write_text(
        "import webbrowser\ndef get(using=None): raise webbrowser.Error\nwebbrowser.get = get"
    )
    ready.environment["PYTHONPATH"] = str(ready.folder.parent)
    status, printed = ready.run("check")
    assert status == 0
    assert "\n  --  a browser that run.py can open\n      There is none on this machine." in printed
    assert printed.endswith("\nThis machine is ready.\n")


@pytest.mark.skipif(os.name == "nt", reason="it is about a shell's pipe")
def test_somebody_who_reads_one_line_sees_no_traceback(copy: Copy) -> None:
    command = f'"{sys.executable}" "{copy.folder}/run.py" check | head -1'
    done = subprocess.run(command, shell=True, env=copy.environment, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == (READY.splitlines()[0] + "\n", "")


@pytest.mark.parametrize("command", ["test", "record", "slides"])
def test_what_writes_says_at_once_that_it_cannot(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux":
        pytest.skip("the folder that nobody can write is Linux's")
    monkeypatch.setattr(conditions, "ROOT", Path("/proc/self"))
    with pytest.raises(Problem, match="^The folder /proc/self cannot be written: "):
        run.COMMANDS[command]([])


def test_tests_without_xdist_are_told_how_to_go_without(copy: Copy) -> None:
    copy.environment["PYTEST_ADDOPTS"] = "-p no:xdist"
    status, printed = copy.run("test")
    assert status == 1
    assert printed.splitlines()[1] == "PYTEST_ADDOPTS turns xdist off, and the tests are set to use it."
