"""Registered receivers: where they are, and the secrets that sign for them.

`TARGETS#<tenant>` / `<target id>`: url, state and times in clear; secrets sealed for the tenant.
The functions return operations, so that a context adds its audit entry and answer and commits.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import NotFound
from telesalud.platform.store import ABSENT, Item, Key, Put, Update, Value, at_version
from telesalud.platform.vault import Scope, Vault
from telesalud.platform.webhooks.signature import new_signing_secret

OVERLAP = timedelta(hours=24)
"""How long the old secret still signs beside the new one."""


@dataclass(frozen=True, slots=True)
class Target:
    """One receiver, without its secrets."""

    tenant: str
    id: str
    url: str
    description: str
    active: bool
    created_at: datetime
    secret_rotated_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Destination:
    """What an attempt needs: where, signed with what, and which hosts the tenant allows."""

    url: str
    secrets: tuple[str, ...]
    hosts: tuple[str, ...]
    active: bool = True
    bearer: str = ""
    """Sent as Authorization besides the signature, to receivers that know only that."""


def target_key(tenant: str, target_id: str) -> Key:
    """Where a target is."""
    return Key(f"TARGETS#{tenant}", target_id)


def register(
    vault: Vault,
    tenant: str,
    target_id: str,
    *,
    url: str,
    description: str,
    now: datetime,
    bearer: str = "",
) -> tuple[Put, str]:
    """The operation that adds a target, and its first secret, to be shown once.

    Check the URL first with `addresses.validate_url`. `bearer` is a token of the receiver's.
    """
    secret = new_signing_secret()
    key = target_key(tenant, target_id)
    attributes: dict[str, Value] = {
        "url": url,
        "description": description,
        "active": True,
        "created_at": to_text(now),
        "rotated_at": to_text(now),
        "secrets": _seal(vault, tenant, key, {"current": secret, "bearer": bearer}),
    }
    return Put(key, attributes, when=ABSENT), secret


def rotate(vault: Vault, item: Item, now: datetime) -> tuple[Update, str]:
    """The operation that gives a target a new secret; the one before signs for 24 hours more."""
    secret = new_signing_secret()
    tenant = _tenant(item.key)
    until = to_text(now + OVERLAP)
    before = _open(vault, item)
    kept = {**before, "current": secret, "previous": before["current"], "previous_until": until}
    changes: dict[str, Value] = {
        "secrets": _seal(vault, tenant, item.key, kept),
        "rotated_at": to_text(now),
    }
    return Update(item.key, set=changes, when=at_version(item.version)), secret


def switch(item: Item, *, active: bool) -> Update:
    """The operation that stops or resumes a target; stopped, its notifications fail at once."""
    return Update(item.key, set={"active": active}, when=at_version(item.version))


def target_of(item: Item | None) -> Target:
    """The stored target. Raises NotFound."""
    if item is None:
        raise NotFound("there is no such notification target")
    return Target(
        tenant=_tenant(item.key),
        id=item.key.sk,
        url=item.text("url"),
        description=item.text("description"),
        active=item.attributes["active"] is True,
        created_at=from_text(item.text("created_at")),
        secret_rotated_at=from_text(item.text("rotated_at")),
        version=item.version,
    )


def destination_of(vault: Vault, item: Item, hosts: Sequence[str], now: datetime) -> Destination:
    """Where and with which active secrets to send."""
    target = target_of(item)
    kept = _open(vault, item)
    secrets = [kept["current"]]
    if "previous" in kept and now < from_text(kept["previous_until"]):
        secrets.append(kept["previous"])
    return Destination(target.url, tuple(secrets), tuple(hosts), target.active, kept["bearer"])


def _tenant(key: Key) -> str:
    return key.pk.partition("#")[2]


def _seal(vault: Vault, tenant: str, key: Key, secrets: Mapping[str, str]) -> bytes:
    return vault.seal(Scope(tenant), _place(key), json.dumps(secrets).encode())


def _open(vault: Vault, item: Item) -> dict[str, str]:
    opened = vault.open(Scope(_tenant(item.key)), _place(item.key), item.blob("secrets"))
    secrets: dict[str, str] = json.loads(opened)
    return secrets


def _place(key: Key) -> str:
    return f"{key.pk}\x00{key.sk}\x00secrets"
