"""The second hand of the session limit: what its workflow left undone is done within a minute."""

import pytest

from schemas.consult_content import Finish, NoteDraft
from schemas.consult_sessions import Announce, Extend
from schemas.consults import Cancel, ConsultStatus, EndCause, Reschedule
from telesalud.consults.content import exporting, finishing
from telesalud.consults.repository import DIGITS, consult_key, due_partition
from telesalud.consults.scheduling import consults
from telesalud.consults.visit import limit, presence
from telesalud.platform.errors import Unavailable
from telesalud.platform.store import Delete, Put, every
from tests.support.crashes import crash_everywhere
from tests.worlds.consults.contents import save
from tests.worlds.consults.stage import (
    ORIGIN,
    PARTNER,
    Stage,
    new_consult,
    opened,
    running,
    store_of,
)
from tests.worlds.world import TENANT, call


def test_a_consult_whose_workflow_died_ends_at_its_limit_with_note_and_export() -> None:
    stage = running()
    save(stage, "uno", 0)
    stage.world.clock.advance(minutes=41)
    assert limit.sweep(stage.services) == 1
    view = consults.get(stage.services, call(PARTNER), stage.id)
    assert (view.status, view.end_cause) == (ConsultStatus.FINISHED, EndCause.LIMIT)
    assert stage.event_types().count("finished") == 1
    assert exporting.export(stage.services, stage.blobs, call(PARTNER), stage.id).note.text == "uno"
    late = Finish(note=NoteDraft(text="dos", base_version=1))
    assert finishing.finish(stage.services, stage.doctor, stage.id, late).note_version == 2
    assert limit.sweep(stage.services) == 0


def test_it_opens_and_warns_when_nobody_else_does() -> None:
    stage = Stage()
    stage.create()
    stage.world.clock.advance(minutes=21)
    limit.sweep(stage.services)
    for seat in ("patient", "practitioner-1"):
        stage.enter(seat)
    presence.announce(stage.services, stage.patient, stage.id, Announce())
    presence.admit(stage.services, stage.doctor, stage.id)
    stage.world.clock.advance(minutes=35)
    limit.sweep(stage.services)
    limit.sweep(stage.services)
    told = stage.event_types()
    assert (told.count("opened"), told.count("limit_warned")) == (1, 1)


def test_it_leaves_a_workflow_that_is_on_time_alone() -> None:
    stage = running()
    assert limit.sweep(stage.services) == 1, "nobody had opened it"
    stage.world.clock.advance(minutes=30, seconds=10)
    assert limit.sweep(stage.services) == 0


@pytest.mark.parametrize("came", [(), ("practitioner-1",), ("patient",)])
def test_what_never_began_is_over_as_well(came: tuple[str, ...]) -> None:
    stage = opened()
    for seat in came:
        presence.beat(stage.services, stage.calls[seat], stage.id, "poll")
    stage.world.clock.advance(minutes=41)
    limit.sweep(stage.services)
    no_show = came == ("practitioner-1",)
    assert stage.status is (ConsultStatus.NO_SHOW if no_show else ConsultStatus.EXPIRED)


def test_it_follows_extensions_moves_and_ends() -> None:
    stage = running()
    limit.sweep(stage.services)
    closes = consults.get(stage.services, call(PARTNER), stage.id).closes_at
    limit.extend(stage.services, stage.doctor, stage.id, Extend(until=closes.replace(minute=20)))
    assert waiting(stage) == ["2026-11-21T13:15:00.000Z"]
    stage.world.clock.advance(minutes=45)
    limit.sweep(stage.services)
    assert "finished" not in stage.event_types()
    stage.world.clock.advance(minutes=20)
    limit.sweep(stage.services)
    assert stage.status is ConsultStatus.FINISHED
    assert waiting(stage) == []

    other = opened()
    later = consults.get(other.services, call(PARTNER), other.id).start.replace(hour=20)
    consults.reschedule(other.services, call(PARTNER), ORIGIN, other.id, Reschedule(start=later))
    assert waiting(other) == ["2026-11-21T20:20:00.000Z"]
    consults.cancel(other.services, call(PARTNER), other.id, Cancel())
    assert waiting(other) == []


def test_one_consult_in_trouble_does_not_keep_the_others_waiting() -> None:
    stage = running()
    broken = Stage(world=stage.world)
    broken.created = consults.schedule(stage.services, call(PARTNER), ORIGIN, new_consult())
    key = consult_key(TENANT, broken.id)
    item = stage.world.store.get(key)
    assert item is not None
    stage.world.store.transact([Put(key, {**item.attributes, "state": "{"})])
    stage.world.clock.advance(minutes=60)
    with pytest.raises(Unavailable):
        limit.sweep(stage.services)
    assert stage.status is ConsultStatus.FINISHED


def test_what_belongs_to_no_consult_is_forgotten() -> None:
    stage = Stage()
    stage.create()
    stage.world.store.transact([Delete(consult_key(TENANT, stage.id))])
    stage.world.clock.advance(minutes=60)
    assert limit.sweep(stage.services) == 1
    assert waiting(stage) == []


def test_a_crash_anywhere_leaves_nothing_undone() -> None:
    def late() -> Stage:
        stage = running()
        stage.world.clock.advance(minutes=41)
        return stage

    def once_more(stage: Stage) -> None:
        limit.sweep(stage.services)
        assert stage.status is ConsultStatus.FINISHED
        assert stage.event_types().count("finished") == 1

    crash_everywhere(late, store_of, lambda stage: limit.sweep(stage.services), once_more)


def waiting(stage: Stage) -> list[str]:
    """When something is due."""
    items = (each for d in DIGITS for each in every(stage.world.store, due_partition(d)))
    return [item.key.sk.partition("#")[0] for item in items]
