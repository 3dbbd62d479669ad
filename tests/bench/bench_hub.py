"""What a room of learners costs a JupyterHub: memory and time for each.

Needs two things that nothing else here needs: ``pip install jupyterhub jupyter-server-proxy`` in the environment, and
``npm install configurable-http-proxy`` (its folder ``node_modules/.bin`` on the PATH). Then, on an idle machine::

    python -m tests.bench.bench_hub --learners 20

Starts a hub on the loopback address and logs everybody in at once. Each learner starts a server of their own, opens the
lesson, and runs its cells one after the other. Memory is what the processes would give back if they ended (PSS).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import psutil
import requests
import websocket

ROOT = Path(__file__).parents[2]
LESSON = "05_httponly"
TOKEN = uuid.uuid4().hex

CONFIG = """
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port = {port} + 1
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api_port}"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {folder!r} + "/{{username}}"
c.Spawner.cmd = [{python!r}, "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root"]
c.Spawner.environment = {{"PYTHONPATH": {root!r}}}
c.Spawner.start_timeout = c.Spawner.http_timeout = 600
c.JupyterHub.concurrent_spawn_limit = 0
c.JupyterHub.services = [{{"name": "bench", "api_token": {token!r}}}]
c.JupyterHub.load_roles = [
    {{"name": "bench", "services": ["bench"], "scopes": ["admin:users", "admin:servers", "access:servers"]}}
]
"""


class Learner(NamedTuple):
    """What one learner took: seconds from the click to the end of each part, and memory at the end."""

    server: float
    kernel: float
    cells: float
    megabytes: float


@contextmanager
def hub(folder: Path) -> Iterator[str]:
    """A JupyterHub that is running; its address."""
    config = folder / "config.py"
    port = 8400
    config.write_text(
        CONFIG.format(
            port=port, api_port=port + 2, folder=str(folder), root=str(ROOT), python=sys.executable, token=TOKEN
        )
    )
    command = [sys.executable, "-m", "jupyterhub", "--config", str(config)]
    with (folder / "hub.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                requests.get(f"{url}/hub/api/", timeout=5).raise_for_status()
                break
            except requests.RequestException:
                if process.poll() is not None:
                    sys.exit((folder / "hub.log").read_text())
                time.sleep(0.2)
        yield url
    except BaseException:
        print((folder / "hub.log").read_text(), file=sys.stderr)
        raise
    finally:
        process.terminate()
        process.wait()


def learn(url: str, name: str, folder: Path) -> Learner:
    """Start a server, open the lesson, and run its cells."""
    shutil.copytree(ROOT / "notebooks", folder / name / "notebooks")
    client = requests.Session()
    client.headers["Authorization"] = f"token {TOKEN}"
    began = time.perf_counter()
    client.post(f"{url}/hub/api/users/{name}").raise_for_status()
    client.post(f"{url}/hub/api/users/{name}/server").raise_for_status()
    while not client.get(f"{url}/hub/api/users/{name}").json()["servers"].get("", {}).get("ready"):
        time.sleep(0.1)
    mine = f"{url}/user/{name}"
    server = time.perf_counter() - began

    began = time.perf_counter()
    client.get(f"{mine}/api/contents/notebooks/{LESSON}.ipynb").raise_for_status()
    session = {"path": f"notebooks/{LESSON}.ipynb", "name": "", "type": "notebook", "kernel": {"name": "python3"}}
    kernel_id = client.post(f"{mine}/api/sessions", json=session).json()["kernel"]["id"]
    address = f"{mine.replace('http', 'ws')}/api/kernels/{kernel_id}/channels"
    channel = websocket.create_connection(address, header=[f"Authorization: token {TOKEN}"], timeout=600)
    with closing(channel):
        run(channel, "")
        kernel = time.perf_counter() - began

        began = time.perf_counter()
        for cell in nbformat.read(ROOT / "notebooks" / f"{LESSON}.ipynb", as_version=4).cells:
            if cell.cell_type == "code":
                run(channel, cell.source)
        cells = time.perf_counter() - began
        return Learner(server, kernel, cells, memory_of(folder / name))


def run(channel: websocket.WebSocket, code: str) -> None:
    """Run a cell, and wait for its end. Raises :exc:`RuntimeError` if it fails."""
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": "execute_request",
        "username": "",
        "session": "",
        "version": "5.3",
    }
    content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True}
    request = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    channel.send(json.dumps(request))
    while True:
        message: dict[str, Any] = json.loads(channel.recv())
        if message["msg_type"] == "execute_reply" and message["parent_header"].get("msg_id") == header["msg_id"]:
            if message["content"]["status"] != "ok":
                raise RuntimeError(f"{message['content'].get('evalue')} in: {code}")
            return


def memory_of(place: Path) -> float:
    """The megabytes of a learner's server and kernels: the processes that work in their folder."""
    total = 0
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()).is_relative_to(place):
                total += process.memory_full_info().pss
        except (psutil.Error, OSError):
            continue
    return total / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--learners", type=int, default=20, metavar="N")
    number = parser.parse_args().learners
    with tempfile.TemporaryDirectory(prefix="hub-") as name, hub(Path(name)) as url:
        folder = Path(name)
        alone = learn(url, "alone", folder)
        before = psutil.virtual_memory().used
        began = time.perf_counter()
        with ThreadPoolExecutor(number) as room:
            learners = list(room.map(lambda n: learn(url, f"learner-{n}", folder), range(number)))
        took = time.perf_counter() - began
        used = (psutil.virtual_memory().used - before) / 2**20
    print(f"{os.cpu_count()} cores, lesson {LESSON}; seconds: server, kernel, all cells; MB")
    print(f"one learner alone   {alone.server:5.1f} {alone.kernel:5.1f} {alone.cells:5.1f}   {alone.megabytes:4.0f}")
    for word, choose in (("middle", statistics.median), ("slowest", max)):
        server, kernel, cells, megabytes = (choose(column) for column in zip(*learners, strict=True))
        print(f"{word:7} of {number:2} at once {server:5.1f} {kernel:5.1f} {cells:5.1f}   {megabytes:4.0f}")
    print(f"all {number} were through after {took:.0f} s; the machine's memory in use grew by {used:.0f} MB")


if __name__ == "__main__":
    main()
