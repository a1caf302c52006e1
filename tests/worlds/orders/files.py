"""Files that a laboratory attaches to an order."""

import hashlib
from typing import Any

from schemas.attachments import (
    Attachment,
    AttachmentFact,
    AttachmentStatus,
    AttachmentUpload,
    NewAttachment,
)
from schemas.orders import Order
from telesalud.orders.requests import attachments, inspection
from telesalud.platform.scanners import EicarScanner
from tests.worlds.orders.ward import LABORATORY, NURSE, Ward
from tests.worlds.world import TENANT, call

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"


def begin(
    ward: Ward, order: Order, content: bytes = PDF, name: str = "informe.pdf", **more: Any
) -> AttachmentUpload:
    sha256 = hashlib.sha256(content).hexdigest()
    fields: dict[str, Any] = {"name": name, "size": len(content), "sha256": sha256}
    new = NewAttachment(**fields | more)
    return attachments.start(ward.services, ward.blobs, call(LABORATORY), order.id, new)


def finish(ward: Ward, order: Order, offer: AttachmentUpload) -> Attachment:
    return attachments.complete(
        ward.services, ward.blobs, call(LABORATORY), order.id, offer.attachment_id
    )


def inspect(ward: Ward, order: Order, offer: AttachmentUpload) -> None:
    fact = AttachmentFact(
        order_id=order.id, attachment_id=offer.attachment_id, status=AttachmentStatus.SCANNING
    )
    inspection.inspect(ward.services, ward.blobs, EicarScanner(), TENANT, fact)


def share(ward: Ward, order: Order, content: bytes = PDF, **more: Any) -> Attachment:
    """Through to the examined file."""
    offer = begin(ward, order, content, **more)
    ward.blobs.receive(offer.fields, content)
    assert finish(ward, order, offer).status is AttachmentStatus.SCANNING
    inspect(ward, order, offer)
    return attachments.listed(ward.services, call(NURSE), order.id).items[-1]
