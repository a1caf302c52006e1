"""Examining an uploaded file: its size and hash, what it really is, and whether it is infected.

Runs from the queue, so it may run twice or be cut short anywhere: the file's record changes once,
under the condition that it was still waiting, after the clean copy was made.
"""

from schemas.consult_content import FileStatus
from schemas.consult_sessions import ChangeKind
from schemas.consults import EventType
from telesalud.consults.content.files import blob_key, file_key, file_of
from telesalud.consults.model import Consult
from telesalud.consults.repository import announce_event, audit, change, load, patient_scope
from telesalud.platform.access import Caller
from telesalud.platform.media import Refused, examine
from telesalud.platform.ports.blobs import Area, Blobs, Changed
from telesalud.platform.ports.scanner import Quarantined, Scanner
from telesalud.platform.store import Item, Update, Value, at_version
from telesalud.platform.work import Call, Services, Work, retrying


def inspect(
    services: Services,
    blobs: Blobs,
    scanner: Scanner,
    *,
    tenant: str,
    consult_id: str,
    file_id: str,
) -> FileStatus:
    """Clear or refuse a file that is waiting to be examined.

    Raises NotFound, and Unavailable when the scanner cannot tell: then it stays in quarantine and
    the queue brings it back.
    """
    call = Call(Caller.system(tenant, "file-inspection"))
    consult = load(services, tenant, consult_id).consult
    item = services.store.get(file_key(consult, file_id))
    if item is None:
        return FileStatus.REFUSED
    if item.text("status") != FileStatus.SCANNING:
        return FileStatus(item.text("status"))
    outcome: dict[str, Value]
    try:
        outcome = {
            "status": FileStatus.READY,
            "media_type": _clear(services, blobs, scanner, consult, item),
        }
    except Refused as refused:
        outcome = {"status": FileStatus.REFUSED, "refusal": refused.code}
    except Changed:
        outcome = {"status": FileStatus.REFUSED, "refusal": "missing"}
    status = _record(services, call, consult, item, outcome)
    blobs.delete(Area.QUARANTINE, blob_key(consult, file_id))
    return status


def _clear(services: Services, blobs: Blobs, scanner: Scanner, consult: Consult, item: Item) -> str:
    """The detected media type, once the clean copy exists. Raises Refused, Changed, Unavailable."""
    services.fetch([], patient_scope(consult))
    file = file_of(services.vault, consult, item)
    key = blob_key(consult, file.id)
    content = bytearray()
    read = blobs.examine(Area.QUARANTINE, key, content.extend)
    if read.size != file.size or read.sha256 != file.sha256:
        raise Refused("hash-mismatch")
    media_type = examine(file.name, bytes(content))
    if scanner.infected(Quarantined(key, read.etag, bytes(content))):
        raise Refused("infected")
    blobs.release(key, media_type, read.etag)
    return media_type


def _record(
    services: Services, call: Call, consult: Consult, item: Item, outcome: dict[str, Value]
) -> FileStatus:
    """Write the outcome unless somebody else did; returns what is recorded."""
    file_id = item.text("file")
    status = FileStatus(str(outcome["status"]))

    def step() -> FileStatus:
        before = load(services, consult.tenant, consult.id).consult
        present = services.store.get(item.key)
        if present is None or present.text("status") != FileStatus.SCANNING:
            return FileStatus(present.text("status")) if present else FileStatus.REFUSED
        work = Work(services, call)
        changed = change(work, before, before.state, ChangeKind.FILE)
        work.add(Update(item.key, set=outcome, when=at_version(present.version)))
        ready = status is FileStatus.READY
        event = EventType.FILE_READY if ready else EventType.FILE_REFUSED
        announce_event(work, changed, event, file_id=file_id)
        audit(work, changed, event.rpartition(".")[2], f"file/{file_id}")
        work.commit()
        return status

    return retrying(step)
