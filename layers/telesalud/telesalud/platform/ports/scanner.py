"""The port of the virus scanner."""

from typing import NamedTuple, Protocol

from telesalud.platform.ports.blobs import BlobKey


class Quarantined(NamedTuple):
    """A quarantined file: what was read of it, and which of its versions that was."""

    key: BlobKey
    etag: str
    content: bytes


class Scanner(Protocol):
    """Tells clean content from infected."""

    def infected(self, upload: Quarantined) -> str:
        """The name of what was found, or nothing. Raises Unavailable when it cannot tell (yet)."""
