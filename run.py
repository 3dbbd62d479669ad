#!/usr/bin/env python3
"""Open the lessons, or test them, on a machine that has Python and nothing else.

The first run makes the folder .venv from requirements.lock. Every later run starts at once. What only the tests need is
added by the first run that tests.
"""

# An old Python has to get as far as the message below: no f-strings and no annotations in this file.
from __future__ import print_function

import sys

OLDEST = (3, 10)
if sys.version_info < OLDEST:
    sys.exit(
        "The lessons need Python %d.%d or newer, and this is Python %d.%d.\n"
        "Install a newer one from https://www.python.org/downloads/ and start run.py with it."
        % (OLDEST + tuple(sys.version_info[:2]))
    )

import contextlib
import difflib
import hashlib
import http.server
import importlib.metadata
import json
import os
import re
import secrets
import shutil
import signal
import socket
import socketserver
import struct
import subprocess
import sysconfig
import tempfile
import threading
import time
import urllib.request
import webbrowser
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LESSON = "notebooks/00_start_here.ipynb"
LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "tests/requirements.lock"
TOOLS_LOCK = ROOT / "tests/tools/requirements.lock"  # uv, which makes all three
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMPS = {LOCK: VENV / "made-from", TEST_LOCK: VENV / "tests-made-from"}
LOG = VENV / "pip.log"
HOST, FIRST_PORT = "127.0.0.1", 8888

RUN = "py run.py" if os.name == "nt" else "python3 run.py"
AFRESH = "If this comes back, delete the folder .venv and start run.py again."
HELP = """\
{run}                       open the lessons in JupyterLab
{run} check                 tell whether this machine is ready, such as before a workshop
{run} slides [notebooks]    make slides of the lessons, in the folder slides
{run} blank [folder]        make a copy without outputs and solutions, for live coding
{run} test [arguments]      run the tests; the arguments are pytest's
{run} record [notebooks]    run the notebooks and store their outputs
{run} lock [--upgrade]      renew each requirements.lock; --upgrade moves every version
{run} help                  show this list""".format(run=RUN)

# What pip or the system says; what it means; what to do. The first that is found counts.
TROUBLES = (
    ("DO NOT MATCH THE HASHES", "A downloaded package is not the one that requirements.lock names.",
     "Start run.py again. If this comes back, a proxy or a mirror changes downloads: tell whoever runs it."),
    (r"Errno 28\b|Errno 122|WinError 112|No space left", "The disk is full.",
     "Free 1 GB and start run.py again."),
    ("Long Path support", "The path of this folder is too long for Windows.",
     r"Move the folder to a short path such as C:\lessons and start run.py again."),
    (r"Errno 1\b|Errno 13|Errno 30|WinError 5\b|WinError 32", "A file of this folder cannot be written.",
     "Close what runs from .venv, such as JupyterLab or an activated terminal, and start run.py again.\n"
     "If that does not help, copy this folder to a place that is yours, and start run.py there."),
    ("(?i)certificate.verify.failed", "The certificate of the package index is not trusted.",
     "On a company network, ask for its certificate file, set PIP_CERT to its path, and start run.py again."),
    (r"Retrying \(", "The package index cannot be reached.",
     "Check the network connection. Behind a proxy, set HTTPS_PROXY. Then start run.py again."),
    ("No matching distribution", "The package index has no fitting version of a package.",
     "This Python may be too new or too rare for it. Start run.py with another one, such as 3.12."),
)  # fmt: skip


class Problem(Exception):
    """What went wrong in one sentence, and below it what to do."""


def explain(said):
    """Return the :class:`Problem` behind what pip or the system said."""
    unknown = ("", "The set-up stopped. The last words were: " + said.strip().split("\n")[-1], AFRESH)
    _, sentence, advice = next((trouble for trouble in TROUBLES if re.search(trouble[0], said)), unknown)
    log = "\nAll that pip said is in {0}".format(LOG) if LOG.exists() else ""
    return Problem("{0}\n{1}{2}".format(sentence, advice, log))


