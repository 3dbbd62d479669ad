"""What a notebook shows with. Everything here has a form for a web page and an equally good one in plain text."""

from .browser import browse as browse
from .doctor import Context as Context
from .doctor import why as why
from .environment import check_environment as check_environment
from .exercises import Exercise as Exercise
from .exercises import Verdict as Verdict
from .frameworks import elsewhere as elsewhere
from .headers import anatomy as anatomy
from .headers import diff as diff
from .headers import exchange as exchange
from .headers import set_cookies as set_cookies
from .store import contents as contents
from .traffic import watch as watch
from .weaknesses import audit as audit
