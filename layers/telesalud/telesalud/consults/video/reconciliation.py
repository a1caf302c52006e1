"""Rooms are made to agree with their consults: at every step of a consult, and every minute.

`settle` follows an event of the consult and is repeated by the queue until the video server
answered. `sweep` visits every open room on a schedule: it finds what no event told, and corrects
the connection log by asking who is there.
"""

from datetime import timedelta
from itertools import chain

from schemas.video import RoomControlAnswer
from telesalud.consults.repository import DIGITS, state_of
from telesalud.consults.video.cluster import Cluster
from telesalud.consults.video.room_events import log_of_room, log_operations
from telesalud.consults.video.room_log import compared
from telesalud.consults.video.rooms import (
    Room,
    find_room,
    generations_of,
    open_key,
    open_partition,
    room_key,
    rooms_of,
)
from telesalud.platform.clock import from_text
from telesalud.platform.errors import NotFound, Unavailable
from telesalud.platform.logs import get_logger
from telesalud.platform.store import Delete, Item, every
from telesalud.platform.work import Services, retrying

ON_THEIR_WAY = timedelta(seconds=60)
"""Events that are younger may not have arrived yet; older ones are taken for lost."""


def settle(services: Services, cluster: Cluster, tenant: str, consult_id: str) -> None:
    """End the consult's rooms that may not live; give the one that may its present limit and seats.

    Repeating it is harmless. Raises Unavailable when a server gave no answer.
    """
    state = state_of(services, tenant, consult_id)
    for item in rooms_of(services, tenant, consult_id):
        if "closed" in item.attributes:
            continue
        name = item.key.sk.partition("#")[2]
        room = Room(name, item.text("shard"), tenant, consult_id, state)
        if room.refusal(services.clock()) is None:
            cluster.extend(room.shard, name, state.closes_at, generations_of(state))
        else:
            cluster.end(room.shard, name)


def sweep(services: Services, cluster: Cluster) -> int:
    """Visit every open room; how many there were. Raises Unavailable if any could not be visited.

    One room's trouble does not keep the others from being visited; a server that is silent is
    asked once, so that waiting for it takes no time from another shard's rooms.
    """
    visited = failed = 0
    silent = set[str]()
    partitions = (every(services.store, open_partition(digit)) for digit in DIGITS)
    for item in chain.from_iterable(partitions):
        visited += 1
        shard = item.text("shard")
        if shard in silent:
            failed += 1
            continue
        try:
            visit(services, cluster, item)
        except (Unavailable, NotFound) as error:
            failed += 1
            if isinstance(error, Unavailable):
                silent.add(shard)
            get_logger().error(
                "room not reconciled", consult=item.text("consult"), error=type(error).__name__
            )
    if failed:
        raise Unavailable(f"{failed} of {visited} rooms could not be reconciled")
    return visited


def visit(services: Services, cluster: Cluster, listed: Item) -> None:
    """Compare one open room with what its server says. Raises Unavailable."""
    name = listed.key.sk
    room = find_room(services, name)
    over = room.refusal(services.clock()) is not None
    answer = _ended(services, cluster, room, listed) if over else cluster.count(room.shard, name)
    if over and answer and answer.instance is not None:
        return  # it was alive until now: its events are on their way, so look again later

    def step() -> None:
        key = room_key(room.tenant, room.consult_id, name)
        item = services.store.get(key)
        if item is None:
            raise NotFound("the room's item is missing")
        now = services.clock()
        before = log_of_room(item)
        done = compared(
            before, answer.participants if answer else (), settled=now - ON_THEIR_WAY, at=now
        )
        closing = over and not done.log.here
        if done.log == before and not closing:
            return
        more = {"closed": "1"} if closing else {}
        operations = log_operations(room, item, done, **more)
        if closing:
            operations.append(Delete(open_key(name)))
        services.store.transact(operations)

    retrying(step)


def _ended(
    services: Services, cluster: Cluster, room: Room, listed: Item
) -> RoomControlAnswer | None:
    try:
        return cluster.end(room.shard, room.name)
    except Unavailable:
        if services.clock() < from_text(listed.text("until")):
            raise
        return None
