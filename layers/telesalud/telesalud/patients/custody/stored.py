"""What is stored of exports, legal holds and the destruction of records."""

from datetime import datetime, timedelta
from typing import Final

from pydantic import BaseModel, ConfigDict

from schemas.custody import (
    ExportStatus,
    RecordExport,
    Shredding,
    ShreddingBasis,
    ShreddingStatus,
)

KEPT: Final = timedelta(hours=72)
"""How long an export can be fetched."""


WITHHELD: Final = "sensitive: care-relation"
"""Sensitive information was left out, because who asked has no close care relation."""


class PlannedDocument(BaseModel):
    """A version of a document in a part."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    patient: str
    document: str
    number: int


class EncounterRange(BaseModel):
    """A stretch of a chart's list of encounters, by its sort keys."""

    model_config = ConfigDict(frozen=True)

    patient: str
    after: str | None
    """None from the beginning; this one is not in it."""
    last: str
    """This one is."""


class StoredExport(BaseModel):
    """An export, from the request until it expires."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    patient: str
    reason: str
    status: ExportStatus = ExportStatus.QUEUED
    requested_by: str
    requested_at: datetime
    plan: tuple[tuple[PlannedDocument, ...], ...] | None = None
    """Documents by part. The parts before, the record itself, and the last, what other contexts
    keep, are not in it."""
    encounters: tuple[tuple[EncounterRange, ...], ...] | None = None
    """Encounters by part: those of the first part, then those of the parts after it. None in an
    export of an earlier release, whose first part has all."""
    done: int = 0
    whole: bool = True
    """Whether it holds sensitive information: who asked has a close care relation, or its scope."""
    missing: tuple[str, ...] = ()
    """What could not be copied, and why: `orders: forbidden`."""

    @property
    def expires(self) -> datetime:
        """When it can no longer be fetched."""
        return self.requested_at + KEPT

    @property
    def parts(self) -> int | None:
        """How many archives there are."""
        return None if self.plan is None else 2 + self.more + len(self.plan)

    @property
    def more(self) -> int:
        """How many parts of encounters there are after the first part, which has some too."""
        return max(0, len(self.encounters or ()) - 1)

    def view(self, version: int) -> RecordExport:
        """What callers see."""
        return RecordExport(
            id=self.id,
            patient=self.patient,
            status=self.status,
            parts=self.parts,
            parts_done=self.done,
            missing=(*self.missing, *(() if self.whole else (WITHHELD,))),
            percent=100 * self.done // self.parts if self.parts else 0,
            requested_by=self.requested_by,
            requested_at=self.requested_at,
            expires_at=self.expires,
            version=version,
        )


class StoredShredding(BaseModel):
    """A request as it is stored."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    status: ShreddingStatus = ShreddingStatus.REQUESTED
    basis: ShreddingBasis
    reason: str
    requested_by: str
    requested_at: datetime
    members: tuple[str, ...]
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None

    def view(self, patient: str, version: int) -> Shredding:
        """What callers see."""
        fields = self.model_dump(exclude={"members"})
        return Shredding(patient=patient, version=version, **fields)


class StoredHold(BaseModel):
    """Why, by whom and since when a record is on hold."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    reason: str
    by: str
    since: datetime
