"""Offers of slots that became free to those who wait.

A freed slot goes to the most urgent, then oldest entry that it suits. The offer holds the slot
with the same locks that an appointment does, under the id that the appointment will have; so
nobody can book it meanwhile, and accepting needs no race. It runs out after OFFER_STANDS, or after
half of the time that is left until the slot; then, or when it is declined, the next one is asked
(docs/decisions/0207).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from schemas.agendas import Practitioner
from schemas.appointments import Appointment, SlotFreed, Status
from schemas.waiting import DeclineOffer, WaitingEntry, WaitingStatus
from telesalud.appointments.agendas import repository as agendas
from telesalud.appointments.agendas.calendar import Span, span_of
from telesalud.appointments.booking import locks, resources, transactions
from telesalud.appointments.booking import repository as bookings
from telesalud.appointments.booking.locks import Hold, Kind, Owner
from telesalud.appointments.booking.registered_patients import check_not_merged
from telesalud.appointments.booking.resources import Resources, Wanted
from telesalud.appointments.booking.stored import Booking
from telesalud.appointments.errors import NoOffer
from telesalud.appointments.policy import GRANTS, WRITE
from telesalud.appointments.timers.buckets import Timer, TimerKind
from telesalud.appointments.waiting import entries, offer_messages
from telesalud.appointments.waiting.stored import Entry, Offer, Wish
from telesalud.platform.access import require
from telesalud.platform.errors import Invalid, NotFound, StaleVersion
from telesalud.platform.sealed import open_model
from telesalud.platform.store import ConditionFailed, Operation, every
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

OFFER_STANDS = timedelta(hours=4)
_LOOKED_AT = 1000
"""Entries of a queue that one freed slot is compared with."""


def offer_freed(services: Services, call: Call, fact: SlotFreed) -> int:
    """Offer freed time to those who wait; how many offers were made. Repeating it is harmless."""
    require(call.caller, WRITE, GRANTS)
    made = 0
    for practitioner in fact.practitioner_ids:
        slot = span_of(fact.start, fact.minutes)
        made += _offer(services, call, practitioner, fact.site_id, slot)
    return made


def accept(services: Services, call: Call, waiting: str) -> Appointment:
    """Book the slot that is held. Raises NotFound, NoOffer, and what `booking.book` raises."""
    tenant = call.caller.tenant
    entry, version = entries.load(services, call, waiting, WRITE)
    offer = _standing(services, entry)
    span, body = span_of(offer.start, offer.minutes), entry.body
    wanted = Wanted((offer.practitioner,), body.site, body.category, span, outside_hours=False)
    known = bookings.patient_key(tenant, body.patient.id)
    found = services.fetch([known, *resources.keys_for(tenant, wanted)], Scope(tenant))
    where = resources.check_bookable(services, call.caller, wanted, found, new=True)
    not_merged = check_not_merged(tenant, entry.body.patient.id, found.get(known))
    made = _appointment(services, call, entry, offer, where)
    changes = {"status": WaitingStatus.BOOKED, "appointment": made.id}
    booked = entry.model_copy(update=changes)
    work = Work(services, call)
    work.add(*transactions.create(services, tenant, made, held=True), *where.checks, not_merged)
    work.add(*entries.save(services, tenant, entry, booked, version))
    work.add(_timer(tenant, entry, offer).delete())
    transactions.announce(work, "booked", made, 1)
    entries.announce(work, "offer_accepted", booked, version + 1)
    answer = bookings.view_of(made, 1, transactions.link_of(made))
    try:
        work.commit(answer, 1)
    except ConditionFailed as failed:
        if failed.at(entries.entry_key(tenant, waiting)):
            raise NoOffer("the offer ran out or was settled in the same moment") from failed
        raise transactions.refusal(failed, made, tenant, where) from failed
    return answer


def decline(
    services: Services, call: Call, waiting: str, command: DeclineOffer, version: int
) -> WaitingEntry:
    """Give the slot back and ask the next. Raises NotFound, NoOffer, StaleVersion."""
    entry, found = entries.load(services, call, waiting, WRITE)
    if found != version:
        raise StaleVersion
    if entry.offer is None or entry.status is not WaitingStatus.OFFERED:
        raise NoOffer(state=entry.status.value)
    return _give_back(services, call, entry, version, verb="offer_declined", reason=command.reason)


def expire(services: Services, call: Call, waiting: str) -> None:
    """The timer of an offer: give the slot back if the offer still stands and has run out."""
    try:
        entry, version = entries.load(services, call, waiting, WRITE)
    except NotFound:
        return
    offer = entry.offer
    if entry.status is not WaitingStatus.OFFERED or offer is None:
        return
    if offer.expires_at > services.clock():
        return
    try:
        _give_back(services, call, entry, version, verb="offer_expired", reason=None)
    except StaleVersion:
        # Accepted or declined in the same moment; a repetition sees which.
        return


def _standing(services: Services, entry: Entry) -> Offer:
    if entry.status is not WaitingStatus.OFFERED or entry.offer is None:
        raise NoOffer(state=entry.status.value)
    if entry.offer.expires_at <= services.clock():
        raise NoOffer("the offer has run out", state=entry.status.value)
    return entry.offer


def _give_back(
    services: Services, call: Call, entry: Entry, version: int, *, verb: str, reason: str | None
) -> WaitingEntry:
    tenant, offer = call.caller.tenant, entry.offer
    assert offer is not None  # both callers looked
    refused = (*entry.refused, entries.slot_name(offer.practitioner, offer.start))
    left = entry.model_copy(
        update={"status": WaitingStatus.WAITING, "offer": None, "refused": refused[-50:]}
    )
    work = Work(services, call)
    work.add(*entries.save(services, tenant, entry, left, version))
    for owner, hold in _holds(tenant, entry, offer).items():
        work.add(*locks.move(owner, offer.appointment, hold, None))
    work.add(_timer(tenant, entry, offer).delete())
    entries.announce(work, verb, entry, version + 1)
    if reason:
        what = f"waiting/{entry.id}"
        work.audit("appointments.decline_reason", entry.body.patient.id, what, reason=reason)
    _free_again(work, entry, offer, version + 1)
    entries.commit(work, entries.entry_key(tenant, entry.id))
    return left.view(version + 1)


def _free_again(work: Work, entry: Entry, offer: Offer, version: int) -> None:
    if offer.start <= work.services.clock():
        return
    fact = SlotFreed(
        appointment_id=offer.appointment,
        practitioner_ids=(offer.practitioner,),
        site_id=entry.body.site,
        category=entry.body.category,
        start=offer.start,
        minutes=offer.minutes,
    )
    data = fact.model_dump(mode="json")
    work.event("appointments.slot_freed", offer.appointment, version, data)


def _offer(services: Services, call: Call, practitioner: str, site: str, slot: Span) -> bool:
    """Offer one practitioner's slot to the first whom it suits and who has time."""
    tenant, now = call.caller.tenant, services.clock()
    if slot.start <= now:
        return False
    person_key = agendas.practitioner_key(tenant, practitioner)
    item = services.fetch([person_key], Scope(tenant)).get(person_key)
    if item is None:
        return False
    person = agendas.practitioner_of(services.vault, tenant, item)
    for entry, version in _queue(services, tenant, site):
        try:
            where = _suits(services, call, entry, person, slot)
        except Invalid:
            # The practitioner, site or category cannot be booked any more.
            continue
        if where is None:
            continue
        try:
            _hold(services, call, entry, version, where=where, start=slot.start)
        except ConditionFailed as failed:
            if _taken(failed, Owner(tenant, Kind.PRACTITIONER, practitioner)):
                return False
            continue
        return True
    return False


