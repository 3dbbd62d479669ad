import sys

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
sys.exit(status)
