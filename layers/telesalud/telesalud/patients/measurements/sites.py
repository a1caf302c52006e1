"""What the agenda says of sites: how high they are and which day it is there.

SITES#<t> / <site>    altitude, zone, and the sequence of the event that told so
"""

from typing import NamedTuple

from schemas.agendas import SiteFact
from telesalud.platform.store import ABSENT, Item, Key, Put, Value, at_version
from telesalud.platform.work import Services


class Place(NamedTuple):
    """A site as measurements need it; nothing of one that was never heard of."""

    altitude_m: int | None = None
    zone: str = "UTC"


def follow_site(services: Services, tenant: str, fact: SiteFact, sequence: int) -> None:
    """Keep what is new of a site. May be repeated, in any order.

    Raises ConditionFailed when somebody else was faster; the event comes again.
    """
    key = site_key(tenant, fact.site_id)
    item = services.store.get(key)
    if item is not None and item.number("sequence") >= sequence:
        return
    fields: dict[str, Value] = {"zone": fact.zone, "sequence": sequence}
    if fact.altitude_m is not None:
        fields["altitude"] = fact.altitude_m
    when = at_version(item.version) if item else ABSENT
    services.store.transact([Put(key, fields, when=when)])


def site_key(tenant: str, site: str) -> Key:
    """Where what is known of a site is."""
    return Key(f"SITES#{tenant}", site)


def place_of(item: Item | None) -> Place:
    """What is known of a site."""
    if item is None:
        return Place()
    altitude = item.number("altitude") if "altitude" in item.attributes else None
    return Place(altitude, item.text("zone"))
