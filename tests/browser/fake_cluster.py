"""A stand-in for the video cluster's web server on loopback: TLS, the frame API, a room's page.

Its frame API has the shape of Jitsi's (constructor, listeners, commands, dispose) and is loaded,
framed and spoken to across origins as the real one is. It carries no video.
"""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

API = """
window.JitsiMeetExternalAPI = class {
  constructor(domain, options) {
    this.listeners = {};
    this.frame = document.createElement('iframe');
    this.frame.allow = 'camera; microphone; display-capture; autoplay';
    this.frame.src = `https://${domain}/${options.roomName}?jwt=${options.jwt}#lang=${options.lang}`;
    this.hear = ({ source, data }) => {
      if (source !== this.frame.contentWindow) return;
      (this.listeners[data.event] ?? []).forEach((listener) => listener(data.detail ?? {}));
    };
    window.addEventListener('message', this.hear);
    options.parentNode.append(this.frame);
  }
  addListener(event, listener) { (this.listeners[event] ??= []).push(listener); }
  executeCommand(command, value) { this.frame.contentWindow.postMessage({ command, value }, '*'); }
  dispose() { window.removeEventListener('message', this.hear); this.frame.remove(); }
};
"""
ROOM = """<!doctype html><meta charset="utf-8"><title>room</title>
<body style="margin:0;color:#fff;background:#234;font:16px sans-serif;display:grid;height:100vh;
place-content:center;text-align:center">
<p id="who">fake cluster</p><p id="encryption">not encrypted</p>
<p><button id="camera">camera off</button> <button id="hangup">hang up</button></p>
<script>
const tell = (event, detail) => parent.postMessage({ event, detail }, '*');
addEventListener('message', ({ data }) => {
  if (data.command === 'toggleE2EE') {
    document.getElementById('encryption').textContent = data.value ? 'encrypted' : 'not encrypted';
  }
});
document.getElementById('camera').onclick = () => tell('videoMuteStatusChanged', { muted: true });
document.getElementById('hangup').onclick = () => tell('videoConferenceLeft');
navigator.mediaDevices.getUserMedia({ audio: true, video: true }).then(
  () => {
    document.getElementById('who').textContent = 'camera granted';
    tell('videoConferenceJoined');
  },
  () => tell('errorOccurred', { error: { isFatal: true } }),
);
</script>"""


class _Pages(BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []
    up: ClassVar[bool] = True

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if not self.up:
            self.send_error(502)
            return
        script = self.path == "/external_api.js"
        body = (API if script else ROOM).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if script else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """The tokens in the addresses stay out of the test's output."""


class FakeCluster:
    """Where it listens, what was asked of it, and a switch to make it fail."""

    def __init__(self, port: int) -> None:
        self.host = f"127.0.0.1:{port}"

    @property
    def asked(self) -> list[str]:
        """Paths with query, in order."""
        return _Pages.asked

    def fail(self, failing: bool = True) -> None:
        """Answer 502 from now on, or well again."""
        _Pages.up = not failing


@contextmanager
def fake_cluster(folder: Path) -> Iterator[FakeCluster]:
    """Serve until the end of the block."""
    _Pages.asked.clear()
    _Pages.up = True
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(folder))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield FakeCluster(server.server_port)
    finally:
        server.shutdown()
        server.server_close()


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=2))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "cluster.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
