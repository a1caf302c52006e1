"""What follows from a request: its channel is told, people are alerted, appointments and records
end."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from schemas.citizen_channels import CitizenChannelState, CitizenNotice
from schemas.triage import AnswerTriage, TriageQuery, TriageState
from telesalud.interop.triage import acting, alerting, channels, following, inbox, telling
from telesalud.platform.errors import Forbidden, Gone, Unauthenticated
from telesalud.platform.events import Event
from telesalud.platform.memory.messages import MemoryChannel
from telesalud.platform.webhooks.deliveries import Deliveries
from telesalud.platform.webhooks.sender import Attempt
from telesalud.platform.webhooks.signature import verify
from tests.worlds.interop.citizens import (
    ADMIN,
    BOOKING,
    NURSE,
    PATIENT,
    PRACTITIONER,
    SITE,
    Desk,
    message,
)
from tests.worlds.world import TENANT, call


@dataclass
class Wire:
    """A Sender that remembers."""

    status: int = 200
    sent: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def send(self, url: str, headers: Any, body: bytes) -> Attempt:  # one address
        self.sent.append((dict(headers), body))
        return Attempt(self.status)

    def notices(self) -> list[CitizenNotice]:
        """What the channel was told."""
        return [
            CitizenNotice.model_validate_json(json.dumps(json.loads(body)["data"]))
            for _, body in self.sent
        ]


def deliver(desk: Desk, wire: Wire) -> None:
    """What the queue's function does with every event so far."""
    services = desk.services
    deliveries = Deliveries(services, lambda t, c: channels.destination(services, t, c), wire)
    for event in desk.world.events():
        notice = telling.notice_for(services, event)
        if notice is not None:
            deliveries.attempt(deliveries.plan(notice))


def fact(desk: Desk, status: str, sequence: int, **more: Any) -> Event:
    appointment = next(iter(desk.clinic.booked.values()))
    data = {
        "appointment_id": appointment.id,
        "patient_id": PATIENT,
        "practitioner_ids": [PRACTITIONER],
        "site_id": SITE,
        "category": "tele",
        "telemedicine": True,
        "start": appointment.start.isoformat(),
        "minutes": 30,
        "status": status,
        **more,
    }
    return Event(
        id=desk.world.new_id(),
        type="appointments.status_changed",
        tenant=TENANT,
        subject=appointment.id,
        sequence=sequence,
        at=desk.world.clock(),
        data=data,
    )


def booked(desk: Desk) -> str:
    request = desk.matched()
    acting.book(desk.services, call(NURSE), request.id, BOOKING, request.version)
    return request.id


def test_the_channel_is_told_every_change_signed_with_words_in_the_citizens_language() -> None:
    desk, wire = Desk.open(), Wire()
    which = desk.send(message(language="pt")).id
    acting.take(desk.services, call(NURSE), which, 1)
    acting.answer(desk.services, call(NURSE), which, AnswerTriage(text="Beba água."), 2)
    deliver(desk, wire)
    told = wire.notices()
    assert [notice.state for notice in told] == [TriageState.ASSIGNED, TriageState.ANSWERED]
    assert {(n.event_id, n.channel_user) for n in told} == {("evento-0001", "chat:demo-1")}
    assert told[1].words.text == "A equipe de saúde respondeu ao seu pedido.\n\nBeba água."
    for headers, body in wire.sent:
        verify([desk.secret], headers, body, desk.world.clock())


def test_no_event_carries_what_a_citizen_said_or_who_they_are() -> None:
    desk = Desk.open()
    which = desk.send(message()).id
    acting.answer(desk.services, call(NURSE), which, AnswerTriage(text="Beba agua."), 1)
    told = " ".join(event.model_dump_json() for event in desk.world.events())
    for private in ("cabeza", "Demostración", "40000001", "agua", "chat:demo-1"):
        assert private not in told


