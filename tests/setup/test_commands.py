"""``run.py`` as a learner meets it: an old Python, a wrong word, and JupyterLab from first line to Ctrl-C."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import runpy
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from jupyter_client import BlockingKernelClient

import run
from demo_app.setup import doctor, loopback
from demo_app.setup import lab as module
from demo_app.setup.loopback import loopback_without_proxy
from demo_app.setup.places import LOCK
from demo_app.setup.problem import Problem
from tests.cookies.hars import document, har

from .conftest import Copy, finish
from .setup_files import ROOT, borrow_packages, environment_of


def old_pythons() -> list[Path]:
    """The Pythons on this machine that are too old: on the PATH or from pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    on_path = map(shutil.which, ("python2.7", "python3.6", "python3.9"))
    from_pyenv = [one for old in ("2.7", "3.6", "3.9") for one in pyenv.glob(f"versions/{old}.*/bin/python")]
    return [*(Path(one) for one in on_path if one and "shims" not in one), *from_pyenv]


@pytest.mark.parametrize("python", old_pythons(), ids=lambda python: python.parents[1].name)
def test_an_old_python_is_told_so(python: Path) -> None:
    done = subprocess.run([python, ROOT / "run.py"], capture_output=True, text=True)
    assert done.returncode == 1
    first, second = done.stderr.splitlines()
    assert first.startswith("The lessons need Python 3.10 or newer, and this is Python ")
    assert second.startswith("Install a newer one from ")


def test_a_python_just_too_old_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 19, "final", 0))
    with pytest.raises(SystemExit, match="3.10 or newer, and this is Python 3.9"):
        runpy.run_path(str(ROOT / "run.py"))


def test_a_wrong_word_is_answered_with_the_nearest_and_the_list(copy: Copy) -> None:
    status, printed = copy.run("tset")
    assert status == 1
    assert printed.startswith(f"\nThere is no command 'tset'. Did you mean: {run.RUN} test\n")
    assert run.HELP in printed


@pytest.mark.parametrize("word", ["help", "--help"])
def test_help_lists_the_commands(copy: Copy, word: str) -> None:
    copy.environment["PYTHONSAFEPATH"] = "1"  # takes run.py's folder from the import path
    status, printed = copy.run(word)
    assert (status, printed.strip()) == (0, run.HELP)


def test_why_asks_the_doctor_at_once_and_where_somebody_is(copy: Copy) -> None:
    shutil.copytree(ROOT / "demo_app/cookies", copy.folder / "demo_app/cookies")
    copy.folder.with_name("shop.har").write_text(har([document("https://shop.example/", "id=1; SameSite=None")]))
    status, printed = copy.run("why", "--har", "shop.har")
    assert status == 1
    assert "SameSite=None needs Secure." in printed
    assert not (copy.folder / ".venv").exists()


def test_why_makes_the_environment_where_the_list_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[object] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    monkeypatch.setattr(doctor, "run_module", lambda *arguments: asked.append(arguments) or 1)
    assert doctor.why(str(tmp_path), ["id=1"]) == 1
    assert asked == [("demo_app.cookies", [LOCK], ["id=1"])]


def test_a_proxy_for_everything_stays_off_only_if_it_was_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    assert loopback_without_proxy()["NO_PROXY"] == "*"


@pytest.fixture
def lab(copy: Copy) -> Copy:
    """A copy whose .venv is ready: it borrows the packages of the Python that runs the tests."""
    borrow_packages(copy.folder)
    copy.environment["JUPYTER_RUNTIME_DIR"] = str(copy.folder.parent / "runtime")
    return copy


def wait_until_ready(connection_file: Path) -> None:
    """Wait until a kernel answers."""
    client = BlockingKernelClient(connection_file=str(connection_file))
    client.load_connection_file()
    client.start_channels()
    try:
        while True:
            try:
                return client.wait_for_ready(timeout=60)
            except RuntimeError as error:
                if "died" not in str(error):  # on a busy machine, a kernel that is slow counts as dead
                    raise
    finally:
        client.stop_channels()


