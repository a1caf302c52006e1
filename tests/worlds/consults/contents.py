"""What the two sides of a consult write and send, for tests of what becomes of it."""

import hashlib

from schemas.consult_content import FileStatus, NewFile, NewMessage, NoteDraft
from telesalud.consults.content import files, inspection, notes
from telesalud.platform.memory.files import MemoryBlobs
from telesalud.platform.scanners import EicarScanner
from tests.worlds.consults.stage import Stage
from tests.worlds.world import TENANT

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"
MESSAGE = NewMessage(client_id="01900000-0000-7000-8000-0000000000aa", text="Buenos días")


def save(stage: Stage, text: str, base: int) -> int:
    """Save the note on top of `base`; the version that it became."""
    return notes.save_note(
        stage.services, stage.doctor, stage.id, NoteDraft(text=text, base_version=base)
    ).version


def described(name: str, content: bytes) -> NewFile:
    """What a page says of a file before it uploads it."""
    return NewFile(name=name, size=len(content), sha256=hashlib.sha256(content).hexdigest())


def upload(stage: Stage, blobs: MemoryBlobs, name: str, content: bytes) -> str:
    """Upload a file as the patient and complete it; its id."""
    offer = files.start(stage.services, blobs, stage.patient, stage.id, described(name, content))
    blobs.receive(offer.fields, content)
    files.complete(stage.services, blobs, stage.patient, stage.id, offer.file_id)
    return offer.file_id


def examined(stage: Stage, blobs: MemoryBlobs, file_id: str) -> FileStatus:
    """Have the queue examine a file."""
    return inspection.inspect(
        stage.services,
        blobs,
        EicarScanner(),
        tenant=TENANT,
        consult_id=stage.id,
        file_id=file_id,
    )
