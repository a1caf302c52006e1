"""Taking what a channel sends: once, whole, and never lost."""

import contextlib
import json
from typing import Any

import pytest

from schemas.triage import TriageQuery, TriageState
from telesalud.interop.triage import inbox
from telesalud.interop.triage.intake import Repeated
from telesalud.platform.errors import Forbidden, Invalid, Malformed, Unauthenticated
from tests.support.memory_store import Crash
from tests.worlds.interop.citizens import BOT, NURSE, Desk, message
from tests.worlds.world import call, partner


def test_a_message_becomes_a_request_that_staff_can_read_whole() -> None:
    desk = Desk.open()
    receipt = desk.send(message(transcript="Hola"))
    assert (receipt.state, receipt.mapped, receipt.repeated) == (TriageState.RECEIVED, True, False)
    request = desk.read(receipt.id)
    assert request.message is not None
    assert request.message.complaint == "Me duele la cabeza desde ayer"
    assert request.message.model.confidence == 0.82
    assert request.message.transcript is None
    assert inbox.transcript(desk.services, call(NURSE), receipt.id).text == "Hola"
    assert ("interop.triage_read", receipt.id, "done") in desk.world.audited()


def test_a_signed_message_needs_no_token_and_a_forged_one_is_refused() -> None:
    desk = Desk.open()
    assert desk.send_signed(message()).mapped
    with pytest.raises(Unauthenticated):
        desk.send_signed(message("evento-0002"), secret="whsec_other")


def test_the_same_message_is_taken_once_and_another_under_its_name_is_refused() -> None:
    desk = Desk.open()
    first = desk.send(message())
    again = desk.send(message())
    assert (again.id, again.repeated) == (first.id, True)
    with pytest.raises(Repeated):
        desk.send(message(complaint="Otra cosa"))
    page = inbox.page(desk.services, call(NURSE), TriageQuery())
    assert [line.id for line in page.items] == [first.id]


@pytest.mark.parametrize(
    "change",
    [
        {"red_flags": [{"code": "chest-pain", "text": "Dolor en el pecho"}]},
        {"urgency": "emergency"},
        {"red_flags": "chest pain"},  # not as the contract says
        {"red_flags": [{"code": "chest-pain"}], "answers": 7},
        {"urgency": "sehr dringend"},  # unknown: it may be anything
        {"schema_version": "9", "urgency": "emergency"},
        {"consent": None, "red_flags": ["x"]},
    ],
)
def test_signs_of_danger_alert_people_even_when_the_rest_cannot_be_read(
    change: dict[str, Any],
) -> None:
    desk = Desk.open()
    receipt = desk.send(message(**change))
    assert desk.read(receipt.id).flagged
    assert "interop.triage_flagged" in desk.types()


def test_what_cannot_be_read_is_shown_as_it_came_and_its_correction_takes_its_place() -> None:
    desk = Desk.open()
    broken = desk.send(message(answers=[{"code": "days"}]))
    assert not broken.mapped
    assert {fault.pointer for fault in broken.faults} == {"/answers/0/question", "/answers/0/value"}
    shown = desk.read(broken.id)
    assert shown.raw is not None
    assert json.loads(shown.raw)["complaint"] == "Me duele la cabeza desde ayer"
    mended = desk.send(message())
    assert (mended.id, mended.mapped, mended.faults) == (broken.id, True, ())
    assert desk.read(broken.id).raw is None


def test_what_could_not_be_read_and_is_calm_raises_no_alarm() -> None:
    desk = Desk.open()
    desk.send(message(answers=[{"code": "days"}]))
    assert "interop.triage_flagged" not in desk.types()


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b"", Malformed),
        (b"\xff\xfe", Malformed),
        (b"[]", Malformed),
        (b'{"event_id": "evento-0001"', Malformed),
        (b"[" * 100_000, Malformed),
        (b"{}", Invalid),
        (b'{"event_id": 7}', Invalid),
        (b'{"event_id": "short"}', Invalid),
    ],
)
def test_what_names_no_message_is_refused_and_leaves_nothing(
    body: bytes, refusal: type[Exception]
) -> None:
    desk = Desk.open()
    with pytest.raises(refusal):
        desk.send(body)
    assert desk.types() == []


def test_only_the_client_of_an_active_channel_may_send() -> None:
    desk = Desk.open()
    with pytest.raises(Forbidden):
        desk.send(message(), caller=partner("interop.triage", subject="another"))
    with pytest.raises(Forbidden):
        desk.send(message(), caller=partner("interop.write", subject=BOT.subject))
    with pytest.raises(Forbidden):
        desk.send(message(), caller=partner("interop.triage", subject=BOT.subject, tenant="other"))


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_a_crash_anywhere_leaves_one_request_once_the_channel_tries_again(
    step: int, *, after: bool
) -> None:
    desk = Desk.open()
    setattr(desk.world.store.faults, "after" if after else "before", step)
    with contextlib.suppress(Crash):
        desk.send(message())
    desk.world.store.faults.before = desk.world.store.faults.after = 0
    receipt = desk.send(message())
    page = inbox.page(desk.services, call(NURSE), TriageQuery())
    assert [line.id for line in page.items] == [receipt.id]
    assert desk.types().count("interop.triage_received") == 1


@pytest.mark.parametrize(
    ("change", "complaint", "name"),
    [
        ({"answers": 7}, "Me duele la cabeza desde ayer", "Paciente Demostración Uno"),
        ({"complaint": ["x"], "person": "x"}, "", None),
        ({"answers": 7, "person": {"name": 7}}, "Me duele la cabeza desde ayer", None),
        ({"answers": 7, "transcript": "x" * 70_000}, "", None),
    ],
)
def test_the_inbox_shows_of_a_broken_message_what_is_there(
    change: dict[str, Any], complaint: str, name: str | None
) -> None:
    desk = Desk.open()
    desk.send(message(**change))
    (line,) = inbox.page(desk.services, call(NURSE), TriageQuery()).items
    assert (line.complaint, line.name) == (complaint, name)
