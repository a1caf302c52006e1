"""The change feed and the signalling of the live channel."""

import pytest

from schemas.consult_sessions import AfterQuery, Exchange, NewSignal
from schemas.consults import Reissue, Reschedule
from telesalud.consults.content import chat
from telesalud.consults.scheduling import consults, links
from telesalud.consults.visit import channel, websocket
from telesalud.platform.memory.messages import MemoryPusher
from telesalud.platform.store import Item
from telesalud.platform.work import Call
from tests.worlds.consults.contents import MESSAGE, save
from tests.worlds.consults.stage import ORIGIN, PARTNER, NoPusher, Stage, opened, running
from tests.worlds.world import call


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


def test_a_revoked_patient_hears_nothing_more() -> None:
    stage, pusher = running(), MemoryPusher()
    connect(stage, pusher, stage.patient, "old")
    asked = Reissue(participants=("patient",))
    answer = links.reissue(stage.services, call(PARTNER), ORIGIN, stage.id, asked)
    channel.signal(
        stage.services, pusher, stage.doctor, stage.id, NewSignal(to="patient", payload="offer")
    )
    assert "old" not in pusher.open, "it was told, or is still open"
    new = Exchange(secret=str(answer.patient_link).partition("#")[2], device="n" * 22)
    session = links.exchange(stage.services, stage.tokens, "r", new)
    connect(stage, pusher, Call(stage.tokens.caller(session.token)), "new")
    channel.signal(
        stage.services, pusher, stage.doctor, stage.id, NewSignal(to="patient", payload="offer")
    )
    assert len(pusher.open["new"]) == 1


@pytest.mark.parametrize("revoke", ["replaced", "moved"])
def test_a_revoked_session_is_not_told_of_changes_either(revoke: str) -> None:
    stage, pusher = opened(), MemoryPusher()
    connect(stage, pusher, stage.patient, "old")
    connect(stage, pusher, stage.doctor, "doctor")
    if revoke == "replaced":
        asked = Reissue(participants=("patient",))
        links.reissue(stage.services, call(PARTNER), ORIGIN, stage.id, asked)
    else:
        later = consults.get(stage.services, call(PARTNER), stage.id).start.replace(hour=20)
        consults.reschedule(
            stage.services, call(PARTNER), ORIGIN, stage.id, Reschedule(start=later)
        )
    channel.push_changes(stage.services, pusher, last_change(stage))
    assert "old" not in pusher.open
    assert ("doctor" in pusher.open) is (revoke == "replaced")


def connect(stage: Stage, pusher: MemoryPusher, by: Call, connection: str) -> None:
    """Open the live channel."""
    ticket = channel.open_ticket(stage.services, by, "wss://x/ws", stage.id)
    secret = ticket.url.partition("=")[2]
    opening = websocket.SocketEvent(connection, "r", ticket=secret)
    assert websocket.connect(stage.services, opening) == 200
    pusher.open[connection] = []


def last_change(stage: Stage) -> Item:
    """The newest entry of the change feed."""
    found = [c.new for c in stage.world.store.changes if c.new and c.key.sk.startswith("CHANGE#")]
    return found[-1]
