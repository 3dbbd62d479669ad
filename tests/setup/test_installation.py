"""``run.py`` makes .venv, says what went wrong if it cannot, and recovers on the next run."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys

import pytest

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
        assert [f"  1 of 1  {package}\n" in printed for _, printed in ends].count(True) == 1

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


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to whole terminals only")
def test_ctrl_c_while_pip_waits_for_the_index(copy: Copy) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        del copy.environment["PIP_NO_INDEX"], copy.environment["PIP_FIND_LINKS"]
        copy.environment |= {
            "PIP_INDEX_URL": f"http://127.0.0.1:{silent.getsockname()[1]}/simple",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }
        with copy.start() as process:
            connection, _ = silent.accept()
            process.send_signal(signal.SIGINT)
            status, printed = finish(process)
        with connection:
            connection.settimeout(60)
            while connection.recv(4096):  # ends when pip has ended
                pass
    assert status == 130
    assert printed.endswith("\nStopped. Start run.py again when you like.\n")
    environment = environment_of(copy.folder)
    assert not environment.is_ready(environment.LOCK)


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
