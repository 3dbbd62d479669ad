"""``run.py`` makes .venv, says what went wrong if it cannot, and recovers on the next run."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from demo_app.setup.alone import use

from .conftest import Copy, finish
from .setup_files import environment_of

HANDED_OVER = "pytest: ['-k', 'a b'] root importable: True no_proxy: example.org,127.0.0.1,localhost"


def test_two_first_runs_at_once_install_once_and_the_next_run_starts_at_once(copy: Copy) -> None:
    copy.environment |= {"NO_PROXY": "example.org"}
    copy.environment.pop("no_proxy", None)
    with copy.start("test", "-k", "a b") as one, copy.start("test", "-k", "a b") as other:
        ends = [finish(one), finish(other)]
    assert [status for status, _ in ends] == [7, 7]
    assert all(HANDED_OVER in printed for _, printed in ends)
    for package in ("stand_in", "stand_in_for_tests"):
        assert [f"  1 of 1  {package}\n" in printed for _, printed in ends].count(True) == 1, ends

    assert copy.run("test", "-k", "a b") == (7, HANDED_OVER + "\n")


def test_what_only_tests_need_is_added_by_the_first_run_that_tests(copy: Copy) -> None:
    environment = environment_of(copy.folder)
    copy.run("record")
    assert (environment.is_ready(environment.LOCK), environment.is_ready(copy.test_lock)) == (True, False)
    status, printed = copy.run("test", "-k", "a b")
    assert status == 7
    assert printed.startswith("Adding what the tests use to the folder .venv.\n")
    assert environment.is_ready(copy.test_lock)

    copy.test_lock.write_text(copy.test_lock.read_text() + "# more")
    assert (environment.is_ready(environment.LOCK), environment.is_ready(copy.test_lock)) == (True, False)


def test_a_package_that_was_changed_is_refused_and_the_next_run_starts_afresh(copy: Copy) -> None:
    right = copy.lock.read_text()
    copy.lock.write_text(right[:-5] + ("0000\n" if right[-5:-1] != "0000" else "1111\n"))
    status, printed = copy.run("test")
    assert status == 1
    assert "is not the one that requirements.lock names" in printed
    log = copy.folder / ".venv" / "pip.log"
    assert str(log) in printed
    assert "DO NOT MATCH" in log.read_text()

    copy.lock.write_text(right)
    status, printed = copy.run("test")
    assert status == 7
    assert "so it is replaced" in printed


def test_no_network(copy: Copy) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        del copy.environment["PIP_NO_INDEX"], copy.environment["PIP_FIND_LINKS"]
        copy.environment |= {
            "PIP_INDEX_URL": f"http://127.0.0.1:{closed.getsockname()[1]}/simple",
            "PIP_RETRIES": "1",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }
        status, printed = copy.run()
    assert status == 1
    assert "The package index cannot be reached.\nCheck the network connection." in printed


@contextmanager
def silent_index(copy: Copy) -> Iterator[socket.socket]:
    """An index that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        del copy.environment["PIP_NO_INDEX"], copy.environment["PIP_FIND_LINKS"]
        copy.environment |= {
            "PIP_INDEX_URL": f"http://127.0.0.1:{silent.getsockname()[1]}/simple",
            "PIP_RETRIES": "0",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }
        yield silent


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to whole terminals only")
@pytest.mark.parametrize("ending", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_pip_ends_with_run_py(copy: Copy, ending: str) -> None:
    """Ctrl-C, an editor's stop button, a closed terminal."""
    with silent_index(copy) as silent, copy.start() as process:
        connection, _ = silent.accept()
        process.send_signal(getattr(signal, ending))
        status, printed = finish(process)
        with connection:
            connection.settimeout(60)
            while connection.recv(4096):  # ends when pip has ended
                pass
    assert status == 130
    assert printed.endswith("\nStopped. Start run.py again when you like.\n")
    environment = environment_of(copy.folder)
    assert not environment.is_ready(environment.LOCK)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_after_a_run_py_that_was_killed_the_next_waits_for_its_pip(copy: Copy) -> None:
    right = dict(copy.environment)
    with silent_index(copy) as silent:
        with copy.start() as killed:
            connection, _ = silent.accept()
            killed.kill()
        copy.environment = right
        with connection, copy.start("test") as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "Another run.py is making .venv. This one waits for it.\n"
            connection.close()
            status, printed = finish(process)
    assert status == 7
    assert printed.startswith("The folder .venv is incomplete or out of date, so it is replaced.\n")


ELSEWHERE = {"target": "t", "prefix": "p", "root": "r", "dry-run": "1", "user": "1", "python": "elsewhere/python"}


@pytest.mark.parametrize("place", ["environment", "pip.conf"])
def test_settings_of_pip_lead_nothing_elsewhere(copy: Copy, place: str) -> None:
    if place == "environment":
        copy.environment |= {"PIP_" + name.upper().replace("-", "_"): value for name, value in ELSEWHERE.items()}
    else:
        config = copy.folder.with_name("pip.conf")
        lines = [f"{name} = {value}" for name, value in ELSEWHERE.items() if name != "python"]
        config.write_text("\n".join(["[global]", *lines, ""]))
        copy.environment["PIP_CONFIG_FILE"] = str(config)
    assert copy.run("test")[0] == 7
    assert not {"t", "p", "r"} & {path.name for path in copy.folder.iterdir()}


def test_what_was_not_installed_is_told(copy: Copy) -> None:
    """Whatever it is that leads an installer elsewhere."""
    copy.bring_uv("#!/bin/sh\nexit 0\n")
    status, printed = copy.run("test")
    assert status == 1
    assert "\nThe installation ended well, and yet these packages are not in .venv: stand-in\n" in printed
    environment = environment_of(copy.folder)
    assert not environment.is_ready(environment.LOCK)


def test_settings_that_pip_cannot_read_are_told(copy: Copy) -> None:
    config = copy.folder.with_name("pip.conf")
    config.write_text("no section\n")
    copy.environment["PIP_CONFIG_FILE"] = str(config)
    status, printed = copy.run()
    assert status == 1
    assert "\npip cannot read its settings: File contains no section headers." in printed
    assert str(config) in printed


@pytest.mark.skipif(os.name == "nt", reason="Windows itself keeps what is in use")
def test_nothing_is_replaced_under_somebody_who_works_in_it(copy: Copy) -> None:
    environment = environment_of(copy.folder)
    copy.run("test")
    before = sorted(environment.VENV.rglob("*"))
    copy.lock.write_text(copy.lock.read_text() + "# more")
    with use(environment.IN_USE):
        status, printed = copy.run("test")
    assert status == 1
    assert "another run.py works in it.\nStop that one" in printed
    assert sorted(environment.VENV.rglob("*")) == before

    assert copy.run("test")[0] == 7


def test_an_environment_of_somebodys_own_is_left_alone(copy: Copy) -> None:
    own = copy.folder / ".venv/bin/own"
    own.parent.mkdir(parents=True)
    own.touch()
    status, printed = copy.run()
    assert status == 1
    assert "\nThe folder .venv was not made by run.py, and something of yours may be in it.\nRename it" in printed
    assert own.exists()


@pytest.mark.skipif(os.name == "nt", reason="on Windows, links need rights")
def test_a_link_to_a_larger_disk_works_and_stays_one(copy: Copy) -> None:
    venv, larger = copy.folder / ".venv", copy.folder.with_name("larger")
    venv.symlink_to(larger)
    status, printed = copy.run("test")
    assert status == 1
    assert f"\n.venv leads to {larger}, and there is nothing.\nMake that folder" in printed

    larger.mkdir()
    for change in ("", "# more"):  # made, and made anew
        copy.lock.write_text(copy.lock.read_text() + change)
        status, printed = copy.run("test", "-k", "a b")
        assert status == 7
        assert "root importable: True" in printed
    assert venv.is_symlink()


def test_a_file_in_the_place_of_the_folder(copy: Copy) -> None:
    (copy.folder / ".venv").touch()
    status, printed = copy.run()
    assert (status, printed.splitlines()[1]) == (1, ".venv is a file, and has to be a folder.")


@pytest.mark.skipif(
    sys.platform != "linux", reason="names of other systems are text, and have no colon or mean a drive"
)
@pytest.mark.parametrize(
    ("name", "sentence"),
    [("a:b", "has a ':' in it, which stands between folders in PATH"), (b"a\xff", "is no text in UTF-8")],
)
def test_a_path_that_programs_cannot_do_with(copy: Copy, name: str | bytes, sentence: str) -> None:
    other = copy.folder.with_name(os.fsdecode(name))
    copy.folder.rename(other)
    copy.folder = other
    status, printed = copy.run()
    assert status == 1
    assert sentence in printed
    assert "Rename that folder" in printed
    assert not (other / ".venv").exists()


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT"])
def test_certificates_that_are_not_there(copy: Copy, name: str) -> None:
    copy.environment[name] = "not-there.pem"
    status, printed = copy.run()
    assert status == 1
    assert printed.startswith(
        f"\n{name} names a file with certificates that is not there: not-there.pem\nCorrect or unset"
    )
    assert not (copy.folder / ".venv").exists()


def test_a_home_that_cannot_be_written_and_python_without_asserts(copy: Copy) -> None:
    nowhere = copy.folder.with_name("a file")
    nowhere.touch()
    copy.environment |= {"HOME": str(nowhere), "USERPROFILE": str(nowhere), "PYTHONOPTIMIZE": "2"}
    status, printed = copy.run("test")
    assert status == 7
    assert f"home: {copy.folder / '.venv/home'}" in printed
    assert "asserts: True" in printed


class TestReady:
    """.venv is used only if it was completed from what is here now."""

    @pytest.fixture
    def ready(self, copy: Copy) -> Copy:
        environment = environment_of(copy.folder)
        environment.PYTHON.parent.mkdir(parents=True)
        environment.PYTHON.touch()
        environment.STAMPS[environment.LOCK].write_text(environment.fingerprint(environment.LOCK))
        assert environment.is_ready(environment.LOCK)
        return copy

    def test_not_if_it_was_interrupted(self, ready: Copy) -> None:
        environment = environment_of(ready.folder)
        environment.STAMPS[environment.LOCK].unlink()
        assert not environment.is_ready(environment.LOCK)

    def test_not_if_its_python_is_gone(self, ready: Copy) -> None:
        environment = environment_of(ready.folder)
        environment.PYTHON.unlink()
        assert not environment.is_ready(environment.LOCK)

    def test_not_if_the_lock_has_changed(self, ready: Copy) -> None:
        ready.lock.write_text(ready.lock.read_text() + "# more")
        environment = environment_of(ready.folder)
        assert not environment.is_ready(environment.LOCK)

    def test_not_if_the_folder_has_moved(self, ready: Copy) -> None:
        environment = environment_of(shutil.move(ready.folder, ready.folder.with_name("elsewhere")))
        assert not environment.is_ready(environment.LOCK)

    def test_not_if_another_python_made_it(self, ready: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys.implementation, "cache_tag", "cpython-399")
        environment = environment_of(ready.folder)
        assert not environment.is_ready(environment.LOCK)