# -- The environment ------------------------------------------------------------------------------------


def ensure_environment(*locks):
    """Make .venv unless it is ready with what these locks name. Raises :class:`Problem` or :exc:`OSError`."""
    if not all(map(is_ready, locks)):
        with one_at_a_time():
            if not is_ready(LOCK):
                make_environment()
            for lock in locks:
                if not is_ready(lock):
                    print("Adding what the tests use to the folder .venv.", flush=True)
                    install(lock)


def is_ready(lock):
    """Whether all that the lock names was installed, and from what is here now."""
    return PYTHON.exists() and STAMPS[lock].exists() and STAMPS[lock].read_text() == fingerprint(lock)


def fingerprint(lock):
    """Return a digest of what .venv depends on. The place is part of it, because a venv cannot be moved."""
    made_from = lock.read_bytes() + sys.implementation.cache_tag.encode() + os.fsencode(ROOT)
    return hashlib.sha256(made_from).hexdigest()


@contextlib.contextmanager
def one_at_a_time():
    """Wait while another run.py makes .venv. The system frees the lock when a process ends, in any way."""
    with open(str(VENV) + ".lock", "w") as file:
        if not try_lock(file):
            print("Another run.py is making .venv. This one waits for it.", flush=True)
            while not try_lock(file):
                time.sleep(0.2)
        yield


