"""Addresses as browsers read them: the WHATWG URL standard, as far as cookies need it."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property, lru_cache
from ipaddress import IPv4Address, IPv6Address
from itertools import count
from urllib.parse import quote, unquote_to_bytes

from .preloaded import is_preloaded
from .suffixes import is_public_suffix, registrable_domain

_IGNORED_AROUND = "".join(map(chr, range(0x21)))
_PARTS = re.compile(r"(https?):[/\\]*([^/\\?#]*)([^?#]*)", re.IGNORECASE)
#: What Python has, and no text that is sent: one half of a surrogate pair, such as "surrogateescape" leaves.
HALF = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile("0x[0-9a-f]*|[0-9]+")
# In the path these stay as they are; everything else is percent-encoded.
_KEPT_IN_PATHS = "/!$%&'()*+,:;=@[]~"
_NOT_IN_HOSTS = re.compile(r"[\x00-\x20#%/:<>?@\[\\\]^|\x7f\ufffd\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Signs without a width, such as the one that makes an emoji colourful.
_INVISIBLE = "\xad\u200b\u2060\ufe0f\ufeff"


class Address:
    """An address of HTTP or HTTPS.

    :param over_https: Whether it is asked over HTTPS whatever it says.
    :raises ValueError: if it is anything else, saying what is wrong with it.
    """

    def __init__(self, url: str, over_https: bool = False) -> None:
        if not isinstance(url, str):
            raise ValueError(f"{url!r} is no address: it is no text.")
        if half := HALF.search(url):
            raise ValueError(f"{url!r} is no address: it contains {half[0]!r}, which is half a character.")
        found = _PARTS.match(re.sub(r"[\t\n\r]", "", url.strip(_IGNORED_AROUND)))
        if found is None:
            raise ValueError(f"{url!r} is no address: it begins with http:// or https://, and has a host.")
        scheme, authority, path = found.groups()
        host, port = _split(authority.rpartition("@")[2])
        said = scheme.lower()
        try:
            if port and not (re.fullmatch("0*[0-9]{1,5}", port) and int(port) < 2**16):
                raise ValueError(f"its port {port} is no number up to {2**16 - 1:,}.")
            #: In the one form that a browser compares and sends: small letters, ``xn--``, four numbers with dots.
            self.host = read_host(host if host.startswith("[") else unquote_to_bytes(host).decode(errors="replace"))
        except ValueError as error:
            raise ValueError(f"{url!r} is no address: {error}") from None
        #: Whether it says ``http`` of a host that is asked over HTTPS all the same.
        self.is_upgraded = said == "http" and (over_https or is_preloaded(self.host))
        #: ``"http"`` or ``"https"``, as a browser asks.
        self.scheme = "https" if self.is_upgraded else said
        number = int(port) if port else {"http": 80, "https": 443}[said]
        self._port = 443 if self.is_upgraded and number == 80 else number
        #: Scheme, host and port. Cookies know no origins, ``fetch`` does.
        self.origin = self.scheme, self.host, self._port
        #: Without dot segments, percent-encoded.
        self.path = quote(_walk(path), safe=_KEPT_IN_PATHS)

    def upgraded(self) -> Address:
        """The same host, port and path, asked over HTTPS."""
        return Address(f"{self.scheme}://{self.host}:{self._port}{self.path}", over_https=True)

    @cached_property
    def site(self) -> tuple[str, str]:
        """Scheme and registrable domain: what the HTML standard calls a site."""
        return self.scheme, self.host if self._is_single else registrable_domain(self.host)

    @cached_property
    def is_ip(self) -> bool:
        """Whether the host is no name."""
        return self.host.startswith("[") or _ends_in_number(self.host)

    @property
    def is_alone(self) -> bool:
        """Whether no other host can share cookies with this one."""
        return self._is_single or is_public_suffix(self.host)

    @property
    def _is_single(self) -> bool:
        return self.is_ip or "." not in self.host.removesuffix(".")

    @cached_property
    def is_secure(self) -> bool:
        """Whether a ``Secure`` cookie travels here. Section 5.8.3 leaves that to the browser."""
        if self.is_ip:
            is_loopback = self.host == "[::1]" or self.host.startswith("127.")
        else:
            is_loopback = f".{self.host}".removesuffix(".").endswith(".localhost")
        return self.scheme == "https" or is_loopback

    def is_below(self, domain: str) -> bool:
        """Whether the host domain-matches ``domain`` (section 5.1.3)."""
        return self.host == domain or (self.host.endswith(f".{domain}") and not self.is_ip)


@lru_cache(maxsize=1024)
def read_address(url: str) -> Address:
    """An address that may come again and again."""
    return Address(url)


class Hostless:
    """A page that no host has sent, so that it is of no host's site."""

    host, path = "", "/"
    is_ip, is_alone, is_secure, is_upgraded = False, True, True, False

    def __init__(self, scheme: str, whose: str) -> None:
        #: ``"file"``, ``"chrome-extension"`` and the like; ``"null"`` for a page of an opaque origin.
        self.scheme = scheme
        # An opaque origin is like no other, not even one that has come about in the same way.
        self.site = self.origin = scheme, f"{next(_NUMBERS)}" if scheme == "null" else whose

    def is_below(self, domain: str) -> bool:
        """Never: see :meth:`Address.is_below`."""
        return False


