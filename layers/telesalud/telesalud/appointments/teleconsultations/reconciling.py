"""The link from an appointment to its teleconsultation.

Booking never waits for the consults service. It writes a LINK item that says which schedule the
teleconsultation should follow (`wanted`); events then call `reconcile`, which compares `wanted`
with what the consults service was last told (`synced`) and does what is missing. It works from
the stored state and not from the event, so deliveries may repeat and come in any order.
`booking.teleconsultation_link` has the LINK item's shape.
"""

from collections.abc import Sequence

from pydantic import BaseModel

from schemas.appointments import JoinLink, JoinLinks, LinkStatus, Status
from schemas.consults import Clinic, CreatedConsult, NewConsult, PatientRef, PractitionerRef
from telesalud.appointments.agendas.repository import site_key, site_of
from telesalud.appointments.booking import repository as bookings
from telesalud.appointments.booking.repository import Found
from telesalud.appointments.booking.stored import Booking, StoredLinks
from telesalud.appointments.neighbours.consults import Consults, Move
from telesalud.appointments.policy import WRITE
from telesalud.platform.partners.client import Refused
from telesalud.platform.sealed import from_json, place, to_json
from telesalud.platform.store import (
    ConditionFailed,
    Item,
    Operation,
    Update,
    When,
)
from telesalud.platform.vault import Scope
from telesalud.platform.words.countries import country_of
from telesalud.platform.work import Call, Services, Work

_STEPS = 8
"""More than one schedule ever needs; a link that races itself longer is left to the next try."""
_CALLED_OFF = (Status.CANCELLED, Status.CANCELLED_LATE)


def reconcile(services: Services, call: Call, appointment: str, consults: Consults) -> LinkStatus:
    """Tell the consults service what it does not know yet of the appointment; the state it reached.

    Raises NotFound, and Unavailable or ConditionFailed when it should be called again later.
    """
    for _ in range(_STEPS):
        present = bookings.load(services, call, appointment, WRITE)
        if present.link is None:
            return LinkStatus.NONE
        if present.link.number("synced") >= present.link.number("wanted"):
            return LinkStatus(present.link.text("state"))
        if present.booking.schedule != present.link.number("wanted"):
            # The two items were read on either side of a change.
            continue
        step = _Step(services, call, present, present.link, consults)
        try:
            step.take()
        except ConditionFailed:
            # Another delivery or a change of the appointment came first: look again.
            continue
    raise ConditionFailed(())


