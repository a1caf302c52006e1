"""What became of telling a patient that a slot is held for them.

    APPOINTMENT#<t>#<id> / OFFER_NOTICE   names nobody; the id is what the appointment will have

It stands beside the entry of the waiting list and not in it, so that telling the patient never
gets in the way of staff who accept or decline the offer at the same moment.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from schemas.waiting import OfferNotice
from telesalud.appointments.booking import repository as bookings
from telesalud.appointments.waiting.stored import StoredNotice
from telesalud.platform.sealed import ATTRIBUTE, from_json, to_json
from telesalud.platform.store import ABSENT, Item, Key, Put, at_version
from telesalud.platform.work import Services

_KEPT = timedelta(days=30)
"""After the slot: longer than anybody asks why nobody came."""
_TOGETHER = 90


def key_of(tenant: str, appointment: str) -> Key:
    """Where the notice of an offer is."""
    return Key(bookings.appointment_key(tenant, appointment).pk, "OFFER_NOTICE")


def notice_of(item: Item) -> StoredNotice:
    """The notice in its item."""
    return from_json(StoredNotice, item.text(ATTRIBUTE))


def put(tenant: str, appointment: str, notice: StoredNotice, version: int, start: datetime) -> Put:
    """The write of a notice; `version` is that which was read, 0 for none."""
    when = at_version(version) if version else ABSENT
    text = to_json(notice)
    key = key_of(tenant, appointment)
    return Put(key, {ATTRIBUTE: text}, when=when, expires=start + _KEPT)


def read(services: Services, tenant: str, appointments: Sequence[str]) -> Mapping[str, OfferNotice]:
    """The notices of offers by their appointments' ids; no read when there are none."""
    found: dict[str, OfferNotice] = {}
    for n in range(0, len(appointments), _TOGETHER):
        keys = {key_of(tenant, one): one for one in appointments[n : n + _TOGETHER]}
        items = services.store.get_many(list(keys))
        found |= {keys[key]: notice_of(item).view for key, item in items.items()}
    return found
