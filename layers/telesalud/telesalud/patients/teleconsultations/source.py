"""Where finished teleconsultations, and what was decided about them, are fetched."""

from typing import Protocol

from schemas.consents import ConsentRecords
from schemas.consult_content import Export, ExportedFile


class ImportRefused(Exception):
    """What was fetched contradicts its announcement; `reason` is a code. A person has to look."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Teleconsultations(Protocol):
    """The consults service, as this context needs it."""

    def export(self, tenant: str, consult: str) -> Export:
        """The export. Raises Refused, Unavailable."""

    def content(self, file: ExportedFile) -> bytes:
        """A file's content. Raises Unavailable."""

    def consents(self, tenant: str, consult: str) -> ConsentRecords:
        """Every decision with its words. Raises Refused, Unavailable."""