def try_lock(file):
    """Lock the file for this process, and return whether that worked."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def make_environment():
    """Make .venv from nothing."""
    if VENV.exists():
        print("The folder .venv is incomplete or out of date, so it is replaced.")
        STAMPS[LOCK].unlink(missing_ok=True)
        shutil.rmtree(VENV)
    print("Making the folder .venv with what the lessons use. This can take some minutes, once.", flush=True)
    create_venv(VENV)
    scheme = "nt" if os.name == "nt" else "posix_prefix"
    site_packages = Path(sysconfig.get_path("purelib", scheme, {"base": str(VENV)}))
    # A relative path, because in which encoding Python reads this file depends on the machine.
    (site_packages / "lessons.pth").write_text(os.path.relpath(ROOT, site_packages) + "\n")
    settings = VENV / "share/jupyter/lab/settings"
    settings.mkdir(parents=True, exist_ok=True)
    quiet = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
    (settings / "overrides.json").write_text(json.dumps(quiet))
    install(LOCK)


def create_venv(folder):
    """Make an empty environment with pip. Raises :class:`Problem`."""
    try:
        import ensurepip  # noqa: F401 - venv needs it, and Debian keeps it in another package
        import venv
    except ImportError:
        raise Problem(
            "This Python cannot make environments, because a part of its venv module is missing.\n"
            "On Debian and Ubuntu run: sudo apt install python{0}.{1}-venv\n"
            "Then start run.py again.".format(*sys.version_info)
        )
    try:
        venv.create(str(folder), symlinks=os.name != "nt", with_pip=True)
    except subprocess.CalledProcessError as error:
        raise explain(error.output.decode(errors="replace"))
    except ValueError as error:  # the path has a colon, which PATH cannot hold
        raise explain(str(error))


def install(lock):
    """Install what the lock names, and show how far pip is. Raises :class:`Problem`.

    The stamp comes last: without it, the next run starts again.
    """
    command = [PYTHON, "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-user", "--no-input"]
    command += ["--progress-bar=off", "--disable-pip-version-check", "--requirement", lock]
    total, count = len(re.findall(r"^\w", lock.read_text(), re.MULTILINE)), 0
    pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
    try:
        with pip, LOG.open("w", errors="replace") as log:
            for line in pip.stdout:
                log.write(line)
                said = line.split(" (from -r ")[0]
                package = re.match(r"(?:Collecting|Processing) (?:.*[/\\])?([\w.-]+?)(?:==|-\d)", said)
                if package:
                    count += 1
                    text = "  %d of %d  %s" % (count, total, package.group(1))
                    progress(text, milestone=count % 20 == 0 or count == total)
                elif line.startswith("Ignoring "):  # the lock serves other machines, too
                    total -= 1
                elif "Retrying (" in line:
                    progress("  no answer from the package index, pip tries again")
                elif line.startswith("Installing collected"):
                    progress("  unpacking %d packages" % count)
    finally:
        pip.kill()  # it has ended by itself, unless Ctrl-C or a full disk came between
    if pip.returncode:
        raise explain(LOG.read_text(errors="replace"))
    STAMPS[lock].write_text(fingerprint(lock))
    print("\nThe folder .venv is ready.", flush=True)


def progress(text, milestone=True):
    """Show how far it is: on a terminal in place of the last text, elsewhere milestones only, a line each."""
    if sys.stdout.isatty():
        print("\r" + text.ljust(70), end="", flush=True)
    elif milestone:
        print(text, flush=True)


# -- The commands ---------------------------------------------------------------------------------------


def open_lessons(arguments):
    """Start JupyterLab, open the first lesson in the browser, and stay until JupyterLab ends or Ctrl-C."""
    ensure_environment(LOCK)
    token = secrets.token_hex(16)
    # A closed terminal counts as Ctrl-C. One that comes before JupyterLab can be stopped waits until it can.
    endings = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    early = []
    is_open = False
    while not is_open:
        for ending in endings:
            signal.signal(ending, lambda *_: early.append(True))
        port = free_port()
        if port != FIRST_PORT:
            print("Port {0} is taken, so JupyterLab uses port {1}.".format(FIRST_PORT, port))
        print("JupyterLab is starting.", flush=True)
        lab = start(port, token)
        try:
            for ending in endings:
                signal.signal(ending, signal.default_int_handler)
            if early:
                raise KeyboardInterrupt
            is_open = wait_until_open(lab, port, token)
            if is_open:
                stay(lab, "http://{0}:{1}/lab/tree/{2}?token={3}".format(HOST, port, LESSON, token))
        except KeyboardInterrupt:
            print("\nJupyterLab is stopping.", flush=True)
            stop(lab, port, token)
            break
    print("JupyterLab has stopped.")
    return 0


def start(port, token):
    """Start JupyterLab; return its process."""
    command = [PYTHON, "-m", "jupyterlab", "--no-browser", "--ip=" + HOST, "--port=%d" % port]
    command += ["--ServerApp.port_retries=0", "--ServerApp.root_dir=%s" % ROOT]
    # jupyter-server-proxy, where it is installed, would show pages that anybody may have written to at JupyterLab's
    # own origin. There, their scripts start kernels.
    command += ["--ServerApp.jpserver_extensions={'jupyter_server_proxy': False}"]
    command += ["--KernelManager.transport_encryption=auto"]  # without it, kernels warn of being overheard
    command += ["--Application.log_level=WARN", "--allow-root"]  # in containers, people are root
    # The token goes by the environment, because everyone on this machine can read a command line.
    environment = dict(loopback_without_proxy(), JUPYTER_TOKEN=token)
    # On a hub, this JupyterLab is not the hub's: the lessons' pages are at 127.0.0.1, as it is.
    environment = {name: value for name, value in environment.items() if not name.startswith("JUPYTERHUB_")}
    # Ctrl-C is for this process alone: at a Ctrl-C of its own, JupyterLab would leave its kernels behind.
    alone = {"start_new_session": True}
    if os.name == "nt":
        alone = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, **alone)


def stay(lab, url):
    """Open the browser, and stay until JupyterLab ends."""
    print("\nThe lessons are open at\n\n  {0}\n".format(url))
    print("If no browser window appears, copy this address into your browser.")
    if "JUPYTERHUB_SERVICE_PREFIX" in os.environ:
        print("If it cannot reach this address, open {0} in the JupyterLab of your hub.".format(LESSON))
    print("To stop, press Ctrl-C here.", flush=True)
    with OneTimeAddress(url) as address:
        webbrowser.open(address)
        if lab.wait():
            raise Problem("JupyterLab ended with an error, which is shown above.\n" + AFRESH)


class OneTimeAddress(socketserver.ThreadingTCPServer):
    """An address that leads the browser to the one that has the token, which would else stand on its command line.

    Everyone on this machine can read that. So the first who asks is sent on, within a minute of the start, and whoever
    asks later is told what that means. On Linux, other people of this machine are refused. Elsewhere it cannot be seen
    who asks: there, one of them who reads the command line and is quicker than the browser gets in.
    """

    daemon_threads = True
    life = 60  # seconds: as long as a browser takes that starts for the first time on a slow machine

    def __init__(self, target):
        socketserver.ThreadingTCPServer.__init__(self, (HOST, 0), LeadOnce)
        self.path = "/" + secrets.token_urlsafe(16)
        self._target, self._end, self._lock = target, time.monotonic() + self.life, threading.Lock()

    def take(self):
        """Return where the address leads, once and before its end; ``None`` from then on."""
        with self._lock:
            target, self._target = self._target, None
        return target if time.monotonic() < self._end else None

    def __enter__(self):
        """Answer from now on; return the address."""
        threading.Thread(target=self.serve_forever, args=[0.05], daemon=True).start()
        return "http://{0}:{1}{2}".format(self.server_address[0], self.server_address[1], self.path)

    def __exit__(self, *exception):
        self.shutdown()
        self.server_close()

    def handle_error(self, *request):
        """Who goes away before the answer is no error of ours."""


USED = """<!doctype html><html lang="en"><title>This address has been used</title>
<h1>This address has been used, or is too old</h1>
<p>It leads to the lessons once, in the first minute. The terminal in which run.py runs shows another address, which
stays: copy that into the address bar.
<p>If no window of yours has opened the lessons, somebody else on this machine may have been quicker. Then press Ctrl-C
in the terminal, and start run.py again."""


class LeadOnce(http.server.BaseHTTPRequestHandler):
    """Answers at a :class:`OneTimeAddress`. Only what a browser does with a link uses it up: no HEAD, no prefetch."""

    timeout = 10  # seconds, for somebody who connects and says nothing

    def do_GET(self):
        is_meant = self.is_meant()
        target = self.server.take() if is_meant else None
        self.send_response(302 if target else 410 if is_meant else 404)
        if target:
            self.send_header("Location", target)
        text = USED if is_meant and not target else ""
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def is_meant(self):
        """Whether it is this address, under a name of this machine (DNS rebinding has others), from its user."""
        return (
            secrets.compare_digest(self.path.encode(), self.server.path.encode())
            and re.fullmatch(r"(127\.0\.0\.1|localhost)(:\d+)?", self.headers.get("Host", ""))
            and "prefetch" not in self.headers.get("Sec-Purpose", "")
            and all(user in {0, os.getuid()} for user in users_of(self.client_address, self.server.server_address))
        )

    def log_message(self, *message):
        pass


def users_of(one, other):
    """Return the ids of the users at both ends of a connection on this machine; none where that cannot be seen."""
    ends = {"%08X:%04X" % (struct.unpack("=I", socket.inet_aton(host))[0], port) for host, port in (one, other)}
    users = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError), open(table) as lines:
            fields = [line.split() for line in lines]  # an IPv4 address within IPv6 is the end of its field
            users |= {int(field[7]) for field in fields if {field[1][-13:], field[2][-13:]} == ends}
    return users


def free_port():
    """Return the first port from 8888 up that no program uses. Raises :exc:`OSError` if there is none."""
    for port in range(FIRST_PORT, 65536):
        with socket.socket() as probe, contextlib.suppress(OSError):
            if os.name == "posix":  # as JupyterLab does: a port that was closed a minute ago is free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return port
    raise OSError("No program may listen at {0}.".format(HOST))


def wait_until_open(lab, port, token):
    """Wait until JupyterLab answers. Return ``False`` if another program was quicker to take the port.

    Raises :class:`Problem` if it ends for another reason.
    """
    while lab.poll() is None:
        with contextlib.suppress(OSError):
            ask(port, token, "GET", "/api/status", timeout=1)
            return True
        time.sleep(0.05)
    if free_port() > port:
        return False
    raise Problem("JupyterLab did not start, for the reason shown above.\n" + AFRESH)


def stop(lab, port, token):
    """Ask JupyterLab to stop its kernels and itself; if it does not, end it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        ask(port, token, "POST", "/api/shutdown", timeout=15)
        lab.wait(timeout=15)
    except (OSError, subprocess.TimeoutExpired):  # it has not started yet, or hangs
        lab.kill()
        lab.wait()


