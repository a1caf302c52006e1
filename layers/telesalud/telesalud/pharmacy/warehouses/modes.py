"""What a leased warehouse takes part in, by who asks and what its site is doing.

A warehouse is leased to a disconnected site for the time of a mission. While the site is away
(`mission`) only the site decides about it; while it is at home (`installed`) the centre prepares it
by transfers, and the site does nothing at all. Goods from outside never come into a leased one.
"""

from collections.abc import Mapping
from typing import Final

from schemas.pharmacy import (
    Lease,
    Mode,
    MovementKind,
)
from telesalud.pharmacy.errors import NotHere
from telesalud.pharmacy.stored import StoredWarehouse
from telesalud.platform.errors import Conflict

_AT_HOME: Final = frozenset({MovementKind.TRANSFER_IN, MovementKind.TRANSFER_DIFFERENCE})
"""What the centre does in a warehouse whose site is at home."""
_AWAY: Final = frozenset(MovementKind) - {MovementKind.ENTRY}
"""What the site does in its own while it is away."""

ALLOWED: Final[Mapping[tuple[bool, Mode], frozenset[MovementKind]]] = {
    (False, Mode.INSTALLED): _AT_HOME,
    (False, Mode.MISSION): frozenset(),
    (True, Mode.INSTALLED): frozenset(),
    (True, Mode.MISSION): _AWAY,
}
"""Movements in a leased warehouse, by whether its own site asks."""


def check(warehouse: StoredWarehouse, kind: MovementKind, site: str) -> None:
    """Raise NotHere unless whoever `site` is (empty: the centre) may move stock there."""
    if warehouse.closed and kind is not MovementKind.TRANSFER_DIFFERENCE:
        raise Conflict("this warehouse is closed")
    lease = warehouse.lease
    if lease is None:
        if site:
            raise NotHere("centre")
        return
    if kind in ALLOWED[lease.site == site, lease.mode] or _sent_back(lease, kind, site):
        return
    raise NotHere(lease.mode.value)


def check_destination(warehouse: StoredWarehouse, site: str) -> None:
    """Raise NotHere unless goods may be sent there."""
    check(warehouse, MovementKind.TRANSFER_IN, site)


def _sent_back(lease: Lease, kind: MovementKind, site: str) -> bool:
    """Leftovers, where the lease lets them go back while the site is at home."""
    out = kind is MovementKind.TRANSFER_OUT
    return out and not site and lease.return_transfers and lease.mode is Mode.INSTALLED
