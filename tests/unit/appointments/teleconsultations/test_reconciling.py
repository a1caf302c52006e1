"""The teleconsultation follows the appointment, whatever fails and in whatever order it is told."""

import contextlib
import json
import threading
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.agendas import PractitionerBody
from schemas.appointments import AgendaQuery, Appointment, Cancel, LinkStatus, Reschedule
from schemas.consults import ConsultStatus, NewConsult
from telesalud.appointments import handlers
from telesalud.appointments.booking import lifecycle, reading, repository, teleconsultation_link
from telesalud.appointments.places import directory
from telesalud.appointments.policy import READ
from telesalud.appointments.teleconsultations import reconciling
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Conflict, Forbidden, Unavailable
from telesalud.platform.events import Event
from telesalud.platform.sealed import place
from telesalud.platform.store import ConditionFailed, Update
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call
from tests.support.crashes import crash_everywhere
from tests.worlds.appointments.clinic import MONDAY, PATIENT, Clinic, desk, patient
from tests.worlds.appointments.consults import FakeConsults, Remote
from tests.worlds.world import START, TENANT, call, user

SYSTEM = Call(Caller.system(TENANT, "appointments"), "event-1")
HOUR = timedelta(hours=1)
ACCOUNT = "01900000-0000-7000-9000-00000000acc0"


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


@pytest.fixture
def consults() -> FakeConsults:
    return FakeConsults()


def reconcile(clinic: Clinic, consults: FakeConsults, appointment: str) -> LinkStatus:
    return reconciling.reconcile(clinic.world.services, SYSTEM, appointment, consults)


def view(clinic: Clinic, appointment: str) -> Appointment:
    return repository.load(clinic.world.services, call(desk()), appointment, READ).view


def move(clinic: Clinic, appointment: str, **changes: object) -> Appointment:
    version = view(clinic, appointment).version
    command = Reschedule.model_validate({"start": MONDAY + HOUR, **changes})
    return lifecycle.reschedule(clinic.world.services, call(desk()), appointment, command, version)


def cancel(clinic: Clinic, appointment: str) -> Appointment:
    version = view(clinic, appointment).version
    return lifecycle.cancel(clinic.world.services, call(desk()), appointment, Cancel(), version)


def alive(consults: FakeConsults) -> list[Remote]:
    return [c for c in consults.consults.values() if c.status is ConsultStatus.SCHEDULED]


def test_a_booked_telemedicine_appointment_gets_its_teleconsultation(
    clinic: Clinic, consults: FakeConsults
) -> None:
    booked = clinic.book(category="telemedicine")
    assert reconcile(clinic, consults, booked.id) is LinkStatus.LINKED
    [remote] = alive(consults)
    assert (remote.start, remote.minutes, remote.people) == (MONDAY, 30, (clinic.ana,))
    found = view(clinic, booked.id)
    assert (found.link_status, found.consult, found.version) == (LinkStatus.LINKED, remote.id, 1)


def test_the_site_is_whom_the_patients_page_names(clinic: Clinic, consults: FakeConsults) -> None:
    booked = clinic.book(category="telemedicine")
    reconcile(clinic, consults, booked.id)
    [(asked, _)] = consults._answers.values()
    assert NewConsult.model_validate_json(asked).clinic is not None


def test_agendas_show_the_state_of_the_link_and_lead_to_the_consult(
    clinic: Clinic, consults: FakeConsults
) -> None:
    booked = clinic.book(category="telemedicine")

    def shown() -> tuple[LinkStatus, str | None]:
        query = AgendaQuery(patient=PATIENT, since=START, until=START + timedelta(days=7))
        [one] = reading.agenda(clinic.world.services, call(desk()), query).items
        return one.link_status, one.consult

    assert shown() == (LinkStatus.PENDING, None)
    reconcile(clinic, consults, booked.id)
    consult = view(clinic, booked.id).consult
    assert consult is not None
    assert shown() == (LinkStatus.LINKED, consult)
    move(clinic, booked.id)
    assert shown() == (LinkStatus.PENDING, None)
    reconcile(clinic, consults, booked.id)
    assert shown() == (LinkStatus.LINKED, consult)


def test_other_categories_have_no_teleconsultation(clinic: Clinic, consults: FakeConsults) -> None:
    booked = clinic.book()
    assert reconcile(clinic, consults, booked.id) is LinkStatus.NONE
    assert consults.calls == []


def test_it_stays_pending_until_the_service_answers(clinic: Clinic, consults: FakeConsults) -> None:
    booked = clinic.book(category="telemedicine")
    consults.down = 3
    for _ in range(3):
        with pytest.raises(Unavailable):
            reconcile(clinic, consults, booked.id)
        assert view(clinic, booked.id).link_status is LinkStatus.PENDING
    assert reconcile(clinic, consults, booked.id) is LinkStatus.LINKED


