"""Creating, listing, moving and cancelling consults."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.consult_sessions import Announce
from schemas.consults import Cancel, ConsultQuery, ConsultStatus, Reissue, Reschedule
from telesalud.consults.errors import ConsultEnded, LinkRevoked, SessionRevoked, Superseded
from telesalud.consults.scheduling import consults, links
from telesalud.consults.visit import limit, presence
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden, Invalid, NotFound
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.consults.stage import (
    ORIGIN,
    PARTNER,
    Stage,
    new_consult,
    opened,
    running,
    store_of,
)
from tests.worlds.world import START, call, partner, user


def test_a_consult_opens_ten_minutes_before_and_closes_after_plan_and_grace() -> None:
    created = Stage().create()
    assert created.opens_at == START + timedelta(minutes=20)
    assert created.closes_at == START + timedelta(minutes=60)
    assert created.status is ConsultStatus.SCHEDULED


def test_nothing_that_names_a_person_and_no_secret_is_stored_in_clear() -> None:
    stage = opened()
    everything = repr([change.new for change in stage.world.store.changes])
    for private in (
        "Paciente",
        "Profesional",
        "DOC-0001",
        "appointment-1",
        stage.secret("patient"),
    ):
        assert private not in everything


def test_creating_again_with_the_same_key_gives_the_first_links() -> None:
    stage = Stage()
    first = stage.create()
    with pytest.raises(AnsweredBefore) as again:
        stage.create()
    assert again.value.answer.body == first.model_dump_json()
    assert stage.event_types() == ["consult_created"]


@pytest.mark.parametrize(
    "changes",
    [
        {"start": START - timedelta(minutes=30)},
        {"start": START + timedelta(days=351)},
        {"notification_target": "01900000-0000-7000-8000-000000000009"},
    ],
)
def test_a_consult_that_is_over_too_far_or_notifies_nobody_known_is_refused(
    changes: dict[str, Any],
) -> None:
    stage = Stage()
    with pytest.raises(Invalid):
        stage.create(**changes)
    assert stage.world.events() == []


def test_creating_needs_the_right() -> None:
    stage = Stage()
    for caller in (partner("consults.read"), user(Role.NURSE), user(Role.PHARMACIST)):
        with pytest.raises(Forbidden):
            consults.schedule(stage.services, call(caller), ORIGIN, new_consult())


def test_another_tenant_finds_nothing() -> None:
    stage = running()
    stranger = call(partner("consults.read", "consults.write", tenant="other-hospital"))
    with pytest.raises(NotFound):
        consults.get(stage.services, stranger, stage.id)
    with pytest.raises(NotFound):
        consults.cancel(stage.services, stranger, stage.id, Cancel())
    with pytest.raises(NotFound):
        links.reissue(
            stage.services, stranger, ORIGIN, stage.id, Reissue(participants=("patient",))
        )


def test_the_agenda_lists_by_start_for_tenant_and_practitioner() -> None:
    stage = Stage()
    stage.create()
    query = ConsultQuery(start_from=START, start_until=START + timedelta(days=1))
    mine = query.model_copy(update={"practitioner": "user-1"})
    other = query.model_copy(update={"practitioner": "user-2"})
    asked = call(PARTNER)
    assert [c.id for c in consults.find(stage.services, asked, query).items] == [stage.id]
    assert [c.id for c in consults.find(stage.services, asked, mine).items] == [stage.id]
    assert consults.find(stage.services, asked, other).items == ()
    later = Reschedule(start=START + timedelta(days=3))
    consults.reschedule(stage.services, asked, ORIGIN, stage.id, later)
    assert consults.find(stage.services, asked, query).items == ()


def test_rescheduling_revokes_everybody_and_starts_over() -> None:
    stage = opened()
    presence.announce(stage.services, stage.patient, stage.id, Announce())
    moved = consults.reschedule(
        stage.services,
        call(PARTNER),
        ORIGIN,
        stage.id,
        Reschedule(start=START + timedelta(minutes=40)),
    )
    assert moved.status is ConsultStatus.SCHEDULED
    for seat in ("patient", "practitioner-1"):
        with pytest.raises(LinkRevoked):
            stage.enter(seat)
        with pytest.raises(SessionRevoked):
            presence.beat(stage.services, stage.calls[seat], stage.id, "poll")
    assert limit.due(stage.services, "hospital-demo", stage.id, 1).done
    assert not limit.due(stage.services, "hospital-demo", stage.id, 2).done


def test_an_older_change_of_the_caller_is_refused() -> None:
    stage = Stage()
    stage.create(external_sequence=3)
    newer = Reschedule(start=START + timedelta(hours=2), external_sequence=5)
    consults.reschedule(stage.services, call(PARTNER), ORIGIN, stage.id, newer)
    with pytest.raises(Superseded):
        consults.cancel(stage.services, call(PARTNER), stage.id, Cancel(external_sequence=4))
    assert stage.status is ConsultStatus.SCHEDULED


def test_cancelling_twice_has_one_effect_and_ends_the_links() -> None:
    stage = opened()
    first = consults.cancel(stage.services, call(PARTNER), stage.id, Cancel(reason="Feriado"))
    assert consults.cancel(stage.services, call(PARTNER), stage.id, Cancel()) == first
    assert stage.event_types().count("cancelled") == 1
    with pytest.raises(ConsultEnded):
        stage.enter("patient")


def test_creation_survives_a_crash_at_any_step() -> None:
    def create(stage: Stage) -> None:
        try:
            stage.create()
        except AnsweredBefore:
            return

    def check(stage: Stage) -> None:
        assert stage.event_types() == ["consult_created"]

    assert crash_everywhere(Stage, store_of, create, check) >= 4
