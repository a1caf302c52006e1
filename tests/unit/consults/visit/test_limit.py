"""The session limit: what is due when, and extensions."""

from datetime import timedelta

import pytest

from schemas.consult_sessions import Announce, Extend
from schemas.consults import ConsultStatus, EndCause
from telesalud.consults.errors import ConsultEnded
from telesalud.consults.scheduling import consults
from telesalud.consults.visit import limit, presence, sessions
from telesalud.platform.errors import Forbidden, Invalid
from tests.worlds.consults.stage import PARTNER, Stage, opened, running
from tests.worlds.world import START, call


def test_the_limit_opens_warns_and_ends() -> None:
    stage = Stage()
    stage.create()
    first = limit.due(stage.services, "hospital-demo", stage.id, 1)
    assert first.next_at == "2026-11-21T12:20:00Z"
    stage.world.clock.advance(minutes=20)
    assert limit.due(stage.services, "hospital-demo", stage.id, 1).next_at == "2026-11-21T12:55:00Z"
    for seat in ("patient", "practitioner-1"):
        stage.enter(seat)
    presence.beat(stage.services, stage.patient, stage.id, "poll")
    presence.announce(stage.services, stage.patient, stage.id, Announce())
    presence.admit(stage.services, stage.doctor, stage.id)
    stage.world.clock.advance(minutes=35)
    assert limit.due(stage.services, "hospital-demo", stage.id, 1).next_at == "2026-11-21T13:00:00Z"
    assert limit.due(stage.services, "hospital-demo", stage.id, 1).next_at == "2026-11-21T13:00:00Z"
    stage.world.clock.advance(minutes=5)
    assert limit.due(stage.services, "hospital-demo", stage.id, 1).done
    assert limit.due(stage.services, "hospital-demo", stage.id, 1).done
    view = consults.get(stage.services, call(PARTNER), stage.id)
    assert (view.status, view.end_cause) == (ConsultStatus.FINISHED, EndCause.LIMIT)
    assert not any(p.present for p in view.participants)
    for once in ("opened", "limit_warned", "finished"):
        assert stage.event_types().count(once) == 1


@pytest.mark.parametrize(
    ("came", "status"),
    [
        ((), ConsultStatus.EXPIRED),
        (("practitioner-1",), ConsultStatus.NO_SHOW),
        (("patient",), ConsultStatus.EXPIRED),
    ],
)
def test_an_unstarted_consult_ends_as_no_show_or_expired(
    came: tuple[str, ...], status: ConsultStatus
) -> None:
    stage = opened()
    for seat in came:
        presence.beat(stage.services, stage.calls[seat], stage.id, "poll")
        if seat == "patient":
            presence.announce(stage.services, stage.patient, stage.id, Announce())
    stage.world.clock.advance(minutes=40)
    assert limit.due(stage.services, "hospital-demo", stage.id, 1).done
    assert stage.status is status


def test_sessions_stop_at_the_limit_even_when_the_workflow_is_late() -> None:
    stage = running()
    stage.world.clock.advance(minutes=40)
    for seat in ("patient", "practitioner-1"):
        with pytest.raises(ConsultEnded):
            presence.beat(stage.services, stage.calls[seat], stage.id, "poll")
    with pytest.raises(ConsultEnded):
        sessions.renew(stage.services, stage.tokens, stage.patient)


def test_an_extension_moves_the_limit_within_policy_once() -> None:
    stage = running()
    closes = START + timedelta(minutes=60)
    asked = Extend(until=closes + timedelta(minutes=30))
    assert limit.extend(stage.services, stage.doctor, stage.id, asked).closes_at == asked.until
    assert limit.extend(stage.services, stage.doctor, stage.id, asked).extendable_minutes == 0
    with pytest.raises(Invalid):
        limit.extend(
            stage.services, stage.doctor, stage.id, Extend(until=closes + timedelta(minutes=31))
        )
    with pytest.raises(Forbidden):
        limit.extend(stage.services, stage.patient, stage.id, asked)
    stage.world.clock.advance(minutes=35)
    assert limit.due(stage.services, "hospital-demo", stage.id, 1).next_at == "2026-11-21T13:25:00Z"


def test_an_extension_may_be_asked_to_the_millisecond_that_browsers_know() -> None:
    stage = running()
    closes = START + timedelta(minutes=60)
    asked = Extend(until=closes + timedelta(minutes=10, microseconds=-400))
    assert limit.extend(
        stage.services, stage.doctor, stage.id, asked
    ).closes_at == closes + timedelta(minutes=10)
    with pytest.raises(Invalid):
        limit.extend(
            stage.services,
            stage.doctor,
            stage.id,
            Extend(until=closes + timedelta(minutes=10, milliseconds=1)),
        )
