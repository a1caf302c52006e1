"""The export of an ended consult, which the record module files as an encounter."""

from collections.abc import Iterator

from schemas.consult_content import (
    ConnectionEntry,
    Export,
    ExportedFile,
    ExportedNote,
    File,
    FileStatus,
    Message,
    Note,
)
from telesalud.consults.access import open_consult
from telesalud.consults.consent.deciding import records_of
from telesalud.consults.content.chat import message_of
from telesalud.consults.content.files import all_files, signed_url
from telesalud.consults.content.notes import Saved, saved_of
from telesalud.consults.model import Consult
from telesalud.consults.policy import EXPORT
from telesalud.consults.repository import audit, partition, patient_scope
from telesalud.consults.video.room_events import log_of_room
from telesalud.consults.video.rooms import rooms_of
from telesalud.consults.visit.views import staff_view
from telesalud.platform.access import Caller, CallerKind
from telesalud.platform.clock import from_text
from telesalud.platform.errors import Conflict, Forbidden
from telesalud.platform.ports.blobs import DOWNLOAD_WITHIN, Blobs
from telesalud.platform.store import Item, every
from telesalud.platform.work import Call, Services, Work

MAX_NOTE_TEXT = 2 * 1024 * 1024
"""Bytes of older versions in one export; the current text always comes whole."""


def export(services: Services, blobs: Blobs, call: Call, consult_id: str) -> Export:
    """Connection times, note, chat and files. Raises Conflict before the end.

    A partner needs the scope; a practitioner must have been named in the consult.
    """
    consult = open_consult(services, call, consult_id, EXPORT).consult
    check_reader(call.caller, consult)
    if not consult.state.ended:
        raise Conflict("the consult has not ended yet", current=consult.state.status)
    services.fetch([], patient_scope(consult))
    note, versions = notes_of(services, consult)
    answer = Export(
        consult=staff_view(consult),
        note=note,
        note_versions=tuple(versions),
        chat=tuple(messages_of(services, consult)),
        connections=tuple(log_of(services, consult)),
        files=tuple(_exported(services, blobs, consult, f) for f in ready_files(services, consult)),
        consents=records_of(services, consult),
    )
    work = Work(services, call)
    audit(work, consult, "exported")
    work.commit()
    return answer


def check_reader(caller: Caller, consult: Consult) -> None:
    """Raise Forbidden for a user who did not attend as practitioner."""
    attended = {practitioner.id for practitioner in consult.private.practitioners}
    if caller.kind is CallerKind.USER and caller.subject not in attended:
        raise Forbidden("only the consult's practitioners may export it", right=EXPORT)


def notes_of(services: Services, consult: Consult) -> tuple[Note, list[ExportedNote]]:
    """The current text, and the versions oldest first, the newest of them within the limit."""
    saved = [saved_of(services.vault, consult, item) for item in _all(services, consult, "NOTE#")]
    current = next((s for s in saved if s.version == consult.state.note_current), None)
    kept: list[Saved] = []
    budget = MAX_NOTE_TEXT
    for version in reversed(saved):
        budget -= len(version.text.encode())
        if budget < 0 and version is not current:
            continue
        kept.append(version)
    versions = [
        ExportedNote(
            version=s.version,
            saved_at=s.at,
            author=s.author,
            after_end=s.after_end,
            text=s.text,
        )
        for s in reversed(kept)
    ]
    return (current.view if current else Note(text="", version=0)), versions


def messages_of(services: Services, consult: Consult) -> Iterator[Message]:
    """The whole chat, oldest first."""
    for item in _all(services, consult, "CHAT#"):
        yield message_of(services.vault, consult, item)


def ready_files(services: Services, consult: Consult) -> list[File]:
    """The files that passed."""
    return [f for f in all_files(services, consult) if f.status is FileStatus.READY]


def log_of(services: Services, consult: Consult) -> list[ConnectionEntry]:
    """Joins and leaves, oldest first; with the consult everybody left its video room, too."""
    ended = consult.state.ended_at or consult.state.closes_at
    entries = [_entry(item) for item in _all(services, consult, "LOG#")]
    for room in rooms_of(services, consult.tenant, consult.id) if consult.state.ended else ():
        entries += [
            ConnectionEntry(
                participant=here.participant,
                kind="left",
                at=max(ended, here.at),
                cause="room_ended",
            )
            for here in log_of_room(room).here.values()
        ]
    return sorted(entries, key=lambda entry: entry.at)


def _exported(services: Services, blobs: Blobs, consult: Consult, file: File) -> ExportedFile:
    return ExportedFile(
        id=file.id,
        name=file.name,
        description=file.description,
        participant=file.participant,
        at=file.at,
        media_type=file.media_type or "application/octet-stream",
        size=file.size,
        sha256=file.sha256,
        url=signed_url(blobs, consult, file),
        url_expires_at=services.clock() + DOWNLOAD_WITHIN,
    )


def _entry(item: Item) -> ConnectionEntry:
    return ConnectionEntry.model_validate(
        {
            "participant": item.text("seat"),
            "kind": item.text("what"),
            "at": from_text(item.text("at")),
            "cause": item.text("cause"),
        }
    )


def _all(services: Services, consult: Consult, prefix: str) -> Iterator[Item]:
    return every(services.store, partition(consult.tenant, consult.id), prefix)
