"""Lifecycle events of rooms come in: any number of times, in any order, each counted once.

CONSULT#<tenant>#<id>   ROOMEVENT#<room>#<event id>   an event as it was received
                        LOG#<at>#<connection>-<kind>  its line in the connection log
"""

from collections.abc import Sequence

from schemas.consult_sessions import RoomPresence, VideoPresence
from schemas.video import LifecycleBatch, LifecycleEvent, OccupantJoined, OccupantLeft
from telesalud.consults.access import open_consult
from telesalud.consults.model import State
from telesalud.consults.policy import READ
from telesalud.consults.repository import partition
from telesalud.consults.video.cluster import Cluster, Signed
from telesalud.consults.video.room_log import RoomLog, Step, heard
from telesalud.consults.video.rooms import ROOM_KEPT, Room, find_room, room_key
from telesalud.platform.clock import to_text
from telesalud.platform.errors import Invalid, NotFound
from telesalud.platform.logs import get_logger
from telesalud.platform.sealed import from_json, to_json
from telesalud.platform.store import ABSENT, Delete, Item, Key, Operation, Put, at_version
from telesalud.platform.work import Call, Services, Work, retrying

_TOGETHER = 30
"""Events per transaction: three writes each at most, and the room's own."""


def receive(services: Services, cluster: Cluster, batch: LifecycleBatch, sent: Signed) -> None:
    """Store a batch. Raises Invalid for events of unknown rooms; the others are stored then, too.

    The server keeps what is refused for an operator to look at, so nothing is lost by refusing.
    Raises Unauthenticated unless the batch's shard has signed it.
    """
    cluster.authenticate(batch.shard, sent)
    by_room: dict[str, list[LifecycleEvent]] = {}
    for event in batch.events:
        by_room.setdefault(event.room, []).append(event)
    refused = 0
    for name, events in by_room.items():
        try:
            room = find_room(services, name)
        except NotFound:
            refused += len(events)
            continue
        fitting = [event for event in events if _fits(room, batch.shard, event)]
        refused += len(events) - len(fitting)
        for first in range(0, len(fitting), _TOGETHER):
            _take(services, room, fitting[first : first + _TOGETHER])
    if refused:
        get_logger().error("room events refused", count=refused)
        raise Invalid(f"{refused} events are of no known room and participant")


def _fits(room: Room, shard: str, event: LifecycleEvent) -> bool:
    if shard != room.shard:
        return False
    if not isinstance(event, OccupantJoined | OccupantLeft):
        return True
    return event.occupant.participant_id in {seat.id for seat in room.state.seats}


def _take(services: Services, room: Room, events: Sequence[LifecycleEvent]) -> None:
    keys = {_event_key(room, event): event for event in events}

    def step() -> None:
        key = room_key(room.tenant, room.consult_id, room.name)
        items = services.store.get_many([key, *keys])
        new = {at: event for at, event in keys.items() if at not in items}
        if not new:
            return
        now = Step(log_of_room(items[key]))
        for event in new.values():
            now = now.then(heard(now.log, event))
        stored = (_stored(at, event, room.state) for at, event in new.items())
        services.store.transact([*stored, *log_operations(room, items[key], now)])

    retrying(step)


def _event_key(room: Room, event: LifecycleEvent) -> Key:
    pk = partition(room.tenant, room.consult_id)
    return Key(pk, f"ROOMEVENT#{room.name}#{event.event_id}")


def _stored(key: Key, event: LifecycleEvent, state: State) -> Put:
    attributes = {"kind": "room_event", "event": event.model_dump_json()}
    return Put(key, attributes, ABSENT, expires=max(event.occurred_at, state.closes_at) + ROOM_KEPT)


def log_of_room(item: Item) -> RoomLog:
    """What the room's item says about who is in it."""
    return from_json(RoomLog, item.text("log"))


def log_operations(room: Room, item: Item, step: Step, **more: str) -> list[Operation]:
    """A step of the room's log: the room's item and the lines of the connection log."""
    pk = partition(room.tenant, room.consult_id)
    added = {line.sort_key: line for line in step.added}
    for sort_key in step.withdrawn:
        added.pop(sort_key, None)
    lines = (
        Put(
            Key(pk, sort_key),
            {
                "seat": line.participant,
                "what": line.kind,
                "cause": line.cause,
                "at": to_text(line.at),
            },
        )
        for sort_key, line in added.items()
    )
    attributes = {**item.attributes, **more, "log": to_json(step.log)}
    return [
        Put(item.key, attributes, at_version(item.version)),
        *lines,
        *(Delete(Key(pk, sort_key)) for sort_key in step.withdrawn),
    ]


def presence(services: Services, call: Call, consult_id: str) -> VideoPresence:
    """Who is in the consult's video room now, by its server's events. Raises NotFound."""
    state = open_consult(services, call, consult_id, READ).consult.state
    item = services.store.get(room_key(call.caller.tenant, consult_id, state.room))
    here = log_of_room(item).here.values() if item is not None and not state.ended else ()
    work = Work(services, call)
    work.audit("consults.video_presence_read", state.patient_key, f"consult/{consult_id}")
    work.commit()
    return VideoPresence(
        provider=state.video or None,
        present=tuple(RoomPresence(participant=each.participant, since=each.at) for each in here),
    )