def ask(port, token, method, path, timeout):
    """Send a request to JupyterLab, past any proxy. Raises :exc:`OSError` if it is refused, or nobody is there."""
    url, headers = "http://%s:%d%s" % (HOST, port, path), {"Authorization": "token " + token}
    request = urllib.request.Request(url, headers=headers, method=method)
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=timeout).close()


def run_module(module, locks, arguments):
    """Run ``python -m module`` in .venv; return its exit status. Ctrl-C and the keyboard are its own."""
    ensure_environment(*locks)
    command = [str(PYTHON), "-m", module] + arguments
    if os.name == "posix":
        sys.stdout.flush()
        os.execve(command[0], command, loopback_without_proxy())
    return subprocess.call(command, env=loopback_without_proxy())


def loopback_without_proxy():
    """Return the environment variables, with loopback kept from any proxy that is set for everything."""
    hosts = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if hosts != "*":
        hosts = ",".join(filter(None, [hosts, "127.0.0.1", "localhost"]))
    return dict(os.environ, NO_PROXY=hosts, no_proxy=hosts)


# -- Whether this machine is ready ----------------------------------------------------------------------


def check(arguments):
    """Print what the lessons need and what to do where it is not here; return 0 if all is."""
    checks = [
        ("Python {0}.{1} or later".format(*OLDEST), str),  # nothing is missing, or this would not run
        ("the packages of requirements.lock", missing_packages),
        ("a port for JupyterLab", missing_port),
        ("a server on this machine can be reached", missing_loopback),
        ("a browser", missing_browser),
    ]
    ready = True
    for what, find_remedy in checks:
        remedy = find_remedy()
        ready = ready and not remedy
        print("  {0:4}{1}{2}".format("NO" if remedy else "yes", what, remedy and "\n      " + remedy), flush=True)
    print("\n" + ("This machine is ready." if ready else "Not ready yet. Do what stands above, then check again."))
    return int(not ready)


