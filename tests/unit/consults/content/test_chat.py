"""The chat: every message once, in order, from both sides."""

import threading

import pytest

from schemas.consult_sessions import AfterQuery
from telesalud.consults.content import chat
from telesalud.platform.errors import KeyReused
from tests.support.crashes import crash_everywhere
from tests.worlds.consults.contents import MESSAGE
from tests.worlds.consults.stage import Stage, opened, store_of


def test_a_message_sent_twice_is_one_message() -> None:
    stage = opened()
    first = chat.send(stage.services, stage.patient, stage.id, MESSAGE)
    stage.world.clock.advance(seconds=3)
    assert chat.send(stage.services, stage.patient, stage.id, MESSAGE) == first
    other = MESSAGE.model_copy(update={"text": "Otra cosa"})
    with pytest.raises(KeyReused):
        chat.send(stage.services, stage.patient, stage.id, other)


def test_both_sides_may_use_the_same_client_id() -> None:
    stage = opened()
    chat.send(stage.services, stage.patient, stage.id, MESSAGE)
    chat.send(stage.services, stage.doctor, stage.id, MESSAGE)
    read = chat.read(stage.services, stage.doctor, stage.id, AfterQuery())
    assert [m.participant for m in read.items] == ["patient", "practitioner-1"]


def test_the_chat_is_read_page_by_page_without_a_gap() -> None:
    stage = opened()
    for n in range(7):
        one = MESSAGE.model_copy(update={"client_id": f"01900000-0000-7000-8000-0000000000{n:02}"})
        chat.send(stage.services, stage.patient, stage.id, one)
    seen: list[int] = []
    while True:
        query = AfterQuery(after=seen[-1] if seen else 0, limit=3)
        page = chat.read(stage.services, stage.doctor, stage.id, query)
        seen += [m.sequence for m in page.items]
        if not page.more:
            break
    assert len(seen) == 7
    assert seen == sorted(set(seen))


def test_racing_messages_are_all_kept() -> None:
    stage = opened()

    def say(n: int) -> None:
        one = MESSAGE.model_copy(update={"client_id": f"01900000-0000-7000-8000-0000000000{n:02}"})
        who = stage.patient if n % 2 else stage.doctor
        chat.send(stage.services, who, stage.id, one)

    threads = [threading.Thread(target=say, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    read = chat.read(stage.services, stage.doctor, stage.id, AfterQuery())
    assert len(read.items) == 8


def test_a_message_survives_a_crash_at_any_step() -> None:
    def check(stage: Stage) -> None:
        assert len(chat.read(stage.services, stage.doctor, stage.id, AfterQuery()).items) == 1

    def send(stage: Stage) -> None:
        chat.send(stage.services, stage.patient, stage.id, MESSAGE)

    assert crash_everywhere(opened, store_of, send, check) >= 2
