"""The writes of a new or changed appointment: its item, its copies, its locks, its announcements.

Booking, series, offers and groups put these into their transactions, so that each keeps the same
promises: no time is taken twice, and every copy says what the appointment says.
"""

from schemas.appointments import AppointmentFact, LinkStatus, SlotFreed
from telesalud.appointments.booking import locks, repository, resources, teleconsultation_link
from telesalud.appointments.booking.locks import Kind, Owner
from telesalud.appointments.booking.repository import Found
from telesalud.appointments.booking.resources import Resources
from telesalud.appointments.booking.stored import Booking
from telesalud.appointments.errors import PatientBusy, SlotTaken
from telesalud.platform.errors import DomainError, StaleVersion
from telesalud.platform.store import (
    ABSENT,
    ConditionFailed,
    Delete,
    Key,
    Operation,
    Update,
    at_version,
)
from telesalud.platform.work import Services, Work

_ACTIONS = {"booked": "book", "rescheduled": "reschedule", "cancelled": "cancel"}


def link_of(booking: Booking) -> LinkStatus:
    """The state of a new appointment's link."""
    return LinkStatus.PENDING if booking.telemedicine else LinkStatus.NONE


def create(services: Services, tenant: str, booking: Booking, *, held: bool) -> list[Operation]:
    """A new appointment; `held` when its id holds the time already."""
    state = link_of(booking)
    made: list[Operation] = [repository.appointment_put(services.vault, tenant, booking, ABSENT)]
    made += [
        repository.copy_put(services.vault, tenant, key, booking, version=1, link=state)
        for key in booking.copies(tenant)
    ]
    if booking.telemedicine:
        made.append(teleconsultation_link.begin(tenant, booking))
    for owner, hold in booking.holds(tenant).items():
        if held:
            made += locks.held(owner, booking.id, hold)
        else:
            made += locks.move(owner, booking.id, None, hold)
    return made


def replace(
    services: Services, tenant: str, present: Found, new: Booking, *, cancelled: bool = False
) -> tuple[LinkStatus, list[Operation]]:
    """Write `new` over `present`: locks, copies and link follow; the link's new state."""
    old, version = present.booking, present.version + 1
    when = at_version(present.version)
    made: list[Operation] = [repository.appointment_put(services.vault, tenant, new, when)]
    state, follow = teleconsultation_link.follow(tenant, present, new)
    made += follow
    made += _copy_moves(services, tenant, old, new, version=version, state=state)
    made += lock_moves(tenant, old, new, cancelled=cancelled)
    if cancelled and old.group is not None:
        made.append(Update(repository.group_key(tenant, old.group), add={"taken": -1}))
    return state, made


def lock_moves(
    tenant: str, old: Booking, new: Booking, *, cancelled: bool = False
) -> list[Operation]:
    """The writes that bring the locks from one state of an appointment to another."""
    before, after = old.holds(tenant), {} if cancelled else new.holds(tenant)
    moves: list[Operation] = []
    for owner in dict.fromkeys([*before, *after]):
        moves += locks.move(owner, old.id, before.get(owner), after.get(owner))
    return moves


def _copy_moves(
    services: Services, tenant: str, old: Booking, new: Booking, *, version: int, state: LinkStatus
) -> list[Operation]:
    kept = new.copies(tenant)
    moves: list[Operation] = [Delete(key) for key in old.copies(tenant) if key not in kept]
    for key in kept:
        put = repository.copy_put(services.vault, tenant, key, new, version=version, link=state)
        moves.append(put)
    return moves


def announce(work: Work, verb: str, booking: Booking, version: int) -> None:
    """Collect the event and the audit entry of a change: booked, rescheduled, cancelled."""
    fact = fact_of(booking).model_dump(mode="json")
    work.event(f"appointments.appointment_{verb}", booking.id, version, fact)
    resource = f"appointment/{booking.id}"
    work.audit(f"appointments.{_ACTIONS[verb]}", booking.patient.id, resource)


def announce_freed(work: Work, old: Booking, version: int) -> None:
    """Tell that the time of `old` is free, unless it is over, overbooked or a group's."""
    if old.group is not None or old.layer > 1 or old.start <= work.services.clock():
        return
    fact = SlotFreed(
        appointment_id=old.id,
        practitioner_ids=tuple(p.id for p in old.practitioners),
        site_id=old.site,
        category=old.category,
        start=old.start,
        minutes=old.minutes,
    )
    data = fact.model_dump(mode="json")
    work.event("appointments.slot_freed", old.id, version, data)


def fact_of(booking: Booking) -> AppointmentFact:
    """What the appointment's events say: ids and codes only."""
    return AppointmentFact(
        appointment_id=booking.id,
        patient_id=booking.patient.id,
        practitioner_ids=tuple(p.id for p in booking.practitioners),
        user_ids=tuple(p.user_id for p in booking.practitioners if p.user_id),
        booked_by=booking.booked_by,
        site_id=booking.site,
        category=booking.category,
        telemedicine=booking.telemedicine,
        start=booking.start,
        minutes=booking.minutes,
        status=booking.status,
    )


def refusal(
    failed: ConditionFailed, booking: Booking, tenant: str, where: Resources | None
) -> DomainError | ConditionFailed:
    """The refusal that a failed transaction means."""
    if failed.at(repository.appointment_key(tenant, booking.id)):
        return StaleVersion()
    if where is not None and (changed := resources.hours_moved(where, failed)):
        return changed
    return clash_of(failed, booking, tenant) or failed


def clash_of(failed: ConditionFailed, booking: Booking, tenant: str) -> DomainError | None:
    """Who of the appointment's people is taken, if that is why the transaction failed."""
    for owner, hold in booking.holds(tenant).items():
        for hour, wanted in hold.quanta.items():
            failure = failed.at(Key(owner.partition, hour))
            if failure is not None:
                others = locks.holders(failure.found, wanted) if failure.found else set()
                return _clash(owner, others - {booking.id})
    return None


def _clash(owner: Owner, others: set[str]) -> DomainError:
    if owner.kind is Kind.PRACTITIONER:
        return SlotTaken(practitioner=owner.id)
    return PatientBusy(appointment=min(others, default=""))
