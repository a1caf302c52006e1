"""Any history of bookings against a model that remembers minutes: nothing twice, nothing lost."""

from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from schemas.appointments import Cancel, ChangeStatus, Reschedule, Status
from telesalud.appointments.booking import lifecycle, repository
from telesalud.appointments.booking.locks import Kind, Owner
from telesalud.appointments.booking.stored import Booking
from telesalud.appointments.errors import PatientBusy, SlotTaken
from telesalud.appointments.policy import READ
from telesalud.platform.errors import InvalidTransition
from tests.support.memory_store import Crash
from tests.worlds.appointments.clinic import MONDAY, Clinic, desk, patient
from tests.worlds.world import TENANT, call

QUANTA = st.integers(0, 30)
LENGTHS = st.integers(1, 14)
PEOPLE = st.sampled_from([("ana",), ("luis",), ("ana", "luis")])
PATIENTS = st.integers(1, 3)
MOVABLE = {Status.BOOKED, Status.CONFIRMED}
FREE = {Status.CANCELLED, Status.CANCELLED_LATE}


class Agenda(RuleBasedStateMachine):
    """Two practitioners, three patients, one morning."""

    booked = Bundle("booked")

    def __init__(self) -> None:
        super().__init__()
        self.clinic = Clinic()
        self.model: dict[str, tuple[set[str], set[datetime], Status]] = {}

    def taken(self, people: set[str], minutes: set[datetime], but: str = "") -> bool:
        return any(
            mine != but and people & theirs and minutes & busy
            for mine, (theirs, busy, _) in self.model.items()
        )

    def minutes(self, start: int, length: int) -> set[datetime]:
        return {MONDAY + timedelta(minutes=5 * n) for n in range(start, start + length)}

    @rule(target=booked, start=QUANTA, length=LENGTHS, people=PEOPLE, who=PATIENTS)
    def book(self, start: int, length: int, people: tuple[str, ...], who: int) -> str:
        owners, minutes = {*people, str(who)}, self.minutes(start, length)
        try:
            made = self.clinic.book(
                start=MONDAY + timedelta(minutes=5 * start),
                minutes=5 * length,
                practitioners=tuple(getattr(self.clinic, name) for name in people),
                patient=patient(who),
            )
        except (SlotTaken, PatientBusy):
            assert self.taken(owners, minutes)
            return ""
        assert not self.taken(owners, minutes)
        self.model[made.id] = (owners, minutes, Status.BOOKED)
        return made.id

    @rule(mine=booked, start=QUANTA, length=LENGTHS, people=PEOPLE, crash=st.booleans())
    def move(
        self, mine: str, start: int, length: int, people: tuple[str, ...], *, crash: bool
    ) -> None:
        if mine not in self.model:
            return
        owners, _, status = self.model[mine]
        wanted = {*people, *(o for o in owners if o.isdigit())}
        minutes = self.minutes(start, length)
        command = Reschedule(
            start=MONDAY + timedelta(minutes=5 * start),
            minutes=5 * length,
            practitioners=tuple(getattr(self.clinic, name) for name in people),
        )
        if crash:
            self.clinic.world.store.faults.before = 1
        try:
            self._move(mine, command)
        except (SlotTaken, PatientBusy):
            assert self.taken(wanted, minutes, but=mine)
        except InvalidTransition:
            assert status not in MOVABLE
        except Crash:
            pass
        else:
            found = self._booking(mine)
            if status in MOVABLE:
                self.model[mine] = (wanted, minutes, found.status)
            # What is settled answers as it stands when asked for the time that it has.
            assert (found.start, found.minutes) == (command.start, command.minutes)
        self.clinic.world.store.faults.before = 0

    def _move(self, mine: str, command: Reschedule) -> None:
        services = self.clinic.world.services
        version = repository.load(services, call(desk()), mine, READ).version
        lifecycle.reschedule(services, call(desk()), mine, command, version)

    def _booking(self, mine: str) -> Booking:
        return repository.load(self.clinic.world.services, call(desk()), mine, READ).booking

    @rule(mine=booked)
    def cancel(self, mine: str) -> None:
        if mine not in self.model:
            return
        services = self.clinic.world.services
        version = repository.load(services, call(desk()), mine, READ).version
        try:
            lifecycle.cancel(services, call(desk()), mine, Cancel(), version)
        except InvalidTransition:
            assert self.model[mine][2] not in MOVABLE | FREE
            return
        self.model[mine] = (set(), set(), self._booking(mine).status)

    @rule(mine=booked, status=st.sampled_from([Status.CONFIRMED, Status.ARRIVED]))
    def change(self, mine: str, status: Status) -> None:
        if mine not in self.model:
            return
        services = self.clinic.world.services
        version = repository.load(services, call(desk()), mine, READ).version
        try:
            lifecycle.change_status(
                services, call(desk()), mine, ChangeStatus(status=status), version
            )
        except InvalidTransition:
            return
        owners, minutes, _ = self.model[mine]
        self.model[mine] = (owners, minutes, status)

    @invariant()
    def locks_are_what_appointments_say(self) -> None:
        for kind, owner, name in (
            (Kind.PRACTITIONER, self.clinic.ana, "ana"),
            (Kind.PRACTITIONER, self.clinic.luis, "luis"),
            *((Kind.PATIENT, patient(n).id, str(n)) for n in (1, 2, 3)),
        ):
            held: dict[str, int] = {}
            for item in self.clinic.world.store.query(Owner(TENANT, kind, owner).partition).items:
                for quantum in item.attributes:
                    held[item.text(quantum)] = held.get(item.text(quantum), 0) + 1
            expected = {
                mine: len(minutes)
                for mine, (owners, minutes, _) in self.model.items()
                if name in owners
            }
            assert held == expected

    @invariant()
    def copies_are_whole(self) -> None:
        for mine in self.model:
            found = repository.load(self.clinic.world.services, call(desk()), mine, READ)
            keys = found.booking.copies(TENANT)
            copies = self.clinic.world.store.get_many(keys)
            assert len(copies) == len(keys)
            versions = {item.number("of_version") for item in copies.values()}
            assert versions == {found.version}
        agendas = [
            key
            for pk in self.clinic.world.store._items
            if pk.startswith("AGENDA#")
            for key in self.clinic.world.store._items[pk]
        ]
        services = self.clinic.world.services
        booked = repository.load_many(services, call(desk()), list(self.model), READ)
        assert len(agendas) == sum(len(b.booking.copies(TENANT)) for b in booked.values())


TestAnyHistory = Agenda.TestCase
TestAnyHistory.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