def missing_packages():
    """Compare what is in .venv with the lock."""
    if not is_ready(LOCK):
        return "Run {0} once, where there is a network: it downloads 60 MB.".format(RUN)
    scheme = "nt" if os.name == "nt" else "posix_prefix"
    found = importlib.metadata.distributions(path=[sysconfig.get_path("purelib", scheme, {"base": str(VENV)})])
    found = [(one.metadata["Name"], one.version) for one in found if one.metadata]  # none: it is damaged
    here = {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}
    pins = re.findall(r"^([\w-]+)==([\w.]+)( ;)?", LOCK.read_text(), re.MULTILINE)
    # A package with a marker may be for other machines, and then it is not here at all.
    wrong = {name for name, _, marker in pins if name in here or not marker} - {
        name for name, version, _ in pins if here.get(name) == version
    }
    again = "Delete the folder .venv and run {0} once. Missing, or of another version: {1}."
    return again.format(RUN, ", ".join(sorted(wrong))) if wrong else ""


def missing_port():
    try:
        free_port()
    except OSError as error:
        return "{0} Allow that in the firewall.".format(error)
    return ""


def missing_loopback():
    """Ask a server of this process something, with the settings that the lessons run with."""
    os.environ.update(loopback_without_proxy())
    try:
        with socketserver.TCPServer((HOST, 0), Answer) as server:
            threading.Thread(target=server.handle_request, daemon=True).start()
            urllib.request.urlopen("http://{0}:{1}".format(*server.server_address), timeout=10).close()
    except OSError as error:
        return "Allow connections to {0} in the firewall. ({1})".format(HOST, error)
    return ""


