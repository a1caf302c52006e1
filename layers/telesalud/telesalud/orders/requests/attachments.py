"""Files of an order: announced, uploaded to quarantine, examined, kept with its result.

What is kept is exactly what was examined: an upload that is replaced meanwhile is refused. A file
that is never uploaded or completed is forgotten by the store and by the bucket's rules.
"""

from datetime import timedelta

from schemas.attachments import (
    Attachment,
    AttachmentFact,
    AttachmentLink,
    AttachmentList,
    AttachmentStatus,
    AttachmentUpload,
    NewAttachment,
)
from schemas.orders import OrderStatus
from telesalud.orders import repository
from telesalud.orders.access import Opened, open_order
from telesalud.orders.errors import UploadMissing
from telesalud.orders.policy import ATTACH, READ_ORDERS
from telesalud.orders.services import OrdersServices
from telesalud.orders.stored import AttachmentLabel, StoredOrder
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import Conflict, Gone, InvalidTransition, NotFound
from telesalud.platform.ports.blobs import DOWNLOAD_WITHIN, Area, BlobKey, Blobs
from telesalud.platform.sealed import ATTRIBUTE, open_model
from telesalud.platform.store import ABSENT, Item, Key, Put, Update, Value, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work, retrying

MOST = 50
"""Files of an order, about: of two that are begun at once both may pass."""
UPLOAD = timedelta(minutes=30)
"""How long an upload may take."""
_UPLOADED_AS = "application/octet-stream"
_TAKES = frozenset({OrderStatus.ACTIVE, OrderStatus.RESULTED, OrderStatus.REVIEWED})


def start(
    services: OrdersServices, blobs: Blobs, call: Call, which: str, new: NewAttachment
) -> AttachmentUpload:
    """Leave to upload one file of at most this size.

    Raises NotFound, InvalidTransition unless the order is under way, Conflict beyond MOST.
    """
    tenant = call.caller.tenant
    order = open_order(services, call, which, ATTACH).thing
    if order.status not in _TAKES:
        raise InvalidTransition(order.status.value, "attached to")
    if len(_items(services, tenant, which)) >= MOST:
        raise Conflict(f"an order takes at most {MOST} files")
    now, made = services.clock(), services.new_id()
    key = _key(tenant, which, made)
    label = AttachmentLabel(name=new.name)
    stored: dict[str, Value] = {
        "file": made,
        "status": AttachmentStatus.PENDING.value,
        "by": call.caller.subject,
        "at": to_text(now),
        "size": new.size,
        "sha256": new.sha256,
        ATTRIBUTE: repository.sealed(services.vault, tenant, order.patient, key, label),
    }
    offer = blobs.upload(blob_key(tenant, which, made), _UPLOADED_AS, new.size)
    answer = AttachmentUpload(
        attachment_id=made, url=offer.url, fields=dict(offer.fields), expires_at=offer.expires
    )
    work = Work(services, call)
    work.add(Put(key, stored, ABSENT, expires=now + UPLOAD))
    work.audit("orders.start_attachment", order.patient, f"attachment/{made}")
    work.commit(answer)
    return answer


def complete(
    services: OrdersServices, blobs: Blobs, call: Call, which: str, file: str
) -> Attachment:
    """The upload has arrived: have it examined. Again gives the file as it is by then.

    Raises NotFound, UploadMissing, Gone for an upload that was begun too long ago.
    """
    tenant = call.caller.tenant

    def step() -> Attachment:
        opened, item = open_file(services, call, which, file, ATTACH)
        if item.text("by") != call.caller.subject:
            raise NotFound("there is no such upload of yours")
        if item.text("status") != AttachmentStatus.PENDING:
            return view_of(opened, item)
        if services.clock() >= from_text(item.text("at")) + UPLOAD:
            raise Gone("this upload was begun too long ago; begin again")
        if blobs.stat(Area.QUARANTINE, blob_key(tenant, which, file)) is None:
            raise UploadMissing
        scanning = AttachmentStatus.SCANNING
        when = at_version(item.version)
        work = Work(services, call)
        change = {"status": scanning.value}
        work.add(Update(item.key, set=change, remove=["expires_at"], when=when))
        announce(work, which, file, scanning, verb="uploaded", sequence=1)
        work.audit("orders.complete_attachment", opened.thing.patient, f"attachment/{file}")
        work.commit()
        return view_of(opened, item).model_copy(update={"status": scanning})

    return retrying(step)


