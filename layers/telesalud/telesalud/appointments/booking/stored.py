"""What is stored of an appointment and of its teleconsultation.

Of the contracts, `PatientReference`, `JoinLink` and the consults service's `NewConsult` are stored
as they are: they may only ever become more lenient.
"""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from schemas.appointments import JoinLink, JoinLinks, Origin, PatientReference, Status
from telesalud.appointments.agendas.calendar import Span, span_of
from telesalud.appointments.booking.locks import Hold, Kind, Owner
from telesalud.platform.clock import to_text
from telesalud.platform.store import Key

_WITH_PRACTITIONER = frozenset({Status.IN_ROOM, Status.IN_CALL, Status.CHECKED_OUT})


class Attendant(BaseModel):
    """A practitioner of an appointment, with the account by which they join the call."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    user_id: str | None = None


class Booking(BaseModel):
    """An appointment as it is stored."""

    model_config = ConfigDict(frozen=True)

    id: str
    status: Status
    patient: PatientReference
    practitioners: tuple[Attendant, ...]
    site: str
    category: str
    telemedicine: bool
    start: datetime
    minutes: int
    schedule: int
    """Rises with every change that the teleconsultation must follow."""
    title: str | None = None
    reason: str | None = None
    comment: str | None = None
    room: str | None = None
    origin: Origin = Origin.DESK
    created_at: datetime
    cancel_reason: str | None = None
    series: str | None = None
    day: date | None = None
    """Its name within the series."""
    group: str | None = None
    layer: int = 1
    """Above 1 it is overbooked."""
    overruled: bool = False
    """Booked on purpose while the agenda is closed."""
    booked_by: str = ""
    """Who put these practitioners on it: an account or client. A booking opens the patient's
    record, which asks whether somebody booked themselves."""
    deceased: bool = False
    """Whether the record says since that the patient has died."""
    locked_as: str | None = None
    """Whose time is locked, when the patient's own was taken twice by a merge."""
    arrived_at: datetime | None = None
    """When the patient was said to be there; forgotten when that was a mistake."""
    seen_at: datetime | None = None
    """When the patient was first said to be with the practitioner."""

    def turned(self, status: Status, at: datetime) -> Self:
        """The appointment in its next status; how long the patient waits is noted."""
        arrived, seen = self.arrived_at, self.seen_at
        if status is Status.ARRIVED:
            arrived = arrived or at
        elif status in _WITH_PRACTITIONER:
            seen = seen or at
        elif status is Status.BOOKED:
            arrived = seen = None
        changes = {"status": status, "arrived_at": arrived, "seen_at": seen}
        return self.model_copy(update=changes)

    @property
    def span(self) -> Span:
        """The time it takes."""
        return span_of(self.start, self.minutes)

    def holds(self, tenant: str) -> dict[Owner, Hold]:
        """Whose time it locks, and which. The practitioners of a group are taken by the group."""
        practitioners = () if self.group else self.practitioners
        taken = {
            Owner(tenant, Kind.PRACTITIONER, p.id): Hold(self.span, self.layer)
            for p in practitioners
        }
        patient = Owner(tenant, Kind.PATIENT, self.locked_as or self.patient.id)
        return taken | {patient: Hold(self.span)}

    def copies(self, tenant: str) -> list[Key]:
        """Where its copies are."""
        names = [f"PRACTITIONER#{p.id}" for p in self.practitioners]
        names += [f"SITE#{self.site}", f"PATIENT#{self.patient.id}"]
        sk = f"{to_text(self.start)}#{self.id}"
        return [Key(f"AGENDA#{tenant}#{name}", sk) for name in names]


class KnownPatient(BaseModel):
    """Who a patient is, as the record had them last."""

    model_config = ConfigDict(frozen=True)

    display_name: str


class StoredLinks(BaseModel):
    """The links into a teleconsultation."""

    model_config = ConfigDict(frozen=True)

    consult: str
    links: tuple[JoinLink, ...]
    opens_at: datetime
    closes_at: datetime

    @classmethod
    def of(cls, links: JoinLinks) -> Self:
        """What is stored of them."""
        return cls(**dict(links))

    @property
    def view(self) -> JoinLinks:
        """What callers see."""
        return JoinLinks(**self.model_dump())
