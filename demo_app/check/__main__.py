import os
import sys
import threading

from .command import main

try:
    status = main()
except ModuleNotFoundError as error:
    if error.name not in ("publicsuffixlist", "requests", "trustme"):
        raise
    print(
        f"{error}. The check needs three packages besides Flask: pip install publicsuffixlist requests trustme",
        file=sys.stderr,
    )
    status = 2
if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
    # The app's own threads, which nobody tells to end: the interpreter would wait for them.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
sys.exit(status)
