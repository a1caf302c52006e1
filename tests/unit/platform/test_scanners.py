"""clamd is asked as its protocol says, and no file passes without a scanner."""

import socketserver
import struct
import threading
from collections.abc import Iterator

import pytest

from telesalud.platform.errors import Unavailable
from telesalud.platform.ports.blobs import BlobKey
from telesalud.platform.ports.scanner import Quarantined
from telesalud.platform.scanners import EicarScanner, scanner_at


class Clamd(socketserver.BaseRequestHandler):
    """clamd's side of INSTREAM."""

    def handle(self) -> None:
        stream = self.request.makefile("rb")
        command = stream.read(len(b"zINSTREAM\0"))
        content = b""
        while size := struct.unpack(">I", stream.read(4))[0]:
            content += stream.read(size)
        if command != b"zINSTREAM\0":
            answer = b"UNKNOWN COMMAND\0"
        elif len(content) > 600_000:
            answer = b"INSTREAM size limit exceeded. ERROR\0"
        else:
            bad = EicarScanner.SIGNATURE in content
            answer = b"stream: Eicar-Test FOUND\0" if bad else b"stream: OK\0"
        self.request.sendall(answer)


@pytest.fixture
def clamd() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"clamd://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_clamd_is_asked_as_its_protocol_says(clamd: str) -> None:
    scanner = scanner_at(clamd)

    def scanned(content: bytes) -> str:
        return scanner.infected(Quarantined(BlobKey("demo", "c-1", "f-1"), "etag", content))

    assert scanned(b"x" * 500_000) == ""
    assert scanned(b"x" * 300_000 + EicarScanner.SIGNATURE) == "Eicar-Test"
    with pytest.raises(Unavailable):
        scanned(b"x" * 700_000)


@pytest.mark.parametrize("address", ["", "clamd://", "clamd://host", "http://host:1", "none"])
def test_an_unusable_scanner_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="clamd"):
        scanner_at(address)
