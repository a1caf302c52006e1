"""One attempt ends in time, follows nobody, and connects only where it was checked."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from telesalud.platform.webhooks.http_sender import HttpSender
from telesalud.platform.webhooks.sender import Attempt

Serve = Callable[[socket.socket], None]
HOST = "receiver.example"


@contextmanager
def receiver(serve: Serve, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A receiver on loopback that handles one connection at a time; yields its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)
    open_sockets: list[socket.socket] = []

    def run() -> None:
        while True:
            try:
                connection, _ = listener.accept()
                open_sockets.append(connection)
                if tls is not None:
                    connection = tls.wrap_socket(connection, server_side=True)
                    open_sockets.append(connection)
                serve(connection)
                connection.close()
            except OSError:
                if listener.fileno() < 0:
                    return

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for each in open_sockets:
            each.close()


def request_in(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        if not part:
            return received
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(
        next(
            line.split(b":")[1]
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-l")
        )
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answering(answer: bytes, seen: list[bytes] | None = None) -> Serve:
    def serve(connection: socket.socket) -> None:
        got = request_in(connection)
        if seen is not None:
            seen.append(got)
        connection.sendall(answer)

    return serve


def sender(total: float = 3.0, **more: object) -> HttpSender:
    return HttpSender(
        allow_private=True,
        resolve=lambda *_: ["127.0.0.1"],
        total_seconds=total,
        **more,  # type: ignore[arg-type]  # trust only
    )


def post(port: int, by: HttpSender | None = None, scheme: str = "http") -> Attempt:
    url = f"{scheme}://{HOST}:{port}/hook?x=1"
    return (by or sender()).send(url, {"Telesalud-Id": "e-1"}, b'{"id":"e-1"}')


OK = b"HTTP/1.1 204 No Content\r\n\r\n"


def test_the_receiver_gets_the_request_and_its_status_counts() -> None:
    seen: list[bytes] = []
    with receiver(answering(OK, seen)) as port:
        attempt = post(port)
    assert attempt == Attempt(204)
    assert attempt.delivered
    assert seen[0].startswith(b"POST /hook?x=1 HTTP/1.1\r\n")
    assert f"Host: {HOST}:{port}".encode() in seen[0]
    assert b"Telesalud-Id: e-1" in seen[0]
    assert seen[0].endswith(b'{"id":"e-1"}')


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
def test_an_error_status_is_not_delivered(status: int) -> None:
    answer = f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode()
    with receiver(answering(answer)) as port:
        assert post(port) == Attempt(status)
    assert not Attempt(status).delivered


def test_a_redirect_is_not_followed() -> None:
    visited: list[bytes] = []
    with receiver(answering(OK, visited)) as other:
        location = f"http://{HOST}:{other}/".encode()
        answer = b"HTTP/1.1 307 Go\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"
        with receiver(answering(answer)) as port:
            assert post(port) == Attempt(307)
    assert visited == []


def test_an_endless_body_is_not_read() -> None:
    def serve(connection: socket.socket) -> None:
        request_in(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with receiver(serve) as port:
        started = time.monotonic()
        assert post(port) == Attempt(200)
        assert time.monotonic() - started < 5


def test_a_receiver_that_never_answers_is_given_up() -> None:
    def serve(connection: socket.socket) -> None:
        request_in(connection)
        time.sleep(10)

    with receiver(serve) as port:
        started = time.monotonic()
        assert post(port, sender(0.5)) == Attempt(0, "timeout")
        assert time.monotonic() - started < 5


def test_a_receiver_that_drips_its_headers_is_given_up() -> None:
    def serve(connection: socket.socket) -> None:
        request_in(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for number in range(200):
            connection.sendall(b"X-%d: y\r\n" % number)
            time.sleep(0.05)

    with receiver(serve) as port:
        started = time.monotonic()
        assert post(port, sender(0.6)) == Attempt(0, "timeout")
        assert time.monotonic() - started < 5


def test_a_receiver_that_hangs_up_or_speaks_nonsense_did_not_take_it() -> None:
    for answer in (b"", b"SSH-2.0-OpenSSH_9\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "):
        with receiver(answering(answer)) as port:
            assert post(port) == Attempt(0, "no_answer")


def test_a_dead_receiver_did_not_take_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert post(port) == Attempt(0, "connect_failed")


def test_a_private_address_is_refused_before_any_connection() -> None:
    visited: list[bytes] = []
    strict = HttpSender(resolve=lambda *_: ["127.0.0.1"])
    with receiver(answering(OK, visited)) as port:
        assert post(port, strict) == Attempt(0, "private_address")
    assert visited == []


def test_a_name_is_resolved_once_so_it_cannot_change_meanwhile() -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"], ["10.0.0.1"]]
    calls: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        calls.append(host)
        return answers.pop(0)

    with receiver(answering(OK)) as port:
        by = HttpSender(allow_private=True, resolve=rebinding, total_seconds=3)
        assert post(port, by) == Attempt(204)
    assert calls == [HOST]


def test_the_next_address_is_tried_when_one_is_dead() -> None:
    with receiver(answering(OK)) as port:
        by = HttpSender(
            allow_private=True, resolve=lambda *_: ["127.0.0.2", "127.0.0.1"], total_seconds=3
        )
        assert post(port, by) == Attempt(204)


def test_a_name_that_does_not_resolve_is_an_attempt_too() -> None:
    assert post(1, HttpSender(resolve=lambda *_: [])) == Attempt(0, "not_resolved")


def certificate(folder: Path, name: str) -> Path:
    """A self-signed certificate and its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.mark.parametrize(
    ("named", "expected"),
    [(HOST, Attempt(204)), ("another.example", Attempt(0, "tls_failed"))],
)
def test_tls_verifies_the_hosts_name_though_the_address_is_fixed(
    tmp_path: Path, named: str, expected: Attempt
) -> None:
    pem = certificate(tmp_path, named)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(pem)
    asked: list[str | None] = []
    served.sni_callback = lambda _sock, name, _context: asked.append(name)
    trust = ssl.create_default_context(cafile=str(pem))
    with receiver(answering(OK), served) as port:
        assert post(port, sender(trust=trust), "https") == expected
    assert asked == [HOST]


def test_a_certificate_that_nobody_trusts_is_refused(tmp_path: Path) -> None:
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate(tmp_path, HOST))
    with receiver(answering(OK), served) as port:
        assert post(port, sender(), "https") == Attempt(0, "tls_failed")
