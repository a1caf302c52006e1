"""Contracts of access to a record: care relations, break-glass, who has seen it."""

from enum import StrEnum

from pydantic import Field

from schemas.common import Contract, Id, Line, Moment, PageQuery
from schemas.trail import TrailFilter


class RelationKind(StrEnum):
    """Why somebody may see a record."""

    BOOKED = "booked"
    """Has an appointment with the patient; granted by booking."""
    REGISTERED = "registered"
    """Registered the patient."""
    TREATED = "treated"
    """Attended an encounter."""
    REFERRED = "referred"
    TEAM = "team"
    GLASS = "break_glass"
    """Broke the glass."""


class RelationBody(Contract):
    """Somebody whom the patient was referred to, or who joins the team."""

    user: Id
    kind: RelationKind
    days: int = Field(default=90, ge=1, le=366)


class Relation(Contract):
    """Why a user may see the record, and until when."""

    user: str
    kind: RelationKind
    until: Moment


class Admission(Contract):
    """The caller's own way into a record; other contexts ask for it in the caller's name."""

    patient: Id
    """The registration that survived, where some were merged."""
    members: tuple[Id, ...]
    """Ids under which things of this patient may be kept; the patient's own first."""
    relations: tuple[RelationKind, ...]
    """Empty for partner systems, which their scopes admit."""
    deceased: bool


class Members(Contract):
    """The ids under which a patient is kept, for contexts that keep other parts of the record."""

    patient: Id
    """The registration that survived, where some were merged."""
    members: tuple[Id, ...]
    """The patient's own first."""


class RelationList(Contract):
    """The present relations."""

    items: tuple[Relation, ...]


class BreakGlassBody(Contract):
    """Access in an emergency; the reason is kept and an auditor is told."""

    reason: Line = Field(min_length=10)


class Access(Contract):
    """One line of "who has seen this record"."""

    id: str
    at: Moment
    actor: str
    actor_kind: str
    action: str
    resource: str
    outcome: str
    reason: str


class AccessList(Contract):
    """Accesses, newest first."""

    items: tuple[Access, ...]
    cursor: str | None = None


class AccessQuery(TrailFilter):
    """Pages through accesses, newest first."""


class TrailQuery(TrailFilter):
    """An auditor's question: everything about `subject`, a patient's, user's or client's id.

    Denials are kept under the id of who was denied.
    """

    subject: str = Field(pattern=r"^[A-Za-z0-9-]{1,64}$")


class AccessWay(StrEnum):
    """How somebody came to a record without anybody of the record's own letting them in."""

    BREAK_GLASS = "break_glass"
    OWN_BOOKING = "own_booking"
    """Booked an appointment with themselves."""
    OWN_ENCOUNTER = "own_encounter"
    """Signed an encounter to which only a booking with themselves had let them in."""
    GRANTED = "granted"
    """Was let in by an administrator or the desk."""
    HANDED_ON = "handed_on"
    """Was let in by somebody who had let themselves in."""
    MAPPED = "mapped"
    """Made their own account, or one that they had handed over, that of a practitioner."""
    MERGED = "merged"
    """Merged two records: whoever sees one sees both."""
    EXPORTED = "exported"
    """Asked for a copy of the whole record."""
    SHREDDING = "shredding"
    """Asked for the destruction of the record."""


class ReviewOutcome(StrEnum):
    """What an auditor found."""

    IN_ORDER = "in_order"
    NOT_IN_ORDER = "not_in_order"


class ReviewBody(Contract):
    """An auditor's verdict on an access."""

    outcome: ReviewOutcome
    note: Line | None = None


class ReviewQuery(PageQuery):
    """Pages through reported accesses; those that wait, the oldest first, or those reviewed."""

    reviewed: bool = False


class ReportedAccess(Contract):
    """An access that an auditor has to look at."""

    id: Id
    at: Moment
    patient: Id | None
    """None for what concerns more than one."""
    user: str
    way: AccessWay
    about: str
    """What it came about by, such as `appointment/<id>`."""
    outcome: ReviewOutcome | None = None
    """Null until somebody has looked at it."""
    note: str | None = None
    reviewed_by: str | None = None
    reviewed_at: Moment | None = None


class ReportedAccessList(Contract):
    """A page of them."""

    items: tuple[ReportedAccess, ...]
    cursor: str | None = None


class AccessReported(Contract):
    """Data of `patients.access_reported`: an auditor has to look at it."""

    patient_id: Id | None
    """None for what concerns more than one."""
    user_id: str
    way: AccessWay


class GlassBroken(Contract):
    """Data of `patients.glass_broken`: an auditor has to look at it."""

    patient_id: Id
    user_id: str
    until: Moment


class RelationGranted(Contract):
    """Data of `patients.relation_granted`."""

    patient_id: Id
    user_id: str
    kind: RelationKind
    until: Moment


EVENTS: dict[str, type[Contract]] = {
    "patients.access_reported": AccessReported,
    "patients.glass_broken": GlassBroken,
    "patients.relation_granted": RelationGranted,
}
"""Event types and the models of their `data`."""
