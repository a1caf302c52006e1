"""What pharmacies have given of a prescription, as they announce it, and what a code stands for."""

from schemas.dispensing import DispensingFact
from schemas.orders import EntryKind
from schemas.prescriptions import PrescriptionFound
from telesalud.orders import repository, verification_codes
from telesalud.orders.access import open_prescription
from telesalud.orders.policy import GRANTS, READ_PRESCRIPTIONS
from telesalud.orders.services import OrdersServices
from telesalud.orders.stored import NowDispensed
from telesalud.platform.access import Caller, require
from telesalud.platform.errors import Gone, NotFound
from telesalud.platform.events import Event
from telesalud.platform.sealed import ATTRIBUTE
from telesalud.platform.store import ABSENT, Put, Value, at_version
from telesalud.platform.work import Call, Services, Work, retrying


def learn(services: Services, event: Event, fact: DispensingFact) -> None:
    """Keep how much was given in all, unless something as new is known. May be repeated, in any
    order; what is told of a record that was shredded is passed over."""
    tenant, patient = event.tenant, fact.patient_id
    key = repository.dispensed_key(tenant, fact.prescription_id)
    content = NowDispensed(totals={one.line: one.dispensed for one in fact.totals})

    def step() -> None:
        known = services.store.get(key)
        if known is not None and known.number("sequence") >= event.sequence:
            return
        try:
            sealed = repository.sealed(services.vault, tenant, patient, key, content)
        except Gone:
            return
        work = Work(services, Call(Caller.system(tenant, "orders"), event.id))
        attributes: dict[str, Value] = {
            "patient": patient,
            "sequence": event.sequence,
            ATTRIBUTE: sealed,
        }
        work.add(Put(key, attributes, when=at_version(known.version) if known else ABSENT))
        work.audit("orders.learn", patient, f"event/{event.id}")
        work.commit()

    retrying(step)


def find_by_code(services: OrdersServices, call: Call, text: str) -> PrescriptionFound:
    """The institution's own prescription with this printed code; audited.

    Raises Forbidden, NotFound, Gone.
    """
    require(call.caller, READ_PRESCRIPTIONS, GRANTS)
    plain = verification_codes.normal(text)
    place = repository.verify_key(verification_codes.digest(plain)) if plain else None
    pointer = services.store.get(place) if place else None
    kind = EntryKind.PRESCRIPTION.value
    if pointer is None or (pointer.text("tenant"), pointer.text("kind")) != (
        call.caller.tenant,
        kind,
    ):
        raise NotFound("no prescription of this institution has this code")
    found = open_prescription(services, call, pointer.text("which"), READ_PRESCRIPTIONS).thing
    work = Work(services, call)
    work.audit("orders.find_prescription", found.patient, f"prescription/{found.id}")
    work.commit()
    return PrescriptionFound(id=found.id, patient=found.patient)
