"""Whether a prescription may be dispensed now: what the record and the prescriber say."""

from dataclasses import dataclass
from datetime import date, datetime

from schemas.dispensing import SeenAlert
from schemas.prescriptions import (
    Alert,
    AlertSeverity,
    Checks,
    Prescription,
    PrescriptionStatus,
)
from telesalud.pharmacy.errors import AlertsUnseen, NotDispensable
from telesalud.pharmacy.items import lots
from telesalud.pharmacy.services import PharmacyServices


@dataclass(frozen=True, slots=True)
class Asked:
    """A prescription as it is now, and what it would meet."""

    prescription: Prescription
    checks: Checks
    deceased_on: date | None


def ask(services: PharmacyServices, which: str, language: str | None = None) -> Asked:
    """Three calls, in the caller's name; each leaves its entry on the patient's trail.

    Raises NotFound, Gone for a record that was shredded, Forbidden, Unavailable.
    """
    found = services.neighbours.prescription(which)
    person = services.neighbours.patient(found.patient)
    spoken = language or found.patient_label.language
    checks = services.neighbours.checks(which, spoken) if _signed(found) else Checks(alerts=())
    return Asked(found, checks, person.deceased_on)


def refusal(asked: Asked, now: datetime) -> str:
    """Why nothing of it may be dispensed; empty when it may. Its days are those of its zone."""
    found = asked.prescription
    if asked.deceased_on is not None:
        return "deceased"
    if found.status is not PrescriptionStatus.ACTIVE:
        return found.status.value
    over = lots.expired(found.valid_until, lots.today(now, found.zone or "UTC"))
    return "expired" if over else ""


def require_dispensable(asked: Asked, now: datetime) -> None:
    """Raise NotDispensable with the reason."""
    if why := refusal(asked, now):
        raise NotDispensable(why)


def require_seen(alerts: tuple[Alert, ...], seen: tuple[SeenAlert, ...]) -> None:
    """Raise AlertsUnseen unless every alert of high severity has its answer."""
    answered = {one.alert for one in seen}
    high = [alert.id for alert in alerts if alert.severity is AlertSeverity.HIGH]
    if missing := [alert for alert in high if alert not in answered]:
        raise AlertsUnseen(missing)


def _signed(found: Prescription) -> bool:
    return found.status in (PrescriptionStatus.ACTIVE, PrescriptionStatus.ON_HOLD)
