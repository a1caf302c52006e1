"""A clinic whose patients wait for a slot that is freed."""

import json
from typing import Any

from schemas.appointments import Appointment, Cancel, SlotFreed
from schemas.waiting import DeclineOffer, WaitingBody, WaitingEntry
from telesalud.appointments.booking import lifecycle
from telesalud.appointments.timers import buckets
from telesalud.appointments.timers.buckets import Timer, TimerKind
from telesalud.appointments.waiting import entries, offers
from telesalud.platform.access import Caller
from telesalud.platform.work import Call
from tests.worlds.appointments.clinic import Clinic, desk, patient
from tests.worlds.world import TENANT, call

SYSTEM = Call(Caller.system(TENANT, "appointments"), "event-1")


class Waiting(Clinic):
    """A clinic whose patients wait."""

    def wait(self, number: int, **changes: Any) -> WaitingEntry:
        self.world.clock.advance(seconds=1)
        fields: dict[str, Any] = {
            "patient": patient(number),
            "site": self.site,
            "category": "visit",
            "minutes": 30,
            "practitioners": (self.ana,),
        }
        body = WaitingBody.model_validate(fields | changes)
        return entries.add(self.services, call(desk()), body, self.patients)

    def entry(self, id_: str) -> WaitingEntry:
        return entries.read(self.services, call(desk()), id_)

    def tell(self) -> int:
        """Deliver every freed slot that was announced, as the queue does: more than once."""
        freed = [e for e in self.world.events() if e.type == "appointments.slot_freed"]
        facts = [SlotFreed.model_validate_json(json.dumps(e.data)) for e in freed]
        return sum(offers.offer_freed(self.services, SYSTEM, f) for f in [*facts, *facts])

    def cancelled(self, **changes: Any) -> Appointment:
        """A booking of Monday at eight that is called off."""
        made = self.book(patient=patient(99), **changes)
        return lifecycle.cancel(self.services, call(desk()), made.id, Cancel(), 1)

    def accept(self, id_: str, key: str = "accept-01") -> Appointment:
        return offers.accept(self.services, call(desk(), key=key), id_)

    def decline(self, entry: WaitingEntry) -> WaitingEntry:
        body = DeclineOffer(reason="No puede")
        return offers.decline(self.services, call(desk()), entry.id, body, entry.version)

    def sweep(self) -> int:
        """Let offers run out; how many timers of offers there were. It writes to nobody."""
        expired: list[str] = []

        def expire(timer: Timer) -> None:
            expired.append(timer.subject)
            offers.expire(self.services, SYSTEM, timer.subject)

        handlers = {TimerKind.OFFER: expire, TimerKind.OFFER_NOTICE: lambda _: None}
        buckets.sweep(self.services, handlers, lambda: True)
        return len(expired)
