"""Feeds and pages from the web, one at a time. Nothing but `--fetch` and `read(fetch=...)` leads here.

A host is asked for its robots.txt first (RFC 9309), then once a second at most, or as seldom as that says.
What was fetched before is asked for only if it has changed (ETag, Last-Modified).
"""

from __future__ import annotations

import io
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPResponse, responses
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from protego import Protego

from dedup.errors import InputError
from dedup.read import compressed
from dedup.read.inputs import brief, why
from dedup.read.stream import read_all, size

AGENT: Final = "dedup/0.1 (finds near-duplicate news; fetches single feeds and pages for its user)"
_ROBOT: Final = "dedup"
"""What robots.txt knows this program by."""
_REDIRECTS: Final = 5
_ROBOTS: Final = 512 << 10
_LONGEST_PAUSE: Final = 30.0
_SAFE: Final = "%/:=&?~#+!$,;'@()*[]"


@dataclass(frozen=True, slots=True)
class Visit:
    """What a server said that tells later whether a page has changed."""

    etag: str | None
    modified: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """What was found at an address: where it led to, the media type and the encoding that the server said."""

    url: str
    media: str
    charset: str | None
    body: bytes


@dataclass(slots=True)
class Fetcher:
    """Gets pages, and remembers in `seen`, by address, what is to be asked next time.

    `known` tells what was seen of an address before, `unchanged` is told of an address that is as it was.
    `timeout` is the longest silence in seconds, `patience` the time for a whole page, `limit` the bytes of
    one, `pause` the seconds between two requests to a host.
    """

    known: Callable[[str], Visit | None] = lambda _: None
    unchanged: Callable[[str], None] = lambda _: None
    timeout: float = 20.0
    patience: float = 60.0
    limit: int = 32 << 20
    pause: float = 1.0
    seen: dict[str, Visit] = field(default_factory=dict)
    _robots: dict[str, Protego | InputError] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)

    def get(self, address: str) -> Page | None:
        """The page at an address; None where it has not changed. Raises InputError."""
        before = self.known(address)
        headers = {}
        if before is not None:
            headers = {"If-None-Match": before.etag, "If-Modified-Since": before.modified}
        url = _normalised(address)
        for _ in range(_REDIRECTS + 1):
            self._permitted(url)
            status, answer, body = self._ask(url, headers, self.limit)
            if status == 304 and before is not None:
                self.unchanged(address)
                return None
            location = answer.get("Location")
            if status in (301, 302, 303, 307, 308) and location:
                url = _normalised(location, url)
                continue
            if status != 200:
                raise InputError(_refused(status, answer))
            self.seen[address] = Visit(answer.get("ETag"), answer.get("Last-Modified"))
            charset = answer.get_content_charset()
            media = answer.get_content_type() if "Content-Type" in answer else "application/octet-stream"
            return Page(url, media, charset, body)
        raise InputError(f"more than {_REDIRECTS} redirections")

    def _permitted(self, url: str) -> None:
        """InputError where the robots.txt of the host forbids an address; wait until it is our turn."""
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._robots:
            self._robots[host] = self._rules(host)
        robots = self._robots[host]
        if isinstance(robots, InputError):
            raise robots
        if not robots.can_fetch(url, _ROBOT):
            raise InputError("the robots.txt of the site forbids it")
        delay = min(robots.crawl_delay(_ROBOT) or 0.0, _LONGEST_PAUSE)
        wait = self._last.get(host, -1e9) + max(self.pause, delay) - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        self._last[host] = time.monotonic()

    def _rules(self, host: str) -> Protego | InputError:
        """The rules of a host: none where it has no robots.txt; the error where that cannot be had."""
        url = f"{host}/robots.txt"
        try:
            for _ in range(_REDIRECTS + 1):
                status, answer, body = self._ask(url, {}, _ROBOTS)
                location = answer.get("Location")
                if status not in (301, 302, 303, 307, 308) or not location:
                    break
                url = _normalised(location, url)
            if status >= 500:
                raise InputError(_refused(status, answer))
        except InputError as error:
            return InputError(f"the robots.txt of the site cannot be had: {error}")
        return Protego.parse(body.decode("utf-8", "replace") if status == 200 else "")

    def _ask(self, url: str, headers: dict[str, str | None], limit: int) -> tuple[int, Message, bytes]:
        """The status, headers and body that a server answers."""
        asked = {"User-Agent": AGENT, "Accept-Encoding": "gzip", **headers}
        request = urllib.request.Request(  # noqa: S310  (the scheme has been looked at)
            url, headers={name: value for name, value in asked.items() if value is not None}
        )
        until = time.monotonic() + self.patience
        try:
            with _answered(request, self.timeout, self.patience) as answer:
                if time.monotonic() > until:
                    raise InputError(f"not all there within {self.patience:g} s")
                body = self._body(answer, limit, until) if answer.status == 200 else b""
                told: Message = answer.headers
                if told.get("Content-Encoding", "").lower() in ("gzip", "x-gzip"):
                    body = read_all(compressed.expand(io.BytesIO(body), ".gz", len(body)), limit)
                return answer.status, told, body
        except TimeoutError:
            raise InputError(f"no answer within {self.timeout:g} s") from None
        except urllib.error.URLError as error:
            reason = error.reason
            if isinstance(reason, TimeoutError):
                raise InputError(f"no answer within {self.timeout:g} s") from None
            said = why(reason) if isinstance(reason, Exception) else str(reason)
            raise InputError(f"cannot be reached: {brief(said, 120)}") from None
        except (HTTPException, OSError, ValueError) as error:
            raise InputError(f"not an answer of the web: {brief(why(error), 120)}") from None

    def _body(self, answer: HTTPResponse, limit: int, until: float) -> bytes:
        parts = []
        left = limit
        while part := answer.read1(1 << 16):
            left -= len(part)
            if left < 0:
                raise InputError(f"larger than {size(limit)}")
            if time.monotonic() > until:
                raise InputError(f"not all there within {self.patience:g} s")
            parts.append(part)
        wanted = answer.headers.get("Content-Length", "")
        if wanted.isdigit() and limit - left < int(wanted):
            raise InputError("the connection broke off")
        return b"".join(parts)


