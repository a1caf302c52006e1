"""The change feed and the signalling of the live channel."""

from schemas.consult_sessions import AfterQuery, NewSignal
from telesalud.consults.content import chat
from telesalud.consults.visit import channel
from tests.worlds.consults.contents import MESSAGE, save
from tests.worlds.consults.stage import NoPusher, opened, running


def test_the_feed_has_no_gap_and_says_what_changed() -> None:
    stage = running()
    chat.send(stage.services, stage.patient, stage.id, MESSAGE)
    save(stage, "uno", 0)
    feed = channel.changes(stage.services, stage.doctor, stage.id, AfterQuery())
    sequences = [c.sequence for c in feed.items]
    assert sequences == list(range(1, feed.consult.sequence + 1))
    rest = channel.changes(
        stage.services, stage.doctor, stage.id, AfterQuery(after=feed.consult.sequence)
    )
    assert rest.items == ()


def test_signals_go_to_the_other_side_and_are_forgotten() -> None:
    stage = opened()
    new = NewSignal(to="patient", payload="offer")
    channel.signal(stage.services, NoPusher(), stage.doctor, stage.id, new)
    polled = channel.changes(stage.services, stage.patient, stage.id, AfterQuery())
    assert [s.payload for s in polled.signals] == ["offer"]
    mine = channel.changes(stage.services, stage.doctor, stage.id, AfterQuery())
    assert mine.signals == ()
    stage.world.clock.advance(seconds=61)
    late = channel.changes(stage.services, stage.patient, stage.id, AfterQuery())
    assert late.signals == ()