class _Step:
    """One step of a reconciliation; each ends in one transaction."""

    def __init__(
        self, services: Services, call: Call, present: Found, link: Item, consults: Consults
    ) -> None:
        self._services, self._call, self._consults = services, call, consults
        self._link, self._booking = link, present.booking
        self._tenant = call.caller.tenant

    def take(self) -> None:
        """Do the next thing that is missing."""
        try:
            self._next()
        except Refused as refusal:
            self._settle(LinkStatus.FAILED, {"problem": refusal.problem})

    def _next(self) -> None:
        consult = self._link.attributes.get("consult")
        cancelled = self._booking.status in _CALLED_OFF
        if "intent" in self._link.attributes:
            self._create()
        elif not isinstance(consult, str):
            if cancelled:
                self._settle(LinkStatus.WITHDRAWN, {})
            else:
                self._intend()
        elif cancelled:
            self._cancel(consult)
            self._settle(LinkStatus.WITHDRAWN, {})
        elif self._link.attributes["people"] != _people(self._booking):
            # A consult keeps its practitioners, so others get a consult of their own.
            self._cancel(consult)
            when = When(equals={"consult": consult})
            forget = Update(self._link.key, remove=("consult", "links", "people"), when=when)
            self._services.store.transact([forget])
        else:
            self._reschedule(consult)

    def _intend(self) -> None:
        target = self._consults.target(self._tenant)
        payload = _new_consult(self._booking, target, self._clinic())
        sealed = self._seal("payload", payload)
        update = Update(
            self._link.key,
            set={"intent": self._booking.schedule, "payload": sealed},
            when=When(exists=True, lacks=("intent", "consult")),
        )
        self._services.store.transact([update])

    def _clinic(self) -> Clinic | None:
        """The appointment's site, which patients see on the pages of the consult."""
        item = self._services.store.get(site_key(self._tenant, self._booking.site))
        if item is None:
            return None
        site = site_of(item)
        return Clinic(name=site.name, phone=site.phone, country=country_of(site.zone))

    def _create(self) -> None:
        intent = self._link.number("intent")
        scope, at = Scope(self._tenant), place(self._link.key) + "\x00payload"
        opened = self._services.vault.open(scope, at, self._link.blob("payload"))
        payload = from_json(NewConsult, opened)
        key = self._key(intent, "create")
        try:
            # The text itself: a repeated request is the same whichever release made it.
            created = self._consults.create(self._tenant, key, opened.decode())
        except Refused as refusal:
            self._abandon(intent, refusal)
            return
        people = tuple(p.external_id or p.id for p in payload.practitioners)
        self._linked(created, intent, people, when={"intent": intent})

    def _abandon(self, intent: int, refusal: Refused) -> None:
        """A creation was refused: the schedule it carried will never be linked."""
        if intent == self._link.number("wanted"):
            changes: dict[str, str | int] = {"problem": refusal.problem}
            self._settle(LinkStatus.FAILED, changes, remove=("intent", "payload"))
            return
        when = When(equals={"intent": intent})
        gone = Update(self._link.key, remove=("intent", "payload"), when=when)
        self._services.store.transact([gone])

    def _reschedule(self, consult: str) -> None:
        schedule = self._booking.schedule
        move = Move(self._booking.start, self._booking.minutes, schedule)
        moved = self._consults.reschedule(self._tenant, self._key(schedule, "move"), consult, move)
        synced = self._link.number("synced")
        self._linked(moved, schedule, _people(self._booking), when={"synced": synced})

    def _cancel(self, consult: str) -> None:
        schedule = self._booking.schedule
        try:
            self._consults.cancel(self._tenant, self._key(schedule, "cancel"), consult, schedule)
        except Refused as refusal:
            # It is over or unknown there: nothing is left to call off.
            if refusal.http_status not in (404, 409, 410):
                raise

    def _linked(
        self, made: CreatedConsult, schedule: int, people: Sequence[str], when: dict[str, int]
    ) -> None:
        """Record a consult that has been told `schedule`; show it if that is the latest."""
        latest = schedule == self._link.number("wanted")
        links = self._seal("links", StoredLinks.of(join_links(made, people)))
        changes: dict[str, str | int | bytes | tuple[str, ...]] = {
            "consult": made.id,
            "people": tuple(people),
            "links": links,
            "synced": schedule,
        }
        equals: dict[str, str | int] = dict(when)
        operations: list[Operation] = []
        if latest:
            changes["state"] = LinkStatus.LINKED.value
            equals["wanted"] = schedule
            operations += self._show(LinkStatus.LINKED, made.id)
        update = Update(
            self._link.key, set=changes, remove=("intent", "payload"), when=When(equals=equals)
        )
        self._commit("appointments.link", [update, *operations])

    def _settle(
        self, state: LinkStatus, changes: dict[str, str | int], remove: tuple[str, ...] = ()
    ) -> None:
        """The wanted schedule needs nothing more of the consults service."""
        wanted = self._link.number("wanted")
        update = Update(
            self._link.key,
            set={"state": state.value, "synced": wanted, **changes},
            remove=remove,
            when=When(equals={"wanted": wanted}),
        )
        self._commit("appointments.link", [update, *self._show(state)])

    def _show(self, state: LinkStatus, consult: str = "") -> list[Operation]:
        keys = self._booking.copies(self._tenant)
        return [bookings.copy_link(key, state, consult) for key in keys]

    def _commit(self, action: str, operations: list[Operation]) -> None:
        work = Work(self._services, self._call)
        work.add(*operations)
        work.audit(action, self._booking.patient.id, f"appointment/{self._booking.id}")
        work.commit()

    def _key(self, schedule: int, verb: str) -> str:
        """The Idempotency-Key: the same for every try of the same step."""
        return f"{self._booking.id}:{schedule}:{verb}"

    def _seal(self, attribute: str, model: BaseModel) -> bytes:
        scope, at = Scope(self._tenant), place(self._link.key) + f"\x00{attribute}"
        return self._services.vault.seal(scope, at, to_json(model).encode())


def join_links(made: CreatedConsult, people: Sequence[str]) -> JoinLinks:
    """The links in an answer of the consults service; `people` are our ids in its order."""
    ours = {f"practitioner-{number}": who for number, who in enumerate(people, start=1)}
    links = [JoinLink(participant="patient", url=made.patient_link)]
    links += [
        JoinLink(participant=ours[one.participant], url=one.url) for one in made.practitioner_links
    ]
    return JoinLinks(
        consult=made.id, links=tuple(links), opens_at=made.opens_at, closes_at=made.closes_at
    )


def _people(booking: Booking) -> tuple[str, ...]:
    return tuple(p.id for p in booking.practitioners)


def _new_consult(booking: Booking, target: str | None, clinic: Clinic | None) -> NewConsult:
    return NewConsult(
        start=booking.start,
        planned_minutes=booking.minutes,
        practitioners=tuple(
            PractitionerRef(id=p.user_id or p.id, display_name=p.name, external_id=p.id)
            for p in booking.practitioners
        ),
        patient=PatientRef(
            id=booking.patient.id,
            display_name=booking.patient.display_name,
            language=booking.patient.language,
        ),
        external_reference=booking.id,
        external_sequence=booking.schedule,
        clinic=clinic,
        notification_target=target,
    )
