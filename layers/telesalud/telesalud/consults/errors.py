"""Refusals of this context; pages tell them apart by slug and say the rest in their language."""

from datetime import datetime
from typing import ClassVar

from telesalud.platform.clock import to_text
from telesalud.platform.errors import Conflict, Gone, StaleVersion


class NotOpenYet(Conflict):
    """Early arrival: the window opens at `opens_at`. The link stays usable."""

    slug = "not-open-yet"
    title = "The teleconsultation has not opened yet"

    def __init__(self, opens_at: datetime) -> None:
        super().__init__("come back when it opens", opens_at=to_text(opens_at))


class ConsultEnded(Gone):
    """Late arrival, or the consultation was ended: `status` and `closed_at` say which and when."""

    slug = "consult-ended"
    title = "The teleconsultation has ended"

    def __init__(self, status: str, closed_at: datetime) -> None:
        super().__init__("it has ended", consult_status=status, closed_at=to_text(closed_at))


class LinkUsed(Gone):
    """The secret was exchanged by another device."""

    slug = "link-used"
    title = "This link was used on another device"

    def __init__(self) -> None:
        super().__init__("it was used on another device; ask for a new link to change devices")


class LinkRevoked(Gone):
    """The link was replaced by a newer one."""

    slug = "link-revoked"
    title = "This link was replaced by a newer one"


class SessionRevoked(Gone):
    """The participant's links were revoked after this session began."""

    slug = "session-revoked"
    title = "This session was ended because the link was replaced"


class SeatTaken(Conflict):
    """The practitioner is in the consult, so their seat is not given to another device."""

    slug = "seat-taken"
    title = "The practitioner is in the teleconsultation"

    def __init__(self) -> None:
        super().__init__("their link can be replaced once they have left")


class Superseded(Conflict):
    """The caller has sent a newer change of the same consultation before."""

    slug = "superseded"
    title = "A newer change of this teleconsultation was applied before"


class NoteChanged(StaleVersion):
    """The note was saved elsewhere meanwhile; nothing was overwritten."""

    slug: ClassVar[str] = "note-changed"
    title = "The note was saved elsewhere meanwhile"

    def __init__(self, current_version: int) -> None:
        super().__init__("read it, merge, and save again", current_version=current_version)


class UploadMissing(Conflict):
    """`complete` was called before the upload arrived."""

    slug = "upload-missing"
    title = "The upload has not arrived"


class ConsentTextChanged(Conflict):
    """The words that were decided about are not those that are shown: show them again."""

    slug = "consent-text-changed"
    title = "The text of the consent has changed"

    def __init__(self) -> None:
        super().__init__("show the present text, and ask again")


class NotAdmitted(Conflict):
    """The patient is still in the waiting room."""

    slug = "not-admitted"
    title = "The practitioner has not let you in yet"
