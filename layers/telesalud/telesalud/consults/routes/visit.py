"""What participants do from the first knock to the end, over HTTP, and the live channel."""

from schemas.consult_sessions import (
    AfterQuery,
    Announce,
    Changes,
    Extend,
    NewSignal,
    Session,
    SessionConsult,
    SignalSent,
    Ticket,
)
from telesalud.consults import wiring
from telesalud.consults.routes import LIVE
from telesalud.consults.visit import channel, limit, presence, sessions
from telesalud.platform.errors import InvalidTransition
from telesalud.platform.http.operations import Group, Request

group = Group("/consults")


@group.post("/{consult_id}/session", answer=Session, errors=LIVE)
def join_as_user(request: Request) -> Session:
    """Join as the named practitioner.

    For the logged-in practitioner whom the consult names; needs no link.
    """
    return sessions.join_as_user(
        wiring.services(), wiring.tokens(), request.call, request.path["consult_id"]
    )


@group.post("/session/renew", answer=Session, errors=LIVE)
def renew_session(request: Request) -> Session:
    """Renew a participant's session.

    Before it expires, as often as needed while the consult lives.
    """
    return sessions.renew(wiring.services(), wiring.tokens(), request.call)


@group.post("/{consult_id}/announce", body=Announce, answer=SessionConsult, errors=LIVE)
def announce(request: Request) -> SessionConsult:
    """The patient is in the waiting room.

    With what the device check found.
    """
    return presence.announce(
        wiring.services(), request.call, request.path["consult_id"], request.body
    )


@group.post("/{consult_id}/admit", answer=SessionConsult, errors=(InvalidTransition, *LIVE))
def admit(request: Request) -> SessionConsult:
    """The practitioner lets the patient in.

    The consultation begins.
    """
    return presence.admit(wiring.services(), request.call, request.path["consult_id"])


@group.post(
    "/{consult_id}/extend",
    body=Extend,
    answer=SessionConsult,
    errors=(InvalidTransition, *LIVE),
)
def extend(request: Request) -> SessionConsult:
    """The practitioner moves the limit.

    Within the tenant's policy.
    """
    return limit.extend(wiring.services(), request.call, request.path["consult_id"], request.body)


@group.post("/{consult_id}/channel", answer=Ticket, errors=LIVE)
def open_channel(request: Request) -> Ticket:
    """Open the live channel.

    A ticket for one WebSocket connection.
    """
    own = wiring.settings()
    return channel.open_ticket(
        wiring.services(), request.call, own.channel_url, request.path["consult_id"]
    )


@group.get("/{consult_id}/changes", query=AfterQuery, answer=Changes, errors=LIVE)
def poll_changes(request: Request) -> Changes:
    """Poll what changed.

    The change feed; also a heartbeat.
    """
    return channel.changes(
        wiring.services(), request.call, request.path["consult_id"], request.query
    )


@group.post("/{consult_id}/signals", body=NewSignal, answer=SignalSent, status=201, errors=LIVE)
def send_signal(request: Request) -> SignalSent:
    """Send a signalling message.

    For pages without the live channel.
    """
    return channel.signal(
        wiring.services(),
        wiring.pusher(),
        request.call,
        request.path["consult_id"],
        request.body,
    )
