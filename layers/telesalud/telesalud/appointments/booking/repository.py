"""Where appointments and their copies are kept, and how they are found and opened.

`telesalud.appointments.stored` lists all that the context keeps.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from schemas.appointments import (
    Appointment,
    BookedPractitioner,
    LinkStatus,
)
from telesalud.appointments.booking.stored import Booking
from telesalud.appointments.policy import GRANTS
from telesalud.platform.access import require
from telesalud.platform.errors import NotFound
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import Item, Key, Put, Update, When
from telesalud.platform.vault import Scope, Vault
from telesalud.platform.work import Call, Services

B = TypeVar("B", bound=BaseModel)
_TOGETHER = 45


_SHOWN = tuple(
    name
    for name in Appointment.model_fields
    if name in Booking.model_fields and name != "practitioners"
)
"""What callers see as it is stored."""


def patient_key(tenant: str, patient: str) -> Key:
    """Where this context remembers that a patient exists."""
    return Key(f"PATIENTS#{tenant}", patient)


def appointment_key(tenant: str, appointment: str) -> Key:
    """Where an appointment is."""
    return Key(f"APPOINTMENT#{tenant}#{appointment}", "APPOINTMENT")


def link_key(tenant: str, appointment: str) -> Key:
    """Where the state of an appointment's teleconsultation is."""
    return Key(f"APPOINTMENT#{tenant}#{appointment}", "LINK")


def group_key(tenant: str, group: str) -> Key:
    """Where a group session is."""
    return Key(f"GROUP#{tenant}#{group}", "GROUP")


def place_key(tenant: str, group: str, appointment: str) -> Key:
    """Where it is noted that an appointment is a place in a session."""
    return Key(f"GROUP#{tenant}#{group}", f"PLACE#{appointment}")


def merged_partition(tenant: str, patient: str) -> str:
    """Appointments that went from this patient to whom they were merged into."""
    return f"MERGED#{tenant}#{patient}"


def merged_put(tenant: str, patient: str, appointment: str) -> Put:
    """Note that an appointment goes back to this patient if their merge is taken back."""
    return Put(Key(merged_partition(tenant, patient), appointment), {"merged": True})


def agenda_partition(tenant: str, owner: str, owner_id: str) -> str:
    """The partition of the copies of one practitioner, site or patient."""
    return f"AGENDA#{tenant}#{owner}#{owner_id}"


@dataclass(frozen=True, slots=True)
class Found:
    """An appointment as it was read."""

    booking: Booking
    version: int
    link: Item | None

    @property
    def view(self) -> Appointment:
        """What callers see."""
        link = self.link.attributes if self.link else {}
        return view_of(
            self.booking,
            self.version,
            LinkStatus(str(link.get("state", LinkStatus.NONE))),
            str(link.get("problem", "")),
            str(link.get("consult", "")),
        )


def view_of(
    booking: Booking, version: int, link: LinkStatus, problem: str = "", consult: str = ""
) -> Appointment:
    """The appointment as callers see it."""
    return Appointment(
        version=version,
        practitioners=tuple(
            BookedPractitioner(id=p.id, name=p.name) for p in booking.practitioners
        ),
        link_status=link,
        link_problem=problem or None,
        consult=consult or None,
        overbooked=booking.layer > 1,
        **{name: getattr(booking, name) for name in _SHOWN},
    )


def load(services: Services, call: Call, appointment: str, right: str) -> Found:
    """The appointment with its link, for a caller who has the right; one round trip.

    Raises Forbidden, NotFound.
    """
    found = load_many(services, call, [appointment], right)
    if appointment not in found:
        raise NotFound("there is no such appointment")
    return found[appointment]


def load_many(
    services: Services, call: Call, appointments: Sequence[str], right: str
) -> dict[str, Found]:
    """Those that exist, by id, 45 in a round trip (each has two items). Raises Forbidden."""
    require(call.caller, right, GRANTS)
    tenant = call.caller.tenant
    scope = Scope(tenant)
    loaded: dict[str, Found] = {}
    for start in range(0, len(appointments), _TOGETHER):
        ids = appointments[start : start + _TOGETHER]
        keys = [key(tenant, each) for each in ids for key in (appointment_key, link_key)]
        items = services.fetch(keys, scope)
        for each in ids:
            if (item := items.get(appointment_key(tenant, each))) is not None:
                booking = open_model(services.vault, scope, item, Booking)
                loaded[each] = Found(booking, item.version, items.get(link_key(tenant, each)))
    return loaded


def appointment_put(vault: Vault, tenant: str, booking: Booking, when: When) -> Put:
    """The write of the appointment's own item."""
    key = appointment_key(tenant, booking.id)
    return Put(key, {ATTRIBUTE: seal_model(vault, Scope(tenant), key, booking)}, when=when)


def copy_put(
    vault: Vault,
    tenant: str,
    key: Key,
    booking: Booking,
    *,
    version: int,
    link: LinkStatus,
    consult: str = "",
) -> Put:
    """The write of a whole copy."""
    shown = {"of_version": version, "link": link.value, "consult": consult}
    return Put(key, {ATTRIBUTE: seal_model(vault, Scope(tenant), key, booking), **shown})


def copy_update(vault: Vault, tenant: str, key: Key, booking: Booking, version: int) -> Update:
    """The write that brings a copy up to date without touching its link."""
    sealed = seal_model(vault, Scope(tenant), key, booking)
    when = When(exists=True)
    return Update(key, set={ATTRIBUTE: sealed, "of_version": version}, when=when)


def copy_link(key: Key, link: LinkStatus, consult: str = "") -> Update:
    """The write that shows a new state of the link in a copy; fails when the copy has moved."""
    return Update(key, set={"link": link.value, "consult": consult}, when=When(exists=True))


def copies_of(vault: Vault, tenant: str, items: Iterable[Item]) -> Iterator[Appointment]:
    """The appointments in agenda copies."""
    for item in items:
        booking = open_model(vault, Scope(tenant), item, Booking)
        link = LinkStatus(item.text("link"))
        consult = str(item.attributes.get("consult", ""))
        yield view_of(booking, item.number("of_version"), link, consult=consult)