@pytest.fixture
def visited(copy: Copy) -> Callable[[], str]:
    """A function that returns the command line of the browser, without its name."""
    address, browser = copy.folder.parent / "address", copy.folder.parent / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$*" > "{address}"\n')
    browser.chmod(0o755)
    copy.environment["BROWSER"] = str(browser)
    return address.read_text


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to whole terminals only")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGHUP], ids=["Ctrl-C", "terminal closed"])
def test_jupyterlab_opens_at_the_lesson_and_stops(lab: Copy, visited: Callable[[], str], end: int) -> None:
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # it may be taken already, which is as good
            stack.enter_context(socket.create_server(("127.0.0.1", 8888)))
        process = stack.enter_context(lab.start())
        assert process.stdout is not None
        shown = [process.stdout.readline()]
        while shown[-1] and not shown[-1].startswith("To stop"):
            shown.append(process.stdout.readline())
        assert shown[0] == "Your own copy of the lessons is in the folder my-lessons.\n"
        assert shown[1].startswith("Port 8888 is taken, so JupyterLab uses port ")
        assert shown[2] == "JupyterLab is starting.\n"
        url = next(line.strip() for line in shown if "http" in line)
        server, token = url.split("/lab/tree/my-lessons/00_start_here.ipynb?token=")

        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url) as answer:
            assert answer.status == 200
            assert "JupyterLab" in answer.read().decode()
        headers = {"Authorization": f"token {token}"}
        with opener.open(urllib.request.Request(server + "/api/kernels", b"{}", headers)) as answer:
            kernel = json.load(answer)["id"]
        wait_until_ready(Path(lab.environment["JUPYTER_RUNTIME_DIR"], f"kernel-{kernel}.json"))
        started = psutil.Process(process.pid).children(recursive=True)
        assert len(started) >= 2  # JupyterLab and a kernel

        assert token not in visited()
        with opener.open(visited()) as answer:
            assert answer.url == url
            assert answer.status == 200

        process.send_signal(end)
        status, printed = finish(process)
    assert status == 0
    assert printed == "\nJupyterLab is stopping.\nJupyterLab has stopped.\n"
    assert psutil.wait_procs(started, timeout=30)[1] == []


