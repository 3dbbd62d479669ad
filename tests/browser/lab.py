"""The lessons in a real JupyterLab, which ``run.py`` starts in a copy of the project: JupyterLab saves what it runs."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from nbformat import NotebookNode
from playwright.sync_api import Locator, Page, expect

from tests.setup.setup_files import ROOT, borrow_packages, environment_of

#: How long a lesson's cells may take, in milliseconds.
PATIENCE = 60_000


def copy_project(place: Path) -> tuple[Path, dict[str, str]]:
    """A copy of what a learner uses, and the environment variables to run it with; its home directory is empty."""
    folder = place / "lessons"
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    shutil.copytree(ROOT / "docs", folder / "docs")  # with the lessons' pictures
    shutil.copytree(ROOT / "demo_app", folder / "demo_app", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("run.py", "requirements.lock"):
        shutil.copy(ROOT / name, folder)
    home = place / "home"
    home.mkdir()
    own = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    borrow_packages(folder)
    return folder, own | {"HOME": str(home), "BROWSER": "true"}


def set_preferences(home: str, settings: dict[str, dict[str, Any]]) -> None:
    """Set JupyterLab's settings, such as those of ``apputils-extension/themes``, as its settings editor does."""
    for name, values in settings.items():
        path = Path(home, ".jupyter/lab/user-settings/@jupyterlab", f"{name}.jupyterlab-settings")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))


def begin_kernels_with(home: str, code: str) -> None:
    """Have every kernel run some code when it starts."""
    folder = Path(home, ".ipython/profile_default/startup")
    folder.mkdir(parents=True)
    (folder / "tests.py").write_text(code)


@contextmanager
def jupyterlab(folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """A JupyterLab that is running; the address of its first lesson, as ``run.py`` prints it."""
    command = [sys.executable, str(folder / "run.py")]
    out = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(command, env=environment, **out) as lab:
        assert lab.stdout is not None
        try:
            yield next(line.strip() for line in lab.stdout if "http://" in line)
        finally:
            lab.send_signal(signal.SIGINT)
            lab.stdout.read()


#: With it, whoever asks is the user of a JupyterLab that the next function has started.
TOKEN = "a token"


@contextmanager
def jupyterlab_with_proxy(
    folder: Path, environment: dict[str, str], hub_prefix: str | None = None
) -> Iterator[tuple[str, str]]:
    """A JupyterLab with jupyter-server-proxy, its base address and that of its first lesson.

    As somebody starts it who has both (with conda, say); with a prefix, as a JupyterHub starts it for one person.
    """
    own = {"JUPYTER_CONFIG_PATH": str(Path(sys.prefix, "etc/jupyter")), "JUPYTER_TOKEN": TOKEN}
    own |= {"JUPYTERHUB_SERVICE_PREFIX": hub_prefix} if hub_prefix else {}
    prefix = hub_prefix or "/"
    command = [str(environment_of(folder).PYTHON), "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.base_url={prefix}", f"--ServerApp.root_dir={folder}", "--ServerApp.port_retries=0"]
    for _ in range(3):  # somebody may be quicker to take the port
        with socket.create_server(("127.0.0.1", 0)) as free:
            base = f"http://127.0.0.1:{free.getsockname()[1]}{prefix}"
        port = f"--port={urlsplit(base).port}"
        lab = subprocess.Popen([*command, port], env=environment | own, stderr=subprocess.DEVNULL)
        if _answers(lab, f"{base}api"):
            break
    else:
        raise AssertionError(f"JupyterLab ended three times before it answered, the last time with {lab.returncode}.")
    try:
        yield base, f"{base}lab/tree/notebooks/00_start_here.ipynb?token={TOKEN}"
    finally:
        lab.terminate()
        lab.wait()


def _answers(lab: subprocess.Popen[bytes], url: str) -> bool:
    """Wait until a JupyterLab answers at this address; ``False`` if it ends before."""
    with requests.Session() as client:
        client.trust_env = False  # no proxy
        while lab.poll() is None:
            with suppress(requests.RequestException):
                if client.get(url).ok:
                    return True
            with suppress(subprocess.TimeoutExpired):
                lab.wait(0.05)
    return False


def open_lesson(page: Page, url: str, lesson: str) -> None:
    """Open a lesson, and wait until its kernel is ready."""
    page.goto(url.replace("00_start_here", lesson) + "&reset")
    page.locator(".jp-NotebookPanel .jp-Notebook").wait_for()
    page.get_by_text("| Idle").wait_for(timeout=PATIENCE)


def run_all(page: Page) -> None:
    """Run all cells in a fresh kernel, from the menu, and wait for the last one."""
    _choose(page, "Edit", "Clear Outputs of All Cells")  # the numbers, too: those that come are new
    _choose(page, "Run", "Restart Kernel and Run All Cells…")
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    cells = code_cells(page)
    expect(cells.last.locator(".jp-InputPrompt")).to_have_text(f"[{cells.count()}]:", timeout=PATIENCE)


def _choose(page: Page, menu: str, item: str) -> None:
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=item).click()


def code_cells(page: Page) -> Locator:
    return page.locator(".jp-Notebook .jp-CodeCell")


def cell_of(page: Page, notebook: NotebookNode, cell: NotebookNode) -> Locator:
    """Where JupyterLab shows a cell of a notebook."""
    return page.locator(".jp-Notebook .jp-Cell").nth(notebook.cells.index(cell))


def cell(page: Page, code: str) -> Locator:
    """The code cell that contains this text."""
    return code_cells(page).filter(has=page.locator(".jp-InputArea", has_text=code))


def output(page: Page, code: str) -> Locator:
    """What the cell with this code has put out."""
    return cell(page, code).locator(".jp-OutputArea-output")


def save(page: Page) -> None:
    """Save the notebook, and wait until that is done."""
    with page.expect_response(lambda answer: answer.request.method == "PUT" and "/api/contents/" in answer.url):
        page.keyboard.press("Control+S")


def run(page: Page, code: str) -> None:
    """Run one cell again, and wait for its end."""
    prompt = cell(page, code).locator(".jp-InputPrompt")
    before = prompt.inner_text()
    cell(page, code).locator(".jp-InputArea-editor").click()
    page.keyboard.press("Control+Enter")
    expect(prompt).to_have_text(re.compile(rf"\[\d+\]:(?<!{re.escape(before)})"), timeout=PATIENCE)
