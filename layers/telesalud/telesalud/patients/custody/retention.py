"""How long a record is kept by a country's law, from what was last added here or in orders.

    PATIENT#<t>#<id> / ORDERED    when orders last announced something of the patient

What was added is read from the audit trail, which knows of every change whatever its kind.
"""

from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict

from telesalud.patients import country
from telesalud.patients.access.opening import chart_partition, members_of
from telesalud.patients.encounters.repository import RESERVED
from telesalud.patients.errors import RetentionRuns
from telesalud.patients.people import repository
from telesalud.patients.people.repository import Found
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.events import Event, data_of
from telesalud.platform.law import floor_of
from telesalud.platform.store import ABSENT, Item, Key, Put, at_version, every
from telesalud.platform.work import Services

HEARD: Final = (
    "orders.prescription_signed",
    "orders.prescription_stopped",
    "orders.order_signed",
    "orders.order_resulted",
    "orders.order_signed_off",
    "orders.referral_issued",
    "orders.certificate_issued",
)
"""Additions to a patient's record that orders keeps."""

_NO_ADDITION: Final = (
    "read",
    "list",
    "open",
    "download",
    "search",
    "request_",
    "reserve",
    "export",
    "withdraw_shredding",
    "hold",
    "lift_hold",
    "review_access",
    "break_glass",
    "grant_relation",
    "register",
    "update",
    "merge",
    "unmerge",
)
"""How actions begin that add nothing to a record; any other counts."""


class _OfPatient(BaseModel):
    model_config = ConfigDict(frozen=True)

    patient_id: str


def note_ordered(services: Services, event: Event) -> None:
    """Remember that orders keeps something of a patient, and since when nothing newer.

    May be repeated, in any order. Raises ConditionFailed when somebody else was faster.
    """
    patient = data_of(event, _OfPatient).patient_id
    key = _ordered_key(event.tenant, patient)
    found, at = services.store.get(key), to_text(event.at)
    if found is None:
        services.store.transact([Put(key, {"last": at}, when=ABSENT)])
    elif found.text("last") < at:
        services.store.transact([Put(key, {"last": at}, when=at_version(found.version))])


def holds_anything(services: Services, tenant: str, found: Found) -> bool:
    """Whether anything clinical was ever kept, here or in orders."""
    if _ordered(services, tenant, found):
        return True
    return any(
        not item.key.sk.startswith(("SUMMARY#", RESERVED))
        for member in members_of(found)
        for item in every(services.store, chart_partition(tenant, member), page_size=10)
    )


def check_over(services: Services, tenant: str, found: Found) -> None:
    """Raise RetentionRuns while the record has to be kept."""
    profile = country.profile_of(services, tenant)
    years = max(profile.retention_years, floor_of(profile.country))
    last = last_added(services, tenant, found) or found.stored.registered_at
    until = _years_after(last, years)
    if services.clock() < until:
        raise RetentionRuns(until.date().isoformat())


def last_added(services: Services, tenant: str, found: Found) -> datetime | None:
    """When something was last added to the record."""
    latest = [from_text(item.text("last")) for item in _ordered(services, tenant, found)]
    for member in members_of(found):
        begun = services.store.query(
            chart_partition(tenant, member), "ENCOUNTER#", limit=1, newest_first=True
        )
        latest += (from_text(item.key.sk.split("#")[1]) for item in begun.items)
        trail = every(services.store, f"AUDIT#{tenant}#{member}", newest_first=True)
        written = (item for item in trail if _adds(item))
        latest += (from_text(item.text("at")) for item in (next(written, None),) if item)
    return max(latest, default=None)


def _adds(item: Item) -> bool:
    verb = item.text("action").partition(".")[2]
    return item.text("outcome") == "done" and not verb.startswith(_NO_ADDITION)


def _ordered(services: Services, tenant: str, found: Found) -> list[Item]:
    keys = [_ordered_key(tenant, member) for member in members_of(found)]
    return list(services.store.get_many(keys).values())


def _ordered_key(tenant: str, patient: str) -> Key:
    return Key(repository.patient_key(tenant, patient).pk, "ORDERED")


def _years_after(moment: datetime, years: int) -> datetime:
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:  # 29 February
        return moment.replace(year=moment.year + years, month=3, day=1)