def test_the_request_follows_its_appointment_and_the_citizen_hears_when() -> None:
    desk, wire = Desk.open(), Wire()
    which = booked(desk)
    moved = fact(desk, "booked", 2, start="2026-11-24T16:00:00Z")
    following.follow_appointment(desk.services, moved)
    following.follow_appointment(desk.services, moved)
    following.follow_appointment(desk.services, fact(desk, "checked_out", 5))
    following.follow_appointment(desk.services, fact(desk, "no_show", 4))  # late, and older
    request = desk.read(which)
    assert [change.state for change in request.changes] == [
        TriageState.RECEIVED,
        TriageState.BOOKED,
        TriageState.BOOKED,
        TriageState.ATTENDED,
    ]
    deliver(desk, wire)
    told = wire.notices()
    assert told[0].words.text == "Tiene una cita el 23/11/2026 a las 10:00."
    assert told[1].words.text == "Tiene una cita el 24/11/2026 a las 11:00."
    assert told[1].appointment is not None
    assert told[1].appointment.zone == "America/Lima"


def test_a_cancelled_appointment_brings_the_request_back_to_people() -> None:
    desk, wire = Desk.open(), Wire()
    which = booked(desk)
    following.follow_appointment(desk.services, fact(desk, "cancelled", 2))
    request = desk.read(which)
    assert (request.state, request.appointment) == (TriageState.ASSIGNED, None)
    deliver(desk, wire)
    assert wire.notices()[-1].words.text == "Su cita fue cancelada. El equipo verá cómo seguir."


def test_people_are_told_of_danger_until_somebody_takes_the_request() -> None:
    desk = Desk.open(alerts=("guardia@hospital.example",))
    which = desk.send(message(urgency="emergency")).id
    event = next(e for e in desk.world.events() if e.type == alerting.FLAGGED)
    mail = MemoryChannel()
    for _ in range(2):
        with pytest.raises(alerting.StillWaiting):
            alerting.tell(desk.services, mail, "https://clinic.example", event)
    assert [sent.to for _, sent in mail.sent] == ["guardia@hospital.example"] * 2
    assert all("cabeza" not in sent.text and which in sent.text for _, sent in mail.sent)
    acting.take(desk.services, call(NURSE), which, 1)
    alerting.tell(desk.services, mail, "https://clinic.example", event)
    assert len(mail.sent) == 2


def test_with_the_record_ends_what_was_matched_to_it() -> None:
    desk = Desk.open()
    request = desk.matched()
    other = desk.send(message("evento-0002")).id
    assert inbox.transcript(desk.services, call(NURSE), request.id).text == "Hola"
    shredded = Event(
        id=desk.world.new_id(),
        type="patients.record_shredded",
        tenant=TENANT,
        subject=PATIENT,
        sequence=9,
        at=desk.world.clock(),
        data={"patient_id": PATIENT, "member_ids": [PATIENT]},
    )
    for _ in range(2):
        following.erase(desk.services, shredded)
    with pytest.raises(Gone):
        desk.read(request.id)
    page = inbox.page(desk.services, call(NURSE), TriageQuery())
    assert [line.id for line in page.items] == [other]


def test_a_stopped_channel_is_neither_heard_nor_told() -> None:
    desk, wire = Desk.open(), Wire()
    which = desk.send(message()).id
    acting.take(desk.services, call(NURSE), which, 1)
    channels.switch(desk.services, call(ADMIN), desk.channel, CitizenChannelState(active=False), 1)
    with pytest.raises(Forbidden):
        desk.send(message("evento-0002"))
    with pytest.raises(Unauthenticated):
        desk.send_signed(message("evento-0002"))
    deliver(desk, wire)
    assert wire.sent == []


def test_a_rotated_secret_holds_beside_the_one_before_for_a_day() -> None:
    desk = Desk.open()
    channels.rotate(desk.services, call(ADMIN), desk.channel)
    assert desk.send_signed(message()).mapped
    desk.world.clock.advance(hours=25)
    with pytest.raises(Unauthenticated):
        desk.send_signed(message("evento-0002"))
