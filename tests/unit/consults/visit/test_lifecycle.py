"""Transitions across the rooms: those that are refused, and crashes in the middle of one."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from schemas.consult_content import Finish, NoteDraft
from schemas.consult_sessions import Announce
from schemas.consults import Cancel, Reschedule
from telesalud.consults.content import finishing
from telesalud.consults.scheduling import consults
from telesalud.consults.visit import limit, presence
from telesalud.platform.errors import Forbidden, InvalidTransition
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.consults.stage import ORIGIN, PARTNER, Stage, opened, running, store_of
from tests.worlds.world import START, call


@pytest.mark.parametrize("act", ["reschedule", "cancel", "admit", "announce", "finish"])
def test_a_transition_that_the_state_does_not_allow_names_both_states(act: str) -> None:
    stage = running()
    later = Reschedule(start=START + timedelta(hours=2))
    acts: dict[str, Callable[[], object]] = {
        "reschedule": lambda: consults.reschedule(
            stage.services, call(PARTNER), ORIGIN, stage.id, later
        ),
        "cancel": lambda: consults.cancel(stage.services, call(PARTNER), stage.id, Cancel()),
    }
    if act in acts:
        with pytest.raises(InvalidTransition) as refused:
            acts[act]()
        assert refused.value.extra["current"] == "in_progress"
        return
    stage = opened()
    acts = {
        "admit": lambda: presence.admit(stage.services, stage.doctor, stage.id),
        "finish": lambda: finishing.finish(stage.services, stage.doctor, stage.id, Finish()),
    }
    if act == "announce":
        with pytest.raises(Forbidden):
            presence.announce(stage.services, stage.doctor, stage.id, Announce())
        return
    with pytest.raises(InvalidTransition) as refused:
        acts[act]()
    assert refused.value.extra["current"] == "scheduled"


@pytest.mark.parametrize("act", ["announce", "admit", "finish", "limit", "cancel", "reschedule"])
def test_every_transition_survives_a_crash_at_any_step(act: str) -> None:
    later = Reschedule(start=START + timedelta(hours=1))
    note = Finish(note=NoteDraft(text="nota", base_version=0))

    def do(stage: Stage) -> None:
        keyed = call(PARTNER, key="some-key-1")
        acts: dict[str, Callable[[], object]] = {
            "announce": lambda: presence.announce(
                stage.services, stage.patient, stage.id, Announce()
            ),
            "admit": lambda: presence.admit(stage.services, stage.doctor, stage.id),
            "finish": lambda: finishing.finish(stage.services, stage.doctor, stage.id, note),
            "limit": lambda: limit.due(stage.services, "hospital-demo", stage.id, 1),
            "cancel": lambda: consults.cancel(stage.services, keyed, stage.id, Cancel()),
            "reschedule": lambda: consults.reschedule(
                stage.services, keyed, ORIGIN, stage.id, later
            ),
        }
        try:
            acts[act]()
        except AnsweredBefore:
            return

    def make() -> Stage:
        if act == "admit":
            stage = opened()
            presence.announce(stage.services, stage.patient, stage.id, Announce())
            return stage
        if act == "finish":
            return running()
        if act == "limit":
            stage = running()
            stage.world.clock.advance(minutes=40)
            return stage
        return opened()

    event = {
        "announce": "patient_waiting",
        "admit": "started",
        "finish": "finished",
        "limit": "finished",
        "cancel": "cancelled",
        "reschedule": "rescheduled",
    }[act]

    def check(stage: Stage) -> None:
        assert stage.event_types().count(event) == 1

    assert crash_everywhere(make, store_of, do, check) >= 2
