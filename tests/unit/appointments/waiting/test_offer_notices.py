"""Who is offered a slot is told of it: once, in time, by a channel that they permit."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from schemas.reminders import ReminderChannel, ReminderOutcome, ReminderPolicyBody
from schemas.waiting import OfferNotice, WaitingEntry, WaitingQuery, WaitingStatus
from telesalud.appointments import timer_handlers
from telesalud.appointments.neighbours.patients import Contact
from telesalud.appointments.reminders import planning
from telesalud.appointments.reminders.sending import Sending
from telesalud.appointments.waiting import entries
from telesalud.platform.errors import Unavailable
from telesalud.platform.ports.messages import Unconfirmed, Undeliverable
from telesalud.platform.recorder import Recorder, recorded
from tests.support.crashes import crash_everywhere
from tests.worlds.appointments.clinic import desk
from tests.worlds.appointments.reminding import EMAIL, SMS, Failing, People
from tests.worlds.appointments.waiting_list import Waiting
from tests.worlds.world import TENANT, call

TOLD = (
    "email Se liberó un horario más temprano para usted: lunes 23 de noviembre de 2026 a las "
    "08:00, en Sede Demostración. Se lo guardamos hasta el {until}. Le llamaremos para "
    "confirmarlo. Si no desea recibir estos avisos, dígalo en Sede Demostración."
)


class Telling(Waiting):
    """A clinic that writes to its patients, not by night."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.people = People()
        self.channels: dict[ReminderChannel, Any] = {
            c: Recorder(lambda: self.services, c.value) for c in ReminderChannel
        }
        self.policy(0)

    def policy(self, version: int, **changes: Any) -> None:
        fields: dict[str, Any] = {
            "channels": (EMAIL, SMS),
            "quiet_from": time(21),
            "quiet_until": time(7),
        }
        body = ReminderPolicyBody.model_validate(fields | changes)
        planning.put_policy(self.services, call(desk()), body, version)

    def offered(self) -> WaitingEntry:
        """An entry to which Monday at eight is offered."""
        waits = self.wait(1)
        self.cancelled()
        assert self.tell() == 1
        return self.entry(waits.id)

    def run(self) -> int:
        """The function of what is due."""
        return timer_handlers.sweep(Sending(self.services, self.people, self.channels), "request-1")

    def sent(self) -> list[str]:
        return [f"{m.channel} {m.text}" for m in recorded(self.services, TENANT)]

    def notice(self, entry: WaitingEntry) -> OfferNotice | None:
        """What staff see of it in the list and in the entry, which is the same."""
        listed = entries.list_open(self.services, call(desk()), WaitingQuery(site=self.site))
        [seen] = [each.offer for each in listed.items if each.id == entry.id]
        read = self.entry(entry.id).offer
        assert seen == read
        return read.notice if read else None


@pytest.fixture
def clinic() -> Telling:
    return Telling()


def test_the_patient_is_told_once_what_is_held_for_him_and_until_when(clinic: Telling) -> None:
    offered = clinic.offered()
    assert clinic.notice(offered) is None
    clinic.run()
    clinic.world.clock.advance(minutes=1)
    clinic.run()
    assert offered.offer is not None
    local = offered.offer.expires_at - timedelta(hours=5)  # Lima
    until = f"sábado {local.day} de noviembre de 2026 a las {local:%H:%M}"
    assert clinic.sent() == [TOLD.format(until=until)]
    notice = clinic.notice(offered)
    assert notice is not None
    assert (notice.outcome, notice.channel) == (ReminderOutcome.SENT, EMAIL)


def test_telling_does_not_get_in_the_way_of_staff(clinic: Telling) -> None:
    offered = clinic.offered()
    clinic.run()
    assert clinic.entry(offered.id).version == offered.version
    clinic.accept(offered.id)
    assert clinic.entry(offered.id).status is WaitingStatus.BOOKED


def test_nobody_is_told_of_an_offer_that_was_settled_before(clinic: Telling) -> None:
    offered = clinic.offered()
    clinic.decline(offered)
    clinic.run()
    assert clinic.sent() == []