class _Web(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """HTTP and HTTPS over connections that are kept in a list."""

    def __init__(self, connections: list[HTTPConnection]) -> None:
        super().__init__()
        self._connections = connections

    def do_open(self, http_class: Any, req: Any, **given: Any) -> Any:
        def made(*args: Any, **named: Any) -> HTTPConnection:
            self._connections.append(http_class(*args, **named))
            return self._connections[-1]

        return super().do_open(made, req, **given)


def _answered(request: urllib.request.Request, timeout: float, patience: float) -> HTTPResponse:
    """The answer to a request, its headers read; broken off where they take longer than `patience` seconds.

    HTTP and HTTPS and nothing else; redirections and errors are answers like others.
    """
    connections: list[HTTPConnection] = []

    done = threading.Event()

    def break_off() -> None:
        wait = patience
        while not done.wait(wait):
            wait = 0.1  # it may not be connected yet
            for connection in connections:
                with suppress(OSError, AttributeError):
                    connection.sock.shutdown(socket.SHUT_RDWR)

    opener = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler(), _Web(connections)):
        opener.add_handler(handler)
    threading.Thread(target=break_off, daemon=True).start()
    try:
        answer: HTTPResponse = opener.open(request, timeout=timeout)
    finally:
        done.set()
    return answer


def _normalised(address: str, base: str = "") -> str:
    """An address as it goes over the wire, seen from `base`; InputError where it is none of the web's."""
    try:
        parts = urlsplit(urljoin(base, address))
        scheme, host = parts.scheme.lower(), parts.hostname
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError as error:
        raise InputError(f"not an address: {brief(str(error), 80)}") from None
    if scheme not in ("http", "https"):
        raise InputError(f"only http and https are fetched, not {brief(scheme)}")
    if not host:
        raise InputError("not an address: it has no host")
    try:
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        raise InputError(f"not an address: no host can be called {brief(host)}") from None
    host = f"[{host}]" if ":" in host else host
    path = quote(parts.path or "/", safe=_SAFE)
    return urlunsplit((scheme, host + port, path, quote(parts.query, safe=_SAFE), ""))


def _refused(status: int, answer: Message) -> str:
    after = answer.get("Retry-After", "")
    later = f", to be asked again in {after} s" if after.isdigit() else ""
    return f"the server answers {status} {responses.get(status, '')}".rstrip() + later
