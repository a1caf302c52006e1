"""Virus scanners that are given the content.

ClamAV's daemon (`clamd`) is spoken to over TCP with its INSTREAM command (clamd(8)); it knows no
authentication, so it must be reachable by the functions alone. The local cloud only knows the EICAR
test file, which proves the way that infected files take. On AWS storage itself is scanned
(`telesalud.platform.aws.guardduty`).
"""

import socket
import struct

from telesalud.platform.errors import Unavailable
from telesalud.platform.ports.scanner import Quarantined, Scanner

_CHUNK = 256 * 1024
_SECONDS = 60.0


class EicarScanner:
    """Finds the EICAR test string and nothing else (eicar.org, "anti-malware test file")."""

    # In two parts, so that scanners do not take this source for the test file.
    SIGNATURE = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

    def infected(self, upload: Quarantined) -> str:
        return "Eicar-Test-Signature" if self.SIGNATURE in upload.content else ""


class ClamdScanner:
    """ClamAV's daemon at `host`:`port`. Its StreamMaxLength must not be below our file limit."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)

    def infected(self, upload: Quarantined) -> str:
        try:
            answer = self._ask(upload.content)
        except OSError as error:
            raise Unavailable("the virus scanner does not answer") from error
        if answer == "stream: OK":
            return ""
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            return answer.removeprefix("stream: ").removesuffix(" FOUND")
        raise Unavailable("the virus scanner could not scan the file")

    def _ask(self, content: bytes) -> str:
        with socket.create_connection(self._address, timeout=_SECONDS) as connection:
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), _CHUNK):
                chunk = content[start : start + _CHUNK]
                connection.sendall(struct.pack(">I", len(chunk)) + chunk)
            connection.sendall(struct.pack(">I", 0))
            answer = b""
            while not answer.endswith(b"\0"):
                received = connection.recv(4096)
                if not received:
                    break
                answer += received
        return answer.rstrip(b"\0").decode("ascii", "replace")


def scanner_at(address: str) -> Scanner:
    """`clamd://host:port`, or `eicar` for the local cloud. Raises ValueError."""
    if address == "eicar":
        return EicarScanner()
    host, _, port = address.removeprefix("clamd://").partition(":")
    if not address.startswith("clamd://") or not host or not port.isdigit():
        raise ValueError("the scanner is clamd://host:port")
    return ClamdScanner(host, int(port))
