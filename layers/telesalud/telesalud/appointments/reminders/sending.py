"""Sending a reminder that is due: once, by a channel that the patient permits.

The reminder is claimed before the message is handed over. If the process ends in between, nobody
can tell whether it left; it is then marked as unconfirmed and not sent again, because a doubled
message costs more trust than a missing one, and other lead times still come.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from schemas.appointments import Status
from schemas.reminders import ReminderChannel, ReminderOutcome
from telesalud.appointments.booking import lifecycle as bookings
from telesalud.appointments.booking import repository
from telesalud.appointments.booking.repository import Found
from telesalud.appointments.booking.stored import Booking
from telesalud.appointments.booking.teleconsultation_link import patient_link
from telesalud.appointments.neighbours.patients import Contact, Contacts
from telesalud.appointments.policy import WRITE
from telesalud.appointments.reminders import planning, quiet_hours, texts
from telesalud.appointments.reminders.planning import REMINDED, State
from telesalud.appointments.reminders.stored import Plan, StoredReminder
from telesalud.appointments.timers.buckets import Timer
from telesalud.platform.errors import NotFound, Unavailable
from telesalud.platform.ports.messages import Channel, Message, Unconfirmed, Undeliverable
from telesalud.platform.store import ConditionFailed, Put
from telesalud.platform.work import Call, Services, Work

_TRIES = 4


@dataclass(frozen=True, slots=True)
class Sending:
    """What sending needs besides the services."""

    services: Services
    contacts: Contacts
    channels: Mapping[ReminderChannel, Channel]


def send(sending: Sending, call: Call, timer: Timer) -> None:
    """Send the reminder of a timer, if it is still wanted; repeating it sends nothing.

    Raises Unavailable when nothing has left and it should be tried later.
    """
    appointment, schedule, lead = timer.subject.rsplit(":", 2)
    try:
        state = planning.load(sending.services, call, appointment, WRITE)
    except NotFound:
        return
    plan = state.plan
    entry = plan.entry(int(lead)) if plan and plan.schedule == int(schedule) else None
    if plan is None or entry is None:
        return
    if entry.outcome is ReminderOutcome.SENDING:
        _DueReminder(sending, call, state, plan, entry).settle(ReminderOutcome.UNCONFIRMED)
    elif entry.outcome is ReminderOutcome.PLANNED:
        _DueReminder(sending, call, state, plan, entry).go()


@dataclass(slots=True)
class _DueReminder:
    """A reminder that is due."""

    sending: Sending
    call: Call
    state: State
    plan: Plan
    entry: StoredReminder

    @property
    def booking(self) -> Booking:
        return self.state.booking

    def go(self) -> None:
        """Send it, put it off, or note why not."""
        services, tenant = self.sending.services, self.call.caller.tenant
        booking, now = self.booking, services.clock()
        wanted = booking.schedule == self.plan.schedule and booking.status in REMINDED
        if not wanted or quiet_hours.useful(now, booking.start) is None:
            self.settle(ReminderOutcome.MISSED)
            return
        site = planning.site_of(services, tenant, booking.site)
        zone = ZoneInfo(site.zone)
        if quiet_hours.is_quiet(self.state.policy, now, zone):
            self._put_off(now, zone)
            return
        contact = self.sending.contacts.contact(tenant, booking.patient.id)
        channel = choose(contact, self.state.policy.channels, self.sending.channels)
        if contact is None or channel is None:
            self.settle(ReminderOutcome.NOT_PERMITTED)
            return
        local = booking.start.astimezone(zone)
        visit = texts.Visit(site, local, booking.telemedicine, self._link())
        text = texts.reminder(contact.language, channel, visit)
        self._hand_over(channel, contact.addresses[channel], text)

    def _link(self) -> str | None:
        """Where the patient enters the teleconsultation, if it is linked for this very time."""
        if not self.booking.telemedicine:
            return None
        services = self.sending.services
        link = repository.load(services, self.call, self.booking.id, WRITE).link
        return patient_link(services, self.call.caller.tenant, self.booking, link)

    def _put_off(self, now: datetime, zone: ZoneInfo) -> None:
        """The function was late and quiet hours have begun: when they end, if that is of use."""
        later = quiet_hours.useful(
            quiet_hours.quiet_ends(self.state.policy, now, zone), self.booking.start
        )
        if later is None:
            self.settle(ReminderOutcome.MISSED)
            return
        entry = self.entry.model_copy(update={"due": later})
        tenant = self.call.caller.tenant
        put = self._put(entry)
        timer = planning.timer_of(tenant, self.booking.id, self.plan.schedule, entry)
        self.sending.services.store.transact([put, timer.put()])

    def _hand_over(self, channel: ReminderChannel, address: str, text: texts.Text) -> None:
        claimed = {"outcome": ReminderOutcome.SENDING, "channel": channel}
        if not self._note(self.entry.model_copy(update=claimed)):
            return
        who = f"{self.booking.id}-{self.plan.schedule}-{self.entry.lead}"
        message = Message(who, address, text.subject, text.body)
        try:
            outcome = hand_over(self.sending.channels[channel], self.call.caller.tenant, message)
        except Unavailable:
            released = {"outcome": ReminderOutcome.PLANNED, "channel": None}
            self._note(self.entry.model_copy(update=released))
            raise
        self.settle(outcome)

    def _put(self, entry: StoredReminder) -> Put:
        changed = self.plan.with_entry(entry)
        version = self.state.plan_version
        return planning.plan_put(self.call.caller.tenant, self.booking.id, changed, version)

    def _note(self, entry: StoredReminder) -> bool:
        """Write the reminder's state; False when somebody else was faster."""
        try:
            self.sending.services.store.transact([self._put(entry)])
        except ConditionFailed:
            return False
        self.plan = self.plan.with_entry(entry)
        self.state = self.state._replace(plan_version=self.state.plan_version + 1)
        self.entry = entry
        return True

    def settle(self, outcome: ReminderOutcome) -> None:
        """Write down what became of it; a booked appointment becomes reminded."""
        services = self.sending.services
        for _ in range(_TRIES):
            entry = self.entry.model_copy(update={"outcome": outcome, "at": services.clock()})
            work = Work(services, self.call)
            work.add(self._put(entry))
            if outcome is ReminderOutcome.SENT and self._still_booked():
                link = repository.load(services, self.call, self.booking.id, WRITE).link
                found = Found(self.booking, self.state.version, link)
                bookings.add_status(work, found, Status.REMINDED)
            resource = f"appointment/{self.booking.id}"
            work.audit(f"appointments.reminder_{outcome}", self.booking.patient.id, resource)
            try:
                work.commit()
            except ConditionFailed:
                # The appointment, or its reminders, changed while the message was on its way.
                if not self._read_again():
                    return
                continue
            return
        raise ConditionFailed(())

    def _still_booked(self) -> bool:
        """Whether the appointment is at the time that the message named, and nothing happened."""
        same = self.booking.schedule == self.plan.schedule
        return same and self.booking.status is Status.BOOKED

    def _read_again(self) -> bool:
        """Whether this reminder still is part of the appointment's plan."""
        state = planning.load(self.sending.services, self.call, self.booking.id, WRITE)
        entry = state.plan.entry(self.entry.lead) if state.plan else None
        if state.plan is None or entry is None or state.plan.schedule != self.plan.schedule:
            return False
        settled = entry.outcome not in (ReminderOutcome.PLANNED, ReminderOutcome.SENDING)
        if settled:
            return False
        self.state, self.plan, self.entry = state, state.plan, entry
        return True


def hand_over(channel: Channel, tenant: str, message: Message) -> ReminderOutcome:
    """Give the message away. Raises Unavailable when it certainly has not left."""
    try:
        channel.send(tenant, message)
    except Undeliverable:
        return ReminderOutcome.REFUSED
    except Unconfirmed:
        return ReminderOutcome.UNCONFIRMED
    return ReminderOutcome.SENT


def choose(
    contact: Contact | None,
    order: Sequence[ReminderChannel],
    channels: Mapping[ReminderChannel, Channel],
) -> ReminderChannel | None:
    """The channel that the patient prefers, if it is in use, else the first that reaches them."""
    if contact is None:
        return None
    usable = [c for c in order if c in channels and c in contact.addresses]
    if contact.preferred in usable:
        return contact.preferred
    return usable[0] if usable else None