def _queue(services: Services, tenant: str, site: str) -> Iterator[tuple[Entry, int]]:
    """The entries that wait, most urgent and oldest first."""
    items = every(services.store, entries.queue_of(tenant, site), page_size=100)
    for item in islice(items, _LOOKED_AT):
        entry = open_model(services.vault, Scope(tenant), item, Entry)
        if entry.status is WaitingStatus.WAITING:
            yield entry, item.number("of_version")


def _suits(
    services: Services, call: Call, entry: Entry, person: Practitioner, slot: Span
) -> Resources | None:
    """Where the entry would be seen, if the slot is of use to it and the agenda admits it."""
    tenant, body = call.caller.tenant, entry.body
    wanted_person = person.id in body.practitioners if body.practitioners else True
    skilled = body.specialty is None or body.specialty in person.specialties
    if not (wanted_person and skilled):
        return None
    if entries.slot_name(person.id, slot.start) in entry.refused:
        return None
    mine = span_of(slot.start, body.minutes)
    if not slot.holds(mine):
        return None
    if slot.start - services.clock() < timedelta(minutes=body.notice_minutes):
        return None
    wanted = Wanted((person.id,), body.site, body.category, mine, outside_hours=False)
    found = services.fetch(resources.keys_for(tenant, wanted), Scope(tenant))
    where = resources.find(services, tenant, wanted, found, new=True)
    fits = _fits(body, mine, where) and where.closed_for(mine) is None
    late = resources.time_fault(services.clock(), mine, where.category)
    return where if fits and late is None else None


