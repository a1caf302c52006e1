"""One HTTP attempt to deliver a notification, over a connection that cannot be led astray.

Only the status of the answer counts: redirects are not followed, the body is not read.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import certifi
import httpcore

from telesalud.platform.webhooks.addresses import AddressRefused, Resolve, reachable
from telesalud.platform.webhooks.sender import Attempt

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 10.0
"""From the first look-up to the answer's status; receivers answer first and work later."""


def resolve_by_dns(host: str, port: int) -> Sequence[str]:
    """What the operating system's resolver says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class HttpSender:
    """A `Sender` over HTTP/1.1. `allow_private` is for the local cloud only."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        resolve: Resolve = resolve_by_dns,
        trust: ssl.SSLContext | None = None,
        total_seconds: float = TOTAL_SECONDS,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._given_trust = trust
        self._total = total_seconds
        self._seconds = seconds

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return self._given_trust or ssl.create_default_context(cafile=certifi.where())

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Attempt:
        deadline = _Deadline(self._seconds() + self._total, self._seconds)
        backend = _CheckedBackend(self._resolve, deadline, allow_private=self._allow_private)
        timeouts = {
            "connect": CONNECT_SECONDS,
            "read": self._total,
            "write": self._total,
            "pool": self._total,
        }
        try:
            with (
                httpcore.ConnectionPool(
                    ssl_context=self._trust, network_backend=backend, max_connections=1
                ) as pool,
                pool.stream(
                    "POST",
                    url,
                    headers=list(headers.items()),
                    content=body,
                    extensions={"timeout": timeouts},
                ) as answer,
            ):
                return Attempt(answer.status)
        except AddressRefused as refused:
            return Attempt(0, refused.reason)
        except httpcore.TimeoutException:
            return Attempt(0, "timeout")
        except httpcore.ConnectError as error:
            secure = isinstance(error.__context__, ssl.SSLError)
            return Attempt(0, "tls_failed" if secure else "connect_failed")
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol):
            return Attempt(0, "no_answer")


class _Deadline(NamedTuple):
    """A moment by which everything is over: a receiver may not drip its answer for ever."""

    at: float
    seconds: Callable[[], float]

    def left(self, wanted: float | None) -> float:
        """How long an operation may take. Raises httpcore.ReadTimeout after the moment."""
        left = self.at - self.seconds()
        if left <= 0:
            raise httpcore.ReadTimeout
        return min(left, wanted) if wanted is not None else left


class _CheckedBackend(httpcore.NetworkBackend):
    """Connects to the very addresses that were checked. TLS still verifies the host's name."""

    def __init__(self, resolve: Resolve, deadline: _Deadline, *, allow_private: bool) -> None:
        self._resolve = resolve
        self._deadline = deadline
        self._allow_private = allow_private
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = reachable(host, port, self._resolve, allow_private=self._allow_private)
        failure: Exception = httpcore.ConnectError()
        for address in addresses:
            try:
                stream = self._plain.connect_tcp(
                    address, port, self._deadline.left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failure


class _TimedStream(httpcore.NetworkStream):
    """A stream whose every operation ends by the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout)
        secured = self._stream.start_tls(ssl_context, server_hostname, left)
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
