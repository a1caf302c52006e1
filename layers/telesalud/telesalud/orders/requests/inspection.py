"""Examining an uploaded file: its size and hash, what it really is, and whether it is infected.

Runs from the queue, so it may run twice or be cut short anywhere: the file's record changes once,
under the condition that it was still waiting, after the clean copy was made.
"""

from schemas.attachments import AttachmentFact, AttachmentStatus
from telesalud.orders.access import Opened
from telesalud.orders.policy import ATTACH
from telesalud.orders.requests.attachments import announce, blob_key, open_file, view_of
from telesalud.orders.services import OrdersServices
from telesalud.orders.stored import StoredOrder
from telesalud.platform.access import Caller
from telesalud.platform.media import Refused, examine
from telesalud.platform.ports.blobs import Area, Blobs, Changed
from telesalud.platform.ports.scanner import Quarantined, Scanner
from telesalud.platform.store import Item, Update, Value, at_version
from telesalud.platform.work import Call, Work, retrying


def inspect(
    services: OrdersServices, blobs: Blobs, scanner: Scanner, tenant: str, fact: AttachmentFact
) -> None:
    """Clear or refuse a file that is waiting; may run twice or be cut short anywhere.

    Raises Unavailable when the scanner cannot tell: then the queue brings it back.
    """
    call = Call(Caller.system(tenant, "attachment-inspection"))
    opened, item = open_file(services, call, fact.order_id, fact.attachment_id, ATTACH)
    order = opened.thing
    if item.text("status") != AttachmentStatus.SCANNING:
        return
    outcome: dict[str, Value]
    try:
        media_type = _clear(opened, item, blobs, scanner)
        status = AttachmentStatus.READY
        outcome = {"status": status.value, "media_type": media_type}
    except (Refused, Changed) as refused:
        status = AttachmentStatus.REFUSED
        code = refused.code if isinstance(refused, Refused) else "missing"
        outcome = {"status": status.value, "refusal": code}

    def step() -> None:
        now = services.store.get(item.key)
        if now is None or now.text("status") != AttachmentStatus.SCANNING:
            return
        work = Work(services, call)
        work.add(Update(item.key, set=outcome, when=at_version(now.version)))
        announce(work, order.id, fact.attachment_id, status, verb=status.value, sequence=2)
        resource = f"attachment/{fact.attachment_id}"
        work.audit(f"orders.attachment_{status.value}", order.patient, resource)
        work.commit()

    retrying(step)
    blobs.delete(Area.QUARANTINE, blob_key(tenant, order.id, fact.attachment_id))


def _clear(opened: Opened[StoredOrder], item: Item, blobs: Blobs, scanner: Scanner) -> str:
    """The detected media type, once the clean copy exists. Raises Refused, Changed, Unavailable."""
    view = view_of(opened, item)
    key, content = blob_key(opened.record.tenant, opened.thing.id, view.id), bytearray()
    read = blobs.examine(Area.QUARANTINE, key, content.extend)
    if read.size != view.size or read.sha256 != view.sha256:
        raise Refused("hash-mismatch")
    media_type = examine(view.name, bytes(content))
    if scanner.infected(Quarantined(key, read.etag, bytes(content))):
        raise Refused("infected")
    blobs.release(key, media_type, read.etag)
    return media_type