def _fits(body: Wish, span: Span, where: Resources) -> bool:
    """Whether days and hours suit, by the site's clock."""
    start, end = span.start.astimezone(where.zone), span.end.astimezone(where.zone)
    day = start.date()
    return (
        (body.not_before is None or body.not_before <= day)
        and (body.not_after is None or day <= body.not_after)
        and (not body.weekdays or day.isoweekday() in body.weekdays)
        and (body.earliest is None or start.time() >= body.earliest)
        and (body.latest is None or (end.date() == day and end.time() <= body.latest))
    )


def _hold(
    services: Services, call: Call, entry: Entry, version: int, *, where: Resources, start: datetime
) -> None:
    """Hold the slot for the entry. Raises ConditionFailed when somebody was faster."""
    tenant, now = call.caller.tenant, services.clock()
    [person] = where.attendants
    offer = Offer(
        appointment=services.new_id(),
        practitioner=person.id,
        practitioner_name=person.name,
        start=start,
        minutes=entry.body.minutes,
        # Whole seconds, because timers have no finer grain and must not fire before it.
        expires_at=min(now + OFFER_STANDS, now + (start - now) / 2).replace(microsecond=0),
    )
    offered = entry.model_copy(update={"status": WaitingStatus.OFFERED, "offer": offer})
    work = Work(services, call)
    work.add(*entries.save(services, tenant, entry, offered, version), *where.checks)
    work.add(*_lock(tenant, offered, offer), _timer(tenant, entry, offer).put())
    work.add(offer_messages.timer_of(tenant, entry.id, offer.appointment, now).put())
    entries.announce(work, "slot_offered", offered, version + 1)
    work.commit()


def _lock(tenant: str, entry: Entry, offer: Offer) -> list[Operation]:
    claims: list[Operation] = []
    for owner, hold in _holds(tenant, entry, offer).items():
        claims += locks.move(owner, offer.appointment, None, hold)
    return claims


def _holds(tenant: str, entry: Entry, offer: Offer) -> dict[Owner, Hold]:
    hold = Hold(span_of(offer.start, offer.minutes))
    practitioner = Owner(tenant, Kind.PRACTITIONER, offer.practitioner)
    return {practitioner: hold, Owner(tenant, Kind.PATIENT, entry.body.patient.id): hold}


def _taken(failed: ConditionFailed, owner: Owner) -> bool:
    return any(failure.operation.key.pk == owner.partition for failure in failed.failures)


def _timer(tenant: str, entry: Entry, offer: Offer) -> Timer:
    return Timer(TimerKind.OFFER, tenant, entry.id, offer.expires_at)


def _appointment(
    services: Services, call: Call, entry: Entry, offer: Offer, where: Resources
) -> Booking:
    return Booking(
        id=offer.appointment,
        status=Status.BOOKED,
        patient=entry.body.patient,
        practitioners=where.attendants,
        site=entry.body.site,
        category=entry.body.category,
        telemedicine=where.category.telemedicine,
        start=offer.start,
        minutes=offer.minutes,
        schedule=1,
        comment=entry.body.note,
        created_at=services.clock(),
        booked_by=call.caller.subject,
    )
