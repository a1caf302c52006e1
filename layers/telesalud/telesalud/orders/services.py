"""What use cases take that reach a patient: storage, catalogues, and the patients service."""

from dataclasses import dataclass
from typing import Protocol

from schemas.care import Admission
from schemas.prescriptions import PatientLabel
from telesalud.orders.catalogues.releases import Catalogues
from telesalud.platform.work import Services


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Whose law papers follow, and where days begin."""

    country: str | None
    """ISO 3166-1 alpha-2."""
    zone: str
    """IANA time zone."""


class People(Protocol):
    """The patients service, asked with the caller's own token: what they may not see, they may not
    order for, and the patients' audit trail names them."""

    def label(self, patient: str) -> PatientLabel:
        """Who the patient is. Raises NotFound, Forbidden, PatientDeceased, Unavailable."""

    def jurisdiction(self) -> Jurisdiction:
        """The institution's country and time zone. Raises Forbidden, Unavailable."""

    def altitude(self) -> int | None:
        """Metres above the sea that the institution set. Raises Forbidden, Unavailable."""

    def admit(self, patient: str) -> Admission:
        """The caller's way into the record. Raises Forbidden without a care relation, NotFound,
        Gone, Unavailable."""

    def members(self, patient: str) -> tuple[str, ...]:
        """Ids under which things of this patient may be kept, without a care relation. Raises
        NotFound, Forbidden, Gone, Unavailable."""

    def has_encounter(self, patient: str, encounter: str) -> bool:
        """Whether the encounter is this patient's. Raises Forbidden, Gone, Unavailable."""


@dataclass(frozen=True, slots=True)
class OrdersServices(Services):
    """`Services` for one caller. Nothing that was ordered opens without them (`access`)."""

    catalogues: Catalogues
    people: People
    qualified: bool = False
    """Whether a service of qualified signatures is connected."""
