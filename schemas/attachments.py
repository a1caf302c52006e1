"""Contracts of an order's files."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.common import Contract, Id, Line, Moment


class AttachmentStatus(StrEnum):
    """Where an attachment is on its way."""

    PENDING = "pending"
    """Waiting for the upload; forgotten when it is not completed in time."""
    SCANNING = "scanning"
    READY = "ready"
    REFUSED = "refused"


class NewAttachment(Contract):
    """A file that is about to be uploaded: an image, a PDF, a document."""

    name: Line
    size: int = Field(ge=1, le=33_554_432)
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class AttachmentUpload(Contract):
    """A presigned POST (S3): send `fields` and then `file` as multipart form data to `url`."""

    attachment_id: Id
    url: str
    fields: dict[str, str]
    expires_at: Moment


class Attachment(Contract):
    """A file of an order. `media_type` is detected from the content, never claimed."""

    id: Id
    status: AttachmentStatus
    refusal: str | None = None
    """Code: `type-not-allowed`, `type-mismatch`, `active-content` (macros, scripts, programs),
    `encrypted` (a password), `photo-format` (of a telephone; a JPEG is taken), `hash-mismatch`,
    `infected`, `missing`."""
    name: str
    added_by: str
    added_at: Moment
    size: int
    sha256: str
    media_type: str | None = None


class AttachmentList(Contract):
    """An order's files, oldest first."""

    items: tuple[Attachment, ...]


class AttachmentLink(Contract):
    """A short-lived link that answers with the file as an attachment."""

    url: str
    expires_at: Moment


class AttachmentFact(Contract):
    """Data of `orders.attachment_*`; the subject is the attachment."""

    order_id: Id
    attachment_id: Id
    status: AttachmentStatus


EVENTS: dict[str, type[Contract]] = {
    f"orders.attachment_{verb}": AttachmentFact for verb in ("uploaded", "ready", "refused")
}
"""Event types and the models of their `data`."""
