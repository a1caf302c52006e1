"""The live channel: tickets, connections, signalling, and telling everybody that something changed.

A connection serves one session: once its seat's links were replaced it is told nothing any more.
A WebSocket carries no content but signalling. It says `changed` with a sequence; the page asks for
the changes, so a lost message costs at most the time to the next one or to the next `pong`.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from schemas.common import Contract
from schemas.consult_sessions import (
    AfterQuery,
    Change,
    ChangeKind,
    Changes,
    NewSignal,
    Signal,
    SignalSent,
    Ticket,
)
from telesalud.consults.access import attend, participant_caller, session_of
from telesalud.consults.model import Consult, Seat, State
from telesalud.consults.policy import SIGNAL_KEPT, TICKET
from telesalud.consults.repository import child_key, digest, partition, patient_scope, state_of
from telesalud.consults.visit.presence import beat, disconnected
from telesalud.consults.visit.views import session_view
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import (
    DomainError,
    Forbidden,
    Gone,
    Unauthenticated,
    Unavailable,
)
from telesalud.platform.ids import new_secret
from telesalud.platform.logs import get_logger
from telesalud.platform.ports.pusher import Pusher
from telesalud.platform.sealed import ATTRIBUTE, place
from telesalud.platform.store import (
    ABSENT,
    PRESENT,
    ConditionFailed,
    Delete,
    Item,
    Key,
    Put,
    Value,
    every,
)
from telesalud.platform.work import Call, Services, Work

CONNECTION_KEPT = timedelta(hours=3)
"""API Gateway closes a connection after two hours."""
SETTLING = timedelta(seconds=15)
"""`$connect` takes at most ten seconds; until it has answered, nothing can be sent."""


@dataclass(frozen=True, slots=True)
class Connection:
    """An open connection and whose it is."""

    id: str
    call: Call
    consult_id: str


class Ping(Contract):
    """The page's heartbeat, every ten seconds; answered by a pong with the last sequence."""

    type: Literal["ping"]


class SignalMessage(NewSignal):
    """A signalling message for another participant."""

    type: Literal["signal"]


Incoming = Annotated[Ping | SignalMessage, Field(discriminator="type")]
INCOMING: TypeAdapter[Ping | SignalMessage] = TypeAdapter(Incoming)


def ticket_key(secret: str) -> Key:
    """Where a ticket is."""
    return Key(f"TICKET#{digest(secret)}", "TICKET")


def connection_key(connection_id: str) -> Key:
    """Where it is said whose a connection is."""
    return Key(f"WS#{connection_id}", "WS")


def open_ticket(services: Services, call: Call, url: str, consult_id: str) -> Ticket:
    """A ticket that opens the channel once, within seconds; it may stand in a URL."""
    attend(services, call, consult_id)
    expires, secret = services.clock() + TICKET, new_secret()
    owner = _owner(call)
    work = Work(services, call)
    work.add(Put(ticket_key(secret), {**owner, "until": to_text(expires)}, ABSENT, expires))
    work.commit()
    return Ticket(url=f"{url}?ticket={secret}", expires_at=expires)


def connect(services: Services, connection_id: str, secret: str, request_id: str) -> Connection:
    """Use up a ticket for a new connection, and record that its holder is there.

    Raises Unauthenticated for a ticket that is unknown, used or late, and as `attend` does.
    """
    key = ticket_key(secret)
    ticket = services.store.get(key)
    if ticket is None or from_text(ticket.text("until")) <= services.clock():
        raise Unauthenticated("this ticket is unknown, used or late")
    opened = _connection(connection_id, ticket, request_id)
    owner = _owner(opened.call)
    now = services.clock()
    expires = now + CONNECTION_KEPT
    work = Work(services, opened.call)
    work.add(
        Delete(key, PRESENT),
        Put(connection_key(connection_id), owner, ABSENT, expires),
        Put(_listed(opened), {**_ends(opened), "at": to_text(now)}, ABSENT, expires),
    )
    try:
        work.commit()
    except ConditionFailed as failed:
        raise Unauthenticated("this ticket was used") from failed
    try:
        beat(services, opened.call, opened.consult_id, "channel")
    except DomainError:
        forget(services, opened)
        raise
    return opened