def test_a_lost_answer_does_not_make_a_second_teleconsultation(
    clinic: Clinic, consults: FakeConsults
) -> None:
    booked = clinic.book(category="telemedicine")
    consults.lost = 1
    with pytest.raises(Unavailable):
        reconcile(clinic, consults, booked.id)
    # The appointment moves before the next try: the old creation is still repeated unchanged.
    move(clinic, booked.id)
    assert reconcile(clinic, consults, booked.id) is LinkStatus.LINKED
    [remote] = consults.consults.values()
    assert remote.start == MONDAY + HOUR


def test_what_a_later_release_asked_for_is_repeated_to_the_letter(
    clinic: Clinic, consults: FakeConsults
) -> None:
    booked = clinic.book(category="telemedicine")
    consults.down = 1
    with pytest.raises(Unavailable):
        reconcile(clinic, consults, booked.id)
    link = repository.link_key(TENANT, booked.id)
    item = clinic.world.store.get(link)
    assert item is not None
    vault, at = clinic.services.vault, place(link) + "\x00payload"
    asked = json.loads(vault.open(Scope(TENANT), at, item.blob("payload")))
    text = json.dumps({**asked, "of_a_later_release": True})
    sealed = vault.seal(Scope(TENANT), at, text.encode())
    clinic.world.store.transact([Update(link, set={"payload": sealed})])
    consults.lost = 1
    with pytest.raises(Unavailable):
        reconcile(clinic, consults, booked.id)
    assert reconcile(clinic, consults, booked.id) is LinkStatus.LINKED
    assert consults.bodies == [text, text]


def test_repeated_deliveries_change_nothing(clinic: Clinic, consults: FakeConsults) -> None:
    booked = clinic.book(category="telemedicine")
    for _ in range(4):
        assert reconcile(clinic, consults, booked.id) is LinkStatus.LINKED
    assert consults.calls == ["create"]


def test_reschedule_and_cancel_follow(clinic: Clinic, consults: FakeConsults) -> None:
    booked = clinic.book(category="telemedicine")
    reconcile(clinic, consults, booked.id)
    move(clinic, booked.id)
    assert reconcile(clinic, consults, booked.id) is LinkStatus.LINKED
    [remote] = alive(consults)
    assert remote.start == MONDAY + HOUR
    cancel(clinic, booked.id)
    assert reconcile(clinic, consults, booked.id) is LinkStatus.WITHDRAWN
    assert alive(consults) == []


def test_an_appointment_cancelled_before_it_was_linked_makes_no_teleconsultation(
    clinic: Clinic, consults: FakeConsults
) -> None:
    booked = clinic.book(category="telemedicine")
    cancel(clinic, booked.id)
    assert reconcile(clinic, consults, booked.id) is LinkStatus.WITHDRAWN
    assert consults.calls == []


def test_other_practitioners_get_a_teleconsultation_of_their_own(
    clinic: Clinic, consults: FakeConsults
) -> None:
    booked = clinic.book(category="telemedicine")
    reconcile(clinic, consults, booked.id)
    move(clinic, booked.id, start=MONDAY, practitioners=(clinic.luis,))
    assert reconcile(clinic, consults, booked.id) is LinkStatus.LINKED
    [remote] = alive(consults)
    assert remote.people == (clinic.luis,)
    assert len(consults.consults) == 2


def test_a_refusal_is_visible_and_ends_with_the_next_change(
    clinic: Clinic, consults: FakeConsults
) -> None:
    booked = clinic.book(category="telemedicine")
    consults.refuse = "too-far-ahead"
    assert reconcile(clinic, consults, booked.id) is LinkStatus.FAILED
    assert view(clinic, booked.id).link_problem == "too-far-ahead"
    assert reconcile(clinic, consults, booked.id) is LinkStatus.FAILED
    assert len(consults.calls) == 1
    consults.refuse = ""
    move(clinic, booked.id)
    assert reconcile(clinic, consults, booked.id) is LinkStatus.LINKED
    assert view(clinic, booked.id).link_problem is None


