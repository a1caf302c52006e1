"""Connections to one address that are kept between requests: HTTP/1.1 with JSON both ways.

urllib3 keeps connections, too; a request by it costs twice the processor time (0.11 against 0.05 ms
measured) and its import a quarter of a cold start. What is read is still the standard library's
`http.client`.
"""

import select
import socket
from collections import deque
from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse
from typing import NamedTuple
from urllib.parse import urlsplit

FAILURES = (OSError, HTTPException)
"""What `Kept.post` raises when no whole answer came; TimeoutError is among them."""
_MOST = 10


class Reply(NamedTuple):
    """An answer; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class Kept:
    """As many connections as threads want at once; those of up to ten are kept."""

    def __init__(
        self, address: str, *, connect: float, read: float, authorities: str | None = None
    ) -> None:
        """Seconds to wait for a connection and for each part of an answer.

        `authorities` is a file of certificates to trust instead of the system's.
        """
        parts = urlsplit(address)
        self._secure = parts.scheme == "https"
        usual = 443 if self._secure else 80
        self._name = parts.hostname or ""
        self._port = parts.port or usual
        bracketed = f"[{self._name}]" if ":" in self._name else self._name
        self.host = bracketed if self._port == usual else f"{bracketed}:{self._port}"
        """As the Host header has it."""
        self._connect = connect
        self._read = read
        self._authorities = authorities
        self._free: deque[socket.socket] = deque(maxlen=_MOST)

    def post(self, headers: Mapping[str, str], body: bytes) -> Reply:
        """The answer to a POST to the root. Raises FAILURES."""
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        if head.count("\n") != len(headers):
            raise ValueError("a header may not hold the end of a line")
        text = f"POST / HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n"
        used = self._taken()
        try:
            used.sendall(text.encode("latin-1") + body)
            answer = HTTPResponse(used, method="POST")
            answer.begin()
            data = answer.read()
            reply = Reply(answer.status, {k.lower(): v for k, v in answer.headers.items()}, data)
            kept = not answer.will_close
        except BaseException:
            used.close()
            raise
        if kept and len(self._free) < _MOST:
            self._free.append(used)
        else:
            used.close()
        return reply

    def _taken(self) -> socket.socket:
        """A connection that the other side has not closed while nobody used it."""
        while True:
            try:
                kept = self._free.pop()
            except IndexError:
                return self._opened()
            waiting = select.poll()
            waiting.register(kept, select.POLLIN)
            if not waiting.poll(0):
                return kept
            kept.close()

    def _opened(self) -> socket.socket:
        plain = socket.create_connection((self._name, self._port), timeout=self._connect)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            opened = self._secured(plain) if self._secure else plain
            opened.settimeout(self._read)
        except BaseException:
            plain.close()
            raise
        return opened

    def _secured(self, plain: socket.socket) -> socket.socket:
        import ssl  # noqa: PLC0415  # the local cloud does without

        context = ssl.create_default_context(cafile=self._authorities)
        return context.wrap_socket(plain, server_hostname=self._name)
