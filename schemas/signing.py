"""Contracts of which papers of an institution get a qualified signature."""

from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.common import Contract
from schemas.orders import EntryKind


class SigningBody(Contract):
    """Which papers of an institution get a qualified signature."""

    token: Annotated[str, StringConstraints(min_length=8, max_length=2000)] | None = None
    """What the service knows the institution by; None leaves the one that is kept."""
    kinds: tuple[EntryKind, ...] = Field(max_length=4)


class Signing(Contract):
    """The institution's setting; what the service knows it by is never shown."""

    kinds: tuple[EntryKind, ...]
    token: bool
    """Whether one is kept."""
    connected: bool
    """Whether this installation is connected with a service at all."""
    version: int
