"""Checking a paper by its code, without an account.

Whoever asks holds the paper already, so the answer repeats only what shows that the paper is
what was issued and may be acted upon: status, drugs, who signed, initials and year of birth.
No diagnosis, reason, test or full name is told, nor why something was stopped. Unknown and
malformed codes get the same answer. Every check leaves an entry in the patient's audit trail.
"""

from datetime import date, datetime

from pydantic import BaseModel

from schemas.orders import EntryKind, OrderStatus
from schemas.papers import PaperStatus
from schemas.prescriptions import (
    PatientLabel,
    PrescriptionStatus,
    Verification,
    VerifiedLine,
)
from telesalud.orders import repository, verification_codes
from telesalud.orders.qualified.repository import shown, signature_key
from telesalud.orders.signatures import day_of
from telesalud.orders.stored import StoredOrder, StoredPaper, StoredPrescription
from telesalud.platform.access import Caller
from telesalud.platform.errors import Gone, NotFound
from telesalud.platform.store import Item
from telesalud.platform.vault import Scope
from telesalud.platform.words.countries import country_of
from telesalud.platform.work import Call, Services, Work

_MODELS: dict[EntryKind, type[StoredPrescription] | type[StoredOrder] | type[StoredPaper]] = {
    EntryKind.PRESCRIPTION: StoredPrescription,
    EntryKind.ORDER: StoredOrder,
    EntryKind.REFERRAL: StoredPaper,
    EntryKind.CERTIFICATE: StoredPaper,
}


def verify(services: Services, request_id: str, text: str) -> Verification:
    """What a code stands for: two round trips. Raises NotFound; Gone for a shredded record."""
    plain = verification_codes.normal(text)
    place = repository.verify_key(verification_codes.digest(plain)) if plain else None
    pointer = services.store.get(place) if place else None
    if pointer is None:
        raise NotFound("no paper has this code; type it as it is printed")
    tenant, kind = pointer.text("tenant"), EntryKind(pointer.text("kind"))
    scope = Scope(tenant, pointer.text("patient"))
    key = repository.main_key(tenant, kind, pointer.text("which"))
    given = repository.dispensed_key(tenant, pointer.text("which"))
    signature = signature_key(tenant, kind, pointer.text("which"))
    found = services.fetch([key, given, signature], scope)
    if key not in found:
        raise Gone("this paper is no longer on file")
    work = Work(services, Call(Caller.system(tenant, "verification"), request_id))
    work.audit("orders.verify", scope.patient, f"{kind.value}/{pointer.text('which')}")
    work.commit()
    view = _view(_opened(services, tenant, found[key], kind), kind, services.clock())
    qualified = shown(services, tenant, found.get(signature))
    view = view.model_copy(update={"qualified_signature": qualified})
    if given not in found:
        return view
    dispensed = repository.opened_dispensed(services.vault, tenant, found[given]).totals
    lines = tuple(
        line.model_copy(update={"dispensed": dispensed.get(number, 0)})
        for number, line in enumerate(view.lines, 1)
    )
    return view.model_copy(update={"lines": lines})


def _opened(
    services: Services, tenant: str, item: Item, kind: EntryKind
) -> StoredPrescription | StoredOrder | StoredPaper:
    model: type[BaseModel] = _MODELS[kind]
    found = repository.opened(services.vault, tenant, item, model)
    assert isinstance(found, StoredPrescription | StoredOrder | StoredPaper)
    return found


def _view(
    found: StoredPrescription | StoredOrder | StoredPaper, kind: EntryKind, now: datetime
) -> Verification:
    signer, signed_at = found.prescriber, found.signed_at
    if signer is None or signed_at is None:
        raise ValueError("only what is signed has a code")
    view = Verification(
        kind=kind.value,
        status=found.status.value,
        valid=_valid(found, day_of(now, found.zone)),
        zone=found.zone,
        country=_country(found),
        issued_at=signed_at,
        valid_until=found.valid_until if isinstance(found, StoredPrescription) else None,
        institution=signer.institution,
        prescriber=signer.name,
        registration=signer.registration,
        patient_initials=initials(found.patient_label),
        patient_birth_year=found.patient_label.birth_date.year,
    )
    if isinstance(found, StoredPrescription):
        return view.model_copy(update={"lines": _lines(found)})
    if isinstance(found, StoredPaper) and found.certificate is not None:
        period = {"period_begin": found.certificate.begin, "period_end": found.certificate.end}
        return view.model_copy(update=period)
    return view


def _country(found: StoredPrescription | StoredOrder | StoredPaper) -> str | None:
    own = found.country if isinstance(found, StoredPrescription) else None
    return own or country_of(found.zone)


def _valid(found: StoredPrescription | StoredOrder | StoredPaper, today: date) -> bool:
    if isinstance(found, StoredPrescription):
        in_time = found.valid_until is not None and today <= found.valid_until
        return found.status is PrescriptionStatus.ACTIVE and in_time
    if isinstance(found, StoredOrder):
        return found.status is OrderStatus.ACTIVE
    return found.status is PaperStatus.ACTIVE


def _lines(found: StoredPrescription) -> tuple[VerifiedLine, ...]:
    return tuple(
        VerifiedLine(
            name=line.product.name,
            strength=line.product.strength,
            form=line.product.form,
            dose=line.dose,
            route=line.route,
            frequency=line.frequency,
            duration_days=line.duration_days,
            quantity=line.quantity,
            unit=line.product.unit,
            steps=line.steps,
            continuous=line.continuous,
            max_doses_a_day=line.max_doses_a_day,
            substitution_allowed=line.substitution_allowed,
            controlled=line.product.controlled,
            stopped=line.stopped_at is not None,
        )
        for line in found.lines
    )


def initials(label: PatientLabel) -> str:
    """The first letter of each name."""
    return "".join(f"{word[0]}." for word in label.name.split())
