import sys

try:
    import requests  # noqa: F401
    import trustme  # noqa: F401 - else HTTPS would be refused in the middle of the check
except ModuleNotFoundError as error:
    sys.exit(f"{error}. The check needs two packages besides Flask: pip install requests trustme")

from .command import main

sys.exit(main())
