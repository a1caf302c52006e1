"""What is stored of reported accesses."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from schemas.care import AccessWay, ReportedAccess, ReviewOutcome


class StoredReport(BaseModel):
    """An access that an auditor has to look at, and what they found."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    patient: str
    """Empty for what concerns more than one."""
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
        fields = {name: getattr(self, name) for name in _SHOWN}
        return ReportedAccess(id=which, **fields | {"patient": self.patient or None})


_SHOWN = tuple(StoredReport.model_fields)