class Answer(http.server.BaseHTTPRequestHandler):
    """Answers everything with nothing."""

    def do_GET(self):
        self.send_response(204)
        self.end_headers()

    def log_message(self, *message):
        pass


def missing_browser():
    try:
        webbrowser.get()
    except webbrowser.Error:
        return "Install one, such as Firefox. Or copy the address that {0} prints into a browser.".format(RUN)
    return ""


def lock(arguments):
    """Make the locks from pyproject.toml; versions that still fit stay. Returns uv's exit status."""
    with tempfile.TemporaryDirectory() as folder:
        print("Fetching uv into a temporary folder.", flush=True)
        uv = [python_with_uv(folder), "-m", "uv", "pip", "compile", "--quiet", "--no-emit-index-url"]
        uv += ["--generate-hashes", "--universal", "--python-version=%d.%d" % OLDEST, "--no-python-downloads"]
        uv += ["--custom-compile-command=python3 run.py lock"] + arguments
        status = subprocess.call(uv + ["--group=tools", "--output-file", TOOLS_LOCK.relative_to(ROOT)])
        uv += ["pyproject.toml"]
        status = status or subprocess.call(uv + ["--output-file", LOCK.relative_to(ROOT)])
        if status == 0:  # the tests get the lessons' versions, and their lock what else they need
            lessons = re.findall(r"^[\w-]+(?===)", LOCK.read_text(), re.MULTILINE)
            uv += ["--all-extras", "--group=test", "--group=browser", "--constraint", LOCK.relative_to(ROOT)]
            uv += ["--no-emit-package=" + name for name in sorted(set(lessons))]
            status = subprocess.call(uv + ["--output-file", TEST_LOCK.relative_to(ROOT)])
        return status


def python_with_uv(folder):
    """Make an environment with the uv that is locked; return its Python. Raises :class:`Problem`."""
    create_venv(folder)
    python = Path(folder, PYTHON.relative_to(VENV))
    fetch = [python, "-m", "pip", "install", "--quiet", "--no-user", "--no-input", "--disable-pip-version-check"]
    if subprocess.call(fetch + ["--require-hashes", "--no-deps", "--requirement", TOOLS_LOCK]):
        raise Problem("uv could not be installed, for the reason shown above.\nMend that, and start run.py again.")
    return python


COMMANDS = {
    "": open_lessons,
    "check": check,
    "slides": partial(run_module, "demo_app.teach.slides", [LOCK]),
    "blank": partial(run_module, "demo_app.teach.blank", [LOCK]),
    "test": partial(run_module, "pytest", [LOCK, TEST_LOCK]),
    "record": partial(run_module, "tests.record", [LOCK]),
    "lock": lock,
    "help": lambda arguments: print(HELP),
    "--help": lambda arguments: print(HELP),
}


def main(arguments):
    """Run the command that the first argument names; return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a path may have letters that the terminal lacks
    os.chdir(ROOT)
    name = "".join(arguments[:1])
    try:
        if name not in COMMANDS:
            near = difflib.get_close_matches(name, COMMANDS, 1)
            meant = " Did you mean: {0} {1}".format(RUN, near[0]) if near else ""
            raise Problem("There is no command {0!r}.{1}\n\n{2}".format(name, meant, HELP))
        return COMMANDS[name](arguments[1:])
    except (Problem, OSError) as error:
        print("\n{0}".format(error if isinstance(error, Problem) else explain(str(error))), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Start run.py again when you like.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
