"""A receiver of webhooks on loopback that answers what a test scripts, each path for itself."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]

CALLBACK_SECRETS = {
    "CALLBACK_HMAC_SECRET": "callback-newer-6c1f0d",
    "CALLBACK_HMAC_SECRET_PREVIOUS": "callback-older-93ab42",
}
"""What the impatient runner signs the callbacks of `/orchestrate` with."""


@dataclass(frozen=True)
class Delivered:
    """One POST as it came: names of headers in lower case, `at` on the monotonic clock."""

    path: str
    body: bytes
    headers: dict[str, str]
    at: float


@dataclass
class Receiver:
    """Listens at `base`; what came is in `deliveries`, in the order in which it came."""

    base: str
    deliveries: list[Delivered] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    _scripts: dict[str, list[Answer]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, path: str, *answers: Answer) -> str:
        """Return the URL of `path`, which gives these answers in turn, the last one ever after; none: 204."""
        self._scripts[path] = [*answers] or [status(204)]
        return self.base + path

    def got(self, path: str) -> list[Delivered]:
        return [one for one in self.deliveries if one.path == path]

    def take(self, delivered: Delivered) -> Answer:
        """Note a delivery, and return the answer it gets."""
        with self._lock:
            self.deliveries.append(delivered)
            script = self._scripts.get(delivered.path) or [status(204)]
            return script.pop(0) if len(script) > 1 else script[0]


def status(code: int, **headers: str) -> Answer:
    """Answer with a status; `retry_after="1"` is the header `retry-after`."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("content-length", "0")
        handler.end_headers()

    return answer


def drop(handler: BaseHTTPRequestHandler) -> None:
    """Begin an answer and close the connection in the middle of it."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{")
    handler.close_connection = True


def after(deed: Callable[[], object], then: Answer) -> Answer:
    """Do something once the delivery is there, then answer."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        deed()
        then(handler)

    return answer


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that hung up, or was killed, is what some tests are about."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    """A receiver on `port` (0: a free one) until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.take(Delivered(self.path, body, headers, time.monotonic()))(self)

        def log_message(self, format: str, *args: Any) -> None:
            del format, args

    server = _Server(("127.0.0.1", port), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.closing.set()
        server.shutdown()
        server.server_close()


def hang(receiver: Receiver) -> Answer:
    """Take the delivery and say nothing for as long as the receiver lives."""
    return after(receiver.closing.wait, status(204))


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
