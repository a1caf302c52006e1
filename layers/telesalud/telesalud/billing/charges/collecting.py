"""Charges that come about by what others did: dispensing, administration, signed visits.

Each event counts once: its charges and the mark that it was seen are one transaction. What comes
back is charged with the opposite sign and the moment of what it takes back, so that both have one
price.
"""

from collections.abc import Iterable
from datetime import datetime

from schemas.billing import ChargeKind
from schemas.dispensing import DispensingFact
from schemas.encounters import EncounterFact
from schemas.pharmacy import ItemKind
from schemas.wards import AdministrationFact
from telesalud.billing import repository
from telesalud.billing.charges.keeping import put
from telesalud.billing.stored import StoredCharge
from telesalud.platform.access import Caller
from telesalud.platform.consumer import seen, was_seen
from telesalud.platform.errors import Gone, Unavailable
from telesalud.platform.events import Event, data_of
from telesalud.platform.store import ABSENT, MAX_PAGE, ConditionFailed, Key, Put, every
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

_CONSUMER = "billing-charges"


def dispensed(services: Services, event: Event) -> None:
    """Medicines left the pharmacy for a patient."""
    fact = data_of(event, DispensingFact)
    charges = [
        StoredCharge(
            id=services.new_id(),
            patient=fact.patient_id,
            kind=ChargeKind.MEDICINE,
            code=line.item,
            quantity=line.quantity,
            at=event.at,
            encounter=fact.encounter_id,
            source=f"dispensing/{fact.dispensing_id}",
        )
        for line in fact.lines
    ]
    _write(services, event, charges)


def returned(services: Services, event: Event) -> None:
    """Some came back. Raises Unavailable while what it takes back is not known here yet."""
    fact = data_of(event, DispensingFact)
    source = f"dispensing/{fact.dispensing_id}"
    try:
        given = _given(services, event.tenant, fact.patient_id, source)
    except Gone:
        return
    charges = []
    for line in fact.lines:
        if line.item not in given:
            raise Unavailable("what came back has not been charged yet")
        charges.append(
            StoredCharge(
                id=services.new_id(),
                patient=fact.patient_id,
                kind=ChargeKind.MEDICINE,
                code=line.item,
                quantity=-line.quantity,
                at=given[line.item],
                encounter=fact.encounter_id,
                source=source,
            )
        )
    _write(services, event, charges)


def administered(services: Services, event: Event) -> None:
    """Something that a ward had was given to a patient."""
    fact = data_of(event, AdministrationFact)
    kinds = {ItemKind.MEDICINE: ChargeKind.MEDICINE, ItemKind.SUPPLY: ChargeKind.SUPPLY}
    charges = [
        StoredCharge(
            id=services.new_id(),
            patient=fact.patient_id,
            kind=kinds[fact.kind],
            code=line.item,
            quantity=line.quantity,
            at=event.at,
            admission=fact.admission_id,
            source=f"dose/{fact.dose_id}",
        )
        for line in fact.lines
    ]
    _write(services, event, charges)


def visited(services: Services, event: Event) -> None:
    """An encounter was signed for the first time."""
    fact = data_of(event, EncounterFact)
    charge = StoredCharge(
        id=services.new_id(),
        patient=fact.patient_id,
        kind=ChargeKind.VISIT,
        code=f"visit.{fact.kind.value}",
        quantity=1,
        at=fact.started_at,
        encounter=fact.encounter_id,
        admission=fact.admission_id,
        source=f"encounter/{fact.encounter_id}",
    )
    once = Key(f"VISIT#{event.tenant}", fact.encounter_id)
    _write(services, event, [charge], once)


def _given(services: Services, tenant: str, patient: str, source: str) -> dict[str, datetime]:
    """When each item of a dispensing was given."""
    services.fetch([], Scope(tenant, patient))
    found: dict[str, datetime] = {}
    for item in every(services.store, f"CHARGE#{tenant}#{patient}", page_size=MAX_PAGE):
        charge = repository.opened_of_patient(services, tenant, item, StoredCharge)
        if charge.source == source and charge.quantity > 0:
            found[charge.code] = charge.at
    return found


def _write(
    services: Services, event: Event, charges: Iterable[StoredCharge], once: Key | None = None
) -> None:
    work = Work(services, Call(Caller.system(event.tenant, "charges"), event.id))
    work.add(seen(_CONSUMER, event))
    if once is not None:
        work.add(Put(once, {"kind": "note"}, when=ABSENT))
    try:
        for charge in charges:
            services.fetch([], Scope(event.tenant, charge.patient))
            put(work, charge, 0)
            work.audit("billing.charge", charge.patient, f"charge/{charge.id}")
    except Gone:
        return  # the record was shredded: nobody is asked for what nobody may know
    try:
        work.commit()
    except ConditionFailed as failed:
        known = once is not None and failed.at(once) is not None
        if not known and not was_seen(failed, _CONSUMER, event):
            raise