def receive(
    services: Services, pusher: Pusher, connection_id: str, text: str, request_id: str
) -> Mapping[str, object]:
    """Handle one message of a connection; returns the answer to its sender.

    Raises Unauthenticated for an unknown connection, pydantic.ValidationError for other shapes, and
    as `attend` does.
    """
    opened = find(services, connection_id, request_id)
    message = INCOMING.validate_json(text)
    if isinstance(message, SignalMessage):
        sent = signal(services, pusher, opened.call, opened.consult_id, message)
        return {"type": "sent", "id": sent.id}
    consult = beat(services, opened.call, opened.consult_id, "channel")
    return {"type": "pong", "sequence": consult.version}


def find(services: Services, connection_id: str, request_id: str) -> Connection:
    """Whose a connection is. Raises Unauthenticated."""
    item = services.store.get(connection_key(connection_id))
    if item is None:
        raise Unauthenticated("this connection is not known")
    return _connection(connection_id, item, request_id)


def closed(services: Services, connection_id: str, request_id: str) -> None:
    """A connection is gone; with their last one a participant has left. Repeating is harmless."""
    item = services.store.get(connection_key(connection_id))
    if item is None:
        return
    gone = _connection(connection_id, item, request_id)
    prefix = _listed(gone).sk.removesuffix(connection_id)
    others = services.store.query(_listed(gone).pk, prefix, limit=10).items
    if all(other.text("connection") == connection_id for other in others):
        # After the end, or once the session was revoked, they are recorded as gone already.
        with suppress(Gone):
            disconnected(services, gone.call, gone.consult_id)
    forget(services, gone)


def forget(services: Services, gone: Connection) -> None:
    """Remove what is stored of a connection."""
    services.store.transact([Delete(_listed(gone)), Delete(connection_key(gone.id))])


def push_changes(services: Services, pusher: Pusher, change: Item) -> None:
    """Tell every connection of a consult that it has changed. Raises Unavailable."""
    message = json.dumps(
        {
            "type": "changed",
            "sequence": change.number("sequence"),
            "kinds": list(_kinds_of(change)),
        }
    ).encode()
    state = state_of(services, change.text("tenant"), change.text("consult"))
    for item in every(services.store, change.key.pk, "CONN#"):
        _post(services, pusher, state, item, message)


def _post(services: Services, pusher: Pusher, state: State, listed: Item, message: bytes) -> None:
    connection_id = listed.text("connection")
    if listed.attributes.get("generation") != state.seat(_seat_of(listed)).generation:
        _hang_up(services, pusher, connection_id)
        return
    settled = services.clock() - from_text(listed.text("at")) > SETTLING
    # A connection that is still being made answers "gone" too; its page asks for changes first.
    if not pusher.post(connection_id, message) and settled:
        closed(services, connection_id, "gone")


def _hang_up(services: Services, pusher: Pusher, connection_id: str) -> None:
    """End a connection whose session was revoked: it is told nothing any more."""
    item = services.store.get(connection_key(connection_id))
    if item is not None:
        forget(services, _connection(connection_id, item, "revoked"))
    try:
        pusher.close(connection_id)
    except Unavailable:
        get_logger().warning("a revoked connection stays open and unheard")


def changes(services: Services, call: Call, consult_id: str, query: AfterQuery) -> Changes:
    """The feed after a sequence, and a heartbeat: what a page without the channel polls."""
    consult = beat(services, call, consult_id, "poll")
    seat = session_of(call.caller)[1]
    items: tuple[Change, ...] = ()
    more = False
    if consult.version > query.after:
        page = services.store.query(
            partition(consult.tenant, consult.id),
            "CHANGE#",
            after=f"CHANGE#{query.after:012d}",
            limit=query.limit,
        )
        items = tuple(change for item in page.items for change in _changes(item))
        more = page.next_after is not None
    return Changes(
        consult=session_view(consult, services.clock()),
        items=items,
        more=more,
        signals=_signals(services, consult, seat),
    )


