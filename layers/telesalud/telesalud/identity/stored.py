"""What this context seals into its items, under the tenant's key.

A release may read what the one before wrote and what the next one writes: a field that is added
has a default, constraints are only loosened, and a change of shape needs a new golden file
(docs/decisions/0006).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict


class Stored(BaseModel):
    """Base of this context's stored models."""

    model_config = ConfigDict(frozen=True)


class Profile(Stored):
    """Who a user is."""

    user_name: str
    display_name: str
    language: str


class Secrets(Stored):
    """What proves a user."""

    password: str = ""
    """argon2id in PHC format; empty until a one-time code is redeemed."""
    password_set_at: datetime | None = None
    remembered: tuple[str, ...] = ()
    """Hashes of the last passwords, the newest first."""
    totp: str = ""
    """Base 32; empty until enrolled."""
    totp_step: int = 0
    """The last time step that was used: an older or equal one is a replay."""
    pending_totp: str = ""
    pending_until: datetime | None = None
    recovery: tuple[str, ...] = ()
    """Hashes of the recovery codes that are left."""
    reset_code: str = ""
    """Hash of the one-time code; empty when there is none."""
    reset_until: datetime | None = None
    epoch: int = 0
    """Sessions of another epoch are over: raising it ends them all."""


class Device(Stored):
    """Where a session was started from."""

    user_agent: str
    source: str
    """The network address."""


STORED: Final[Mapping[str, type[BaseModel]]] = {
    "profile": Profile,
    "secrets": Secrets,
    "device": Device,
}
"""Kinds by the names of their golden files."""