def listed(services: OrdersServices, call: Call, which: str) -> AttachmentList:
    """An order's files that were uploaded, oldest first; audited. Raises NotFound."""
    opened = open_order(services, call, which, READ_ORDERS)
    views = [view_of(opened, item) for item in _items(services, call.caller.tenant, which)]
    work = Work(services, call)
    work.audit("orders.list_attachments", opened.thing.patient, f"order/{which}")
    work.commit()
    shown = tuple(view for view in views if view.status is not AttachmentStatus.PENDING)
    return AttachmentList(items=shown)


def link(
    services: OrdersServices, blobs: Blobs, call: Call, which: str, file: str
) -> AttachmentLink:
    """A link that answers with a cleared file for five minutes; audited. Raises NotFound."""
    opened, item = open_file(services, call, which, file, READ_ORDERS)
    view = view_of(opened, item)
    if view.status is not AttachmentStatus.READY or view.media_type is None:
        raise NotFound("there is no such file, or it has not been cleared")
    work = Work(services, call)
    work.audit("orders.read_attachment", opened.thing.patient, f"attachment/{file}")
    work.commit()
    from telesalud.platform.media import download_name  # noqa: PLC0415  # only for links

    name = download_name(view.name, view.media_type)
    return AttachmentLink(
        url=blobs.download(blob_key(call.caller.tenant, which, file), name, view.media_type),
        expires_at=services.clock() + DOWNLOAD_WITHIN,
    )


def open_file(
    services: OrdersServices, call: Call, which: str, file: str, right: str
) -> tuple[Opened[StoredOrder], Item]:
    """An order and one of its files in one round trip. Raises what `open_order` does."""
    key = _key(call.caller.tenant, which, file)
    opened = open_order(services, call, which, right, beside=[key])
    if key not in opened.beside:
        raise NotFound("there is no such file")
    return opened, opened.beside[key]


def _items(services: Services, tenant: str, which: str) -> list[Item]:
    page = services.store.query(_key(tenant, which, "").pk, "FILE#", limit=4 * MOST)
    return list(page.items)


def view_of(opened: Opened[StoredOrder], item: Item) -> Attachment:
    """The file that an item describes."""
    record = opened.record
    scope = Scope(record.tenant, opened.thing.patient)
    label = open_model(record.services.vault, scope, item, AttachmentLabel)
    more = {k: str(item.attributes[k]) for k in ("refusal", "media_type") if k in item.attributes}
    return Attachment(
        id=item.text("file"),
        status=AttachmentStatus(item.text("status")),
        name=label.name,
        added_by=item.text("by"),
        added_at=from_text(item.text("at")),
        size=item.number("size"),
        sha256=item.text("sha256"),
        refusal=more.get("refusal"),
        media_type=more.get("media_type"),
    )


def announce(
    work: Work, which: str, file: str, status: AttachmentStatus, *, verb: str, sequence: int
) -> None:
    """Add the event of a step; the file is its subject."""
    fact = AttachmentFact(order_id=which, attachment_id=file, status=status)
    work.event(f"orders.attachment_{verb}", file, sequence, fact.model_dump(mode="json"))


def _key(tenant: str, order: str, file: str) -> Key:
    return Key(f"ORDER#{tenant}#{order}", f"FILE#{file}")


def blob_key(tenant: str, order: str, file: str) -> BlobKey:
    """Where its content is."""
    return BlobKey(tenant, order, file)
