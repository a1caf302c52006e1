"""Contracts of what a teleconsultation leaves behind: note, chat, files, and their export."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from schemas.common import Contract, Id, Line, Moment, Text, tidy_narrative
from schemas.consents import ConsentRecord
from schemas.consults import Consult, ConsultStatus, EndCause, Participant


class NoteDraft(Contract):
    """Body of `PUT /consults/{id}/notes`: the whole text, on top of the version it was read at."""

    text: Annotated[Text, StringConstraints(max_length=50_000)]
    """At most 200 KB in UTF-8, so that it fits into one stored item (400 KB)."""
    base_version: int = Field(ge=0)
    """0 before the first save. Another present version gives 412 with `current_version`."""


class Note(Contract):
    """The practitioner's note."""

    text: str
    version: int
    saved_at: Moment | None = None
    author: Participant | None = None
    after_end: bool = False
    """Saved after the consultation ended (text that was on its way)."""


class NoteVersion(Contract):
    """One saved version, without its text."""

    version: int
    saved_at: Moment
    author: Participant
    after_end: bool = False


class NoteHistory(Contract):
    """Answer of `GET /consults/{id}/notes/versions`; go on with `after` = the last version."""

    items: tuple[NoteVersion, ...]
    more: bool


class Finish(Contract):
    """Body of `POST /consults/{id}/finish`; `note` carries what is unsaved."""

    note: NoteDraft | None = None


class Finished(Contract):
    """Answer of `POST /consults/{id}/finish`; the same for whoever finished second."""

    id: Id
    status: ConsultStatus
    ended_at: Moment
    end_cause: EndCause
    note_version: int
    note_conflict: bool = False
    """The carried note was written on an older version: it was kept as a version of its own and the
    newer text stays current; show both to the practitioner."""


class NewMessage(Contract):
    """Body of `POST /consults/{id}/chat`."""

    client_id: Id
    """Made by the client; sending the same again gives the first message back."""
    text: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
        AfterValidator(tidy_narrative),
    ]


class Message(Contract):
    """One chat message."""

    sequence: int
    client_id: Id
    participant: Participant
    at: Moment
    text: str


class Messages(Contract):
    """A page of the chat, oldest first; go on with `after` = the last `sequence`."""

    items: tuple[Message, ...]
    more: bool


MAX_FILE = 32 * 1024 * 1024
"""Bytes of one file."""


class FileStatus(StrEnum):
    """Where a file is on its way to the other side."""

    PENDING = "pending"
    """Waiting for the upload; forgotten when it is not completed in time."""
    SCANNING = "scanning"
    READY = "ready"
    REFUSED = "refused"


class NewFile(Contract):
    """Body of `POST /consults/{id}/files`: what the client is about to upload."""

    name: Line
    description: Line | None = None
    size: int = Field(ge=1, le=MAX_FILE)
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Upload(Contract):
    """A presigned POST (S3): send `fields` and then `file` as multipart form data to `url`."""

    file_id: Id
    url: str
    fields: dict[str, str]
    expires_at: Moment


class File(Contract):
    """A file of the consult. `media_type` is detected from the content, never claimed."""

    id: Id
    status: FileStatus
    refusal: str | None = None
    """Code: `type-not-allowed`, `type-mismatch`, `active-content` (macros, scripts, programs),
    `encrypted` (a password), `photo-format` (of a telephone; a JPEG is taken), `hash-mismatch`,
    `infected`, `missing`."""
    name: str
    description: str | None = None
    participant: Participant
    at: Moment
    size: int
    sha256: str
    media_type: str | None = None


class Files(Contract):
    """Answer of `GET /consults/{id}/files`."""

    items: tuple[File, ...]


class Download(Contract):
    """A short-lived presigned GET that answers as an attachment."""

    url: str
    expires_at: Moment


class ConnectionEntry(Contract):
    """A join or a leave."""

    participant: Participant
    kind: Literal["joined", "left"]
    at: Moment
    cause: Literal[
        "channel",
        "poll",
        "disconnected",
        "lease_expired",
        "ended",
        "room",
        "room_left",
        "room_replaced",
        "room_ended",
        "room_lost",
    ]
    """`room…`: in the video room, as its server saw it; the others: on the page."""


class ExportedNote(Contract):
    """A version of the note with its text."""

    version: int
    saved_at: Moment
    author: Participant
    after_end: bool
    text: str


class ExportedFile(Contract):
    """A file that passed the checks."""

    id: Id
    name: str
    description: str | None
    participant: Participant
    at: Moment
    media_type: str
    size: int
    sha256: str
    url: str
    """Presigned GET, valid until `url_expires_at`."""
    url_expires_at: Moment


class Export(Contract):
    """Answer of `GET /consults/{id}/export` (right `consults.export`), once it has ended."""

    consult: Consult
    note: Note
    """The current text."""
    note_versions: tuple[ExportedNote, ...]
    chat: tuple[Message, ...]
    connections: tuple[ConnectionEntry, ...]
    files: tuple[ExportedFile, ...]
    consents: tuple[ConsentRecord, ...] = ()
    """What the patient decided before and during it, with every word that it was about."""
