"""Notes, chat and files, the finish that keeps them, and their export."""

from schemas.consult_content import (
    Download,
    Export,
    File,
    Files,
    Finish,
    Finished,
    Message,
    Messages,
    NewFile,
    NewMessage,
    Note,
    NoteDraft,
    NoteHistory,
    Upload,
)
from schemas.consult_sessions import AfterQuery
from telesalud.consults import errors, wiring
from telesalud.consults.content import chat, exporting, files, finishing, notes
from telesalud.consults.routes import LIVE
from telesalud.platform.errors import (
    Conflict,
    Forbidden,
    Gone,
    InvalidTransition,
    KeyReused,
    NotFound,
)
from telesalud.platform.http.operations import Group, Request

group = Group("/consults")


@group.post(
    "/{consult_id}/finish",
    body=Finish,
    answer=Finished,
    max_body=512 * 1024,
    errors=(InvalidTransition, *LIVE),
)
def finish_consult(request: Request) -> Finished:
    """The practitioner ends the consultation.

    Carries the unsaved note; repeating it has one effect.
    """
    return finishing.finish(
        wiring.services(), request.call, request.path["consult_id"], request.body
    )


@group.get("/{consult_id}/notes", answer=Note, errors=LIVE)
def read_note(request: Request) -> Note:
    """Read the note.

    The practitioner's current text.
    """
    return notes.read_note(wiring.services(), request.call, request.path["consult_id"])


@group.put(
    "/{consult_id}/notes",
    body=NoteDraft,
    answer=Note,
    max_body=512 * 1024,
    errors=(errors.NoteChanged, *LIVE),
)
def save_note(request: Request) -> Note:
    """Save the note.

    Autosave on top of `base_version`, which takes the place of If-Match.
    """
    return notes.save_note(
        wiring.services(), request.call, request.path["consult_id"], request.body
    )


@group.get("/{consult_id}/notes/versions", query=AfterQuery, answer=NoteHistory, errors=LIVE)
def note_history(request: Request) -> NoteHistory:
    """List the note's versions.

    Without their texts.
    """
    return notes.history(wiring.services(), request.call, request.path["consult_id"], request.query)


@group.get("/{consult_id}/notes/versions/{version}", answer=Note, errors=LIVE)
def note_version(request: Request) -> Note:
    """Read a version of the note.

    With its text.
    """
    path = request.path
    return notes.read_version(wiring.services(), request.call, path["consult_id"], path["version"])


@group.post(
    "/{consult_id}/chat", body=NewMessage, answer=Message, status=201, errors=(KeyReused, *LIVE)
)
def send_message(request: Request) -> Message:
    """Send a chat message.

    `client_id` takes the place of an Idempotency-Key.
    """
    return chat.send(wiring.services(), request.call, request.path["consult_id"], request.body)


@group.get("/{consult_id}/chat", query=AfterQuery, answer=Messages, errors=LIVE)
def read_chat(request: Request) -> Messages:
    """Read the chat.

    Oldest first.
    """
    return chat.read(wiring.services(), request.call, request.path["consult_id"], request.query)


@group.post(
    "/{consult_id}/files",
    body=NewFile,
    answer=Upload,
    status=201,
    idempotent=True,
    errors=(Conflict, *LIVE),
)
def start_upload(request: Request) -> Upload:
    """Begin an upload.

    Answers with a presigned POST to the quarantine.
    """
    return files.start(
        wiring.services(),
        wiring.blobs(),
        request.call,
        request.path["consult_id"],
        request.body,
    )


@group.post(
    "/{consult_id}/files/{file_id}/complete",
    answer=File,
    errors=(errors.UploadMissing, Gone, *LIVE),
)
def complete_upload(request: Request) -> File:
    """End an upload.

    The file is examined next.
    """
    return files.complete(
        wiring.services(),
        wiring.blobs(),
        request.call,
        request.path["consult_id"],
        request.path["file_id"],
    )


@group.get("/{consult_id}/files", answer=Files, errors=LIVE)
def list_files(request: Request) -> Files:
    """List the files.

    One's own, and those of the other side that were cleared.
    """
    return files.listed(wiring.services(), request.call, request.path["consult_id"])


@group.get("/{consult_id}/files/{file_id}/download", answer=Download, errors=LIVE)
def download_file(request: Request) -> Download:
    """Download a file.

    A presigned GET.
    """
    return files.download(
        wiring.services(),
        wiring.blobs(),
        request.call,
        request.path["consult_id"],
        request.path["file_id"],
    )


@group.get("/{consult_id}/export", answer=Export, errors=(Forbidden, NotFound, Conflict))
def export_consult(request: Request) -> Export:
    """Export an ended teleconsultation.

    Connection times, note, chat and files.
    """
    return exporting.export(
        wiring.services(), wiring.blobs(), request.call, request.path["consult_id"]
    )
