"""Links: when they work, on which device, and what ends them."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from schemas.consult_sessions import Exchange, Invitation, Look
from schemas.consults import (
    Clinic,
    ConsultQuery,
    ConsultSettings,
    ConsultStatus,
    PractitionerRef,
    Reissue,
    Reschedule,
)
from telesalud.consults import tenant_settings
from telesalud.consults.errors import (
    ConsultEnded,
    LinkRevoked,
    LinkUsed,
    NotOpenYet,
    SeatTaken,
    SessionRevoked,
)
from telesalud.consults.scheduling import consults, links
from telesalud.consults.visit import limit, presence, sessions
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Forbidden, NotFound
from tests.worlds.consults.stage import (
    DEVICE,
    ORIGIN,
    PARTNER,
    Stage,
    new_consult,
    opened,
    running,
)
from tests.worlds.world import START, call, partner, user


def test_early_arrival_is_told_when_and_keeps_the_link() -> None:
    stage = Stage()
    stage.create()
    with pytest.raises(NotOpenYet) as early:
        stage.enter("patient")
    assert early.value.extra["opens_at"] == "2026-11-21T12:20:00.000Z"
    stage.world.clock.advance(minutes=20)
    assert stage.enter("patient")


def test_late_arrival_is_told_that_it_closed() -> None:
    stage = Stage()
    stage.create()
    stage.world.clock.advance(minutes=60)
    with pytest.raises(ConsultEnded) as late:
        stage.enter("patient")
    assert late.value.extra["closed_at"] == "2026-11-21T13:00:00.000Z"


def test_a_link_works_again_on_its_device_and_nowhere_else() -> None:
    stage = opened()
    stage.enter("patient")
    with pytest.raises(LinkUsed):
        links.exchange(
            stage.services,
            stage.tokens,
            "r",
            Exchange(secret=stage.secret("patient"), device="x" * 22),
        )


def test_an_unknown_secret_is_not_found() -> None:
    with pytest.raises(NotFound):
        links.exchange(
            Stage().services, Stage().tokens, "r", Exchange(secret="s" * 43, device="x" * 22)
        )


def test_two_devices_racing_for_a_link_have_one_winner() -> None:
    stage = Stage()
    stage.create()
    stage.world.clock.advance(minutes=25)
    rival = Exchange(secret=stage.secret("patient"), device="x" * 22)

    def rival_first(_: object) -> None:
        stage.world.store.before_transact = None
        links.exchange(stage.services, stage.tokens, "r", rival)

    stage.world.store.before_transact = rival_first
    with pytest.raises(LinkUsed):
        stage.enter("patient")


def test_reissued_links_end_the_old_link_and_session_of_that_side_only() -> None:
    stage = opened()
    old = stage.secret("patient")
    answer = links.reissue(
        stage.services, call(PARTNER), ORIGIN, stage.id, Reissue(participants=("patient",))
    )
    assert answer.patient_link
    assert answer.practitioner_links == ()
    with pytest.raises(LinkRevoked):
        links.exchange(
            stage.services, stage.tokens, "r", Exchange(secret=old, device=DEVICE["patient"])
        )
    with pytest.raises(SessionRevoked):
        presence.beat(stage.services, stage.patient, stage.id, "poll")
    assert presence.beat(stage.services, stage.doctor, stage.id, "poll")
    new = answer.patient_link.partition("#")[2]
    assert (
        links.exchange(
            stage.services, stage.tokens, "r", Exchange(secret=new, device="n" * 22)
        ).participant
        == "patient"
    )


OTHERS = [
    user(Role.FRONT_DESK, subject="user-desk"),
    user(Role.PHYSICIAN, subject="user-colleague"),
    user(Role.ADMINISTRATOR, subject="user-administrator"),
    partner("consults.write", "consults.read", subject="partner-other"),
]
BOTH = Reissue(participants=("patient", "practitioner-1"))
DOCTOR = Reissue(participants=("practitioner-1",))


@pytest.mark.parametrize("other", OTHERS, ids=lambda caller: caller.subject)
@pytest.mark.parametrize("asked", [DOCTOR, BOTH], ids=["alone", "with-the-patient"])
@pytest.mark.parametrize("stage", [opened, running], ids=["open", "running"])
def test_nobody_else_gets_a_practitioners_link(
    stage: Callable[[], Stage], asked: Reissue, other: Caller
) -> None:
    there = stage()
    with pytest.raises(Forbidden):
        links.reissue(there.services, call(other), ORIGIN, there.id, asked)
    assert presence.beat(there.services, there.doctor, there.id, "poll"), "they were put out"


@pytest.mark.parametrize("other", OTHERS, ids=lambda caller: caller.subject)
def test_moving_a_consult_tells_others_the_patients_link_only(other: Caller) -> None:
    stage = opened()
    asked = Reschedule(start=START + timedelta(hours=2))
    moved = consults.reschedule(stage.services, call(other), ORIGIN, stage.id, asked)
    assert moved.patient_link
    assert (moved.practitioner_link, moved.practitioner_links) == (None, ())


def test_staff_who_create_a_consult_get_the_patients_link_only() -> None:
    stage = Stage()
    desk = call(user(Role.FRONT_DESK, subject="user-desk"))
    created = consults.schedule(stage.services, desk, ORIGIN, new_consult())
    assert created.patient_link
    assert created.practitioner_links == ()


def test_a_practitioner_may_replace_their_own_link() -> None:
    stage = running()
    myself = call(user(Role.PHYSICIAN, subject="user-1"))
    answer = links.reissue(stage.services, myself, ORIGIN, stage.id, DOCTOR)
    assert [link.practitioner_id for link in answer.practitioner_links] == ["user-1"]


def test_the_partner_fills_an_empty_seat_and_takes_nobodys() -> None:
    stage = running()
    presence.beat(stage.services, stage.doctor, stage.id, "poll")
    with pytest.raises(SeatTaken):
        links.reissue(stage.services, call(PARTNER), ORIGIN, stage.id, DOCTOR)
    stage.world.clock.advance(seconds=40)  # the practitioner's computer broke down
    answer = links.reissue(stage.services, call(PARTNER), ORIGIN, stage.id, DOCTOR)
    assert len(answer.practitioner_links) == 1


def test_a_partners_name_for_a_practitioner_is_nowhere_in_clear() -> None:
    who = "juana.perez@hospital.example"
    stage = opened(practitioners=(PractitionerRef(id=who, display_name="Profesional"),))
    stored = [(change.key, change.new) for change in stage.world.store.changes]
    assert who not in repr(stored)
    assert stage.world.audited()
    query = ConsultQuery(start_from=START, start_until=START + timedelta(days=1), practitioner=who)
    found = consults.find(stage.services, call(PARTNER), query)
    assert [p.practitioner_id for p in found.items[0].participants] == [None, who]
    assert who not in repr([change.new for change in stage.world.store.changes])


def look(stage: Stage, seat: str, device: str = "s" * 22) -> Invitation:
    """What somebody sees who opens a link and presses nothing."""
    return links.look(stage.services, "r", Look(secret=stage.secret(seat), device=device))


def test_a_scanner_that_opens_a_link_neither_uses_it_up_nor_appears() -> None:
    stage = Stage()
    stage.create()
    stage.world.clock.advance(minutes=25)
    for _ in range(3):
        seen = look(stage, "patient")
    assert (seen.role, seen.window, seen.opens_in) == ("patient", "open", 0)
    assert stage.enter("patient"), "the patient comes afterwards, from a device of their own"
    assert stage.event_types() == ["consult_created"]
    stage.world.clock.advance(minutes=40)
    limit.sweep(stage.services)
    assert stage.status is ConsultStatus.EXPIRED


def test_looking_tells_who_is_met_and_when_it_opens() -> None:
    clinic = Clinic(name="Clínica Demostración", phone="+51 1 555 0100")
    stage = Stage()
    stage.create(clinic=clinic)
    seen = look(stage, "practitioner-1")
    assert (seen.role, seen.window, seen.opens_in) == ("practitioner", "early", 20 * 60)
    assert seen.clinic == clinic
    stage.world.clock.advance(minutes=60)
    assert look(stage, "practitioner-1").window == "over"


def test_a_link_that_was_used_says_so_to_others_before_they_press_anything() -> None:
    stage = opened()
    assert look(stage, "patient", DEVICE["patient"]).window == "open"
    with pytest.raises(LinkUsed):
        look(stage, "patient")
    stage.world.clock.advance(minutes=40)
    with pytest.raises(ConsultEnded):
        look(stage, "patient")
    assert look(stage, "patient", DEVICE["patient"]).window == "over"


def test_a_replaced_link_leads_nowhere() -> None:
    stage = opened()
    asked = Reissue(participants=("patient",))
    links.reissue(stage.services, call(PARTNER), ORIGIN, stage.id, asked)
    with pytest.raises(LinkRevoked):
        look(stage, "patient", DEVICE["patient"])


def test_the_institutions_name_stands_where_a_consult_names_no_clinic() -> None:
    clinic = Clinic(name="Clínica Demostración", phone="+51 1 555 0100")
    stage = Stage()
    tenant_settings.change_settings(
        stage.services, call(user(Role.ADMINISTRATOR)), ConsultSettings(clinic=clinic), 0
    )
    stage.create()
    assert look(stage, "patient").clinic == clinic
    stage.world.clock.advance(minutes=25)
    stage.enter("patient")
    renewed = sessions.renew(stage.services, stage.tokens, stage.patient)
    assert (renewed.clinic, renewed.expires_in) == (clinic, 15 * 60)
