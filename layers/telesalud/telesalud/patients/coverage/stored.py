"""What is stored of a patient's coverage."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from schemas.billing import PayerKind
from schemas.coverage import Coverage


class StoredCoverage(BaseModel):
    """A coverage, with the contract as it was when it was written."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    contract: str
    contract_name: str
    payer: str
    payer_name: str
    payer_kind: PayerKind
    member_number: str | None = None
    valid_from: date
    valid_until: date | None = None
    order: int = 1
    entered_in_error: bool = False
    written_at: datetime
    written_by: str

    def view(self, patient: str, version: int) -> Coverage:
        """What is answered."""
        own = {
            n: getattr(self, n) for n in Coverage.model_fields if n not in ("patient", "version")
        }
        return Coverage(**own, patient=patient, version=version)
