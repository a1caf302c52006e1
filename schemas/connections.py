"""How one of our contexts is introduced to another as a partner."""

from schemas.common import Contract, Id, Line


class ConnectionBody(Contract):
    """Client credentials from identity, and the notification target registered with them."""

    client_id: Line
    client_secret: Line
    notification_target: Id | None = None
    """Id of the target registered at the consults service, where notifications are wanted."""
    notification_secret: Line | None = None
    """The target's signing secret."""


class Connection(Contract):
    """A connection without its secrets; version 0 when there is none."""

    client_id: str | None
    notification_target: str | None
    version: int
