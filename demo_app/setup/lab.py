"""Opens the lessons in JupyterLab: ``python3 run.py``."""

from __future__ import annotations

import contextlib
import http.client
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Iterator
from pathlib import Path

from .alone import use
from .environment import ensure_environment
from .loopback import FIRST_PORT, HOST, free_and_kept_port, free_port
from .my_lessons import FOLDER, hand_out
from .one_time import OneTimeAddress
from .places import IN_USE, LOCK, PYTHON, ROOT, VENV
from .problem import AFRESH, Problem
from .variables import for_children

LESSON = f"{FOLDER.name}/00_start_here.ipynb"
#: How long JupyterLab may take until it answers, and how long it may go on with a wrong answer, in seconds.
PATIENCE, PATIENCE_WITH_A_WRONG_ANSWER = 180.0, 10.0


def open_lessons() -> int:
    """Start JupyterLab, open the first lesson in the browser, and stay until JupyterLab ends or Ctrl-C."""
    ensure_environment(LOCK)
    hand_out()
    token = secrets.token_hex(16)
    # A closed terminal counts as Ctrl-C. One that comes before JupyterLab can be stopped waits until it can.
    endings = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    early: list[bool] = []
    is_open = False
    with _proof() as proof, use(IN_USE), contextlib.ExitStack() as kept:
        while not is_open:
            for ending in endings:
                signal.signal(ending, lambda *_: early.append(True))
            kept.close()  # the port that somebody else was quicker to take
            port = kept.enter_context(free_and_kept_port())
            if port != FIRST_PORT:
                print(f"Port {FIRST_PORT} is taken, so JupyterLab uses port {port}.")
            print("JupyterLab is starting.", flush=True)
            lab = _start(port, token, proof)
            try:
                for ending in endings:
                    signal.signal(ending, signal.default_int_handler)
                if early:
                    raise KeyboardInterrupt
                is_open = _wait_until_open(lab, port, proof)
                if is_open:
                    _stay(lab, f"http://{HOST}:{port}/lab/tree/{LESSON}?token={token}")
            except KeyboardInterrupt:
                print("\nJupyterLab is stopping.", flush=True)
                if is_open:
                    _ask_to_stop(lab, port, token)
                break
            finally:
                lab.kill()
                lab.wait()
    print("JupyterLab has stopped.")
    return 0


@contextlib.contextmanager
def _proof() -> Iterator[Path]:
    """A file that nobody else on this machine can read: who answers with what is in it is the JupyterLab of ours.

    Between the choice of a port and the moment when JupyterLab takes it, another account can listen there. It must not
    be sent the token, for it could then make room for JupyterLab.
    """
    with tempfile.TemporaryDirectory() as folder:  # for this user alone
        proof = Path(folder, "proof")
        proof.write_text(secrets.token_hex(16))
        yield proof


def _start(port: int, token: str, proof: Path) -> subprocess.Popen[bytes]:
    """Start JupyterLab; return its process."""
    command = [str(PYTHON), "-m", "jupyterlab", "--no-browser", f"--ip={HOST}", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", f"--ServerApp.root_dir={ROOT}"]
    # jupyter-server-proxy, where it is installed, would show pages that anybody may have written to at JupyterLab's
    # own origin. There, their scripts start kernels.
    command += ["--ServerApp.jpserver_extensions={'jupyter_server_proxy': False}"]
    command += [f"--ServerApp.extra_static_paths={[str(proof.parent)]}"]
    command += ["--KernelManager.transport_encryption=auto"]  # without it, kernels warn of being overheard
    command += ["--Application.log_level=WARN", "--allow-root"]  # in containers, people are root
    # The token goes by the environment, because everyone on this machine can read a command line.
    environment = for_children() | _configuration() | {"JUPYTER_TOKEN": token}
    # On a hub, this JupyterLab is not the hub's: the lessons' pages are at 127.0.0.1, as it is.
    environment = {name: value for name, value in environment.items() if not name.startswith("JUPYTERHUB_")}
    # JupyterLab does not start with a SOCKS proxy, and the lessons need none.
    environment = {name: value for name, value in environment.items() if not _is_socks_proxy(name, value)}
    # Ctrl-C is for this process alone: at a Ctrl-C of its own, JupyterLab would leave its kernels behind.
    group = 0
    if sys.platform == "win32":
        group = subprocess.CREATE_NEW_PROCESS_GROUP
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True, creationflags=group
    )