ON_A_HUB = {"JUPYTERHUB_SERVICE_PREFIX": "/user/ada/", "JUPYTERHUB_API_TOKEN": "of the hub"}


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to whole terminals only")
@pytest.mark.parametrize("own", [{}, ON_A_HUB], ids=["off a hub", "on a hub"])
def test_jupyterlab_passes_nothing_on_to_other_ports(lab: Copy, own: dict[str, str]) -> None:
    assert importlib.util.find_spec("jupyter_server_proxy"), "the test needs what it looks for"
    lab.environment |= own
    with lab.start() as process:
        assert process.stdout is not None
        shown = [process.stdout.readline()]
        while shown[-1] and not shown[-1].startswith("To stop"):
            shown.append(process.stdout.readline())
        assert not [line for line in shown if line.startswith("[")], "nothing is warned of"
        assert any("in the JupyterLab of your hub" in line for line in shown) == bool(own)
        url = next(line.strip() for line in shown if "http" in line)
        server, token = re.fullmatch(r"(.*)/lab/.*token=(.*)", url).groups()
        port = server.rpartition(":")[2]

        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        opener.open(f"{server}/api?token={token}").close()
        for path in (f"/proxy/{port}/api", f"/proxy/absolute/{port}/api", f"/proxy/127.0.0.1:{port}/api"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                opener.open(f"{server}{path}?token={token}")

        (jupyterlab,) = psutil.Process(process.pid).children()
        assert not [name for name in jupyterlab.environ() if name.startswith("JUPYTERHUB_")]
        process.send_signal(signal.SIGINT)
        finish(process)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to whole terminals only")
def test_who_is_quicker_to_the_port_learns_nothing(lab: Copy) -> None:
    """Another account could take the token there, make room, and be JupyterLab's user."""
    heard: list[bytes] = []

    class Quicker(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            heard.append(self.request.recv(65536))
            self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    class AtItsPort(socketserver.ThreadingTCPServer):
        allow_reuse_address = True

    with lab.start() as process:
        assert process.stdout is not None
        shown = [process.stdout.readline()]
        while shown[-1] != "JupyterLab is starting.\n":
            shown.append(process.stdout.readline())
        taken = re.search(r"JupyterLab uses port (\d+)", "".join(shown))
        port = int(taken[1]) if taken else 8888
        with AtItsPort(("127.0.0.1", port), Quicker) as quicker:
            threading.Thread(target=quicker.serve_forever, args=[0.05], daemon=True).start()
            while shown[-1] and not shown[-1].startswith("To stop"):
                shown.append(process.stdout.readline())
            quicker.shutdown()
        url = next(line.strip() for line in shown if "/lab/tree/" in line)
        process.send_signal(signal.SIGINT)
        finish(process)
    assert heard
    assert url.partition("token=")[2].encode() not in b"".join(heard)
    assert f":{port}/" not in url


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to whole terminals only")
def test_two_at_once_get_a_port_each(lab: Copy) -> None:
    with lab.start() as one, lab.start() as other:
        addresses = []
        for process in (one, other):
            assert process.stdout is not None
            addresses.append(next(line.strip() for line in process.stdout if "http://" in line))
        for process in (one, other):
            process.send_signal(signal.SIGINT)
            assert finish(process)[0] == 0
    assert len({address.split("/lab/")[0] for address in addresses}) == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to whole terminals only")
def test_ctrl_c_while_jupyterlab_starts(lab: Copy) -> None:
    with lab.start() as process:
        assert process.stdout is not None
        assert "JupyterLab is starting.\n" in iter(process.stdout.readline, "")
        started = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        status, _ = finish(process)
    assert status in {0, 130}
    assert psutil.wait_procs(started, timeout=30)[1] == []


def test_jupyterlab_that_does_not_start_is_told(lab: Copy) -> None:
    shutil.rmtree(environment_of(lab.folder).VENV / "lib", ignore_errors=True)
    status, printed = lab.run()
    assert status == 1
    assert "No module named jupyterlab" in printed
    assert "JupyterLab did not start, for the reason shown above.\nIf this comes back, delete" in printed


def test_a_port_that_somebody_has_at_ipv6_counts_as_taken_and_is_kept_there(monkeypatch):
    """Browsers ask ::1 first for localhost, and would show a stranger's page as JupyterLab's."""
    try:
        stranger = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("there is no IPv6 here, for strangers neither")
    with stranger:
        taken = stranger.getsockname()[1]
        monkeypatch.setattr(loopback, "free_port", lambda first=taken: first)
        with loopback.free_and_kept_port() as port:
            assert port > taken
            with pytest.raises(OSError, match="in use"), socket.socket(socket.AF_INET6) as late:
                late.bind(("::1", port))


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to whole terminals only")
def test_what_a_user_has_configured_for_another_jupyter_does_not_keep_the_lessons_from_opening(lab: Copy) -> None:
    """Each of these had run.py wait without end, or JupyterLab end with a traceback; a theme is the user's own."""
    home = lab.folder.with_name("home")
    config = home / ".jupyter/jupyter_server_config.py"
    config.parent.mkdir(parents=True)
    config.write_text(
        "c.ServerApp.base_url = '/elsewhere/'\nc.ServerApp.certfile = 'not-there.pem'\n"
        "c.IdentityProvider.token = 'own'\nc.ServerApp.contents_manager_class = 'gone.since.Long'\n"
    )
    theme = home / ".jupyter/lab/user-settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings"
    theme.parent.mkdir(parents=True)
    theme.write_text('{"theme": "JupyterLab Dark"}')
    elsewhere = home / "elsewhere"
    (elsewhere / "kernels/python3").mkdir(parents=True)
    (elsewhere / "kernels/python3/kernel.json").write_text('{"argv": ["gone"], "display_name": "", "language": ""}')
    lab.environment |= {
        "HOME": str(home),
        "JUPYTER_PATH": str(elsewhere),
        "ALL_PROXY": "socks5://127.0.0.1:9",
        "PYTHONOPTIMIZE": "2",
    }
    with lab.start() as process:
        assert process.stdout is not None
        shown = [process.stdout.readline()]
        while shown[-1] and not shown[-1].startswith("To stop"):
            shown.append(process.stdout.readline())
        url = next(line.strip() for line in shown if "http" in line)
        server, token = re.fullmatch(r"(.*)/lab/.*token=(.*)", url).groups()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{server}/api/kernelspecs?token={token}") as answer:
            specs = json.load(answer)["kernelspecs"]
        assert specs["python3"]["spec"]["argv"][0] != "gone"
        with opener.open(f"{server}/lab/api/settings/@jupyterlab/apputils-extension:themes?token={token}") as answer:
            assert json.load(answer)["settings"]["theme"] == "JupyterLab Dark"
        process.send_signal(signal.SIGINT)
        assert finish(process)[0] == 0


def test_a_jupyterlab_that_answers_otherwise_or_not_at_all_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Lab:
        def poll(self) -> None:
            return None

    def refused(*arguments: object, **options: object) -> bytes:
        raise urllib.error.HTTPError("", 404, "Not Found", None, None)

    def nobody(*arguments: object, **options: object) -> bytes:
        raise ConnectionRefusedError

    monkeypatch.setattr(module, "PATIENCE", 0.0)
    monkeypatch.setattr(module, "PATIENCE_WITH_A_WRONG_ANSWER", 0.0)
    for ask, said in ((refused, ": HTTP Error 404: Not Found."), (nobody, ".")):
        monkeypatch.setattr(module, "_ask", ask)
        with pytest.raises(Problem) as raised:
            module._wait_until_open(Lab(), 1, Path(__file__))
        assert str(raised.value).startswith(f"JupyterLab runs, but does not answer as it should{said}\n")
