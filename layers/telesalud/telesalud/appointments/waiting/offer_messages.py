"""Telling a patient of a slot that is held for them: once, by a channel that they permit.

The same rule of the institution holds as for reminders: whether anything is sent, by which
channels, in which hours. The notice is claimed before it is handed over; one that may have left
is not sent again, because staff see what became of it and call.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from schemas.reminders import ReminderChannel, ReminderOutcome
from schemas.waiting import WaitingStatus
from telesalud.appointments.agendas.repository import category_key, category_of
from telesalud.appointments.policy import WRITE
from telesalud.appointments.reminders import planning, quiet_hours, texts
from telesalud.appointments.reminders.sending import Sending, choose, hand_over
from telesalud.appointments.reminders.stored import ReminderRule
from telesalud.appointments.timers.buckets import Timer, TimerKind
from telesalud.appointments.waiting import entries, offer_notices
from telesalud.appointments.waiting.stored import Entry, Offer, StoredNotice
from telesalud.platform.errors import NotFound, Unavailable
from telesalud.platform.ports.messages import Message
from telesalud.platform.store import ConditionFailed, Put
from telesalud.platform.work import Call, Work

_TIME_TO_ANSWER = timedelta(minutes=10)
"""With less left of the offer, a message would only disappoint."""


def timer_of(tenant: str, entry: str, appointment: str, due: datetime) -> Timer:
    """The timer that tells the patient of an offer."""
    return Timer(TimerKind.OFFER_NOTICE, tenant, f"{entry}:{appointment}", due)


def tell(sending: Sending, call: Call, timer: Timer) -> None:
    """Tell the patient of the offer of a timer if it still stands; repeating it sends nothing.

    Raises Unavailable when nothing has left and it should be tried later.
    """
    services, tenant = sending.services, timer.tenant
    waiting, _, appointment = timer.subject.partition(":")
    try:
        entry, _ = entries.load(services, call, waiting, WRITE)
    except NotFound:
        return
    offer = entry.offer
    if entry.status is not WaitingStatus.OFFERED or offer is None:
        return
    if offer.appointment != appointment:
        return
    key = offer_notices.key_of(tenant, appointment)
    item = services.store.get(key)
    notice = _Notice(sending, call, entry, offer, item.version if item else 0)
    outcome = offer_notices.notice_of(item).outcome if item else ReminderOutcome.PLANNED
    if outcome is ReminderOutcome.SENDING:
        notice.settle(ReminderOutcome.UNCONFIRMED)
    elif outcome is ReminderOutcome.PLANNED:
        notice.go(planning.policy_of(services, tenant))


@dataclass(slots=True)
class _Notice:
    """An offer that its patient does not know of."""

    sending: Sending
    call: Call
    entry: Entry
    offer: Offer
    version: int
    """Of the notice that was read or written last."""
    channel: ReminderChannel | None = None

    def go(self, policy: ReminderRule) -> None:
        """Send it, put it off, or note why not; nothing at all where no messages are wanted."""
        services, tenant, body = self.sending.services, self.call.caller.tenant, self.entry.body
        if not policy.enabled:
            return
        now = services.clock()
        site = planning.site_of(services, tenant, body.site)
        zone = ZoneInfo(site.zone)
        if self._too_late(now):
            self.settle(ReminderOutcome.MISSED)
            return
        if quiet_hours.is_quiet(policy, now, zone):
            self._put_off(quiet_hours.quiet_ends(policy, now, zone))
            return
        contact = self.sending.contacts.contact(tenant, body.patient.id)
        channel = choose(contact, policy.channels, self.sending.channels)
        if contact is None or channel is None:
            self.settle(ReminderOutcome.NOT_PERMITTED)
            return
        start, until = (m.astimezone(zone) for m in (self.offer.start, self.offer.expires_at))
        visit = texts.Visit(site, start, remote=self._by_video())
        text = texts.offer(contact.language, channel, visit, until)
        message = Message(self.offer.appointment, contact.addresses[channel], *text)
        self._send(channel, message)

    def _by_video(self) -> bool:
        """Whether what the patient waits for is a visit by video, as its category says now."""
        services, tenant = self.sending.services, self.call.caller.tenant
        item = services.store.get(category_key(tenant, self.entry.body.category))
        return item is not None and category_of(item).telemedicine

    def _too_late(self, moment: datetime) -> bool:
        return moment > self.offer.expires_at - _TIME_TO_ANSWER

    def _put_off(self, later: datetime) -> None:
        if self._too_late(later):
            self.settle(ReminderOutcome.MISSED)
            return
        tenant, offer = self.call.caller.tenant, self.offer
        timer = timer_of(tenant, self.entry.id, offer.appointment, later)
        self.sending.services.store.transact([timer.put()])

    def _send(self, channel: ReminderChannel, message: Message) -> None:
        self.channel = channel
        if not self._note(ReminderOutcome.SENDING):
            return
        tenant = self.call.caller.tenant
        try:
            outcome = hand_over(self.sending.channels[channel], tenant, message)
        except Unavailable:
            self._note(ReminderOutcome.PLANNED)
            raise
        self.settle(outcome)

    def _note(self, outcome: ReminderOutcome) -> bool:
        """Write what is being done; False when somebody else was faster."""
        try:
            self.sending.services.store.transact([self._put(outcome)])
        except ConditionFailed:
            return False
        self.version += 1
        return True

    def _put(self, outcome: ReminderOutcome) -> Put:
        at = self.sending.services.clock()
        notice = StoredNotice(outcome=outcome, channel=self.channel, at=at)
        tenant, offer = self.call.caller.tenant, self.offer
        return offer_notices.put(tenant, offer.appointment, notice, self.version, offer.start)

    def settle(self, outcome: ReminderOutcome) -> None:
        """Write down what became of it, unless another run did at the same moment."""
        work = Work(self.sending.services, self.call)
        work.add(self._put(outcome))
        what = f"waiting/{self.entry.id}"
        work.audit(f"appointments.offer_notice_{outcome}", self.entry.body.patient.id, what)
        try:
            work.commit()
        except ConditionFailed:
            return
