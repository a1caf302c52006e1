"""What is stored of reported accesses."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from schemas.care import AccessWay, ReportedAccess, ReviewOutcome


class StoredReport(BaseModel):
    """An access that an auditor has to look at, and what they found."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    patient: str
    user: str
    way: AccessWay
    about: str
    at: datetime
    outcome: ReviewOutcome | None = None
    note: str | None = None
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None

    def view(self, which: str) -> ReportedAccess:
        """What auditors see."""
        return ReportedAccess(id=which, **{name: getattr(self, name) for name in _SHOWN})


_SHOWN = tuple(StoredReport.model_fields)
