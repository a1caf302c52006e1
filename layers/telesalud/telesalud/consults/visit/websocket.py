"""What the three routes of the live channel's WebSocket API do, whatever server carries it."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from pydantic import ValidationError

from telesalud.consults.visit import channel
from telesalud.platform.errors import DomainError
from telesalud.platform.logs import get_logger
from telesalud.platform.ports.pusher import Pusher
from telesalud.platform.work import Services


class SocketEvent(NamedTuple):
    """A connection, and what it brought: the ticket that opens it, or a message."""

    connection_id: str
    request_id: str
    ticket: str = ""
    text: str = ""


def connect(services: Services, event: SocketEvent) -> int:
    """`$connect` uses up the ticket; the HTTP status, of which anything but 200 refuses."""
    try:
        channel.connect(services, event.connection_id, event.ticket, event.request_id)
    except DomainError as refused:
        get_logger().info("channel refused", reason=refused.slug)
        return refused.status
    return 200


def disconnect(services: Services, event: SocketEvent) -> None:
    """`$disconnect` comes at least for every orderly close."""
    channel.closed(services, event.connection_id, event.request_id)


def receive(services: Services, pusher: Pusher, event: SocketEvent) -> None:
    """`$default` brings a ping or a signalling message; its sender gets the answer or refusal."""
    answer: Mapping[str, object]
    try:
        answer = channel.receive(
            services, pusher, event.connection_id, event.text, event.request_id
        )
    except DomainError as refused:
        answer = {"type": "error", "problem": refused.slug, **refused.extra}
    except ValidationError:
        answer = {"type": "error", "problem": "invalid"}
    pusher.post(event.connection_id, json.dumps(answer, separators=(",", ":")).encode())
