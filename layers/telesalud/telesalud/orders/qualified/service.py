"""The port of the service that signs papers.

A service signs, waits for its signer, or refuses for good. It keeps what it was asked by its id:
the same question has the same answer, however often it is asked, so that neither a lost answer nor
a crash makes two signatures.
"""

from dataclasses import dataclass
from typing import Protocol

from schemas.prescriptions import PrescriberBody


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """A paper to be signed."""

    id: str
    """Of this attempt; always with the same document."""
    document: bytes
    """A PDF."""
    user: str
    """Who signed it here."""
    signer: PrescriberBody
    """Who they are on paper; the service finds the certificate by their registration."""


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """The document with its signature appended, and by whose certificate."""

    document: bytes
    signer: str
    issuer: str


@dataclass(frozen=True, slots=True)
class StillWaiting:
    """The signer has yet to approve."""


@dataclass(frozen=True, slots=True)
class Declined:
    """It will not be signed; `reason` is a short code."""

    reason: str


Outcome = SignedDocument | StillWaiting | Declined


class SigningService(Protocol):
    """Whoever holds the certificates."""

    def sign(self, token: str, request: SigningRequest) -> Outcome:
        """Sign, or say how far it is. Raises Unavailable: nobody knows, ask again."""


def appended(before: bytes, after: bytes) -> bool:
    """Whether `after` is `before` with a PAdES signature (ETSI EN 319 142-1) appended.

    A signature of a PDF is an incremental update, which leaves every byte before it as it was: so
    nothing else was signed than what was sent. Whether the certificate is qualified is for the
    service, and for whoever checks the paper, to say.
    """
    added = after[len(before) :]
    marks = (b"/ByteRange", b"ETSI.CAdES.detached", b"%%EOF")
    return after.startswith(before) and all(mark in added for mark in marks)
