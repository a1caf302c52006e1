"""Events between contexts of different releases."""

import json

from telesalud.platform.events import Event, event_of, outbox_put
from telesalud.platform.store import Item, Put
from tests.worlds.world import START, TENANT

EVENT = Event(
    id="event-1",
    type="consults.consult_finished",
    tenant=TENANT,
    subject="c-1",
    sequence=1,
    at=START,
    data={"consult": "c-1"},
)


def test_what_a_later_release_adds_to_an_event_passes_through() -> None:
    put = outbox_put(EVENT)
    assert isinstance(put, Put)
    written = json.loads(str(put.attributes["event"])) | {"of_a_later_release": {"kept": True}}
    item = Item(put.key, 1, {**put.attributes, "event": json.dumps(written)})
    read = event_of(item)
    assert read.data == EVENT.data
    assert json.loads(read.model_dump_json()) == written
