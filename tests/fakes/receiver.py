"""A webhook receiver on loopback that answers exactly the bytes, at exactly the pace, a test wants."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Receiver:
    """`requests` are what came in, whole; `port` is where it listens."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def headers(self) -> dict[str, str]:
        """The last request's headers, names in lower case."""
        lines = self.requests[-1].partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}

    @property
    def first_line(self) -> str:
        return self.requests[-1].partition(b"\r\n")[0].decode()

    @property
    def body(self) -> bytes:
        return self.requests[-1].partition(b"\r\n\r\n")[2]


@asynccontextmanager
async def receiver(
    answer: Answer, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """Listen on `host`; `answer` writes what follows each request, then the connection is closed."""
    made = Receiver(0)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        made.connections += 1
        try:
            made.requests.append(await _request(reader))
            await answer(writer)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the caller hung up, which some tests are about
        finally:
            writer.close()

    server = await asyncio.start_server(serve, host, port, ssl=tls)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return head + await reader.readexactly(int(lengths[0].partition(b":")[2]) if lengths else 0)


def says(*parts: str | bytes) -> Answer:
    """Answer these bytes at once."""
    whole = b"".join(part.encode() if isinstance(part, str) else part for part in parts)

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(whole)

    return answer


OK = says("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")


def drips(head: str, drop: bytes, pause: float = 0.01) -> Answer:
    """Answer `head`, then one `drop` after another without an end."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head.encode())
        while not writer.is_closing():
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer
