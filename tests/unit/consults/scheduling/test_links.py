"""Links: when they work, on which device, and what ends them."""

import pytest

from schemas.consult_sessions import Exchange
from schemas.consults import Reissue
from telesalud.consults.errors import (
    ConsultEnded,
    LinkRevoked,
    LinkUsed,
    NotOpenYet,
    SessionRevoked,
)
from telesalud.consults.scheduling import links
from telesalud.consults.visit import presence
from telesalud.platform.errors import NotFound
from tests.worlds.consults.stage import DEVICE, ORIGIN, PARTNER, Stage, opened
from tests.worlds.world import call


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