def test_the_next_one_is_told_of_the_slot_that_the_first_declined(clinic: Telling) -> None:
    first = clinic.offered()
    second = clinic.wait(2)
    clinic.run()
    clinic.decline(clinic.entry(first.id))
    assert clinic.tell() == 1
    clinic.run()
    assert len(clinic.sent()) == 2
    notice = clinic.notice(second)
    assert notice is not None
    assert notice.outcome is ReminderOutcome.SENT


def test_nothing_is_sent_where_the_institution_wants_no_messages(clinic: Telling) -> None:
    clinic.policy(1, enabled=False)
    offered = clinic.offered()
    clinic.run()
    assert clinic.sent() == []
    assert clinic.notice(offered) is None


def test_a_patient_who_permits_no_channel_is_left_for_staff_to_call(clinic: Telling) -> None:
    clinic.people.answer = Contact({}, None, "es")
    offered = clinic.offered()
    clinic.run()
    notice = clinic.notice(offered)
    assert notice is not None
    assert notice.outcome is ReminderOutcome.NOT_PERMITTED
    assert clinic.sent() == []


@pytest.mark.parametrize(
    ("hour", "outcome"),
    [(5, ReminderOutcome.SENT), (1, ReminderOutcome.MISSED)],
    ids=["put off until the morning", "the offer ends before the morning"],
)
def test_by_night_the_patient_is_told_when_quiet_hours_end_or_not_at_all(
    clinic: Telling, hour: int, outcome: ReminderOutcome
) -> None:
    clinic.world.clock.now = datetime(2026, 11, 22, hour + 5, tzinfo=UTC)  # Lima is five behind
    offered = clinic.offered()
    clinic.run()
    assert clinic.sent() == []
    clinic.world.clock.now = datetime(2026, 11, 22, 12, 1, tzinfo=UTC)
    clinic.run()
    assert len(clinic.sent()) == (outcome is ReminderOutcome.SENT)
    if outcome is ReminderOutcome.SENT:
        notice = clinic.notice(offered)
        assert notice is not None
        assert notice.outcome is outcome


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (Undeliverable("bounced"), ReminderOutcome.REFUSED),
        (Unconfirmed(), ReminderOutcome.UNCONFIRMED),
    ],
)
def test_what_may_have_left_is_not_sent_again(
    clinic: Telling, failure: BaseException, outcome: ReminderOutcome
) -> None:
    channel = Failing([failure])
    clinic.channels = {EMAIL: channel}
    offered = clinic.offered()
    for _ in range(3):
        clinic.run()
        clinic.world.clock.advance(minutes=5)
    notice = clinic.notice(offered)
    assert notice is not None
    assert notice.outcome is outcome
    assert channel.taken == []


def test_what_has_not_left_is_tried_again(clinic: Telling) -> None:
    channel = Failing([Unavailable(), Unavailable()])
    clinic.channels = {EMAIL: channel}
    offered = clinic.offered()
    for _ in range(6):
        clinic.run()
        clinic.world.clock.advance(minutes=2)
    assert len(channel.taken) == 1
    notice = clinic.notice(offered)
    assert notice is not None
    assert notice.outcome is ReminderOutcome.SENT


def test_a_crash_anywhere_never_tells_twice() -> None:
    def make() -> Telling:
        clinic = Telling()
        clinic.channels = {EMAIL: Failing([])}
        clinic.offered()
        return clinic

    def check(clinic: Telling) -> None:
        clinic.world.clock.advance(minutes=2)
        clinic.run()
        [entry] = entries.list_open(
            clinic.services, call(desk()), WaitingQuery(site=clinic.site)
        ).items
        assert entry.offer is not None
        assert entry.offer.notice is not None
        assert (len(clinic.channels[EMAIL].taken), entry.offer.notice.outcome) in [
            (1, ReminderOutcome.SENT),
            # The process ended after the claim: whether it left is not known, and it stays so.
            (1, ReminderOutcome.UNCONFIRMED),
            (0, ReminderOutcome.UNCONFIRMED),
        ]

    assert crash_everywhere(make, lambda c: c.world.store, lambda c: c.run(), check) >= 6
