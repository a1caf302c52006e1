"""What the consults service reports moves the appointment, once and in order."""

import json
from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations

import pytest

from schemas.appointments import Appointment, Status
from schemas.connections import ConnectionBody
from schemas.consult_notifications import ConsultNotification
from schemas.consults import ConsultEvent, ConsultStatus, EventType
from telesalud.appointments.booking import repository
from telesalud.appointments.policy import CONNECT, GRANTS, READ
from telesalud.appointments.teleconsultations import notifications, reconciling
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Forbidden, Malformed, Unauthenticated
from telesalud.platform.partners import connections
from telesalud.platform.webhooks.signature import headers_for
from telesalud.platform.work import Call
from tests.support.crashes import crash_everywhere
from tests.worlds.appointments.clinic import MONDAY, NOBODY, PATIENT, Clinic, desk
from tests.worlds.appointments.consults import FakeConsults
from tests.worlds.world import START, TENANT, call, user

SECRET = "whsec_for-tests-only"
VISIT = (
    EventType.OPENED,
    EventType.PATIENT_WAITING,
    EventType.PRACTITIONER_JOINED,
    EventType.STARTED,
    EventType.FINISHED,
)


class Linked(Clinic):
    """A clinic with one linked telemedicine appointment."""

    def __post_init__(self) -> None:
        super().__post_init__()
        services = self.world.services
        connections.put_connection(
            services,
            call(desk()),
            ConnectionBody(client_id="client", client_secret="secret", notification_secret=SECRET),
            0,
            right=CONNECT,
            grants=GRANTS,
        )
        self.mine = self.book(category="telemedicine").id
        by = Call(Caller.system(TENANT, "appointments"), "event-1")
        reconciling.reconcile(services, by, self.mine, FakeConsults())
        self.consult = self.view().consult or ""

    def view(self) -> Appointment:
        return repository.load(self.world.services, call(desk()), self.mine, READ).view

    def notice(self, type_: EventType, sequence: int, **changes: object) -> ConsultNotification:
        data = ConsultEvent.model_validate(
            {
                "consult_id": self.consult,
                "status": ConsultStatus.SCHEDULED,
                "external_reference": self.mine,
                "start": MONDAY,
                "opens_at": MONDAY,
                "closes_at": MONDAY + timedelta(minutes=40),
                "schedule": 1,
                **changes,
            }
        )
        return ConsultNotification(
            id=f"01900000-0000-7000-e000-{sequence:012x}",
            tenant=TENANT,
            subject=data.consult_id,
            type=type_,
            sequence=sequence,
            at=START,
            data=data,
        )

    def hear(self, type_: EventType, sequence: int, **changes: object) -> str:
        body = self.notice(type_, sequence, **changes).model_dump_json().encode()
        headers = headers_for(f"n{sequence}", [SECRET], body, self.world.clock())
        return notifications.receive(self.world.services, headers, body).outcome

    def finished(self) -> list[int]:
        """Sequences of the announcements that the record hears of."""
        return self.announced("appointments.teleconsultation_finished")

    def announced(self, type_: str) -> list[int]:
        """Sequences of the announcements of a type."""
        return [event.sequence for event in self.world.events() if event.type == type_]


@pytest.fixture
def clinic() -> Linked:
    return Linked()


def test_a_visit_moves_the_appointment_to_its_end(clinic: Linked) -> None:
    seen = []
    for sequence, type_ in enumerate(VISIT, start=1):
        clinic.hear(type_, sequence)
        seen.append(clinic.view().status)
    assert seen == [
        Status.BOOKED,
        Status.ARRIVED,
        Status.ARRIVED,
        Status.IN_CALL,
        Status.CHECKED_OUT,
    ]
    [event] = [e for e in clinic.world.events() if e.type.endswith("consultation_finished")]
    assert event.data == {
        "appointment_id": clinic.mine,
        "consult_id": clinic.consult,
        "patient_id": PATIENT,
        "practitioner_id": clinic.ana,
    }


@pytest.mark.parametrize("order", list(permutations(range(1, 6)))[::7])
def test_in_any_order_it_ends_checked_out_and_is_announced_once(order: Sequence[int]) -> None:
    clinic = Linked()
    for _ in range(2):
        for sequence in order:
            clinic.hear(VISIT[sequence - 1], sequence)
    assert clinic.view().status is Status.CHECKED_OUT
    assert clinic.finished() == [5]


def test_a_repetition_changes_nothing(clinic: Linked) -> None:
    assert clinic.hear(EventType.PATIENT_WAITING, 2) == "applied"
    before = len(clinic.world.store.changes)
    assert clinic.hear(EventType.PATIENT_WAITING, 2) == "repeated"
    assert len(clinic.world.store.changes) == before


def test_late_notes_are_announced_again(clinic: Linked) -> None:
    clinic.hear(EventType.FINISHED, 5)
    clinic.hear(EventType.NOTES_AMENDED, 6)
    clinic.hear(EventType.NOTES_AMENDED, 6)
    assert clinic.finished() == [5, 6]


