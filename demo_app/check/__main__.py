import sys

try:
    import publicsuffixlist  # noqa: F401
    import requests  # noqa: F401
    import trustme  # noqa: F401 - else HTTPS would be refused in the middle of the check
except ModuleNotFoundError as error:
    sys.exit(f"{error}. The check needs three packages besides Flask: pip install publicsuffixlist requests trustme")

from .command import main

sys.exit(main())
