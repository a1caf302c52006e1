"""Files between the two sides: announced, uploaded to quarantine, examined, handed over.

What is handed over is exactly what was examined: an upload that is replaced meanwhile is refused.
A file that is never uploaded or completed is forgotten by the store and by the bucket's rules.
"""

from schemas.consult_content import Download, File, Files, FileStatus, NewFile, Upload
from schemas.consult_sessions import ChangeKind
from schemas.consults import EventType
from telesalud.consults.access import attend
from telesalud.consults.errors import UploadMissing
from telesalud.consults.model import Consult, Stored
from telesalud.consults.policy import MAX_FILES, UPLOAD
from telesalud.consults.repository import (
    announce_event,
    audit,
    change,
    check_id,
    child_key,
    partition,
    patient_scope,
)
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import Conflict, Gone, NotFound
from telesalud.platform.media import download_name
from telesalud.platform.ports.blobs import DOWNLOAD_WITHIN, Area, BlobKey, Blobs
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, Item, Key, Put, Update, Value, at_version
from telesalud.platform.vault import Vault
from telesalud.platform.work import Call, Services, Work, retrying

_UPLOADED_AS = "application/octet-stream"


class Label(Stored):
    """What a file's sender wrote about it; sealed."""

    name: str
    description: str | None = None


def file_key(consult: Consult, file_id: str) -> Key:
    """Where a file's record is. Raises NotFound for what cannot be an id."""
    check_id(file_id)
    return child_key(consult, f"FILE#{file_id}")


def blob_key(consult: Consult, file_id: str) -> BlobKey:
    """Where its content is."""
    return BlobKey(consult.tenant, consult.id, file_id)


def start(services: Services, blobs: Blobs, call: Call, consult_id: str, new: NewFile) -> Upload:
    """An offer to upload one file of exactly this size. Raises Conflict beyond MAX_FILES."""

    def step() -> Upload:
        loaded, seat = attend(services, call, consult_id)
        before, now = loaded.consult, services.clock()
        if before.state.files >= MAX_FILES:
            raise Conflict(f"a consult takes at most {MAX_FILES} files")
        work = Work(services, call)
        state = before.state.model_copy(update={"files": before.state.files + 1})
        changed = change(work, before, state)
        file_id = services.new_id()
        key = file_key(changed, file_id)
        label = Label(name=new.name, description=new.description)
        stored: dict[str, Value] = {
            "file": file_id,
            "status": FileStatus.PENDING,
            "seat": seat.id,
            "at": to_text(now),
            "size": new.size,
            "sha256": new.sha256,
            ATTRIBUTE: seal_model(services.vault, patient_scope(changed), key, label),
        }
        work.add(Put(key, stored, ABSENT, expires=now + UPLOAD))
        audit(work, changed, "upload_started", f"file/{file_id}")
        offer = blobs.upload(blob_key(changed, file_id), _UPLOADED_AS, new.size)
        answer = Upload(
            file_id=file_id, url=offer.url, fields=dict(offer.fields), expires_at=offer.expires
        )
        work.commit(answer)
        return answer

    return retrying(step)


def complete(services: Services, blobs: Blobs, call: Call, consult_id: str, file_id: str) -> File:
    """The upload has arrived: have it examined. Again gives the file as it is by then.

    Raises NotFound, UploadMissing, Gone for an upload that was begun too long ago.
    """

    def step() -> File:
        loaded, seat = attend(services, call, consult_id)
        before, now = loaded.consult, services.clock()
        key = file_key(before, file_id)
        item = services.store.get(key)
        if item is None or item.text("seat") != seat.id:
            raise NotFound("there is no such upload of yours")
        if item.text("status") != FileStatus.PENDING:
            return file_of(services.vault, before, item)
        if now >= from_text(item.text("at")) + UPLOAD:
            raise Gone("this upload was begun too long ago; begin again")
        if blobs.stat(Area.QUARANTINE, blob_key(before, file_id)) is None:
            raise UploadMissing("upload the file first, then complete it")
        work = Work(services, call)
        changed = change(work, before, before.state, ChangeKind.FILE)
        scanning = {"status": FileStatus.SCANNING}
        work.add(Update(key, set=scanning, remove=["expires_at"], when=at_version(item.version)))
        announce_event(work, changed, EventType.FILE_UPLOADED, file_id=file_id)
        audit(work, changed, "upload_completed", f"file/{file_id}")
        work.commit()
        return file_of(services.vault, changed, item).model_copy(update=scanning)

    return retrying(step)


def listed(services: Services, call: Call, consult_id: str) -> Files:
    """The caller's own files, and those of the other side that may be downloaded."""
    loaded, seat = attend(services, call, consult_id)
    consult = loaded.consult
    mine = seat.id
    items = [
        file
        for file in all_files(services, consult)
        if file.participant == mine or file.status is FileStatus.READY
    ]
    work = Work(services, call)
    audit(work, consult, "files_listed")
    work.commit()
    return Files(items=tuple(items))


def all_files(services: Services, consult: Consult) -> list[File]:
    """Every file of the consult that was not forgotten, oldest first."""
    page = services.store.query(
        partition(consult.tenant, consult.id), "FILE#", limit=10 * MAX_FILES
    )
    now = services.clock()
    files = [file_of(services.vault, consult, item) for item in page.items]
    return [f for f in files if f.status is not FileStatus.PENDING or now < f.at + UPLOAD]


def download(
    services: Services, blobs: Blobs, call: Call, consult_id: str, file_id: str
) -> Download:
    """A short-lived URL for a file that was cleared. Raises NotFound."""
    loaded, _ = attend(services, call, consult_id)
    consult = loaded.consult
    item = services.store.get(file_key(consult, file_id))
    if item is None or item.text("status") != FileStatus.READY:
        raise NotFound("there is no such file, or it has not been cleared")
    file = file_of(services.vault, consult, item)
    work = Work(services, call)
    audit(work, consult, "file_downloaded", f"file/{file_id}")
    work.commit()
    return Download(
        url=signed_url(blobs, consult, file), expires_at=services.clock() + DOWNLOAD_WITHIN
    )


def signed_url(blobs: Blobs, consult: Consult, file: File) -> str:
    """A presigned GET that saves the file under its name."""
    media_type = file.media_type or _UPLOADED_AS
    name = download_name(file.name, media_type)
    return blobs.download(blob_key(consult, file.id), name, media_type)


def file_of(vault: Vault, consult: Consult, item: Item) -> File:
    """The file that an item describes."""
    label = open_model(vault, patient_scope(consult), item, Label)
    attributes = item.attributes
    return File(
        id=item.text("file"),
        status=FileStatus(item.text("status")),
        refusal=str(attributes["refusal"]) if "refusal" in attributes else None,
        name=label.name,
        description=label.description,
        participant=item.text("seat"),
        at=from_text(item.text("at")),
        size=item.number("size"),
        sha256=item.text("sha256"),
        media_type=str(attributes["media_type"]) if "media_type" in attributes else None,
    )
