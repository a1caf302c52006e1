"""Contracts of notifications (webhooks) to partners: targets, delivery log, body."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from schemas.common import Contract, Id, Line, Moment, PageQuery
from schemas.consults import ConsultEvent, EventType

Bearer = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._~+/=|-]{16,512}$")]


class NewTarget(Contract):
    """Body of `POST /consults/notification-targets`."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://[\x21-\x7e]{1,500}$")]
    """Https, to a host of the tenant's `notification_hosts`."""
    description: Line | None = None
    bearer: Bearer | None = None
    """Sent as `Authorization: Bearer` besides the signature, to receivers that know only that."""


class Target(Contract):
    """A registered target, without its secret."""

    id: Id
    url: str
    description: str | None = None
    active: bool
    created_at: Moment
    secret_rotated_at: Moment
    version: int


class TargetSecret(Contract):
    """Answer to registering a target or rotating its secret. The secret is shown once."""

    target: Target
    secret: str
    """The signing key, as `telesalud.platform.webhooks` verifies it."""


class Targets(Contract):
    """Answer of `GET /consults/notification-targets`."""

    items: tuple[Target, ...]


class NotificationStatus(StrEnum):
    """State of one notification's delivery."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Retried for 24 hours in vain; it can be replayed."""


class Notification(Contract):
    """One line of the delivery log."""

    id: Id
    target_id: Id
    consult_id: Id
    type: str
    sequence: int
    status: NotificationStatus
    attempts: int
    last_status: int | None = None
    """HTTP status of the last attempt, when there was an answer."""
    last_error: str | None = None
    created_at: Moment
    next_attempt_at: Moment | None = None
    delivered_at: Moment | None = None


class Notifications(Contract):
    """Answer of `GET /consults/notifications`."""

    items: tuple[Notification, ...]
    cursor: str | None = None


class NotificationQuery(PageQuery):
    """Query of `GET /consults/notifications`."""

    target: Id
    consult: Id | None = None
    status: NotificationStatus | None = None


class Replay(Contract):
    """Body of `POST /consults/notifications/replay`: by ids, or all of a target in a time range."""

    target: Id
    ids: tuple[Id, ...] = Field(default=(), max_length=100)
    created_from: Moment | None = None
    created_until: Moment | None = None
    status: NotificationStatus | None = None

    @model_validator(mode="after")
    def _something_chosen(self) -> "Replay":
        if bool(self.ids) == (self.created_from is not None):
            raise ValueError("give either ids or created_from (with created_until)")
        if (self.created_from is None) != (self.created_until is None):
            raise ValueError("created_from and created_until belong together")
        return self


class Replayed(Contract):
    """How many notifications will be delivered again."""

    count: int
    resume_from: Moment | None = None
    """There are more in the range: repeat with this as `created_from`."""


class TargetState(Contract):
    """Body of `PUT /consults/notification-targets/{id}`."""

    active: bool
    """A stopped target's notifications fail at once; they can be replayed."""


class ConsultNotification(Contract):
    """Body of a notification (webhook), as `schemas.webhooks.Envelope` describes it.

    Handle it once per `id`; ignore a lower `sequence` of the same subject.
    """

    id: Id
    type: EventType
    version: Literal[1] = 1
    """Version of the schema of `data`."""
    tenant: str
    subject: Id
    """The consult's id."""
    sequence: int
    at: Moment
    data: ConsultEvent