def signal(
    services: Services, pusher: Pusher, call: Call, consult_id: str, new: NewSignal
) -> SignalSent:
    """Relay a signalling message to the other side; kept a minute for pollers.

    Raises Forbidden between two of the same side, and as `attend` does.
    """
    loaded, seat = attend(services, call, consult_id)
    consult, now = loaded.consult, services.clock()
    if consult.state.seat(new.to).role is seat.role:
        raise Forbidden("signalling goes to the other side only", right="consults.attend")
    signal_id = services.new_id()
    key = child_key(consult, f"SIGNAL#{new.to}#{signal_id}")
    sealed = services.vault.seal(patient_scope(consult), place(key), new.payload.encode())
    stored: dict[str, Value] = {
        "sender": seat.id,
        "id": signal_id,
        "at": to_text(now),
        ATTRIBUTE: sealed,
    }
    work = Work(services, call)
    work.add(Put(key, stored, ABSENT, expires=now + SIGNAL_KEPT))
    work.commit()
    view = Signal(id=signal_id, sender=seat.id, at=now, payload=new.payload)
    message = f'{{"type":"signal","signal":{view.model_dump_json()}}}'.encode()
    for item in every(services.store, key.pk, f"CONN#{new.to}#"):
        _post(services, pusher, consult.state, item, message)
    return SignalSent(id=signal_id)


def _signals(services: Services, consult: Consult, seat: str) -> tuple[Signal, ...]:
    since = services.clock() - SIGNAL_KEPT
    scope = patient_scope(consult)
    page = services.store.query(
        partition(consult.tenant, consult.id), f"SIGNAL#{seat}#", limit=200, newest_first=True
    )
    signals = [
        Signal(
            id=item.text("id"),
            sender=item.text("sender"),
            at=from_text(item.text("at")),
            payload=services.vault.open(scope, place(item.key), item.blob(ATTRIBUTE)).decode(),
        )
        for item in page.items
        if from_text(item.text("at")) > since
    ]
    return tuple(reversed(signals))


def _changes(item: Item) -> list[Change]:
    at = from_text(item.text("at"))
    sequence = item.number("sequence")
    return [Change(sequence=sequence, kind=ChangeKind(kind), at=at) for kind in _kinds_of(item)]


def _kinds_of(item: Item) -> tuple[str, ...]:
    kinds = item.attributes["what"]
    if not isinstance(kinds, tuple):
        raise TypeError("what is not a list")
    return kinds


def _owner(call: Call) -> dict[str, str | int]:
    consult_id, seat, generation = session_of(call.caller)
    return {
        "tenant": call.caller.tenant,
        "consult": consult_id,
        "seat": seat,
        "generation": generation,
    }


def _connection(connection_id: str, owner: Item, request_id: str) -> Connection:
    seat = Seat(id=owner.text("seat"), generation=owner.number("generation"))
    consult_id = owner.text("consult")
    caller = participant_caller(owner.text("tenant"), consult_id, seat)
    return Connection(connection_id, Call(caller, request_id), consult_id)


def _ends(opened: Connection) -> dict[str, str | int]:
    """What is listed of a connection: its id, and the generation of the session that it serves."""
    return {"connection": opened.id, "generation": session_of(opened.call.caller)[2]}


def _seat_of(listed: Item) -> str:
    return listed.key.sk.split("#")[1]


def _listed(opened: Connection) -> Key:
    _, seat, _ = session_of(opened.call.caller)
    return Key(partition(opened.call.caller.tenant, opened.consult_id), f"CONN#{seat}#{opened.id}")