_NUMBERS = count()
_HOSTLESS = re.compile("(null)$|(data):|(file):|([a-z]+-extension)://([^/]*)", re.IGNORECASE)

#: Where a document can come from.
Place = Address | Hostless


def read_place(url: str) -> Place:
    """The address of a document: also ``file://…``, an extension's, or ``"null"`` and ``data:`` for an opaque origin.

    :raises ValueError: if it is none of these.
    """
    found = None if url.startswith("http") else _HOSTLESS.match(url)
    if found is None:
        return read_address(url)
    null, data, file, extension, whose = found.groups()
    return Hostless("null" if null or data else (file or extension).lower(), whose or "")


def _split(place: str) -> tuple[str, str]:
    """Host and port. The colons within brackets are the host's own."""
    found = re.fullmatch(r"(\[.*\]|[^:]*):?(.*)", place)
    assert found is not None  # every text is of this form
    return found[1], found[2]


def _walk(path: str) -> str:
    """Where a path leads, dot segments followed."""
    way: list[str] = []
    name = ""
    for name in re.split(r"[/\\]", path)[1:]:
        dots = re.sub("%2e", ".", name, flags=re.IGNORECASE)
        if dots == "..":
            del way[-1:]
        elif dots != ".":
            way.append(name)
    ends_in_folder = re.fullmatch(r"(\.|%2e){1,2}", name, re.IGNORECASE)
    return "/" + "/".join([*way, ""] if ends_in_folder else way)


def read_host(text: str) -> str:
    """A host in the form that a browser compares.

    Names in other letters are read as UTS 46 says, near enough. (``encodings.idna`` follows the older IDNA 2003, in
    which ``straße`` is ``strasse``.) Nobody has the names that are read here and that no browser takes: letters that
    run both ways, a joiner that joins nothing, a sign without a meaning. And Chromium percent-encodes a space and
    ``*``, which no host may have.

    :raises ValueError: if it is none.
    """
    if text.startswith("["):
        return _ipv6(text)
    if text.isascii():
        text = text.lower()
    else:
        text = unicodedata.normalize("NFKC", "".join(map(_fold, unicodedata.normalize("NFKC", text))))
        text = text.replace("\u3002", ".")  # the full stop of Chinese and Japanese
    if wrong := _NOT_IN_HOSTS.search(text):
        raise ValueError(f"a host contains no {wrong[0]!r}.")
    host = ".".join(map(_ascii, text.split(".")))
    if not host.strip("."):
        raise ValueError("it has no host.")
    return _ipv4(host.removesuffix(".").split(".")) if _ends_in_number(host) else host


def _ends_in_number(host: str) -> bool:
    """Whether the last name of a host is a number, and so has to be that of an IPv4 address."""
    return _NUMBER.fullmatch(host.removesuffix(".").rpartition(".")[2]) is not None


def _fold(letter: str) -> str:
    """A letter in the form in which names are compared."""
    if letter in _INVISIBLE:
        return ""
    small = letter.lower()
    return small if small in "ßς" else small.casefold()  # casefold makes two other letters of these


def _ascii(label: str) -> str:
    return label if label.isascii() else f"xn--{label.encode('punycode').decode()}"


def _ipv6(text: str) -> str:
    try:
        if "%" in text:  # Python knows zones, browsers do not
            raise ValueError
        return f"[{IPv6Address(text.removeprefix('[').removesuffix(']')).compressed}]"
    except ValueError:
        raise ValueError(f"{text} is no IPv6 address.") from None


def _ipv4(numbers: list[str]) -> str:
    """The address that one to four numbers say, decimal, hexadecimal (0x…) or octal (0…); the last fills the rest."""
    try:
        *first, last = (_number(text) for text in numbers)
        if len(first) > 3 or any(number > 255 for number in first) or last >= 256 ** (4 - len(first)):
            raise ValueError
    except ValueError:
        raise ValueError(f"{'.'.join(numbers)} ends in a number and is no IPv4 address.") from None
    return str(IPv4Address(int.from_bytes(bytes(first) + last.to_bytes(4 - len(first), "big"), "big")))


def _number(text: str) -> int:
    if text.startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if text.startswith("0") else 10)
