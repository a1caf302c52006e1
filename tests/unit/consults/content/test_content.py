"""What is written and sent stops with the end and at the limit."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from schemas.consult_content import Finish
from schemas.consult_sessions import AfterQuery
from telesalud.consults.content import chat, files, finishing
from telesalud.consults.errors import ConsultEnded
from telesalud.consults.visit import channel
from telesalud.platform.memory.files import MemoryBlobs
from tests.worlds.consults.contents import MESSAGE, PDF, described, save
from tests.worlds.consults.stage import Stage, running

ACTS: dict[str, Callable[[Stage], object]] = {
    "chat": lambda s: chat.send(s.services, s.patient, s.id, MESSAGE),
    "note": lambda s: save(s, "tarde", 0),
    "upload": lambda s: files.start(
        s.services, MemoryBlobs(s.world.clock), s.patient, s.id, described("a.pdf", PDF)
    ),
    "poll": lambda s: channel.changes(s.services, s.patient, s.id, AfterQuery()),
    "channel": lambda s: channel.open_ticket(s.services, s.patient, "wss://x/ws", s.id),
}


@pytest.mark.parametrize("act", ACTS)
def test_after_the_end_nothing_is_taken(act: str) -> None:
    stage = running()
    finishing.finish(stage.services, stage.doctor, stage.id, Finish())
    with pytest.raises(ConsultEnded):
        ACTS[act](stage)


@pytest.mark.parametrize("act", ACTS)
def test_outside_the_window_nothing_is_taken(act: str) -> None:
    stage = running()
    stage.world.clock.now += timedelta(minutes=36)
    with pytest.raises(ConsultEnded):
        ACTS[act](stage)
