"""Rooms of the video cluster: which consult each belongs to, and whether it may exist now.

    ROOM#<room>             ROOM          the room's consult and shard
    CONSULT#<tenant>#<id>   ROOM#<room>   who is in it (`room_log`), and whether it is settled
    OPENROOMS#<digit>       <room>        rooms that reconciliation visits

A room's name is drawn anew with every schedule of a consult, so an earlier one never comes back.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.video import AdmissionAnswer, AdmissionRequest
from telesalud.consults.model import Consult, State
from telesalud.consults.policy import WARN_BEFORE
from telesalud.consults.repository import partition, state_of
from telesalud.consults.video.cluster import Cluster, Signed
from telesalud.platform.clock import to_text
from telesalud.platform.errors import Invalid, NotFound
from telesalud.platform.store import ABSENT, Item, Key, Put
from telesalud.platform.work import Services, Work

ROOM_KEPT = timedelta(days=60)
"""After the consult closes: as long as events of it may still arrive."""

GIVEN_UP = timedelta(days=1)
"""After its first limit: a room's server has long ended it by itself, so a server that is silent
then, such as a shard that was taken down, is not asked any more."""


def new_room() -> str:
    """A name of 128 random bits: it says nothing about the consult and cannot be guessed."""
    return secrets.token_hex(16)


def lookup_key(room: str) -> Key:
    """Where the room's consult is found."""
    return Key(f"ROOM#{room}", "ROOM")


def room_key(tenant: str, consult_id: str, room: str) -> Key:
    """Where what is known about the room is."""
    return Key(partition(tenant, consult_id), f"ROOM#{room}")


def open_key(room: str) -> Key:
    """Where reconciliation finds the room."""
    return Key(open_partition(room[0]), room)


def open_partition(digit: str) -> str:
    """Open rooms by the first digit of their names."""
    return f"OPENROOMS#{digit}"


@dataclass(frozen=True, slots=True)
class Room:
    """A room and the consult it was opened for, as they are now."""

    name: str
    shard: str
    tenant: str
    consult_id: str
    state: State

    def refusal(self, now: datetime) -> str | None:
        """Why the room may not exist at `now`; None when it may."""
        state = self.state
        if state.ended or now >= state.closes_at:
            return "ended"
        if state.room != self.name:
            return "rescheduled"
        if state.video != "jitsi" or state.shard != self.shard:
            return "moved"
        return "early" if now < state.opens_at else None


def add_room(work: Work, consult: Consult) -> None:
    """Add the items of the consult's room on the shard that its state names."""
    tenant, room, shard = consult.tenant, consult.state.room, consult.state.shard
    where = {"tenant": tenant, "consult": consult.id, "shard": shard}
    expires = consult.state.closes_at + ROOM_KEPT
    work.add(
        Put(lookup_key(room), where, ABSENT, expires=expires),
        Put(room_key(tenant, consult.id, room), {"kind": "room", "shard": shard, "log": "{}"}),
        Put(
            open_key(room), {**where, "until": to_text(consult.state.closes_at + GIVEN_UP)}, ABSENT
        ),
    )


def find_room(services: Services, name: str) -> Room:
    """The room with its consult's state; opens nothing that is sealed. Raises NotFound."""
    item = services.store.get(lookup_key(name))
    if item is None:
        raise NotFound("there is no such room")
    tenant, consult_id = item.text("tenant"), item.text("consult")
    return Room(
        name, item.text("shard"), tenant, consult_id, state_of(services, tenant, consult_id)
    )


def generations_of(state: State) -> dict[str, int]:
    """Of each seat whose links were replaced, the generation of tokens that counts."""
    return {seat.id: seat.generation for seat in state.seats if seat.generation > 1}


def rooms_of(services: Services, tenant: str, consult_id: str) -> list[Item]:
    """Every room that the consult has had: one for each schedule on which somebody entered."""
    return list(services.store.query(partition(tenant, consult_id), "ROOM#").items)


def admission(
    services: Services, cluster: Cluster, name: str, asked: AdmissionRequest, sent: Signed
) -> AdmissionAnswer:
    """Whether the room `name` may exist now, until when, for how many.

    Raises Unauthenticated unless the shard that asks has signed, Invalid, NotFound.
    """
    cluster.authenticate(asked.shard, sent)
    if asked.room != name:
        raise Invalid("the path names another room than the body")
    room = find_room(services, asked.room)
    reason = room.refusal(services.clock())
    if reason is None and asked.shard != room.shard:
        reason = "moved"
    if reason is not None:
        return AdmissionAnswer(room=asked.room, allow=False, reason=reason)
    return AdmissionAnswer(
        room=asked.room,
        allow=True,
        ends_at=room.state.closes_at,
        max_occupants=len(room.state.seats),
        warn_seconds=int(WARN_BEFORE.total_seconds()),
        language=room.state.language,
        generations=generations_of(room.state),
    )
