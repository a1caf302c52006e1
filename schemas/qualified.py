"""Contracts of qualified electronic signatures on papers, made by a service outside."""

from enum import StrEnum

from schemas.common import Contract, Moment


class QualifiedState(StrEnum):
    """How far a paper's qualified signature is."""

    WAITING = "waiting"
    """For the service, or for the signer to approve it there."""
    SIGNED = "signed"
    REFUSED = "refused"
    EXPIRED = "expired"
    """Nobody approved it for a week."""
    WITHDRAWN = "withdrawn"
    """The paper stopped being valid before it was signed."""


class QualifiedSignature(Contract):
    """The qualified signature of a paper, as the service tells of it."""

    state: QualifiedState
    asked_at: Moment
    signed_at: Moment | None = None
    signer: str | None = None
    """Subject of the certificate."""
    issuer: str | None = None
    reason: str | None = None
    """Why the service refused: a short code."""
