"""What this context stores as JSON, by kind (docs/decisions/0006), and where.

    SITES#<t>            / <id>                   site (names of places are not personal)
    PRACTITIONERS#<t>    / <id>                   practitioner, sealed with the tenant's key
    CATEGORIES#<t>       / <code>                 category
    HOURS#<t>            / <practitioner>         opening hours, sealed
    PATIENTS#<t>         / <id>                   that a patient is registered, by which name
                                                  (sealed), whether dead, or merged into whom
    APPOINTMENT#<t>#<id> / APPOINTMENT            the appointment, sealed; its version is the ETag
    APPOINTMENT#<t>#<id> / LINK                   its teleconsultation
    APPOINTMENT#<t>#<id> / REMINDERS              its reminders; they name nobody
    APPOINTMENT#<t>#<id> / OFFER_NOTICE           what its patient was told of the offer
    AGENDA#<t>#<OWNER>#<owner id> / <start>#<id>  copy of the appointment for each owner: every
                                                  practitioner, the site, the patient
    GROUP#<t>#<id>, GROUPS#<t>#<site>             group sessions
    SERIES#<t>#<id>      / HEAD, PLAN#…, DAY#…    recurring appointments
    WAITING#<t>, QUEUE#<t>#<site>                 the waiting list
    REMINDERS#<t>        / POLICY                 the institution's rule on reminders
    MERGED#<t>#<patient> / <appointment>          appointments that a merge handed on
    TIMERS#…             / …                      what is due when
    LOCK#…               / …                      locks on time
    TALLY#…, TALLIED#…                            sums for dashboards (`platform.tallies`)

Patterns: an appointment with its link is one read; any owner's agenda between two moments is one
query, because each copy is whole; booking needs one read (site, category, practitioners, hours,
key) before its transaction. Changing an appointment rewrites its copies in the same transaction.
The `stored` module of each room says which values of the contracts are stored, too.
"""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from schemas.consults import NewConsult
from telesalud.appointments.agendas.stored import (
    OpeningHours,
    StoredCategory,
    StoredPractitioner,
    StoredSite,
)
from telesalud.appointments.booking.stored import Booking, KnownPatient, StoredLinks
from telesalud.appointments.groups.stored import Session
from telesalud.appointments.reminders.stored import Plan as Reminders
from telesalud.appointments.reminders.stored import ReminderRule
from telesalud.appointments.series.stored import Plan as SeriesPlan
from telesalud.appointments.series.stored import Record as SeriesRecord
from telesalud.appointments.waiting.stored import Entry, StoredNotice

STORED: Final[Mapping[str, type[BaseModel]]] = {
    "booking": Booking,
    "category": StoredCategory,
    "consult_request": NewConsult,
    "group_session": Session,
    "known_patient": KnownPatient,
    "offer_notice": StoredNotice,
    "opening_hours": OpeningHours,
    "practitioner": StoredPractitioner,
    "reminder_rule": ReminderRule,
    "reminders": Reminders,
    "series": SeriesRecord,
    "series_plan": SeriesPlan,
    "site": StoredSite,
    "teleconsultation_links": StoredLinks,
    "waiting_entry": Entry,
}
"""Kinds by the names of their golden files."""