def test_many_workers_at_once_make_one_teleconsultation(
    clinic: Clinic, consults: FakeConsults
) -> None:
    booked = clinic.book(category="telemedicine")
    lock = threading.Lock()
    create = consults.create

    def serial(*arguments: object) -> object:
        with lock:  # the service itself handles one request of a key at a time
            return create(*arguments)  # type: ignore[arg-type]  # passed through

    consults.create = serial  # type: ignore[method-assign,assignment]  # a shim for this test
    reached: list[LinkStatus] = []

    def run() -> None:
        while True:
            try:
                reached.append(reconcile(clinic, consults, booked.id))
            except ConditionFailed:
                continue  # as the queue would deliver it again
            return

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reached == [LinkStatus.LINKED] * 8
    assert len(consults.consults) == 1


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(
        st.sampled_from(["move", "person", "cancel", "deliver", "lost", "down"]), max_size=14
    ),
    hours=st.lists(st.integers(0, 3), min_size=14, max_size=14),
)
def test_after_any_history_the_teleconsultation_is_what_the_appointment_says(
    steps: list[str], hours: list[int]
) -> None:
    clinic, consults = Clinic(), FakeConsults()
    mine = clinic.book(category="telemedicine").id
    for step, hour in zip(steps, hours, strict=False):
        present = view(clinic, mine)
        called_off = present.status.startswith("cancelled")
        if step == "cancel":
            cancel(clinic, mine)
        elif step in ("move", "person") and not called_off:
            people = (clinic.luis if hour % 2 else clinic.ana,)
            change = {"practitioners": people} if step == "person" else {}
            move(clinic, mine, start=MONDAY + hour * HOUR, **change)
        elif step in ("lost", "down"):
            setattr(consults, step, 1)
        else:
            with contextlib.suppress(Unavailable):  # the queue keeps what fails
                reconcile(clinic, consults, mine)
    consults.down = consults.lost = 0
    state = reconcile(clinic, consults, mine)
    final = view(clinic, mine)
    if final.status.startswith("cancelled"):
        assert (state, alive(consults)) == (LinkStatus.WITHDRAWN, [])
        return
    [remote] = alive(consults)
    assert state is final.link_status is LinkStatus.LINKED
    assert (remote.id, remote.start, remote.people) == (
        final.consult,
        final.start,
        tuple(p.id for p in final.practitioners),
    )
    item = repository.load(clinic.world.services, call(desk()), mine, READ).link
    assert item is not None
    links = teleconsultation_link.stored_links(clinic.world.services, TENANT, item)
    assert links is not None
    assert links.links[0].url.endswith(f"patient-{remote.links}")


def test_a_crash_anywhere_leaves_one_teleconsultation_after_the_retry() -> None:
    services: dict[int, FakeConsults] = {}
    booked: dict[int, str] = {}

    def make() -> Clinic:
        clinic = Clinic()
        services[id(clinic)] = FakeConsults()
        booked[id(clinic)] = clinic.book(category="telemedicine").id
        return clinic

    def act(clinic: Clinic) -> None:
        reconcile(clinic, services[id(clinic)], booked[id(clinic)])

    def check(clinic: Clinic) -> None:
        [remote] = services[id(clinic)].consults.values()
        assert view(clinic, booked[id(clinic)]).consult == remote.id

    assert crash_everywhere(make, lambda c: c.world.store, act, check) >= 4


def test_events_in_any_order_lead_to_the_present_state(
    clinic: Clinic, consults: FakeConsults
) -> None:
    booked = clinic.book(category="telemedicine")
    move(clinic, booked.id)
    clinic.book(patient=patient(2))
    known = handlers.handlers(clinic.world.services, lambda: consults, lambda: clinic.patients)
    for event in [*reversed(clinic.world.events()), *clinic.world.events()]:
        if event.type in known:
            known[event.type](event)
    [remote] = alive(consults)
    assert remote.start == MONDAY + HOUR


def test_a_registered_patient_is_remembered_from_the_event(clinic: Clinic) -> None:
    event = Event(
        id=PATIENT,
        type="patients.patient_registered",
        tenant=TENANT,
        subject=PATIENT,
        sequence=1,
        at=START,
        data={"patient_id": PATIENT, "merged_into": None},
    )
    known = handlers.handlers(clinic.world.services, FakeConsults, lambda: clinic.patients)
    known[event.type](event)
    known[event.type](event)
    asked = clinic.patients.asked
    clinic.book()
    assert clinic.patients.asked == asked


def test_links_are_given_to_those_who_hand_them_out(clinic: Clinic, consults: FakeConsults) -> None:
    services = clinic.world.services
    account = PractitionerBody(name="Médica Demostración", sites=(clinic.site,), user_id=ACCOUNT)
    directory.change_practitioner(services, call(desk()), clinic.ana, account, 1)
    booked = clinic.book(category="telemedicine")
    with pytest.raises(Conflict):
        reading.read_links(services, call(desk()), booked.id)
    reconcile(clinic, consults, booked.id)
    links = reading.read_links(services, call(user(Role.FRONT_DESK)), booked.id)
    assert [one.participant for one in links.links] == ["patient"]
    assert clinic.world.audited()[-1] == ("appointments.read_links", PATIENT, "done")
    doctor = user(Role.PHYSICIAN, subject=ACCOUNT)
    links = reading.read_links(services, call(doctor), booked.id)
    assert [one.participant for one in links.links] == ["patient", clinic.ana]
    with pytest.raises(Forbidden):
        reading.read_links(services, call(user(Role.AUDITOR)), booked.id)


def test_links_are_stored_sealed(clinic: Clinic, consults: FakeConsults) -> None:
    booked = clinic.book(category="telemedicine")
    reconcile(clinic, consults, booked.id)
    stored = repr([change.new for change in clinic.world.store.changes])
    for secret in ("clinic.example", "Paciente", "Médica"):
        assert secret not in stored
