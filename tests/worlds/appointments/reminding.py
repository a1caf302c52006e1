"""A clinic that reminds its patients, a patients service and channels that fail as told."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from schemas.appointments import Appointment
from schemas.reminders import Reminder, ReminderChannel, ReminderPolicyBody
from telesalud.appointments.neighbours.patients import Contact
from telesalud.appointments.reminders import planning
from telesalud.appointments.reminders.sending import Sending, send
from telesalud.appointments.timers import buckets
from telesalud.appointments.timers.buckets import Timer, TimerKind
from telesalud.platform.access import Caller
from telesalud.platform.errors import Unavailable
from telesalud.platform.ports.messages import Message
from telesalud.platform.recorder import Recorder, recorded
from telesalud.platform.work import Call
from tests.worlds.appointments.clinic import Clinic, desk
from tests.worlds.world import TENANT, call

EMAIL, SMS = ReminderChannel.EMAIL, ReminderChannel.SMS


@dataclass
class People:
    """A patients service that permits e-mail, unless told otherwise."""

    answer: Contact | None = field(
        default_factory=lambda: Contact({EMAIL: "uno@demo.invalid"}, None, "es")
    )
    down: bool = False

    def contact(self, tenant: str, patient: str) -> Contact | None:
        if self.down:
            raise Unavailable
        return self.answer


@dataclass
class Failing:
    """A channel that fails as told, then takes messages."""

    failures: list[BaseException]
    taken: list[Message] = field(default_factory=list)

    def send(self, tenant: str, message: Message) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append(message)


class Reminding(Clinic):
    """A clinic that reminds a day and two hours before, not by night."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.people = People()
        self.channels: dict[ReminderChannel, Any] = {
            c: Recorder(lambda: self.services, c.value) for c in ReminderChannel
        }
        self.policy()

    def policy(self, version: int = 0, **changes: Any) -> None:
        fields: dict[str, Any] = {
            "lead_minutes": (1440, 120),
            "channels": (EMAIL, SMS),
            "quiet_from": time(21),
            "quiet_until": time(7),
        }
        body = ReminderPolicyBody.model_validate(fields | changes)
        planning.put_policy(self.services, call(desk()), body, version)

    def planned(self, **changes: Any) -> Appointment:
        made = self.book(**changes)
        self.follow(made.id)
        return made

    def follow(self, appointment: str) -> None:
        """Deliver the appointment's event twice."""
        for _ in range(2):
            planning.plan(self.services, call(desk()), appointment)

    def sweep(self) -> int:
        sending = Sending(self.services, self.people, self.channels)

        def fire(timer: Timer) -> None:
            send(sending, Call(Caller.system(timer.tenant, "appointments")), timer)

        return buckets.sweep(self.services, {TimerKind.REMINDER: fire}, lambda: True)

    def at(self, moment: datetime) -> int:
        """Let time pass, the function running every ten minutes."""
        done = 0
        while self.world.clock.now < moment:
            self.world.clock.now = min(moment, self.world.clock.now + timedelta(minutes=10))
            done += self.sweep()
        return done

    def sent(self) -> list[str]:
        return [f"{m.channel} {m.text}" for m in recorded(self.services, TENANT)]

    def state(self, appointment: str) -> list[Reminder]:
        return list(planning.read(self.services, call(desk()), appointment).items)