def _is_socks_proxy(name: str, value: str) -> bool:
    return name.lower().endswith("_proxy") and value.lower().startswith("socks")


def _configuration() -> dict[str, str]:
    """The variables that keep what a user has configured for other servers from this one, such as a ``base_url``.

    Themes, key bindings and the layout of windows stay the user's own.
    """
    users = Path(os.environ.get("JUPYTER_CONFIG_DIR") or os.path.expanduser("~/.jupyter"), "lab")
    return {
        "JUPYTERLAB_SETTINGS_DIR": os.environ.get("JUPYTERLAB_SETTINGS_DIR", str(users / "user-settings")),
        "JUPYTERLAB_WORKSPACES_DIR": os.environ.get("JUPYTERLAB_WORKSPACES_DIR", str(users / "workspaces")),
        "JUPYTER_CONFIG_DIR": str(VENV / "jupyter"),
    }


def _stay(lab: subprocess.Popen[bytes], url: str) -> None:
    """Open the browser, and stay until JupyterLab ends."""
    print(f"\nThe lessons are open at\n\n  {url}\n")
    print("If no browser window appears, copy this address into your browser.")
    if "JUPYTERHUB_SERVICE_PREFIX" in os.environ:
        print(f"If it cannot reach this address, open {LESSON} in the JupyterLab of your hub.")
    print("To stop, press Ctrl-C here.", flush=True)
    with OneTimeAddress(url) as address:
        webbrowser.open(address.url)
        if lab.wait():
            raise Problem("JupyterLab ended with an error, which is shown above.\n" + AFRESH)


def _wait_until_open(lab: subprocess.Popen[bytes], port: int, proof: Path) -> bool:
    """Wait until JupyterLab answers. Return ``False`` if another program was quicker to take the port.

    Raises :class:`Problem` if it ends for another reason, or answers otherwise or not at all.
    """
    end, answer = time.monotonic() + PATIENCE, ""
    while lab.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            try:
                if _ask(port, "GET", f"/static/{proof.name}", timeout=1) == proof.read_bytes():
                    return True
                wrong = "another page"
            except urllib.error.HTTPError as error:
                wrong = str(error)
            if not answer:  # it may be that of a program which was quicker; then JupyterLab is about to end
                answer, end = wrong, time.monotonic() + PATIENCE_WITH_A_WRONG_ANSWER
        if time.monotonic() > end:
            raise Problem(
                f"JupyterLab runs, but does not answer as it should{f': {answer}' if answer else ''}.\n"
                "A configuration of Jupyter for the whole machine may be the reason, such as one in /etc/jupyter.\n"
                + AFRESH
            )
        time.sleep(1 if answer else 0.05)
    if free_port() > port:
        return False
    raise Problem("JupyterLab did not start, for the reason shown above.\n" + AFRESH)


def _ask_to_stop(lab: subprocess.Popen[bytes], port: int, token: str) -> None:
    """Ask JupyterLab to stop its kernels and itself. If it hangs, this ends all the same."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        _ask(port, "POST", "/api/shutdown", timeout=15, Authorization=f"token {token}")
        lab.wait(timeout=15)


def _ask(port: int, method: str, path: str, timeout: float, **headers: str) -> bytes:
    """Send a request, past any proxy, and return the start of the answer.

    Raises :exc:`OSError` if it is refused, or nobody is there.
    """
    request = urllib.request.Request(f"http://{HOST}:{port}{path}", headers=headers, method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=timeout) as answer:
        start: bytes = answer.read(100)
    return start
