"""Reading a caller's URL so strictly that no other reader can read it differently.

Python's urllib, an HTTP client, a browser and a C resolver disagree about backslashes, blanks, user names,
percent signs in hosts, numbers as addresses and more; each disagreement is a way around a check. So a URL
passes only in the spelling all of them share (RFC 3986, an ASCII host, dotted decimal addresses).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from orchestrator.webhooks.addresses import Address, canonical

MAX_LENGTH = 2048
_PORTS: dict[str, int] = {"http": 80, "https": 443}

_URL = re.compile(
    r"(https?)://(\[[^\]/?#]*\]|[^/?#:\[\]]*)(?::([^/?#]*))?([/?].*)?", re.IGNORECASE | re.DOTALL
)
_USER = re.compile(r"https?://[^/?]*@", re.IGNORECASE)
_UNSAFE = re.compile(r"[^!-~]|[\\\"<>^`{|}]")
"""Not printable ASCII, or a sign that RFC 3986 has nowhere in a URL."""
_PATH = re.compile(r"(?:[\w.~!$&'()*+,;=:@/?\[\]-]|%[0-9a-f]{2})*", re.ASCII | re.IGNORECASE)
_DOT_SEGMENT = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORT = re.compile(r"[1-9][0-9]{0,4}")


class Unreadable(ValueError):
    """The URL cannot be read in one way only: the sentence says why, `hint` how to mend it."""

    def __init__(self, sentence: str, hint: str) -> None:
        super().__init__(sentence)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Parts:
    """A URL in pieces. `host` is in lower case and without brackets, `path` with its query as it was written.

    `address` is the host when that is an IP address.
    """

    scheme: Literal["http", "https"]
    host: str
    port: int
    path: str
    address: Address | None

    @property
    def url(self) -> str:
        """The URL in its one spelling: lower-case scheme and host, no default port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


def read(url: str) -> Parts:
    """Return the parts of `url`.

    Raises:
        Unreadable: it is no absolute http(s) URL, or not in the one spelling everybody reads alike.
    """
    if len(url) > MAX_LENGTH:
        raise Unreadable(f"is longer than {MAX_LENGTH} characters", "Use a shorter URL.")
    if found := _UNSAFE.search(url):
        raise Unreadable(
            f"holds the character {found[0]!a}",
            "Percent-encode it in path and query; write a host in its ASCII form (xn--…).",
        )
    if "#" in url:
        raise Unreadable("has a # part, which no server ever sees", "Leave it out, from the # on.")
    if _USER.match(url):
        raise Unreadable(
            "has a user name before its host",
            "Leave out what stands before the @; deliveries are signed, or put a token into the query.",
        )
    matched = _URL.fullmatch(url)
    if not matched:
        hint = "Use a complete URL, like https://example.com/hook."
        raise Unreadable("is not an http(s):// URL as RFC 3986 writes it", hint)
    scheme: Literal["http", "https"] = "https" if matched[1].lower() == "https" else "http"
    host, address = _host(matched[2].lower())
    port = _PORTS[scheme] if matched[3] is None else _port(matched[3])
    return Parts(scheme, host, port, _path(matched[4] or "/"), address)


def _host(text: str) -> tuple[str, Address | None]:
    if text.startswith("["):
        address = canonical(text[1:-1])
        if address is None or ":" not in text:
            raise Unreadable(
                "has no IPv6 address between its brackets", "Write it without a zone, or use a name."
            )
        return str(address), address
    if _NUMBER.fullmatch(text.rpartition(".")[2]):
        address = canonical(text)
        if address is None:
            raise Unreadable("spells an IP address in an unusual way", "Write it as four decimal numbers.")
        return text, address
    labels = text.split(".")
    if len(text) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        hint = "Use a plain host name: letters, digits, hyphens and single dots, none at the end."
        raise Unreadable("has no host name that DNS could hold", hint)
    return text, None


def _port(text: str) -> int:
    if not _PORT.fullmatch(text) or int(text) > 65_535:
        raise Unreadable("has no port from 1 to 65535 after its colon", "Correct the port, or leave it out.")
    return int(text)


def _path(text: str) -> str:
    path = text if text.startswith("/") else f"/{text}"
    if not _PATH.fullmatch(path):
        raise Unreadable("has a % that is followed by no two hex digits", "Write a percent sign as %25.")
    if _DOT_SEGMENT.search(path.partition("?")[0]):
        raise Unreadable("has a . or .. in its path", "Write the path it stands for.")
    return path
