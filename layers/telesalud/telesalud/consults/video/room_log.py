"""Who is in a room, from its lifecycle events in any order; pure functions.

A connection joins once and leaves once. Which of the two is heard of first does not matter: what
is known of a connection is forgotten when both were heard of. What reconciliation has to add for a
lost event makes way for the event if it arrives after all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import Field

from schemas.video import ConnectedOccupant, LifecycleEvent, OccupantJoined, OccupantLeft
from telesalud.consults.model import Stored
from telesalud.platform.clock import to_text

Cause = Literal["room", "room_left", "room_replaced", "room_ended", "room_lost"]

_CAUSES: Mapping[str, Cause] = {
    "left": "room_left",
    "replaced": "room_replaced",
    "room_ended": "room_ended",
    "server_restart": "room_lost",
}


class Here(Stored):
    """A connection that is in the room."""

    participant: str
    at: datetime


class RoomLog(Stored):
    """What is known of the connections that have not both joined and left."""

    here: dict[str, Here] = Field(default_factory=dict)
    """By connection id."""
    gone: frozenset[str] = frozenset()
    """Connections whose leaving was heard of before their joining."""
    supposed: dict[str, str] = Field(default_factory=dict)
    """Connections that were found missing, with the line that says so."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the connection log."""

    participant: str
    kind: Literal["joined", "left"]
    cause: Cause
    at: datetime
    connection: str

    @property
    def sort_key(self) -> str:
        """Where it is: the same line is stored once."""
        return f"LOG#{to_text(self.at)}#{self.connection}-{self.kind}"


@dataclass(frozen=True, slots=True)
class Step:
    """A log with the lines that led to it: `added`, and the sort keys of those `withdrawn`."""

    log: RoomLog
    added: tuple[Line, ...] = ()
    withdrawn: tuple[str, ...] = ()

    def then(self, step: "Step") -> "Step":
        """This step and the next one."""
        return Step(step.log, self.added + step.added, self.withdrawn + step.withdrawn)


def heard(log: RoomLog, event: LifecycleEvent) -> Step:
    """The step that an event makes which was not heard of before."""
    if isinstance(event, OccupantJoined):
        return _joined(log, event)
    if isinstance(event, OccupantLeft):
        return _left(log, event)
    return Step(log)


def _joined(log: RoomLog, event: OccupantJoined) -> Step:
    who = event.occupant
    line = Line(who.participant_id, "joined", "room", event.occurred_at, who.connection_id)
    if who.connection_id in log.here:  # reconciliation saw it first, and wrote its line
        return Step(log)
    if who.connection_id in log.gone:
        gone = log.gone - {who.connection_id}
        return Step(log.model_copy(update={"gone": gone}), (line,))
    here = {**log.here, who.connection_id: Here(participant=who.participant_id, at=line.at)}
    return Step(log.model_copy(update={"here": here}), (line,))


def _left(log: RoomLog, event: OccupantLeft) -> Step:
    who, known = event.occupant, event.occupant.connection_id
    line = Line(who.participant_id, "left", _CAUSES[event.reason], event.occurred_at, known)
    if known in log.here:
        return Step(log.model_copy(update={"here": _without(log.here, known)}), (line,))
    if known in log.supposed:
        withdrawn = log.supposed[known]
        supposed = {k: v for k, v in log.supposed.items() if k != known}
        step = Step(log.model_copy(update={"supposed": supposed}), (line,))
        return step if withdrawn == line.sort_key else Step(step.log, step.added, (withdrawn,))
    return Step(log.model_copy(update={"gone": log.gone | {known}}), (line,))


def compared(
    log: RoomLog, present: Iterable[ConnectedOccupant], *, settled: datetime, at: datetime
) -> Step:
    """The step that a count of who is `present` makes; events since `settled` may still come."""
    there = {occupant.connection_id: occupant for occupant in present}
    step = Step(log)
    for connection, here in log.here.items():
        if connection not in there and here.at < settled:
            step = step.then(_supposed_left(step.log, connection, here, at))
    for connection, occupant in there.items():
        unheard = connection not in log.here and connection not in log.gone
        if unheard and connection not in log.supposed and occupant.joined_at < settled:
            here = Here(participant=occupant.participant_id, at=occupant.joined_at)
            line = Line(occupant.participant_id, "joined", "room", occupant.joined_at, connection)
            log = step.log.model_copy(update={"here": {**step.log.here, connection: here}})
            step = step.then(Step(log, (line,)))
    return step


def _supposed_left(log: RoomLog, connection: str, here: Here, at: datetime) -> Step:
    line = Line(here.participant, "left", "room_lost", at, connection)
    after = log.model_copy(
        update={
            "here": _without(log.here, connection),
            "supposed": {**log.supposed, connection: line.sort_key},
        }
    )
    return Step(after, (line,))


def _without(here: Mapping[str, Here], connection: str) -> dict[str, Here]:
    return {k: v for k, v in here.items() if k != connection}