def test_nobody_came_is_a_no_show(clinic: Linked) -> None:
    clinic.hear(EventType.NO_SHOW, 3)
    assert clinic.view().status is Status.NO_SHOW
    assert clinic.finished() == []


@pytest.mark.parametrize(
    "change",
    [{"external_reference": NOBODY}, {"external_reference": None}, {"consult_id": NOBODY}],
)
def test_what_concerns_no_appointment_of_ours_is_ignored(
    clinic: Linked, change: dict[str, object]
) -> None:
    assert clinic.hear(EventType.FINISHED, 5, **change) == "ignored"
    assert clinic.finished() == []


def test_an_appointment_of_another_institution_is_not_touched(clinic: Linked) -> None:
    services = clinic.world.services
    theirs = ConnectionBody(client_id="two", client_secret="two", notification_secret="whsec_two")
    connections.put_connection(
        services, call(desk("clinic-two")), theirs, 0, right=CONNECT, grants=GRANTS
    )
    notice = clinic.notice(EventType.FINISHED, 5).model_copy(update={"tenant": "clinic-two"})
    body = notice.model_dump_json().encode()
    headers = headers_for("n5", ["whsec_two"], body, START)
    assert notifications.receive(services, headers, body).outcome == "ignored"
    assert clinic.view().status is Status.BOOKED


def test_only_a_signature_by_our_own_target_is_believed(clinic: Linked) -> None:
    services = clinic.world.services
    body = clinic.notice(EventType.FINISHED, 5).model_dump_json().encode()
    good = headers_for("n1", [SECRET], body, START)
    forged = headers_for("n1", ["whsec_other"], body, START)
    old = headers_for("n1", [SECRET], body, START - timedelta(minutes=6))
    for headers, sent in ((forged, body), (old, body), ({}, body), (good, body + b" ")):
        with pytest.raises(Unauthenticated):
            notifications.receive(services, headers, sent)
    foreign = clinic.notice(EventType.FINISHED, 5).model_copy(update={"tenant": "clinic-two"})
    body = foreign.model_dump_json().encode()
    with pytest.raises(Unauthenticated):
        notifications.receive(services, headers_for("n1", [SECRET], body, START), body)
    assert clinic.finished() == []


def test_a_signed_body_that_is_no_notification_is_refused(clinic: Linked) -> None:
    headers = headers_for("n1", [SECRET], b"{}", START)
    with pytest.raises(Malformed):
        notifications.receive(clinic.world.services, headers, b"{}")


def test_a_notification_of_a_later_release_may_say_more(clinic: Linked) -> None:
    notice = json.loads(clinic.notice(EventType.FINISHED, 5).model_dump_json())
    more = {**notice, "of_a_later_release": 1, "data": {**notice["data"], "likewise": 2}}
    body = json.dumps(more).encode()
    headers = headers_for("n5", [SECRET], body, START)
    assert notifications.receive(clinic.world.services, headers, body).outcome == "applied"


def test_the_connection_never_shows_its_secrets(clinic: Linked) -> None:
    shown = connections.read_connection(clinic.world.services, call(desk()), CONNECT, GRANTS)
    assert (shown.client_id, shown.version) == ("client", 1)
    assert "secret" not in shown.model_dump_json().replace("client_secret", "")
    with pytest.raises(Forbidden):
        connections.read_connection(
            clinic.world.services, call(user(Role.FRONT_DESK)), CONNECT, GRANTS
        )
    assert SECRET not in repr([change.new for change in clinic.world.store.changes])


def test_a_crash_anywhere_announces_the_end_once() -> None:
    def act(clinic: Linked) -> None:
        clinic.hear(EventType.FINISHED, 5)

    def check(clinic: Linked) -> None:
        assert clinic.finished() == [5]

    assert crash_everywhere(Linked, lambda c: c.world.store, act, check) >= 2


def test_what_was_decided_is_announced_to_the_record_once_and_moves_no_appointment(
    clinic: Linked,
) -> None:
    before = clinic.view().status
    assert clinic.hear(EventType.CONSENT_RECORDED, 4) == "applied"
    assert clinic.hear(EventType.CONSENT_RECORDED, 4) == "repeated"
    assert clinic.hear(EventType.CONSENT_RECORDED, 2) == "repeated", "the later one read it"
    assert clinic.hear(EventType.CONSENT_RECORDED, 6) == "applied"
    assert clinic.announced("appointments.teleconsultation_consented") == [4, 6]
    assert clinic.view().status == before


def test_a_decision_is_announced_although_the_visit_was_heard_of_before(clinic: Linked) -> None:
    clinic.hear(EventType.FINISHED, 9)
    assert clinic.hear(EventType.CONSENT_RECORDED, 3) == "applied"
    assert clinic.finished() == [9]
